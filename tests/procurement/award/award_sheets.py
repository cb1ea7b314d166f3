"""Tiny award problems with every kind of rule in them, for properties."""

from typing import Any

from hypothesis import strategies as st

PRICES = st.sampled_from(["8", "9.5", "10", "10.25", "11.3333", "12", "12.5", "14.9999", "20"])


@st.composite
def sheets(draw: Any, *, overbuy: bool = False) -> dict[str, Any]:
    """Tiny problems with every kind of rule in them."""
    items = [f"i{n}" for n in range(draw(st.integers(1, 2 if overbuy else 3)))]
    most = 3 if overbuy else 5
    sheet: dict[str, Any] = {
        "items": [{"id": i, "demand": {"a": draw(st.integers(1, most)), "b": draw(st.integers(0, 1))}} for i in items],
        "suppliers": [draw(_supplier(f"s{n}", items)) for n in range(draw(st.integers(1, 2 if overbuy else 3)))],
        "gap": "0",
        "allow_overbuy": overbuy,
        "quality_weight_percent": draw(st.sampled_from([0, 0, 50])),
        "limits": draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "max_suppliers": st.integers(1, 2),
                    "max_suppliers_per_item": st.integers(1, 2),
                    **({} if overbuy else {"max_share_percent": st.sampled_from([40, 50, 66, 80])}),
                },
            )
        ),
    }
    return sheet


@st.composite
def _supplier(draw: Any, name: str, items: list[str]) -> dict[str, Any]:
    supplier: dict[str, Any] = {
        "id": name,
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "delivery_pence": st.integers(0, 25),
                    "free_delivery_from_pence": st.integers(0, 45),
                    "minimum_order_pence": st.integers(0, 40),
                },
            )
        ),
    }
    basis = supplier["tier_basis"] = draw(st.sampled_from(["item_packs", "order_packs", "order_pence"]))
    if basis != "item_packs":
        supplier["tiers"] = draw(_bounds(5 if basis == "order_packs" else 45))
    supplier["offers"] = []
    for item in draw(st.lists(st.sampled_from(items), unique=True, min_size=1)):
        offer: dict[str, Any] = {
            "item": item,
            **draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "minimum_packs": st.integers(1, 3),
                        "multiple_packs": st.integers(1, 3),
                        "capacity_packs": st.integers(0, 6),
                        "quality": st.sampled_from(["0.5", "0.92", "1"]),
                    },
                )
            ),
        }
        if basis == "item_packs":
            offer["tiers"] = draw(_bounds(5))
            offer["mode"] = draw(st.sampled_from(["all_units", "incremental"]))
        count = len(offer["tiers"] if basis == "item_packs" else supplier["tiers"])
        offer["pence_per_pack"] = draw(st.lists(PRICES, min_size=count, max_size=count))
        supplier["offers"].append(offer)
    return supplier


def _bounds(most: int) -> Any:
    return st.lists(st.integers(1, most), max_size=2, unique=True).map(lambda more: [0, *sorted(more)])
