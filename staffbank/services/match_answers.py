"""What is kept of a search: for the host who fits and counts of the others, for each home co-op its own carers' refusals."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from staffbank import passport, soft_rules
from staffbank.match.problem import Problem, Shift, Worker
from staffbank.match.rules import may_work
from staffbank.match.travel import miles, travel_minutes
from staffbank.models import BankEntry, CoverRequest, MatchRefusal, MatchReplay, MatchRun
from staffbank.services.estimates import road_miles
from staffbank.services.match_problems import Asked, Bank, busy_spans, need_of, opted_out, person_of
from tenants import clock
from tenants.clock import LONDON
from tenants.db import db, insert_rows
from tenants.models import Tenant

FEWEST = 3
"""A count of carers of other co-ops below this is not told."""
FAR_MINUTES = 40
MOST_REFUSALS = 20_000
MOST_MOVED = 10
"""For so many shifts the search tries whether other times would let more carers in."""
_SHIFTED = ((30, 0), (60, 0), (0, -30), (0, -60))
"""Minutes by which start and end are moved: later starts, earlier ends."""
_PRIVATE_NUMBERS = ("refuses", "excluded")


@dataclass(frozen=True)
class Found:
    """A solved problem: as the calculator took it, parsed, and its answer."""

    raw: Mapping[str, Any]
    problem: Problem
    answer: Mapping[str, Any]


def keep_answer(asked: Asked, bank: Bank, found: Found, seconds: float) -> dict[UUID, UUID]:
    """Store a search for each request in it, and what each home co-op may know; answers the run of each request. Office scope."""
    names = {row.id: row.name for row in db.session.scalars(select(Tenant))}
    refused = _refused(found.answer["refusals"])
    runs: dict[UUID, UUID] = {}
    for request in asked.requests.values():
        shifts = [str(shift.id) for shift in asked.shifts if shift.request_id == request.id]
        if not shifts:
            continue
        telling = _Telling(request, bank, found, names)
        run = MatchRun(
            tenant_id=request.tenant_id,
            request_id=request.id,
            state="done",
            looked_at=len(bank.entries),
            coops=len({entry.tenant_id for entry in bank.entries.values()}),
            ranked={shift: telling.ranked(shift) for shift in shifts},
            turned_away={shift: told_counts(refused[shift], bank, request.tenant_id) for shift in shifts},
            fixes=telling.helps(shifts),
            levels=found.answer["levels"],
            seconds=Decimal(f"{seconds:.2f}"),
            input_sha256=fingerprint(found.raw),
            made_at=clock.now(),
        )
        db.session.add(run)
        db.session.flush()
        _keep_refusals(run, {shift: refused[shift] for shift in shifts}, bank)
        kept = {name: value for name, value in found.answer.items() if name != "refusals"}
        db.session.add(MatchReplay(run_id=run.id, problem=dict(found.raw), answer=kept))
        runs[request.id] = run.id
    db.session.flush()
    return runs


def fingerprint(problem: Mapping[str, Any]) -> str:
    """SHA-256 of a problem over canonical JSON: sorted keys, no spaces."""
    text = json.dumps(problem, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def told_counts(refused: Mapping[str, Mapping[str, str | None]], bank: Bank, host_id: UUID) -> dict[str, int | None]:
    """How many carers each rule turned away, most first; None for one or two, also where only one or two are of other co-ops.

    The host knows its own carers' refusals, so what is left of a count without them must not be one or two either.
    """
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for carer, rules in refused.items():
        foreign = bank.entries[UUID(carer)].tenant_id != host_id
        for rule in rules:
            counts[need_of(rule)][0] += 1
            counts[need_of(rule)][1] += foreign
    told = {
        rule: None if 0 < total < FEWEST or 0 < foreign < FEWEST else total for rule, (total, foreign) in counts.items()
    }
    return dict(sorted(told.items(), key=lambda row: (-(row[1] or 0), row[0])))


def _refused(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, dict[str, str | None]]]:
    """Shift to carer to rule to number, in the order the rules were found."""
    refused: dict[str, dict[str, dict[str, str | None]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        refused[row["shift"]][row["worker"]].setdefault(row["rule"], row["number"])
    return refused


def _keep_refusals(run: MatchRun, refused: Mapping[str, Mapping[str, Mapping[str, str | None]]], bank: Bank) -> None:
    """One refusal for each carer and shift, in the home co-op's rows; those of earlier searches for the request go."""
    older = select(MatchRun.id).where(
        MatchRun.tenant_id == run.tenant_id, MatchRun.request_id == run.request_id, MatchRun.id != run.id
    )
    db.session.execute(delete(MatchRefusal).where(MatchRefusal.run_id.in_(older)))
    rows: list[dict[str, Any]] = []
    for shift, carers in refused.items():
        for carer, rules in carers.items():
            rule, number = next(iter(rules.items()))
            rows.append(
                {
                    "tenant_id": bank.entries[UUID(carer)].tenant_id,
                    "run_id": run.id,
                    "carer_id": UUID(carer),
                    "shift_id": UUID(shift),
                    "rule": need_of(rule)[:60],
                    # Which person is meant says no more than the rule itself, and an id says nothing to people.
                    "number": "" if rule in _PRIVATE_NUMBERS else (number or "")[:60],
                    "made_at": clock.now(),
                }
            )
    insert_rows(MatchRefusal, rows[:MOST_REFUSALS])


