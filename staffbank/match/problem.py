"""A matching problem as plain, checked values in order of id; or a refusal that names each key that is wrong."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from staffbank import rule_book
from staffbank.match import times
from staffbank.match.times import DAY, HOUR, MINUTE, Span
from tenants.reading import Reader

LEVELS = ("coverage", "continuity", "fairness", "travel", "cost")
MODES = ("car", "cycle", "bus", "walk")
MOST_SHIFTS, MOST_WORKERS, MOST_SPANS = 2000, 10_000, 2000
LONGEST_SHIFT = DAY
_RULE_KEYS = (
    "rest_hours",
    "weekly_rest_hours",
    "weekly_hours_average",
    "averaging_weeks",
    "rota_travel_minutes",
    "continuity_days",
    "circuity",
    "door_minutes",
    "bus_minutes",
    *(f"mph_{mode}" for mode in MODES),
)


@dataclass(frozen=True)
class Numbers:
    """The numbers of the rule book as the matcher uses them: spans in seconds, journeys in minutes."""

    rest: int = 11 * HOUR
    weekly_rest: int = 24 * HOUR
    most_worked: int = 17 * 48 * HOUR
    rota_travel: int = 30 * MINUTE
    continuity_days: int = 28
    circuity: float = 1.3
    door_minutes: float = 4.0
    bus_minutes: float = 10.0
    mph: dict[str, float] = field(default_factory=lambda: {"car": 22.0, "cycle": 9.0, "bus": 8.0, "walk": 3.0})
    most_travel: float | None = None
    """Minutes from home, where the federation has set a limit."""

    @cached_property
    def spell(self) -> int:
        """Seconds a spell of work lasts at most."""
        return DAY - self.rest


@dataclass(frozen=True, eq=False)
class Shift:
    """A cover request: times in seconds, the tags it needs, how risky it is to leave it open (1 to 5), its seats."""

    id: str
    coop: str
    start: int
    end: int
    place: tuple[float, float]
    needs: tuple[str, ...] = ()
    risk: int = 1
    person: str | None = None
    seats: int = 1
    linked_to: tuple[str, ...] = ()
    preferred: str | None = None

    @cached_property
    def seconds(self) -> int:
        """How long it lasts."""
        return self.end - self.start

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Everything it asks of a passport."""
        return (*rule_book.PASSPORT_ALWAYS, *(tag for tag in self.needs if tag not in rule_book.PASSPORT_ALWAYS))


@dataclass(frozen=True, eq=False)
class Worker:
    """A carer as published to the bank: spans merged and in order, `passport` the last valid second per tag."""

    id: str
    coop: str
    place: tuple[float, float]
    mode: str = "walk"
    passport: dict[str, int | None] = field(default_factory=dict)
    available: tuple[Span, ...] = ()
    rota: tuple[Span, ...] = ()
    """All other work, placements held already among it."""
    held_from: dict[int, tuple[float, float]] = field(default_factory=dict)
    held_to: dict[int, tuple[float, float]] = field(default_factory=dict)
    """Where the placements held already are, by the second they start and by the second they end."""
    worked: int = 0
    """Seconds of the 17 weeks that end with the last shift."""
    opt_out: bool = False
    visited: dict[str, int] = field(default_factory=dict)
    refuses: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    sponsored: bool = False
    offered_recently: int = 0
    pence_per_hour: Fraction = Fraction(0)

    @cached_property
    def window_starts(self) -> list[int]:
        """Starts of `available`, for looking up."""
        return [start for start, _ in self.available]

    @cached_property
    def rota_starts(self) -> list[int]:
        """Starts of `rota`, for looking up."""
        return [start for start, _ in self.rota]


