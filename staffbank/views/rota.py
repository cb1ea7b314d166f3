"""What the pages of rota and availability show: a week of days, what is typed as moments, and files row by row."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import url_for

from staffbank.models import RotaImport, WorkBlock
from staffbank.schemas.carers import BLOCK_WORDS
from staffbank.services import bank, rota
from staffbank.times import london_midnight, london_moment, london_span
from tenants import clock
from tenants.clock import LONDON
from tenants.errors import InvalidInput

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FOLDS = {"first": 0, "second": 1, "": None}
KIND_TAGS = {"rota": "teal", "sleep_in": "info", "leave": "", "other_job": "warn"}
SHOWN_ROWS = 200
FILE_STATES = {
    "previewed": ("Preview", "info"),
    "applied": ("Taken in", "ok"),
    "undone": ("Undone", "warn"),
}


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def typed_span(data: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """What BlockSchema read, as moments in UTC: within a day or over midnight, or to a last day that is named.

    Raises: InvalidInput at "start" or "end"; at "hour" when a time comes twice and nobody said which.
    """
    fold = FOLDS[data["hour"]]
    try:
        if data["last_day"] is None:
            return london_span(data["day"], data["start"], data["end"], (fold, fold))
        begins = london_moment(data["day"], data["start"], fold)
        ends = london_moment(data["last_day"], data["end"], fold)
    except InvalidInput as fault:
        words = next(iter(fault.errors.values()))
        if "comes twice" in words:
            raise InvalidInput({"hour": words}) from None
        raise InvalidInput({"start" if "time" in fault.errors else next(iter(fault.errors)): words}) from None
    if ends <= begins:
        raise InvalidInput({"end": "The end must be after the start"})
    return begins, ends


def whole_days(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of one day to the end of another, in London. Raises: InvalidInput at "last_day"."""
    if last < first:
        raise InvalidInput({"last_day": "The last day must not lie before the first"})
    return london_midnight(first), london_midnight(last + timedelta(days=1))


def week_days(blocks: Sequence[WorkBlock], monday: date, remove_endpoint: str, **values: Any) -> list[dict[str, Any]]:
    """Seven days with what lies on each, in London time; a piece over midnight stands on the day it begins."""
    days = []
    for offset in range(7):
        day = monday + timedelta(days=offset)
        held = [block for block in blocks if max(block.starts_at.astimezone(LONDON).date(), monday) == day]
        days.append(
            {
                "name": f"{day:%a}",
                "number": day.day,
                "today": day == clock.today(),
                "blocks": [
                    {
                        "words": rota.span_words(block.starts_at, block.ends_at).partition(", ")[2],
                        "kind": BLOCK_WORDS[block.kind],
                        "tag": KIND_TAGS[block.kind],
                        "note": block.words,
                        "source": "" if block.source == rota.TYPED else "from a file or calendar",
                        "remove_url": url_for(remove_endpoint, block_id=block.id, **values),
                    }
                    for block in held
                ],
            }
        )
    return days


def week_bounds(monday: date) -> tuple[datetime, datetime]:
    """The first and last moment of a week in London."""
    return london_midnight(monday), london_midnight(monday + timedelta(days=7))


def minutes_of(span: tuple[time, time]) -> tuple[int, int]:
    """A time of a weekly pattern in minutes; an end at or before the start lies in the next morning.

    >>> minutes_of((time(18), time(22, 30))), minutes_of((time(22), time(7))), minutes_of((time(0), time(0)))
    ((1080, 1350), (1320, 1860), (0, 1440))
    """
    low, high = (one.hour * 60 + one.minute for one in span)
    return low, high if high > low else high + 1440


def window_words(low: int, high: int) -> tuple[str, str]:
    """Minutes of a weekly pattern as clock times."""
    return f"{low // 60:02d}:{low % 60:02d}", f"{high // 60 % 24:02d}:{high % 60:02d}"


def week_hours(carer_id: Any, monday: date) -> float:
    """Hours of work of every kind in a week."""
    start, end = week_bounds(monday)
    spans = bank.busy_spans(carer_id, start, end)
    return sum((min(high, end) - max(low, start)).total_seconds() for low, high in spans) / 3600


def preview_facts(batch: RotaImport) -> dict[str, Any]:
    """What a file says, cell by cell."""
    errors = {(error["row"], error["column"]): error["text"] for error in batch.errors}
    bad = {error["row"] for error in batch.errors}
    columns = ("carer", "day", "start", "end", "kind", "note")
    ordered = sorted(batch.rows, key=lambda row: (row["row"] not in bad, row["row"]))
    words, kind = FILE_STATES[batch.state]
    return {
        "batch": batch,
        "columns": [column.capitalize() for column in columns],
        "rows": [
            {
                "number": row["row"],
                "cells": [
                    {"text": row["cells"].get(name, ""), "error": errors.get((row["row"], name))} for name in columns
                ],
                "state": ("Mend", "bad") if row["row"] in bad else ("Good", "ok"),
                "error": errors.get((row["row"], "hour")) or errors.get((row["row"], "")),
            }
            for row in ordered[:SHOWN_ROWS]
        ],
        "more": max(0, len(ordered) - SHOWN_ROWS),
        "good": len(batch.rows) - len(bad),
        "bad": len(bad),
        "state_words": words,
        "state_kind": kind,
    }
