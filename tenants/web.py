"""One request: who asks, may they, in which scope; then one transaction around the view, undone when it fails.

Every view says how it may be reached (`needs`, `signed_in`, `open_to_all`); the app refuses to start with one that does not.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask, Response, current_app, flash, g, request, session
from flask.typing import ResponseReturnValue

from tenants import permissions
from tenants.db import db, retried, transaction
from tenants.errors import NotAllowed, NotSignedIn
from tenants.identity import Identity
from tenants.scope import DOOR, Scope, door_scope
from tenants.services.sessions import find_identity, find_token_identity

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = "fed_session"
ViewFunction = TypeVar("ViewFunction", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """How a view may be reached: by whom, for which act, and as which database role it works."""

    act: str | None
    scope: Literal["tenant", "door", "none"]
    signed_in: bool
    before_second_factor: bool = False


def needs(act: str, scope: Literal["tenant", "door"] = "tenant") -> Callable[[ViewFunction], ViewFunction]:
    """For people whose role, where they act, allows the act (see `tenants.permissions`); in their tenant's scope, or at the door."""
    return _mark(Access(act, scope, True))


def signed_in(
    scope: Literal["tenant", "door", "none"] = "tenant", *, before_second_factor: bool = False
) -> Callable[[ViewFunction], ViewFunction]:
    """For everybody who is signed in; at the door for their own account."""
    return _mark(Access(None, scope, True, before_second_factor))


def open_to_all(scope: Literal["door", "none"] = "door") -> Callable[[ViewFunction], ViewFunction]:
    """For anybody, also without an account."""
    return _mark(Access(None, scope, False))


def _mark(access: Access) -> Callable[[ViewFunction], ViewFunction]:
    def mark(view: ViewFunction) -> ViewFunction:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


class HouseFlask(Flask):
    """Flask, with the scope and the transaction around every view."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Open the scope, run the view, commit; a deadlock is tried again, an error leaves nothing behind."""
        if request.routing_exception is not None or request.method == "OPTIONS":
            return super().dispatch_request()
        access = access_of(self, request.endpoint)
        identity = _identify()
        if request.method not in SAFE_METHODS:
            check_same_site(identity)
        if access.signed_in:
            _check_access(identity, access)
        if access.scope == "none":
            return super().dispatch_request()
        scope = _scope(access, identity)
        return retried(lambda: self._within(scope))

    def _within(self, scope: Scope) -> Response:
        with transaction(scope):
            response = self.make_response(super().dispatch_request())
            if response.status_code >= 400:
                db.session.rollback()
            return response


def _scope(access: Access, identity: Identity | None) -> Scope:
    if identity is None:
        return DOOR
    if access.scope == "door":
        return door_scope(identity.person_id)
    return identity.scope(read_only=request.method in SAFE_METHODS)


def access_of(app: Flask, endpoint: str | None) -> Access:
    """How an endpoint may be reached. Raises: LookupError for a view that does not say."""
    if endpoint == "static":
        return Access(None, "none", False)
    access = getattr(app.view_functions.get(endpoint or ""), "access", None)
    if access is None:
        raise LookupError(f"the view {endpoint!r} does not say who may reach it")
    return access


def current_identity() -> Identity:
    """Who is asking. Raises: NotSignedIn."""
    identity = g.get("identity")
    if identity is None:
        raise NotSignedIn("not-signed-in", "Sign in to see this page.")
    return identity


def _identify() -> Identity | None:
    g.identity = None
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        with transaction(DOOR):
            g.identity = find_token_identity(header.removeprefix("Bearer ").strip())
        if g.identity is None:
            raise NotSignedIn("bad-token", "This token is not known, has been withdrawn or has run out.")
        return g.identity
    if cookie := request.cookies.get(cookie_name(COOKIE)):
        with transaction(DOOR):
            g.identity = find_identity(cookie)
    return g.identity


def _check_access(identity: Identity | None, access: Access) -> None:
    if identity is None:
        raise NotSignedIn("not-signed-in", "Sign in to see this page.")
    if identity.token_scope == "read" and request.method not in SAFE_METHODS:
        raise NotAllowed("token-reads-only", "This token may read, not change. Make one that may write.")
    if identity.token_scope is not None and not request.path.startswith("/api/"):
        raise NotAllowed("tokens-are-for-the-api", "A token opens the API, not the pages.")
    if identity.second_factor_wanted and not access.before_second_factor:
        raise NotAllowed("second-factor-wanted", "Your role needs a second step at sign-in. Set it up first.")
    if access.act is not None:
        permissions.check(access.act, identity.kind, identity.roles)


def csrf_token() -> str:
    """The token that every form of this visitor carries: of the session, or before there is one, of a signed cookie."""
    identity = g.get("identity")
    if identity is not None and identity.csrf_token:
        return identity.csrf_token
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return session["csrf"]


def check_same_site(identity: Identity | None) -> None:
    """Refuse a change that another site's page asked for. Tokens of the API carry no cookie and are exempt.

    Raises: NotAllowed.
    """
    if identity is not None and identity.token_scope is not None:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin", "none") or (
        site is None and origin and origin.rstrip("/") != request.host_url.rstrip("/")
    ):
        raise NotAllowed("other-site", "This was sent from another site, so we did not do it.")
    if identity is None and request.path.startswith("/api/"):
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    expected = identity.csrf_token if identity is not None else session.get("csrf", "")
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise NotAllowed(
            "form-too-old", "This form was open for too long. Go back, load the page again and send it once more."
        )


def secure_site() -> bool:
    """Whether people reach this federation by https."""
    return current_app.config["BASE_URL"].startswith("https://")


def cookie_name(name: str) -> str:
    """Name of a cookie: under https with the prefix that ties it to this host and to https."""
    return f"__Host-{name}" if secure_site() else name


def say(text: str, kind: str = "good") -> None:
    """Show a sentence on the next page."""
    flash(text, kind)


def add_security_headers(response: Response) -> Response:
    """Strict headers on every answer; nothing that is personal is kept by caches between."""
    headers = response.headers
    headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self';"
        " form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    if secure_site():
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    return response
