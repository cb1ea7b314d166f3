"""Proof 1: the live catalogue is exactly what the models and the list of crossings declare, and each kind of breach is noticed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from federation.config import Settings
from federation.schema import downgrade, prepare
from tenants.db import Base
from tenants.errors import InvalidInput
from tests.conftest import settings_for
from tests.house import catalogue

pytestmark = pytest.mark.slow

SNAPSHOT = """
SELECT 'column', c.relname, a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '
       || coalesce(pg_get_expr(d.adbin, d.adrelid), '') FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL SELECT 'table', relname, relowner::regrole || ' ' || coalesce(relacl::text, '') || relforcerowsecurity
       FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'c'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'policy', policyname, concat_ws(' ', tablename, roles::text, cmd, qual, with_check) FROM pg_policies
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function', proname, proowner::regrole || ' ' || coalesce(proacl::text, '') || pg_get_functiondef(oid) FROM pg_proc p
       WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
ORDER BY 1, 2, 3
"""

BREACHES = [
    (catalogue.every_table_is_declared, "CREATE TABLE loose (id uuid PRIMARY KEY)"),
    (catalogue.every_table_is_declared, "CREATE SCHEMA aside CREATE TABLE loose (id uuid PRIMARY KEY)"),
    (catalogue.every_table_is_declared, "CREATE MATERIALIZED VIEW heap AS SELECT * FROM demand"),
    (catalogue.every_table_is_walled, "ALTER TABLE share NO FORCE ROW LEVEL SECURITY"),
    (catalogue.every_table_is_walled, "ALTER TABLE share DISABLE ROW LEVEL SECURITY"),
    (catalogue.every_table_is_walled, "ALTER TABLE share OWNER TO fedtest_office"),
    (catalogue.policies_and_grants_are_the_declared_ones, "DROP POLICY share_member_select ON share"),
    (
        catalogue.policies_and_grants_are_the_declared_ones,
        "CREATE POLICY more ON share FOR SELECT TO fedtest_member USING (true)",
    ),
    (catalogue.policies_and_grants_are_the_declared_ones, "ALTER POLICY share_member_select ON share USING (true)"),
    (
        catalogue.policies_and_grants_are_the_declared_ones,
        "ALTER POLICY buying_round_member_select ON buying_round USING (true)",
    ),
    (catalogue.policies_and_grants_are_the_declared_ones, "GRANT SELECT ON demand_import TO fedtest_office"),
    (catalogue.no_grant_is_finer_or_wider, "GRANT SELECT (packs) ON demand TO fedtest_door"),
    (catalogue.no_grant_is_finer_or_wider, "GRANT TRUNCATE ON demand TO fedtest_member"),
    (catalogue.no_grant_is_finer_or_wider, "GRANT REFERENCES, TRIGGER ON demand TO fedtest_member"),
    (catalogue.no_grant_is_finer_or_wider, "GRANT SELECT ON demand TO PUBLIC"),
    (catalogue.no_grant_is_finer_or_wider, "GRANT SELECT ON alembic_version TO fedtest_office"),
    (catalogue.no_grant_is_finer_or_wider, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO fedtest_office"),
    (catalogue.tenant_stands_first, "CREATE INDEX ON demand (packs)"),
    (catalogue.tenant_stands_first, "ALTER TABLE recharge ADD UNIQUE (number)"),
    (
        catalogue.tenant_stands_first,
        "ALTER TABLE ledger_entry ADD UNIQUE (id);"
        " ALTER TABLE ledger_line ADD FOREIGN KEY (entry_id) REFERENCES ledger_entry (id)",
    ),
    (catalogue.tenant_stands_first, "ALTER TABLE outbox DROP CONSTRAINT outbox_pk, ALTER tenant_id DROP NOT NULL"),
    (catalogue.policies_are_plain, "CREATE POLICY odd ON share USING (tenant_id IN (SELECT id FROM tenant))"),
    (
        catalogue.policies_are_plain,
        "ALTER POLICY share_member_select ON share USING (tenant_id = current_setting('app.tenant', true)::uuid)",
    ),
    (catalogue.roles_have_no_powers, "ALTER ROLE fedtest_office BYPASSRLS"),
    (catalogue.roles_have_no_powers, "GRANT fedtest_owner TO fedtest_member"),
    (catalogue.roles_have_no_powers, "ALTER ROLE fedtest_owner LOGIN"),
    (catalogue.views_use_the_readers_rights, "CREATE VIEW window_pane AS SELECT * FROM demand"),
    (
        catalogue.views_use_the_readers_rights,
        "CREATE MATERIALIZED VIEW heap AS SELECT * FROM demand; GRANT SELECT ON heap TO fedtest_member",
    ),
    (
        catalogue.functions_are_the_listed_ones,
        "CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM demand'",
    ),
    (catalogue.functions_are_the_listed_ones, "GRANT EXECUTE ON FUNCTION audit_rows TO PUBLIC"),
    (catalogue.functions_are_the_listed_ones, "GRANT EXECUTE ON FUNCTION outbox_claim TO fedtest_member"),
    (catalogue.functions_are_the_listed_ones, "ALTER FUNCTION round_totals RESET search_path"),
    (catalogue.functions_are_the_listed_ones, "ALTER FUNCTION round_totals OWNER TO fedtest_owner"),
    (catalogue.functions_are_the_listed_ones, "ALTER FUNCTION may_act_for SECURITY DEFINER"),
    (catalogue.nothing_else_opens_a_door, "CREATE TYPE mood AS ENUM ('good')"),
    (catalogue.nothing_else_opens_a_door, "CREATE RULE spill AS ON INSERT TO setting DO ALSO NOTHING"),
    (catalogue.nothing_else_opens_a_door, "CREATE PUBLICATION everything FOR ALL TABLES"),
    (catalogue.everybody_may_nothing, "GRANT USAGE ON SCHEMA public TO PUBLIC"),
    (catalogue.everybody_may_nothing, "GRANT CREATE ON SCHEMA public TO fedtest_office"),
]


@pytest.fixture
def as_superuser(database: str, settings: Settings) -> Iterator[psycopg.Connection]:
    """A connection that meets no wall, to a database that was made ready by `prepare` (a clone forgets who may connect)."""
    prepare(database, settings)
    with psycopg.connect(database) as connection:
        yield connection


def test_the_catalogue_is_exactly_what_is_declared(as_superuser: psycopg.Connection) -> None:
    assert {check.__name__: check(as_superuser) for check in catalogue.CHECKS} == {
        check.__name__: [] for check in catalogue.CHECKS
    }


@pytest.mark.slow
def test_every_kind_of_breach_is_noticed_by_its_check(as_superuser: psycopg.Connection) -> None:
    missed = []
    for check, breach in BREACHES:
        with as_superuser.transaction(force_rollback=True):
            as_superuser.execute(breach)  # type: ignore[arg-type]
            if not check(as_superuser):
                missed.append(breach)
    assert missed == []
    assert {check for check, _ in BREACHES} == set(catalogue.CHECKS)


def test_public_may_connect_only_until_prepare_has_run(database: str) -> None:
    with psycopg.connect(database) as connection:
        assert sorted(catalogue.everybody_may_nothing(connection)) == ["database: CONNECT", "database: TEMPORARY"]


@pytest.fixture
def migrating(database: str) -> Iterator[Connection]:
    """The connection of the migrating login."""
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.mark.slow
def test_migrations_go_down_and_up_again_to_the_same_catalogue(
    database: str, settings: Settings, migrating: Connection
) -> None:
    snapshot: Callable[[], list[object]] = lambda: list(migrating.exec_driver_sql(SNAPSHOT.replace("%", "%%")))  # noqa: E731
    prepare(database, settings)
    before = snapshot()
    migrating.commit()
    downgrade(migrating, settings.role_prefix)
    left = {(row[0], row[1]) for row in snapshot()}
    migrating.commit()
    assert left == {
        ("table", "alembic_version"),
        ("table", "alembic_version_pkc"),
        ("column", "alembic_version"),
        ("constraint", "alembic_version_pkc"),
        ("constraint", "alembic_version_version_num_not_null"),
        ("index", "alembic_version_pkc"),
    }
    prepare(database, settings)
    assert snapshot() == before
    assert len(before) > 500


def test_preparing_twice_changes_nothing(database: str, settings: Settings, migrating: Connection) -> None:
    prepare(database, settings)
    before = list(migrating.exec_driver_sql(SNAPSHOT))
    migrating.commit()
    prepare(database, settings)
    assert list(migrating.exec_driver_sql(SNAPSHOT)) == before


def test_the_models_say_nothing_that_the_migrations_do_not(migrating: Connection) -> None:
    context = MigrationContext.configure(migrating, opts={"compare_type": True, "compare_server_default": True})
    assert compare_metadata(context, Base.metadata) == []


def test_an_older_server_is_refused_in_words(database: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refusal:
        prepare(database, settings_for(database, tmp_path), oldest=990000)
    assert refusal.value.errors == {"DATABASE_URL": "PostgreSQL 18 or newer is needed; this server is older."}
