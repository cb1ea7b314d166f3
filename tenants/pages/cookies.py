"""The cookie that stands for a session, and small facts of a request that the door needs."""

from flask import Response, request

from tenants.services.sessions import LONGEST
from tenants.web import COOKIE, cookie_name, secure_site


def give_cookie(response: Response, token: str) -> Response:
    """Put the session's cookie on an answer: no script reads it, and no other site's page sends it with a form."""
    response.set_cookie(
        cookie_name(COOKIE), token, max_age=LONGEST, httponly=True, samesite="Lax", secure=secure_site(), path="/"
    )
    return response


def take_cookie(response: Response) -> Response:
    """Take the session's cookie away."""
    response.delete_cookie(cookie_name(COOKIE), httponly=True, samesite="Lax", secure=secure_site(), path="/")
    return response


def cookie_value() -> str:
    """The value of the session's cookie, or nothing."""
    return request.cookies.get(cookie_name(COOKIE), "")


def place() -> str:
    """Where the request comes from, for counting tries."""
    return request.remote_addr or "nowhere"


def device() -> str:
    """The browser in two words, from what it says of itself.

    >>> name_device("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/143.0 Safari/537.36")
    'Chrome on Windows'
    """
    return name_device(request.headers.get("User-Agent", ""))


def name_device(agent: str) -> str:
    """A browser's own words, shortened to two."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def local_path(wanted: str) -> str:
    """Where to go next, if it is a page of this site; the home page otherwise.

    >>> local_path("/rounds?page=2"), local_path("//evil.example"), local_path("/\\\\evil.example"), local_path("https://evil.example")
    ('/rounds?page=2', '/', '/', '/')
    """
    good = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted.rstrip("?") or "/" if good else "/"
