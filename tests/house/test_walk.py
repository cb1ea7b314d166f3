"""Proofs 2 and 3: whoever asks, wherever an id goes in: nothing of A comes back, nothing of A changes, foreign is like unknown."""

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tenants.identity import Identity
from tests.conftest import Apps
from tests.house.recipes import NAMES_ARE_PUBLIC, RECIPES
from tests.house.rows import digest
from tests.house.world import SECRET_PACKS, World, made_world, side_of
from tests.lending import Lender

pytestmark = pytest.mark.slow
ACTORS = ("manager of B", "carer of B", "officer", "nobody")
READS = {"GET", "HEAD"}
NOT_OF_ONE_TENANT = {"ledger_entry", "ledger_line", "audit_entry", "outbox"}
"""Tables in which the office writes A's legs: left out of the digest when the officer walks."""


@pytest.fixture(scope="module")
def world(lender: Lender, apps: Apps, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all walks: none of them may change what is A's."""
    with lender.lent() as database, made_world(apps, database, tmp_path_factory.mktemp("world")) as made:
        yield made


def unknown(like: str) -> str:
    """An id of the same shape that stands for nothing."""
    return uuid.uuid4().hex * 2 if len(like) == 64 else str(uuid.uuid4())


def asked(
    client: FlaskClient, identity: Identity | None, rule: Rule, method: str, filled: Mapping[str, str]
) -> TestResponse:
    """One request, with every position filled; forms and JSON as the view expects them."""
    parts: dict[str, dict[str, str]] = {"path": {}, "form": {}, "json": {}, "query": {}}
    for position, value in filled.items():
        kind, _, name = position.rpartition(".")
        parts[kind or "path"][name] = value
    path = rule.build(parts["path"], append_unknown=False)
    assert path is not None, f"{rule.endpoint}: the recipe does not name every variable of {rule.rule}"
    csrf = identity.csrf_token if identity else ""
    headers = {"X-CSRF-Token": csrf, "Idempotency-Key": str(uuid.uuid4()), "If-Match": '"1"'}
    body: dict[str, Any] = {}
    if method not in READS:
        body = (
            {"json": {name: [value] if name.endswith("_ids") else value for name, value in parts["json"].items()}}
            if (rule.rule.startswith("/api/"))
            else {"data": parts["form"] | {"csrf_token": csrf}}
        )
    return client.open(path[1], method=method, headers=headers, query_string=parts["query"], buffered=True, **body)


def told(answer: TestResponse, filled: Mapping[str, str]) -> tuple[int, str, str]:
    """What an answer tells, with the ids that were asked for blotted out."""
    body, place = text_of(answer), answer.headers.get("Location", "")
    for value in filled.values():
        if len(value) >= 32:
            body, place = body.replace(value, "ID"), place.replace(value, "ID")
    return answer.status_code, body, place


def text_of(answer: TestResponse) -> str:
    """The body as text; in documents and archives what can be read of it."""
    return answer.get_data().decode("utf-8", "replace")


def leaks(world: World, actor: str, endpoint: str, answer: TestResponse) -> list[str]:
    """Which of A's markers an answer carries that this actor may not see, in body or headers."""
    everything = (text_of(answer) + str(answer.headers)).lower()
    forbidden = {
        world.markers.secret: True,
        world.markers.published: actor != "officer",
        world.markers.name: actor != "officer" and endpoint not in NAMES_ARE_PUBLIC,
        str(SECRET_PACKS): actor != "officer",
        f"{SECRET_PACKS:,}": actor != "officer",
    }
    return [
        f"{endpoint} tells {actor} {marker}" for marker, hidden in forbidden.items() if hidden and marker in everything
    ]


def fills(
    world: World, actor: str, recipe: Mapping[str, str], method: str
) -> Iterator[tuple[dict[str, str], dict[str, str] | None]]:
    """Pairs of (positions filled, the same with an unknown id, or None where the id is one that is shared)."""
    side = side_of(actor)
    given = {position: kind[1:] if kind.startswith("=") else None for position, kind in recipe.items()}
    kinds = {position: kind for position, kind in recipe.items() if not kind.startswith("=")}
    nothing = {position: text if text is not None else str(uuid.uuid4()) for position, text in given.items()}
    shared = {position: world.shared[side].get(kind, []) for position, kind in kinds.items()}
    known = nothing | {position: ids[0] for position, ids in shared.items() if ids}
    base = nothing if actor == "officer" and method not in READS else known
    yield base, None
    for position, kind in kinds.items():
        if actor != "officer" or method in READS:
            yield from (({**base, position: value}, None) for value in shared[position][1:])
        for value in world.foreign[side].get(kind, []):
            yield {**base, position: value}, {**base, position: unknown(value)}


def walk(world: World, actor: str, *, only_reads: bool = False) -> tuple[list[str], int]:
    """Every view × method × position as one actor: the faults, and how many requests were made."""
    faults, requests = [], 0
    rules = sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, str(rule.methods)))
    with psycopg.connect(world.database, autocommit=True) as superuser:
        # Reading ends no session, so all of it is done at one browser, until something is written: that may end them all.
        reader, written = world.browser(actor), False
        before = fingerprint(superuser, world, actor)
        for rule in (rule for rule in rules if rule.endpoint in RECIPES):
            for method in sorted(
                {"GET"} & (rule.methods or set()) if only_reads else (rule.methods or set()) - {"OPTIONS", "HEAD"}
            ):
                if written and method in READS:
                    reader, written = world.browser(actor), False
                client, identity = reader if method in READS else world.browser(actor)
                written = written or method not in READS
                for filled, random in fills(world, actor, RECIPES[rule.endpoint], method):
                    first = asked(client, identity, rule, method, filled)
                    requests += 1
                    faults += leaks(world, actor, rule.endpoint, first)
                    if first.status_code >= 500 and rule.endpoint != "health":
                        faults.append(f"{method} {rule.endpoint} {filled}: {first.status_code}")
                    if random is None:
                        # What it did for one's own is told on the next page: that must not be the one compared.
                        with client.session_transaction() as session:
                            session.pop("_flashes", None)
                        continue
                    second = asked(client, identity, rule, method, random)
                    requests += 1
                    if told(first, filled) != told(second, random):
                        faults.append(
                            f"{method} {rule.endpoint} tells {actor} foreign {filled} ({first.status_code}) from unknown ({second.status_code})"
                        )
            after = fingerprint(superuser, world, actor)
            if after != before:
                faults.append(f"{rule.endpoint} changes rows of A when {actor} walks")
            before = after
    return faults, requests


def fingerprint(superuser: psycopg.Connection, world: World, actor: str) -> dict[str, str]:
    """Of A's rows; for the officer without the legs and records that the office writes for A."""
    found = digest(superuser, world.a)
    return {table: mark for table, mark in found.items() if actor != "officer" or table not in NOT_OF_ONE_TENANT}


def test_every_view_has_a_recipe_and_every_recipe_a_view(world: World) -> None:
    assert {rule.endpoint for rule in world.app.url_map.iter_rules()} == set(RECIPES)


def test_every_operation_of_the_api_description_is_walked(world: World) -> None:
    described = world.app.test_client().get("/api/openapi.json").get_json()["paths"]
    said = {
        (path.replace("{", "<").replace("}", ">"), method.upper())
        for path, methods in described.items()
        for method in methods
        if method != "parameters"
    }
    walked = {
        (re.sub(r"<\w+(\([^)]*\))?:", "<", rule.rule), method)
        for rule in world.app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    assert len(said) > 30 and said <= walked


@pytest.mark.parametrize("actor", ACTORS)
def test_nothing_of_a_comes_back_or_changes(world: World, actor: str) -> None:
    faults, requests = walk(world, actor)
    assert faults == []
    assert requests > 150
