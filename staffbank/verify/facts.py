"""What the check knows: people, their records, their work anywhere, and the placements among it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tenants.clock import LONDON

Place = tuple[float, float]
"""Degrees north and degrees east."""


@dataclass(frozen=True)
class Piece:
    """One piece of work of one person: a placement, or a block of the rota, a sleep-in or another job at home."""

    id: UUID
    kind: str
    starts_at: datetime
    ends_at: datetime
    place: Place | None = None
    """Where a placement is; nothing for work at home, which tells no place."""

    @property
    def is_placement(self) -> bool:
        """Whether the bank put the person there."""
        return self.kind == "placement"


@dataclass(frozen=True)
class Check:
    """One line of a passport. `until` is the last day on which it holds, nothing when it does not expire."""

    kind: str
    level: str
    until: date | None
    checked_on: date
    ended_at: datetime | None = None

    def holds(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it was there, and held from the start to the end of a shift.

        >>> day = Check("dbs", "", date(2026, 3, 31), date(2026, 1, 5))
        >>> start = datetime(2026, 3, 31, 20, tzinfo=LONDON)
        >>> day.holds(start, start + timedelta(hours=4)), day.holds(start, start + timedelta(hours=5))
        (True, False)
        """
        if self.checked_on > starts_at.astimezone(LONDON).date():
            return False
        if self.ended_at is not None and self.ended_at < ends_at:
            return False
        return self.until is None or ends_at <= end_of_day(self.until)


@dataclass(frozen=True)
class Record:
    """What the home co-op has written down of a carer, as far as a rule asks for it."""

    carer_id: UUID
    coop_id: UUID
    reference: str
    mode: str
    born_on: date | None = None
    on_payroll: bool = True
    sponsored: bool = False
    left_on: date | None = None
    opt_out_from: date | None = None
    opt_out_until: date | None = None
    checks: tuple[Check, ...] = ()

    def opted_out(self, day: date) -> bool:
        """Whether the 48 hours do not bind on a day."""
        begun = self.opt_out_from is not None and self.opt_out_from <= day
        return begun and (self.opt_out_until is None or day <= self.opt_out_until)


@dataclass(frozen=True)
class Held:
    """A placement in which time is booked, as its home leg tells it, and what the host leg says of the same."""

    id: UUID
    carer_id: UUID
    person_id: UUID
    home_id: UUID
    host_id: UUID
    shift_id: UUID
    seat: int
    state: str
    starts_at: datetime
    ends_at: datetime
    needs: tuple[str, ...]
    client_key: UUID | None
    place: Place | None
    host_leg: tuple[UUID, str, datetime, datetime] | None
    """Tenant, state, start and end of the other leg; nothing when there is none."""


@dataclass(frozen=True)
class Bar:
    """That a carer is not to care for somebody, since a moment."""

    carer_id: UUID
    client_key: UUID
    made_at: datetime


@dataclass
class Bank:
    """Everything the check reads. `work` is by person: an account, or for a carer without one the carer's own id."""

    held: list[Held] = field(default_factory=list)
    records: dict[UUID, Record] = field(default_factory=dict)
    work: dict[UUID, list[Piece]] = field(default_factory=dict)
    bars: list[Bar] = field(default_factory=list)
    names: dict[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Breach:
    """A hard rule that is broken: its name in the rule book, the placements concerned, and words with the number."""

    rule: str
    person: UUID
    placements: tuple[UUID, ...]
    words: str


def end_of_day(day: date) -> datetime:
    """The moment at which a day ends in London.

    >>> end_of_day(date(2026, 3, 28)).isoformat()
    '2026-03-29T00:00:00+00:00'
    """
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=LONDON)
