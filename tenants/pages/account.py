"""One's own account: password, second factor, sessions, tokens; and switching between co-ops."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for

from tenants.db import transaction
from tenants.errors import InvalidInput, NotFound
from tenants.models import Person
from tenants.pages.cookies import give_cookie, place, take_cookie
from tenants.permissions import ROLE_WORDS, SECOND_FACTOR_ROLES
from tenants.schemas import ChangePasswordSchema, CodeSchema, PasswordSchema, TokenSchema
from tenants.scope import door_scope
from tenants.services import coops, passwords, people, rate, second_factor, sessions, tokens
from tenants.web import current_identity, say, signed_in
from tenants.web_forms import Form

account = Blueprint("account", __name__)
SCOPES = (("read", "Read", "It may look at what you may see"), ("write", "Change", "It may also do what you may do"))


@account.get("/account")
@signed_in("door")
def index():
    """The whole account."""
    return _page()


def _page(*, password_form: Form | None = None, token_form: Form | None = None, new_token: str | None = None) -> str:
    identity = current_identity()
    person = people.get_person(identity.person_id)
    return render_template(
        "tenants/account.html",
        person={
            "name": person.display_name,
            "email": person.email,
            "roles": [
                {
                    "coop": held.name,
                    "words": ", ".join(words for role, words in ROLE_WORDS.items() if role in held.roles),
                }
                for held in identity.standings
            ],
        },
        totp=_totp(person),
        sessions=_sessions(),
        end_all_url=url_for("account.end_all"),
        tokens=_tokens(person.id),
        new_token=new_token,
        token_form=token_form or Form(),
        token_url=url_for("account.make_token"),
        token_coops=[(held.tenant_id, held.name) for held in identity.standings],
        token_scopes=SCOPES,
        password_form=password_form or Form(),
        password_url=url_for("account.change_password"),
        feeds=None,
    )


def _totp(person: Person) -> dict[str, Any]:
    return {
        "on": person.totp_confirmed_at is not None,
        "since": person.totp_confirmed_at,
        "setup_href": url_for("account.second_factor"),
        "off_url": url_for("account.turn_off"),
        "codes_left": second_factor.codes_left(person.id),
        "codes_url": url_for("account.new_codes"),
    }


def _sessions() -> list[dict[str, Any]]:
    identity = current_identity()
    return [
        {
            "id": held.key,
            "device": held.device or "A browser",
            "where": "",
            "last": held.seen_at,
            "current": held.current,
            "end_url": url_for("account.end_session", key=held.key),
        }
        for held in sessions.list_sessions(identity.person_id, identity.session_key)
    ]


def _tokens(person_id: UUID) -> list[dict[str, Any]]:
    words = {"read": "Reads", "write": "Reads and changes"}
    return [
        {
            "name": token.name,
            "coop": coop,
            "scopes": words[token.scope],
            "last_used": token.last_used_at,
            "ends": token.expires_at,
            "end_url": url_for("account.withdraw_token", token_id=token.id),
        }
        for token, coop in tokens.list_tokens(person_id)
    ]


@account.post("/account/password")
@signed_in("door")
def change_password():
    """Change the password; every other session ends, and this one goes on under a new cookie."""
    identity = current_identity()
    form = Form.read(ChangePasswordSchema(), request.form)
    if not form.ok:
        return _page(password_form=form), 422
    try:
        passwords.change_password(identity.person_id, form.data["old_password"], form.data["password"])
    except InvalidInput as error:
        return _page(password_form=form.fail(error)), 422
    say("Your password is changed. Every other session of yours has ended.")
    return _go_on(redirect(url_for("account.index"), 303), second_factor_done=identity.second_factor_done)


def _go_on(response: Any, *, second_factor_done: bool) -> Response:
    identity = current_identity()
    key = identity.session_key or ""
    return give_cookie(make_response(response), sessions.renew_session(key, second_factor=second_factor_done))


@account.route("/account/second-factor", methods=["GET", "POST"], endpoint="second_factor")
@signed_in("none", before_second_factor=True)
def set_up():
    """Turn on sign-in codes: a QR code, then a first code that shows the app works."""
    identity = current_identity()
    form = Form.read(CodeSchema(), request.form) if request.method == "POST" else Form()
    scope = door_scope(identity.person_id)
    if request.method == "POST" and form.ok:
        rate.count_try(f"code:{identity.person_id}", place())
        try:
            with transaction(scope):
                codes = second_factor.confirm(identity.person_id, form.data["code"])
                cookie = sessions.renew_session(identity.session_key or "", second_factor=True)
                g.identity = sessions.find_identity(cookie)
            return give_cookie(make_response(_codes_page(codes)), cookie)
        except InvalidInput as error:
            form.fail(error)
    with transaction(scope):
        if people.get_person(identity.person_id).totp_confirmed_at is not None:
            return redirect(url_for("account.index"), 303)
        secret = second_factor.begin_setup(identity.person_id)
    page = render_template(
        "tenants/totp_setup.html",
        form=form,
        qr_href=url_for("account.qr"),
        cancel_href=url_for("account.index"),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        required=identity.second_factor_wanted or not identity.roles.isdisjoint(SECOND_FACTOR_ROLES),
    )
    return page, 200 if request.method == "GET" else 422


def _codes_page(codes: list[str]) -> str:
    return render_template(
        "tenants/recovery_codes.html", codes=codes, done_href=url_for("account.index"), download_href=None
    )


@account.get("/account/second-factor/qr.svg")
@signed_in("door", before_second_factor=True)
def qr():
    """The key as a picture, while it is being set up."""
    person = people.get_person(current_identity().person_id)
    if person.totp_secret is None or person.totp_confirmed_at is not None:
        raise NotFound("picture")
    picture = second_factor.qr_svg(person.totp_secret, person.email, coops.federation_name() or "Federation")
    return Response(picture, mimetype="image/svg+xml")


@account.post("/account/second-factor/codes")
@signed_in("door")
def new_codes():
    """Ten new recovery codes, shown this once."""
    person = people.get_person(current_identity().person_id)
    if person.totp_confirmed_at is None:
        raise NotFound("recovery code")
    return _codes_page(second_factor.new_recovery_codes(person.id))


@account.route("/account/second-factor/off", methods=["GET", "POST"])
@signed_in("none")
def turn_off():
    """Turn sign-in codes off, with the password."""
    identity = current_identity()
    form = Form.read(PasswordSchema(), request.form) if request.form.get("password") is not None else Form()
    if request.form.get("password") is not None and form.ok:
        rate.count_try(f"password:{identity.person_id}", place())
        try:
            with transaction(door_scope(identity.person_id)):
                second_factor.turn_off(identity.person_id, form.data["password"], demo=current_app.config["DEMO"])
            say("Sign-in codes are off.")
            return redirect(url_for("account.index"), 303)
        except InvalidInput as error:
            form.fail(error)
    return render_template("tenants/totp_off.html", form=form), 200 if form.ok else 422


@account.post("/account/sessions/<key>/end")
@signed_in("door")
def end_session(key: str):
    """End one of one's own sessions."""
    sessions.end_session(current_identity().person_id, key)
    say("That session has ended.")
    return redirect(url_for("account.index"), 303)


