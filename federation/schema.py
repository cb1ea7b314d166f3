"""Makes a database ready: roles, migrations, grants on crossings, and the mark of a demo.

Roles belong to the server and are made here, not by Alembic. Migrations run as the owner role, which no one logs in as.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from psycopg import sql
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from federation.config import LOGIN_ROLES, Settings
from federation.schema_stamp import MIGRATIONS
from tenants.crossings import CROSSINGS, OWNERS, PLAIN
from tenants.errors import InvalidInput, RuleBroken

if TYPE_CHECKING:
    from alembic.config import Config

OLDEST_POSTGRES = 180000
LOCK = 7_316_001
"""Advisory lock held while roles and schema change, so that two starts do not race."""


def prepare(database_url: str, settings: Settings, *, demo: bool = False, oldest: int = OLDEST_POSTGRES) -> None:
    """Bring the database behind `database_url` to the newest schema; safe to call at every start.

    `oldest`: the first version of PostgreSQL that will do, as its `server_version_num`.
    Raises: InvalidInput when the server is too old.
    """
    with _connected(database_url) as connection:
        if _pg_version(connection) < oldest:
            raise InvalidInput({"DATABASE_URL": "PostgreSQL 18 or newer is needed; this server is older."})
        _run(connection, f"SELECT pg_advisory_lock({LOCK})")
        ensure_roles(connection, settings)
        ensure_rights(connection, settings.role_prefix)
        connection.commit()
        upgrade(connection, settings.role_prefix)
        grant_crossings(connection, settings.role_prefix)
        if demo:
            _mark_as_demo(connection, settings.role_prefix)
        connection.commit()


def _mark_as_demo(connection: Connection, prefix: str) -> None:
    _run(connection, f"SET ROLE {prefix}_owner")
    _run(
        connection,
        "CREATE OR REPLACE FUNCTION is_demo() RETURNS boolean LANGUAGE sql IMMUTABLE"
        " SET search_path = pg_catalog, pg_temp AS 'SELECT true'",
    )
    _run(connection, "RESET ROLE")


def ensure_roles(connection: Connection, settings: Settings) -> None:
    """Make the six roles of this prefix, none of which is a superuser or may bypass row-level security."""
    have = {row[0] for row in connection.exec_driver_sql("SELECT rolname FROM pg_roles")}
    for role in ("owner", "crossing"):
        name = sql.Identifier(settings.role_name(role))
        if settings.role_name(role) not in have:
            _run(connection, sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT").format(name))
        _run(connection, sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(name))
    for role in LOGIN_ROLES:
        name = sql.Identifier(settings.role_name(role))
        password = urlsplit(settings.role_urls[role]).password
        # Only a superuser may name the powers of a role that is there already, so they are named when it is made.
        verb = (
            "ALTER ROLE {} LOGIN"
            if settings.role_name(role) in have
            else "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT"
        )
        secret = sql.Literal(unquote(password) if password else None)
        _run(connection, sql.SQL(verb + " PASSWORD {}").format(name, secret))
    _refuse_powers(connection, settings)


def _refuse_powers(connection: Connection, settings: Settings) -> None:
    names = [settings.role_name(role) for role in (*LOGIN_ROLES, "owner", "crossing")]
    strong = "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication)"
    if found := [row[0] for row in connection.exec_driver_sql(strong, (names,))]:
        raise RuleBroken(
            "role-too-strong",
            f"The database role {found[0]} could look past the wall between co-ops. Take its powers away first.",
        )


def ensure_rights(connection: Connection, prefix: str) -> None:
    """Who may connect and look into the schema; PUBLIC may neither."""
    database = connection.exec_driver_sql("SELECT current_database()").scalar_one()
    everybody = ", ".join(f"{prefix}_{role}" for role in LOGIN_ROLES)
    quoted = connection.dialect.identifier_preparer.quote(database)
    for statement in (
        f"REVOKE ALL ON DATABASE {quoted} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {quoted} TO {everybody}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {everybody}, {prefix}_crossing",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {prefix}_owner WITH GRANT OPTION",
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
    ):
        _run(connection, statement)


def upgrade(connection: Connection, prefix: str, to: str = "head") -> None:
    """Run the migrations that are missing, as the owner role, with limits on waiting for locks."""
    from alembic import command  # here, because every process asks for `is_demo`, and hardly one migrates

    _migrating(connection, prefix, lambda config: command.upgrade(config, to))


def downgrade(connection: Connection, prefix: str, to: str = "base") -> None:
    """Take migrations back, as the owner role."""
    from alembic import command

    _migrating(connection, prefix, lambda config: command.downgrade(config, to))


def start_over(settings: Settings) -> None:
    """Empty a demo that was filled half-way: take all migrations back and run them again. Raises: RuleBroken when it is no demo."""
    if not is_demo(settings):
        raise RuleBroken("not-a-demo", "Only a demo may be emptied.")
    with _connected(settings.database_url) as connection:
        downgrade(connection, settings.role_prefix)
    prepare(settings.database_url, settings, demo=True)


def is_demo(settings: Settings) -> bool:
    """Whether the database carries the mark of a demo, set when it was made."""
    with _connected(settings.role_urls["door"]) as connection:
        return bool(connection.exec_driver_sql("SELECT is_demo()").scalar_one())


def is_current(connection: Connection) -> bool:
    """Whether the newest migration has run."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    newest = ScriptDirectory.from_config(_config(connection, "fed")).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def grant_crossings(connection: Connection, prefix: str) -> None:
    """Give each crossing to the roles that may call it, and to nobody else."""
    present = {
        row[0]
        for row in connection.exec_driver_sql("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    }
    for name, roles in {**CROSSINGS, **OWNERS, **PLAIN}.items():
        if name not in present:
            continue
        owner = connection.exec_driver_sql(
            "SELECT proowner::regrole::text FROM pg_proc WHERE proname = %s AND pronamespace = 'public'::regnamespace",
            (name,),
        ).scalar_one()
        _run(connection, f"SET ROLE {owner}")
        _run(connection, f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        if roles:
            _run(connection, f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(f'{prefix}_{role}' for role in roles)}")
        _run(connection, "RESET ROLE")


def run_sql(op: Any, file_name: str) -> None:
    """Run one frozen SQL file of a migration; `{prefix}` in it becomes the role prefix of this database."""
    text = (MIGRATIONS / "sql" / file_name).read_text(encoding="utf-8").replace("{prefix}", role_prefix(op))
    _run(op.get_bind(), text)


def role_prefix(op: Any) -> str:
    """The role prefix of the database that is being migrated."""
    return op.get_context().config.attributes["prefix"]


@contextmanager
def as_crossing_role(op: Any) -> Iterator[None]:
    """Make functions as the crossing role, which may create in the schema only meanwhile."""
    prefix, connection = role_prefix(op), op.get_bind()
    _run(connection, f"GRANT CREATE ON SCHEMA public TO {prefix}_crossing")
    _run(connection, f"SET LOCAL ROLE {prefix}_crossing")
    yield
    _run(connection, f"SET LOCAL ROLE {prefix}_owner")
    _run(connection, f"REVOKE CREATE ON SCHEMA public FROM {prefix}_crossing")


def _migrating(connection: Connection, prefix: str, work: Any) -> None:
    _run(connection, f"SET ROLE {prefix}_owner")
    _run(connection, "SET lock_timeout = '5s'")
    _run(connection, "SET statement_timeout = '60s'")
    connection.commit()
    try:
        work(_config(connection, prefix))
        connection.commit()
    finally:
        connection.rollback()
        for statement in ("RESET ROLE", "RESET lock_timeout", "RESET statement_timeout"):
            _run(connection, statement)
        connection.commit()


def _config(connection: Connection, prefix: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, prefix=prefix)
    return config


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def _pg_version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())


def _run(connection: Connection, statement: Any) -> None:
    # Straight to the driver and without parameters, so that a per cent sign in a function's body stays one.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(statement)
