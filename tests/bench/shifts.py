"""Matching problems of a given size, made up from a seed: towns, co-ops of unlike size, carers with a rota, two weeks."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
TAGS = ("medication", "hoist", "dementia", "peg", "driver")
SHAPES = ((7, 7), (7, 4), (9, 2), (14, 8), (15, 4), (16, 6), (18, 4), (22, 9), (8, 1), (12, 1.5))
"""Hour of the start and length in hours."""


def stamp(moment: datetime) -> str:
    """A moment as it is written in JSON."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def cover_problem(shifts: int, workers: int, coops: int, seed: int, *, days: int = 14) -> dict[str, Any]:
    """A federation's two weeks: about 1 pair in 30 is lawful; co-ops differ in size up to sixfold."""
    dice = random.Random(f"{shifts}x{workers}x{coops}/{seed}")
    towns = [(dice.uniform(53.2, 54.2), dice.uniform(-2.4, -1.2)) for _ in range(coops)]
    weights = [dice.uniform(1, 6) for _ in range(coops)]
    names = [f"coop-{n:02}" for n in range(coops)]
    sheet: dict[str, Any] = {"at": stamp(MONDAY - timedelta(hours=15)), "shifts": [], "workers": []}
    for n in range(shifts):
        home = dice.choices(range(coops), weights)[0]
        hour, length = dice.choice(SHAPES)
        start = MONDAY + timedelta(days=dice.randrange(days), hours=hour, minutes=dice.choice((0, 0, 15, 30)))
        sheet["shifts"].append(
            {
                "id": f"s{n:03}",
                "coop": names[home],
                "start": stamp(start),
                "end": stamp(start + timedelta(hours=length)),
                **_near(dice, towns[home]),
                "needs": sorted(dice.sample(TAGS, dice.choice((0, 1, 1, 2)))),
                "risk": dice.choice((1, 2, 2, 3, 3, 4, 5)),
                "person": f"p{dice.randrange(max(1, shifts // 2)):03}",
                "seats": 2 if dice.random() < 0.04 else 1,
            }
        )
    _link_some(dice, sheet["shifts"])
    sheet["workers"] = [_worker(dice, n, names, towns, weights, shifts, days) for n in range(workers)]
    return sheet


def _link_some(dice: random.Random, rows: list[dict[str, Any]]) -> None:
    """One shift in forty is a second leg of the one before: the same times, filled together or not at all."""
    for first, second in zip(rows[::2], rows[1::2], strict=False):
        if dice.random() < 0.05 and first["seats"] == second["seats"] == 1:
            for key in ("coop", "start", "end", "lat", "lon", "person", "risk"):
                second[key] = first[key]
            first["linked_to"], second["linked_to"] = second["id"], first["id"]


def _worker(
    dice: random.Random,
    n: int,
    names: list[str],
    towns: list[tuple[float, float]],
    weights: list[float],
    shifts: int,
    days: int,
) -> dict[str, Any]:
    home = dice.choices(range(len(names)), weights)[0]
    rota, available = [], []
    for day in range(days):
        midnight = MONDAY + timedelta(days=day)
        if dice.random() < 0.5:
            start = midnight + timedelta(hours=dice.choice((7, 7, 8, 9, 14, 15)))
            rota.append([stamp(start), stamp(start + timedelta(hours=dice.choice((4, 6, 7, 8))))])
        elif dice.random() < 0.5:
            start = midnight + timedelta(hours=dice.choice((6, 7, 8, 12, 14, 21)))
            available.append([stamp(start), stamp(start + timedelta(hours=dice.choice((5, 8, 9, 10, 12))))])
    until = {"until": stamp(MONDAY + timedelta(days=dice.choice((3, 10, 90, 200, 400))))}
    passport: dict[str, Any] = {"right_to_work": {"until": None}, "dbs": {"until": None}, "care_certificate": until}
    passport |= {tag: {"until": None} for tag in TAGS if dice.random() < 0.55}
    visits = {
        f"p{dice.randrange(max(1, shifts // 2)):03}": (MONDAY - timedelta(days=dice.randrange(1, 40)))
        .date()
        .isoformat()
        for _ in range(dice.choice((0, 0, 1, 2)))
    }
    return {
        "id": f"w{n:04}",
        "coop": names[home],
        **_near(dice, towns[home]),
        "mode": dice.choice(("car", "car", "car", "cycle", "bus", "walk")),
        "passport": passport,
        "available": available,
        "rota": rota,
        "hours_last_17_weeks": dice.choice((300, 450, 520.5, 610, 700, 790, 805)),
        "opt_out": dice.random() < 0.15,
        "visited": visits,
        "refuses": [f"p{dice.randrange(max(1, shifts // 2)):03}"] if dice.random() < 0.05 else [],
        "sponsored": dice.random() < 0.08,
        "offered_recently": dice.randrange(6),
        "pence_per_hour": dice.choice((1271, 1300, 1345, 1410)),
    }


def _near(dice: random.Random, town: tuple[float, float]) -> dict[str, float]:
    return {"lat": round(town[0] + dice.gauss(0, 0.05), 3), "lon": round(town[1] + dice.gauss(0, 0.08), 3)}
