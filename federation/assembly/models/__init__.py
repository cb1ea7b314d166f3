"""What the assembly remembers. One import brings every table."""

from federation.assembly.models.meetings import (
    AgendaItem,
    Attendance,
    Candidate,
    Election,
    HandsEntry,
    Meeting,
    Minutes,
)
from federation.assembly.models.motions import (
    Amendment,
    Motion,
    MotionDraft,
    MotionRemark,
    MotionText,
    Policy,
    PolicyReport,
)
from federation.assembly.models.polls import (
    Alternate,
    Ballot,
    BoardRow,
    DelegateShare,
    Poll,
    PollSeed,
    Proxy,
    SecretBallot,
    Turnout,
)
from federation.assembly.models.weights import DecisionRule, SizeAnswer, SizeSnapshot, WeightScheme

__all__ = [
    "AgendaItem",
    "Alternate",
    "Amendment",
    "Attendance",
    "Ballot",
    "BoardRow",
    "Candidate",
    "DecisionRule",
    "DelegateShare",
    "Election",
    "HandsEntry",
    "Meeting",
    "Minutes",
    "Motion",
    "MotionDraft",
    "MotionRemark",
    "MotionText",
    "Policy",
    "PolicyReport",
    "Poll",
    "PollSeed",
    "Proxy",
    "SecretBallot",
    "SizeAnswer",
    "SizeSnapshot",
    "Turnout",
    "WeightScheme",
]
