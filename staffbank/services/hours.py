"""Hours of placements: the carer sends them, the host agrees or disputes, the home co-op accepts; both sides keep a thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, select

from staffbank.models import Placement, Timesheet, TimesheetWord
from staffbank.services.crossing import call
from staffbank.times import london_midnight
from staffbank.worked_hours import Hours, check_agreed, check_hours, likely_hours, read_hours, write_hours
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import current_tenant_id

AGREES_AFTER = timedelta(days=7)
"""How long a host may take: then hours between a check-in and a check-out count as agreed."""
SHOWN_STATES = ("confirmed", "started", "worked", "no_show")
"""Placements whose hours are of interest once they have begun."""
LIST_AT_MOST = 500


@dataclass(frozen=True)
class Sheet:
    """One side's leg of a placement with its leg of the hours; there are none for a no-show or before a check-in."""

    placement: Placement
    hours: Timesheet | None

    @property
    def state(self) -> str:
        """Where the hours stand: not_begun, open, sent, agreed, accepted, disputed, or no_show."""
        if self.hours is None:
            return "no_show" if self.placement.state == "no_show" else "not_begun"
        return self.hours.state

    @property
    def claimed(self) -> Hours | None:
        """What the carer says."""
        return read_hours(self.hours.claimed) if self.hours and self.hours.claimed else None

    @property
    def agreed(self) -> Hours | None:
        """What the host agrees to."""
        return read_hours(self.hours.agreed) if self.hours and self.hours.agreed else None

    @property
    def partly(self) -> bool:
        """Whether the host agrees to less than was claimed."""
        return self.agreed is not None and self.agreed != self.claimed

    @property
    def curtailed_minutes(self) -> int:
        """How much sooner than planned the work ended, by the hours that stand; 0 when it did not."""
        stands = self.agreed or self.claimed
        return max(0, (self.placement.ends_at - stands.end) // timedelta(minutes=1)) if stands else 0


def get_sheet(placement_id: UUID, side: str) -> Sheet:
    """The acting co-op's leg, as `host` or as `home`. Raises: NotFound."""
    row = db.session.execute(_sheets().where(Placement.id == placement_id, Placement.side == side)).first()
    if row is None:
        raise NotFound("timesheet")
    return Sheet(*row)


def list_sheets(
    side: str,
    *,
    states: Sequence[str] = (),
    first: date | None = None,
    last: date | None = None,
    person_id: UUID | None = None,
    limit: int | None = LIST_AT_MOST,
) -> list[Sheet]:
    """The acting co-op's hours as host or as home, newest first: of work that has begun, in days of London, of one person.

    `states` are words of `Sheet.state`; without a `limit` all come back.
    """
    chosen = _sheets().where(
        Placement.side == side,
        Placement.state.in_(SHOWN_STATES),
        Placement.starts_at <= clock.now() + timedelta(hours=1),
    )
    if first:
        chosen = chosen.where(Placement.starts_at >= london_midnight(first))
    if last:
        chosen = chosen.where(Placement.starts_at < london_midnight(last + timedelta(days=1)))
    if person_id:
        chosen = chosen.where(Placement.person_id == person_id)
    if states:
        wanted = Timesheet.state.in_(states)
        chosen = chosen.where(wanted | (Placement.state == "no_show") if "no_show" in states else wanted)
    rows = db.session.execute(chosen.order_by(Placement.starts_at.desc(), Placement.id).limit(limit))
    return [Sheet(*row) for row in rows]


def get_own_sheet(placement_id: UUID, person_id: UUID) -> Sheet:
    """A carer's own placement with its hours. Raises: NotFound, also for another carer's."""
    sheet = get_sheet(placement_id, "home")
    if sheet.placement.person_id != person_id:
        raise NotFound("timesheet")
    return sheet


def prefilled(sheet: Sheet) -> Hours:
    """What the carer's form starts from: what was claimed before, else check-in and check-out, else the plan."""
    if sheet.claimed:
        return sheet.claimed
    placement, seen = sheet.placement, sheet.hours
    return likely_hours(
        (placement.starts_at, placement.ends_at),
        (seen.checked_in_at, seen.checked_out_at) if seen else (None, None),
        travel_minutes=0,
        miles=(2 * placement.miles).quantize(Decimal("0.1")),
    )


def send(placement_id: UUID, person_id: UUID, claimed: Hours) -> None:
    """The carer sends the hours to the host; hours in dispute may be sent again. Raises: NotFound, InvalidInput, RuleBroken."""
    sheet = get_own_sheet(placement_id, person_id)
    _check(claimed, sheet.placement)
    _move(placement_id, "send", claimed)
    _record("send-hours", placement_id, {"minutes": claimed.minutes})
    _news(placement_id, "sent")
    if sheet.hours and sheet.hours.checked_in_at and sheet.hours.checked_out_at:
        jobs.defer(
            "agree-by-default",
            {"placement_id": str(placement_id)},
            label="Hours count as agreed unless the host says otherwise",
            link=f"/hours/{placement_id}",
            shown=False,
            once_key=f"agree-by-default:{placement_id}",
            run_at=clock.now() + AGREES_AFTER,
        )


def agree(placement_id: UUID, agreed: Hours | None = None) -> None:
    """The host agrees to the hours as claimed, or to less of them. Raises: NotFound, InvalidInput, RuleBroken."""
    sheet = get_sheet(placement_id, "host")
    claimed = sheet.claimed
    if claimed is None:
        raise RuleBroken("hours-not-sent", "The carer has not sent the hours yet.")
    if agreed is not None:
        _check(agreed, sheet.placement)
        check_agreed(agreed, claimed)
    _move(placement_id, "agree", agreed or claimed)
    _record(
        "agree-hours", placement_id, {"minutes": (agreed or claimed).minutes, "partly": agreed not in (None, claimed)}
    )
    _news(placement_id, "agreed")


def dispute(placement_id: UUID, side: str, words: str) -> None:
    """The host disputes what was sent, or the home co-op what was agreed; the words go into the thread.

    Raises: NotFound, InvalidInput without words, RuleBroken.
    """
    get_sheet(placement_id, side)
    if not words.strip():
        raise InvalidInput({"words": "Say what is not right, so that it can be mended"})
    _move(placement_id, "dispute", None)
    call("timesheet_say", of_placement=placement_id, its_words=words.strip(), at=clock.now())
    _record("dispute-hours", placement_id)
    _news(placement_id, "disputed")


def accept(placement_id: UUID) -> None:
    """The home co-op accepts what the host agreed to; the recharge is worked out from it. Raises: NotFound, RuleBroken."""
    sheet = get_sheet(placement_id, "home")
    _move(placement_id, "accept", None)
    _record("accept-hours", placement_id, {"minutes": sheet.agreed.minutes if sheet.agreed else 0})
    jobs.defer(
        "recharge-placement",
        {"placement_id": str(placement_id)},
        label=f"Work out the recharge of request {sheet.placement.request_number}",
        link=f"/hours/{placement_id}",
        once_key=f"recharge:{placement_id}",
    )


def say(placement_id: UUID, side: str, words: str) -> None:
    """Say something in the thread, which both sides read. Raises: NotFound, InvalidInput without words."""
    get_sheet(placement_id, side)
    if not words.strip():
        raise InvalidInput({"words": "Write something first"})
    call("timesheet_say", of_placement=placement_id, its_words=words.strip(), at=clock.now())
    _record("say-about-hours", placement_id)


def list_words(placement_id: UUID, side: str) -> Sequence[TimesheetWord]:
    """The thread of a placement's hours on the acting co-op's side, oldest first."""
    return db.session.scalars(
        select(TimesheetWord)
        .where(
            TimesheetWord.tenant_id == current_tenant_id(),
            TimesheetWord.placement_id == placement_id,
            TimesheetWord.side == side,
        )
        .order_by(TimesheetWord.said_at, TimesheetWord.id)
    ).all()


def agreed_by_default(sheet: Sheet, at: datetime) -> bool:
    """Whether hours count as agreed by now: sent so long ago, with a check-in and a check-out, and no answer."""
    seen = sheet.hours
    if seen is None or seen.state != "sent" or seen.sent_at is None:
        return False
    return bool(seen.checked_in_at and seen.checked_out_at) and at >= seen.sent_at + AGREES_AFTER


def _sheets():
    return (
        select(Placement, Timesheet)
        .outerjoin(
            Timesheet,
            and_(
                Timesheet.tenant_id == Placement.tenant_id,
                Timesheet.placement_id == Placement.id,
                Timesheet.side == Placement.side,
            ),
        )
        .where(Placement.tenant_id == current_tenant_id())
    )


def _check(hours: Hours, placement: Placement) -> None:
    check_hours(hours, (placement.starts_at, placement.ends_at), sleep_in=placement.sleep_in)


def _move(placement_id: UUID, move: str, hours: Hours | None) -> None:
    call(
        "timesheet_move",
        of_placement=placement_id,
        move=move,
        facts=write_hours(hours) if hours else {},
        at=clock.now(),
    )
    db.session.expire_all()


def _record(act: str, placement_id: UUID, facts: dict[str, object] | None = None) -> None:
    audit.record(act, "placement", placement_id, facts)


def _news(placement_id: UUID, news: str) -> None:
    # Letters to the other co-op go through the office: a member cannot write to another co-op's people.
    jobs.defer(
        "hours-news", {"placement_id": str(placement_id), "news": news}, label="Tell the other co-op", shown=False
    )
