"""A month's settlement between the co-ops: open, statement, netted, closed; each step in every book at once. Office scope."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update

from staffbank.models import BankPolicy, SettlementCycle, SettlementLine, StaffRecharge
from staffbank.services.hours_account import post_balances
from staffbank.settling import HUB, Settled, book_lines, dispute_ends, settle
from staffbank.times import london_midnight
from staffbank.worked_hours import month_of, next_month
from tenants import audit, clock, jobs
from tenants.clock import LONDON
from tenants.db import db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.ledger.rules import Line
from tenants.ledger.services import Posting, post_entries
from tenants.money import format_pence
from tenants.scope import FEDERATION
from tenants.services import mail

MODES = ("hub", "least", "links")
TOLD = ("manager", "treasurer")


def list_cycles() -> Sequence[SettlementCycle]:
    """Every month that was opened for settlement, newest first. Any scope."""
    return db.session.scalars(select(SettlementCycle).order_by(SettlementCycle.month.desc())).all()


def get_cycle(cycle_id: UUID, *, lock: bool = False) -> SettlementCycle:
    """One month's settlement. Any scope, but only the office may lock it. Raises: NotFound."""
    chosen = select(SettlementCycle).where(SettlementCycle.id == cycle_id)
    cycle = db.session.scalar(chosen.with_for_update() if lock else chosen)
    if cycle is None:
        raise NotFound("settlement")
    return cycle


def list_lines(cycle_id: UUID, *, tenant_id: UUID | None = None) -> Sequence[SettlementLine]:
    """Legs of a settlement, positions before payments: those that may be seen, or those of one co-op."""
    chosen = select(SettlementLine).where(SettlementLine.cycle_id == cycle_id)
    if tenant_id:
        chosen = chosen.where(SettlementLine.tenant_id == tenant_id)
    return db.session.scalars(
        chosen.order_by(SettlementLine.kind.desc(), SettlementLine.tenant_id, SettlementLine.id)
    ).all()


def list_charges(cycle_id: UUID) -> Sequence[StaffRecharge]:
    """The hosts' legs of every line of a month. Office scope."""
    return db.session.scalars(
        select(StaffRecharge)
        .where(StaffRecharge.cycle_id == cycle_id, StaffRecharge.side == "host")
        .order_by(StaffRecharge.tenant_id, StaffRecharge.worked_on, StaffRecharge.id)
    ).all()


def open_cycle(month: date, mode: str = "hub") -> SettlementCycle:
    """Open a month for settlement. Raises: InvalidInput, Conflict when it is open already."""
    if mode not in MODES:
        raise InvalidInput({"mode": f"Choose one of: {', '.join(MODES)}"})
    month = month_of(month)
    if month > clock.today():
        raise InvalidInput({"month": "This month has not begun"})
    if db.session.scalar(select(SettlementCycle.id).where(SettlementCycle.month == month)):
        raise Conflict("month-is-open", "The settlement of this month has been opened before.")
    cycle = SettlementCycle(month=month, mode=mode)
    db.session.add(cycle)
    db.session.flush()
    audit.record("open-settlement", "settlement", cycle.id, {"month": month.isoformat(), "mode": mode})
    return cycle


def send_statement(cycle_id: UUID) -> SettlementCycle:
    """Draw the statement of a month that is over, with what fell out of earlier ones, and write to the co-ops.

    Raises: NotFound, RuleBroken.
    """
    cycle = _in_state(cycle_id, "open")
    if clock.today() < next_month(cycle.month):
        raise RuleBroken("month-not-over", f"The statement can be drawn when {cycle.month:%B %Y} is over.")
    db.session.execute(
        update(StaffRecharge)
        .where(StaffRecharge.state == "posted", StaffRecharge.cycle_id.is_(None), StaffRecharge.month <= cycle.month)
        .values(cycle_id=cycle.id)
    )
    last = dispute_ends(clock.today())
    cycle.state, cycle.dispute_until = "statement", london_midnight(last + timedelta(days=1))
    db.session.flush()
    owed = _owed(cycle.id)
    body = (
        f"The statement of {cycle.month:%B %Y} is ready under Settlement: you owe {{owes}} and are owed {{owed}}.\n"
        f"Look at each line. What is not right you can dispute until the end of {clock.day_words(last)}.\n"
    )
    _tell(owed, f"Staff bank: statement of {cycle.month:%B %Y}", body)
    _record(
        cycle, "send-statement", {coop: {"owes_pence": owes, "owed_pence": due} for coop, (owes, due) in owed.items()}
    )
    return cycle


