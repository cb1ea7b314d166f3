"""A program that calls the API with a token of a person."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tenants.db import at_the_door
from tenants.scope import FEDERATION
from tenants.services import tokens
from tests.factories.tenants import make_coop, make_manager, make_officer


@dataclass(frozen=True)
class Program:
    """Calls `/api` as one person for one tenant; header names are written with `_` for `-`."""

    client: FlaskClient
    token: str
    tenant_id: UUID
    person_id: UUID

    def call(self, method: str, path: str, json: Any = None, **headers: str) -> TestResponse:
        """One call with the token."""
        given = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        more = {} if json is None else {"json": json}
        return self.client.open(f"/api{path}", method=method, headers=given, **more)

    def get(self, path: str) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()


def make_program(client: FlaskClient, person_id: UUID, tenant_id: UUID, scope: str = "write") -> Program:
    """A program with a new token of a person."""
    with at_the_door():
        token = tokens.make_token(person_id, tenant_id, "tests", scope)
    return Program(client, token, tenant_id, person_id)


def officer_program(client: FlaskClient, scope: str = "write") -> Program:
    """A program of a new officer."""
    return make_program(client, make_officer(), FEDERATION, scope)


def manager_program(client: FlaskClient, coop_id: UUID | None = None, scope: str = "write") -> Program:
    """A program of a new manager of a co-op, new unless named."""
    coop_id = coop_id or make_coop()
    return make_program(client, make_manager(coop_id), coop_id, scope)
