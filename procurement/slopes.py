"""Made-up rounds that behave like real ones: invented items whose prices fall with volume as real ones did.

The slopes were fitted once and only the figures below are kept. Everything drawn here comes from the generator that
is passed in, so the same seed makes the same round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from stdnum import ean

from tenants.money import round_half_up

GBP_PER_EUR = Decimal("0.8897")
"""ASSUMPTION: the average of 2020. Source: European Central Bank, euro reference rates, annual average for 2020."""

WEAKEST_SLOPE = -0.02
"""ASSUMPTION: where the purchases of 2020 show no discount for volume, suppliers are taken to give this little."""

TURNOVER_PER_WORKER_PENCE = 2_500_000
"""ASSUMPTION: care co-ops turn over about £25,000 a year for each worker."""


@dataclass(frozen=True)
class Slope:
    """How a category's unit price moved with quantity.

    `slope` is the Theil-Sen slope of log price on log quantity: at -0.0975 ten times the quantity costs
    10 ** -0.0975 = 0.80 of the price. `median_eur` is the median unit price; `purchases` is how many were kept.

    Source: OCCRP, COVID-19 spending 2020, unit-prices-clean; purchases beyond eight times the category's median either
    way are left out, because units are mixed there.
    """

    slope: float
    median_eur: Decimal
    purchases: int


SLOPES: Mapping[str, Slope] = {
    "apron": Slope(0.0635, Decimal("0.2200"), 41),
    "coverall": Slope(-0.0136, Decimal("9.6195"), 312),
    "face shield": Slope(-0.1694, Decimal("4.2350"), 69),
    "FFP2 mask": Slope(-0.0037, Decimal("3.2922"), 1255),
    "FFP3 mask": Slope(-0.0657, Decimal("7.3620"), 210),
    "gloves": Slope(-0.0975, Decimal("0.1023"), 1990),
    "goggles": Slope(0.0242, Decimal("3.6032"), 111),
    "hair cap": Slope(-0.0417, Decimal("0.0510"), 78),
    "hand sanitiser": Slope(-0.1565, Decimal("8.1403"), 68),
    "surgical mask": Slope(-0.0585, Decimal("0.6000"), 205),
    "thermometer": Slope(-0.0895, Decimal("76.5000"), 39),
}


@dataclass(frozen=True)
class Kind:
    """A kind of made-up item: category, name, variants, units in a pack, packs in a box, codes, packs per worker."""

    category: str
    name: str
    variants: tuple[str, ...]
    units: int
    packs_per_box: int
    cpv: str
    standard: str
    packs_per_worker: float


_SIZES = ("small", "medium", "large", "extra large")
KINDS = (
    Kind("gloves", "Nitrile gloves", _SIZES, 100, 10, "18424300", "EN 455", 2.4),
    Kind("gloves", "Vinyl gloves", _SIZES, 100, 10, "18424300", "EN 455", 1.6),
    Kind("gloves", "Latex-free examination gloves", _SIZES, 100, 10, "18424300", "EN 455", 0.8),
    Kind("surgical mask", "Surgical masks type IIR", ("ear loop", "tie back"), 50, 20, "33140000", "EN 14683", 1.2),
    Kind("FFP2 mask", "FFP2 respirators", ("cup", "fold flat"), 20, 12, "18143000", "EN 149", 0.3),
    Kind("FFP3 mask", "FFP3 respirators", ("valved", "unvalved"), 10, 12, "18143000", "EN 149", 0.15),
    Kind("apron", "Polythene aprons", ("white", "blue", "green", "yellow"), 200, 5, "18143000", "EN 13795", 0.9),
    Kind("hand sanitiser", "Hand sanitiser", ("500 ml pump", "1 litre refill"), 1, 12, "33741300", "EN 1500", 0.6),
    Kind("hair cap", "Mob caps", ("white", "blue"), 100, 10, "18143000", "", 0.1),
    Kind("face shield", "Face shields", ("half", "full"), 10, 10, "18143000", "EN 166", 0.08),
    Kind("goggles", "Safety goggles", ("clear", "over glasses"), 5, 10, "18143000", "EN 166", 0.05),
    Kind("coverall", "Coveralls", _SIZES, 5, 10, "18143000", "EN 14126", 0.05),
    Kind("thermometer", "Contactless thermometers", ("standard",), 1, 1, "33123000", "", 0.02),
)

_FIRST = [
    "Alder",
    "Ash",
    "Aspen",
    "Beech",
    "Birch",
    "Bramble",
    "Cedar",
    "Clover",
    "Elder",
    "Fern",
    "Hazel",
    "Heather",
    "Holly",
    "Ivy",
    "Juniper",
    "Larch",
    "Linden",
    "Maple",
    "Rowan",
    "Sorrel",
]
_SECOND = [
    "Bank",
    "Bridge",
    "Brook",
    "Common",
    "Croft",
    "Dale",
    "Field",
    "Ford",
    "Green",
    "Grove",
    "Hill",
    "Lane",
    "Mead",
    "Mill",
    "Moor",
    "Rise",
    "Side",
    "Vale",
    "Way",
    "Well",
]
_FIRMS = [
    "Northgate",
    "Southmoor",
    "Eastholm",
    "Westbeck",
    "Highfold",
    "Lowmere",
    "Farside",
    "Nearwater",
    "Oldbarn",
    "Newquay",
    "Stonebeck",
    "Redfern",
]
_TRADES = ("Medical", "Supplies", "Care Products", "Protective", "Wholesale")


def price_factor(category: str, packs: int, from_packs: int) -> float:
    """What the price at a quantity is, as a part of the price at a smaller one.

    >>> round(price_factor("gloves", 1000, 100), 4)
    0.7989
    """
    return (packs / from_packs) ** min(SLOPES[category].slope, WEAKEST_SLOPE)


def care_staff(employees: int | None, turnover_pence: int | None) -> int:
    """How many workers a co-op has, guessed from its turnover where it does not say; never fewer than three.

    >>> care_staff(74, None), care_staff(None, 63_206_000), care_staff(None, None)
    (74, 25, 3)
    """
    if employees is None:
        employees = round_half_up(Fraction(turnover_pence or 0, TURNOVER_PER_WORKER_PENCE))
    return max(3, employees)


def make_coops(rng: Random, coops: int) -> list[dict[str, Any]]:
    """Invented co-ops: code, name and care staff, as unequal as real ones (a long tail of small ones, a few large).

    Raises: ValueError beyond 400, when names run out.
    """
    names = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    if not 1 <= coops <= len(names):
        raise ValueError(f"choose 1 to {len(names)} co-ops")
    staff = [min(850, max(3, int(rng.lognormvariate(2.6, 1.3)))) for _ in range(coops)]
    return [
        {"code": f"C{number:03d}", "name": f"{name} Care Co-op", "care_staff": own}
        for number, (name, own) in enumerate(zip(rng.sample(names, coops), staff, strict=True), start=1)
    ]


def make_catalogue(rng: Random, items: int) -> list[dict[str, Any]]:
    """Invented items as rows of the catalogue, with `category` and `packs_per_worker` for the other makers.

    Prices are Decimal pence a pack; trade item numbers begin with 952, which GS1 keeps for examples.

    Raises: ValueError below 1 or beyond 999.
    """
    if not 1 <= items <= 999:
        raise ValueError("choose 1 to 999 items")
    kinds = [(kind, variant) for kind in KINDS for variant in kind.variants]
    rows = []
    for number in range(items):
        kind, variant = kinds[number % len(kinds)]
        grade = number // len(kinds)
        name = f"{kind.name}, {variant}" + (f", grade {grade + 1}" if grade else "")
        units = kind.units * rng.choice((1, 1, 1, 2))
        body = f"952{rng.randrange(10**9):09d}"
        first = SLOPES[kind.category].median_eur * GBP_PER_EUR * 100 * units
        rows.append(
            {
                "code": f"P{number + 1:03d}",
                "name": name,
                "unit": "each" if units == 1 else f"pack of {units}",
                "packs_per_box": kind.packs_per_box,
                "gtin": body + ean.calc_check_digit(body),
                "cpv": kind.cpv,
                "standard": kind.standard or None,
                "vat_rate": Decimal(20),
                "retail_price": _price(float(first) * rng.uniform(1.25, 1.6)),
                "category": kind.category,
                "packs_per_worker": kind.packs_per_worker * rng.uniform(0.5, 1.5) / (1 + grade),
                "first_price": _price(float(first) * rng.uniform(0.95, 1.1)),
            }
        )
    return rows


def make_suppliers(rng: Random, suppliers: int, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Invented suppliers with their terms (whole pence) and `offers` (tiers from 0, Decimal pence a pack).

    Every item has an offer without a limit on capacity, and at least two offers where there are two suppliers.

    Raises: ValueError below 1 or beyond 60.
    """
    names = [f"{firm} {trade}" for firm in _FIRMS for trade in _TRADES]
    if not 1 <= suppliers <= len(names):
        raise ValueError(f"choose 1 to {len(names)} suppliers")
    made = [_supplier(rng, number, name) for number, name in enumerate(rng.sample(names, suppliers), start=1)]
    for item in items:
        usual = min(suppliers, max(2, round(suppliers * 0.6)))
        for place, supplier in enumerate(rng.sample(made, usual)):
            supplier["offers"].append(_offer(rng, supplier, item, limited=place > 0))
    return made


