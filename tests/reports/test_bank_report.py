"""The figures of the staff bank: the pure part on a frame, what each side is shown, and the three behind every total."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from reports import bank
from reports.bank import BANK, BankChoice
from reports.declare import make_frame
from tenants import clock
from tenants.db import acting_for, acting_for_federation
from tenants.scope import FEDERATION
from tenants.settings import set_setting
from tests.factories.board import make_cover, make_legs
from tests.factories.tenants import make_coop, make_manager, make_membership, make_officer

NAMES = ("kind", "tenant_id", "coop", "starts_at", "ends_at", "seats", "filled", "asked_at", "filled_at")
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 19, 10, tzinfo=UTC)
RATES = ((date.min, 3000),)


def row(kind: str, coop: str, hours: float = 2, at: datetime = THURSDAY, **more: Any) -> tuple[Any, ...]:
    """A row of the statement; `asked` and `filled_after` are minutes before the start and after the asking."""
    asked_at = at - timedelta(days=2)
    filled_after = more.get("filled_after")
    filled_at = None if filled_after is None else asked_at + timedelta(minutes=filled_after)
    tenant_id = UUID(int=sum(coop.encode()))
    seats, filled = more.get("seats", 1), more.get("filled", 0)
    return (kind, tenant_id, coop, at, at + timedelta(hours=hours), seats, filled, asked_at, filled_at)


def answered(*rows: tuple[Any, ...], choice: BankChoice | None = None, over_coops: bool = False) -> bank.BankAnswer:
    frame = make_frame(NAMES, list(rows), BANK.whole)
    return bank.answer(frame, choice or BankChoice(), RATES, NOW, over_coops=over_coops)


def test_the_figures_of_three_visits() -> None:
    total = answered(
        row("asked", "a", filled=1, filled_after=30),
        row("asked", "a", seats=2, filled=1, filled_after=None),
        row("asked", "a", filled=1, filled_after=90),
        row("host", "a"),
        row("borrowed", "a"),
        row("host", "a", 1),
        row("home", "a", 3, THURSDAY.replace(hour=18)),
    ).total
    assert total is not None
    assert (total["asked_seats"], total["filled_seats"], total["fill_percent"]) == (4, 3, Decimal("75.0"))
    assert total["median_fill_minutes"] == 30, "of two the lower, a time that was really seen"
    assert (total["filled_minutes"], total["avoided_pence"]) == (180, 9000)
    assert (total["lent_minutes"], total["borrowed_minutes"], total["balance_minutes"]) == (180, 120, 60)
    assert total["unsocial_percent"] == Decimal("33.3"), "the hour after 8pm of three"


def test_what_has_not_begun_is_no_figure_yet() -> None:
    answer = answered(row("asked", "a"), row("asked", "a", at=NOW + timedelta(minutes=1)))
    assert answer.total is not None and answer.total["asked_seats"] == 1


def test_a_total_over_co_ops_rests_on_three() -> None:
    two = [row("asked", "a"), row("asked", "b")]
    assert answered(*two, over_coops=True).total is None and answered(*two, over_coops=True).by_month == []
    three = answered(*two, row("home", "c"), over_coops=True)
    assert three.total is not None and three.total["asked_seats"] == 2 and len(three.by_month) == 1
    one = answered(*two, choice=BankChoice(coop_id=str(UUID(int=97))), over_coops=True)
    assert one.total is not None and one.contributors == 1, "a co-op that is chosen is no total over co-ops"


def test_the_hours_of_midnight_belong_to_londons_day_and_the_agency_rate_to_its_day() -> None:
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    frame = make_frame(
        NAMES, [row("host", "a", 1, summer), row("host", "a", 1, summer - timedelta(hours=1))], BANK.whole
    )
    rates = ((date.min, 3000), (date(2026, 7, 1), 6000))
    months = bank.answer(frame, BankChoice(), rates, NOW).by_month
    assert [(one["month"], one["avoided_pence"]) for one in months] == [
        (date(2026, 6, 1), 3000),
        (date(2026, 7, 1), 6000),
    ]


LEGS = st.lists(
    st.tuples(st.sampled_from(["host", "home", "borrowed", "asked"]), st.sampled_from("abcd"), st.integers(1, 1440)),
    min_size=1,
    max_size=20,
)


@given(LEGS)
def test_every_way_of_summing_agrees(legs: list[tuple[str, str, int]]) -> None:
    rows = [
        row(kind, coop, minutes / 60, THURSDAY - timedelta(days=9 * n)) for n, (kind, coop, minutes) in enumerate(legs)
    ]
    answer = answered(*rows)
    assert answer.total is not None
    for name in (
        "asked_seats",
        "filled_minutes",
        "avoided_pence",
        "lent_minutes",
        "balance_minutes",
        "unsocial_minutes",
    ):
        for groups in (answer.rows, answer.by_coop, answer.by_month):
            assert sum(group[name] for group in groups) == answer.total[name]
    assert all(0 <= group["unsocial_minutes"] <= group["lent_minutes"] for group in answer.rows)


def make_three_coops() -> dict[str, UUID]:
    """Beacon lends two hours by day to Afon; Cwm covers itself; Afon asks for one more visit in vain."""
    coops = {name: make_coop(f"{name} Care") for name in ("Afon", "Beacon", "Cwm")}
    with clock.stopped_at(THURSDAY - timedelta(days=3)):
        approved = clock.now()
        found = make_cover(
            coops["Afon"], THURSDAY, hours=2, approved_at=approved, filled_at=approved + timedelta(minutes=35)
        )
        make_legs(found, coops["Beacon"], "worked")
        make_legs(found, coops["Cwm"], "declined")
        make_cover(coops["Afon"], THURSDAY, number=2)
        make_cover(coops["Afon"], THURSDAY, number=3, state="draft")
        later = approved + timedelta(hours=2)
        own = make_cover(coops["Cwm"], THURSDAY, hours=1, approved_at=approved, filled_at=later)
        make_legs(own, coops["Cwm"], "confirmed")
    return coops


def test_the_office_sees_all_legs_and_a_co_op_its_own(app) -> None:
    coops = make_three_coops()
    with clock.stopped_at(NOW), acting_for_federation():
        told = {one["coop"]: one for one in bank.run(BankChoice(), over_coops=True).by_coop}
    assert told["Afon Care"]["fill_percent"] == Decimal("50.0") and told["Afon Care"]["balance_minutes"] == -120
    assert told["Beacon Care"]["lent_minutes"] == 120 and told["Beacon Care"]["asked_seats"] == 0
    assert told["Cwm Care"]["lent_minutes"] == 0 and told["Cwm Care"]["filled_minutes"] == 60, "nobody lends to itself"
    with clock.stopped_at(NOW), acting_for(coops["Beacon"]):
        mine = bank.run(BankChoice(), over_coops=False)
    assert [one["coop"] for one in mine.by_coop] == ["Beacon Care"] == [coop for _, coop in mine.coops]
    assert mine.total is not None and mine.total["lent_minutes"] == 120 and mine.total["asked_seats"] == 0


def test_the_page_and_its_files(client: FlaskClient, sign_in) -> None:
    coops = make_three_coops()
    sign_in(client, make_officer(), FEDERATION)
    with clock.stopped_at(NOW):
        page = client.get("/reports/staff-bank").text
        assert "66.7% of the cover asked for was found in 2026" in page and "35 min" in page
        assert "£96.42" in page and "Homecare Association" in page, "three hours at £32.14"
        assert "Cwm Care" in page and client.get("/reports/staff-bank.xlsx").data.startswith(b"PK")
        told = client.get("/reports/staff-bank.csv").text
        assert told.count("\r\n") == 4 and "Afon Care,2026-11-01,2,1,50.0,35,120,64.28,0,120,-120," in told
        one = client.get(f"/reports/staff-bank.csv?coop={coops['Cwm']}").text
        assert one.count("\r\n") == 2 and "No cover yet" in client.get("/reports/staff-bank?year=2020").text
        assert "/reports/staff-bank" in client.get("/reports").text
        for wrong in ("year=x", "coop=me"):
            assert client.get(f"/reports/staff-bank?{wrong}").status_code == 422


def test_two_co_ops_make_no_total_on_the_page(client: FlaskClient, sign_in) -> None:
    for name in ("Afon Care", "Beacon Care"):
        make_cover(make_coop(name), THURSDAY)
    sign_in(client, make_officer(), FEDERATION)
    with clock.stopped_at(NOW):
        page = client.get("/reports/staff-bank").text
    assert "when 3 co-ops or more have taken part" in page and "Altogether" not in page and "Afon Care" in page


def test_a_delegate_reads_the_own_co_ops_figures_alone(client: FlaskClient, sign_in) -> None:
    coops = make_three_coops()
    sign_in(client, make_membership(coops["Afon"], "delegate"), coops["Afon"])
    with clock.stopped_at(NOW):
        page = client.get("/reports/staff-bank").text
        assert "November 2026" in page and "−2 h" in page and "50.0%" in page
        assert "Beacon" not in page and "Cwm" not in page
        assert "No cover yet" in client.get(f"/reports/staff-bank?coop={coops['Beacon']}").text


def test_a_vote_sets_the_agency_rate(client: FlaskClient, sign_in) -> None:
    coops = make_three_coops()
    with clock.stopped_at(THURSDAY - timedelta(days=30)), acting_for_federation():
        set_setting(bank.RATE, "2500", date(2026, 11, 1), "General meeting, item 4")
    sign_in(client, make_manager(coops["Afon"]), coops["Afon"])
    with clock.stopped_at(NOW):
        page = client.get("/reports/staff-bank").text
    assert "£50.00" in page and "£25.00 an hour: set by a vote from Sunday 1 November 2026" in page
