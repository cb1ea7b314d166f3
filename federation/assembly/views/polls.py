"""What the pages of a vote show before it is declared: the ballot, its check, the receipt, and the officer's side."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from federation.assembly.mandate import SIDES, parts_of, split_of, split_votes, split_words
from federation.assembly.models import Poll
from federation.assembly.services import boards, casting, meter, outcomes, polls
from federation.assembly.services.casting import Standing
from federation.assembly.services.polls import Turnout
from federation.assembly.views import ranking
from federation.assembly.views.poll_fairness import fairness
from federation.assembly.views.poll_words import (
    METHOD_WORDS,
    hours_words,
    rule_cards,
    state_tag,
    subject_of,
    timeline_of,
    weight_words,
)
from tenants import clock
from tenants.errors import InvalidInput
from tenants.scope import FEDERATION, current_scope

SIDE_WORDS = {"for": "For", "against": "Against", "abstain": "Abstain"}
MOST_UNITS = 10**9


def poll_list() -> list[dict[str, Any]]:
    """Every vote, newest first, for the list."""
    return [
        {
            "href": f"/polls/{poll.id}/result" if poll.state == "declared" else f"/polls/{poll.id}",
            "number": poll.number,
            "title": poll.title,
            "tag": state_tag(poll),
            "when": hours_words(poll),
            "secret": poll.secret,
        }
        for poll in polls.list_polls()
    ]


def poll_page(poll: Poll, mine: Standing | None, values: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What assembly/poll.html shows; `mine` None for those who do not vote, `values` what was typed."""
    subject, turnout = subject_of(poll), polls.turnout(poll.id)
    own = str(mine.coop_id) if mine else str(current_scope().tenant_id)
    typed = dict(values) if values is not None else _stored(poll, mine)
    return {
        "poll": poll,
        "subject": subject,
        "state": state_tag(poll),
        "when": hours_words(poll),
        "cards": _cards(poll, own, turnout),
        "method": _(METHOD_WORDS[poll.method]),
        "mine": mine,
        "typed": typed,
        "sides": [(side, _(SIDE_WORDS[side])) for side in SIDES],
        "placed": placed(typed, mine.units) if mine and poll.method == "yes_no" else None,
        "choices": poll.choices,
        "ballot": ranking.ballot_page(poll, mine.units, typed) if mine and poll.method != "yes_no" else None,
        "others": _others(poll, mine),
        "history": timeline_of(poll, subject),
        "fair": fairness(poll, own),
        "turnout": turnout,
        "cast_words": _cast_words(poll, mine),
    }


