"""Whether one carer may work one shift: every hard rule, told with its number; fast enough to ask of all pairs."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from staffbank.match import times
from staffbank.match.problem import Numbers, Problem, Shift, Worker
from staffbank.match.times import HOUR, MINUTE, WEEK, Span
from staffbank.match.travel import Place, travel_minutes


class Refusal(NamedTuple):
    """Why a carer may not work a shift: a rule of the book, or the tag that is missing, and the number that tells."""

    rule: str
    number: str | None = None


def check(shift: Shift, worker: Worker, at: int, numbers: Numbers, placements: Sequence[Shift] = ()) -> list[Refusal]:
    """Every rule that keeps a carer from a shift, beside shifts they are already placed on; empty when none does.

    Rest and journeys are weighed only where the shift does not overlap other work: then it could not be worked anyway.
    """
    return list(refusals(shift, worker, at, numbers, placements))


def may_work(shift: Shift, worker: Worker, at: int, numbers: Numbers, placements: Sequence[Shift] = ()) -> bool:
    """Whether no rule keeps a carer from a shift: `check` that stops at the first."""
    return next(refusals(shift, worker, at, numbers, placements), None) is None


def refusals(
    shift: Shift, worker: Worker, at: int, numbers: Numbers, placements: Sequence[Shift] = ()
) -> Iterator[Refusal]:
    """The refusals of `check` one by one, those that are found fastest and most often first."""
    start, end = shift.start, shift.end
    place = bisect_right(worker.window_starts, start) - 1
    if place < 0 or worker.available[place][1] < end:
        yield Refusal("available")
    passport, last = worker.passport, max(end, at)
    for tag in shift.tags:
        until = passport.get(tag, 0)
        if until is not None and until < last:
            yield Refusal(tag, times.words(until) if until else None)
    if worker.sponsored:
        yield Refusal("sponsored")
    person = shift.person
    if person is not None and person in worker.refuses:
        yield Refusal("refuses", person)
    if person is not None and person in worker.excluded:
        yield Refusal("excluded", person)
    yield from _of_amounts(shift, worker, numbers, placements)
    yield from _of_time(shift, worker, numbers, placements)


def _of_amounts(shift: Shift, worker: Worker, numbers: Numbers, placements: Sequence[Shift]) -> Iterator[Refusal]:
    """Hours of the 17 weeks, and the journey from home where it is limited."""
    if not worker.opt_out:
        worked = worker.worked + shift.seconds
        for other in placements:
            worked += other.seconds
        if worked > numbers.most_worked:
            yield Refusal("weekly_hours", _short(worked / HOUR))
    if numbers.most_travel is not None:
        minutes = travel_minutes(worker.place, shift.place, worker.mode, numbers)
        if minutes > numbers.most_travel:
            yield Refusal("distance", _short(minutes))


def _of_time(shift: Shift, worker: Worker, numbers: Numbers, placements: Sequence[Shift]) -> Iterator[Refusal]:
    """What lies at the same time as the shift, too near it, or leaves too little rest with it."""
    start, end, rota = shift.start, shift.end, worker.rota
    after = bisect_right(worker.rota_starts, start)
    on_rota = _shared(rota, max(0, after - 1), start, end)
    if on_rota:
        yield Refusal("rota", _short(on_rota / MINUTE))
    placed = sum([max(0, min(end, other.end) - max(start, other.start)) for other in placements])
    if placed:
        yield Refusal("placed", _short(placed / MINUTE))
    if on_rota or placed:
        return
    short = _short_journey(shift, worker, numbers, placements, after)
    if short is not None:
        yield Refusal("travel", _short(short / MINUTE))
    pieces: Sequence[Span] = rota
    if placements:
        pieces = times.merge([*rota, *((other.start, other.end) for other in placements)])
        after = bisect_right(pieces, (start, end))
    first, last = spell_around(pieces, after, start, end, numbers.rest)
    lasts = last - first
    if lasts > numbers.spell:
        yield Refusal("rest", _short(lasts / HOUR))
    longest = weekly_gap(pieces, after, start, end)
    if longest < numbers.weekly_rest:
        yield Refusal("weekly_rest", _short(longest / HOUR))


def _shared(pieces: Sequence[Span], n: int, start: int, end: int) -> int:
    """Seconds that merged pieces, from place `n` on, have in common with a span."""
    shared = 0
    while n < len(pieces) and pieces[n][0] < end:
        shared += max(0, min(end, pieces[n][1]) - max(start, pieces[n][0]))
        n += 1
    return shared


def _short_journey(
    shift: Shift, worker: Worker, numbers: Numbers, placements: Sequence[Shift], after: int
) -> int | None:
    """Seconds between the shift and other work where a journey takes longer, else None."""
    rota, gaps = worker.rota, []
    if after:
        ended = rota[after - 1][1]
        gaps.append((shift.start - ended, worker.held_to.get(ended)))
    if after < len(rota):
        begins = rota[after][0]
        gaps.append((begins - shift.end, worker.held_from.get(begins)))
    for other in placements:
        gaps.append((max(shift.start - other.end, other.start - shift.end), other.place))
    return min((gap for gap, place in gaps if gap < _needed(place, shift, worker, numbers)), default=None)


def _needed(place: Place | None, shift: Shift, worker: Worker, numbers: Numbers) -> float:
    """Seconds a journey to the shift takes from a place; from and to work at home, whose place is not told, a fixed time."""
    if place is None:
        return numbers.rota_travel
    return MINUTE * travel_minutes(place, shift.place, worker.mode, numbers)


def spell_around(pieces: Sequence[Span], after: int, start: int, end: int, rest: int) -> Span:
    """First start and last end of the spell around a new piece that overlaps none of the others.

    `pieces` are merged and in order; `after` is the place of the first that starts later.
    """
    low, high, n = start, end, after - 1
    while n >= 0 and low - pieces[n][1] < rest:
        low = pieces[n][0]
        n -= 1
    n = after
    while n < len(pieces) and pieces[n][0] - high < rest:
        high = pieces[n][1]
        n += 1
    return low, high


def weekly_gap(pieces: Sequence[Span], after: int, start: int, end: int) -> int:
    """The longest time without work, in seconds, of the week a new piece lies in; of two weeks, the shorter."""
    least, week = WEEK, times.monday(start)
    while week < end:
        first = after
        while first > 0 and pieces[first - 1][1] > week:
            first -= 1
        last = after
        while last < len(pieces) and pieces[last][0] < week + WEEK:
            last += 1
        beside = [*pieces[first:after], (start, end), *pieces[after:last]]
        least = min(least, times.longest_gap(beside, week, week + WEEK))
        week += WEEK
    return least


def refusal_rows(problem: Problem) -> list[dict[str, str | None]]:
    """Every refusal of every pair, each carer alone without placements, in order of shift and worker."""
    return [
        {"shift": shift.id, "worker": worker.id, "rule": refusal.rule, "number": refusal.number}
        for shift in problem.shifts
        for worker in problem.workers
        for refusal in refusals(shift, worker, problem.at, problem.numbers)
    ]


def _short(value: float) -> str:
    """A number for people: at most two places, no idle noughts.

    >>> _short(14.5), _short(820.0), _short(29.998)
    ('14.5', '820', '30')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")
