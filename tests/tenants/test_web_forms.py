"""Forms keep what was typed and put each error beside its field."""

import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from tenants.errors import InvalidInput
from tenants.web_forms import Form, moment_of

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(
    path for package in ("tenants", "procurement", "reports") for path in (ROOT / package / "templates").rglob("*.html")
)


class RoundSchema(Schema):
    name = fields.String(required=True, error_messages={"required": "Enter a name"})
    closes_on = fields.Date(required=True, error_messages={"required": "Enter a day", "invalid": "Enter a real day"})
    item_ids = fields.List(fields.Integer())


def test_three_boxes_make_one_date_and_ticked_boxes_a_list() -> None:
    posted = MultiDict([("name", "Winter"), ("closes_on-day", "7"), ("closes_on-month", "11"), ("closes_on-year", "2026"),
                        ("item_ids", "3"), ("item_ids", "5"), ("csrf_token", "x")])  # fmt: skip
    form = Form.read(RoundSchema(), posted)
    assert form.ok and form.data["closes_on"].isoformat() == "2026-11-07" and form.data["item_ids"] == [3, 5]


def test_what_was_typed_stays_when_there_are_errors() -> None:
    posted = MultiDict({"name": "", "closes_on-day": "31", "closes_on-month": "2", "closes_on-year": "2026"})
    form = Form.read(RoundSchema(), posted)
    assert not form.ok and form.data == {}
    assert form.error("name") == "Enter a name" and form.error("closes_on") == "Enter a real day"
    assert [form.date_part("closes_on", part) for part in ("day", "month", "year")] == ["31", "2", "2026"]


def test_every_problem_links_to_the_first_control_of_its_field() -> None:
    form = Form().fail(InvalidInput({"tiers.0.price": "Enter a price", "": "Not now"}))
    assert form.problems() == [{"id": form.id("tiers.0.price"), "text": "Enter a price"}, {"id": "", "text": "Not now"}]
    assert form.id("tiers.0.price") == "field-tiers-0-price"


def test_a_stored_date_is_split_into_its_boxes() -> None:
    assert [Form({"on": "2026-11-07"}).date_part("on", part) for part in ("day", "month", "year")] == [
        "7",
        "11",
        "2026",
    ]


def test_no_template_holds_inline_style_or_script_or_an_outside_address() -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        text = path.read_text("utf-8")
        assert not re.search(r"\sstyle=|<style|<script(?! src=)|\son[a-z]+=|https?://", text), path


def test_a_moment_of_a_form_is_londons_and_an_hour_that_never_comes_is_refused_at_its_field() -> None:
    spring = {"closes_on": date(2027, 3, 28), "closes_time": time(1, 30)}
    with pytest.raises(InvalidInput) as refused:
        moment_of(spring, "closes")
    assert list(refused.value.errors) == ["closes_time"]
    assert moment_of(spring | {"closes_time": time(2, 30)}, "closes") == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
