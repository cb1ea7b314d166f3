"""Motions, amendments, the debate and the register for programs: the same acts as on the pages."""

from typing import Any
from uuid import UUID

from federation.assembly.schemas import motions as schemas
from federation.assembly.services import amendments, debate, motions, policies
from tenants.api.blueprint import ApiBlueprint
from tenants.etags import etag, if_match
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint(
    "api-motions", __name__, url_prefix="/api", description="Motions, amendments and the policy register"
)


@api.route("/motions")
@needs("see-assembly")
@api.arguments(schemas.MotionQuerySchema, location="query")
@api.response(200, schemas.MotionsSchema)
def list_motions(query: dict[str, Any]) -> Any:
    """Motions before the assembly, and those that were."""
    page, size = query["page"], query["page_size"]
    found, total = motions.list_motions(query["group"], query["words"], limit=size, offset=(page - 1) * size)
    return {"items": found, "page": page, "page_size": size, "total": total}


@api.route("/motions/<uuid:motion_id>")
@needs("see-assembly")
@api.response(200, schemas.MotionSchema)
def show_motion(motion_id: UUID) -> Any:
    """One motion."""
    return motions.get_motion(motion_id)


@api.route("/motion-drafts")
@needs("move-motions")
@api.response(200, schemas.DraftsSchema)
def list_drafts() -> Any:
    """The acting co-op's drafts; nobody else sees them."""
    return {"items": motions.list_drafts()}


@api.route("/motion-drafts", methods=["POST"])
@needs("move-motions")
@idempotent(required=True)
@api.arguments(schemas.NewMotionSchema)
@api.response(201, schemas.DraftSchema)
def write_draft(wanted: dict[str, Any]) -> Any:
    """Write a draft."""
    return motions.write_draft(motions.Wording(**wanted))


@api.route("/motion-drafts/<uuid:draft_id>")
@needs("move-motions")
@api.response(200, schemas.DraftSchema)
def show_draft(draft_id: UUID) -> Any:
    """One draft."""
    row = motions.get_draft(draft_id)
    return row, 200, etag(row.version)


@api.route("/motion-drafts/<uuid:draft_id>", methods=["PUT"])
@needs("move-motions")
@if_match
@api.arguments(schemas.NewMotionSchema)
@api.response(200, schemas.DraftSchema)
def change_draft(wanted: dict[str, Any], draft_id: UUID, version: int) -> Any:
    """Write a draft again."""
    row = motions.write_draft(motions.Wording(**wanted), draft_id, version)
    return row, 200, etag(row.version)


@api.route("/motion-drafts/<uuid:draft_id>/submit", methods=["POST"])
@needs("move-motions")
@idempotent(required=True)
@api.response(201, schemas.MotionSchema)
def submit_draft(draft_id: UUID) -> Any:
    """Put a draft to the assembly."""
    return motions.submit(draft_id)


@api.route("/motions", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.NewMotionSchema)
@api.response(201, schemas.MotionSchema)
def move_for_board(wanted: dict[str, Any]) -> Any:
    """Put a motion to the assembly for the federation's board."""
    return motions.move_for_board(motions.Wording(**wanted))


@api.route("/motions/<uuid:motion_id>/second", methods=["POST"])
@needs("move-motions")
@idempotent()
@api.response(200, schemas.MotionStateSchema)
def second_motion(motion_id: UUID) -> Any:
    """Second a motion of another co-op."""
    return motions.second(motion_id)


@api.route("/motions/<uuid:motion_id>/withdraw", methods=["POST"])
@needs("move-motions")
@idempotent()
@api.arguments(schemas.MotionMoveSchema)
@api.response(200, schemas.MotionStateSchema)
def withdraw_motion(told: dict[str, Any], motion_id: UUID) -> Any:
    """Take the own motion back, until notice is given."""
    return motions.withdraw(motion_id, told["words"])


@api.route("/motions/<uuid:motion_id>/admit", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.MotionStateSchema)
def admit_motion(motion_id: UUID) -> Any:
    """Admit a seconded motion."""
    return motions.admit(motion_id)


@api.route("/motions/<uuid:motion_id>/refuse", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.MotionMoveSchema)
@api.response(200, schemas.MotionStateSchema)
def refuse_motion(told: dict[str, Any], motion_id: UUID) -> Any:
    """Refuse a motion that is not in order, and say why."""
    return motions.refuse(motion_id, told["words"])