def make_demand(
    rng: Random, coop_sizes: Mapping[str, int], items: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, int]]:
    """Packs wanted, {item code: {co-op: packs}}: in proportion to care staff, with a spread and some gaps.

    Every co-op wants something and every item is wanted by somebody.
    """
    demand: dict[str, dict[str, int]] = {item["code"]: {} for item in items}
    for coop, staff in sorted(coop_sizes.items()):
        for item in items:
            if rng.random() < 0.75:
                packs = round(staff * item["packs_per_worker"] * rng.lognormvariate(0, 0.4))
                if packs:
                    demand[item["code"]][coop] = packs
        if not any(coop in wanted for wanted in demand.values()):
            demand[items[0]["code"]][coop] = 1
    largest = max(sorted(coop_sizes), key=lambda coop: coop_sizes[coop])
    for wanted in demand.values():
        if not wanted:
            wanted[largest] = 1
    return demand


def _supplier(rng: Random, number: int, name: str) -> dict[str, Any]:
    basis = ("item_packs", "order_packs", "item_packs", "order_pence")[(number - 1) % 4]
    order_tiers = {
        "item_packs": [0],
        "order_packs": [0, 500, 2000, 8000],
        "order_pence": [0, 200_000, 1_000_000, 4_000_000],
    }
    delivery = rng.choice((0, 1500, 2500, 4500, 7500))
    return {
        "code": f"S{number:02d}",
        "name": name,
        "delivery_pence": delivery,
        "free_delivery_from_pence": rng.choice((50_000, 100_000, 250_000)) if delivery and rng.random() < 0.7 else None,
        "minimum_order_pence": rng.choice((0, 5_000, 10_000, 25_000)),
        "lead_days": rng.choice((3, 5, 7, 10, 14)),
        "tier_basis": basis,
        "order_tiers": order_tiers[basis],
        "offers": [],
    }


