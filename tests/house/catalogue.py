"""What the live catalogue of a database must say: each check answers with its faults in words, or with nothing."""

from collections.abc import Callable
from typing import Any

from psycopg import Connection
from sqlalchemy.orm import Mapper

import federation.assembly.models  # noqa: F401  (each brings its tables)
import procurement.models  # noqa: F401
import staffbank.models  # noqa: F401
import tenants.models  # noqa: F401
from tenants.crossings import CROSSINGS, OWNERS, PLAIN
from tenants.db import Base
from tenants.isolation import TENANT_CLASSES, Isolation, wall_sql
from tests.conftest import PREFIX

LOGINS = ("member", "office", "door", "jobs")
ROLES = [f"{PREFIX}_{role}" for role in (*LOGINS, "owner", "crossing")]
OWNER, CROSSING = f"{PREFIX}_owner", f"{PREFIX}_crossing"
BOOKKEEPING = {"alembic_version"}
"""Tables without a model: nobody but the owner may touch them."""
NOT_TENANT_FIRST = {
    "demand_round_ix",
    "order_allocation_order_ix",
    "outbox_due_ix",
    "booked_time_once_ex",
    "cover_shift_both_ix",
    "placement_both_ix",
    "timesheet_both_ix",
    "proxy_both_ix",
}
"""Indexes of tenant tables for those who read across tenants: the office, the crossings and the dispatcher. And the one
key that must reach across: a person may belong to several co-ops, and can be booked only once."""
OURS = "NOT starts_with(n.nspname, 'pg_') AND n.nspname <> 'information_schema'"
NO_EXTENSION = "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')"


def models() -> dict[str, type]:
    """Every mapped class by the name of its table."""
    return {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers if isinstance(mapper, Mapper)}  # type: ignore[union-attr]


def isolation_of(table: str) -> Isolation:
    """What the model of a table declares."""
    return models()[table].__isolation__  # type: ignore[attr-defined]


def tables_of(*classes: str) -> list[str]:
    """Names of the tables of some classes, sorted."""
    return sorted(name for name in models() if isolation_of(name).table_class in classes)


def rows(connection: Connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    return connection.execute(query, values).fetchall()  # type: ignore[arg-type]


def every_table_is_declared(connection: Connection) -> list[str]:
    """Each table in any schema has a model that names its class and retention, and each model has its table."""
    live = {
        row[0]
        for row in rows(
            connection,
            f"SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            f" WHERE c.relkind IN ('r', 'p', 'f', 'm') AND {OURS}",
        )
    }
    undeclared = [f"{name} has no model" for name in live - set(models()) - BOOKKEEPING]
    missing = [f"{name} has no table" for name in set(models()) - live]
    silent = [
        f"{name} declares no isolation"
        for name, model in models().items()
        if not isinstance(model.__dict__.get("__isolation__"), Isolation)
    ]
    return undeclared + missing + silent


def every_table_is_walled(connection: Connection) -> list[str]:
    """Row-level security is enabled and forced on every table, and the owner role owns it."""
    found = rows(
        connection,
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) FROM pg_class c"
        f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND {OURS}",
    )
    open_ = [
        f"{name} is not behind the wall"
        for name, enabled, forced, _ in found
        if name not in BOOKKEEPING and not (enabled and forced)
    ]
    return open_ + [f"{name} is owned by {owner}" for name, _, _, owner in found if owner != OWNER]


def policies_and_grants_are_the_declared_ones(connection: Connection) -> list[str]:
    """Builds the wall anew from the models, on empty copies of the tables, and compares both catalogues."""
    policies = (
        "SELECT tablename, policyname, permissive, roles::text, cmd, coalesce(qual, ''), coalesce(with_check, '')"
        " FROM pg_policies WHERE schemaname = %s"
    )
    grants = (
        "SELECT c.relname, a.grantee::regrole::text, a.privilege_type, a.is_grantable FROM pg_class c, aclexplode(c.relacl) a"
        " WHERE c.relnamespace = %s::regnamespace AND a.grantee <> c.relowner"
    )
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE SCHEMA expected")
        connection.execute("SET LOCAL search_path = expected, public")
        for name in models():
            connection.execute(f"CREATE TABLE expected.{name} (LIKE public.{name})")
            for line in wall_sql(name, isolation_of(name), PREFIX):
                connection.execute(line)  # type: ignore[arg-type]
        return [
            f"{'unexpected' if fact in live else 'missing'}: {fact}"
            for query in (policies, grants)
            for live, wanted in [(set(rows(connection, query, "public")), set(rows(connection, query, "expected")))]
            for fact in sorted(live ^ wanted)
        ]


