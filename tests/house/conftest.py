"""A database with two tenants' rows in every table, shared by the tests of one module that leave it as they found it."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from tests import servers
from tests.conftest import settings_for
from tests.house.rows import new_marker, seed_shared, seed_tenant
from tests.house.verbs import Sides


@dataclass(frozen=True)
class Walled:
    """Two tenants with one row in each table, A's full of markers; connections by role, opened once."""

    superuser: psycopg.Connection
    sides: Sides
    login: Callable[[str], psycopg.Connection]


@pytest.fixture(scope="module")
def walled(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walled]:
    """See `Walled`; the superuser meets no wall."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    url = servers.clone_database(template_database, name)
    settings = settings_for(url, tmp_path_factory.mktemp("walled"))
    sides = Sides(uuid.uuid4(), uuid.uuid4(), new_marker())
    seed_shared(url, "shared")
    seed_tenant(url, sides.a, sides.marker)
    seed_tenant(url, sides.b, "plain words of B")
    connections = {
        role: psycopg.connect(address, autocommit=True)
        for role, address in {**settings.role_urls, "superuser": url}.items()
    }
    yield Walled(connections["superuser"], sides, connections.__getitem__)
    for connection in connections.values():
        connection.close()
    servers.drop_database(name)
