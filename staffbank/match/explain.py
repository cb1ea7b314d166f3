"""What people want to know of a match: who else could come and what speaks for them, and why a shift stays open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from staffbank import rule_book
from staffbank.match import times
from staffbank.match.levels import cost_pence, is_continuous
from staffbank.match.problem import Problem, Shift, Worker
from staffbank.match.rules import Refusal, check, may_work
from staffbank.match.times import HOUR, MINUTE
from staffbank.match.travel import travel_minutes

Reason = dict[str, str]
_STEP_MINUTES = 10
_REST_STEP = HOUR // 2
_EASY_MINUTES = 60
"""A window is widened by so much with a word; more is asking for a day."""


def ranked_rows(
    problem: Problem, pairs: Sequence[tuple[int, int]], placed: Mapping[int, Sequence[int]], most: int
) -> dict[str, list[dict[str, Any]]]:
    """Per shift, who could work it on their own: the preferred carer first, then who knows the person, then by the
    percentage of hours their co-op lends in this answer, journeys in steps of ten minutes, and offers of late.

    `placed` are the shifts of each worker in the answer.
    """
    lent = lent_seconds(problem, placed)
    rows: dict[str, list[tuple[tuple[Any, ...], str, list[Reason]]]] = {shift.id: [] for shift in problem.shifts}
    for s, w in pairs:
        shift, worker = problem.shifts[s], problem.workers[w]
        minutes = travel_minutes(worker.place, shift.place, worker.mode, problem.numbers)
        share = Fraction(0)
        if worker.coop != shift.coop and problem.bankable[worker.coop]:
            share = Fraction(lent[worker.coop], problem.bankable[worker.coop])
        known = is_continuous(shift, worker, problem.numbers.continuity_days)
        preferred = shift.preferred == worker.id
        pence = cost_pence(problem, s, w)
        key = (
            not preferred,
            not known,
            int(100 * share),
            int(minutes // _STEP_MINUTES),
            worker.offered_recently,
            minutes,
            pence,
            worker.id,
        )
        rows[shift.id].append((key, worker.id, _reasons(shift, worker, preferred, known, share, minutes, pence)))
    return {
        shift: [
            {"worker": worker, "reasons": reasons} for _, worker, reasons in sorted(found, key=lambda r: r[0])[:most]
        ]
        for shift, found in rows.items()
    }


def lent_seconds(problem: Problem, placed: Mapping[int, Sequence[int]]) -> dict[str, int]:
    """Seconds each co-op lends to others in an answer."""
    lent = dict.fromkeys(problem.bankable, 0)
    for w, shifts in placed.items():
        home = problem.workers[w].coop
        lent[home] += sum(problem.shifts[s].seconds for s in shifts if problem.shifts[s].coop != home)
    return lent


def _reasons(
    shift: Shift, worker: Worker, preferred: bool, known: bool, share: Fraction, minutes: float, pence: int
) -> list[Reason]:
    reasons = []
    if preferred:
        reasons.append(_reason("preferred", "", "Asked for by name"))
    if known:
        day = times.words(worker.visited[shift.person or ""] * times.DAY)[:10]
        reasons.append(_reason("visited", day, f"Was with this person on {day}"))
    if worker.coop == shift.coop:
        reasons.append(_reason("own_coop", "", "Works for this co-op"))
    else:
        percent = f"{float(100 * share):.1f}"
        reasons.append(_reason("lent_share", percent, f"Their co-op lends {percent}% of its bankable hours"))
    reasons.append(_reason("travel", f"{minutes:.0f}", f"{minutes:.0f} minutes by {_by(worker.mode)}"))
    times_offered = worker.offered_recently
    if times_offered == 0:
        reasons.append(_reason("offered", "0", "Has had no offer of late"))
    else:
        word = "offer" if times_offered == 1 else "offers"
        reasons.append(_reason("offered", str(times_offered), f"Has had {times_offered} {word} of late"))
    if pence:
        reasons.append(_reason("cost", str(pence), f"Costs {pence} pence"))
    return reasons


def _reason(reason: str, number: str, words: str) -> Reason:
    return {"reason": reason, "number": number, "words": words}


def _by(mode: str) -> str:
    return {"walk": "foot", "cycle": "bicycle"}.get(mode, mode)


def unfilled_rows(problem: Problem, placed: Mapping[int, Sequence[int]]) -> list[dict[str, Any]]:
    """Each shift left open: how many carers each rule turned away beside their placements here, and the cheapest fix.

    A carer whom several rules turn away counts under each of them.
    """
    filled = {s for shifts in placed.values() for s in shifts}
    work = {w: [problem.shifts[s] for s in shifts] for w, shifts in placed.items()}
    rows = []
    for group in problem.groups:
        if filled & set(group):
            continue
        refused: dict[int, dict[int, list[Refusal]]] = {}
        for s in group:
            refused[s] = {
                w: check(problem.shifts[s], worker, problem.at, problem.numbers, work.get(w, ()))
                for w, worker in enumerate(problem.workers)
            }
        fix = _cheapest_fix(problem, refused, work)
        rows += [
            {"shift": problem.shifts[s].id, "turned_away": _counts(refused[s].values()), "fix": fix} for s in group
        ]
    return sorted(rows, key=lambda row: row["shift"])


def _counts(of_workers: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for refusals in of_workers:
        for rule in {refusal.rule for refusal in refusals}:
            counts[rule] = counts.get(rule, 0) + 1
    return dict(sorted(counts.items(), key=lambda row: (-row[1], row[0])))


def _cheapest_fix(
    problem: Problem, refused: Mapping[int, Mapping[int, list[Refusal]]], work: Mapping[int, list[Shift]]
) -> dict[str, Any] | None:
    """The cheapest single change that would fill these shifts beside all other placements, if one would."""
    seats = [s for s in refused for _ in range(problem.shifts[s].seats)]
    free = {s: [w for w, refusals in refused[s].items() if not refusals] for s in refused}
    taken: dict[int, int] = {}
    missing = [seat for seat in range(len(seats)) if not _seat(seat, seats, free, taken, set())]
    if len(missing) != 1:
        return None
    for _, s, w, refusal in sorted(_changes(problem, refused), key=lambda change: change[0]):
        more = {**free, s: [*free[s], w]}
        if _seat(missing[0], seats, more, dict(taken), set()):
            fix = _fix(problem, problem.shifts[s], problem.workers[w], refusal, work.get(w, []))
            if fix is not None:
                return fix
    return None


def _seat(
    seat: int, seats: Sequence[int], free: Mapping[int, Sequence[int]], taken: dict[int, int], tried: set[int]
) -> bool:
    """Find a carer for a seat, moving others between seats where that helps."""
    for w in free[seats[seat]]:
        if w not in tried:
            tried.add(w)
            if w not in taken or _seat(taken[w], seats, free, taken, tried):
                taken[w] = seat
                return True
    return False


def _changes(
    problem: Problem, refused: Mapping[int, Mapping[int, list[Refusal]]]
) -> Iterator[tuple[tuple[Any, ...], int, int, Refusal]]:
    """Carers whom one rule alone turned away, with how much trouble it would be to change that."""
    for s, of_workers in refused.items():
        shift = problem.shifts[s]
        for w, refusals in of_workers.items():
            if len(refusals) == 1:
                worker = problem.workers[w]
                trouble = _trouble(shift, worker, refusals[0])
                if trouble is not None:
                    minutes = travel_minutes(worker.place, shift.place, worker.mode, problem.numbers)
                    yield (*trouble, minutes, shift.id, worker.id), s, w, refusals[0]


def _trouble(shift: Shift, worker: Worker, refusal: Refusal) -> tuple[int, float] | None:
    """How much trouble a change is, least first: (kind, amount); None for what is not to be changed."""
    if refusal.rule == "available":
        minutes = _outside_minutes(shift, worker)
        return (0 if minutes <= _EASY_MINUTES else 3), minutes
    if refusal.rule in shift.tags:
        if refusal.number is not None:
            return 1, 0
        return None if refusal.rule == "right_to_work" else (5, 0)
    order = {"travel": 2, "weekly_hours": 4, "distance": 6, "rest": 7, "weekly_rest": 8}
    return (order[refusal.rule], float(refusal.number or 0)) if refusal.rule in order else None


def _outside_minutes(shift: Shift, worker: Worker) -> float:
    inside = shift.seconds - times.seconds_without(
        [(shift.start, shift.end)], worker.available, (shift.start, shift.end)
    )
    return (shift.seconds - inside) / MINUTE


def _fix(
    problem: Problem, shift: Shift, worker: Worker, refusal: Refusal, placements: Sequence[Shift]
) -> dict[str, Any] | None:
    rule, number, who = refusal.rule, refusal.number, worker.id
    change: dict[str, Any] = {"shift": shift.id, "worker": who, "rule": rule}
    if rule == "available":
        minutes = f"{_outside_minutes(shift, worker):g}"
        return {**change, "kind": "window", "minutes": minutes, "words": f"Ask {who} to offer {minutes} minutes more"}
    if rule in shift.tags:
        end = times.words(shift.end)
        words = (
            f"Record “{rule}” on the passport of {who}"
            if number is None
            else f"Renew “{rule}” of {who}, which ends {number}"
        )
        return {**change, "kind": "passport", "until": end, "words": f"{words}: it must last to {end}"}
    if rule == "travel":
        words = f"Leave {who} more than {number} minutes for the journey, by moving the start or the end"
        return {**change, "kind": "journey", "minutes": number, "words": words}
    if rule == "weekly_hours":
        words = f"Only with an opt-out from the weekly hours, which {who} alone may choose: {number} hours in 17 weeks"
        return {**change, "kind": "opt_out", "hours": number, "words": words}
    if rule == "distance":
        return {**change, "kind": "distance", "minutes": number, "words": f"Allow {who} a journey of {number} minutes"}
    return _relaxed(problem, shift, worker, change, placements)


def _relaxed(
    problem: Problem, shift: Shift, worker: Worker, change: dict[str, Any], placements: Sequence[Shift]
) -> dict[str, Any] | None:
    """The most rest, in steps of half an hour, with which the carer could work the shift."""
    name = "rest" if change["rule"] == "rest" else "weekly_rest"
    seconds = getattr(problem.numbers, name) - _REST_STEP
    while seconds > 0:
        if may_work(shift, worker, problem.at, replace(problem.numbers, **{name: seconds}), placements):
            hours = f"{seconds / HOUR:g}"
            title = "daily" if name == "rest" else "weekly"
            words = f"Relax the {title} rest of {worker.id} to {hours} hours, where the law allows compensatory rest"
            return {**change, "kind": name, "hours": hours, "words": words}
        seconds -= _REST_STEP
    return None


def broken_pins(problem: Problem) -> list[dict[str, Any]]:
    """Why pins cannot all be kept: the rules each breaks alone or beside the carer's other pins, or too few seats."""
    of_worker: dict[str, list[str]] = {}
    of_shift: dict[str, int] = {}
    for shift, worker in problem.pinned:
        of_worker.setdefault(worker, []).append(shift)
        of_shift[shift] = of_shift.get(shift, 0) + 1
    rows = []
    for shift, worker in problem.pinned:
        others = [problem.shift[other] for other in of_worker[worker] if other != shift]
        refusals = check(problem.shift[shift], problem.worker[worker], problem.at, problem.numbers, others)
        if of_shift[shift] > problem.shift[shift].seats:
            refusals.append(Refusal("seats", str(problem.shift[shift].seats)))
        rows += [{"shift": shift, "worker": worker, **told(refusal)} for refusal in refusals]
    return rows


def told(refusal: Refusal) -> dict[str, Any]:
    """A refusal with its words."""
    if refusal.rule == "seats":
        return {
            "rule": "seats",
            "number": refusal.number,
            "words": f"The shift has {refusal.number} seats, and more pins",
        }
    words = rule_book.refusal_words(refusal.rule, refusal.number)
    return {"rule": refusal.rule, "number": refusal.number, "words": words}
