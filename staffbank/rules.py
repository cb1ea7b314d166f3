"""The picture's rules: which part of the day work falls into, how a shift stands, and when it is at risk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tenants.clock import LONDON

PARTS: tuple[tuple[str, str, time], ...] = (
    ("morning", "Morning", time(0)),
    ("lunch", "Lunch", time(11)),
    ("tea", "Tea", time(14)),
    ("evening", "Evening", time(17, 30)),
)
"""Key, word and London time from which each part of a day is counted, by the start of the work."""

RISK_WITHIN = timedelta(hours=48)
"""Cover that starts sooner than this and is not confirmed is at risk."""

STANDINGS = ("gap", "risk", "offered", "covered")
"""How a seat can stand, the worst first."""

ENOUGH_CONTRIBUTORS = 3
"""A total over co-ops rests on this many or more, so that nobody can work out one of them from it."""


@dataclass(frozen=True)
class Tally:
    """Seats by how they stand."""

    gap: int = 0
    risk: int = 0
    offered: int = 0
    covered: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.gap + other.gap, self.risk + other.risk, self.offered + other.offered, self.covered + other.covered
        )

    @property
    def worst(self) -> str:
        """The worst standing that there is; "" where there are no seats at all.

        >>> Tally(risk=1, covered=14).worst, Tally(covered=2).worst, Tally().worst
        ('risk', 'covered', '')
        """
        return next((name for name in STANDINGS if getattr(self, name)), "")


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies.

    >>> total([Tally(gap=1), Tally(gap=1, covered=3)])
    Tally(gap=2, risk=0, offered=0, covered=3)
    """
    return sum(tallies, Tally())


def is_at_risk(starts_at: datetime, now: datetime) -> bool:
    """Whether cover that somebody has been asked for, and that is not confirmed, starts too soon to be calm about.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    >>> is_at_risk(at + timedelta(hours=47), at), is_at_risk(at + timedelta(hours=48), at), is_at_risk(at, at)
    (True, False, True)
    """
    return starts_at - now < RISK_WITHIN


def stand(seats: int, held: int, asked: int, starts_at: datetime, now: datetime) -> Tally:
    """How the seats of one shift stand.

    `held`: seats with a confirmed carer. `asked`: seats for which carers have been asked or offered, or have accepted,
    without a confirmation. Such a seat is at risk when it starts within 48 hours. A seat for which nobody has been
    asked is a gap, and so is one whose start has passed without a confirmation.

    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    >>> stand(3, 1, 1, at + timedelta(hours=30), at)
    Tally(gap=1, risk=1, offered=0, covered=1)
    >>> stand(2, 0, 5, at + timedelta(days=3), at)
    Tally(gap=0, risk=0, offered=2, covered=0)
    >>> stand(1, 0, 1, at - timedelta(hours=1), at), stand(1, 1, 0, at - timedelta(hours=1), at).covered
    (Tally(gap=1, risk=0, offered=0, covered=0), 1)
    """
    covered = min(seats, held)
    waiting = 0 if starts_at <= now else min(seats - covered, asked)
    soon = is_at_risk(starts_at, now)
    return Tally(
        gap=seats - covered - waiting,
        risk=waiting if soon else 0,
        offered=0 if soon else waiting,
        covered=covered,
    )


def part_of_day(moment: datetime) -> tuple[date, str]:
    """London's day and the key of its part in which work that starts at a moment is counted.

    >>> from datetime import UTC
    >>> part_of_day(datetime(2026, 11, 24, 17, 30, tzinfo=UTC)), part_of_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    ((datetime.date(2026, 11, 24), 'evening'), (datetime.date(2026, 7, 2), 'morning'))
    """
    local = moment.astimezone(LONDON)
    return local.date(), next(key for key, _, begins in reversed(PARTS) if local.time() >= begins)


def monday_of(day: date) -> date:
    """The Monday of a day's week.

    >>> monday_of(date(2026, 11, 22)), monday_of(date(2026, 11, 23))
    (datetime.date(2026, 11, 16), datetime.date(2026, 11, 23))
    """
    return day - timedelta(days=day.weekday())
