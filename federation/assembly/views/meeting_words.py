"""Words for meetings, as every page of the assembly says them."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from federation.assembly.models import Meeting
from federation.assembly.services.agenda import Item
from federation.assembly.views import poll_words
from tenants import clock

STATES: dict[str, tuple[str, str]] = {
    # state: what the tag says, and its colour
    "draft": ("In preparation", ""),
    "called": ("Called", "teal"),
    "open": ("Open now", "ok"),
    "closed": ("Closed", ""),
    "minuted": ("Minutes published", "info"),
    "cancelled": ("Cancelled", "bad"),
}
WAYS: dict[str, tuple[str, str]] = {
    "room": ("In a room", "Everybody comes to one place"),
    "online": ("Online", "Everybody joins by a link"),
    "hybrid": ("In a room and online", "Some come, some join by a link"),
    "correspondence": ("By correspondence", "Nobody meets: co-ops vote on the pages within a time"),
}
PRESENT = {"room": "In the room", "online": "Online", "proxy": "By proxy"}
MINUTES: dict[str, tuple[str, str]] = {
    "draft": ("Minutes in preparation", ""),
    "published": ("Minutes published", "info"),
    "approved": ("Minutes approved", "ok"),
}


def state_tag(meeting: Meeting) -> tuple[str, str]:
    """What the tag of a meeting says, and its colour."""
    words, kind = STATES[meeting.state]
    if meeting.way == "correspondence" and meeting.state == "open":
        return _("Voting time"), "ok"
    return _(words), kind


def when_words(meeting: Meeting) -> str:
    """When it is: one day with its hours, or from and to."""
    starts, ends = (moment.astimezone(clock.LONDON) for moment in (meeting.starts_at, meeting.ends_at))
    if starts.date() == ends.date():
        hour = clock.moment_words(meeting.ends_at).rpartition(", ")[2]
        return _("%(start)s to %(end)s", start=clock.moment_words(meeting.starts_at), end=hour)
    return _("%(start)s to %(end)s", start=clock.moment_words(starts), end=clock.moment_words(ends))


def quorum_rule(meeting: Meeting) -> str:
    """What must be there, as people say it."""
    coops, weight = (f"{float(meeting.quorum.get(key, '0')):g}" for key in ("coops_percent", "weight_percent"))
    if coops == "0" and weight == "0":
        return _("The rules ask for no quorum.")
    return _("At least %(coops)s%% of the co-ops, with at least %(weight)s%% of all votes.", coops=coops, weight=weight)


def quorum_heads(reading: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Both heads of a quorum as cards: name, value, small, met, percent, mark."""
    heads = []
    for key, name, what in (("coops", _("Co-ops"), _("co-ops")), ("weight", _("Votes"), _("votes"))):
        have, of, need = reading[key], reading[f"{key}_of"], reading[f"{key}_need"]
        heads.append(
            {
                "name": name,
                "value": _("%(have)s of %(of)s", have=f"{have:,}", of=f"{of:,}"),
                "small": _("%(what)s are represented; %(need)s are needed", what=what, need=f"{need:,}"),
                "met": have >= need,
                "percent": 100 * have / of if of else 0,
                "mark": 100 * need / of if of and need else None,
            }
        )
    return heads


def item_vote(item: Item) -> dict[str, Any] | None:
    """The vote of an item: words, colour of its tag, address; nothing where none is planned."""
    poll = item.poll
    if poll is None:
        return None
    words, kind = poll_words.state_tag(poll)
    return {
        "tag": words,
        "kind": kind,
        "href": f"/polls/{poll.id}/result" if poll.state == "declared" else f"/polls/{poll.id}",
        "by_hand": poll.by_hand and poll.state in ("planned", "open"),
        "hands_href": f"/polls/{poll.id}/hands",
        "words": _("By hand in the meeting") if poll.by_hand else poll_words.hours_words(poll),
        "result": (poll.result or {}).get("words", [""])[0] if poll.state == "declared" else "",
    }
