"""Proof 4, first half: every table × verb, as the real logins, with rows of two tenants in every table."""

import pytest

from tenants.db import Base
from tenants.isolation import TENANT_CLASSES
from tests.house import verbs
from tests.house.catalogue import LOGINS, tables_of
from tests.house.conftest import Walled
from tests.house.rows import digest

TENANT_TABLES = tables_of(*TENANT_CLASSES)


@pytest.mark.slow
def test_no_verb_of_a_member_meets_another_tenants_row(walled: Walled) -> None:
    before = digest(walled.superuser, walled.sides.a)
    assert [
        fault for table in TENANT_TABLES for fault in verbs.member_faults(walled.login("member"), table, walled.sides)
    ] == []
    assert digest(walled.superuser, walled.sides.a) == before
    assert all(before[table] for table in TENANT_TABLES)


def test_without_a_tenant_every_verb_raises_also_on_a_connection_used_before(walled: Walled) -> None:
    member = walled.login("member")
    with verbs.acting(member, walled.sides.b):
        member.execute("SELECT 1 FROM demand")
    assert [fault for table in TENANT_TABLES for fault in verbs.scopeless_faults(member, table, walled.sides)] == []


@pytest.mark.parametrize("role", LOGINS)
def test_no_login_does_what_is_not_granted(role: str, walled: Walled) -> None:
    assert [
        fault
        for table in Base.metadata.tables
        for fault in verbs.grant_faults(walled.login(role), role, table, walled.sides)
    ] == []


def test_the_office_meets_no_private_row(walled: Walled) -> None:
    a, office, private = walled.sides.a, walled.login("office"), tables_of("private")
    tries = {
        verb: verbs.tried(office, a, *statement)
        for table in private
        for verb, statement in verbs.statements(table, a).items()
    }
    assert private and set(tries.values()) == {"42501"}


def test_a_member_sees_no_round_that_never_opened(walled: Walled) -> None:
    with verbs.acting(walled.login("member"), walled.sides.b) as connection:
        assert {row[0] for row in connection.execute("SELECT state FROM buying_round").fetchall()} == {"open"}
