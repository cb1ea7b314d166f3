"""Sizes, schemes of weights, their fairness sheets, and rules of decision for programs."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from federation.assembly.fairness import answer_of
from federation.assembly.models import SizeSnapshot, WeightScheme
from federation.assembly.schemas import weights_api as schemas
from federation.assembly.services import decision_rules, schemes, sizes
from federation.assembly.services.rule_versions import list_versions
from tenants.api.blueprint import ApiBlueprint
from tenants.errors import NotFound
from tenants.idempotency import idempotent
from tenants.services.coops import coop_names
from tenants.web import current_identity, needs

api = ApiBlueprint(
    "api-weights", __name__, url_prefix="/api/assembly", description="Sizes, weights and rules of decision"
)


@api.route("/sizes")
@needs("see-assembly")
@api.response(200, schemas.SizesListSchema)
def list_sizes() -> Any:
    """Lists of sizes, newest first; drafts for the office alone."""
    return {"items": sizes.list_snapshots()}


@api.route("/sizes", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.NewSizesSchema)
@api.response(201, schemas.SizesSchema)
def draft_sizes(wanted: dict[str, Any]) -> Any:
    """Draft the sizes of all co-ops on a day."""
    return sizes.draft_snapshot(**wanted)


@api.route("/sizes/<uuid:snapshot_id>")
@needs("see-assembly")
@api.response(200, schemas.SizesDetailSchema)
def show_sizes(snapshot_id: UUID) -> Any:
    """One list of sizes, and where co-ops stand to it."""
    return _detail(sizes.get_snapshot(snapshot_id))


@api.route("/sizes/<uuid:snapshot_id>/ask", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.AskSizesSchema)
@api.response(200, schemas.SizesSchema)
def ask_for_sizes(wanted: dict[str, Any], snapshot_id: UUID) -> Any:
    """Put the sizes to the co-ops."""
    return sizes.ask(snapshot_id, wanted["answer_by"])


@api.route("/sizes/<uuid:snapshot_id>/answer", methods=["POST"])
@needs("agree-size")
@idempotent()
@api.arguments(schemas.NewSizeAnswerSchema)
@api.response(200, schemas.SizesDetailSchema)
def answer_size(values: dict[str, Any], snapshot_id: UUID) -> Any:
    """Say that one's own size is right, or what it is."""
    sizes.answer(snapshot_id, **values)
    return _detail(sizes.get_snapshot(snapshot_id))


@api.route("/sizes/<uuid:snapshot_id>/settle", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.SettledSizeSchema)
@api.response(200, schemas.SizesDetailSchema)
def settle_size(values: dict[str, Any], snapshot_id: UUID) -> Any:
    """Settle what a co-op disputes."""
    sizes.settle(snapshot_id, **values)
    return _detail(sizes.get_snapshot(snapshot_id))


@api.route("/sizes/<uuid:snapshot_id>/agree", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.SizesSchema)
def take_sizes_as_agreed(snapshot_id: UUID) -> Any:
    """Freeze the sizes, naming who was silent."""
    return sizes.take_as_agreed(snapshot_id)


@api.route("/schemes")
@needs("see-assembly")
@api.response(200, schemas.SchemesSchema)
def list_schemes() -> Any:
    """Schemes of weights, newest first."""
    return {"items": schemes.list_schemes()}


@api.route("/schemes", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.NewSchemeSchema)
@api.response(201, schemas.SchemeSchema)
def propose_scheme(wanted: dict[str, Any]) -> Any:
    """Propose a scheme; it changes nothing."""
    return schemes.propose(**wanted)


@api.route("/schemes/<uuid:scheme_id>")
@needs("see-assembly")
@api.response(200, schemas.SchemeSheetSchema)
def show_scheme(scheme_id: UUID) -> Any:
    """A scheme with its fairness sheet on the sizes that hold."""
    return _with_sheet(schemes.get_scheme(scheme_id))


@api.route("/schemes/<uuid:scheme_id>/adopt", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.AdoptSchema)
@api.response(200, schemas.SchemeSchema)
def adopt_scheme(values: dict[str, Any], scheme_id: UUID) -> Any:
    """Adopt the first scheme, while the assembly has no rules; afterwards a carried motion does it."""
    return schemes.adopt(scheme_id, **values)


@api.route("/weights")
@needs("see-assembly")
@api.response(200, schemas.SchemeSheetSchema)
def show_weights() -> Any:
    """The scheme in force with its fairness sheet."""
    held = schemes.current()
    if held is None:
        raise NotFound("scheme in force")
    return _with_sheet(held)


@api.route("/weights/compare")
@needs("see-assembly")
@api.response(200, schemas.ComparisonSchema)
def compare_schemes() -> Any:
    """The scheme in force, those proposed and the usual ones, each with its sheet."""
    names = coop_names()
    return {
        "items": [
            {**vars(one), "sheet": answer_of(one.sheet, names) if one.sheet else None}
            for one in schemes.compare(schemes.need_agreed())
        ]
    }


@api.route("/weights/what-if")
@needs("see-assembly")
@api.arguments(schemas.WhatIfQuerySchema, location="query")
@api.response(200, schemas.WhatIfSchema)
def what_if(query: dict[str, Any]) -> Any:
    """The sheets before and after one co-op grows or shrinks."""
    scheme, factor = schemes.get_scheme(query["scheme_id"]), Fraction(query["factor"])
    before, after = schemes.what_if(scheme, schemes.need_agreed(), query["coop_id"], factor)
    names = coop_names()
    return {"before": answer_of(before, names), "after": answer_of(after, names)}


@api.route("/decision-rules")
@needs("see-assembly")
@api.response(200, schemas.DecisionRulesSchema)
def list_decision_rules() -> Any:
    """Every version of every rule of decision."""
    return {"items": list_versions()}


@api.route("/decision-rules", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.NewRulesSchema)
@api.response(201, schemas.DecisionRulesSchema)
def found_decision_rules(wanted: dict[str, Any]) -> Any:
    """Found the rules from a preset, once; afterwards a carried motion changes them."""
    return {"items": decision_rules.found(**wanted)}


def _detail(row: SizeSnapshot) -> dict[str, Any]:
    identity = current_identity()
    stand = sizes.standings(row)
    if identity.kind == "coop":
        # What others have answered is not told, so that only one's own standing is known here.
        stand = [one for one in stand if one.coop_id == identity.acting.tenant_id]
    return {"sizes": row, "standings": stand}


def _with_sheet(row: WeightScheme) -> dict[str, Any]:
    snapshot = schemes.need_agreed()
    return {"scheme": row, "sheet": schemes.sheet(row, snapshot), "warning": schemes.warning_of(row)}
