"""The search for carers: who the host learns of, what it does not, and what each home co-op is told."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from staffbank.models import BankEntry, Bar, MatchRun, Placement
from staffbank.services import bank, cover_acts, matching, placements, requests
from staffbank.services.match_answers import told_counts
from staffbank.services.match_problems import Bank
from tenants import clock, jobs
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import InvalidInput, RuleBroken
from tenants.scope import FEDERATION
from tests.factories.cover import first_shift, in_hours, make_client, make_request
from tests.factories.offers import confirmed, keep_run, make_cover, moved
from tests.factories.staffbank import MadeCarer, make_bank, make_block, make_carer
from tests.factories.tenants import make_coop, make_manager, make_officer

Jobs = Callable[[], list[str]]


def found(host: UUID, request_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The newest search of a request as its host may read it, and who fits its first shift."""
    shift, _, _ = first_shift(host, request_id)
    with acting_for(host):
        run = matching.latest_run(request_id)
        assert run is not None
        return {column.name: getattr(run, column.name) for column in MatchRun.__table__.columns}, matching.eligible(
            run, shift
        )


def carers_of(rows: list[dict[str, Any]]) -> set[str]:
    """Ids of those who fit."""
    return {row["carer"] for row in rows}


def worked_before(
    host: UUID, carer: MadeCarer, client: UUID, *, days_ago: int, state: str = "worked", **more: Any
) -> None:
    """Both legs of an earlier placement with a client."""
    start = clock.now() - timedelta(days=days_ago)
    plain: dict[str, Any] = {
        "id": uuid4(), "request_id": uuid4(), "request_number": 1, "shift_id": uuid4(), "seat": 1, "carer_id": carer.id,
        "person_id": carer.person_id, "carer_name": carer.first_name, "state": state, "starts_at": start,
        "ends_at": start + timedelta(hours=2), "outcode": "LS1", "risk": 3, "client_key": client, "minutes_away": 5,
        "miles": 1, "vat_treatment": "standard", "terms": {}, "terms_hash": "", "offered_at": start, "expires_at": start,
    } | more  # fmt: skip
    with acting_for_federation():
        for tenant, side, other in ((host, "host", carer.tenant_id), (carer.tenant_id, "home", host)):
            db.session.add(Placement(tenant_id=tenant, side=side, counterparty_id=other, **plain))


def test_sickness_of_the_day_is_shared_at_once_and_the_whole_bank_is_searched(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=3, carers_each=2)
    host = made.coops[0]
    request_id = make_request(host)
    assert "failed" not in run_jobs()
    run, rows = found(host, request_id)
    assert (run["looked_at"], run["coops"], len(rows)) == (6, 3, 6)
    assert carers_of(rows) == {str(carer.id) for carer in made.all}
    assert [row["chosen"] for row in rows] == [True, *[False] * 5]
    assert set(rows[0]) == {
        "carer", "home", "first_name", "coop", "outcode", "minutes", "miles", "mode", "tags", "reasons", "warnings", "chosen",
    }  # fmt: skip
    assert set(rows[0]["tags"]) == {"medication"}


def test_planned_cover_is_kept_to_own_staff_and_shared_by_the_job_at_its_hour(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=2, carers_each=1)
    host = made.coops[0]
    request_id = make_request(host, [in_hours(240)], reason="leave")
    run_jobs()
    run, rows = found(host, request_id)
    assert (run["looked_at"], carers_of(rows)) == (1, {str(made.carers[host][0].id)})
    with acting_for(host):
        held = requests.get_request(request_id, lock=True)
        assert held.state == "own_staff"
        held.own_staff_until = clock.now()
        assert cover_acts.share_when_due(request_id) == "shared"
    run_jobs()
    assert len(found(host, request_id)[1]) == 2


def test_the_host_learns_nothing_of_those_who_do_not_fit(app, run_jobs: Jobs) -> None:
    host, home = make_coop(), make_coop()
    own, other = make_carer(host, skills=()), make_carer(home, skills=(), first_name="Zebedee")
    make_block(other, in_hours(19).starts_at, 3)
    request_id = make_request(host)
    run_jobs()
    run, rows = found(host, request_id)
    assert rows == []
    shift, _, _ = first_shift(host, request_id)
    assert run["turned_away"][str(shift)] == {"medication": None, "rota": None}
    told = json.dumps(run, default=str)
    assert str(other.id) not in told and "Zebedee" not in told and str(home) not in told
    with acting_for(host):
        refusals = matching.list_own_refusals(run["id"])
        assert [(row.carer_id, row.rule) for row in refusals] == [(own.id, "medication")]
    with acting_for(home):
        assert [(row.carer_id, row.rule) for row in matching.list_own_refusals(run["id"])] == [(other.id, "medication")]
        assert matching.latest_run(request_id) is None


