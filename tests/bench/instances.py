"""Award problems of a given size, made up from a seed: order discounts in four steps, as in the literature."""

import random
from typing import Any


def order_discounts(suppliers: int, items: int, seed: int, *, coops: int = 6) -> dict[str, Any]:
    """An award problem with `order_packs` tiers of four steps; whole prices, each item offered by about four in five.

    Bounds lie between 2 and 50 percent of all packs wanted, each step is 1 to 7 percent cheaper than the one below.
    """
    dice = random.Random(f"{suppliers}x{items}/{seed}")
    wanted = [dice.randint(20, 400) for _ in range(items)]
    value = [dice.uniform(100, 3000) for _ in range(items)]
    sheet: dict[str, Any] = {"items": [], "suppliers": [], "time_limit_seconds": 120, "gap": "0.0001"}
    for n, packs in enumerate(wanted):
        cuts = sorted(dice.randint(0, packs) for _ in range(coops - 1))
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, packs], strict=True)]
        sheet["items"].append({"id": f"i{n:03}", "demand": {f"c{k}": part for k, part in enumerate(parts)}})
    for s in range(suppliers):
        bounds = sorted(dice.sample(range(max(3, sum(wanted) // 50), sum(wanted) // 2), 3))
        steps = [1.0]
        for _ in range(3):
            steps.append(steps[-1] * dice.uniform(0.93, 0.99))
        level = dice.uniform(0.9, 1.1)
        offers = []
        for n in range(items):
            if dice.random() < 0.8 or n % suppliers == s:
                price = value[n] * level * dice.uniform(0.9, 1.1)
                offers.append({"item": f"i{n:03}", "pence_per_pack": [str(round(price * step)) for step in steps]})
        sheet["suppliers"].append(
            {"id": f"s{s:02}", "tier_basis": "order_packs", "tiers": [0, *bounds], "offers": offers}
        )
    return sheet
