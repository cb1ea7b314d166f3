"""Signing in and out, choosing a new password, following an invitation."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, g, make_response, redirect, render_template, request, url_for

from tenants.db import at_the_door, db, transaction
from tenants.errors import Conflict, InvalidInput, RuleBroken
from tenants.models import Invitation, Tenant
from tenants.pages.cookies import cookie_value, device, give_cookie, local_path, place, take_cookie
from tenants.permissions import ROLE_WORDS
from tenants.schemas import CodeSchema, EmailSchema, FirstOfficerSchema, JoinSchema, NewPasswordSchema, SignInSchema
from tenants.scope import door_scope
from tenants.services import invitations, passwords, people, rate, second_factor, sessions
from tenants.web import current_identity, open_to_all, say, signed_in
from tenants.web_forms import Form

door = Blueprint("door", __name__)
WRONG = "The email address or the password is not right"


@door.route("/sign-in", methods=["GET", "POST"])
@open_to_all("none")
def sign_in():
    """The sign-in page; the same answer for a wrong password and for an address nobody has."""
    next_href = local_path(request.values.get("next", "/"))
    if request.method == "GET":
        return redirect("/", 303) if g.identity else _sign_in_page(Form(), next_href)
    form = Form.read(SignInSchema(), request.form)
    if not form.ok:
        return _sign_in_page(form, next_href), 422
    email, password = form.data["email"].strip().lower(), form.data["password"]
    rate.count_try(email, place())
    with at_the_door():
        person_id, stored = passwords.find_to_verify(email)
    if not passwords.is_right(stored, password) or person_id is None:
        return _sign_in_page(form.fail(InvalidInput({"": WRONG})), next_href), 422
    try:
        return _signed_in(person_id, email, password, next_href)
    except RuleBroken as error:
        return _sign_in_page(form.fail(InvalidInput({"": error.message})), next_href), 422


def _signed_in(person_id: UUID, email: str, password: str, next_href: str):
    with transaction(door_scope(person_id)):
        rate.forget_tries(email, place())
        passwords.renew_hash(person_id, password)
        _end_old_session()
        token = sessions.start_session(person_id, device=device())
        waiting = sessions.find_waiting(token) is not None
    goes_to = url_for("door.second_step", next=next_href) if waiting else next_href
    return give_cookie(make_response(redirect(goes_to, 303)), token)


def _end_old_session() -> None:
    if g.identity is not None and g.identity.session_key:
        sessions.end_session(g.identity.person_id, g.identity.session_key)


def _sign_in_page(form: Form, next_href: str) -> str:
    demo_people = _demo_people() if current_app.config["DEMO"] else []
    return render_template(
        "tenants/sign_in.html",
        form=form,
        next_href=next_href,
        demo_people=demo_people,
        demo_url="/sign-in-as",
        reset_href=url_for("door.reset"),
    )


def _demo_people() -> list[dict[str, str]]:
    with at_the_door():
        return [
            {
                "value": str(person.id),
                "name": person.display_name,
                "role": ROLE_WORDS[role],
                "coop": coop,
                "initials": "".join(word[0] for word in person.display_name.split()[:2]).upper(),
            }
            for person, role, coop in people.demo_people()
        ]


@door.route("/sign-in/second-step", methods=["GET", "POST"])
@open_to_all("none")
def second_step():
    """The code from the app, or a recovery code; the session goes on under a new cookie."""
    with at_the_door():
        person_id = sessions.find_waiting(cookie_value())
    next_href = local_path(request.values.get("next", "/"))
    if person_id is None:
        return redirect(url_for("door.sign_in", next=next_href), 303)
    form = Form.read(CodeSchema(), request.form) if request.method == "POST" else Form()
    if request.method == "POST" and form.ok:
        rate.count_try(f"code:{person_id}", place())
        try:
            with transaction(door_scope(person_id)):
                second_factor.check(person_id, form.data["code"])
                rate.forget_tries(f"code:{person_id}", place())
                token = sessions.renew_session(sessions.digest(cookie_value()), second_factor=True)
            return give_cookie(make_response(redirect(next_href, 303)), token)
        except InvalidInput as error:
            form.fail(error)
    recovery = request.args.get("with") == "recovery"
    other: dict[str, Any] = {"next": next_href} if recovery else {"next": next_href, "with": "recovery"}
    page = render_template(
        "tenants/totp.html",
        form=form,
        recovery=recovery,
        other_href=url_for("door.second_step", **other),
        cancel_href=url_for("door.sign_in"),
    )
    return page, 200 if request.method == "GET" else 422


@door.post("/sign-out")
@signed_in("door", before_second_factor=True)
def sign_out():
    """End this session."""
    _end_old_session()
    return take_cookie(make_response(redirect(url_for("door.sign_in"), 303)))


@door.route("/reset", methods=["GET", "POST"])
@open_to_all("none")
def reset():
    """Ask for a link; the same answer for every address."""
    form = Form.read(EmailSchema(), request.form) if request.method == "POST" else Form()
    if request.method == "GET" or not form.ok:
        return render_template("tenants/reset_ask.html", form=form, sent=False), 200 if request.method == "GET" else 422
    rate.count_try(f"reset:{form.data['email'].strip().lower()}", place())
    with at_the_door():
        passwords.send_reset(form.data["email"], current_app.config["BASE_URL"])
    return render_template("tenants/reset_ask.html", form=form, sent=True)


@door.route("/reset/<token>", methods=["GET", "POST"])
@open_to_all("none")
def reset_set(token: str):
    """Choose a new password; only sending the form uses the link up."""
    with at_the_door():
        email = passwords.find_reset(token).email
    form = Form.read(NewPasswordSchema(), request.form) if request.method == "POST" else Form()
    if request.method == "POST" and form.ok:
        try:
            with at_the_door():
                passwords.use_reset(token, form.data["password"])
            say("Your password is changed. Sign in with the new one.")
            return redirect(url_for("door.sign_in"), 303)
        except InvalidInput as error:
            form.fail(error)
    return render_template("tenants/reset_set.html", form=form, email=email), 200 if request.method == "GET" else 422


@door.route("/invitation/<token>", methods=["GET", "POST"])
@open_to_all("none")
def invitation(token: str):
    """Follow an invitation: with a new account, or with the one that one has."""
    with at_the_door():
        invited = invitations.find_invitation(token)
        known = people.find_person(invited.email) is not None
        invite = _invite_words(invited)
    if known:
        return _join_as_known(token, invite)
    first = not invite["email"]
    schema = FirstOfficerSchema() if first else JoinSchema()
    form = Form.read(schema, request.form) if request.method == "POST" else Form()
    if request.method == "POST" and form.ok:
        try:
            return _joined(token, form)
        except (InvalidInput, Conflict) as error:
            form.fail(error if isinstance(error, InvalidInput) else InvalidInput({"email": error.message}))
    page = render_template(
        "tenants/invite_first.html" if first else "tenants/invite_accept.html", form=form, invite=invite
    )
    return page, 200 if request.method == "GET" else 422


def _invite_words(invited: Invitation) -> dict[str, object]:
    by = people.get_person(invited.invited_by).display_name if invited.invited_by else "–"
    words = ", ".join(ROLE_WORDS[role] for role in invited.roles)
    return {
        "coop": db.session.get_one(Tenant, invited.tenant_id).name,
        "role_words": words,
        "email": invited.email,
        "by": by,
        "until": invited.expires_at,
    }


def _joined(token: str, form: Form):
    with at_the_door():
        person_id = invitations.accept_as_new(
            token, email=form.data.get("email", ""), display_name=form.data["name"], password=form.data["password"]
        )
        _end_old_session()
        cookie = sessions.start_session(person_id, device=device())
    return give_cookie(make_response(redirect("/", 303)), cookie)


def _join_as_known(token: str, invite: dict[str, object]):
    if g.identity is None:
        return redirect(url_for("door.sign_in", next=request.path), 303)
    if request.method == "GET":
        return render_template("tenants/invite_join.html", invite=invite)
    person_id = current_identity().person_id
    with transaction(door_scope(person_id)):
        tenant_id = invitations.accept_as(token, person_id)
        key = current_identity().session_key
        cookie = (
            sessions.renew_session(key, second_factor=current_identity().second_factor_done, tenant_id=tenant_id)
            if key
            else ""
        )
    return give_cookie(make_response(redirect("/", 303)), cookie)