@dataclass(frozen=True)
class Problem:
    """Everything a match is made from; shifts and workers in order of id, groups of shifts all or none."""

    at: int
    shifts: tuple[Shift, ...]
    workers: tuple[Worker, ...]
    numbers: Numbers = field(default_factory=Numbers)
    pinned: tuple[tuple[str, str], ...] = ()
    levels: tuple[str, ...] = LEVELS

    @cached_property
    def shift(self) -> dict[str, Shift]:
        """Shifts by id."""
        return {shift.id: shift for shift in self.shifts}

    @cached_property
    def worker(self) -> dict[str, Worker]:
        """Workers by id."""
        return {worker.id: worker for worker in self.workers}

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Positions of shifts that are filled all or none: those that name each other, else each alone."""
        place = {shift.id: n for n, shift in enumerate(self.shifts)}
        head = list(range(len(self.shifts)))

        def top(n: int) -> int:
            while head[n] != n:
                n = head[n]
            return n

        for n, shift in enumerate(self.shifts):
            for other in shift.linked_to:
                a, b = sorted((top(n), top(place[other])))
                head[b] = a
        found: dict[int, list[int]] = {}
        for n in range(len(self.shifts)):
            found.setdefault(top(n), []).append(n)
        return tuple(tuple(group) for group in found.values())

    @cached_property
    def bankable(self) -> dict[str, int]:
        """Seconds per co-op of its carers' free time, less their rota, between the first start and the last end."""
        total = dict.fromkeys(sorted({worker.coop for worker in self.workers}), 0)
        if self.shifts:
            span = min(s.start for s in self.shifts), max(s.end for s in self.shifts)
            for worker in self.workers:
                total[worker.coop] += times.seconds_without(worker.available, worker.rota, span)
        return total


def parse_problem(raw: Any) -> Problem:
    """Read a matching problem from decoded JSON.

    Raises: InvalidInput with the path of every key that is unknown, missing or wrong, and what would be right.
    """
    read = Reader()
    sheet = read.mapping(
        raw, "", required=("at", "shifts", "workers"), optional=("rules", "pinned", "excluded", "levels")
    )
    at = times.read_moment(read, sheet.get("at"), "at") if "at" in sheet else 0
    shift_rows = read.rows(sheet.get("shifts", []), "shifts", 0, MOST_SHIFTS)
    worker_rows = read.rows(sheet.get("workers", []), "workers", 0, MOST_WORKERS)
    excluded: dict[str, set[str]] = {}
    for person, worker in read.pairs(sheet.get("excluded", []), "excluded", "person, worker", 100_000):
        excluded.setdefault(worker, set()).add(person)
    shifts = [_shift(read, row, f"shifts[{n}]") for n, row in enumerate(shift_rows)]
    workers = [_worker(read, row, f"workers[{n}]", excluded) for n, row in enumerate(worker_rows)]
    read.distinct([shift.id for shift in shifts], "shifts", "id")
    read.distinct([worker.id for worker in workers], "workers", "id")
    pinned = read.pairs(sheet.get("pinned", []), "pinned", "shift, worker", MOST_SHIFTS * 20)
    _check_names(read, shifts, workers, pinned)
    numbers = _numbers(read, sheet.get("rules", {}), at)
    levels = _levels(read, sheet.get("levels", list(LEVELS)))
    read.finish()
    return Problem(
        at,
        tuple(sorted(shifts, key=lambda shift: shift.id)),
        tuple(sorted(workers, key=lambda worker: worker.id)),
        numbers,
        tuple(sorted(set(pinned))),
        levels,
    )