def _offer(rng: Random, supplier: Mapping[str, Any], item: Mapping[str, Any], *, limited: bool) -> dict[str, Any]:
    first = float(item["first_price"]) * rng.uniform(0.92, 1.12)
    on_line = supplier["tier_basis"] == "item_packs"
    tiers = [0, *sorted(rng.sample((50, 100, 250, 500, 1000, 2500), 3))] if on_line else [0]
    # The first price is that of a small order: 10 packs on a line, a tenth of the first bound on a whole order.
    bounds, small = (tiers, 10) if on_line else (supplier["order_tiers"], supplier["order_tiers"][1] // 10)
    prices = [_price(first * price_factor(item["category"], max(bound, small), small)) for bound in bounds]
    return {
        "item": item["code"],
        "mode": "incremental" if on_line and rng.random() < 0.2 else "all_units",
        "tiers": tiers if on_line else list(bounds),
        "pence_per_pack": prices,
        "minimum_packs": rng.choice((1, 1, 1, 5)) if limited else 1,
        "multiple_packs": 1,
        "capacity_packs": rng.choice((500, 2000, 5000)) if limited and rng.random() < 0.15 else None,
        "quality": Decimal(rng.choice((90, 95, 100))) / 100,
    }


def _price(pence: float) -> Decimal:
    """Pence a pack to a tenth, never nothing."""
    return Decimal(max(1, round_half_up(Fraction(pence) * 10))) / 10
