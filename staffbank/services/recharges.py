"""What a host owes the home co-op for a placement: two legs, and two balanced entries with one act, one in each book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, select

from staffbank.models import Placement, StaffRecharge, Timesheet
from staffbank.pay.rates import tax_year_start
from staffbank.pay.recharge import Worked
from staffbank.recharge_sums import Sums, adjustment_of, charge_of, credit_of
from staffbank.services.bank_policy import get_policy
from staffbank.services.cancellations import percent_owed, planned_of, vat_facts_of
from staffbank.services.rates import card_on
from staffbank.times import london_midnight
from staffbank.worked_hours import month_of, read_hours, worked_of
from tenants import audit, clock
from tenants.clock import LONDON
from tenants.db import db
from tenants.errors import NotFound, RuleBroken
from tenants.ledger.rules import Line
from tenants.ledger.services import Posting, post_entries
from tenants.models import Tenant
from tenants.scope import current_tenant_id


@dataclass(frozen=True)
class Owed:
    """What a placement is charged for, as the rates read it: the accepted hours, or those cancelled late.

    `home` is the home co-op's leg; `late_percent` the part still owed of hours that the host has cancelled, else 0.
    """

    home: Placement
    worked: Worked
    late_percent: int = 0

    @property
    def host_id(self) -> UUID:
        """Who owes."""
        return self.home.counterparty_id

    @property
    def home_id(self) -> UUID:
        """To whom."""
        return self.home.tenant_id


def post_recharge(placement_id: UUID) -> str:
    """Charge the host once, for accepted hours or for cancelling late: `posted`, or `posted-before`, or `own-carer`. Office scope.

    Raises: NotFound, RuleBroken and InvalidInput where rates or VAT are not recorded.
    """
    owed = _owed(placement_id)
    if owed.host_id == owed.home_id:
        return "own-carer"
    if _of_placement(placement_id):
        return "posted-before"
    card = card_on(owed.worked.day)
    sums = charge_of(owed.worked, card, vat_facts_of(owed.home, card), late_percent=owed.late_percent)
    _post(owed, sums, "recharge", card.starts, number=0)
    return "posted"


def post_adjustment(placement_id: UUID) -> str:
    """Charge or give back what the rate card in force now makes of a placement: `posted` or `nothing`. Office scope.

    Run again it finds nothing left to do. Raises: NotFound, RuleBroken.
    """
    owed = _owed(placement_id)
    before = _of_placement(placement_id)
    if not before or _given_back(before):
        return "nothing"
    card = card_on(owed.worked.day)
    sums = adjustment_of(
        owed.worked,
        card,
        [line for row in before for line in row.lines],
        vat_charged=sum(row.vat_pence for row in before),
        host_recovers=get_policy(owed.host_id).reclaims_vat,
        late_percent=owed.late_percent,
    )
    if not sums.says_something:
        return "nothing"
    _post(owed, sums, "adjustment", card.starts, number=len(before))
    return "posted"


def post_credit(placement_id: UUID) -> UUID:
    """Give back everything that was charged for a placement, its hours in the account of hours too. Office scope.

    The answer is the id of the credit.

    Raises: NotFound, RuleBroken when nothing is left to give back.
    """
    owed = _owed(placement_id)
    before = _of_placement(placement_id)
    if not before or _given_back(before):
        raise RuleBroken("nothing-to-give-back", "Nothing is charged for this placement any more.")
    given = credit_of(
        [line for row in before for line in row.lines],
        vat_charged=sum(row.vat_pence for row in before),
        host_recovers=get_policy(owed.host_id).reclaims_vat,
    )
    first = before[0]
    hours = {
        name: -sum(getattr(row, name) for row in before) for name in ("minutes", "unsocial_minutes", "weighted_minutes")
    }
    whole = Sums(given.lines, given.net_pence, given.vat_pence, given.lost_pence, **hours)
    return _post(owed, whole, "adjustment", first.rate_card_from, number=len(before))


def placements_charged_from(day: date) -> list[UUID]:
    """Placements that were worked on a day or later and charged: what a rate card from that day may adjust. Office scope."""
    return list(
        db.session.scalars(
            select(StaffRecharge.placement_id)
            .where(StaffRecharge.kind == "recharge", StaffRecharge.side == "home", StaffRecharge.worked_on >= day)
            .order_by(StaffRecharge.worked_on, StaffRecharge.placement_id)
        )
    )


def list_recharges(
    *, placement_id: UUID | None = None, cycle_id: UUID | None = None, month: date | None = None
) -> list[StaffRecharge]:
    """The acting co-op's legs, by day worked: of a placement, of a settlement, or of the month of the work."""
    chosen = select(StaffRecharge).where(StaffRecharge.tenant_id == current_tenant_id())
    for column, wanted in (
        (StaffRecharge.placement_id, placement_id),
        (StaffRecharge.cycle_id, cycle_id),
        (StaffRecharge.month, month),
    ):
        if wanted is not None:
            chosen = chosen.where(column == wanted)
    return list(db.session.scalars(chosen.order_by(StaffRecharge.worked_on, StaffRecharge.posted_at, StaffRecharge.id)))


def taxable_year_pence() -> int:
    """What the acting co-op charged as taxable supplies of staff in the last twelve months, net of VAT."""
    total = db.session.scalar(
        select(func.sum(StaffRecharge.net_pence)).where(
            StaffRecharge.tenant_id == current_tenant_id(),
            StaffRecharge.side == "home",
            StaffRecharge.vat_treatment == "standard",
            StaffRecharge.worked_on > clock.today() - timedelta(days=365),
        )
    )
    return int(total or 0)