def no_grant_is_finer_or_wider(connection: Connection) -> list[str]:
    """No grant on a column, none to everybody, no TRUNCATE, REFERENCES or TRIGGER, no default grants, nothing on bookkeeping."""
    columns = rows(
        connection,
        "SELECT attrelid::regclass::text || '.' || attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
        f" JOIN pg_namespace n ON n.oid = c.relnamespace WHERE attacl IS NOT NULL AND {OURS}",
    )
    wide = rows(
        connection,
        "SELECT c.relname || ': ' || a.privilege_type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
        f" aclexplode(c.relacl) a WHERE {OURS} AND a.grantee <> c.relowner AND (a.grantee = 0 OR a.is_grantable"
        " OR a.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') OR c.relname = ANY (%s))",
        list(BOOKKEEPING),
    )
    defaults = rows(connection, "SELECT 'default grants of ' || defaclrole::regrole FROM pg_default_acl")
    return [row[0] for row in columns + wide + defaults]


def tenant_stands_first(connection: Connection) -> list[str]:
    """tenant_id is a uuid that is never null and stands first in every key and index; keys to a tenant's rows stay inside it."""
    names = tables_of(*TENANT_CLASSES, "sealed")
    kind = rows(
        connection,
        "SELECT t FROM unnest(%s::text[]) t WHERE NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = t::regclass"
        " AND attname = 'tenant_id' AND atttypid = 'uuid'::regtype AND attnotnull)",
        names,
    )
    first = (
        "SELECT x.indexrelid::regclass::text FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attname = 'tenant_id'"
        " WHERE x.indrelid = ANY (%s::text[]::regclass[]) AND x.indkey[0] <> a.attnum"
    )
    keys = (
        "SELECT k.conname FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'tenant_id'"
        " WHERE k.conrelid = ANY (%s::text[]::regclass[]) AND (k.contype IN ('p', 'u', 'x') OR k.contype = 'f' AND a.attnum = ANY (k.conkey))"
        " AND k.conkey[1] <> a.attnum"
    )
    across = (
        "SELECT k.conname FROM pg_constraint k JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attname = 'tenant_id'"
        " LEFT JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'tenant_id'"
        " WHERE k.contype = 'f' AND k.confrelid = ANY (%s::text[]::regclass[])"
        " AND (a.attnum IS NULL OR k.conkey[1] <> a.attnum OR k.confkey[1] <> b.attnum)"
    )
    faults = [f"{row[0]}: tenant_id must be uuid NOT NULL" for row in kind]
    faults += [
        f"{row[0]} does not begin with tenant_id"
        for query in (first, keys)
        for row in rows(connection, query, names)
        if row[0] not in NOT_TENANT_FIRST
    ]
    return faults + [f"{row[0]} reaches into another tenant" for row in rows(connection, across, names)]


def policies_are_plain(connection: Connection) -> list[str]:
    """No policy reads a table or is given to everybody; the one condition of tenant tables raises when no scope is open."""
    return [
        f"{row[0]} is not plain"
        for row in rows(
            connection,
            "SELECT policyname FROM pg_policies WHERE concat(qual, with_check) ~* '\\mselect\\M' OR 'public' = ANY (roles)"
            " OR concat(qual, with_check) ~* 'current_setting\\([^)]*,'",
        )
    ]


def roles_have_no_powers(connection: Connection) -> list[str]:
    """The six roles exist, four may log in, none has a power or is a member of another, and only the owner owns tables."""
    found = rows(
        connection,
        "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit"
        " FROM pg_roles WHERE rolname = ANY (%s)",
        ROLES,
    )
    faults = [f"{name} is missing" for name in set(ROLES) - {row[0] for row in found}]
    faults += [f"{name} has powers" for name, _, powers in found if powers]
    faults += [
        f"{name}: wrong about logging in"
        for name, login, _ in found
        if login != (name.removeprefix(f"{PREFIX}_") in LOGINS)
    ]
    members = rows(
        connection,
        "SELECT member::regrole::text || ' is a member of ' || roleid::regrole FROM pg_auth_members"
        " WHERE member::regrole::text = ANY (%s)",
        ROLES,
    )
    owners = rows(
        connection,
        "SELECT relname || ' belongs to ' || relowner::regrole FROM pg_class"
        " WHERE relowner::regrole::text = ANY (%s) AND relowner::regrole::text <> %s",
        ROLES,
        OWNER,
    )
    return faults + [row[0] for row in members + owners]


