"""Proof 4, second half: when any one policy of a member is opened or dropped, the test of its table turns red."""

import psycopg
import pytest
from psycopg import sql

from tenants.isolation import OWN_ROWS, TENANT_CLASSES, wall_sql
from tests.conftest import PREFIX
from tests.house.catalogue import isolation_of, tables_of
from tests.house.conftest import Walled
from tests.house.verbs import member_faults

POLICIES = [(table, verb) for table in tables_of(*TENANT_CLASSES) for verb in isolation_of(table).verbs("member")]


def put_back(superuser: psycopg.Connection, table: str, verb: str) -> None:
    """The policy as the migrations made it."""
    name = f"{table}_member_{verb}"
    superuser.execute(sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))
    superuser.execute(next(line for line in wall_sql(table, isolation_of(table), PREFIX) if f"POLICY {name} " in line))  # type: ignore[arg-type]


@pytest.mark.slow
def test_opening_any_policy_is_noticed(walled: Walled) -> None:
    superuser, member, sides = walled.superuser, walled.login("member"), walled.sides
    missed = []
    for table, verb in POLICIES:
        parts = {"p": sql.Identifier(f"{table}_member_{verb}"), "t": sql.Identifier(table)}
        using = "" if verb == "insert" else " USING (true)"
        check = " WITH CHECK (true)" if verb in ("insert", "update") else ""
        superuser.execute(sql.SQL("ALTER POLICY {p} ON {t}" + using + check).format(**parts))  # type: ignore[arg-type]
        if not member_faults(member, table, sides):
            missed.append((table, verb))
        put_back(superuser, table, verb)
    assert missed == []
    assert [fault for table in {table for table, _ in POLICIES} for fault in member_faults(member, table, sides)] == []


@pytest.mark.slow
def test_opening_only_the_check_of_a_change_is_noticed(walled: Walled) -> None:
    superuser, member, sides = walled.superuser, walled.login("member"), walled.sides
    for table, verb in POLICIES:
        if verb == "update":
            superuser.execute(f"ALTER POLICY {table}_member_update ON {table} USING ({OWN_ROWS}) WITH CHECK (true)")  # type: ignore[arg-type]
            assert any(
                "move" in fault or "insert or update" in fault for fault in member_faults(member, table, sides)
            ), table
            put_back(superuser, table, verb)


@pytest.mark.slow
def test_dropping_any_policy_is_noticed(walled: Walled) -> None:
    superuser, member, sides = walled.superuser, walled.login("member"), walled.sides
    missed = []
    for table, verb in POLICIES:
        superuser.execute(f"DROP POLICY {table}_member_{verb} ON {table}")  # type: ignore[arg-type]
        if not member_faults(member, table, sides):
            missed.append((table, verb))
        put_back(superuser, table, verb)
    assert missed == []


@pytest.mark.slow
def test_taking_the_wall_away_is_noticed(walled: Walled) -> None:
    superuser, member, sides = walled.superuser, walled.login("member"), walled.sides
    for table in tables_of(*TENANT_CLASSES):
        superuser.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")  # type: ignore[arg-type]
        assert member_faults(member, table, sides), table
        superuser.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")  # type: ignore[arg-type]
