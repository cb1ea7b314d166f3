"""What is published of a carer: exactly the listed facts, no more, and at once when something changes."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from staffbank.free_time import expand_week, merged, minutes_in, without
from staffbank.match.problem import parse_problem
from staffbank.match.rules import check
from staffbank.services import availability, bank, carers, checks, reminders
from tenants import clock
from tenants.clock import LONDON
from tenants.db import acting_for, acting_for_federation, db
from tenants.errors import RuleBroken
from tenants.nights import next_night
from tests.factories.staffbank import make_block, make_carer, make_check
from tests.factories.tenants import make_coop, make_manager

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry_of(made) -> dict:
    """The columns of a carer's bank entry, or nothing."""
    with acting_for(made.tenant_id):
        entry = bank.find_entry(made.id)
        return (
            {}
            if entry is None
            else {name: getattr(entry, name) for name in (column.name for column in entry.__table__.columns)}
        )


def refused_rules(entry: dict, start: datetime, end: datetime, needs: tuple[str, ...] = ()) -> set[str]:
    """Which rules the matcher says keep a published carer from a shift."""
    shift = {"id": "s", "coop": "host", "start": start.isoformat(), "end": end.isoformat(), "lat": 53.8, "lon": -1.55}
    worker = {
        "id": "w", "coop": "home", "lat": float(entry["latitude"]), "lon": float(entry["longitude"]),
        "mode": entry["mode"], "passport": {tag: {"until": until} for tag, until in entry["tags"].items()},
        "available": entry["free"], "rota": entry["busy"], "hours_last_17_weeks": float(entry["hours_17_weeks"]),
    }  # fmt: skip
    problem = parse_problem(
        {"at": clock.now().isoformat(), "shifts": [shift | {"needs": list(needs)}], "workers": [worker]}
    )
    found = check(problem.shifts[0], problem.workers[0], problem.at, problem.numbers)
    return {refusal.rule for refusal in found}


def test_nothing_is_published_but_the_listed_facts(app) -> None:
    made = make_carer(last_name="Prifysgol", pay_pence_per_hour=1471, born_on=date(1985, 5, 17))
    entry = entry_of(made)
    assert set(entry) == {
        "tenant_id", "carer_id", "person_id", "first_name", "outcode", "latitude", "longitude", "mode", "languages",
        "tags", "free", "busy", "hours_17_weeks", "opt_out_from", "opt_out_until", "sponsored", "warranty",
        "published_at",
    }  # fmt: skip
    assert all(word not in str(entry) for word in ("Prifysgol", "1471", "1985"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"born_on": date(2009, 1, 1)}, "not 18"),
        ({"born_on": None}, "date of birth"),
        ({"on_payroll": False}, "not on the payroll"),
        ({"account": False}, "no account"),
    ],
)
def test_who_may_not_be_lent_does_not_enter_the_bank_and_hears_why(app, fields: dict, words: str) -> None:
    made = make_carer(in_bank=False, **fields)
    with acting_for(made.tenant_id), pytest.raises(RuleBroken, match=words):
        carers.enter_bank(made.id)
    assert entry_of(made) == {}


def test_taking_a_carer_off_the_payroll_takes_the_entry_out_at_once(app) -> None:
    made = make_carer()
    with acting_for(made.tenant_id):
        carer = carers.get_carer(made.id)
        kept = {name: getattr(carer, name) for name in ("reference", "first_name", "outcode", "mode")}
        carers.change_carer(made.id, carer.version, kept | {"on_payroll": False})
    assert entry_of(made) == {}


def test_an_expired_check_takes_the_carer_out_of_matching_without_anybody_doing_anything(app) -> None:
    with clock.stopped_at(NOON):
        made = make_carer(until=date(2026, 11, 23))
        entry = entry_of(made)
        before = (datetime(2026, 11, 23, 18, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC))
        assert entry["tags"]["dbs"] == "2026-11-24T00:00:00+00:00"
        assert refused_rules(entry, *before) == set()
        after = (before[0], before[1] + timedelta(minutes=1))
        assert refused_rules(entry, *after) == {"right_to_work", "dbs", "care_certificate"}