@pytest.mark.parametrize(
    ("own", "foreign", "told"),
    [(0, 2, None), (0, 3, 3), (2, 0, None), (3, 0, 3), (2, 2, None), (4, 1, None), (1, 3, 4)],
)
def test_one_or_two_carers_of_other_co_ops_are_never_counted_out(own: int, foreign: int, told: int | None) -> None:
    host, home = uuid4(), uuid4()
    carers = {uuid4(): host for _ in range(own)} | {uuid4(): home for _ in range(foreign)}
    bank = Bank({carer: BankEntry(tenant_id=tenant, carer_id=carer) for carer, tenant in carers.items()})
    refused = {str(carer): {"rest": "14"} for carer in carers}
    assert told_counts(refused, bank, host) == {"rest": told}


def test_somebody_who_was_there_of_late_comes_first_and_the_absent_one_not_at_all(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=3, carers_each=1)
    host, known = made.coops[0], made.all[2]
    client = make_client(host)
    worked_before(host, known, client, days_ago=10)
    worked_before(host, made.all[1], client, days_ago=40)
    request_id = make_request(host, client_id=client, outcode="", absent_carer_id=made.all[0].id)
    run_jobs()
    rows = found(host, request_id)[1]
    assert [row["carer"] for row in rows] == [str(known.id), str(made.all[1].id)]
    visited = [any(reason["words"].startswith("Visited") for reason in row["reasons"]) for row in rows]
    assert visited == [True, False]


def test_bars_of_either_side_hold_and_those_of_a_third_co_op_do_not(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=4, carers_each=1)
    host, by_home, by_host, by_stranger = made.all
    client = make_client(host.tenant_id)
    for tenant, carer in ((by_home.tenant_id, by_home), (host.tenant_id, by_host), (by_home.tenant_id, by_stranger)):
        with acting_for(tenant):
            db.session.add(Bar(tenant_id=tenant, carer_id=carer.id, client_key=client))
    request_id = make_request(host.tenant_id, client_id=client)
    run_jobs()
    run, rows = found(host.tenant_id, request_id)
    assert carers_of(rows) == {str(host.id), str(by_stranger.id)}
    with acting_for(by_home.tenant_id):
        assert [(row.rule, row.number) for row in matching.list_own_refusals(run["id"])] == [("refuses", "")]


def test_a_carer_who_said_no_is_not_found_again_and_one_who_said_yes_is_busy(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=3, carers_each=1)
    host = made.coops[0]
    request_id = make_request(host)
    shift, starts_at, ends_at = first_shift(host, request_id)
    times = {"starts_at": starts_at, "ends_at": ends_at}
    worked_before(host, made.all[1], uuid4(), days_ago=0, state="declined", shift_id=shift, **times)
    worked_before(host, made.all[2], uuid4(), days_ago=0, state="accepted", **times)
    run_jobs()
    assert carers_of(found(host, request_id)[1]) == {str(made.all[0].id)}


def test_a_two_to_one_visit_is_filled_by_two_or_by_none(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=2, carers_each=1)
    host = made.coops[0]
    both = make_request(host, [in_hours(20, 2, seats=2)])
    three = make_request(host, [in_hours(20, 2, seats=3)])
    run_jobs()
    assert sum(row["chosen"] for row in found(host, both)[1]) == 2
    assert sum(row["chosen"] for row in found(host, three)[1]) == 0


def test_a_pinned_carer_is_proposed_and_one_left_out_is_gone(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=3, carers_each=1)
    host = made.coops[0]
    request_id = make_request(host)
    run_jobs()
    shift, _, _ = first_shift(host, request_id)
    with acting_for(host):
        cover_acts.choose(request_id, [(shift, made.all[2].id)], [made.all[0].id])
    run_jobs()
    rows = found(host, request_id)[1]
    assert [(row["carer"], row["chosen"]) for row in rows] == [
        (str(made.all[2].id), True),
        (str(made.all[1].id), False),
    ]
    with acting_for(host), pytest.raises(InvalidInput):
        cover_acts.choose(request_id, [(shift, uuid4())], [])


def test_other_times_are_proposed_where_they_let_three_more_in(app, run_jobs: Jobs) -> None:
    host, home = make_coop(), make_coop()
    plan = in_hours(30, 4)
    for _ in range(3):
        make_block(make_carer(home), plan.starts_at - timedelta(hours=3), 3 + 20 / 60)
    request_id = make_request(host, [plan], reason="sickness")
    with acting_for(host):
        cover_acts.share_request(request_id)
    run_jobs()
    run, rows = found(host, request_id)
    assert rows == []
    (told,) = run["fixes"].values()
    assert "would let 3 more carers in" in told["words"]
    assert str(home) not in json.dumps(run["fixes"])


def test_the_fallback_grade_opens_at_its_hour_and_asks_for_less(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=1, carers_each=1, skills=("medication",))
    host = made.coops[0]
    request_id = make_request(
        host, [in_hours(30)], needs=("medication", "peg"), fallback_hours=24, fallback_needs=("medication",)
    )
    run_jobs()
    assert found(host, request_id)[1] == []
    with acting_for(host):
        held = requests.get_request(request_id, lock=True)
        held.fallback_from = clock.now()
        jobs.defer("open-fallback", {"request_id": str(request_id)}, label="test", shown=False)
    run_jobs()
    assert carers_of(found(host, request_id)[1]) == {str(made.all[0].id)}


