"""What managers are written about a round, what the list of rounds says was saved, and how a long award is shortened."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from procurement.services import rounds, sharing
from procurement.services.rounds import RoundPlan
from procurement.views.award_folds import FOLD_ROWS, fold_award
from tenants import clock
from tenants.db import acting_for, acting_for_federation, at_the_door
from tenants.errors import NotFound
from tenants.services import mail
from tenants.web import HouseFlask
from tests.factories.rounds import make_coop_with_address, make_market, make_ordered_round
from tests.factories.tenants import make_manager, make_membership, make_officer


def draft() -> UUID:
    """A draft of a round."""
    items = make_market(uuid4().hex[:6])
    with acting_for_federation():
        plan = RoundPlan("Winter PPE", clock.now() + timedelta(days=5), clock.today() + timedelta(days=20), items)
        return rounds.draft_round(plan).id


def letters() -> list[tuple[UUID | None, str, str]]:
    """To whom, subject and text of all letters, oldest first."""
    with at_the_door():
        return [(letter.person_id, letter.subject, letter.body) for letter in reversed(mail.list_letters()[0])]


def test_opening_and_giving_up_write_to_the_managers_of_all_co_ops_and_to_nobody_else(app: HouseFlask) -> None:
    afon, beacon = make_coop_with_address("Afon Care"), make_coop_with_address("Beacon {0} Care")
    managers = {make_manager(afon): "Afon Care", make_manager(beacon): "Beacon {0} Care"}
    make_membership(afon, "carer")
    round_id = draft()
    with acting_for_federation():
        rounds.open_round(round_id)
    opened = letters()
    with acting_for_federation():
        rounds.cancel_round(round_id, "Prices rose.")
    assert {person: subject for person, subject, _ in opened} == dict.fromkeys(managers, "Winter PPE is open")
    assert all(f"what {managers[to]} needs" in body and f"/rounds/{round_id}" in body for to, _, body in opened if to)
    given_up = [(to, body) for to, subject, body in letters() if subject == "Winter PPE is given up"]
    assert {to for to, _ in given_up} == set(managers) and all("Prices rose." in body for _, body in given_up)


def test_a_draft_that_is_given_up_is_neither_written_about_nor_seen_by_members(app: HouseFlask) -> None:
    coop = make_coop_with_address("Afon Care")
    make_manager(coop)
    round_id = draft()
    with acting_for_federation():
        rounds.cancel_round(round_id, "A slip.")
    with acting_for(coop), pytest.raises(NotFound):
        rounds.get_round(round_id)
    assert letters() == []


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"cost_pence": 90_000, "bound_pence": 90_000, "proven": True}, "£"),
        ({"cost_pence": 90_000, "bound_pence": 89_000, "proven": False}, "at least £"),
        (None, "–"),
    ],
)
def test_the_list_of_rounds_says_no_more_than_is_known_about_what_was_saved(
    found: dict[str, Any] | None, words: str, client: FlaskClient, sign_in: Callable[..., Any]
) -> None:
    bought = make_ordered_round({"Afon Care": (40, 12, 6), "Beacon Care": (40, 12, 6)})
    with acting_for_federation():
        for place, coop in enumerate(bought.coops.values()):
            if found is not None or not place:
                sharing.save_alone_price(
                    bought.round_id, coop, found or {"cost_pence": 9, "bound_pence": 9, "proven": True}
                )
    sign_in(client, make_officer())
    cell = client.get("/rounds").text.split('data-l="Saved">')[1].split("</td>")[0]
    told = cell.replace('<span class="f-good">', "")
    assert told.startswith(words) and ("at least" in told) == words.startswith("at")


def test_a_long_award_shows_the_largest_co_ops_and_those_that_lose_and_sums_the_others() -> None:
    rows = [
        {"name": str(n), "alone_pence": 200 - n, "joint_pence": 100 - n, "saved_percent": -1.0 if n == 50 else 5.0}
        for n in range(97)
    ]
    told = {row["name"]: row["joint_pence"] for row in rows}
    page = {"alone": {"rows": rows}, "rules": [], "suppliers": [{"lines": [{"packs": 1, "cost_pence": 2}] * 30}]}
    shown = fold_award(page, "?rows=all")["alone"]["rows"]
    assert [row["name"] for row in shown] == [*map(str, range(FOLD_ROWS)), "50", "86 other co-ops"]
    assert sum(row["joint_pence"] for row in shown) == sum(told.values())
    assert page["suppliers"][0]["rest"]["cost_pence"] == 40 and len(page["suppliers"][0]["lines"]) == FOLD_ROWS
