"""Cancelling late: what the host still owes by the scale agreed, seen before, in both books, in the statement and in the pay."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from staffbank import placement_rules as rules
from staffbank.models import BankPolicy, Placement, StaffRecharge
from staffbank.pay.recharge import cancelled_of
from staffbank.services import cancellations, cover_acts, payroll, placements, rates, recharges, settlement
from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import NotFound, RuleBroken
from tenants.ledger.services import balances, unmatched_dues
from tests.factories.offers import MadeCover, confirmed, make_cover, moved
from tests.factories.placements import make_worked
from tests.factories.staffbank import make_carer
from tests.factories.tenants import make_coop

pytestmark = pytest.mark.usefixtures("app")

NOON = datetime(2026, 10, 7, 11, tzinfo=UTC)
"""A Wednesday at noon in London: four hours of plain time at £17.36."""
TERMS = {"cancellation": [dict(row) for row in rules.CANCELLATION]}


def cancelled(host: UUID, carer: Any, notice_hours: float, **fields: Any) -> UUID:
    """A placement of four hours that its host cancelled with so much notice, both legs put straight."""
    ended = {"state": "cancelled", "ended_by": "host", "notice_minutes": int(notice_hours * 60), "terms": TERMS}
    return make_worked(host, carer, NOON, 240, **ended | fields)


def legs(placement_id: UUID) -> list[StaffRecharge]:
    with acting_for_federation():
        chosen = select(StaffRecharge).where(StaffRecharge.placement_id == placement_id)
        rows = list(db.session.scalars(chosen.order_by(StaffRecharge.posted_at, StaffRecharge.side)))
        db.session.expunge_all()
        return rows


def set_policy(coop: UUID, **values: object) -> None:
    with acting_for(coop):
        db.session.add(BankPolicy(tenant_id=coop, **values))


def later(cover: MadeCover, hours: float) -> None:
    """As if the placements of a cover began so many hours from now."""
    with acting_for_federation():
        for leg in db.session.scalars(select(Placement).where(Placement.request_id == cover.request_id)):
            start = clock.now() + timedelta(hours=hours, seconds=30)
            leg.starts_at, leg.ends_at = start.replace(second=0, microsecond=0), start + timedelta(hours=4)
            leg.ends_at = leg.starts_at + timedelta(hours=4)


@pytest.mark.parametrize(("notice", "net"), [(-1, 6944), (23.9, 6944), (24, 3472), (47.9, 3472)])
def test_a_late_cancellation_is_charged_by_the_scale_in_both_books(notice: float, net: int) -> None:
    host, carer = make_coop(), make_carer()
    set_policy(carer.tenant_id, vat_registered=True)
    placement = cancelled(host, carer, notice)
    with acting_for_federation():
        assert recharges.post_recharge(placement) == "posted"
        assert recharges.post_recharge(placement) == "posted-before"
    home, other = sorted(legs(placement), key=lambda leg: leg.side)[::-1]
    assert home.lines == other.lines and (home.net_pence, home.vat_pence) == (other.net_pence, other.vat_pence)
    vat = net // 5 + (1 if net % 5 >= 3 else 0)
    assert (home.net_pence, home.vat_pence, home.minutes, home.weighted_minutes) == (net, vat, 0, 0)
    with acting_for(host):
        assert balances() == {"due-to": -net - vat, "irrecoverable-vat": vat, "staff-borrowed": net}
    with acting_for_federation():
        assert unmatched_dues() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"notice_minutes": 48 * 60},
        {"ended_by": "home"},
        {"ended_by": "carer", "state": "given_back"},
        {"state": "confirmed", "ended_by": "", "notice_minutes": None},
        {"terms": {}},
    ],
)
def test_with_notice_enough_or_by_another_hand_nothing_is_owed(fields: dict[str, Any]) -> None:
    host, carer = make_coop(), make_carer()
    placement = cancelled(host, carer, 5, **fields)
    with acting_for_federation(), pytest.raises(NotFound):
        recharges.post_recharge(placement)
    assert legs(placement) == []


def test_the_cost_is_seen_before_and_is_what_is_charged_after(
    client: Any, sign_in: Any, run_jobs: Callable[[], list[str]]
) -> None:
    cover = make_cover()
    carer = cover.lent[0]
    set_policy(carer.tenant_id, vat_registered=True)
    placement = confirmed(cover)
    token = sign_in(client, cover.manager, cover.host).csrf_token
    with acting_for(cover.host):
        cost = cancellations.cost_now(placements.get_placement(placement, "host"))
    assert cost.percent == 100 and cost.vat_pence == cost.lost_pence > 0
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get(f"/placements/{placement}").text)).split())
    assert f"Cancelling now costs £{cost.net_pence / 100:.2f}, all of the hours agreed" in page
    assert f"£{cost.gross_pence / 100:.2f}" in client.get(f"/cover/{cover.request_id}").text
    told = {"csrf_token": token, "words": "Back at work", "cost_pence": str(cost.gross_pence - 1)}
    wrong = client.post(f"/placements/{placement}/host/cancel", data=told)
    assert wrong.status_code == 409 and "something else by now" in wrong.text
    told["cost_pence"] = str(cost.gross_pence)
    assert client.post(f"/placements/{placement}/host/cancel", data=told).status_code == 303
    run_jobs()
    assert {leg.gross_pence for leg in legs(placement)} == {cost.gross_pence}
    after = client.get(f"/placements/{placement}").text
    assert "Late cancellation" in after and "100 % of the hours agreed" in after
    assert "cancelled late" in client.get("/settlement").text


@pytest.mark.parametrize("move", ["recall", "give_back"])
def test_the_home_co_op_and_the_carer_may_take_it_back_at_no_cost(move: str, run_jobs: Callable[[], list[str]]) -> None:
    cover = make_cover()
    placement = confirmed(cover)
    moved(cover, placement, cover.lent[0], move)
    run_jobs()
    assert legs(placement) == []


def test_calling_a_request_off_costs_the_sum_of_its_placements(run_jobs: Callable[[], list[str]]) -> None:
    cover = make_cover()
    set_policy(cover.lent[0].tenant_id, vat_registered=True)
    placement = confirmed(cover)
    later(cover, 30)
    with acting_for(cover.host, cover.manager):
        held = placements.list_for_request(cover.request_id)
        cost = cancellations.cost_of_all(held)
        assert [cancellations.cost_now(leg).percent for leg in held] == [50]
        with pytest.raises(RuleBroken, match="something else"):
            cover_acts.cancel_request(cover.request_id, "She is back", cost_pence=cost + 1)
    with acting_for(cover.host, cover.manager):
        cover_acts.cancel_request(cover.request_id, "She is back", cost_pence=cost)
    run_jobs()
    assert [leg.gross_pence for leg in legs(placement)] == [cost, cost]


def test_a_co_ops_own_carer_costs_it_nothing(run_jobs: Callable[[], list[str]]) -> None:
    cover = make_cover()
    own = cover.bank.carers[cover.host][0]
    from tests.factories.offers import make_offer

    placement = make_offer(cover, own)
    moved(cover, placement, own, "accept", "confirm")
    with acting_for(cover.host):
        assert cancellations.cost_now(placements.get_placement(placement, "host")).gross_pence == 0
    moved(cover, placement, own, "cancel")
    run_jobs()
    assert legs(placement) == []


def test_a_backdated_card_and_a_dispute_reach_a_late_cancellation_too(run_jobs: Callable[[], list[str]]) -> None:
    host, carer = make_coop(), make_carer()
    placement = cancelled(host, carer, 30)
    with acting_for_federation():
        recharges.post_recharge(placement)
    with acting_for_federation():
        rates.publish_card({"from_date": date(2026, 10, 1), "pay_pence": 1500, "resolution": "Motion 4"})
    assert run_jobs() == ["done"]
    # Half of four hours at £15 and 24 % on costs, £18.60, instead of £17.36.
    assert [leg.net_pence for leg in legs(placement)[::2]] == [3472, 248]
    assert "cancelled late, 50 %" in legs(placement)[2].lines[0]["what"]
    with acting_for_federation():
        recharges.post_credit(placement)
    assert sum(leg.gross_pence for leg in legs(placement)) == 0


def test_the_statement_carries_it_and_payroll_pays_it() -> None:
    host, carer = make_coop(), make_carer()
    placement = cancelled(host, carer, 30)
    with acting_for_federation():
        recharges.post_recharge(placement)
        cycle = settlement.open_cycle(date(2026, 10, 1), "hub")
        clock_day = datetime(2026, 11, 2, 9, tzinfo=UTC)
        with clock.stopped_at(clock_day):
            settlement.send_statement(cycle.id)
        cycle_id = cycle.id
    assert {leg.cycle_id for leg in legs(placement)} == {cycle_id}
    with acting_for(carer.tenant_id):
        (row,) = payroll.payroll_rows(date(2026, 10, 1))
        assert row["cancelled_pence"] == row["pay_pence"] == 2 * row["care_pence"] + 2 * carer_rate(carer)
        assert (row["plain"], row["placements"]) == (0, 0)


def carer_rate(carer: Any) -> int:
    from staffbank.models import Carer

    found = db.session.get(Carer, (carer.tenant_id, carer.id))
    assert found is not None
    return found.pay_pence_per_hour


def test_nobody_else_charges_it(run_jobs: Callable[[], list[str]]) -> None:
    host, carer, stranger = make_coop(), make_carer(), make_coop()
    placement = cancelled(host, carer, 5)
    from tenants import jobs

    for coop in (stranger, carer.tenant_id):
        with acting_for(coop):
            jobs.defer("recharge-cancellation", {"placement_id": str(placement)}, label="Not mine")
    assert set(run_jobs()) == {"failed"}
    assert legs(placement) == []


def test_a_part_is_rounded_once_from_the_whole_rate() -> None:
    card = rates.starting_cards()[-1]
    with acting_for_federation():
        from staffbank.pay.recharge import Worked

        planned = Worked("w", NOON, NOON + timedelta(minutes=7), miles=Decimal(9), travel_minutes=30)
        (line,) = cancelled_of(planned, card, 50)
        # 7 minutes at £17.36, halved: 101.27p.
        assert (line.kind, line.pence) == ("care", 101)
        with pytest.raises(ValueError, match="percent"):
            cancelled_of(planned, card, 0)
