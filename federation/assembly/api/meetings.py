"""Meetings for programs: the same acts as on the pages."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from federation.assembly.schemas import meetings as schemas
from federation.assembly.services import agenda, attendance, hands, meetings, minutes, polls
from federation.assembly.services.meetings import Terms
from tenants.api.blueprint import ApiBlueprint
from tenants.errors import InvalidInput
from tenants.etags import etag, if_match
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint(
    "api-meetings", __name__, url_prefix="/api", description="Meetings, who is there, votes by hand, minutes"
)


@api.route("/meetings")
@needs("see-assembly")
@api.response(200, schemas.MeetingsSchema)
def list_meetings() -> Any:
    """Meetings to come, and those that are over."""
    return {"coming": meetings.list_coming(), "past": meetings.list_past()}


@api.route("/meetings", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.MeetingTermsSchema)
@api.response(201, schemas.MeetingSchema)
def draft_meeting(wanted: dict[str, Any]) -> Any:
    """Begin a meeting; only the office sees it until notice is given."""
    row = meetings.draft(Terms(**wanted))
    return row, 201, etag(row.version)


@api.route("/meetings/<uuid:meeting_id>")
@needs("see-assembly")
@api.response(200, schemas.MeetingFullSchema)
def show_meeting(meeting_id: UUID) -> Any:
    """One meeting with its agenda."""
    row = meetings.get_meeting(meeting_id)
    shown = {name: getattr(row, name) for name in schemas.MeetingSchema().fields}
    shown["items"] = [
        {
            **{name: getattr(item.row, name) for name in ("id", "place", "title", "words", "motion_id", "election_id")},
            "poll_id": item.poll.id if item.poll else None,
        }
        for item in agenda.list_items(meeting_id)
    ]
    return shown, 200, etag(row.version)


@api.route("/meetings/<uuid:meeting_id>", methods=["PUT"])
@needs("run-assembly")
@if_match
@api.arguments(schemas.MeetingChangeSchema)
@api.response(200, schemas.MeetingSchema)
def change_meeting(wanted: dict[str, Any], meeting_id: UUID, version: int) -> Any:
    """Change a meeting before it begins; after the notice with the reason."""
    why = wanted.pop("why")
    row = meetings.change(meeting_id, Terms(**wanted), why, version)
    return row, 200, etag(row.version)


@api.route("/meetings/<uuid:meeting_id>/items", methods=["POST"])
@needs("run-assembly")
@idempotent(required=True)
@api.arguments(schemas.NewAgendaItemSchema)
@api.response(201, schemas.AgendaItemMadeSchema)
def add_agenda_item(wanted: dict[str, Any], meeting_id: UUID) -> Any:
    """Put something on the agenda, last."""
    return agenda.add_item(meeting_id, **wanted)


@api.route("/meetings/<uuid:meeting_id>/items/<uuid:item_id>/remove", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(204)
def remove_agenda_item(meeting_id: UUID, item_id: UUID) -> Any:
    """Take an item off the agenda before notice is given."""
    agenda.remove_item(meeting_id, item_id)
    return "", 204


@api.route("/meetings/<uuid:meeting_id>/call", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.MeetingSchema)
def call_meeting(meeting_id: UUID) -> Any:
    """Give notice to all co-ops, in clear days."""
    return meetings.call_meeting(meeting_id)


@api.route("/meetings/<uuid:meeting_id>/cancel", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.MeetingWordsSchema)
@api.response(200, schemas.MeetingSchema)
def cancel_meeting(told: dict[str, Any], meeting_id: UUID) -> Any:
    """Cancel a meeting, and say why."""
    return meetings.cancel(meeting_id, told["words"])


@api.route("/meetings/<uuid:meeting_id>/open", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.MeetingSchema)
def open_meeting(meeting_id: UUID) -> Any:
    """Open a meeting at its hour; the quorum is recorded."""
    return meetings.open_meeting(meeting_id)


@api.route("/meetings/<uuid:meeting_id>/close", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.MeetingSchema)
def close_meeting(meeting_id: UUID) -> Any:
    """Close a meeting; the quorum is recorded again."""
    return meetings.close_meeting(meeting_id)


@api.route("/meetings/<uuid:meeting_id>/quorum")
@needs("see-assembly")
@api.response(200, schemas.QuorumSchema)
def show_quorum(meeting_id: UUID) -> Any:
    """Who is there for whom, and both heads of the quorum, as they stand."""
    row = meetings.get_meeting(meeting_id)
    seats = attendance.seats(row)
    return {**attendance.quorum_now(row, seats).as_json(), "seats": [asdict(seat) for seat in seats]}


@api.route("/meetings/<uuid:meeting_id>/come", methods=["POST"])
@needs("cast-votes")
@idempotent()
@api.arguments(schemas.ComeSchema)
@api.response(204)
def come_to_meeting(told: dict[str, Any], meeting_id: UUID) -> Any:
    """Sign the acting delegate in."""
    attendance.come(meeting_id, told["way"])
    return "", 204


@api.route("/meetings/<uuid:meeting_id>/leave", methods=["POST"])
@needs("cast-votes")
@idempotent()
@api.response(204)
def leave_meeting(meeting_id: UUID) -> Any:
    """Sign the acting delegate out."""
    attendance.leave(meeting_id)
    return "", 204


@api.route("/meetings/<uuid:meeting_id>/let-in", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.LetInSchema)
@api.response(204)
def let_in(told: dict[str, Any], meeting_id: UUID) -> Any:
    """Write down somebody who came and did not sign in."""
    attendance.let_in(meeting_id, **told)
    return "", 204


@api.route("/meetings/<uuid:meeting_id>/let-out", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.LetOutSchema)
@api.response(204)
def let_out(told: dict[str, Any], meeting_id: UUID) -> Any:
    """Write down that somebody has left."""
    attendance.let_out(meeting_id, **told)
    return "", 204


@api.route("/polls/<uuid:poll_id>/hands")
@needs("tell-hands")
@api.response(200, schemas.HandsListSchema)
def list_hands(poll_id: UUID) -> Any:
    """What tellers have typed for a vote by hand."""
    return {"items": hands.list_entries(polls.get_poll(poll_id).id)}


@api.route("/polls/<uuid:poll_id>/hands", methods=["POST"])
@needs("tell-hands")
@idempotent(required=True)
@api.arguments(schemas.NewHandsSchema)
@api.response(201, schemas.HandsSchema)
def type_hands(wanted: dict[str, Any], poll_id: UUID) -> Any:
    """Type in how votes fall; another person confirms them."""
    lines = {str(line["coop_id"]): line["votes"] for line in wanted["lines"]}
    if len(lines) != len(wanted["lines"]):
        raise InvalidInput({"lines": "Name each co-op once"})
    return hands.type_in(poll_id, lines)


@api.route("/hands/<uuid:entry_id>/confirm", methods=["POST"])
@needs("tell-hands")
@idempotent()
@api.response(200, schemas.HandsSchema)
def confirm_hands(entry_id: UUID) -> Any:
    """Confirm what another person typed: these votes are cast."""
    return hands.confirm(entry_id)


@api.route("/hands/<uuid:entry_id>/reject", methods=["POST"])
@needs("tell-hands")
@idempotent()
@api.arguments(schemas.MeetingWordsSchema)
@api.response(200, schemas.HandsSchema)
def reject_hands(told: dict[str, Any], entry_id: UUID) -> Any:
    """Reject what another person typed, and say what is wrong."""
    return hands.reject(entry_id, told["words"])


@api.route("/meetings/<uuid:meeting_id>/minutes")
@needs("see-assembly")
@api.response(200, schemas.MinutesSchema)
def show_minutes(meeting_id: UUID) -> Any:
    """The minutes, once they are published."""
    return minutes.get_minutes(meeting_id)


@api.route("/meetings/<uuid:meeting_id>/minutes/draft", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.MinutesSchema)
def draft_minutes(meeting_id: UUID) -> Any:
    """Draft the minutes from the record."""
    return minutes.draft(meeting_id)


@api.route("/meetings/<uuid:meeting_id>/minutes", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.WriteMinutesSchema)
@api.response(200, schemas.MinutesSchema)
def write_minutes(wanted: dict[str, Any], meeting_id: UUID) -> Any:
    """Keep what the officer wrote."""
    return minutes.write(meeting_id, wanted["record"], {item["id"]: item["words"] for item in wanted["items"]})


@api.route("/meetings/<uuid:meeting_id>/minutes/publish", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.response(200, schemas.MinutesSchema)
def publish_minutes(meeting_id: UUID) -> Any:
    """Publish the minutes with their fingerprint."""
    return minutes.publish(meeting_id)


@api.route("/meetings/<uuid:meeting_id>/minutes/approve", methods=["POST"])
@needs("run-assembly")
@idempotent()
@api.arguments(schemas.ApproveMinutesSchema)
@api.response(200, schemas.MinutesSchema)
def approve_minutes(told: dict[str, Any], meeting_id: UUID) -> Any:
    """Note by which item of a later meeting they were approved."""
    return minutes.approve(meeting_id, told["item_id"], told["corrections"])
