"""The settlement: every position met to the penny, both books meet, what is in dispute is never paid, and the account of hours."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from staffbank.models import BankPolicy, StaffRecharge
from staffbank.services import disputes, hours_account, recharges, settlement
from staffbank.settling import HUB, book_lines, next_balance, settle
from tenants import clock, jobs
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import Conflict, InvalidInput, RuleBroken
from tenants.ledger.services import balances, unmatched_dues
from tenants.scope import FEDERATION
from tenants.web import HouseFlask
from tests.factories.placements import FRIDAY, hours_of, make_accepted_at_once
from tests.factories.staffbank import MadeCarer, make_carer
from tests.factories.tenants import make_coop, make_manager

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
STATEMENT_DAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
AFTER_WINDOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
NEXT_STATEMENT = datetime(2026, 12, 1, 9, tzinfo=UTC)


def charge(host: UUID, carer: MadeCarer, minutes: int = 60, starts_at: datetime = FRIDAY) -> UUID:
    """A recharge of so many minutes at £17.36 an hour from 6pm; answers the id of the recharge."""
    placement = make_accepted_at_once(host, carer, hours_of(starts_at, minutes))
    with acting_for_federation():
        recharges.post_recharge(placement)
    with acting_for(host):
        return recharges.list_recharges(placement_id=placement)[0].id


def sign(*coops: UUID) -> None:
    """The co-ops have signed the settlement agreement."""
    for coop in coops:
        with acting_for(coop):
            db.session.add(BankPolicy(tenant_id=coop, settlement_signed_on=date(2026, 1, 1)))


def opened(month: date = OCTOBER, mode: str = "hub") -> UUID:
    """A month, opened and told to the co-ops."""
    with acting_for_federation():
        cycle_id = settlement.open_cycle(month, mode).id
        settlement.send_statement(cycle_id)
    return cycle_id


def netted(cycle_id: UUID) -> None:
    """The payments worked out."""
    with acting_for_federation():
        settlement.net_cycle(cycle_id)


def paid_and_closed(cycle_id: UUID) -> None:
    """Every payment made, the month closed."""
    with acting_for_federation():
        for line_id in {line.id for line in settlement.list_lines(cycle_id) if line.kind == "payment"}:
            settlement.mark_paid(line_id)
        settlement.close_cycle(cycle_id)


def lines_of(cycle_id: UUID, kind: str) -> dict[UUID, list[int]]:
    """Pence of the lines of a kind, per tenant."""
    found: dict[UUID, list[int]] = defaultdict(list)
    with acting_for_federation():
        for line in settlement.list_lines(cycle_id):
            if line.kind == kind:
                found[line.tenant_id].append(line.pence)
    return found


def dues(tenant: UUID) -> tuple[int, int]:
    """What a co-op owes and is owed by its own book."""
    with acting_for(tenant):
        held = balances()
    return held.get("due-to", 0), held.get("due-from", 0)


def test_a_month_goes_from_open_to_closed_and_the_books_meet(app: HouseFlask) -> None:
    ash, elm = make_carer(), make_carer()
    with clock.stopped_at(STATEMENT_DAY):
        charge(elm.tenant_id, ash, 120)
        charge(ash.tenant_id, elm, 60)
        cycle_id = opened()
    with clock.stopped_at(AFTER_WINDOW):
        netted(cycle_id)
        assert dues(elm.tenant_id) == (-1736, 0)
        assert dues(ash.tenant_id) == (0, 1736)
        positions = lines_of(cycle_id, "position")
        assert (positions[elm.tenant_id], positions[ash.tenant_id]) == ([-1736], [1736])
        assert sorted(lines_of(cycle_id, "payment")[FEDERATION]) == [-1736, 1736]
        paid_and_closed(cycle_id)
    with acting_for_federation():
        assert unmatched_dues() == []
        assert settlement.get_cycle(cycle_id).state == "closed"
        assert {row.state for row in db.session.scalars(select(StaffRecharge))} == {"paid"}
        assert balances() == {"bank": 0, "due-from": 0, "due-to": 0}
    with acting_for(elm.tenant_id):
        assert balances()["bank"] == -1736


def test_netting_is_the_offices_job_and_runs_once(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    carer, host = make_carer(), make_coop()
    with clock.stopped_at(STATEMENT_DAY):
        charge(host, carer)
        cycle_id = opened()
    with clock.stopped_at(AFTER_WINDOW), acting_for_federation():
        settlement.start_netting(cycle_id)
    assert "failed" not in run_jobs()
    with acting_for_federation():
        jobs.defer("net-settlement", {"cycle_id": str(cycle_id)}, label="Again")
    assert run_jobs() == ["failed"]
    assert len(lines_of(cycle_id, "payment")[FEDERATION]) == 2


def test_payments_between_co_ops_only_where_both_have_signed(app: HouseFlask) -> None:
    ash, elm, fir = make_carer(), make_carer(), make_carer()
    sign(ash.tenant_id, elm.tenant_id)
    with clock.stopped_at(STATEMENT_DAY):
        charge(elm.tenant_id, ash)
        charge(fir.tenant_id, ash, starts_at=FRIDAY + timedelta(days=1))
        cycle_id = opened(mode="links")
    with clock.stopped_at(AFTER_WINDOW):
        netted(cycle_id)
    with acting_for(elm.tenant_id):
        (payment,) = [line for line in settlement.list_lines(cycle_id) if line.kind == "payment"]
        assert payment.counterparty_id == ash.tenant_id
    with acting_for(fir.tenant_id):
        (payment,) = [line for line in settlement.list_lines(cycle_id) if line.kind == "payment"]
        assert payment.counterparty_id == FEDERATION


def test_a_line_in_dispute_falls_out_and_goes_to_the_next_month(
    app: HouseFlask, run_jobs: Callable[[], list[str]]
) -> None:
    carer, host = make_carer(), make_coop()
    with clock.stopped_at(STATEMENT_DAY):
        kept, disputed = charge(host, carer), charge(host, carer, starts_at=FRIDAY + timedelta(days=1))
        october = opened()
        with acting_for(host):
            disputes.ask_dispute(disputed, "Nobody came on Saturday")
        assert run_jobs_now(app, run_jobs)
    with clock.stopped_at(AFTER_WINDOW):
        netted(october)
        assert lines_of(october, "position")[host] == [-1736]
        paid_and_closed(october)
        with acting_for(host):
            assert recharges.get_recharge(kept).state == "paid"
            assert (recharges.get_recharge(disputed).state, recharges.get_recharge(disputed).cycle_id) == (
                "disputed",
                None,
            )
            disputes.ask_answer(disputed, "withdraw")
        run_jobs()
    with clock.stopped_at(NEXT_STATEMENT):
        november = opened(NOVEMBER)
    with acting_for(host):
        assert recharges.get_recharge(disputed).cycle_id == november


def test_what_is_given_back_in_the_window_is_not_paid(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> None:
    carer, host = make_carer(), make_coop()
    with clock.stopped_at(STATEMENT_DAY):
        recharge_id = charge(host, carer)
        cycle_id = opened()
        with acting_for(host):
            disputes.ask_dispute(recharge_id, "Nobody came")
        run_jobs()
        with acting_for(carer.tenant_id):
            disputes.ask_answer(recharge_id, "give_back")
        assert run_jobs_now(app, run_jobs)
    with clock.stopped_at(AFTER_WINDOW):
        netted(cycle_id)
        assert lines_of(cycle_id, "payment") == {}
        paid_and_closed(cycle_id)
    with acting_for(host):
        assert set(balances().values()) == {0}
        assert [row.borrowed_minutes for row in hours_account.list_balances()] == [0]


def run_jobs_now(app: HouseFlask, run_jobs: Callable[[], list[str]]) -> bool:
    """Whether all work that is due ended well, at the hour at which the clock stands."""
    return set(run_jobs()) <= {"done"}


def test_disputes_have_their_window_and_netting_waits_for_its_end(app: HouseFlask) -> None:
    carer, host = make_carer(), make_coop()
    with clock.stopped_at(STATEMENT_DAY):
        recharge_id = charge(host, carer)
        cycle_id = opened()
        with acting_for_federation(), pytest.raises(RuleBroken, match="Monday 9 November 2026"):
            settlement.start_netting(cycle_id)
    with clock.stopped_at(AFTER_WINDOW), acting_for(host), pytest.raises(RuleBroken, match="run out"):
        disputes.ask_dispute(recharge_id, "Too late")


def test_a_month_that_is_not_over_gets_no_statement(app: HouseFlask) -> None:
    with clock.stopped_at(datetime(2026, 10, 31, 12, tzinfo=UTC)), acting_for_federation():
        cycle_id = settlement.open_cycle(OCTOBER).id
        with pytest.raises(RuleBroken, match="October 2026 is over"):
            settlement.send_statement(cycle_id)
        with pytest.raises(Conflict):
            settlement.open_cycle(OCTOBER)
        with pytest.raises(InvalidInput):
            settlement.open_cycle(NOVEMBER)
        with pytest.raises(InvalidInput):
            settlement.open_cycle(date(2026, 9, 1), "barter")


def test_a_month_closes_only_when_all_is_paid_and_nothing_is_paid_twice(app: HouseFlask) -> None:
    carer, host = make_carer(), make_coop()
    with clock.stopped_at(STATEMENT_DAY):
        charge(host, carer)
        cycle_id = opened()
    with clock.stopped_at(AFTER_WINDOW):
        netted(cycle_id)
        with acting_for_federation():
            with pytest.raises(RuleBroken, match="still open"):
                settlement.close_cycle(cycle_id)
            line = next(line for line in settlement.list_lines(cycle_id) if line.kind == "payment")
            settlement.mark_paid(line.id)
            with pytest.raises(RuleBroken, match="already"):
                settlement.mark_paid(line.id)


def test_a_co_op_sees_its_own_lines_alone(app: HouseFlask) -> None:
    carer, host, other = make_carer(), make_coop(), make_coop()
    with clock.stopped_at(STATEMENT_DAY):
        charge(host, carer)
        cycle_id = opened()
    with clock.stopped_at(AFTER_WINDOW):
        netted(cycle_id)
    with acting_for(other):
        assert settlement.list_lines(cycle_id) == []
        assert recharges.list_recharges() == []
    with acting_for(host):
        assert {line.tenant_id for line in settlement.list_lines(cycle_id)} == {host}


def test_the_co_ops_get_a_letter_with_their_own_sums(app: HouseFlask) -> None:
    from tenants.db import at_the_door
    from tenants.services.mail import list_letters

    carer, host = make_carer(), make_coop()
    make_manager(host)
    with clock.stopped_at(STATEMENT_DAY):
        charge(host, carer)
        opened()
    with at_the_door():
        (letter,) = list_letters()[0]
        assert "you owe £17.36 and are owed £0.00" in letter.body
        assert "Monday 9 November 2026" in letter.body


def test_the_account_of_hours_weighs_and_fades(app: HouseFlask) -> None:
    carer, host = make_carer(), make_coop()
    with clock.stopped_at(STATEMENT_DAY):
        charge(host, carer, 240)
        october = opened()
    with clock.stopped_at(AFTER_WINDOW):
        netted(october)
        paid_and_closed(october)
    with clock.stopped_at(NEXT_STATEMENT):
        november = opened(NOVEMBER)
    with clock.stopped_at(NEXT_STATEMENT + timedelta(days=9)):
        netted(november)
        paid_and_closed(november)
    with acting_for(carer.tenant_id):
        newest, oldest = hours_account.list_balances()
        assert (oldest.lent_minutes, oldest.weighted_lent_minutes, oldest.balance_minutes) == (240, 270, 270)
        assert (newest.month, newest.lent_minutes, newest.balance_minutes) == (NOVEMBER, 0, 243)
    with acting_for(host):
        assert [row.balance_minutes for row in hours_account.list_balances()] == [-243, -270]


def test_months_close_in_their_order(app: HouseFlask) -> None:
    with clock.stopped_at(NEXT_STATEMENT):
        opened(OCTOBER)
        november = opened(NOVEMBER)
    with clock.stopped_at(NEXT_STATEMENT + timedelta(days=9)):
        netted(november)
        with acting_for_federation(), pytest.raises(RuleBroken, match="earlier months"):
            settlement.close_cycle(november)


_COOPS: tuple[str, ...] = ("ash", "elm", "fir", "oak", "yew")
_CHARGES = st.lists(
    st.tuples(st.sampled_from(_COOPS), st.sampled_from(_COOPS), st.integers(-50_000, 100_000)).filter(
        lambda c: c[0] != c[1]
    ),
    max_size=25,
)


@given(charges=_CHARGES, mode=st.sampled_from(settlement.MODES), signed=st.sets(st.sampled_from(_COOPS)))
def test_every_position_is_met_and_every_book_balances(
    charges: list[tuple[str, str, int]], mode: str, signed: set[str]
) -> None:
    settled = settle(charges, mode=mode, signed=signed)
    owed: dict[str, int] = dict.fromkeys(_COOPS, 0)
    for host, home, pence in charges:
        owed[host] -= pence
        owed[home] += pence
    assert {coop: pence for coop, pence in settled.positions.items() if pence} == {c: p for c, p in owed.items() if p}
    assert sum(settled.positions.values()) == 0
    for coop in (*_COOPS, HUB):
        got = sum(part.pence for part in settled.payments if part.payee == coop)
        gave = sum(part.pence for part in settled.payments if part.payer == coop)
        assert got - gave == owed.get(coop, 0)
    for part in settled.payments:
        assert part.pence > 0 and (HUB in part[:2] or {part.payer, part.payee} <= signed)
    books = book_lines(settled)
    assert all(sum(lines.values()) == 0 for lines in books.values())
    for owner, lines in books.items():
        for (account, other), pence in lines.items():
            mirror = {"due-to": "due-from", "due-from": "due-to"}[account]
            assert books[other][mirror, owner] == -pence


@given(st.integers(-(10**6), 10**6), st.integers(1, 24))
def test_an_old_favour_fades_and_never_changes_its_sign(before: int, months: int) -> None:
    after = next_balance(before, months, 0, 0)
    assert abs(after) <= abs(before) and after * before >= 0