def get_recharge(recharge_id: UUID) -> StaffRecharge:
    """The acting co-op's own leg of a recharge. Raises: NotFound."""
    found = db.session.scalar(
        select(StaffRecharge).where(StaffRecharge.tenant_id == current_tenant_id(), StaffRecharge.id == recharge_id)
    )
    if found is None:
        raise NotFound("recharge")
    return found


def miles_before(home_id: UUID, carer_id: UUID, day: date) -> Decimal:
    """The miles of a carer's accepted hours in the tax year of a day, before that day: one employer, one count."""
    rows = db.session.execute(
        select(Timesheet.agreed)
        .join(Placement, (Placement.tenant_id == Timesheet.tenant_id) & (Placement.id == Timesheet.placement_id))
        .where(
            Timesheet.tenant_id == home_id,
            Timesheet.side == "home",
            Placement.side == "home",
            Placement.carer_id == carer_id,
            Timesheet.state == "accepted",
            Placement.starts_at >= london_midnight(tax_year_start(day)),
            Placement.starts_at < london_midnight(day),
        )
    )
    return sum((read_hours(agreed).miles for (agreed,) in rows), Decimal(0))


def _owed(placement_id: UUID) -> Owed:
    """What is owed for a placement, its leg locked: two runs of one job follow each other. Raises: NotFound, RuleBroken."""
    home = db.session.scalar(select(Placement).where(Placement.id == placement_id, Placement.side == "home"))
    if home is None:
        raise NotFound("placement")
    late_percent = percent_owed(home)
    if late_percent:
        db.session.refresh(home, with_for_update=True)
        return Owed(home, planned_of(home), late_percent)
    sheet = db.session.scalar(
        select(Timesheet).where(Timesheet.placement_id == placement_id, Timesheet.side == "home").with_for_update()
    )
    if sheet is None:
        raise NotFound("placement")
    if sheet.state != "accepted":
        raise RuleBroken("hours-not-accepted", "The home co-op has not accepted these hours yet.")
    hours = read_hours(sheet.agreed)
    day = hours.start.astimezone(LONDON).date()
    before = miles_before(home.tenant_id, home.carer_id, day)
    return Owed(home, worked_of(placement_id, hours, sleep_in=home.sleep_in, miles_before=before))


def _of_placement(placement_id: UUID) -> Sequence[StaffRecharge]:
    """The home co-op's legs of what was charged so far, the recharge first."""
    return db.session.scalars(
        select(StaffRecharge)
        .where(StaffRecharge.placement_id == placement_id, StaffRecharge.side == "home")
        .order_by(StaffRecharge.kind.desc(), StaffRecharge.posted_at, StaffRecharge.id)
    ).all()


def _given_back(rows: Sequence[StaffRecharge]) -> bool:
    """Whether a credit has taken back all that was charged, hours and money."""
    return len(rows) > 1 and not sum(row.gross_pence for row in rows) and not sum(row.minutes for row in rows)


def _post(owed: Owed, sums: Sums, kind: str, card_from: date, *, number: int) -> UUID:
    act_id, day = uuid4(), owed.worked.day
    # The id follows from the placement, so that the key of the table refuses a second recharge whatever else fails.
    recharge_id = uuid5(owed.home.id, f"{kind}:{number}")
    values: dict[str, Any] = {
        "id": recharge_id,
        "placement_id": owed.home.id,
        "kind": kind,
        "month": month_of(day),
        "worked_on": day,
        "minutes": sums.minutes,
        "unsocial_minutes": sums.unsocial_minutes,
        "weighted_minutes": sums.weighted_minutes,
        "lines": list(sums.lines),
        "net_pence": sums.net_pence,
        "vat_pence": sums.vat_pence,
        "gross_pence": sums.gross_pence,
        "vat_treatment": owed.home.vat_treatment,
        "rate_card_from": card_from,
        "act_id": act_id,
        "posted_at": clock.now(),
    }
    for side, tenant_id, other in (
        ("host", owed.host_id, owed.home_id),
        ("home", owed.home_id, owed.host_id),
    ):
        db.session.add(StaffRecharge(tenant_id=tenant_id, side=side, counterparty_id=other, **values))
    db.session.flush()
    post_entries(_both_books(owed, sums, kind, act_id))
    facts = {"placement": str(owed.home.id), "gross_pence": sums.gross_pence, "kind": kind}
    audit.record_each(
        "recharge-staff", "staff-recharge", recharge_id, dict.fromkeys((owed.host_id, owed.home_id), facts)
    )
    return recharge_id


def _both_books(owed: Owed, sums: Sums, kind: str, act_id: UUID) -> list[Posting]:
    if not sums.gross_pence:
        return []
    home, host = owed.home_id, owed.host_id
    names = {tenant.id: tenant.name for tenant in db.session.scalars(select(Tenant).where(Tenant.id.in_((home, host))))}
    what = "cover cancelled late" if owed.late_percent else "cover"
    words = (
        f"{what.capitalize() if kind == 'recharge' else f'Adjustment of {what}'}, request {owed.home.request_number}"
    )
    borrowed = [
        Line("staff-borrowed", sums.net_pence),
        Line("irrecoverable-vat", sums.lost_pence),
        Line("vat-paid", sums.vat_pence - sums.lost_pence),
        Line("due-to", -sums.gross_pence, home),
    ]
    lent = [
        Line("due-from", sums.gross_pence, host),
        Line("staff-lent", -sums.net_pence),
        Line("vat-charged", -sums.vat_pence),
    ]
    return [
        Posting(
            tenant_id,
            f"staff-{kind}",
            f"{words}: {names[other]}"[:200],
            [line for line in lines if line.pence],
            source_id=owed.home.id,
            act_id=act_id,
            on_date=clock.today(),
        )
        for tenant_id, other, lines in ((host, home, borrowed), (home, host, lent))
    ]
