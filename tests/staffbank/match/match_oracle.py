"""A second reading of the match rules, written apart from the matcher: it reads the JSON only, and tries everything."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import combinations, product
from typing import Any
from zoneinfo import ZoneInfo

Piece = tuple[datetime, datetime, Any]
HOURS = timedelta(hours=1)
MPH = {"car": 22, "cycle": 9, "bus": 8, "walk": 3}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def last_valid(text: str | None) -> datetime:
    if text is None:
        return datetime.max.replace(tzinfo=UTC)
    if len(text) > 10:
        return moment(text)
    after = date.fromisoformat(text) + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


def journey(a: Any, b: Any, mode: str) -> float:
    """Minutes between two places, by the law of cosines on unit vectors rather than the haversine."""

    def vector(row: Any) -> tuple[float, float, float]:
        lat, lon = math.radians(row["lat"]), math.radians(row["lon"])
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    straight = math.dist(vector(a), vector(b))
    miles = 2 * 3958.7613 * math.asin(min(1.0, straight / 2))
    return 60 * 1.3 * miles / MPH[mode] + 4 + (10 if mode == "bus" else 0)


def faults_of_passport(sheet: dict[str, Any], worker: dict[str, Any], shift: dict[str, Any]) -> list[str]:
    """What the passport lacks for a shift, and who is not to meet whom."""
    found, person = [], shift.get("person")
    for tag in {"right_to_work", "dbs", "care_certificate", *shift.get("needs", [])}:
        entry = worker.get("passport", {}).get(tag)
        if entry is None or last_valid(entry.get("until")) < moment(shift["end"]):
            found.append(tag)
    if person is not None and person in worker.get("refuses", []):
        found.append("refuses")
    if [person, worker["id"]] in sheet.get("excluded", []):
        found.append("excluded")
    if worker.get("sponsored"):
        found.append("sponsored")
    return found


def faults(sheet: dict[str, Any], worker: dict[str, Any], shifts: list[dict[str, Any]]) -> list[str]:
    """What is wrong with one carer working these shifts, beside their rota; in words."""
    found = []
    rules = {"rest_hours": 11, "weekly_rest_hours": 24, "weekly_hours_average": 48, **sheet.get("rules", {})}
    rota = [(moment(a), moment(b), None) for a, b in worker.get("rota", [])]
    placed = [(moment(s["start"]), moment(s["end"]), s) for s in shifts]
    free = [(moment(a), moment(b)) for a, b in worker.get("available", [])]
    for start, end, shift in placed:
        found += faults_of_passport(sheet, worker, shift)
        at = start
        while at < end:  # walk from window to window: adjoining ones carry on
            ends = [b for a, b in free if a <= at < b]
            if not ends:
                found.append("available")
                break
            at = max(ends)
    found += collisions([*rota, *placed], worker.get("mode", "walk"))
    found += rest_faults([*rota, *placed], rules)
    worked = Fraction(str(worker.get("hours_last_17_weeks", 0)))
    worked += sum((Fraction((end - start) // timedelta(seconds=1), 3600) for start, end, _ in placed), Fraction(0))
    if placed and not worker.get("opt_out") and worked > 17 * Fraction(str(rules["weekly_hours_average"])):
        found.append("weekly hours")
    return found


def collisions(pieces: list[Piece], mode: str) -> list[str]:
    """Pieces of work, one of them a placement at least, that overlap or leave no time for the journey."""
    found = []
    for one, two in combinations(pieces, 2):
        if one[2] is None and two[2] is None:
            continue
        first, second = sorted((one, two), key=lambda piece: piece[0])
        gap = (second[0] - first[1]).total_seconds() / 60
        if gap < 0:
            found.append("overlap")
        elif one[2] is not None and two[2] is not None:
            if gap < journey(one[2], two[2], mode):
                found.append("travel")
        elif gap < 30:
            found.append("travel to the rota")
    return found


def rest_faults(pieces: list[Piece], rules: dict[str, Any]) -> list[str]:
    """Spells that are too long and weeks with too little rest, where a placement is in them."""
    found, rest = [], timedelta(hours=float(rules["rest_hours"]))
    spells: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece[:2]):
        if spells and piece[0] - max(end for _, end, _ in spells[-1]) < rest:
            spells[-1].append(piece)
        else:
            spells.append([piece])
    for spell in spells:
        lasts = max(end for _, end, _ in spell) - spell[0][0]
        if any(shift for _, _, shift in spell) and lasts > 24 * HOURS - rest:
            found.append("rest")
    for start, end, shift in pieces:
        if shift is None:
            continue
        week = (start - timedelta(days=start.weekday())).replace(hour=0, minute=0, second=0)
        while week < end:
            over = week + timedelta(days=7)
            long = timedelta(hours=float(rules["weekly_rest_hours"]))
            starts = [week, *(b for _, b, _ in pieces if week < b < over)]
            if not any(a + long <= over and all(q <= a or p >= a + long for p, q, _ in pieces) for a in starts):
                found.append("weekly rest")
            week = over
    return found


def groups(sheet: dict[str, Any]) -> list[set[str]]:
    found = [{s["id"], *([s["linked_to"]] if s.get("linked_to") else [])} for s in sheet["shifts"]]
    merged = True
    while merged:
        merged = False
        for a, b in combinations(found, 2):
            if a & b:
                found.remove(b)
                a |= b
                merged = True
                break
    return found


def all_faults(sheet: dict[str, Any], filled: dict[str, tuple[str, ...]]) -> list[str]:
    """What is wrong with a whole answer: carers per shift."""
    found = []
    for group in groups(sheet):
        if len({bool(filled.get(shift)) for shift in group}) > 1:
            found.append("linked shifts filled in part")
    for shift in sheet["shifts"]:
        if len(filled.get(shift["id"], ())) not in (0, shift.get("seats", 1)):
            found.append("seats filled in part")
        if len(set(filled.get(shift["id"], ()))) != len(filled.get(shift["id"], ())):
            found.append("a carer sits twice")
    for worker in sheet["workers"]:
        own = [s for s in sheet["shifts"] if worker["id"] in filled.get(s["id"], ())]
        found += faults(sheet, worker, own)
    found += ["pin" for shift, worker in sheet.get("pinned", []) if worker not in filled.get(shift, ())]
    return found


def values(sheet: dict[str, Any], filled: dict[str, tuple[str, ...]]) -> tuple[Any, ...]:
    """Coverage, continuity, fairness, thousandths of travel minutes, and pence of an answer."""
    workers = {w["id"]: w for w in sheet["workers"]}
    coverage = continuity = travel = cost = 0
    lent: dict[str, Fraction] = {}
    for shift in sheet["shifts"]:
        for name in filled.get(shift["id"], ()):
            worker = workers[name]
            hours = Fraction((moment(shift["end"]) - moment(shift["start"])) // timedelta(seconds=1), 3600)
            coverage += shift.get("risk", 1)
            last = worker.get("visited", {}).get(shift.get("person"))
            if last and 0 <= (moment(shift["start"]).date() - date.fromisoformat(last)).days <= 28:
                continuity += 1
            if worker["coop"] != shift["coop"]:
                lent[worker["coop"]] = lent.get(worker["coop"], Fraction(0)) + hours
            travel += round(1000 * journey(worker, shift, worker.get("mode", "walk")))
            cost += math.floor(hours * worker.get("pence_per_hour", 0) + Fraction(1, 2))
    shares = [hours / bankable(sheet, coop) for coop, hours in lent.items()]
    return coverage, continuity, max(shares, default=Fraction(0)), travel, cost


def bankable(sheet: dict[str, Any], coop: str) -> Fraction:
    """Hours, counted minute by minute, that carers of a co-op are free and not on the rota."""
    low = min(moment(s["start"]) for s in sheet["shifts"])
    high = max(moment(s["end"]) for s in sheet["shifts"])
    minutes = 0
    for worker in sheet["workers"]:
        if worker["coop"] == coop:
            free: set[int] = set()
            for sign, key in ((1, "available"), (-1, "rota")):
                for a, b in worker.get(key, []):
                    span = range(
                        int((max(moment(a), low) - low).total_seconds() // 60),
                        int((min(moment(b), high) - low).total_seconds() // 60),
                    )
                    free = free | set(span) if sign > 0 else free - set(span)
            minutes += len(free)
    return Fraction(minutes, 60)


def every_answer(sheet: dict[str, Any]) -> Iterator[dict[str, tuple[str, ...]]]:
    """Every way to fill the shifts or leave them open, lawful or not; what is unlawful alone is left out."""
    choices = []
    for shift in sheet["shifts"]:
        able = [w["id"] for w in sheet["workers"] if not faults(sheet, w, [shift])]
        choices.append([(), *combinations(able, shift.get("seats", 1))])
    for chosen in product(*choices):
        yield {shift["id"]: who for shift, who in zip(sheet["shifts"], chosen, strict=True)}


def best_values(sheet: dict[str, Any]) -> tuple[Any, ...] | None:
    """The lexicographic best of all lawful answers; None when no answer is lawful, which only pins can bring about."""
    lawful = (values(sheet, filled) for filled in every_answer(sheet) if not all_faults(sheet, filled))
    return min(lawful, key=lambda v: (-v[0], -v[1], v[2], v[3], v[4]), default=None)
