"""The independent check: a clean bank is clean, each kind of breach is found, and it knows nothing of the matcher."""

import ast
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

import staffbank.verify
from federation import inside
from staffbank.models import CoverRequest, Placement, WorkBlock
from staffbank.verify.facts import Bank, Bar, Check, Held, Piece, Record
from staffbank.verify.report import find_breaches, report
from tenants.db import Base
from tests.factories.staffbank import MadeCarer, make_bank
from tests.house.rows import make_row

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
LEEDS, BRADFORD = (53.80, -1.55), (53.79, -1.75)
GOOD = tuple(
    Check(kind, level, date(2027, 1, 1), date(2026, 1, 1))
    for kind, level in (("right_to_work", "unlimited"), ("dbs", "enhanced_adults"), ("care_certificate", "16"))
)


class Made:
    """A bank with one carer, to which work is added."""

    def __init__(self, **record: Any) -> None:
        self.carer, self.person, self.home, self.host = (uuid4() for _ in range(4))
        self.bank = Bank(names={self.home: "Home", self.host: "Host"})
        facts: dict[str, Any] = {"mode": "car", "checks": GOOD, "born_on": date(1980, 1, 1)}
        self.bank.records[self.carer] = Record(self.carer, self.home, "C-1", **facts | record)

    def block(self, start: datetime, hours: float, kind: str = "rota") -> "Made":
        """Work at home."""
        piece = Piece(uuid4(), kind, start, start + hours * HOUR)
        self.bank.work.setdefault(self.person, []).append(piece)
        return self

    def placed(self, start: datetime, hours: float, **fields: Any) -> "Made":
        """A confirmed placement, whose host tells the same unless `fields` say otherwise."""
        end = start + hours * HOUR
        values: dict[str, Any] = {
            "id": uuid4(),
            "carer_id": self.carer,
            "person_id": self.person,
            "home_id": self.home,
            "host_id": self.host,
            "shift_id": uuid4(),
            "seat": 1,
            "state": "confirmed",
            "starts_at": start,
            "ends_at": end,
            "needs": (),
            "client_key": None,
            "place": LEEDS,
            "host_leg": (self.host, "confirmed", start, end),
        }
        held = Held(**values | fields)
        self.bank.held.append(held)
        piece = Piece(held.id, "placement", start, end, held.place)
        self.bank.work.setdefault(self.person, []).append(piece)
        return self

    def rules(self) -> set[str]:
        """The rules that are broken."""
        return {breach.rule for breach in find_breaches(self.bank)}


def at(day: int, hour: float) -> datetime:
    """An hour of a day, from Monday 1 June 2026, in UTC."""
    return MONDAY + timedelta(days=day, hours=hour)


def barred(made: Made) -> Made:
    """A placement with somebody from whom the carer is kept."""
    person = uuid4()
    made.bank.bars.append(Bar(made.carer, person, at(0, 0)))
    return made.placed(at(1, 9), 3, client_key=person)


def twice_in_a_seat() -> Made:
    """One seat, two confirmed carers."""
    made, shift = Made().placed(at(1, 9), 3), uuid4()
    first = replace(made.bank.held[0], shift_id=shift)
    made.bank.held[:] = [first, replace(first, id=uuid4())]
    return made


def weeks_of(hours: float, weeks: int) -> Made:
    """A rota of five equal days a week, and a placement in the last week's Saturday."""
    made = Made()
    for week in range(weeks):
        for day in range(5):
            made.block(at(7 * week + day, 8), hours)
    return made.placed(at(7 * (weeks - 1) + 5, 9), 6)


