"""VAT on lending a carer: never guessed, ruled out where the facts rule it out, and its real cost shown."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbank.pay.vat import TREATMENTS, VatFacts, threshold_watch, vat_of
from tenants.errors import InvalidInput, RuleBroken

ALL_SAID = VatFacts(
    "standard",
    lender_registered=True,
    recovers_percent=Decimal(0),
    evidence="letter of the adviser",
    evidence_day=date(2026, 4, 1),
    lender_directs_care=True,
    supplier_is_federation=True,
    nursing_role=True,
)


def test_there_are_six_treatments_each_with_its_source() -> None:
    assert list(TREATMENTS) == [
        "standard",
        "exempt_welfare",
        "csg_exempt",
        "joint_employment",
        "outside_scope",
        "concession",
    ]
    assert all(one.key == key and one.source and one.words for key, one in TREATMENTS.items())


def test_staff_lent_by_a_registered_co_op_bears_vat_that_an_exempt_host_cannot_recover() -> None:
    vat = vat_of(123_45, ALL_SAID)
    assert (vat.vat_pence, vat.irrecoverable_pence, vat.cost_pence, vat.taxable_pence) == (2469, 2469, 14814, 12345)
    assert "cannot recover £24.69 of £24.69" in vat.words


def test_a_co_op_that_is_not_registered_charges_none_but_counts_it_to_the_threshold() -> None:
    vat = vat_of(100_00, replace(ALL_SAID, lender_registered=False))
    assert (vat.vat_pence, vat.cost_pence, vat.taxable_pence) == (0, 10000, 10000)
    assert "counts to the threshold" in vat.words


@pytest.mark.parametrize("treatment", [key for key in TREATMENTS if key != "standard"])
def test_the_other_five_bear_no_vat_when_their_facts_are_recorded(treatment: str) -> None:
    vat = vat_of(100_00, replace(ALL_SAID, treatment=treatment))
    assert (vat.vat_pence, vat.cost_pence, vat.taxable_pence, vat.words) == (0, 10000, 0, TREATMENTS[treatment].words)


@pytest.mark.parametrize("treatment", [None, "", "zero"])
def test_a_treatment_that_nobody_has_chosen_is_asked_for(treatment: str | None) -> None:
    with pytest.raises(InvalidInput, match="never guessed"):
        vat_of(100_00, replace(ALL_SAID, treatment=treatment))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"treatment": "outside_scope", "evidence": " "}, "evidence"),
        ({"treatment": "joint_employment", "evidence_day": None}, "evidence"),
        ({"treatment": "exempt_welfare", "lender_directs_care": None}, "lender_directs_care"),
        ({"treatment": "csg_exempt", "supplier_is_federation": None}, "supplier_is_federation"),
        ({"treatment": "concession", "nursing_role": None}, "nursing_role"),
        ({"recovers_percent": None}, "recovers_percent"),
        ({"recovers_percent": Decimal(101)}, "recovers_percent"),
    ],
)
def test_what_a_treatment_depends_on_must_be_recorded(facts: dict, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        vat_of(100_00, replace(ALL_SAID, **facts))
    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"treatment": "exempt_welfare", "lender_directs_care": False}, "supply of staff and not of care"),
        ({"treatment": "csg_exempt", "supplier_is_federation": False}, "lends to a member"),
        ({"treatment": "csg_exempt", "margin_pence": 1}, "margin of £0.01"),
        ({"treatment": "concession", "nursing_role": False}, "neither a nurse"),
        ({"treatment": "joint_employment", "margin_pence": 1}, "a margin would be"),
    ],
)
def test_facts_that_rule_a_treatment_out_are_told(facts: dict, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        vat_of(100_00, replace(ALL_SAID, **facts))


@given(st.integers(0, 10**9), st.decimals(0, 100, places=2))
def test_vat_is_recovered_or_lost_to_the_penny(net: int, recovers: Decimal) -> None:
    vat = vat_of(net, replace(ALL_SAID, recovers_percent=recovers))
    assert vat.recovered_pence + vat.irrecoverable_pence == vat.vat_pence
    assert min(vat.recovered_pence, vat.irrecoverable_pence) >= 0
    assert vat.cost_pence == net + vat.irrecoverable_pence and abs(5 * vat.vat_pence - net) <= 2


def test_the_threshold_is_watched_from_four_fifths_on() -> None:
    assert threshold_watch(71_999_99) == ""
    assert "£72,000.00; above £90,000.00" in threshold_watch(72_000_00)
    assert "must tell HMRC" in threshold_watch(90_000_01)
