"""Recharges: one a placement, on both sides and in both books; what a backdated rate card adds or takes."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from staffbank.models import BankPolicy, StaffRecharge
from staffbank.pay.recharge import RateCard
from staffbank.pay.vat import VatFacts
from staffbank.recharge_sums import adjustment_of, charge_of, credit_of
from staffbank.services import disputes, rates, recharges
from staffbank.services.rates import card_on
from staffbank.worked_hours import Hours, worked_of
from tenants import jobs
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.ledger.services import balances, unmatched_dues
from tenants.web import HouseFlask
from tests.factories.placements import FRIDAY, hours_of, make_accepted, make_accepted_at_once
from tests.factories.staffbank import make_carer
from tests.factories.tenants import make_coop

RESOLUTION = {"resolution": "Assembly of November 2026, motion 4"}


def legs(placement_id: UUID) -> list[StaffRecharge]:
    """Every leg of what was charged for a placement, as the office sees them."""
    with acting_for_federation():
        rows = db.session.scalars(
            select(StaffRecharge)
            .where(StaffRecharge.placement_id == placement_id)
            .order_by(StaffRecharge.kind.desc(), StaffRecharge.posted_at, StaffRecharge.side)
        ).all()
        db.session.expunge_all()
        return list(rows)


def set_policy(coop: UUID, **values: object) -> None:
    """What a co-op has chosen for the bank."""
    with acting_for(coop):
        db.session.add(BankPolicy(tenant_id=coop, **values))


def books(coop: UUID) -> dict[str, int]:
    """Balances of a co-op's own book."""
    with acting_for(coop):
        return balances()


