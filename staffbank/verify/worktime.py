"""Rules about a person's time: nobody in two places, time to get there, daily and weekly rest, the average of 17 weeks.

Written from the words of the rule book and of the Regulations, apart from the search that proposes placements, so that
one mistake cannot hide in both.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from staffbank.rule_book import numbers_on
from staffbank.verify.facts import Breach, Piece, Place, Record
from tenants.clock import LONDON

EARTH_RADIUS_MILES = 3958.7613
"""Mean radius. Source: IUGG, 6371.0088 km."""
WEEK = timedelta(days=7)
TRAVEL_TOLERANCE = timedelta(seconds=1)
"""Journeys are estimates in fractions of a minute; a second less is no breach."""


def breaches(person: UUID, pieces: Sequence[Piece], record: Record | None) -> Iterator[Breach]:
    """Every breach in one person's work, of every co-op together."""
    ordered = sorted(pieces, key=lambda piece: (piece.starts_at, piece.ends_at, str(piece.id)))
    yield from overlaps(person, ordered)
    yield from short_journeys(person, ordered, record.mode if record else "walk")
    yield from long_spells(person, ordered)
    yield from restless_weeks(person, ordered)
    yield from long_averages(person, ordered, record)


def overlaps(person: UUID, ordered: Sequence[Piece]) -> Iterator[Breach]:
    """Two pieces of work at one time, in whichever co-ops."""
    for n, piece in enumerate(ordered):
        for other in ordered[n + 1 :]:
            if other.starts_at >= piece.ends_at:
                break
            shared = min(piece.ends_at, other.ends_at) - other.starts_at
            both = piece.is_placement and other.is_placement
            yield Breach(
                "placed" if both else "rota",
                person,
                _placements((piece, other)),
                f"{piece.kind} {piece.id} and {other.kind} {other.id} share {_minutes(shared)} minutes",
            )


def short_journeys(person: UUID, ordered: Sequence[Piece], mode: str) -> Iterator[Breach]:
    """Neighbours in time with a placement among them, nearer to each other than the journey takes."""
    for before, after in pairwise(ordered):
        gap = after.starts_at - before.ends_at
        if not (before.is_placement or after.is_placement) or gap < timedelta(0):
            continue
        needed = journey(before, after, mode)
        if gap + TRAVEL_TOLERANCE < needed:
            yield Breach(
                "travel",
                person,
                _placements((before, after)),
                f"{_minutes(gap)} minutes between {before.kind} {before.id} and {after.kind} {after.id}; "
                f"the journey takes {_minutes(needed)}",
            )


def journey(before: Piece, after: Piece, mode: str) -> timedelta:
    """How long it takes from one piece of work to the next; to and from work at home it is a fixed time."""
    book = numbers_on(after.starts_at.astimezone(LONDON).date())
    if before.place is None or after.place is None:
        return timedelta(minutes=float(book["rota_travel_minutes"]))
    road = great_circle_miles(before.place, after.place) * float(book["circuity"])
    waiting = float(book["bus_minutes"]) if mode == "bus" else 0.0
    return timedelta(minutes=60 * road / float(book[f"mph_{mode}"]) + float(book["door_minutes"]) + waiting)