def _shift(read: Reader, raw: Any, path: str) -> Shift:
    row = read.mapping(
        raw,
        path,
        required=("id", "coop", "start", "end", "lat", "lon"),
        optional=("needs", "risk", "person", "seats", "linked_to", "preferred"),
    )
    start = times.read_moment(read, row["start"], f"{path}.start") if "start" in row else 0
    end = times.read_moment(read, row["end"], f"{path}.end") if "end" in row else 0
    if start and end and end <= start:
        read.wrong(f"{path}.end", "must be after the start")
    elif start and end - start > LONGEST_SHIFT:
        read.wrong(f"{path}.end", "must be at most 24 hours after the start; split a longer cover into shifts")
    needs = read.names(row.get("needs", []), f"{path}.needs", 50)
    for tag in sorted(set(needs) & (rule_book.RULES.keys() - set(rule_book.PASSPORT_ALWAYS))):
        read.wrong(f"{path}.needs", f"{tag!r} is the name of a rule; call the skill something else")
    linked = row.get("linked_to")
    return Shift(
        id=read.name(row["id"], f"{path}.id") if "id" in row else "",
        coop=read.name(row["coop"], f"{path}.coop") if "coop" in row else "",
        start=start,
        end=end,
        place=_place(read, row, path),
        needs=needs,
        risk=read.whole(row.get("risk", 1), f"{path}.risk", 1, 5),
        person=_name_or_none(read, row.get("person"), f"{path}.person"),
        seats=read.whole(row.get("seats", 1), f"{path}.seats", 1, 20),
        linked_to=read.names([linked] if isinstance(linked, str) else linked or [], f"{path}.linked_to", 50),
        preferred=_name_or_none(read, row.get("preferred"), f"{path}.preferred"),
    )


def _worker(read: Reader, raw: Any, path: str, excluded: dict[str, set[str]]) -> Worker:
    row = read.mapping(
        raw,
        path,
        required=("id", "coop", "lat", "lon"),
        optional=(
            "mode",
            "passport",
            "available",
            "rota",
            "held",
            "hours_last_17_weeks",
            "opt_out",
            "visited",
            "refuses",
            "sponsored",
            "offered_recently",
            "pence_per_hour",
        ),
    )
    name = read.name(row["id"], f"{path}.id") if "id" in row else ""
    held = [
        _held(read, one, f"{path}.held[{n}]")
        for n, one in enumerate(read.rows(row.get("held", []), f"{path}.held", 0, MOST_SPANS))
    ]
    rota = times.read_spans(read, row.get("rota", []), f"{path}.rota", MOST_SPANS)
    visited = row.get("visited", {})
    if not isinstance(visited, dict):
        read.wrong(f"{path}.visited", 'must be an object of the last day per person, like {"p-17": "2026-11-10"}')
        visited = {}
    return Worker(
        id=name,
        coop=read.name(row["coop"], f"{path}.coop") if "coop" in row else "",
        place=_place(read, row, path),
        mode=read.choice(row.get("mode", "walk"), f"{path}.mode", MODES),
        passport=_passport(read, row.get("passport", {}), f"{path}.passport"),
        available=times.read_spans(read, row.get("available", []), f"{path}.available", MOST_SPANS),
        rota=times.merge([*rota, *(span for span, _ in held)]) if held else rota,
        held_from={span[0]: place for span, place in held},
        held_to={span[1]: place for span, place in held},
        worked=-int(-read.number(row.get("hours_last_17_weeks", 0), f"{path}.hours_last_17_weeks", 0, 52 * 168) * HOUR),
        opt_out=read.flag(row.get("opt_out", False), f"{path}.opt_out"),
        visited={str(p): times.read_day(read, day, f"{path}.visited.{str(p)[:60]}") for p, day in visited.items()},
        refuses=frozenset(read.names(row.get("refuses", []), f"{path}.refuses", 1000)),
        excluded=frozenset(excluded.get(name, ())),
        sponsored=read.flag(row.get("sponsored", False), f"{path}.sponsored"),
        offered_recently=read.whole(row.get("offered_recently", 0), f"{path}.offered_recently", 0, 10_000),
        pence_per_hour=read.number(row.get("pence_per_hour", 0), f"{path}.pence_per_hour", 0, 100_000),
    )


