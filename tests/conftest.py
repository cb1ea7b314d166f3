"""Fixtures on real servers: a federation of its own for each test, cloned from a template that is made once."""

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from federation.app import create_app
from federation.config import LOGIN_ROLES, PROJECT, Settings, load_settings, with_login
from federation.schema import prepare
from tenants import jobs
from tenants.db import acting_for_federation, at_the_door, db
from tenants.identity import Identity
from tenants.services import coops, sessions
from tenants.web import COOKIE, HouseFlask
from tests import servers

# A busy machine is no fault of the code: examples are bounded in number, not in milliseconds.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")

PREFIX = "fedtest"
PASSWORD = "test-only"
"""Of the database logins of the test server, which only this user can reach."""
NAME = "Federation of Tests"


def settings_for(database_url: str, data: Path, **more: str) -> Settings:
    """Settings of a test federation in one database; `more` are variables of the environment."""
    logins = {f"FED_{role.upper()}_URL": with_login(database_url, f"{PREFIX}_{role}", PASSWORD) for role in LOGIN_ROLES}
    fixed = {
        "DATABASE_URL": database_url,
        "REDIS_URL": servers.redis_url(0),
        "ROLE_PREFIX": PREFIX,
        "SECRET_KEY": "x" * 40,
        "BASE_URL": "http://localhost",
        "FED_DEMO": "0",
    }
    return load_settings({**fixed, **logins, **more}, data=str(data))


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database with the schema of today's migrations and a founded federation."""
    sources = sorted((PROJECT / "deploy" / "migrations").rglob("*.sql")) + sorted(
        (PROJECT / "deploy" / "migrations").rglob("*.py")
    )
    sources += [PROJECT / "federation" / "schema.py", PROJECT / "tenants" / "crossings.py"]
    marks = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:10]

    def fill(url: str) -> None:
        settings = settings_for(url, tmp_path_factory.mktemp("template"))
        prepare(url, settings)
        with running(create_app(settings)), acting_for_federation():
            coops.found_federation(NAME)

    return servers.make_template(f"template_{marks}", fill)


@contextmanager
def running(app: HouseFlask) -> Iterator[HouseFlask]:
    """An app context, whose connections are closed at its end."""
    with app.app_context():
        try:
            yield app
        finally:
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def database(template_database: str) -> Iterator[str]:
    """Superuser's URL of a database of this test's own; the superuser meets no wall."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    yield servers.clone_database(template_database, name)
    servers.drop_database(name)


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of this test's federation."""
    return settings_for(database, tmp_path)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all tests: each has an app of its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Iterator[HouseFlask]:
    """The app of a founded federation that is no demo; the app's context is open."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled_templates
    app.testing = True
    with running(app):
        yield app


@pytest.fixture
def demo_app(database: str, settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Iterator[HouseFlask]:
    """The same, of a database with the mark of a demo."""
    prepare(database, settings, demo=True)
    app = create_app(settings, demo=True)
    app.jinja_env.bytecode_cache = compiled_templates
    app.testing = True
    with running(app):
        yield app


@pytest.fixture
def client(app: HouseFlask) -> FlaskClient:
    """A browser at which nobody is signed in."""
    return app.test_client()


def sign_in_as(client: FlaskClient, person_id: uuid.UUID, tenant_id: uuid.UUID | None = None) -> Identity:
    """Give a browser the session of a person who has shown the second factor, acting for one tenant."""
    with at_the_door():
        token = sessions.start_session(person_id, second_factor=True, tenant_id=tenant_id)
        identity = sessions.find_identity(token)
    assert identity is not None
    client.set_cookie(COOKIE, token)
    return identity


@pytest.fixture
def sign_in() -> Callable[..., Identity]:
    """`sign_in(client, person_id, tenant_id)`: see `sign_in_as`; the answer carries the form's token as `csrf_token`."""
    return sign_in_as


@pytest.fixture
def run_jobs(app: HouseFlask, settings: Settings) -> Callable[[], list[str]]:
    """`run_jobs()` claims what is due in the outbox and runs it here, until nothing is; the answer is how each ended."""
    return lambda: run_due(settings)


def run_due(settings: Settings) -> list[str]:
    """Claim what is due and run it in this process, until nothing is."""
    ended: list[str] = []
    engine = create_engine(
        settings.role_urls["jobs"].replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
    )
    claim = text("SELECT tenant_id, id, kind FROM outbox_claim(50, :lease)")
    for _ in range(50):
        with engine.begin() as connection:
            due = connection.execute(claim, {"lease": jobs.LEASE}).all()
        if not due:
            return ended
        ended += [jobs.run_job(str(work_id), str(tenant_id), kind) for tenant_id, work_id, kind in due]
    raise AssertionError("work begets work without end")


@pytest.fixture(scope="session")
def browser_required() -> bool:
    """Whether a missing browser is a failure and not a skip."""
    return os.environ.get("FED_REQUIRE_BROWSER") == "1"
