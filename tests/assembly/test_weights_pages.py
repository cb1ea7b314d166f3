"""Pages of sizes, schemes, weights and rules: from nothing to a founded assembly, and what each side may do."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from federation.assembly.schemas.weights import RuleForm, SchemeForm
from federation.assembly.services import sizes
from federation.assembly.services.decision_rules import check_rule
from federation.assembly.services.presets import RULES_PRESETS, scheme_presets
from federation.assembly.views.decision_rules import rule_from, rule_values
from federation.assembly.views.schemes import form_values, read_terms
from tenants import clock
from tenants.db import acting_for_federation
from tenants.scope import FEDERATION
from tenants.web_forms import Form
from tests.factories.assembly import Assembly, found_assembly
from tests.factories.tenants import make_coop, make_manager, make_officer

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def post(client: FlaskClient, sign_in: Callable[..., Any]) -> Callable[..., Any]:
    """`post(person, tenant, path, **fields)`: send a form as somebody."""

    def send(person: UUID, tenant: UUID, path: str, **fields: Any) -> Any:
        token = sign_in(client, person, tenant).csrf_token
        return client.post(path, data={"csrf_token": token, **fields})

    return send


def day_boxes(name: str, day: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def test_an_assembly_is_founded_by_its_pages(client: FlaskClient, sign_in: Any, post: Any) -> None:
    coops = {name: make_coop(name, members=many) for name, many in (("Afon", 20), ("Beacon", 120), ("Cwm", 700))}
    managers = {coop: make_manager(coop) for coop in coops.values()}
    officer = make_officer()
    sign_in(client, officer, FEDERATION)
    assert "Votes rest on sizes" in client.get("/assembly/weights").text
    made = post(
        officer,
        FEDERATION,
        "/assembly/sizes",
        **day_boxes("as_of_date", clock.today()),
        measure="members",
        source="Registers",
    )
    place = made.headers["Location"]
    assert (
        post(
            officer, FEDERATION, f"{place}/ask", **day_boxes("answer_by", clock.today() + timedelta(days=9))
        ).status_code
        == 303
    )
    for coop in list(coops.values())[1:]:
        assert post(managers[coop], coop, f"{place}/answer", answer="agree").status_code == 303
    late = post(
        managers[coops["Afon"]], coops["Afon"], f"{place}/answer", answer="dispute", size="", words="Ten have joined"
    )
    assert late.status_code == 422 and "Enter the size that is right" in late.text and "Ten have joined" in late.text
    post(
        managers[coops["Afon"]], coops["Afon"], f"{place}/answer", answer="dispute", size="30", words="Ten have joined"
    )
    assert post(officer, FEDERATION, f"{place}/settle/{coops['Afon']}", size="30", words="So it is").status_code == 303
    assert post(officer, FEDERATION, f"{place}/agree").status_code == 303
    scheme = {"name": "By size", "kind": "proportional", "quota_kind": "majority", "second_of": "", "why": "Simple"}
    place = post(officer, FEDERATION, "/assembly/schemes", **scheme).headers["Location"]
    page = client.get(place).text
    assert "Cwm decides everything alone" in page
    unseen = post(officer, FEDERATION, f"{place}/adopt", resolution="Founding meeting")
    assert unseen.status_code == 422 and "Tick that the assembly knows this" in unseen.text
    warning = "Cwm decides everything alone: no other co-op can ever change a result."
    assert post(officer, FEDERATION, f"{place}/adopt", resolution="Founding meeting", seen=warning).status_code == 303
    assert "Equal Care style" in client.get("/assembly/rules").text
    assert (
        post(officer, FEDERATION, "/assembly/rules/found", preset="german", resolution="Founding meeting").status_code
        == 303
    )
    page = client.get("/assembly/rules").text
    assert "Genossenschaftsgesetz" in page and "One co-op, one vote, whatever its size." in page


def test_everybody_reads_the_fairness_sheet_and_its_warning(client: FlaskClient, sign_in: Any) -> None:
    assembly = found_assembly()
    coop = assembly.coops["Afon Care"]
    sign_in(client, assembly.delegates[coop], coop)
    page = client.get("/assembly/weights").text
    assert "1 of 8" in page and "Cwm Care decides alone." in page and "your co-op" in page
    assert "Cwm Care,700,5,62.5000,100.0000" in client.get("/assembly/weights.csv?sort=w").text
    assert "Square roots with their own quota" in client.get("/assembly/weights/compare").text
    asked = {"coop": coop, "scheme": assembly.scheme_id, "factor": "10"}
    page = client.get("/assembly/weights/what-if", query_string=asked).text
    assert "Afon Care would have 3 of 10 votes instead of 1 of 8." in page
    assert client.get("/assembly/weights/what-if", query_string=asked | {"factor": "2000"}).status_code == 422
    assert client.get("/assembly/weights?sort=secret").status_code == 422


def test_afterwards_a_change_begins_a_constitutional_motion(client: FlaskClient, sign_in: Any, post: Any) -> None:
    assembly = found_assembly()
    coop = assembly.coops["Afon Care"]
    scheme = {"name": "Roots", "kind": "square_root", "quota_kind": "jagiellonian", "second_of": "", "why": ""}
    place = post(assembly.officer, FEDERATION, "/assembly/schemes", **scheme).headers["Location"]
    delegate = assembly.delegates[coop]
    day = day_boxes("from_date", clock.today() + timedelta(days=30))
    warning = warning_at(client, place)
    if warning:
        assert post(delegate, coop, f"{place}/motion", **day).status_code == 422
    begun = post(delegate, coop, f"{place}/motion", **day, seen=warning)
    assert begun.status_code == 303 and begun.headers["Location"].startswith("/motions/new?")
    adopted = post(assembly.officer, FEDERATION, f"{place}/adopt", resolution="By hand", seen=warning)
    assert adopted.status_code == 422 and "only a constitutional motion changes them" in adopted.text


def warning_at(client: FlaskClient, place: str) -> str:
    import re

    found = re.search(r'name="seen" type="checkbox" value="([^"]+)"', client.get(place).text)
    return found[1] if found else ""


RULE: dict[str, Any] = {
    "percent": "60",
    "strictly": "1",
    "base": "cast",
    "second_of": "coops",
    "second_percent": "50",
    "coops_percent": "30",
    "weight_percent": "30",
    "notice_days": "21",
    "may_change": "1",
    "proxy_cap": "2",
    "tie_rule": "chair",
}


def test_a_rule_is_changed_by_a_motion_that_carries_it(client: FlaskClient, post: Any) -> None:
    assembly = found_assembly()
    coop = assembly.coops["Afon Care"]
    delegate, day = assembly.delegates[coop], day_boxes("from_date", clock.today() + timedelta(days=30))
    begun = post(delegate, coop, "/assembly/rules/ordinary/motion", **RULE, **day)
    assert begun.status_code == 303 and "notice_days%22%3A21" in begun.headers["Location"]
    refused = post(delegate, coop, "/assembly/rules/constitutional/motion", **RULE, **day)
    assert refused.status_code == 422 and "one co-op, one vote" in refused.text
    assert client.get("/assembly/rules/unheard").status_code == 404
    assert "Version 1" in client.get("/assembly/rules/ordinary").text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "bands", "bands": "0 to 50"}, "is not understood"),
        ({"kind": "bands", "bands": "5: 1"}, "first band starts at size 0"),
        ({"kind": "base_plus", "base": "1"}, "how many votes there are in all"),
        ({"kind": "classes", "total": "100"}, "share of at least one class"),
        ({"kind": "classes", "total": "100", "share_workers": "100"}, "No co-op stands in this class"),
        ({"kind": "one_each", "quota_kind": "percent"}, "Enter the percentage"),
        ({"kind": "one_each", "cap_percent": "5"}, "Cannot be kept"),
    ],
)
def test_a_scheme_that_cannot_be_is_refused_at_its_box(post: Any, fields: dict[str, str], words: str) -> None:
    assembly = found_assembly()
    form = {"name": "A scheme", "quota_kind": "majority", "second_of": "", "why": ""} | fields
    answer = post(assembly.officer, FEDERATION, "/assembly/schemes", **form)
    assert answer.status_code == 422 and words in answer.text and "There is a problem" in answer.text


def test_roles_keep_to_their_part(client: FlaskClient, sign_in: Any, post: Any) -> None:
    assembly = found_assembly()
    coop = assembly.coops["Afon Care"]
    delegate, manager = assembly.delegates[coop], assembly.managers[coop]
    place = drafted(assembly)
    assert post(delegate, coop, f"{place}/answer", answer="agree").status_code == 403
    assert post(manager, coop, "/assembly/schemes", name="Mine").status_code == 403
    assert post(assembly.officer, FEDERATION, f"{place}/answer", answer="agree").status_code == 403
    sign_in(client, manager, coop)
    assert client.get(place).status_code == 200 and "Has Afon Care 20 members?" in client.get(place).text


def drafted(assembly: Assembly) -> str:
    with acting_for_federation(assembly.officer):
        row = sizes.draft_snapshot(clock.today(), "members", "Registers")
        sizes.ask(row.id, clock.now() + timedelta(days=3))
        return f"/assembly/sizes/{row.id}"


def test_a_usual_scheme_and_a_usual_rule_survive_their_forms() -> None:
    for preset in scheme_presets(30, classes=True):
        form = Form.read(SchemeForm(), form_values(preset.terms, preset.name))
        assert read_terms(form.data) == preset.terms, preset.key
    for preset in RULES_PRESETS.values():
        for kind, rule in preset.rules.items():
            values = {name: value for name, value in rule_values(rule).items() if value is not False}
            form = Form.read(RuleForm(), {**values, "from_date": "2027-01-01"})
            assert check_rule(kind, rule_from(kind, form.data)) == rule, (preset.key, form.errors)
