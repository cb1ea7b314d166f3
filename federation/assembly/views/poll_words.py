"""Words for votes, as every page of the assembly says them: what is voted on, how it stands, and what must be met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from federation.assembly.models import Amendment, Election, Motion, Poll, SizeSnapshot, WeightScheme
from federation.assembly.result_words import share_words
from federation.assembly.rule import BASES, read_rule
from tenants import clock
from tenants.db import db

STATES: dict[str, tuple[str, str]] = {
    "planned": ("Voting has not opened", "info"),
    "open": ("Voting is open", "ok"),
    "closed": ("Being counted", "warn"),
    "declared": ("Declared", "teal"),
    "void": ("Given up", ""),
}
OUTCOMES: dict[str, tuple[str, str]] = {
    "carried": ("Carried", "ok"),
    "lost": ("Fallen", "bad"),
    "not_quorate": ("Too few took part", "warn"),
    "elected": ("Elected", "ok"),
    "nobody": ("Nobody is elected", "warn"),
}
MEASURES = {"members": "members", "staff": "staff", "care_hours_week": "hours of care a week"}
METHOD_WORDS = {
    "scottish": "Single transferable vote, by the Scottish rules",
    "meek": "Single transferable vote, by Meek's rules",
    "irv": "Alternative vote: rank them, a majority decides",
    "approval": "Approval: name all you agree to",
    "yes_no": "For or against",
}


@dataclass(frozen=True)
class Subject:
    """What a poll is about."""

    label: str
    href: str
    plain_words: str = ""
    if_passes: str = ""
    if_falls: str = ""
    text: str = ""
    amendments: Sequence[Mapping[str, str]] = ()
    history: Sequence[Mapping[str, Any]] = field(default=())
    """Steps before the vote, newest first: {text, at}."""


def subject_of(poll: Poll) -> Subject:
    """What a poll is about, with its texts and how it came here. Any scope."""
    if poll.subject_kind == "motion":
        motion = db.session.get(Motion, poll.subject_id)
        return _motion(motion, poll) if motion is not None else Subject(_("Motion"), "/motions")
    if poll.subject_kind == "amendment":
        amendment = db.session.get(Amendment, poll.subject_id)
        motion = db.session.get(Motion, amendment.motion_id) if amendment is not None else None
        if amendment is None or motion is None:
            return Subject(_("Amendment"), "/motions")
        label = _("Amendment %(a)s of motion %(m)s", a=amendment.number, m=motion.number)
        falls = _("The motion stays as it is.")
        passes = _("The motion reads as below, and is voted on so.")
        return Subject(label, f"/motions/{motion.id}", amendment.why, passes, falls, amendment.text)
    election = db.session.get(Election, poll.subject_id)
    if election is None:
        return Subject(_("Election"), "/elections")
    return Subject(_("Election %(number)s", number=election.number), f"/elections/{election.id}", election.what)


def state_tag(poll: Poll) -> tuple[str, str]:
    """What the tag of a poll says, and its colour."""
    if poll.state == "declared" and poll.result is not None:
        words, kind = OUTCOMES[poll.result["outcome"]]
    else:
        words, kind = STATES[poll.state]
    return _(words), kind


def hours_words(poll: Poll) -> str:
    """The sentence beside the tag: when it opens, closes, closed or was declared, and whether votes may change."""
    if poll.state == "planned":
        return _("Opens %(moment)s.", moment=clock.moment_words(poll.opens_at))
    if poll.state == "open":
        closes = _("Closes %(moment)s.", moment=clock.moment_words(poll.closes_at))
        if poll.by_hand:
            return _("Taken by hand in the meeting.")
        if poll.secret:
            return closes + " " + _("The vote is secret, and cannot be changed once it is cast.")
        if poll.rule.get("may_change"):
            return closes + " " + _("You can change your vote until then.")
        return closes + " " + _("A vote that is cast stands.")
    ended = poll.declared_at or poll.closed_at
    what = _("Declared %(moment)s.") if poll.declared_at else _("Closed %(moment)s.")
    return what % {"moment": clock.moment_words(ended)} if ended else ""


def weight_words(poll: Poll, coop_id: str) -> str:
    """How a co-op comes to its votes, for the card: "votes: 3 as every co-op, 20 for its 212 members"."""
    weight, size = poll.weights.get(coop_id, 0), poll.sizes.get(coop_id)
    scheme = db.session.get(WeightScheme, poll.scheme_id)
    snapshot = db.session.get(SizeSnapshot, poll.snapshot_id)
    kind = scheme.scheme.get("kind") if scheme is not None else ""
    if poll.rule.get("one_each") or kind == "one_each":
        return _("votes: one co-op, one vote")
    if size is None or snapshot is None or scheme is None:
        return _("votes")
    what = _(MEASURES.get(snapshot.measure, snapshot.measure))
    base = scheme.scheme.get("base", 0) if kind == "base_plus" else 0
    if 0 < base < weight:
        return _(
            "votes: %(base)s as every co-op, %(rest)s for its %(size)s %(what)s",
            base=base,
            rest=weight - base,
            size=f"{size:,}",
            what=what,
        )
    return _("votes for its %(size)s %(what)s", size=f"{size:,}", what=what)


def rule_cards(poll: Poll) -> list[dict[str, str]]:
    """What must be met, as cards with numbers where weights are fixed: title, value, small."""
    rule = read_rule(poll.rule)
    if poll.method != "yes_no":
        seats = _("seat to be filled") if poll.seats == 1 else _("seats to be filled")
        return [{"title": _("To be filled"), "value": str(poll.seats), "small": seats}, *_quorum_card(poll)]
    share = share_words(rule.threshold.percent)
    if rule.threshold.strictly:
        share = _("more than %(share)s", share=share)
    cards = [{"title": _("To pass"), "value": _upper(share), "small": _(BASES[rule.base])}]
    if rule.second_majority:
        percent, of_coops = float(rule.second_majority["percent"]), rule.second_majority["of"] == "coops"
        whole = len(poll.weights) if of_coops else sum(poll.sizes.values())
        needed = int(percent * whole / 100) + 1
        small = _("co-ops in favour") if of_coops else _("members behind it")
        value = f"{needed:,} of {whole:,}" if whole else f"{percent:g}%"
        cards.append({"title": _("And also"), "value": value, "small": small})
    if rule.class_rule:
        share = share_words(str(rule.class_rule["percent"]))
        cards.append({"title": _("And also"), "value": _upper(share), "small": _("or more in each class of co-op")})
    return cards + (_quorum_card(poll) if len(cards) == 1 else [])


def timeline_of(poll: Poll, subject: Subject) -> list[dict[str, Any]]:
    """How it came here, newest first, for the frame's timeline."""
    steps: list[dict[str, Any]] = []
    for words, at in (
        (_("Result declared"), poll.declared_at),
        (_("Voting closed"), poll.closed_at),
        (_("Voting began anew: the text has changed"), poll.reopened_at),
        (_("Voting opened"), poll.opened_at),
    ):
        if at is not None:
            steps.append({"text": words, "moment": at})
    whole = sorted([*steps, *map(dict, subject.history)], key=lambda step: step["moment"], reverse=True)
    return [
        {
            "text": step["text"],
            "at": clock.moment_words(step["moment"]),
            "at_iso": step["moment"].isoformat(),
            "now": number == 0,
        }
        for number, step in enumerate(whole)
    ]


