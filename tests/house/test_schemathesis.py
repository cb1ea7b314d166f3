"""The whole API against its own description, with odd input: never a fault of ours, always the shape that was promised."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from federation.assembly.services import meetings, polls
from procurement.services import rounds
from procurement.services.rounds import RoundPlan
from tenants import clock
from tenants.db import acting_for_federation
from tenants.permissions import may
from tenants.scope import FEDERATION
from tenants.web import HouseFlask, access_of
from tests.factories.api import Program, manager_program, officer_program
from tests.factories.assembly import found_assembly
from tests.factories.cover import first_shift, make_client, make_request
from tests.factories.elections import make_election, nominate
from tests.factories.polls import make_poll
from tests.factories.procurement import make_item, make_offer
from tests.factories.staffbank import make_carer

pytestmark = pytest.mark.slow
EXAMPLES = {officer_program: 6, manager_program: 4}
"""Of each operation that the program's person may use. Where the person is refused, whatever is sent, one is enough."""
ANSWERS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)


@pytest.mark.parametrize("make", [officer_program, manager_program])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_keeps_its_word_whatever_is_sent(
    app: HouseFlask, client: FlaskClient, make: Callable[..., Program], mode: GenerationMode
) -> None:
    program = make(client)
    known = some_ids() | assembly_ids() | own_ids(program)
    load_all_checks()
    checks: list[Any] = [CHECKS.get_one(name) for name in ANSWERS]
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    allowed = allowed_operations(app, make)
    asked = open_to_it = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        names = {parameter.name for parameter in operation.path_parameters}
        mine = (operation.path, operation.method.upper()) in allowed
        open_to_it += mine
        path = {name: known[name] for name in names} if names and names <= known.keys() else None

        @settings(
            max_examples=EXAMPLES[make] if mine else 1,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        )
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=path))
        def ask(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(headers={"Authorization": f"Bearer {program.token}"}, checks=checks)

        ask()
    assert asked > 2 * open_to_it > 60


def allowed_operations(app: HouseFlask, make: Callable[..., Program]) -> set[tuple[str, str]]:
    """Path (as the description writes it) and method of all that a program's person may ask for."""
    kind, role = {officer_program: ("federation", "officer"), manager_program: ("coop", "manager")}[make]
    found = set()
    for rule in app.url_map.iter_rules():
        act = access_of(app, rule.endpoint).act
        if act is None or may(act, kind, frozenset({role})):
            path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule.rule)
            found |= {(path, method) for method in rule.methods or () if path.startswith("/api/")}
    return found


def some_ids() -> dict[str, str]:
    """Ids of things that are there, by the name of the path's parameter."""
    with acting_for_federation():
        item = make_item()
        offer = make_offer(item=item)
        plan = RoundPlan("Winter PPE", clock.now() + timedelta(days=5), clock.today() + timedelta(days=12), [item.id])
        buying_round = rounds.draft_round(plan)
        rounds.open_round(buying_round.id)
        return {
            "item_id": str(item.id),
            "offer_id": str(offer.id),
            "supplier_id": str(offer.supplier_id),
            "round_id": str(buying_round.id),
            "name": "award",
        }


def assembly_ids() -> dict[str, str]:
    """Ids of what stands before an assembly that can vote."""
    assembly = found_assembly()
    poll = make_poll(assembly)
    election = make_election(assembly)
    candidate = nominate(assembly, election, "Afon Care", "Ada Ash")
    starts = clock.now() + timedelta(days=30)
    with acting_for_federation(assembly.officer):
        meeting = meetings.draft(meetings.Terms("Meeting", "room", starts, starts + timedelta(hours=2), "The hall"))
        ids = {
            "poll_id": poll,
            "motion_id": polls.get_poll(poll).subject_id,
            "election_id": election,
            "candidate_id": candidate,
            "meeting_id": meeting.id,
            "scheme_id": assembly.scheme_id,
            "snapshot_id": assembly.snapshot_id,
        }
        return {name: str(one) for name, one in ids.items()}


def own_ids(program: Program) -> dict[str, str]:
    """Ids of a co-op's own in the staff bank; the office has none."""
    if program.tenant_id == FEDERATION:
        return {}
    request = make_request(program.tenant_id, by=program.person_id)
    return {
        "carer_id": str(make_carer(program.tenant_id).id),
        "client_id": str(make_client(program.tenant_id)),
        "request_id": str(request),
        "shift_id": str(first_shift(program.tenant_id, request)[0]),
    }
