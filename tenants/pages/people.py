"""Who may act for the co-op: roles, invitations, and letters that did not arrive."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from tenants.errors import InvalidInput, RuleBroken
from tenants.identity import Identity
from tenants.pages.paging import page_number, pager
from tenants.permissions import INVITABLE, ROLE_WORDS, may
from tenants.schemas import InviteSchema, RoleSchema
from tenants.services import invitations, mail
from tenants.services import people as service
from tenants.web import current_identity, needs, say
from tenants.web_forms import Form

people = Blueprint("people", __name__)
ROWS = 50


@people.get("/people")
@needs("see-people", "door")
def index():
    """Who belongs here, and who is invited."""
    return _page()


def _page(form: Form | None = None, role_form: Form | None = None) -> str:
    identity = current_identity()
    tenant_id = identity.acting.tenant_id
    members, page = service.list_members(tenant_id), page_number()
    inviting = may("invite", identity.kind, identity.roles)
    choices = [(role, ROLE_WORDS[role]) for role in INVITABLE[identity.kind]]
    return render_template(
        "tenants/people.html",
        coop_name=identity.acting.name,
        form=form or Form(),
        role_form=role_form or Form(),
        people=[_person(identity, member, inviting) for member in members[(page - 1) * ROWS : page * ROWS]],
        invites=[_invite(invitation, by, inviting) for invitation, by in invitations.list_invitations(tenant_id)],
        roles=choices,
        invite_url=url_for("people.invite") if inviting else None,
        role_url=url_for("people.give_role") if inviting else None,
        role_choices=choices,
        people_choices=[(member.person_id, member.display_name) for member in members],
        coops_href="/coops" if may("keep-coops", identity.kind, identity.roles) else None,
        failed_mail=_failed_mail(identity),
        **pager(page, len(members), ROWS),
    )


def _failed_mail(identity: Identity) -> dict[str, Any] | None:
    count = mail.count_failed() if may("keep-coops", identity.kind, identity.roles) else 0
    if not count:
        return None
    letters, _ = mail.list_letters(state="failed", limit=1)
    return {"count": count, "problem": letters[0].problem, "again_url": url_for("people.retry_letters")}


def _person(identity: Identity, member: service.Member, inviting: bool) -> dict[str, Any]:
    return {
        "name": member.display_name,
        "email": member.email,
        "last_seen": member.last_seen,
        "totp_on": member.second_factor,
        "me": member.person_id == identity.person_id,
        "end_url": url_for("people.end", person_id=member.person_id) if inviting else None,
        "roles": [
            {
                "words": ROLE_WORDS[role],
                "end_url": url_for("people.take_role", person_id=member.person_id, role=role)
                if inviting and len(member.roles) > 1
                else None,
            }
            for role in member.roles
        ],
    }


def _invite(invitation: Any, by: str, inviting: bool) -> dict[str, Any]:
    return {
        "email": invitation.email,
        "role_words": ", ".join(ROLE_WORDS[role] for role in invitation.roles),
        "by": by,
        "until": invitation.expires_at,
        "again_url": None,
        "end_url": url_for("people.withdraw", key=invitation.token_hash) if inviting else None,
    }


@people.post("/people/invite")
@needs("invite", "door")
def invite():
    """Invite somebody by letter."""
    identity = current_identity()
    form = Form.read(InviteSchema(), request.form)
    if not form.ok:
        return _page(form), 422
    try:
        invitations.invite(
            identity.acting.tenant_id,
            form.data["email"],
            form.data["role"],
            by=identity.person_id,
            base_url=current_app.config["BASE_URL"],
        )
    except (InvalidInput, RuleBroken) as error:
        return _page(form.fail(error if isinstance(error, InvalidInput) else InvalidInput({"": error.message}))), 422
    say(f"An invitation is on its way to {form.data['email']}.")
    return redirect(url_for("people.index"), 303)


@people.post("/people/roles")
@needs("invite", "door")
def give_role():
    """Give somebody who is here another role."""
    tenant_id = current_identity().acting.tenant_id
    form = Form.read(RoleSchema(), request.form)
    if form.ok and form.data["person"] not in {member.person_id for member in service.list_members(tenant_id)}:
        form.fail(InvalidInput({"person": "Choose a person"}))
    if not form.ok:
        return _page(role_form=form), 422
    try:
        service.grant_role(form.data["person"], tenant_id, form.data["role"])
    except InvalidInput as error:
        return _page(role_form=form.fail(error)), 422
    say("The role is given.")
    return redirect(url_for("people.index"), 303)


@people.post("/people/<uuid:person_id>/roles/<role>/end")
@needs("invite", "door")
def take_role(person_id: UUID, role: str):
    """Take one role away."""
    service.take_role(person_id, current_identity().acting.tenant_id, role)
    say("The role is taken away.")
    return redirect(url_for("people.index"), 303)


@people.post("/people/<uuid:person_id>/end")
@needs("invite", "door")
def end(person_id: UUID):
    """End a membership: every role that a person holds here."""
    service.end_membership(person_id, current_identity().acting.tenant_id)
    say("They can no longer act here. What they did stays on the record.")
    return redirect(url_for("people.index"), 303)


@people.post("/people/invitations/<key>/end")
@needs("invite", "door")
def withdraw(key: str):
    """Make an invitation worthless."""
    invitations.withdraw(current_identity().acting.tenant_id, key)
    say("The invitation is withdrawn.")
    return redirect(url_for("people.index"), 303)


@people.post("/people/failed-letters")
@needs("keep-coops", "door")
def retry_letters():
    """Try letters again that could not be sent."""
    say(f"{mail.retry_failed()} letters are on their way again.")
    return redirect(url_for("people.index"), 303)