BROKEN: dict[str, tuple[str, Callable[[], Made]]] = {
    "two placements at once": ("placed", lambda: Made().placed(at(0, 9), 3).placed(at(0, 11), 2)),
    "the rota at the same time": ("rota", lambda: Made().block(at(0, 8), 4).placed(at(0, 11), 2)),
    "another job at the same time": ("rota", lambda: Made().block(at(0, 8), 4, "other_job").placed(at(0, 11), 2)),
    "ten minutes after the rota": ("travel", lambda: Made().block(at(0, 8), 3).placed(at(0, 11 + 1 / 6), 2)),
    "ten minutes to Bradford": (
        "travel",
        lambda: Made().placed(at(0, 8), 2).placed(at(0, 10 + 1 / 6), 2, place=BRADFORD),
    ),
    "early and late": ("rest", lambda: Made().block(at(0, 6), 4).placed(at(0, 18), 4)),
    "a sleep-in after a day": ("rest", lambda: Made().placed(at(0, 9), 6).block(at(0, 22), 9, "sleep_in")),
    "seven days in a week": (
        "weekly_rest",
        lambda: [made := Made(), [made.block(at(day, 9), 8) for day in range(6)], made.placed(at(6, 9), 8)][0],
    ),
    "fifty hours for 17 weeks": ("weekly_hours", lambda: weeks_of(9.6, 17)),
    "a passport that ends before the shift": (
        "dbs",
        lambda: Made(checks=(GOOD[0], replace(GOOD[1], until=date(2026, 6, 1)), GOOD[2])).placed(at(0, 20), 4),
    ),
    "no right to work": ("right_to_work", lambda: Made(checks=GOOD[1:]).placed(at(0, 9), 2)),
    "a DBS check of the wrong level": (
        "dbs",
        lambda: Made(checks=(GOOD[0], replace(GOOD[1], level="basic"), GOOD[2])).placed(at(0, 9), 2),
    ),
    "a skill that is missing": ("peg", lambda: Made().placed(at(0, 9), 2, needs=("peg",))),
    "a check that was made afterwards": (
        "peg",
        lambda: Made(checks=(*GOOD, Check("peg", "", None, date(2026, 6, 2)))).placed(at(0, 9), 2, needs=("peg",)),
    ),
    "a sponsored worker": ("sponsored", lambda: Made(sponsored=True).placed(at(0, 9), 2)),
    "somebody off the payroll": ("employed_only", lambda: Made(on_payroll=False).placed(at(0, 9), 2)),
    "somebody who has left": ("employed_only", lambda: Made(left_on=date(2026, 6, 1)).placed(at(0, 9), 2)),
    "nobody's carer": ("employed_only", lambda: Made().placed(at(0, 9), 2, carer_id=uuid4())),
    "somebody of 17": ("young_workers", lambda: Made(born_on=date(2008, 6, 2)).placed(at(0, 9), 2)),
    "a bar": ("refuses", lambda: barred(Made())),
    "a host that knows nothing": ("legs", lambda: Made().placed(at(0, 9), 2, host_leg=None)),
    "legs that differ": (
        "legs",
        lambda: Made().placed(at(0, 9), 2, host_leg=(uuid4(), "cancelled", at(0, 9), at(0, 11))),
    ),
    "a seat given twice": ("seats", twice_in_a_seat),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_kind_of_breach_is_found(name: str) -> None:
    rule, make = BROKEN[name]
    made = make()
    found = [breach for breach in find_breaches(made.bank) if breach.rule == rule]
    assert found, made.rules()
    assert {one.id for one in made.bank.held} >= set(found[0].placements) != set()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Made().placed(at(0, 9), 3).placed(at(0, 12.25), 2),
        lambda: Made().block(at(0, 8), 3).placed(at(0, 11.5), 2),
        lambda: Made().block(at(0, 9), 8).placed(at(1, 4), 6),
        lambda: Made().placed(at(0, 9), 2, state="worked", host_leg=None) and Made(),
        lambda: weeks_of(9.2, 17),
        lambda: Made(sponsored=True, on_payroll=False).block(at(0, 9), 8),
    ],
)
def test_work_that_just_keeps_every_rule_is_clean(make: Callable[[], Made]) -> None:
    assert make().rules() == set()


def test_who_has_opted_out_may_work_more_than_48_hours_while_it_lasts() -> None:
    made = weeks_of(9.6, 17)
    signed = replace(made.bank.records[made.carer], opt_out_from=date(2026, 6, 1))
    made.bank.records[made.carer] = signed
    assert made.rules() == set()
    made.bank.records[made.carer] = replace(signed, opt_out_until=date(2026, 7, 1))
    assert made.rules() == {"weekly_hours"}