def test_accepted_hours_become_one_recharge_in_both_books(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    set_policy(carer.tenant_id, vat_registered=True)
    placement = make_accepted(host, carer, hours_of(travel_minutes=30, miles=Decimal("6.5")))
    # Letters wait for a mail server, which this federation does not have.
    assert set(run_jobs()) <= {"done", "waiting"}
    (home_leg, host_leg) = legs(placement)
    assert (home_leg.side, host_leg.side) == ("home", "host")
    assert home_leg.lines == host_leg.lines
    # 2 h at £17.36, 2 h at £21.70, half an hour's travel at £16.678, 6.5 miles at 55p; VAT of a fifth.
    assert [line["pence"] for line in home_leg.lines] == [3472, 4340, 834, 358]
    assert (home_leg.net_pence, home_leg.vat_pence, home_leg.gross_pence) == (9004, 1801, 10805)
    assert (home_leg.minutes, home_leg.unsocial_minutes, home_leg.weighted_minutes) == (240, 120, 270)
    assert books(host) == {"due-to": -10805, "irrecoverable-vat": 1801, "staff-borrowed": 9004}
    assert books(carer.tenant_id) == {"due-from": 10805, "staff-lent": -9004, "vat-charged": -1801}
    with acting_for_federation():
        assert unmatched_dues() == []


def test_the_same_job_twice_charges_once(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_accepted(host, carer)
    run_jobs()
    with acting_for(carer.tenant_id):
        jobs.defer("recharge-placement", {"placement_id": str(placement)}, label="Again")
    assert run_jobs() == ["done"]
    assert len(legs(placement)) == 2


def test_a_host_that_reclaims_vat_books_it_as_paid(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    set_policy(carer.tenant_id, vat_registered=True)
    set_policy(host, reclaims_vat=True)
    placement = make_accepted_at_once(host, carer, hours_of(minutes=60))
    with acting_for_federation():
        assert recharges.post_recharge(placement) == "posted"
    assert books(host) == {"due-to": -2083, "staff-borrowed": 1736, "vat-paid": 347}


def test_a_lender_that_is_not_registered_charges_no_vat(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_accepted_at_once(host, carer, hours_of(minutes=60))
    with acting_for_federation():
        recharges.post_recharge(placement)
    assert [leg.vat_pence for leg in legs(placement)] == [0, 0]


def test_a_treatment_the_lender_has_not_recorded_is_refused_and_not_guessed(app: HouseFlask) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_accepted_at_once(host, carer, hours_of())
    exempt = _with_treatment(placement, "exempt_welfare")
    with acting_for_federation(), pytest.raises(InvalidInput, match="Say what shows"):
        recharges.post_recharge(exempt)
    set_policy(
        carer.tenant_id, lends_as="exempt_welfare", vat_evidence="Adviser's letter of 3 March 2026", vat_registered=True
    )
    with acting_for_federation():
        assert recharges.post_recharge(exempt) == "posted"
    assert {leg.vat_pence for leg in legs(exempt)} == {0}


def _with_treatment(placement: UUID, treatment: str) -> UUID:
    from staffbank.models import Placement

    with acting_for_federation():
        for leg in db.session.scalars(select(Placement).where(Placement.id == placement)):
            leg.vat_treatment = treatment
    return placement


def test_a_co_op_that_covers_itself_owes_itself_nothing(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    carer = make_carer()
    placement = make_accepted(carer.tenant_id, carer)
    run_jobs()
    assert legs(placement) == []


def test_hours_that_are_not_accepted_are_not_charged(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    placement = make_accepted_at_once(host, carer, hours_of())
    with acting_for_federation():
        from staffbank.models import Timesheet

        for leg in db.session.scalars(select(Timesheet)):
            leg.state = "agreed"
    with acting_for(carer.tenant_id):
        jobs.defer("recharge-placement", {"placement_id": str(placement)}, label="Too soon")
    assert run_jobs() == ["failed"]
    with acting_for_federation(), pytest.raises(RuleBroken, match="not accepted"):
        recharges.post_recharge(placement)


def test_another_co_ops_placement_in_ones_own_outbox_opens_nothing(
    app: HouseFlask, run_jobs: Callable[[], list[str]]
) -> None:
    host, carer, other = make_coop(), make_carer(), make_coop()
    placement = make_accepted_at_once(host, carer, hours_of())
    for coop in (host, other):
        with acting_for(coop):
            jobs.defer("recharge-placement", {"placement_id": str(placement)}, label="Not mine")
            jobs.defer("agree-by-default", {"placement_id": str(placement)}, label="Not mine")
            jobs.defer("rate-adjustments", {"card_id": str(uuid4())}, label="Not mine")
            jobs.defer("net-settlement", {"cycle_id": str(uuid4())}, label="Not mine")
    assert set(run_jobs()) == {"failed"}
    assert legs(placement) == []


def test_a_backdated_card_adjusts_what_was_charged_once(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    set_policy(carer.tenant_id, vat_registered=True)
    early = make_accepted_at_once(host, carer, hours_of(FRIDAY - timedelta(days=14), 60))
    late = make_accepted_at_once(host, carer, hours_of(FRIDAY, 60))
    with acting_for_federation():
        for placement in (early, late):
            recharges.post_recharge(placement)
    with acting_for_federation():
        row = rates.publish_card({"from_date": date(2026, 10, 1), "pay_pence": 1500, **RESOLUTION})
        card_id = str(row.id)
    assert run_jobs() == ["done"]
    assert [leg.kind for leg in legs(early)] == ["recharge"] * 2
    found = legs(late)
    assert [leg.kind for leg in found] == ["recharge", "recharge", "adjustment", "adjustment"]
    # £15 and 24% on costs is £18.60 instead of £17.36.
    assert [leg.net_pence for leg in found[1::2]] == [1736, 124]
    assert sum(leg.gross_pence for leg in found[1::2]) == 1860 + 372
    with acting_for_federation():
        jobs.defer("rate-adjustments", {"card_id": card_id}, label="Again")
    assert run_jobs() == ["done"]
    assert len(legs(late)) == 4
    with acting_for_federation():
        assert unmatched_dues() == []


def test_a_card_below_the_pay_floor_or_without_a_resolution_is_refused(app: HouseFlask) -> None:
    with acting_for_federation(), pytest.raises(InvalidInput, match="below the floor"):
        rates.publish_card({"from_date": date(2026, 12, 1), "pay_pence": 1270, **RESOLUTION})
    with acting_for_federation(), pytest.raises(InvalidInput, match="resolution"):
        rates.publish_card({"from_date": date(2026, 12, 1), "pay_pence": 1400, "resolution": " "})
    with acting_for_federation(), pytest.raises(InvalidInput, match="2024"):
        rates.publish_card({"from_date": date(2023, 12, 1), **RESOLUTION})


def test_the_card_of_a_day_is_the_latest_by_then(app: HouseFlask) -> None:
    with acting_for_federation():
        rates.publish_card({"from_date": date(2026, 12, 1), "pay_pence": 1450, **RESOLUTION})
        rates.publish_card({"from_date": date(2026, 12, 1), "pay_pence": 1460, **RESOLUTION})
    with acting_for(make_coop()):
        assert card_on(date(2026, 12, 1)).pay["carer"] == 1460
        assert card_on(date(2026, 11, 30)).pay["carer"] == 1400
        assert card_on(date(2026, 4, 5)).mileage["car"] == (45, 25)
        with pytest.raises(RuleBroken, match="No rate card"):
            card_on(date(2024, 4, 5))


def test_what_is_given_back_undoes_the_whole(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    set_policy(carer.tenant_id, vat_registered=True)
    placement = make_accepted_at_once(host, carer, hours_of())
    with acting_for_federation():
        recharges.post_recharge(placement)
    recharge_id = legs(placement)[0].id
    with acting_for(carer.tenant_id), pytest.raises(RuleBroken, match="other co-op"):
        disputes.ask_dispute(recharge_id, "We lent nobody")
    with acting_for(host):
        disputes.ask_dispute(recharge_id, "She left after ten minutes")
    run_jobs()
    with acting_for(host), pytest.raises(RuleBroken, match="other co-op"):
        disputes.ask_answer(recharge_id, "give_back")
    with acting_for(carer.tenant_id):
        disputes.ask_answer(recharge_id, "give_back")
    assert run_jobs() == ["done"]
    found = legs(placement)
    assert {sum(leg.gross_pence for leg in found if leg.side == side) for side in ("host", "home")} == {0}
    assert sum(leg.weighted_minutes for leg in found) == 0
    assert set(books(host).values()) == {0}
    with acting_for_federation():
        assert unmatched_dues() == []
        assert recharges.post_adjustment(placement) == "nothing"


def test_nobody_disputes_another_co_ops_line(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    host, carer, other = make_coop(), make_carer(), make_coop()
    placement = make_accepted_at_once(host, carer, hours_of())
    with acting_for_federation():
        recharges.post_recharge(placement)
    recharge_id = legs(placement)[0].id
    with acting_for(other), pytest.raises(NotFound):
        disputes.ask_dispute(recharge_id, "Mine now")
    with acting_for(other):
        jobs.defer("dispute-recharge", {"recharge_id": str(recharge_id), "words": "Mine"}, label="Not mine")
    assert run_jobs() == ["failed"]
    assert {leg.state for leg in legs(placement)} == {"posted"}


_CARDS = st.builds(
    lambda pay, travel, car, costs, margin: RateCard(
        "x",
        date(2026, 4, 6),
        {"carer": pay},
        dict.fromkeys(("urban", "rural", "super_rural"), travel),
        {"car": (car, 25), "motorcycle": (24, 24), "cycle": (20, 20)},
        5500,
        on_costs_percent=costs,
        margin_percent=margin,
    ),
    st.integers(1271, 4000),
    st.integers(1, 4000),
    st.integers(1, 99),
    st.decimals(0, 60, places=2),
    st.decimals(0, 20, places=1),
)
_HOURS = st.builds(
    lambda late, minutes, travel, miles: Hours(
        FRIDAY + timedelta(minutes=late),
        FRIDAY + timedelta(minutes=late + minutes),
        travel_minutes=travel,
        miles=miles,
    ),
    st.integers(0, 4000),
    st.integers(1, 1440),
    st.integers(0, 300),
    st.decimals(0, 99, places=1),
)


@given(
    old=_CARDS, new=_CARDS, later=_CARDS, stated=_HOURS, registered=st.booleans(), recovers=st.sampled_from((0, 100))
)
def test_a_recharge_and_its_adjustments_are_a_new_recharge_to_the_penny(
    old: RateCard, new: RateCard, later: RateCard, stated: Hours, registered: bool, recovers: int
) -> None:
    worked = worked_of(uuid4(), stated, sleep_in=False)
    facts = VatFacts("standard", lender_registered=registered, recovers_percent=Decimal(recovers))
    charged = [charge_of(worked, old, facts)]
    for card in (new, later):
        charged.append(
            adjustment_of(
                worked,
                card,
                [line for sums in charged for line in sums.lines],
                vat_charged=sum(sums.vat_pence for sums in charged),
                host_recovers=recovers == 100,
            )
        )
    fresh = charge_of(worked, later, facts)
    for name in ("net_pence", "vat_pence", "gross_pence", "lost_pence"):
        assert sum(getattr(sums, name) for sums in charged) == getattr(fresh, name), name
    back = credit_of(
        [line for sums in charged for line in sums.lines], vat_charged=fresh.vat_pence, host_recovers=recovers == 100
    )
    assert (back.net_pence, back.vat_pence, back.lost_pence) == (-fresh.net_pence, -fresh.vat_pence, -fresh.lost_pence)