def check_page(poll: Poll, mine: Standing, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What assembly/poll_check.html shows: the vote as it would be cast."""
    split = split_of(parts) if poll.method == "yes_no" else {}
    return {
        "poll": poll,
        "subject": subject_of(poll),
        "mine": mine,
        "fields": fields_of(poll, parts),
        "rows": [(_(SIDE_WORDS[side]), _("%(count)s votes", count=f"{split[side]:,}")) for side in split],
        "split": split,
        "strip": _strip(split, mine.units),
        "groups": [] if split else ranking.review(poll, parts),
    }


def read_parts(poll: Poll, form: Mapping[str, str], units: int) -> tuple[list[dict[str, Any]], str]:
    """The vote in a posted form as the parts of a ballot, and what is wrong with it or nothing."""
    if poll.method == "yes_no":
        split, problem = read_split(form, units)
        return parts_of(split), problem
    try:
        return ranking.read_parts(poll, form, units), ""
    except InvalidInput as error:
        return [], " ".join(error.errors.values())


def fields_of(poll: Poll, parts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The parts of a ballot as the fields of a form, which the next page carries on."""
    if poll.method != "yes_no":
        return ranking.fields_of(parts)
    return {"vote": "split", **{side: str(count) for side, count in split_of(parts).items()}}


def receipt_page(poll: Poll, mine: Standing, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What assembly/poll_receipt.html shows of a vote just cast; a secret one's ids are on this page and nowhere else."""
    names = {choice["id"]: choice["name"] for choice in poll.choices}
    ballots = [(ballot["id"], vote_words(ballot["vote"], names)) for ballot in answer.get("ballots", ())]
    return {
        "poll": poll,
        "subject": subject_of(poll),
        "name": mine.name,
        "units": answer["units"],
        "receipt": answer.get("receipt", ""),
        "ballots": ballots,
        "file": _file(poll, ballots) if ballots else "",
        "closes": clock.moment_words(poll.closes_at),
    }


def level(body: str, longest: str) -> str:
    """An answer of the length that the longest vote would have had, so that no log of lengths tells how was voted.

    >>> level("for", "against") == "for    "
    True
    """
    return body + " " * max(0, len(longest.encode()) - len(body.encode()))


def longest_ballots(poll: Poll, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The same answer as if every ballot had been the longest one there can be; see `level`."""
    vote: Any = "against" if poll.method == "yes_no" else [choice["id"] for choice in poll.choices]
    return {**answer, "ballots": [{"id": ballot["id"], "vote": vote} for ballot in answer["ballots"]]}


def office_page(poll: Poll) -> dict[str, Any]:
    """What an officer sees beside it: who has voted, what secrecy says, and what can be done now. Office scope."""
    turnout = polls.turnout(poll.id)
    names, voted = poll.names, turnout.voted or {}
    rows = [
        {
            "name": names.get(coop, coop),
            "votes": weight,
            "cast": voted.get(coop, 0),
            "tag": _("Voted") if voted.get(coop, 0) >= weight else _("In part") if voted.get(coop) else _("Not yet"),
            "kind": "ok" if voted.get(coop, 0) >= weight else "warn" if voted.get(coop) else "",
        }
        for coop, weight in sorted(poll.weights.items(), key=lambda item: names.get(item[0], ""))
    ]
    look = outcomes.look(poll.id) if poll.state == "closed" else None
    secrecy = meter.before(poll) if poll.secret and poll.state in ("planned", "open") else None
    now = clock.now()
    return {
        "rows": rows,
        "missing": len(turnout.missing(poll.weights)),
        "look": look,
        "look_totals": look.answer["totals"] if look and "totals" in look.answer else None,
        "look_words": look.answer["story"]["headline"] if look else "",
        "secrecy": look.secrecy if look else secrecy,
        "may_open": poll.state == "planned" and (poll.by_hand or now >= poll.opens_at),
        "may_close": poll.state == "open" and (poll.by_hand or now >= poll.closes_at),
        "board_fault": boards.fault(poll),
    }


def is_office() -> bool:
    """Whether the page is for the office."""
    return current_scope().tenant_id == FEDERATION


def read_split(form: Mapping[str, str], units: int) -> tuple[dict[str, int], str]:
    """How votes fall by a posted form, and what is wrong with it or nothing.

    >>> read_split({"vote": "for"}, 23), read_split({"vote": "split", "for": "14", "against": "9"}, 23)[0]["against"]
    (({'for': 23, 'against': 0, 'abstain': 0}, ''), 9)
    >>> read_split({"vote": "split", "for": "14"}, 23)[1]
    'Place all 23 votes: 9 are still to be placed'
    """
    choice = form.get("vote", "")
    if choice in SIDES:
        return {side: units if side == choice else 0 for side in SIDES}, ""
    if choice != "split":
        return dict.fromkeys(SIDES, 0), _("Choose how your votes fall")
    split = {side: whole(form.get(side, "")) for side in SIDES}
    if any(count is None for count in split.values()):
        return dict.fromkeys(SIDES, 0), _("Enter whole numbers of votes")
    counts = {side: count or 0 for side, count in split.items()}
    left = units - sum(counts.values())
    if left > 0:
        return counts, _(
            "Place all %(units)s votes: %(left)s are still to be placed", units=f"{units:,}", left=f"{left:,}"
        )
    if left < 0:
        return counts, _(
            "You hold %(units)s votes: %(over)s too many are placed", units=f"{units:,}", over=f"{-left:,}"
        )
    return counts, ""


def stepped(poll: Poll, form: Mapping[str, str], units: int) -> dict[str, str] | None:
    """What a form shows after a step of its counters or working out from members; None when it was sent to be checked."""
    if poll.method != "yes_no":
        return ranking.stepped(poll, form, units)
    if not {"more", "less", "members"} & set(form):
        return None
    values = {key: form.get(key, "") for key in ("vote", *SIDES, *(f"members-{side}" for side in SIDES))}
    if "members" in form:
        split = split_votes(units, {side: whole(values[f"members-{side}"]) or 0 for side in SIDES})
        values |= {side: str(count) for side, count in split.items()}
    else:
        side, by = (form["more"], 1) if "more" in form else (form["less"], -1)
        if side in SIDES:
            values[side] = str(min(units, max(0, (whole(values[side]) or 0) + by)))
    return values | {"vote": "split"}


def whole(text: str) -> int | None:
    """A whole number as it was typed; nothing typed is none of it; None for anything else.

    >>> whole(" 14 "), whole(""), whole("1.5"), whole("-3")
    (14, 0, None, None)
    """
    text = text.strip()
    if not text:
        return 0
    return int(text) if text.isascii() and text.isdigit() and int(text[:10]) <= MOST_UNITS else None


def placed(typed: Mapping[str, str], units: int) -> dict[str, Any]:
    """How far the votes are placed, as words and as parts of a strip."""
    split, _problem = read_split(typed, units)
    count = sum(split.values())
    members = {side: whole(typed.get(f"members-{side}", "")) or 0 for side in SIDES}
    return {
        "words": split_words(split),
        "all": count == units,
        "count": count,
        "strip": _strip(split, units),
        "members": _members_words(units, members) if sum(members.values()) else "",
    }


def vote_words(vote: Any, names: Mapping[str, str]) -> str:
    """One ballot in words.

    >>> vote_words("abstain", {}), vote_words(["a", "b"], {"a": "Ann", "b": "Bo"}), vote_words([], {})
    ('abstain', 'Ann, then Bo', 'nobody')
    """
    if isinstance(vote, str):
        return vote
    return ", then ".join(names.get(one, one) for one in vote) or "nobody"


def _cards(poll: Poll, own: str, turnout: Turnout) -> list[dict[str, str]]:
    cards = rule_cards(poll)
    if poll.weights.get(own):
        total = f"{poll.weights[own]:,} of {sum(poll.weights.values()):,}"
        title = _("%(coop)s holds", coop=poll.names.get(own, ""))
        cards.insert(0, {"title": title, "value": total, "small": weight_words(poll, own), "cls": "f-card--lead"})
    if poll.state in ("open", "closed") and not poll.by_hand:
        title = _("Voted so far") if poll.state == "open" else _("Voted")
        hidden = _("co-ops; how they voted is secret") if poll.secret else _("co-ops; how they voted stays hidden")
        cards.append({"title": title, "value": f"{turnout.coops} of {turnout.coops_total}", "small": hidden})
    return cards


def _stored(poll: Poll, mine: Standing | None) -> dict[str, str]:
    """The form as the recorded vote stands; empty where none is cast or known."""
    if mine is None or mine.ballot is None or poll.secret:
        return {}
    if poll.method != "yes_no":
        return ranking.fields_of(mine.ballot.parts)
    split = split_of(mine.ballot.parts)
    one = next((side for side in SIDES if split[side] == mine.units), None)
    return {"vote": one or "split", **{side: str(count) for side, count in split.items()}}


def _strip(split: Mapping[str, int], units: int) -> list[list[Any]]:
    colours = {"for": "plum", "against": "honey", "abstain": "stone"}
    return [
        [colours[side], round(100 * min(split[side], units) / units, 2)] for side in SIDES if split.get(side) and units
    ]


def _members_words(units: int, members: Mapping[str, int]) -> str:
    people = sum(members.values())
    split = split_votes(units, members)
    asked = [side for side in SIDES if members[side]]
    told = ", ".join(f"{members[side]:,} {side}" for side in asked)
    exact = ", ".join(f"{units * members[side] / people:.1f}" for side in asked)
    whole_votes = ", ".join(str(split[side]) for side in asked)
    return _(
        "Your members voted %(told)s. That is %(exact)s votes, rounded to %(whole)s.",
        told=told,
        exact=exact,
        whole=whole_votes,
    )


def _others(poll: Poll, mine: Standing | None) -> list[dict[str, Any]]:
    """Whom the person may vote for beside the co-op itself, with a link each; nothing where it is only the co-op."""
    if mine is None:
        return []
    held = [
        (proxy.counterparty_id, poll.names.get(str(proxy.counterparty_id), "")) for proxy in casting.held_proxies(poll)
    ]
    if not held:
        return []
    own = current_scope().tenant_id
    rows: list[tuple[UUID | None, str]] = [(own, poll.names.get(str(own), "")), *held]
    return [
        {
            "name": name,
            "href": f"/polls/{poll.id}" if coop == own else f"/polls/{poll.id}?for={coop}",
            "current": coop == mine.coop_id,
        }
        for coop, name in rows
    ]


def _cast_words(poll: Poll, mine: Standing | None) -> str:
    """What was cast so far with these votes, for those who cast them."""
    if mine is None or mine.turnout is None:
        return ""
    at = clock.moment_words(mine.turnout.cast_at)
    if poll.secret or mine.ballot is None:
        return _("Cast %(moment)s.", moment=at)
    names = {choice["id"]: choice["name"] for choice in poll.choices}
    parts = mine.ballot.parts
    how = split_words(split_of(parts))
    if poll.method != "yes_no":
        how = "; ".join(ranking.ballot_words(part["vote"], names, approval=poll.method == "approval") for part in parts)
    return _("Cast %(moment)s: %(how)s.", moment=at, how=how)


def _file(poll: Poll, ballots: Sequence[tuple[str, str]]) -> str:
    """The receipts as a text file in the page itself: to save them, nothing is sent to the server again."""
    lines = [f"Receipts of a secret vote: {poll.title}", *(f"{one}  {words}" for one, words in ballots), ""]
    return "data:text/plain;charset=utf-8;base64," + base64.b64encode("\n".join(lines).encode()).decode()