@api.route("/motions/<uuid:motion_id>/notice", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.MotionNoticeSchema)
@api.response(201, schemas.PollPlannedSchema)
def give_notice(wanted: dict[str, Any], motion_id: UUID) -> Any:
    """Fix the text, plan the vote and write to every co-op."""
    return motions.give_notice(motion_id, **wanted)


@api.route("/motions/<uuid:motion_id>/text", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.ChangedTextSchema)
@api.response(200, schemas.MotionSchema)
def change_text(wanted: dict[str, Any], motion_id: UUID) -> Any:
    """Change the text; after the notice the vote begins anew."""
    return motions.change_text(motion_id, wanted["text"], wanted["why"])


@api.route("/motions/<uuid:motion_id>/amendments")
@needs("see-assembly")
@api.response(200, schemas.AmendmentsSchema)
def list_amendments(motion_id: UUID) -> Any:
    """The amendments of a motion, in the order of their votes."""
    return {"items": amendments.list_amendments(motions.get_motion(motion_id).id)}


@api.route("/motions/<uuid:motion_id>/amendments", methods=["POST"])
@needs("move-motions")
@idempotent(required=True)
@api.arguments(schemas.ChangedTextSchema)
@api.response(201, schemas.AmendmentSchema)
def amend_motion(wanted: dict[str, Any], motion_id: UUID) -> Any:
    """Propose another wording of the whole text."""
    return amendments.submit(motion_id, wanted["text"], wanted["why"])


@api.route("/amendments/<uuid:amendment_id>/merge", methods=["POST"])
@needs("move-motions")
@idempotent()
@api.response(200, schemas.MotionStateSchema)
def merge_amendment(amendment_id: UUID) -> Any:
    """Make an amendment to the own motion its text."""
    return amendments.merge(amendment_id)


@api.route("/amendments/<uuid:amendment_id>/withdraw", methods=["POST"])
@needs("move-motions")
@idempotent()
@api.response(200, schemas.MotionStateSchema)
def withdraw_amendment(amendment_id: UUID) -> Any:
    """Take the own amendment back."""
    return amendments.withdraw(amendment_id)


@api.route("/amendments/<uuid:amendment_id>/vote", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.VoteHoursSchema)
@api.response(201, schemas.PollPlannedSchema)
def vote_on_amendment(wanted: dict[str, Any], amendment_id: UUID) -> Any:
    """Plan the vote on an amendment."""
    return amendments.put_to_vote(amendment_id, wanted["opens_at"], wanted["closes_at"])


@api.route("/motions/<uuid:motion_id>/remarks")
@needs("see-assembly")
@api.response(200, schemas.RemarksSchema)
def list_remarks(motion_id: UUID) -> Any:
    """The debate of a motion."""
    return {"items": debate.list_remarks(motions.get_motion(motion_id).id)}


@api.route("/motions/<uuid:motion_id>/remarks", methods=["POST"])
@needs("speak")
@idempotent(required=True)
@api.arguments(schemas.NewRemarkSchema)
@api.response(201, schemas.RemarkMadeSchema)
def say_in_debate(wanted: dict[str, Any], motion_id: UUID) -> Any:
    """Say something in the debate."""
    return {"id": debate.say(motion_id, wanted["leaning"], wanted["words"], wanted["answers_id"])}


@api.route("/policies")
@needs("see-assembly")
@api.response(200, schemas.PoliciesSchema)
def list_policies() -> Any:
    """The register of what was decided."""
    return {"items": policies.list_policies()}


@api.route("/policies/<uuid:policy_id>")
@needs("see-assembly")
@api.response(200, schemas.PolicyToldSchema)
def show_policy(policy_id: UUID) -> Any:
    """One policy, and what the co-ops have done about it."""
    row = policies.get_policy(policy_id)
    shown = {name: getattr(row, name) for name in schemas.PolicySchema().fields}
    return shown | {"reports": list(policies.reports_of(policy_id).values())}


@api.route("/policies/<uuid:policy_id>/report", methods=["POST"])
@needs("tell-policy")
@idempotent()
@api.arguments(schemas.TellPolicySchema)
@api.response(204)
def tell_policy(told: dict[str, Any], policy_id: UUID) -> Any:
    """Say what the acting co-op has done about a policy."""
    policies.tell(policy_id, told["state"], told["words"])
    return "", 204


@api.route("/policies/<uuid:policy_id>/review", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.ReviewSchema)
@api.response(200, schemas.PolicySchema)
def set_review(wanted: dict[str, Any], policy_id: UUID) -> Any:
    """Say when a policy is looked at again."""
    return policies.set_review(policy_id, wanted["review_on"])