def test_a_check_that_does_not_suffice_gives_no_tag_and_the_longest_of_a_kind_counts(app) -> None:
    made = make_carer(skills=())
    with acting_for(made.tenant_id):
        checks.end_check(made.id, next(c.id for c in checks.list_checks(made.id) if c.kind == "dbs"))
        make_check(made.id, "dbs", level="standard")
        make_check(made.id, "hoist", until=clock.today() + timedelta(days=5))
        make_check(made.id, "hoist", until=clock.today() + timedelta(days=500))
    tags = entry_of(made)["tags"]
    assert "dbs" not in tags
    assert datetime.fromisoformat(tags["hoist"]) > clock.now() + timedelta(days=499)


def test_what_the_regulation_wants_on_file_stands_on_the_checklist_and_is_no_tag(app) -> None:
    made = make_carer(skills=("identity", "work_history"))
    entry = entry_of(made)
    assert set(entry["tags"]) == {"right_to_work", "dbs", "care_certificate"}
    assert {line["kind"] for line in entry["warranty"]} == set(entry["tags"]) | {"identity", "work_history"}
    dbs = next(line for line in entry["warranty"] if line["kind"] == "dbs")
    assert (dbs["level"], dbs["original_seen"], dbs["checked_by_role"]) == (
        "enhanced_adults",
        True,
        "Registered manager",
    )


def test_hours_of_every_kind_of_work_count_but_leave_does_not(app) -> None:
    with clock.stopped_at(NOON):
        made = make_carer()
        for kind, days, hours in (
            ("rota", 1, 8), ("sleep_in", 3, 10), ("other_job", 5, 4), ("leave", 7, 24), ("rota", 17 * 7 + 2, 8)
        ):  # fmt: skip
            make_block(made, NOON - timedelta(days=days), hours, kind)
        make_block(made, NOON - timedelta(hours=2), 8)
        entry = entry_of(made)
    assert entry["hours_17_weeks"] == Decimal("24.00")
    assert [NOON.isoformat() <= end for _, end in entry["busy"]].count(True) == 1


def test_the_window_that_ends_with_the_last_shift_is_counted_whole_and_no_longer(app) -> None:
    with clock.stopped_at(NOON):
        made = make_carer()
        for day in range(-7 * 17, 40):
            make_block(made, NOON + timedelta(days=day, hours=-3), 6)
        entry = entry_of(made)
    busy = [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in entry["busy"]]
    assert entry["hours_17_weeks"] == bank.window_hours(busy, NOON) == 17 * 7 * 6
    assert bank.window_hours(busy, NOON + timedelta(days=30)) == 17 * 7 * 6
    assert bank.window_hours(busy, NOON + timedelta(days=50)) == (17 * 7 - 10) * 6 - 3


def test_the_bank_learns_of_free_time_leave_and_days_that_differ(app) -> None:
    with clock.stopped_at(NOON):
        made = make_carer(week=((1, 1080, 1320),))
        with acting_for(made.tenant_id):
            availability.add_day(made.id, NOON + timedelta(days=3), NOON + timedelta(days=3, hours=4), free=True)
        make_block(made, datetime(2026, 12, 1, tzinfo=UTC), 24, "leave")
        free = entry_of(made)["free"]
    assert free[0] == ["2026-11-24T18:00:00+00:00", "2026-11-24T22:00:00+00:00"]
    assert free[1] == ["2026-11-25T12:00:00+00:00", "2026-11-25T16:00:00+00:00"]
    assert free[2][0] == "2026-12-08T18:00:00+00:00"


def test_the_matcher_takes_an_entry_as_it_is_published(app) -> None:
    with clock.stopped_at(NOON):
        made = make_carer()
        make_block(made, NOON + timedelta(days=2), 8)
        entry = entry_of(made)
        start = NOON + timedelta(days=2, hours=4)
        assert refused_rules(entry, start, start + timedelta(hours=2), ("medication",)) == {"rota"}
        assert refused_rules(entry, start + timedelta(days=1), start + timedelta(days=1, hours=2), ("peg",)) == {"peg"}


