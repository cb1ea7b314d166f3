"""Fixtures on real servers: each test finds a federation like new, in a database and an app that are made once."""

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, event, make_url, text
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
from tests.lending import Lender

# A busy machine is no fault of the code: examples are bounded in number, not in milliseconds.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")

LONG = {"browser": 0, "slow": 1}
"""Marks of tests that take long; others come after them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests first, so that at the end no process waits for one that has just begun a long file.

    Tests that need a database are marked `served`, but for those of a few files that go a whole way.
    """
    ranks: dict[Path, int] = {}
    for item in items:
        rank = min((LONG[mark.name] for mark in item.iter_markers() if mark.name in LONG), default=len(LONG))
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
        if item.path.name not in WHOLE_WAYS and SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker("served")
    items.sort(key=lambda item: ranks[item.path])


SERVERS = {"template_database", "demo_lender"}
"""Fixtures of whoever needs a database."""
WHOLE_WAYS = {"test_api_round.py", "test_money_pages.py", "test_casting.py"}
"""A round, lent hours and a vote, through to the end: what `--quick` tries on real servers."""
PREFIX = "fedtest"
PASSWORD = "test-only"
"""Of the database logins of the test server, which only this user can reach."""
NAME = "Federation of Tests"
LEADS = {"data_dir", "database_url", "role_urls"}
"""What differs between the settings of tests that can share an app."""


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


def make_template(folder: Path, *, demo: bool = False) -> str:
    """Name of a database with the schema of today's migrations and a founded federation; with the mark of a demo or not."""
    sources = sorted((PROJECT / "deploy" / "migrations").rglob("*.sql")) + sorted(
        (PROJECT / "deploy" / "migrations").rglob("*.py")
    )
    sources += [PROJECT / "federation" / "schema.py", PROJECT / "tenants" / "crossings.py"]
    marks = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:10]

    def fill(url: str) -> None:
        settings = settings_for(url, folder)
        prepare(url, settings, demo=demo)
        with running(create_app(settings)), acting_for_federation():
            coops.found_federation(NAME)

    return servers.make_template(f"template_{marks}{'_demo' if demo else ''}", fill)


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database of a founded federation that is no demo."""
    return make_template(tmp_path_factory.mktemp("template"))


@contextmanager
def running(app: HouseFlask) -> Iterator[HouseFlask]:
    """An app context, whose connections are closed at its end."""
    with app.app_context():
        try:
            yield app
        finally:
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture(scope="session")
def lender(template_database: str) -> Iterator[Lender]:
    """Lends databases of founded federations."""
    made = Lender(template_database)
    yield made
    made.close()


@pytest.fixture(scope="session")
def demo_lender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lender]:
    """Lends databases of founded federations with the mark of a demo."""
    made = Lender(make_template(tmp_path_factory.mktemp("template"), demo=True))
    yield made
    made.close()


@pytest.fixture
def database(lender: Lender) -> Iterator[str]:
    """Superuser's URL of a database that is like new; the superuser meets no wall."""
    with lender.lent() as url:
        yield url


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of this test's federation."""
    return settings_for(database, tmp_path)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates are compiled once for all tests: each has an app of its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


class Apps:
    """Apps made once for all tests, since that takes longer than most of them: each test finds one like new.

    What differs between tests is where an app's connections lead and what stands in its `config`; the apps keep what
    they have learned about templates and statements.
    """

    def __init__(self, compiled: FileSystemBytecodeCache) -> None:
        self._compiled = compiled
        self._made: dict[tuple[object, ...], tuple[HouseFlask, dict[str, Any], dict[str, str]]] = {}

    @contextmanager
    def running(self, settings: Settings, *, demo: bool = False) -> Iterator[HouseFlask]:
        """The app of a federation; its context is open."""
        key = (demo, *(value for name, value in vars(settings).items() if name not in LEADS))
        # Taken out of the shelf, so that nobody else gets it meanwhile.
        app, config, urls = self._made.pop(key, None) or self._make(settings, demo)
        urls.update(settings.role_urls)
        app.config.clear()
        app.config.update(config, JOBS_URL=settings.role_urls["jobs"])
        with running(app):
            yield app
        self._made[key] = app, config, urls

    def _make(self, settings: Settings, demo: bool) -> tuple[HouseFlask, dict[str, Any], dict[str, str]]:
        app = create_app(settings, demo=demo)
        app.jinja_env.bytecode_cache = self._compiled
        app.testing = True
        urls: dict[str, str] = {}
        with app.app_context():
            for role, engine in db.engines.items():
                if role is not None:
                    event.listen(engine, "do_connect", _lead(role, urls))
        return app, dict(app.config), urls


def _lead(role: str, urls: dict[str, str]) -> Callable[..., None]:
    def lead(dialect: Any, _record: object, _positional: object, named: dict[str, Any]) -> None:
        named.clear()
        named.update(dialect.create_connect_args(make_url(urls[role]))[1])

    return lead


@pytest.fixture(scope="session")
def apps(compiled_templates: FileSystemBytecodeCache) -> Apps:
    """See `Apps`."""
    return Apps(compiled_templates)


@pytest.fixture
def app(settings: Settings, apps: Apps) -> Iterator[HouseFlask]:
    """The app of a founded federation that is no demo; the app's context is open."""
    with apps.running(settings) as app:
        yield app


@pytest.fixture
def demo_settings(demo_lender: Lender, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a federation of this test's own with the mark of a demo."""
    with demo_lender.lent() as url:
        yield settings_for(url, tmp_path)


@pytest.fixture
def demo_app(demo_settings: Settings, apps: Apps) -> Iterator[HouseFlask]:
    """The same, of a database with the mark of a demo."""
    with apps.running(demo_settings, demo=True) as app:
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