def start_netting(cycle_id: UUID) -> UUID:
    """Ask for the payments of a statement to be worked out; the answer is the id of the work. Raises: NotFound, RuleBroken."""
    cycle = _in_state(cycle_id, "statement")
    _check_window(cycle)
    return jobs.defer(
        "net-settlement",
        {"cycle_id": str(cycle_id)},
        label=f"Net the settlement of {cycle.month:%B %Y}",
        link=f"/settlement/{cycle_id}",
        once_key=f"net-settlement:{cycle_id}",
    )


def net_cycle(cycle_id: UUID) -> Settled:
    """Work out who pays whom and write it into every book; lines in dispute fall out and wait for the next statement.

    Raises: NotFound, RuleBroken before the dispute window has ended, or when it is netted already.
    """
    cycle = _in_state(cycle_id, "statement")
    _check_window(cycle)
    of_cycle = StaffRecharge.cycle_id == cycle.id
    db.session.execute(update(StaffRecharge).where(of_cycle, StaffRecharge.state == "disputed").values(cycle_id=None))
    rows = db.session.scalars(
        select(StaffRecharge)
        .where(of_cycle, StaffRecharge.side == "host", StaffRecharge.state == "posted")
        .with_for_update()
    ).all()
    charges = [(str(row.tenant_id), str(row.counterparty_id), row.gross_pence) for row in rows]
    settled = settle(charges, mode=cycle.mode, signed=_signed())
    db.session.execute(update(StaffRecharge).where(of_cycle, StaffRecharge.state == "posted").values(state="netted"))
    act_id = uuid4()
    _keep_lines(cycle, settled, act_id)
    post_entries(
        [
            Posting(
                _tenant(owner),
                "staff-netting",
                f"Settlement of {cycle.month:%B %Y}",
                [Line(account, pence, _tenant(other)) for (account, other), pence in lines.items()],
                source_id=cycle.id,
                act_id=act_id,
            )
            for owner, lines in book_lines(settled).items()
        ]
    )
    cycle.state, cycle.netted_at, cycle.input_sha256 = "netted", clock.now(), settled.input_sha256
    cycle.algorithm = f"net {cycle.mode}, {'exact' if settled.exact else 'greedy'}"
    db.session.flush()
    payments = {
        _tenant(coop): (
            sum(part.pence for part in settled.payments if part.payer == coop),
            sum(part.pence for part in settled.payments if part.payee == coop),
        )
        for coop in settled.positions
    }
    body = f"The settlement of {cycle.month:%B %Y} is netted: you pay {{owes}} and receive {{owed}}. Whom, you see under Settlement.\n"
    _tell(payments, f"Staff bank: payments of {cycle.month:%B %Y}", body)
    _record(
        cycle,
        "net-settlement",
        {coop: {"pays_pence": pays, "gets_pence": gets} for coop, (pays, gets) in payments.items()},
    )
    return settled


def mark_paid(line_id: UUID) -> SettlementLine:
    """Note that a payment has reached its payee, in both books. Raises: NotFound, RuleBroken when it is noted already."""
    legs = db.session.scalars(
        select(SettlementLine)
        .where(SettlementLine.id == line_id, SettlementLine.kind == "payment")
        .order_by(SettlementLine.pence)
        .with_for_update()
    ).all()
    if len(legs) != 2:
        raise NotFound("payment")
    payer, payee = legs
    if payer.paid_at:
        raise RuleBroken("paid-before", "This payment is marked as paid already.")
    cycle, act_id, pence = get_cycle(payer.cycle_id), uuid4(), payee.pence
    words = f"Payment for {cycle.month:%B %Y}"
    post_entries(
        [
            Posting(
                payer.tenant_id,
                "staff-payment",
                words,
                [Line("due-to", pence, payee.tenant_id), Line("bank", -pence)],
                source_id=cycle.id,
                act_id=act_id,
            ),
            Posting(
                payee.tenant_id,
                "staff-payment",
                words,
                [Line("bank", pence), Line("due-from", -pence, payer.tenant_id)],
                source_id=cycle.id,
                act_id=act_id,
            ),
        ]
    )
    for leg in legs:
        leg.paid_at, leg.act_id = clock.now(), act_id
    db.session.flush()
    _record(cycle, "mark-paid", {leg.tenant_id: {"line": str(line_id), "pence": leg.pence} for leg in legs})
    return payer