def _motion(motion: Motion, poll: Poll) -> Subject:
    names = poll.names
    rows = db.session.scalars(
        select(Amendment).where(Amendment.motion_id == motion.id).order_by(Amendment.number)
    ).all()
    history = [
        {"text": words, "moment": at}
        for words, at in (
            (_("Moved by %(coop)s", coop=names.get(str(motion.moved_by_coop), _("a co-op"))), motion.submitted_at),
            (_("Seconded by %(coop)s", coop=names.get(str(motion.seconded_by_coop), _("a co-op"))), motion.seconded_at),
            (_("Admitted to the agenda"), motion.admitted_at),
            (_("Notice given, the text fixed"), motion.noticed_at),
        )
        if at is not None
    ]
    shown = [
        {"label": _("Amendment %(number)s", number=row.number), "text": row.text, "state": _(_AMENDED[row.state])}
        for row in rows
        if row.state in _AMENDED
    ]
    return Subject(
        _("Motion %(number)s", number=motion.number),
        f"/motions/{motion.id}",
        motion.plain_words,
        motion.if_passes,
        motion.if_falls,
        motion.text,
        shown,
        history,
    )


_AMENDED = {"merged": "accepted by the mover", "carried": "carried", "lost": "fallen", "voting": "at its vote"}


def _quorum_card(poll: Poll) -> list[dict[str, str]]:
    quorum = read_rule(poll.rule).quorum
    total, coops = sum(poll.weights.values()), len(poll.weights)
    heads = []
    if float(quorum.weight_percent):
        heads.append(_("%(percent)s%% of votes", percent=f"{float(quorum.weight_percent):g}"))
    if float(quorum.coops_percent):
        heads.append(_("%(percent)s%% of co-ops", percent=f"{float(quorum.coops_percent):g}"))
    if not heads:
        return []
    small = _("must take part")
    if total:
        small = _("must take part, of %(votes)s votes and %(coops)s co-ops", votes=f"{total:,}", coops=coops)
    return [
        {
            "title": _("Quorum"),
            "value": heads[0],
            "small": _("and %(more)s ", more=heads[1]) + small if heads[1:] else small,
        }
    ]


def _upper(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
