"""A ballot with several choices as a form: ranks by select and by buttons, one by one, or boxes to tick; all without JavaScript.

Fields of a form: `rank-ID` holds a place from 1 (or is ticked, for approval), `votes` how many votes go so; the second and
every further group of a co-op's votes adds its number: `rank2-ID`, `votes2`. `way` "one" asks for one choice after another,
and `pick` is what was chosen then. A button named `rank` moves something and shows the form again: see `stepped`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from federation.assembly.models import Poll
from tenants.errors import InvalidInput

Typed = Mapping[str, str]
Parts = list[dict[str, Any]]
MOST_GROUPS = 20
MOST_DIGITS = 9
NOBODY_ELSE = "none"
_TEENS = (11, 12, 13)


def ordinal(place: int) -> str:
    """A place as people write it.

    >>> [ordinal(place) for place in (1, 2, 3, 4, 11, 22, 103)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd', '103rd']
    """
    ending = "th" if place % 100 in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def read_ranking(form: Typed, choices: Sequence[Mapping[str, Any]], group: int = 1) -> list[str]:
    """The ids of one group in the order they were ranked; a gap between places means nothing.

    >>> ids = [{"id": "a", "name": "Ann"}, {"id": "b", "name": "Bo"}, {"id": "c", "name": "Cy"}]
    >>> read_ranking({"rank-c": "1", "rank-a": "3", "rank-b": ""}, ids)
    ['c', 'a']

    Raises: InvalidInput for two at one place, a place that is none, or somebody who does not stand.
    """
    names = {str(choice["id"]): str(choice["name"]) for choice in choices}
    prefix = _prefix(group)
    placed: dict[int, str] = {}
    for key, text in form.items():
        one, text = key.removeprefix(prefix), text.strip()
        if not key.startswith(prefix) or not text:
            continue
        if one not in names:
            raise InvalidInput({"vote": _("Somebody is named who does not stand. Load the page again")})
        place = _whole(text)
        if place is None or not 1 <= place <= len(names):
            places = _("Give %(name)s a place from 1 to %(most)s, or none", name=names[one], most=len(names))
            raise InvalidInput({"vote": places})
        if place in placed:
            both = {"first": names[placed[place]], "second": names[one], "place": ordinal(place)}
            raise InvalidInput({"vote": _("%(first)s and %(second)s are both %(place)s: rank each once") % both})
        placed[place] = one
    found = [placed[place] for place in sorted(placed)]
    pick = form.get("pick", "")
    return [*found, pick] if group == 1 and form.get("way") == "one" and pick in names and pick not in found else found


def read_parts(poll: Poll, form: Typed, units: int) -> Parts:
    """What a form says as the parts of a ballot; one group has all votes, several must add up to `units`.

    Raises: InvalidInput by the field "vote".
    """
    groups = groups_in(form)
    parts: Parts = []
    for group in range(1, groups + 1):
        votes = _whole(form.get(_votes_field(group), "")) if groups > 1 else units
        if not votes:
            raise InvalidInput({"vote": _("Say how many votes go to order %(number)s", number=group)})
        ranking = _approved(poll, form, group) if poll.method == "approval" else read_ranking(form, poll.choices, group)
        alike = next((part for part in parts if part["vote"] == ranking), None)
        if alike is not None:
            alike["units"] += votes
        else:
            parts.append({"units": votes, "vote": ranking})
    left = units - sum(part["units"] for part in parts)
    if left:
        words = (
            _("%(left)s are still to be placed", left=f"{left:,}") if left > 0 else _("%(n)s too many", n=f"{-left:,}")
        )
        raise InvalidInput({"vote": _("Place all %(units)s votes: %(words)s", units=f"{units:,}", words=words)})
    return parts


def fields_of(parts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Parts of a ballot as the fields of a form: to change a vote, or to carry it to the next page.

    >>> fields_of([{"units": 15, "vote": ["b", "a"]}, {"units": 8, "vote": []}])
    {'votes': '15', 'rank-b': '1', 'rank-a': '2', 'votes2': '8'}
    """
    found: dict[str, str] = {}
    for group, part in enumerate(parts, 1):
        found[_votes_field(group)] = str(part["units"])
        found |= {f"{_prefix(group)}{one}": str(place) for place, one in enumerate(part["vote"], 1)}
    return found


def groups_in(form: Typed) -> int:
    """Into how many groups a form divides the votes."""
    group = 1
    while group < MOST_GROUPS and _votes_field(group + 1) in form:
        group += 1
    return group


def stepped(poll: Poll, form: Typed, units: int) -> dict[str, str] | None:
    """The form after a press of a button named `rank`; None when the ballot was sent to be checked.

    Values: up:GROUP:ID, down:GROUP:ID, clear:GROUP, split, join:GROUP, one, all, next, back.
    """
    pressed = form.get("rank", "")
    found = _step(poll, form, units, *pressed.split(":")) if pressed else None
    return None if found is None else found | {"moved": pressed}


def _step(poll: Poll, form: Typed, units: int, move: str, *more: str) -> dict[str, str] | None:
    values = {key: text for key, text in form.items() if key.startswith(("rank", "votes", "way")) and key != "rank"}
    group = _whole(more[0]) or 1 if more else 1
    if move in ("up", "down") and len(more) == 2:
        return values | _moved(_loose(values, poll, group), more[1], move, poll, group)
    if move == "clear":
        return {key: text for key, text in values.items() if not key.startswith(_prefix(group))}
    if move == "split" and groups_in(values) < min(MOST_GROUPS, units):
        return _with_group(values, units) | {"way": ""}
    if move == "join":
        return _without_group(values, group, units)
    if move in ("one", "all"):
        return values | {"way": "one" if move == "one" else ""}
    if move == "next":
        pick = form.get("pick", "")
        if pick == NOBODY_ELSE:
            return None
        ranked = _loose(values, poll, 1)
        return values | _places(ranked if pick in ranked or pick not in _ids(poll) else [*ranked, pick], poll, 1)
    if move == "back":
        return values | _places(_loose(values, poll, 1)[:-1], poll, 1)
    return values


def ballot_page(poll: Poll, units: int, typed: Typed) -> dict[str, Any]:
    """What assembly/ballot_ranked.html shows as `ballot`; `typed` are the fields of the form as they stand."""
    groups = groups_in(typed)
    shown = [_group(poll, typed, group, units if groups == 1 else None) for group in range(1, groups + 1)]
    placed = sum(_whole(typed.get(_votes_field(group), "")) or 0 for group in range(1, groups + 1))
    return {
        "approval": poll.method == "approval",
        "one_by_one": typed.get("way") == "one" and groups == 1 and poll.method != "approval",
        "groups": shown,
        "units": units,
        "seats": poll.seats,
        "places": [(str(place), ordinal(place)) for place in range(1, len(poll.choices) + 1)],
        "next_place": ordinal(len(shown[0]["ranked"]) + 1),
        "may_split": units > groups and groups < MOST_GROUPS,
        "placed": placed,
        "all_placed": placed == units,
        "moved": typed.get("moved", ""),
        "focus": bool(typed.get("moved")) and not typed["moved"].startswith(("up:", "down:")),
        "moved_words": _moved_words(shown, typed.get("moved", "")),
    }


def review(poll: Poll, parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A ballot in words, group by group: votes, ranked [(place, name)], left_out [name], and one sentence."""
    names = {str(choice["id"]): str(choice["name"]) for choice in poll.choices}
    return [
        {
            "votes": part["units"],
            "ranked": [(ordinal(place), names.get(one, one)) for place, one in enumerate(part["vote"], 1)],
            "left_out": [name for one, name in names.items() if one not in part["vote"]],
            "words": ballot_words(part["vote"], names, approval=poll.method == "approval"),
        }
        for part in parts
    ]


def ballot_words(vote: Sequence[str], names: Mapping[str, str], *, approval: bool = False) -> str:
    """One ranking as a sentence that can be heard.

    >>> ballot_words(["b", "a"], {"a": "Ada", "b": "Bo", "c": "Cy"}), ballot_words([], {"a": "Ada"})
    ('1st Bo, 2nd Ada, 1 not ranked', 'Nobody: a blank ballot')
    """
    left = len(names) - len(vote)
    if not vote:
        return _("Nobody: a blank ballot")
    if approval:
        told = ", ".join(names.get(one, one) for one in vote)
        return told + (", " + _("%(n)s not ticked", n=left) if left else "")
    told = ", ".join(f"{ordinal(place)} {names.get(one, one)}" for place, one in enumerate(vote, 1))
    return told + (", " + _("%(n)s not ranked", n=left) if left else "")


def _prefix(group: int) -> str:
    return "rank-" if group == 1 else f"rank{group}-"


def _votes_field(group: int) -> str:
    return "votes" if group == 1 else f"votes{group}"


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def _ids(poll: Poll) -> list[str]:
    return [str(choice["id"]) for choice in poll.choices]


def _approved(poll: Poll, form: Typed, group: int) -> list[str]:
    """Those ticked, in the order of the ballot paper: ticks have no order, and two alike ballots must be alike."""
    prefix, ids = _prefix(group), _ids(poll)
    ticked = {key.removeprefix(prefix) for key in form if key.startswith(prefix)}
    if ticked.difference(ids):
        raise InvalidInput({"vote": _("Somebody is named who does not stand. Load the page again")})
    return [one for one in ids if one in ticked]


def _loose(values: Typed, poll: Poll, group: int) -> list[str]:
    """The order as far as it can be made out: while somebody still types, two at one place is no fault."""
    prefix = _prefix(group)
    places = {one: _whole(values.get(f"{prefix}{one}", "")) for one in _ids(poll)}
    return sorted((one for one, place in places.items() if place), key=lambda one: places[one] or 0)


def _places(ranked: Sequence[str], poll: Poll, group: int) -> dict[str, str]:
    """The fields of one group for an order; nothing for those left out."""
    return {f"{_prefix(group)}{one}": str(ranked.index(one) + 1) if one in ranked else "" for one in _ids(poll)}


def _moved(ranked: list[str], one: str, move: str, poll: Poll, group: int) -> dict[str, str]:
    """Up makes somebody unranked the last choice, else swaps; down below the last place takes them off."""
    if one in _ids(poll):
        at = ranked.index(one) if one in ranked else None
        if at is None:
            ranked = [*ranked, one] if move == "up" else ranked
        elif move == "up" and at:
            ranked[at - 1], ranked[at] = ranked[at], ranked[at - 1]
        elif move == "down" and at + 1 < len(ranked):
            ranked[at + 1], ranked[at] = ranked[at], ranked[at + 1]
        elif move == "down":
            ranked = ranked[:-1]
    return _places(ranked, poll, group)


def _moved_words(groups: Sequence[Mapping[str, Any]], moved: str) -> str:
    """What a press of up or down has done, for whoever hears the page."""
    one = moved.rpartition(":")[2]
    group = _whole(moved.split(":")[1]) if moved.count(":") == 2 else None
    rows = groups[group - 1]["rows"] if group and group <= len(groups) else []
    row = next((row for row in rows if row["id"] == one), None)
    if row is None:
        return ""
    if not row["place"]:
        return _("%(name)s is not ranked", name=row["name"])
    return _("%(name)s is now %(place)s", name=row["name"], place=row["place"])


def _with_group(values: dict[str, str], units: int) -> dict[str, str]:
    """One more group; what is not placed yet goes to it."""
    groups = groups_in(values)
    placed = [_whole(values.get(_votes_field(group), "")) for group in range(1, groups + 1)]
    if groups == 1:
        # Everything lies in the first group until somebody says how much of it stays there.
        placed = [placed[0] if placed[0] and placed[0] < units else None]
        values = values | {"votes": str(placed[0] or "")}
    left = units - sum(count or 0 for count in placed)
    return values | {_votes_field(groups + 1): str(left) if all(placed) and left > 0 else ""}


def _without_group(values: dict[str, str], gone: int, units: int) -> dict[str, str]:
    """One group fewer; its votes go back to be placed, and those after it move up."""
    groups = groups_in(values)
    if not 1 <= gone <= groups or groups == 1:
        return values
    kept = {"way": values.get("way", "")}
    for new, old in enumerate((group for group in range(1, groups + 1) if group != gone), 1):
        kept[_votes_field(new)] = values.get(_votes_field(old), "")
        start = _prefix(old)
        kept |= {_prefix(new) + key.removeprefix(start): text for key, text in values.items() if key.startswith(start)}
    return kept | ({"votes": str(units)} if groups == 2 else {})


def _group(poll: Poll, typed: Typed, group: int, whole: int | None) -> dict[str, Any]:
    """One group for the page: rows with the ranked first in their order, then the others as the ballot paper has them."""
    prefix, approval = _prefix(group), poll.method == "approval"
    ranked = [] if approval else _loose(typed, poll, group)
    by_id = {str(choice["id"]): choice for choice in poll.choices}
    order = [*ranked, *(one for one in by_id if one not in ranked)]
    rows = [
        {
            "id": one,
            "name": by_id[one]["name"],
            "coop": poll.names.get(str(by_id[one].get("coop", "")), ""),
            "class": by_id[one].get("class", ""),
            "statement": by_id[one].get("statement", ""),
            "rank": typed.get(f"{prefix}{one}", "").strip(),
            "place": ordinal(ranked.index(one) + 1) if one in ranked else "",
            "first": bool(ranked) and one == ranked[0],
        }
        for one in order
    ]
    return {
        "number": group,
        "prefix": prefix,
        "votes_field": _votes_field(group),
        "votes": typed.get(_votes_field(group), "") if whole is None else str(whole),
        "rows": rows,
        "ranked": [(row["place"], row["name"]) for row in rows if row["place"]],
        "left": [row for row in rows if not row["place"]],
    }
