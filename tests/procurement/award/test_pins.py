"""The officer may require a supplier, against the least cost."""

from typing import Any

import pytest

from procurement.award.solve import award_answer
from tenants.errors import InvalidInput


def two_suppliers(**limits: int) -> dict[str, Any]:
    return {
        "items": [{"id": "gloves", "demand": {"a": 10}}],
        "suppliers": [
            {"id": "cheap", "offers": [{"item": "gloves", "pence_per_pack": ["100"]}]},
            {
                "id": "dear",
                "delivery_pence": 50,
                "offers": [{"item": "gloves", "pence_per_pack": ["120"], "minimum_packs": 3}],
            },
        ],
        "limits": limits,
    }


def test_a_required_supplier_gets_the_least_it_sells() -> None:
    free = award_answer(two_suppliers(), {"story_seconds": 0})
    pinned = award_answer(two_suppliers(), {"story_seconds": 0, "pinned": ["dear"]})
    assert free["cost_pence"] == 1000
    assert pinned["cost_pence"] == 7 * 100 + 3 * 120 + 50
    assert pinned["status"] == "optimal"


def test_two_required_suppliers_clash_with_a_limit_of_one() -> None:
    answer = award_answer(two_suppliers(max_suppliers=1), {"pinned": ["dear", "cheap"]})
    assert answer["status"] == "infeasible"
    assert [row["rule"] for row in answer["why_not"]["clash"]] == ["max_suppliers", "must_be_used", "must_be_used"]


def test_a_required_supplier_without_an_offer_is_refused() -> None:
    with pytest.raises(InvalidInput, match="nobody has no offer here"):
        award_answer(two_suppliers(), {"pinned": ["nobody"]})
