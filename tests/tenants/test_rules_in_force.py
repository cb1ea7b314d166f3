"""Rules of the federation: from a day on, by a resolution, never backwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants import clock
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import InvalidInput
from tenants.scope import FEDERATION
from tenants.settings import get_setting, set_setting
from tenants.web import HouseFlask
from tests.factories.tenants import make_coop, make_manager, make_officer
from tests.tenants.forms import send


def test_a_rule_holds_from_its_day_and_the_past_keeps_the_old_one(app: HouseFlask) -> None:
    with clock.stopped_at(datetime(2026, 3, 1, 12, tzinfo=UTC)), acting_for_federation():
        set_setting("share_rule", "proportional", date(2026, 4, 1), "General meeting, item 4")
    with acting_for(make_coop()):
        assert get_setting("share_rule", date(2026, 3, 31)) == "equal_price"
        assert get_setting("share_rule", date(2026, 4, 1)) == "proportional"


@pytest.mark.parametrize(
    ("name", "value", "day", "resolution", "field"),
    [
        ("share_rule", "by shoe size", date(2026, 4, 1), "Item 4", "value"),
        ("share_rule", "equal_price", date(2026, 2, 28), "Item 4", "from_date"),
        ("share_rule", "equal_price", date(2026, 4, 1), "  ", "resolution"),
        ("payment_days", "-1", date(2026, 4, 1), "Item 4", "value"),
        ("vat_number", "12", date(2026, 4, 1), "Item 4", "value"),
        ("colour", "red", date(2026, 4, 1), "Item 4", "name"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_its_field(
    app: HouseFlask, name: str, value: str, day: date, resolution: str, field: str
) -> None:
    with (
        clock.stopped_at(datetime(2026, 3, 1, 12, tzinfo=UTC)),
        acting_for_federation(),
        pytest.raises(InvalidInput) as refused,
    ):
        set_setting(name, value, day, resolution)
    assert list(refused.value.errors) == [field]


def test_a_member_may_read_the_rules_and_postgresql_lets_it_set_none(app: HouseFlask) -> None:
    with acting_for(make_coop()), pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(
            text("INSERT INTO setting (name, value, from_date, resolution) VALUES ('share_rule', '1', now(), 'x')")
        )
    with acting_for_federation(), pytest.raises(DBAPIError, match="permission denied"):
        db.session.execute(text("UPDATE setting SET value = '1'"))


def test_an_officer_sets_a_rule_on_the_page_and_a_manager_only_reads_it(
    client: FlaskClient, app: HouseFlask, sign_in: Callable
) -> None:
    sign_in(client, make_officer(), FEDERATION)
    fields = {
        "value": "45",
        "resolution": "Motion 8",
        "in_force_from-day": "1",
        "in_force_from-month": "2",
        "in_force_from-year": "2090",
    }
    assert (
        send(
            client, "/settings/payment_days", page="/settings?change=payment_days", **{**fields, "value": "many"}
        ).status_code
        == 422
    )
    assert send(client, "/settings/payment_days", page="/settings?change=payment_days", **fields).status_code == 303
    assert "from Wednesday 1 February 2090: 45" in client.get("/settings").text
    manager = app.test_client()
    identity = sign_in(manager, make_manager(make_coop()))
    assert "Change" not in manager.get("/settings").text.split('id="h-rules"')[1]
    assert manager.post("/settings/payment_days", data={**fields, "csrf_token": identity.csrf_token}).status_code == 403
    assert client.get("/settings?change=nonsense").status_code == 404