class _Telling:
    """What may be told to the host of one request about a solved problem."""

    def __init__(self, request: CoverRequest, bank: Bank, found: Found, names: Mapping[UUID, str]) -> None:
        self.request, self.bank, self.found, self.names = request, bank, found, names
        self.placed = {(row["shift"], row["worker"]) for row in found.answer["placements"]}

    def ranked(self, shift_id: str) -> list[dict[str, Any]]:
        """Eligible carers, best first: first name, co-op, outcode, minutes, matching tags, and what speaks for them."""
        shift = self.found.problem.shift[shift_id]
        found = [row["worker"] for row in self.found.answer["ranked"].get(shift_id, [])]
        # Whom the search proposes stands before those it ranks higher because they would lend nothing otherwise.
        found.sort(key=lambda worker: (shift.preferred != worker, (shift_id, worker) not in self.placed))
        return [self._entry(shift, self.found.problem.worker[worker]) for worker in found]

    def _entry(self, shift: Shift, worker: Worker) -> dict[str, Any]:
        entry = self.bank.entries[UUID(worker.id)]
        needs = [need_of(tag) for tag in shift.needs]
        minutes = round(travel_minutes(worker.place, shift.place, worker.mode, self.found.problem.numbers))
        return {
            "carer": worker.id,
            "home": worker.coop,
            "first_name": entry.first_name,
            "coop": self.names[entry.tenant_id],
            "outcode": entry.outcode,
            "minutes": minutes,
            "miles": float(road_miles(miles(worker.place, shift.place))),
            "mode": worker.mode,
            "tags": {need: entry.tags.get(need) for need in needs},
            "reasons": self._reasons(shift, worker, entry, minutes),
            "warnings": [warning.rule for warning in self._warnings(shift, entry, needs)],
            "chosen": (shift.id, worker.id) in self.placed,
        }

    def _warnings(self, shift: Shift, entry: BankEntry, needs: list[str]) -> list[soft_rules.Warning]:
        span = datetime.fromtimestamp(shift.start, LONDON), datetime.fromtimestamp(shift.end, LONDON)
        facts = soft_rules.BankFacts(entry.warranty, busy_spans(entry, self.bank), opted_out(entry, span[1]))
        return soft_rules.carer_warnings(facts, span, needs, clock.today())

    def _reasons(self, shift: Shift, worker: Worker, entry: BankEntry, minutes: int) -> list[dict[str, str]]:
        reasons = []
        if shift.preferred == worker.id:
            reasons.append(_good("Asked for by name"))
        if shift.needs:
            reasons.append(_good(tag_words(entry, [need_of(tag) for tag in shift.needs])))
        if self.request.client_key:
            day = self.bank.visited.get(entry.carer_id, {}).get(person_of(self.request))
            seen = f"Visited {short_day(date.fromisoformat(day))}" if day else ""
            reasons.append(_good(seen) if seen else _warn("Has not visited before"))
        by = {"walk": "on foot", "cycle": "by bicycle"}.get(worker.mode, f"by {worker.mode}")
        reasons.append((_warn if minutes > FAR_MINUTES else _good)(f"{minutes} min {by}"))
        if entry.tenant_id == self.request.tenant_id:
            reasons.append(_good("Your own carer"))
        reasons.append(_good("Rested as the law asks"))
        offers = worker.offered_recently
        if offers == 0:
            reasons.append(_good("No offer in four weeks"))
        elif offers > 1:
            reasons.append(_warn(f"{offers} offers in four weeks"))
        return reasons

    def helps(self, shift_ids: list[str]) -> dict[str, dict[str, str]]:
        """What would help each shift, in words: the cheapest single change where it stays open, and other times."""
        told: dict[str, dict[str, str]] = {}
        for row in self.found.answer["unfilled"]:
            fix = row["fix"]
            if row["shift"] in shift_ids and fix and fix["shift"] in shift_ids:
                entry = self.bank.entries[UUID(fix["worker"])]
                # An own carer is told by name; one of another co-op stays unnamed.
                name = entry.first_name if entry.tenant_id == self.request.tenant_id else ""
                told[row["shift"]] = {"kind": fix["kind"], "words": fix_words(fix, name)}
        for shift_id in shift_ids[:MOST_MOVED]:
            words = self._other_times(self.found.problem.shift[shift_id])
            if words:
                before = told.setdefault(shift_id, {"kind": "times", "words": ""})
                before["words"] = f"{before['words']} {words}".strip()
        return told

    def _other_times(self, shift: Shift) -> str:
        """The change of times that lets most carers in, where that is three or more; else nothing."""
        numbers, at = self.found.problem.numbers, self.found.problem.at
        out = [worker for worker in self.found.problem.workers if not may_work(shift, worker, at, numbers)]
        gains = []
        for late, early in _SHIFTED:
            moved = _moved(shift, late * 60, early * 60)
            if moved is not None and moved.start > at:
                gained = sum(may_work(moved, worker, at, numbers) for worker in out)
                gains.append((gained, early - late, late, early))
        gain, _, late, early = max(gains, default=(0, 0, 0, 0))
        return move_words(shift, late, early, gain) if gain >= FEWEST else ""