def test_a_bar_that_came_after_the_visit_is_no_breach() -> None:
    made, person = Made(), uuid4()
    made.bank.bars.append(Bar(made.carer, person, at(2, 0)))
    assert made.placed(at(1, 9), 3, client_key=person).rules() == set()


@given(st.lists(st.floats(0.5, 8), min_size=1, max_size=30), st.sets(st.integers(0, 29)))
def test_one_piece_of_work_a_day_on_five_days_of_the_week_is_always_clean(
    hours: list[float], placements: set[int]
) -> None:
    made = Made()
    for n, length in enumerate(hours):
        start = at(7 * (n // 5) + n % 5, 9)
        if n in placements:
            made.placed(start, length)
        else:
            made.block(start, length)
    assert made.rules() == set()


def test_nothing_of_the_matcher_is_used() -> None:
    sources = list(Path(staffbank.verify.__file__ or "").parent.glob("*.py"))
    assert len(sources) > 4
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.startswith(("staffbank.match", "staffbank.services")) for name in names), source


# -- on a real database


@pytest.fixture
def seed(database: str) -> Iterator[Callable[..., UUID]]:
    """`seed(model, tenant, **columns)` puts a whole row in as somebody who meets no wall, constraint or trigger; its id."""
    with psycopg.connect(database, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")

        def put(model: type[Base], tenant: UUID, **columns: Any) -> UUID:
            row = make_row(Base.metadata.tables[model.__tablename__], tenant, "words") | columns
            row = {
                name: psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value
                for name, value in row.items()
            }
            names, values = ", ".join(row), ", ".join(["%s"] * len(row))
            superuser.execute(f"INSERT INTO {model.__tablename__} ({names}) VALUES ({values})", list(row.values()))  # type: ignore[arg-type]
            return row["id"]

        yield put


def place(seed: Callable[..., UUID], carer: MadeCarer, host: UUID, start: datetime, **fields: Any) -> UUID:
    """Both legs of a confirmed placement of four hours, and its request in Leeds."""
    request = seed(
        CoverRequest, host, latitude=53.8, longitude=-1.55, fallback_from=None, fallback_needs=[], needs=[], risk=3
    )
    values: dict[str, Any] = {
        "id": uuid4(),
        "request_id": request,
        "shift_id": uuid4(),
        "state": "confirmed",
        "carer_id": carer.id,
        "person_id": carer.person_id,
        "starts_at": start,
        "ends_at": start + 4 * HOUR,
        "needs": [],
        "client_key": None,
    }
    for tenant, side, other in ((host, "host", carer.tenant_id), (carer.tenant_id, "home", host)):
        seed(Placement, tenant, side=side, counterparty_id=other, **values | fields)
    return values["id"]


def test_the_database_of_a_lawful_bank_is_clean(app: Any, seed: Callable[..., UUID]) -> None:
    made = make_bank(2, 1)
    place(seed, made.all[0], made.coops[1], at(175, 9))
    lines, found = report()
    assert found == 0, lines
    assert lines == ["1 placements, 0 blocks of other work and 2 carers read: 0 breaches."]


def test_a_rota_at_a_third_co_op_on_top_of_a_placement_is_found_with_the_placements_id(
    app: Any, settings: Any, seed: Callable[..., UUID], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    made = make_bank(3, 1)
    carer, third = made.all[0], made.all[2]
    placement = place(seed, carer, made.coops[1], at(175, 9), needs=["peg"])
    with psycopg.connect(settings.database_url, autocommit=True) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE carer SET person_id = %s WHERE id = %s", [carer.person_id, third.id])
    seed(WorkBlock, third.tenant_id, carer_id=third.id, starts_at=at(175, 10), ends_at=at(175, 14))
    monkeypatch.setattr(inside, "running_settings", lambda arguments: settings)
    assert inside.verify_staffbank(Namespace()) == 1
    told = capsys.readouterr().out
    assert "rota: " in told and "peg: " in told and told.count(str(placement)) >= 2
    assert "1 blocks" in told and "2 breaches" in told
