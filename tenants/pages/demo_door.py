"""What only a demo has: signing in as somebody without a password, and the page of letters that did not go out."""

import re
from uuid import UUID

from flask import Blueprint, g, make_response, redirect, render_template, request

from tenants.db import at_the_door
from tenants.errors import NotFound
from tenants.pages.cookies import device, give_cookie
from tenants.pages.paging import page_number, pager
from tenants.services import mail, people, sessions
from tenants.web import open_to_all

demo_door = Blueprint("demo_door", __name__)
_LINK = re.compile(r"https?://\S+")


@demo_door.post("/sign-in-as")
@open_to_all("none")
def sign_in_as():
    """Be one of the made-up people."""
    try:
        wanted = UUID(request.form.get("person", ""))
    except ValueError:
        raise NotFound("person") from None
    with at_the_door():
        if g.identity is not None and g.identity.session_key:
            sessions.end_session(g.identity.person_id, g.identity.session_key)
        token = sessions.start_session(people.demo_person(wanted), device=device(), second_factor=True)
    return give_cookie(make_response(redirect("/", 303)), token)


@demo_door.get("/outbox-mail")
@open_to_all("door")
def outbox_mail():
    """Every letter, newest first."""
    page = page_number()
    letters, total = mail.list_letters(limit=20, offset=(page - 1) * 20)
    mails = [
        {
            "id": letter.id,
            "to": letter.to_address,
            "subject": letter.subject,
            "at": letter.created_at,
            "body": letter.body,
            "links": [{"href": link, "words": link} for link in _LINK.findall(letter.body)],
        }
        for letter in letters
    ]
    return render_template("tenants/outbox_mail.html", mails=mails, **pager(page, total, 20))