def test_another_co_ops_request_is_not_searched(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=1, carers_each=1)
    request_id, stranger = make_request(made.coops[0]), make_coop()
    run_jobs()
    with acting_for(stranger, make_manager(stranger)):
        work = jobs.defer("match-cover", {"request_id": str(request_id)}, label="test")
    assert "failed" in run_jobs()
    with acting_for(stranger):
        assert jobs.get_work(work).problem == "We could not find that request for cover."
        assert matching.latest_run(request_id) is None


def test_the_federations_search_places_nobody_twice(app, run_jobs: Jobs) -> None:
    made = make_bank(coops=2, carers_each=1)
    asked = [make_request(coop, [in_hours(10)]) for coop in made.coops]
    run_jobs()
    with acting_for_federation():
        matching.ask_for_all()
    assert run_jobs() == ["done"]
    chosen = [
        row["carer"]
        for coop, one in zip(made.coops, asked, strict=True)
        for row in found(coop, one)[1]
        if row["chosen"]
    ]
    assert sorted(chosen) == sorted(str(carer.id) for carer in made.all)


def test_an_officer_asks_for_the_federations_search_and_nobody_else_may(app, client, sign_in, run_jobs: Jobs) -> None:
    made = make_bank(coops=2, carers_each=1)
    request_id = make_request(made.coops[0])
    run_jobs()
    token = sign_in(client, make_officer(), FEDERATION).csrf_token
    assert "Search for all open cover" in client.get("/staff-bank").text
    assert client.post("/staff-bank/search", data={"csrf_token": token}).status_code == 303
    before = found(made.coops[0], request_id)[0]["id"]
    assert run_jobs() == ["done"]
    assert found(made.coops[0], request_id)[0]["id"] != before
    token = sign_in(client, make_manager(made.coops[0]), made.coops[0]).csrf_token
    assert "Search for all open cover" not in client.get("/staff-bank").text
    assert client.post("/staff-bank/search", data={"csrf_token": token}).status_code == 403


def test_a_carer_and_the_home_co_op_read_what_kept_offers_away(app, client, sign_in, run_jobs: Jobs) -> None:
    made = make_bank(coops=2, carers_each=1)
    lender = made.coops[1]
    own = next(carer for carer in made.all if carer.tenant_id == lender)
    make_request(made.coops[0], needs=["peg"])
    run_jobs()
    for person in (own.person_id, make_manager(lender)):
        sign_in(client, person, lender)
        page = client.get("/my-passport" if person == own.person_id else f"/carers/{own.id}").text
        assert "What kept offers away" in page and "No PEG feeding competence" in page and "1 shift" in page
    sign_in(client, make_manager(made.coops[0]), made.coops[0])
    assert client.get(f"/carers/{own.id}").status_code == 404


def test_a_warning_about_a_carer_is_set_aside_with_a_reason_before_an_offer(app, run_jobs: Jobs) -> None:
    host = make_coop()
    with clock.stopped_at(clock.now() - timedelta(days=30)):
        carer = make_carer(host)
    with acting_for(host):
        bank.publish(carer.id)
    request_id = make_request(host)
    run_jobs()
    rows = found(host, request_id)[1]
    assert rows[0]["warnings"] == ["dbs_recheck", "medication_review"]
    with acting_for(host, make_manager(host)):
        request = requests.get_request(request_id, lock=True)
        with pytest.raises(RuleBroken, match="DBS status"):
            matching.check_warnings(request, rows[0])
        for rule in rows[0]["warnings"]:
            cover_acts.set_aside(request_id, rule, "Checked by telephone today.")
        matching.check_warnings(request, rows[0])
        with pytest.raises(RuleBroken, match="cannot be set aside"):
            cover_acts.set_aside(request_id, "rest", "We are short.")


@pytest.mark.parametrize(("outcode", "minutes_later", "fits"), [("LS1", 10, True), ("M1", 60, False)])
def test_the_journey_from_a_placement_is_counted_from_where_that_is(
    app, run_jobs: Jobs, outcode: str, minutes_later: int, fits: bool
) -> None:
    cover = make_cover(make_bank(2, 1), [in_hours(20, 2)])
    carer = cover.lent[0]
    confirmed(cover, carer)
    later = [in_hours(22 + minutes_later / 60, 2)]
    next_one = make_request(cover.host, later, by=cover.manager, outcode=outcode)
    run_jobs()
    assert (str(carer.id) in carers_of(found(cover.host, next_one)[1])) == fits
    keep_run(cover.host, next_one, [carer])
    shift, _, _ = first_shift(cover.host, next_one)
    with acting_for(cover.host, cover.manager):
        offer = placements.offer(next_one, shift, 1, carer.tenant_id, carer.id)
    if fits:
        assert moved(cover, offer, carer, "accept") == "accepted"
        return
    with pytest.raises(RuleBroken) as refusal:
        moved(cover, offer, carer, "accept")
    assert refusal.value.facts["rule"] == "travel"