def test_reminders_go_out_at_60_30_and_7_days_once_each(app) -> None:
    coop = make_coop()
    make_manager(coop)
    with clock.stopped_at(NOON):
        make_carer(coop, skills=(), until=date(2027, 1, 21))

    def letters() -> int:
        with acting_for(coop):
            return reminders.remind()

    sent = []
    for days in (0, 1, 29, 30, 31, 53, 54, 60, 61):
        with clock.stopped_at(NOON + timedelta(days=days)):
            sent.append(letters())
    assert sent == [3, 0, 0, 3, 0, 3, 0, 0, 0]


def test_the_managers_get_one_letter_and_the_carer_one_of_their_own(app, database: str) -> None:
    coop = make_coop()
    manager = make_manager(coop)
    made = make_carer(coop, skills=(), until=clock.today() + timedelta(days=6))
    with acting_for(coop):
        reminders.remind()
    with db.engines["door"].begin() as connection:
        connection.execute(text("SELECT set_config('app.tenant', '', true), set_config('app.person', '', true)"))
        told = connection.execute(text("SELECT person_id, subject, body FROM mail ORDER BY person_id")).all()
    assert {row[0] for row in told} == {manager, made.person_id}
    assert all("DBS check, until" in row[2] for row in told)


def test_the_night_reminds_publishes_anew_and_asks_for_the_next_night(app, database: str, run_jobs) -> None:
    made = make_carer(until=clock.today() + timedelta(days=6))
    with psycopg.connect(database, autocommit=True) as superuser:
        superuser.execute("UPDATE bank_entry SET hours_17_weeks = 99")
        moved = superuser.execute("UPDATE outbox SET run_at = now() WHERE kind = 'bank-night' RETURNING id").fetchall()
        run_jobs()
        waiting = superuser.execute(
            "SELECT run_at FROM outbox WHERE kind = 'bank-night' AND state = 'waiting'"
        ).fetchall()
        done = superuser.execute("SELECT result FROM outbox WHERE kind = 'bank-night' AND state = 'done'").fetchall()
    assert len(moved) == 1
    assert [row[0] for row in waiting] == [next_night(clock.now())]
    assert done == [({"published": 1, "reminded": 4},)]
    assert entry_of(made)["hours_17_weeks"] == 0


def test_the_office_reads_entries_and_cannot_read_the_record(app) -> None:
    made = make_carer()
    with acting_for_federation():
        assert db.session.execute(text("SELECT first_name FROM bank_entry")).scalars().all() == [made.first_name]
        with pytest.raises(Exception, match="permission denied"):
            db.session.execute(text("SELECT * FROM carer"))


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40)), max_size=12),
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40)), max_size=12),
)
def test_time_less_time_is_what_lies_in_the_one_and_not_in_the_other(mine, taken) -> None:
    def spans(rows):
        return merged([(NOON + timedelta(hours=a), NOON + timedelta(hours=a + n)) for a, n in rows])

    def hours(rows):
        return {a + k for a, n in rows for k in range(n)}

    left = without(spans(mine), spans(taken))
    expected = hours(mine) - hours(taken)
    assert {h for h in range(260) if any(a <= NOON + timedelta(hours=h) < b for a, b in left)} == expected
    assert minutes_in(left, NOON, NOON + timedelta(hours=260)) == 60 * len(expected)


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 720), st.dates(date(2026, 3, 1), date(2026, 12, 1)))
def test_a_weekly_window_stands_at_its_hours_by_londons_clock(weekday, low, length, day) -> None:
    start = datetime.combine(day, time(), LONDON).astimezone(UTC)
    for begins, _ in expand_week([(weekday, low, low + length)], start, start + timedelta(days=14)):
        local = begins.astimezone(LONDON)
        if begins != start:
            missing = local.hour * 60 + local.minute != low
            assert local.weekday() == weekday
            assert not missing or low // 60 == 1  # the hour that never comes in March is read an hour later