def views_use_the_readers_rights(connection: Connection) -> list[str]:
    """Every view is security_invoker; no materialized view, sequence or foreign table is granted to anybody."""
    views = rows(
        connection,
        f"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}"
        " AND c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)",
    )
    granted = rows(
        connection,
        f"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a WHERE {OURS}"
        " AND c.relkind IN ('m', 'S', 'f') AND a.grantee <> c.relowner",
    )
    return [f"{row[0]} lends rights" for row in views + granted]


def functions_are_the_listed_ones(connection: Connection) -> list[str]:
    """Functions are exactly those of tenants/crossings.py, once each: owner, search_path, whose rights, and who may call them."""
    found = rows(
        connection,
        "SELECT p.proname, p.prosecdef, pg_get_userbyid(p.proowner), coalesce(array_to_string(p.proconfig, ';'), ''),"
        " (SELECT coalesce(array_agg(CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END), '{}')"
        " FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee <> p.proowner)"
        f" FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS} AND {NO_EXTENSION}",
    )
    listed = {**CROSSINGS, **OWNERS, **PLAIN}
    names = sorted(row[0] for row in found)
    faults = [] if names == sorted(listed) else [f"functions differ from the list: {sorted(set(names) ^ set(listed))}"]
    for name, definer, owner, config, callers in found:
        rights = OWNER if name in OWNERS else CROSSING
        if (
            definer != (name in CROSSINGS or name in OWNERS)
            or (definer and owner != rights)
            or owner not in (OWNER, CROSSING)
        ):
            faults.append(f"{name} works with the rights of {owner}")
        if config not in ("search_path=public, pg_temp", "search_path=pg_catalog, pg_temp"):
            faults.append(f"{name} has no fixed search_path")
        wanted = {f"{PREFIX}_{role}" for role in listed.get(name, ())} - {owner}
        if set(callers) != wanted:
            faults.append(f"{name} may be called by {sorted(callers)}, not {sorted(wanted)}")
    return faults


def nothing_else_opens_a_door(connection: Connection) -> list[str]:
    """No enum types, rules, foreign servers, publications or event triggers: each can carry rows or tell of them past the policies."""
    queries = (
        f"SELECT 'enum ' || p.typname FROM pg_type p JOIN pg_namespace n ON n.oid = p.typnamespace WHERE p.typtype = 'e' AND {OURS} AND {NO_EXTENSION}",
        "SELECT 'rule ' || rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace"
        f" WHERE rulename <> '_RETURN' AND {OURS}",
        "SELECT 'server ' || srvname FROM pg_foreign_server",
        "SELECT 'publication ' || pubname FROM pg_publication",
        "SELECT 'event trigger ' || evtname FROM pg_event_trigger",
    )
    return [row[0] for query in queries for row in rows(connection, query)]


def everybody_may_nothing(connection: Connection) -> list[str]:
    """PUBLIC may neither connect nor look into the schema; only the owner may create there."""
    database = rows(
        connection,
        "SELECT 'database: ' || a.privilege_type FROM pg_database d,"
        " aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
        " WHERE d.datname = current_database() AND a.grantee = 0",
    )
    schema = rows(
        connection,
        "SELECT n.nspname || ': ' || a.privilege_type || ' to ' || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END"
        f" FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a WHERE {OURS}"
        " AND (a.grantee = 0 OR a.privilege_type = 'CREATE' AND a.grantee NOT IN (n.nspowner, %s::regrole))",
        OWNER,
    )
    return [row[0] for row in database + schema]


CHECKS: tuple[Callable[[Connection], list[str]], ...] = (
    every_table_is_declared,
    every_table_is_walled,
    policies_and_grants_are_the_declared_ones,
    no_grant_is_finer_or_wider,
    tenant_stands_first,
    policies_are_plain,
    roles_have_no_powers,
    views_use_the_readers_rights,
    functions_are_the_listed_ones,
    nothing_else_opens_a_door,
    everybody_may_nothing,
)
