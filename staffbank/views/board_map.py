"""The map: where co-ops are and where cover is missing, drawn from degrees alone, to the extent of the federation.

There is no coast and no road: nothing is asked of anybody's map service. East and west are shortened as on the middle latitude.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, hypot, radians
from typing import Any

from staffbank.services.board import BoardShift, CoopPlace

WIDTH = 300
HEIGHTS = (150, 420)
"""The lowest and the tallest drawing."""
EDGE = 26
"""Pixels of the drawing's own left free around the outermost places."""
MILES_A_DEGREE = 69.0
SMALLEST_SPAN = 0.08
"""Degrees: a federation in one town is not drawn from street to street."""
LETTERS = {"coop": 6.4, "gap": 7.6}
"""Pixels that a letter takes across: gaps are written larger and bold."""
LINE = 14
NEAR = 18
"""Pixels: gaps nearer to each other than this are drawn as one."""
LONGEST_LABEL = 22
SCALES = (1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True)
class Spot:
    """A place on the map: `kind` is coop or gap; `label` is the short form of its words."""

    kind: str
    words: str
    label: str
    latitude: float
    longitude: float
    count: int = 0


Point = tuple[Spot, float, float]
Box = tuple[float, float, float, float]


def bank_map(places: Sequence[CoopPlace], shifts: Iterable[BoardShift]) -> dict[str, Any] | None:
    """Dots, labels, a scale and the rows of the table; nothing when no place is known."""
    spots = [*_gap_spots(shifts), *_coop_spots(places)]
    placed = [place for place in places if place.latitude is not None]
    if not spots:
        return None
    project, height, miles_wide = _projection(spots)
    points = _gathered([(spot, *project(spot.latitude, spot.longitude)) for spot in spots])
    coops, gaps = [spot for spot in spots if spot.kind == "coop"], [spot for spot in spots if spot.kind == "gap"]
    return {
        "width": WIDTH,
        "height": height,
        "dots": [{"kind": spot.kind, "x": round(x, 1), "y": round(y, 1)} for spot, x, y in reversed(points)],
        "labels": _labels(points, height),
        "scale": _scale(miles_wide, height),
        "title": f"{_count(len(placed), 'co-op')}, and {_count(len(gaps), 'place')} where cover is missing",
        "about": ". ".join(spot.words for spot in gaps) or "No cover is missing this week.",
        "rows": [
            *({"what": "Gap", "words": spot.words, "where": _degrees(spot)} for spot in gaps),
            *({"what": "Co-op", "words": spot.words, "where": _degrees(spot)} for spot in coops),
        ],
        "unplaced": [place.name for place in places if place.latitude is None],
    }


def _coop_spots(places: Sequence[CoopPlace]) -> list[Spot]:
    """One spot for each point; co-ops at the same point share it."""
    at: dict[tuple[float, float], list[str]] = defaultdict(list)
    for place in places:
        if place.latitude is not None and place.longitude is not None:
            at[(round(place.latitude, 3), round(place.longitude, 3))].append(place.name)
    return [Spot("coop", ", ".join(names), _short(names), *point) for point, names in at.items()]