@account.post("/account/sessions/end")
@signed_in("door")
def end_all():
    """End every session, this one too."""
    sessions.end_sessions(current_identity().person_id)
    return take_cookie(make_response(redirect(url_for("door.sign_in"), 303)))


@account.post("/account/tokens")
@signed_in("door")
def make_token():
    """Make a token; it is on the answer and nowhere else."""
    form = Form.read(TokenSchema(), request.form)
    if not form.ok:
        return _page(token_form=form), 422
    scope = "write" if "write" in form.data["token_scopes"] else "read"
    try:
        made = tokens.make_token(current_identity().person_id, form.data["token_coop"], form.data["token_name"], scope)
    except InvalidInput as error:
        return _page(token_form=form.fail(error)), 422
    return _page(new_token=made)


@account.post("/account/tokens/<uuid:token_id>/end")
@signed_in("door")
def withdraw_token(token_id: UUID):
    """Make a token worthless."""
    tokens.withdraw_token(current_identity().person_id, token_id)
    say("The token is withdrawn.")
    return redirect(url_for("account.index"), 303)


@account.post("/switch")
@signed_in("door", before_second_factor=True)
def switch():
    """Act for another co-op that one belongs to."""
    try:
        wanted = UUID(request.form.get("tenant", ""))
    except ValueError:
        raise NotFound("co-op") from None
    chosen = sessions.switch_tenant(current_identity(), wanted)
    say(f"You now act for {chosen.name}.")
    return redirect("/", 303)