def great_circle_miles(a: Place, b: Place) -> float:
    """Miles between two places as the crow flies.

    >>> round(great_circle_miles((51.5, -0.13), (53.48, -2.24)), 0)
    163.0
    """
    (lat_a, lon_a), (lat_b, lon_b) = ((radians(x), radians(y)) for x, y in (a, b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(min(1.0, half)))


def long_spells(person: UUID, ordered: Sequence[Piece]) -> Iterator[Breach]:
    """Spells of work with a placement in them that leave less than the daily rest in 24 hours.

    Source: Working Time Regulations 1998, regulation 10: eleven consecutive hours in each 24-hour period.
    """
    spell: list[Piece] = []
    for piece in ordered:
        rest = timedelta(hours=float(_number(piece, "rest_hours")))
        if spell and piece.starts_at - max(one.ends_at for one in spell) >= rest:
            yield from _long_spell(person, spell)
            spell = []
        spell.append(piece)
    yield from _long_spell(person, spell)


def _long_spell(person: UUID, spell: Sequence[Piece]) -> Iterator[Breach]:
    placements = _placements(spell)
    if not placements:
        return
    rest = timedelta(hours=float(_number(spell[0], "rest_hours")))
    lasts = max(one.ends_at for one in spell) - spell[0].starts_at
    if lasts > timedelta(hours=24) - rest:
        yield Breach(
            "rest",
            person,
            placements,
            f"{_hours(lasts)} hours from {spell[0].starts_at:%Y-%m-%d %H:%M} without {_hours(rest)} of rest",
        )


def restless_weeks(person: UUID, ordered: Sequence[Piece]) -> Iterator[Breach]:
    """Weeks from Monday with a placement in which no rest of 24 hours lies in one piece.

    Source: Working Time Regulations 1998, regulation 11.
    """
    weeks = {
        monday(piece.starts_at) + WEEK * step
        for piece in ordered
        if piece.is_placement
        for step in range((monday(piece.ends_at - timedelta(seconds=1)) - monday(piece.starts_at)) // WEEK + 1)
    }
    for week in sorted(weeks):
        inside = [piece for piece in ordered if piece.starts_at < week + WEEK and piece.ends_at > week]
        needed = timedelta(hours=float(_number(inside[0], "weekly_rest_hours")))
        found = longest_rest(inside, week, week + WEEK)
        if found < needed:
            words = f"the longest rest of the week from {week:%Y-%m-%d} is {_hours(found)} hours"
            yield Breach("weekly_rest", person, _placements(inside), words)


def monday(moment: datetime) -> datetime:
    """Midnight of the Monday at or before a moment, in UTC, as the rule book counts weeks.

    >>> monday(datetime(2026, 11, 22, 6, tzinfo=UTC)).isoformat()
    '2026-11-16T00:00:00+00:00'
    """
    there = moment.astimezone(UTC)
    return datetime(there.year, there.month, there.day, tzinfo=UTC) - timedelta(days=there.weekday())


def longest_rest(pieces: Sequence[Piece], low: datetime, high: datetime) -> timedelta:
    """The longest time in one piece from `low` to `high` without work; pieces are in order of start."""
    free_from, longest = low, timedelta(0)
    for piece in pieces:
        longest = max(longest, piece.starts_at - free_from)
        free_from = max(free_from, piece.ends_at)
    return max(longest, high - free_from)


def long_averages(person: UUID, ordered: Sequence[Piece], record: Record | None) -> Iterator[Breach]:
    """Stretches of 17 weeks that end with a placement and hold more than 48 hours a week, all jobs counted.

    Source: Working Time Regulations 1998, regulations 4 and 5.
    """
    told = False
    for last in (piece for piece in ordered if piece.is_placement):
        day = last.ends_at.astimezone(LONDON).date()
        if told or (record is not None and record.opted_out(day)):
            continue
        book = numbers_on(day)
        low = last.ends_at - WEEK * int(book["averaging_weeks"])
        inside = [piece for piece in ordered if piece.ends_at > low and piece.starts_at < last.ends_at]
        worked = sum((min(p.ends_at, last.ends_at) - max(p.starts_at, low) for p in inside), timedelta(0))
        most = timedelta(hours=float(book["averaging_weeks"] * book["weekly_hours_average"]))
        if worked > most:
            told = True  # one line a person says it; each later placement would repeat it
            words = f"{_hours(worked)} hours in the 17 weeks to {day:%Y-%m-%d}, {_hours(most)} are lawful"
            yield Breach("weekly_hours", person, _placements(inside), words)


def _number(piece: Piece, key: str) -> Decimal:
    return numbers_on(piece.starts_at.astimezone(LONDON).date())[key]


def _placements(pieces: Sequence[Piece]) -> tuple[UUID, ...]:
    return tuple(piece.id for piece in pieces if piece.is_placement)


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.2f}".rstrip("0").rstrip(".")


def _minutes(span: timedelta) -> str:
    return f"{span / timedelta(minutes=1):.1f}".removesuffix(".0")