def _gap_spots(shifts: Iterable[BoardShift]) -> list[Spot]:
    """One spot for each outcode in which seats are a gap or at risk, with how many."""
    missing: Counter[tuple[str, float, float]] = Counter()
    for shift in shifts:
        count = shift.tally.gap + shift.tally.risk
        if count:
            missing[(shift.outcode, shift.latitude, shift.longitude)] += count
    return [
        Spot("gap", f"{code}: {count} missing", code, latitude, longitude, count)
        for (code, latitude, longitude), count in sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _projection(spots: Sequence[Spot]):
    """A function from degrees to pixels, the height of the drawing, and how many miles its width is."""
    north, south = max(spot.latitude for spot in spots), min(spot.latitude for spot in spots)
    east, west = max(spot.longitude for spot in spots), min(spot.longitude for spot in spots)
    shrink = cos(radians((north + south) / 2))
    tall, wide = max(north - south, SMALLEST_SPAN), max((east - west) * shrink, SMALLEST_SPAN)
    pixels = min((WIDTH - 2 * EDGE) / wide, (HEIGHTS[1] - 2 * EDGE) / tall)
    height = max(HEIGHTS[0], round(tall * pixels) + 2 * EDGE)
    middle_north, middle_east = (north + south) / 2, (east + west) / 2

    def project(latitude: float, longitude: float) -> tuple[float, float]:
        across = WIDTH / 2 + (longitude - middle_east) * shrink * pixels
        return across, height / 2 - (latitude - middle_north) * pixels

    return project, height, WIDTH / pixels * MILES_A_DEGREE


def _gathered(points: Sequence[Point]) -> list[Point]:
    """The points as they are drawn: gaps that would lie on each other become one, with the sum of both."""
    drawn: list[tuple[Point, list[Spot]]] = []
    for spot, x, y in points:
        near = (
            next((held for (_, there_x, there_y), held in drawn if hypot(x - there_x, y - there_y) < NEAR), None)
            if spot.kind == "gap"
            else None
        )
        if near is None:
            drawn.append(((spot, x, y), [spot]))
        else:
            near.append(spot)
    return [(_joined(held), x, y) for (_, x, y), held in drawn]


def _joined(spots: Sequence[Spot]) -> Spot:
    first = spots[0]
    label = f"{first.label} and near: {sum(spot.count for spot in spots)}" if len(spots) > 1 else first.label
    return replace(first, label=f"{label}: {first.count}" if first.kind == "gap" and len(spots) == 1 else label)


def _labels(points: Sequence[Point], height: int) -> list[dict[str, Any]]:
    """Words beside the dots, gaps first. Those that would lie on others are left to the table; a gap's may touch a co-op's dot."""
    dots = {kind: [(x - 7, y - 7, x + 7, y + 7) for spot, x, y in points if spot.kind == kind] for kind in LETTERS}
    taken: list[Box] = [*dots["gap"]]
    found = []
    for spot, x, y in points:
        boxes = _boxes(x, y, len(spot.label) * LETTERS[spot.kind], height)
        free = [(anchor, box) for anchor, box in boxes if not any(_overlap(box, other) for other in taken)]
        clear = [(anchor, box) for anchor, box in free if not any(_overlap(box, dot) for dot in dots["coop"])]
        chosen = next(iter(clear or (free if spot.kind == "gap" else [])), None)
        if chosen:
            anchor, box = chosen
            taken.append(box)
            at = {"": box[0], "e": box[2], "m": (box[0] + box[2]) / 2}[anchor]
            found.append(
                {"words": spot.label, "x": round(at, 1), "y": round(box[1] + 11, 1), "cls": anchor, "kind": spot.kind}
            )
    return found


def _boxes(x: float, y: float, wide: float, height: int) -> list[tuple[str, Box]]:
    """Where a label may stand beside a dot, right, left, below or above, within the drawing; and how it is anchored."""
    lefts_and_tops = (
        ("", x + 10, y - LINE / 2),
        ("e", x - 10 - wide, y - LINE / 2),
        ("m", x - wide / 2, y + 9),
        ("m", x - wide / 2, y - 9 - LINE),
    )
    return [
        (anchor, (left, top, left + wide, top + LINE))
        for anchor, left, top in lefts_and_tops
        if left >= 0 and left + wide <= WIDTH and top >= 0 and top + LINE <= height - LINE - 10
    ]


def _short(names: Sequence[str]) -> str:
    """A label for co-ops at one point.

    >>> _short(["Afon Care"]), _short(["Afon Care", "Beacon Care"]), _short(["A Co-operative with a Long Name"])
    ('Afon Care', '2 co-ops', 'A Co-operative with a…')
    """
    if len(names) > 1:
        return _count(len(names), "co-op")
    return names[0] if len(names[0]) <= LONGEST_LABEL else f"{names[0][: LONGEST_LABEL - 1].rstrip(' ,')}…"


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scale(miles_wide: float, height: int) -> dict[str, Any]:
    """A bar of round miles, about a third of the drawing at most."""
    miles = max((scale for scale in SCALES if scale <= miles_wide / 3), default=SCALES[0])
    return {"words": _count(miles, "mile"), "width": round(WIDTH * miles / miles_wide, 1), "y": height - 6}


def _degrees(spot: Spot) -> str:
    east = f"{abs(spot.longitude):.2f}° {'east' if spot.longitude >= 0 else 'west'}"
    return f"{spot.latitude:.2f}° north, {east}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