def close_cycle(cycle_id: UUID) -> SettlementCycle:
    """Close a month of which every payment is made, and post each co-op's account of hours. Raises: NotFound, RuleBroken."""
    cycle = _in_state(cycle_id, "netted")
    if any(line.paid_at is None for line in list_lines(cycle.id) if line.kind == "payment"):
        raise RuleBroken("payments-open", "Payments of this month are still open: mark each as paid first.")
    earlier = select(SettlementCycle.id).where(SettlementCycle.month < cycle.month, SettlementCycle.state != "closed")
    if db.session.scalar(earlier.limit(1)):
        raise RuleBroken(
            "earlier-month-open", "Close the earlier months first: the account of hours goes on from them."
        )
    db.session.execute(
        update(StaffRecharge)
        .where(StaffRecharge.cycle_id == cycle.id, StaffRecharge.state == "netted")
        .values(state="paid")
    )
    post_balances(cycle)
    cycle.state, cycle.closed_at = "closed", clock.now()
    db.session.flush()
    _record(cycle, "close-settlement", {coop: {} for coop in _owed(cycle.id)})
    return cycle


def _in_state(cycle_id: UUID, state: str) -> SettlementCycle:
    cycle = get_cycle(cycle_id, lock=True)
    if cycle.state != state:
        raise RuleBroken(
            "settlement-not-there", f"This month's settlement is “{cycle.state}”, so this cannot be done now."
        )
    return cycle


def _check_window(cycle: SettlementCycle) -> None:
    if cycle.dispute_until is None or clock.now() < cycle.dispute_until:
        last = cycle.dispute_until.astimezone(LONDON).date() - timedelta(days=1) if cycle.dispute_until else None
        until = f" until the end of {clock.day_words(last)}" if last else ""
        raise RuleBroken("dispute-window-open", f"The co-ops may still dispute lines{until}.")


def _signed() -> set[str]:
    """Co-ops that have signed the settlement agreement by today."""
    return {
        str(coop)
        for coop in db.session.scalars(
            select(BankPolicy.tenant_id).where(BankPolicy.settlement_signed_on <= clock.today())
        )
    }


def _owed(cycle_id: UUID) -> dict[UUID, tuple[int, int]]:
    """Per co-op what it owes and is owed in a settlement, in pence, by the lines as they stand."""
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for row in list_charges(cycle_id):
        sums[row.tenant_id][0] += row.gross_pence
        sums[row.counterparty_id][1] += row.gross_pence
    return {coop: (owes, owed) for coop, (owes, owed) in sums.items()}


def _keep_lines(cycle: SettlementCycle, settled: Settled, act_id: UUID) -> None:
    def put(owner: str, line_id: UUID, kind: str, pence: int, other: str | None = None) -> None:
        counterparty = _tenant(other) if other else None
        db.session.add(
            SettlementLine(
                tenant_id=_tenant(owner),
                id=line_id,
                cycle_id=cycle.id,
                kind=kind,
                counterparty_id=counterparty,
                pence=pence,
                act_id=act_id,
            )
        )

    for coop, pence in settled.positions.items():
        put(coop, uuid4(), "position", pence)
    for payer, payee, pence in settled.payments:
        line_id = uuid4()
        put(payer, line_id, "payment", -pence, payee)
        put(payee, line_id, "payment", pence, payer)
    db.session.flush()


def _tenant(coop: str) -> UUID:
    return FEDERATION if coop == HUB else UUID(coop)


def _tell(sums: dict[UUID, tuple[int, int]], subject: str, body: str) -> None:
    letters = [
        (coop, subject, body.format(owes=format_pence(owes), owed=format_pence(owed)))
        for coop, (owes, owed) in sorted(sums.items())
    ]
    if letters:
        mail.write_to_each(TOLD, letters)


def _record(cycle: SettlementCycle, act: str, facts: dict[UUID, dict[str, object]]) -> None:
    audit.record(act, "settlement", cycle.id, {"month": cycle.month.isoformat()})
    coops = {coop: told for coop, told in facts.items() if coop != FEDERATION}
    if coops:
        audit.record_each(act, "settlement", cycle.id, coops)
