"""Sending forms in tests the way a browser does: load the page, take its token, post."""

import re

from flask.testing import FlaskClient


def csrf_of(page: str) -> str:
    """The form's token on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page has no form"
    return found[1]


def send(client: FlaskClient, path: str, *, page: str | None = None, place: str = "10.0.0.1", **fields: str):
    """Post a form after loading the page that holds it."""
    token = csrf_of(client.get(page or path).text)
    return client.post(path, data={"csrf_token": token, **fields}, environ_base={"REMOTE_ADDR": place})