def _held(read: Reader, raw: Any, path: str) -> tuple[Span, tuple[float, float]]:
    """A placement that the carer holds already: when, and where."""
    row = read.mapping(raw, path, required=("start", "end", "lat", "lon"))
    start, end = (times.read_moment(read, row[key], f"{path}.{key}") if key in row else 0 for key in ("start", "end"))
    if start and end and end <= start:
        read.wrong(f"{path}.end", "must be after the start")
    return (start, end), _place(read, row, path)


def _place(read: Reader, row: dict[str, Any], path: str) -> tuple[float, float]:
    found = []
    for key, most in (("lat", 90), ("lon", 180)):
        if row and row.get(key) is None:
            read.wrong(f"{path}.{key}", "is missing: a place needs lat and lon, the middle of an outcode will do")
        found.append(float(read.number(row.get(key, 0), f"{path}.{key}", -most, most)))
    return found[0], found[1]


def _passport(read: Reader, raw: Any, path: str) -> dict[str, int | None]:
    if not isinstance(raw, dict):
        read.wrong(path, 'must be an object of tags, like {"dbs": {"until": "2027-03-01"}}')
        return {}
    found = {}
    for tag, row in sorted(raw.items()):
        read.name(tag, path)
        entry = read.mapping(row, f"{path}.{tag}", optional=("until",))
        found[tag] = times.read_until(read, entry.get("until"), f"{path}.{tag}.until")
    return found


def _name_or_none(read: Reader, raw: Any, path: str) -> str | None:
    return None if raw is None else read.name(raw, path)


def _check_names(read: Reader, shifts: list[Shift], workers: list[Worker], pinned: list[tuple[str, str]]) -> None:
    shift_ids, worker_ids = {shift.id for shift in shifts}, {worker.id for worker in workers}
    for n, shift in enumerate(shifts):
        for other in shift.linked_to:
            if other not in shift_ids:
                read.wrong(f"shifts[{n}].linked_to", f"no shift has the id {other!r}")
    for n, (shift, worker) in enumerate(pinned):
        if shift not in shift_ids:
            read.wrong(f"pinned[{n}][0]", f"no shift has the id {shift!r}")
        if worker not in worker_ids:
            read.wrong(f"pinned[{n}][1]", f"no worker has the id {worker!r}")


def _levels(read: Reader, raw: Any) -> tuple[str, ...]:
    rows = [read.choice(one, f"levels[{n}]", LEVELS) for n, one in enumerate(read.rows(raw, "levels", 1, len(LEVELS)))]
    if len(set(rows)) < len(rows):
        read.wrong("levels", "names a level twice; name each once")
    if rows and rows[0] != "coverage":
        read.wrong("levels[0]", "must be coverage: a level before it would place nobody")
    return tuple(rows)


def _numbers(read: Reader, raw: Any, at: int) -> Numbers:
    day = datetime.fromtimestamp(at, UTC).date()
    row = read.mapping(raw, "rules", optional=(*_RULE_KEYS, "most_travel_minutes"))
    held: dict[str, Fraction] = {}
    for key in _RULE_KEYS:
        number = rule_book.NUMBERS[key]
        held[key] = read.number(
            row.get(key, _plain(number.on(day))), f"rules.{key}", Fraction(number.low), Fraction(number.high)
        )
    most = row.get("most_travel_minutes")
    return Numbers(
        rest=round(held["rest_hours"] * HOUR),
        weekly_rest=round(held["weekly_rest_hours"] * HOUR),
        most_worked=int(held["weekly_hours_average"] * held["averaging_weeks"] * HOUR),
        rota_travel=round(held["rota_travel_minutes"] * MINUTE),
        continuity_days=int(held["continuity_days"]),
        circuity=float(held["circuity"]),
        door_minutes=float(held["door_minutes"]),
        bus_minutes=float(held["bus_minutes"]),
        mph={mode: float(held[f"mph_{mode}"]) for mode in MODES},
        most_travel=None if most is None else float(read.number(most, "rules.most_travel_minutes", 1, 10_000)),
    )


def _plain(value: Decimal) -> str:
    return format(value, "f")
