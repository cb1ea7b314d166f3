"""Words for motions, amendments and rules, as every page of the assembly says them."""

from typing import Any

from flask_babel import gettext as _

from federation.assembly.models import Motion
from federation.assembly.rule import Rule
from federation.assembly.rule_words import percent_words
from tenants import clock

STATES: dict[str, tuple[str, str]] = {
    # state: what the tag says, and its colour
    "submitted": ("Looks for a second", "warn"),
    "seconded": ("Seconded", "info"),
    "admitted": ("Open for debate", "info"),
    "refused": ("Refused", "bad"),
    "withdrawn": ("Withdrawn", ""),
    "noticed": ("Notice given", "teal"),
    "voting": ("Voting is open", "ok"),
    "carried": ("Carried", "ok"),
    "lost": ("Fallen", "bad"),
}
AMENDMENT_STATES: dict[str, tuple[str, str]] = {
    "submitted": ("Waits", "warn"),
    "admitted": ("Waits for its vote", "info"),
    "merged": ("Taken over by the mover", "ok"),
    "voting": ("At its vote", "ok"),
    "carried": ("Carried", "ok"),
    "lost": ("Fallen", "bad"),
    "withdrawn": ("Withdrawn", ""),
    "overtaken": ("Overtaken", ""),
}
KINDS = {
    "ordinary": "Ordinary",
    "special": "Special",
    "constitutional": "Constitutional",
}
STEPS = ("Moved", "Seconded", "Admitted", "Notice", "Vote", "Decided")
_STEP_AT = {"submitted": 1, "seconded": 2, "admitted": 3, "noticed": 4, "voting": 4, "carried": 6, "lost": 6}


def state_tag(motion: Motion) -> tuple[str, str]:
    """What the tag of a motion says, and its colour."""
    words, kind = STATES[motion.state]
    return _(words), kind


def step_at(motion: Motion) -> int | None:
    """Where a motion stands among `STEPS`; None where it has left the path."""
    return _STEP_AT.get(motion.state)


def share_words(percent: str, *, strictly: bool) -> str:
    """A share as people say it.

    >>> share_words("66.67", strictly=False), share_words("50", strictly=True), share_words("55", strictly=False)
    ('Two thirds', 'More than half', '55%')
    """
    words = percent_words(percent)
    return f"More than {words}" if strictly else words[:1].upper() + words[1:]


def rule_cards(rule: Rule) -> list[dict[str, Any]]:
    """What must be met, as cards: title, value, small."""
    bases = {
        "cast": _("of votes cast for or against"),
        "cast_with_abstentions": _("of votes cast, abstentions among them"),
        "eligible": _("of all votes there are"),
    }
    cards = [
        {
            "title": _("To pass"),
            "value": share_words(rule.threshold.percent, strictly=rule.threshold.strictly),
            "small": _("%(base)s; one co-op, one vote", base=bases[rule.base]) if rule.one_each else bases[rule.base],
        }
    ]
    if rule.second_majority:
        of = _("of the co-ops in favour") if rule.second_majority["of"] == "coops" else _("of their members, too")
        value = share_words(str(rule.second_majority["percent"]), strictly=True)
        cards.append({"title": _("And also"), "value": value, "small": of})
    if rule.class_rule:
        value = share_words(str(rule.class_rule["percent"]), strictly=True)
        cards.append({"title": _("And also"), "value": value, "small": _("of each class of co-op")})
    if float(rule.quorum.coops_percent) or float(rule.quorum.weight_percent):
        small = _("of the co-ops, and %(share)s%% of the votes, take part", share=rule.quorum.weight_percent)
        cards.append({"title": _("Quorum"), "value": f"{rule.quorum.coops_percent}%", "small": small})
    return cards


def notice_words(rule: Rule) -> str:
    """How much notice a rule asks for."""
    if rule.notice_days == 0:
        return _("No clear days of notice are needed.")
    return _(
        "%(count)s clear days of notice: neither the day of sending nor the day of voting counts.",
        count=rule.notice_days,
    )


def left_words(motion: Motion) -> str:
    """The sentence beside the tag: why it ended, or since when it stands so."""
    if motion.state in ("refused", "withdrawn") and motion.state_words:
        return motion.state_words
    at = {
        "submitted": motion.submitted_at,
        "seconded": motion.seconded_at,
        "admitted": motion.admitted_at,
        "noticed": motion.noticed_at,
    }.get(motion.state, motion.ended_at)
    return _("Since %(moment)s", moment=clock.moment_words(at)) if at else ""
