"""Small matching problems, drawn so that rules bite: two weeks on a grid of quarter hours, few carers, short rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
PEOPLE = ("p-1", "p-2", "p-3")
COOPS = ("ash", "beech", "cedar")
VALID = {tag: {"until": None} for tag in ("right_to_work", "dbs", "care_certificate", "hoist", "medication")}


def stamp(hours: float) -> str:
    """A moment so many hours after Monday 23 November 2026, 00:00 UTC."""
    return (MONDAY + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def shift(name: str, hour: float, length: float, **more: Any) -> dict[str, Any]:
    """A shift that starts so many hours after Monday."""
    row = {"id": name, "coop": "ash", "start": stamp(hour), "end": stamp(hour + length), "lat": 53.8, "lon": -1.5}
    return row | more


def worker(name: str, *available: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A carer with every check, who lives where the shifts are; windows in hours after Monday."""
    row: dict[str, Any] = {"id": name, "coop": "beech", "lat": 53.8, "lon": -1.5, "mode": "car", "passport": VALID}
    return {**row, "available": [[stamp(a), stamp(b)] for a, b in available or ((-48, 400),)], **more}


def sheet(shifts: list[dict[str, Any]], workers: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A problem asked on the Sunday before."""
    return {"at": stamp(-15), "shifts": shifts, "workers": workers, **more}


_starts = st.sampled_from([0, 6, 6, 7.5, 14, 22, 30, 31.25, 38, 46, 54.5, 62, 78, 102, 126, 148, 160, 166, 170, 178])
_lengths = st.sampled_from([0.5, 1, 2, 4, 7.75, 8, 10, 13, 13.5])
_days = ["2026-10-25", "2026-10-26", "2026-10-28", "2026-11-20", "2026-11-24", "2026-11-26"]
_places = st.sampled_from([(53.8, -1.5), (53.8, -1.51), (53.79, -1.75), (53.65, -1.78)])


@st.composite
def shifts(draw: st.DrawFn, number: int) -> dict[str, Any]:
    lat, lon = draw(_places)
    return shift(
        f"s{number}",
        draw(_starts),
        draw(_lengths),
        coop=draw(st.sampled_from(COOPS)),
        lat=lat,
        lon=lon,
        needs=draw(st.lists(st.sampled_from(["hoist", "medication"]), max_size=2, unique=True)),
        risk=draw(st.integers(1, 5)),
        person=draw(st.sampled_from([None, *PEOPLE])),
        seats=draw(st.sampled_from([1, 1, 1, 2])),
    )


@st.composite
def workers(draw: st.DrawFn, number: int) -> dict[str, Any]:
    lat, lon = draw(_places)
    passport = {}
    for tag in VALID:
        kind = draw(
            st.sampled_from(
                ["lasts", "lasts", "lasts", "ends", "day", "none"] if tag[0] in "hm" else ["lasts"] * 7 + ["ends"]
            )
        )
        if kind != "none":
            passport[tag] = {"until": {"lasts": None, "ends": stamp(draw(_starts) + 8), "day": "2026-11-25"}[kind]}
    windows = draw(st.lists(st.tuples(_starts, st.sampled_from([8, 12, 24, 60])), max_size=3))
    rota = draw(st.lists(st.tuples(_starts, st.sampled_from([4, 8])), max_size=3))
    return worker(
        f"w{number}",
        coop=draw(st.sampled_from(COOPS)),
        lat=lat,
        lon=lon,
        mode=draw(st.sampled_from(["car", "cycle", "bus", "walk"])),
        passport=passport,
        available=[[stamp(a), stamp(a + length)] for a, length in windows] or [[stamp(0), stamp(200)]],
        rota=[[stamp(a - 6), stamp(a - 6 + length)] for a, length in rota],
        hours_last_17_weeks=draw(st.sampled_from([0, 300.25, 801.5, 808, 830])),
        opt_out=draw(st.booleans()),
        visited=draw(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(_days), max_size=3)),
        refuses=draw(st.lists(st.sampled_from(PEOPLE), max_size=1)),
        sponsored=draw(st.sampled_from([False] * 7 + [True])),
        offered_recently=draw(st.integers(0, 3)),
        pence_per_hour=draw(st.sampled_from([0, 1271, 1305])),
    )


@st.composite
def sheets(draw: st.DrawFn, most_shifts: int = 4, most_workers: int = 4) -> dict[str, Any]:
    """A small problem with linked shifts, seats for two and exclusions now and then."""
    rows = [draw(shifts(n)) for n in range(draw(st.integers(1, most_shifts)))]
    if len(rows) > 1 and draw(st.booleans()):
        rows[0]["linked_to"], rows[1]["linked_to"] = "s1", "s0"
    people = [draw(workers(n)) for n in range(draw(st.integers(0, most_workers)))]
    more: dict[str, Any] = {}
    if people and draw(st.booleans()):
        more["excluded"] = [[draw(st.sampled_from(PEOPLE)), "w0"]]
    if people and draw(st.integers(0, 4)) == 0:
        more["pinned"] = [["s0", "w0"]]
    return sheet(rows, people, **more)


@st.composite
def busy_weeks(draw: st.DrawFn) -> dict[str, Any]:
    """Carers with two or three days off in a week, and a shift on each of these: it is the weekly rest that decides."""
    days = range(7)
    people, wanted = [], set()
    for n in range(draw(st.integers(1, 2))):
        off = draw(st.lists(st.sampled_from(days), min_size=2, max_size=3, unique=True))
        wanted |= set(off)
        rota = [[stamp(24 * day + 9), stamp(24 * day + 15)] for day in days if day not in off]
        people.append(worker(f"w{n}", coop=draw(st.sampled_from(COOPS)), rota=rota, pence_per_hour=1300 + n))
    hours = st.sampled_from([8, 9, 10])
    rows = [shift(f"s{day}", 24 * day + draw(hours), 6, person="p-1") for day in sorted(wanted)[:4]]
    return sheet(rows, people)
