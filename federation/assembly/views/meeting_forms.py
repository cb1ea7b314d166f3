"""From the fields of a form to a meeting's terms, and back."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from federation.assembly.models import Meeting
from federation.assembly.services import decision_rules
from federation.assembly.services.meetings import Terms
from federation.assembly.views.meeting_words import WAYS
from tenants import clock
from tenants.errors import InvalidInput, RuleBroken

FIELD_OF = {"starts_at": "starts_on", "ends_at": "ends_time"}
"""Path of an error to the field of the form."""


def terms_of(data: dict[str, Any]) -> Terms:
    """A checked form as terms. Raises: InvalidInput for an hour that there is not."""
    errors, moments = {}, []
    last = data["ends_on"] or data["starts_on"]
    for field, day, at in (
        ("starts_time", data["starts_on"], data["starts_time"]),
        ("ends_time", last, data["ends_time"]),
    ):
        try:
            moments.append(clock.london_moment(day, at))
        except ValueError as fault:
            errors[field] = str(fault)
    if errors:
        raise InvalidInput(errors)
    return Terms(data["title"], data["way"], moments[0], moments[1], data["place"], data["link"])


def values_of(meeting: Meeting) -> dict[str, Any]:
    """A meeting as the values of its form."""
    starts, ends = (moment.astimezone(clock.LONDON) for moment in (meeting.starts_at, meeting.ends_at))
    return {
        **{name: getattr(meeting, name) for name in ("title", "way", "place", "link", "version")},
        "starts_on": starts.date(),
        "starts_time": f"{starts:%H:%M}",
        "ends_on": ends.date() if ends.date() != starts.date() else None,
        "ends_time": f"{ends:%H:%M}",
    }


def new_values() -> dict[str, Any]:
    """The form of a new meeting: the first day in time, in the evening, when delegates are free."""
    day = first_day() or clock.today() + timedelta(days=21)
    return {"way": "hybrid", "starts_on": day, "starts_time": "18:30", "ends_time": "20:30"}


def first_day() -> date | None:
    """The first day on which an ordinary meeting can be if notice goes out today; none without a rule."""
    try:
        return clock.today() + timedelta(days=decision_rules.rule_for("ordinary")[1].notice_days + 1)
    except RuleBroken:
        return None


def form_page(meeting: Meeting | None) -> dict[str, Any]:
    """What the form of a meeting shows beside its fields."""
    day = first_day()
    return {
        "meeting": meeting,
        "called": meeting is not None and meeting.state == "called",
        "ways": [(way, _(words), _(hint)) for way, (words, hint) in WAYS.items()],
        "founded": day is not None,
        "first_day": clock.day_words(day) if day else "",
    }