def tag_words(entry: BankEntry, needs: list[str]) -> str:
    """The needs a carer meets, and until when the first of them lasts."""
    ends = [datetime.fromisoformat(entry.tags[need]) for need in needs if entry.tags.get(need)]
    text = passport_words(needs)
    return f"{text}, to {min(ends).astimezone(LONDON) - timedelta(minutes=1):%B %Y}" if ends else text


def passport_words(needs: Iterable[str]) -> str:
    """Needs as a list in a sentence.

    >>> passport_words(["hoist", "medication", "peg"])
    'Hoist, medication and PEG feeding'
    """
    words = [passport.kind_words(need) for need in sorted(needs)]
    words[1:] = [word if word[:2].isupper() else word[:1].lower() + word[1:] for word in words[1:]]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def short_day(day: date) -> str:
    """A day without its year.

    >>> short_day(date(2026, 11, 10))
    '10 November'
    """
    return f"{day.day} {day:%B}"


def fix_words(fix: Mapping[str, Any], name: str) -> str:
    """The cheapest change in words; `name` is that of an own carer, or "" for one of another co-op, who stays unnamed.

    >>> fix_words({"kind": "window", "minutes": "30", "rule": "available"}, "")
    'If one carer of another co-op offered 30 minutes more, this shift could be filled.'
    """
    who = name or "one carer of another co-op"
    kind = fix["kind"]
    if kind == "window":
        cause = f"offered {fix['minutes']} minutes more"
    elif kind == "passport":
        cause = f"had “{passport.kind_words(need_of(fix['rule']))}” on the passport to the end of the shift"
    elif kind == "journey":
        cause = "had more time for the journey: move the start or the end"
    elif kind == "opt_out":
        cause = "had opted out of the 48 hours, which only the carer may choose"
    elif kind == "distance":
        cause = "were allowed a longer journey"
    else:
        cause = f"rested {fix['hours']} hours instead, where the law allows compensatory rest"
    return f"If {who} {cause}, this shift could be filled."


def move_words(shift: Shift, late: int, early: int, gain: int) -> str:
    """What other times would do, in words."""
    moment = datetime.fromtimestamp(shift.start + late * 60 if late else shift.end + early * 60, LONDON)
    at = clock.moment_words(moment).rsplit(", ", 1)[1]
    return f"{'Starting' if late else 'Ending'} at {at} would let {gain} more carers in."


def _moved(shift: Shift, late: int, early: int) -> Shift | None:
    start, end = shift.start + late, shift.end + early
    if end - start < 30 * 60:
        return None
    return Shift(shift.id, shift.coop, start, end, shift.place, shift.needs, shift.risk, shift.person, shift.seats)


def _good(words: str) -> dict[str, str]:
    return {"kind": "good", "words": words}


def _warn(words: str) -> dict[str, str]:
    return {"kind": "warn", "words": words}
