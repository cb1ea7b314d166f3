"""Hours as people state them on a timesheet, and as the rates read them: pure, over plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

from staffbank.pay.recharge import VEHICLES, Worked
from staffbank.times import LONGEST_SHIFT, london_moment
from tenants.clock import LONDON
from tenants.errors import InvalidInput

MOST_MILES = Decimal(500)
FAR_OFF = timedelta(hours=12)
"""Hours on a timesheet lie within so much of the hours that were agreed."""


@dataclass(frozen=True)
class Hours:
    """What was worked at one placement. Times are aware and of whole minutes.

    `awake_minutes`: of a sleep-in, the time awake for the purpose of working. `travel_minutes`: between assignments,
    never from or to home.
    """

    start: datetime
    end: datetime
    break_minutes: int = 0
    awake_minutes: int = 0
    travel_minutes: int = 0
    miles: Decimal = Decimal(0)
    vehicle: str = "car"

    @property
    def minutes(self) -> int:
        """Minutes from start to end without the break, as they pass."""
        return (self.end - self.start) // timedelta(minutes=1) - self.break_minutes


def read_hours(stored: Mapping[str, Any]) -> Hours:
    """Hours from what a timesheet keeps.

    >>> kept = {"start": "2026-11-20T09:00:00+00:00", "end": "2026-11-20T11:00:00+00:00", "miles": "3.5"}
    >>> read_hours(kept).minutes, read_hours(write_hours(read_hours(kept))) == read_hours(kept)
    (120, True)
    """
    known = {field.name for field in fields(Hours)} & set(stored)
    values = {name: stored[name] for name in known}
    values["start"], values["end"] = (datetime.fromisoformat(values[name]) for name in ("start", "end"))
    if "miles" in values:
        values["miles"] = Decimal(str(values["miles"]))
    return Hours(**values)


def write_hours(hours: Hours) -> dict[str, Any]:
    """Hours as a timesheet keeps them."""
    return {
        "start": hours.start.astimezone(UTC).isoformat(),
        "end": hours.end.astimezone(UTC).isoformat(),
        "break_minutes": hours.break_minutes,
        "awake_minutes": hours.awake_minutes,
        "travel_minutes": hours.travel_minutes,
        "miles": str(hours.miles),
        "vehicle": hours.vehicle,
    }


def whole_minute(moment: datetime) -> datetime:
    """The minute in which a moment lies."""
    return moment.replace(second=0, microsecond=0)


def likely_hours(
    planned: tuple[datetime, datetime],
    seen: tuple[datetime | None, datetime | None],
    *,
    travel_minutes: int,
    miles: Decimal,
) -> Hours:
    """What a timesheet starts from: the check-in and check-out where there are any, otherwise what was planned.

    Somebody who checks in early begins at the planned time.

    >>> nine, eleven = datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 20, 11, tzinfo=UTC)
    >>> likely_hours((nine, eleven), (nine.replace(minute=7, second=40), None), travel_minutes=0, miles=Decimal(0)).minutes
    113
    """
    start = max(planned[0], whole_minute(seen[0])) if seen[0] else planned[0]
    end = whole_minute(seen[1]) if seen[1] else planned[1]
    if end <= start:
        start, end = planned
    return Hours(whole_minute(start), whole_minute(end), travel_minutes=travel_minutes, miles=miles)


def check_hours(hours: Hours, planned: tuple[datetime, datetime], *, sleep_in: bool) -> None:
    """Raises: InvalidInput, at each field, for hours that cannot be or lie far from what was planned."""
    errors = _time_errors(hours, planned)
    if hours.awake_minutes and not sleep_in:
        errors["awake_minutes"] = "Time awake is told of a sleep-in only"
    elif not errors and not 0 <= hours.awake_minutes <= hours.minutes:
        errors["awake_minutes"] = "Time awake lies inside the sleep-in"
    if not 0 <= hours.travel_minutes <= 24 * 60:
        errors["travel_minutes"] = "Enter minutes of travel, nought or more"
    if not 0 <= hours.miles <= MOST_MILES or hours.miles != round(hours.miles, 1):
        errors["miles"] = f"Enter miles from 0 to {MOST_MILES}, to a tenth"
    if hours.vehicle not in VEHICLES:
        errors["vehicle"] = f"Choose one of: {', '.join(VEHICLES)}"
    if errors:
        raise InvalidInput(errors)


def _time_errors(hours: Hours, planned: tuple[datetime, datetime]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name, moment in (("start", hours.start), ("end", hours.end)):
        if moment.tzinfo is None or moment.second or moment.microsecond:
            errors[name] = "Enter a time in whole minutes"
        elif not planned[0] - FAR_OFF <= moment <= planned[1] + FAR_OFF:
            errors[name] = "This is far from the hours of the placement: look at the day"
    if errors:
        return errors
    if hours.end <= hours.start:
        return {"end": "The end must be after the start"}
    if hours.end - hours.start > LONGEST_SHIFT:
        return {"end": "Work is at most 24 hours long"}
    if not 0 <= hours.break_minutes < (hours.end - hours.start) // timedelta(minutes=1):
        return {"break_minutes": "The break must be shorter than the work"}
    return {}


def check_agreed(agreed: Hours, claimed: Hours) -> None:
    """Raises: InvalidInput where more is agreed than was claimed: the carer sends hours that were forgotten anew."""
    names = {"minutes": "end", "awake_minutes": "awake_minutes", "travel_minutes": "travel_minutes", "miles": "miles"}
    errors = {
        field: "This is more than was claimed: ask the carer to send the hours again"
        for name, field in names.items()
        if getattr(agreed, name) > getattr(claimed, name)
    }
    if errors:
        raise InvalidInput(errors)


def worked_of(placement_id: UUID, hours: Hours, *, sleep_in: bool, miles_before: Decimal = Decimal(0)) -> Worked:
    """Hours as the rates read them. An unpaid break is taken off the end; time awake is counted from the sleep-in's start.

    ASSUMPTION: timesheets tell how long a break or time awake was, not when; both rules are the same for everybody.
    """
    end = hours.end - timedelta(minutes=hours.break_minutes)
    span = (hours.start, end)
    awake = [(hours.start, hours.start + timedelta(minutes=hours.awake_minutes))] if hours.awake_minutes else []
    return Worked(
        str(placement_id),
        hours.start,
        end,
        sleep_in=span if sleep_in else None,
        awake=awake if sleep_in else (),
        travel_minutes=hours.travel_minutes,
        miles=hours.miles,
        vehicle=hours.vehicle,
        miles_before=miles_before,
    )


def nearest_moment(at: time, planned: datetime) -> datetime:
    """The moment nearest to what was planned at which London's clocks show a time: near midnight, and as clocks change.

    >>> nearest_moment(time(0, 10), datetime(2026, 11, 20, 23, 50, tzinfo=UTC)).isoformat()
    '2026-11-21T00:10:00+00:00'

    Raises: InvalidInput at "time" for a time that never comes on that day.
    """
    day, found = planned.astimezone(LONDON).date(), []
    for distance, fold in product((-1, 0, 1), (0, 1)):
        try:
            found.append(london_moment(day + timedelta(days=distance), at, fold))
        except InvalidInput:
            continue
    best = min(found, key=lambda moment: (abs(moment - planned), moment))
    if abs(best - planned) > FAR_OFF:
        # Raises with words where the clocks go forward over it.
        return london_moment(day, at, 0)
    return best


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after.

    >>> next_month(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
