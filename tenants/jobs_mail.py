"""The jobs that send letters. A letter may arrive twice when a worker dies between sending and noting it, never not at all."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from tenants import clock, jobs
from tenants.db import at_the_door, db
from tenants.models import Mail
from tenants.services.mail import MAX_TRIES

TIMEOUT_SECONDS = 20
NO_SERVER = "No mail server is set: give its address as SMTP_URL."


@jobs.job("pass-mail-on", own_transaction=True)
def pass_mail_on(task: jobs.Task) -> None:
    """Ask the door to send what a co-op has written: only the door may read addresses."""
    with at_the_door():
        jobs.defer("send-mail", {}, label="Send letters", shown=False, once_key="send-mail")
    with task.transaction():
        task.finish()


@jobs.job("send-mail", runs_as="door", own_transaction=True)
def send_mail(task: jobs.Task) -> None:
    """Send every letter that waits, each in a transaction of its own; in a demo, only mark them, for the page that shows them.

    Raises: TryLater when one could not be sent and is to be tried again.
    """
    tried: set[UUID] = set()
    again = False
    while (left := _send_one(task, tried)) is not None:
        again = again or left
    if again:
        raise jobs.TryLater("The mail server could not be reached; it is tried again.")
    with task.transaction():
        task.finish({"letters": len(tried)})


def _send_one(task: jobs.Task, tried: set[UUID]) -> bool | None:
    """Send the next letter; the answer is whether it is to be tried again, or None when there is none."""
    with task.transaction():
        letter = db.session.scalar(
            select(Mail)
            .where(Mail.state == "waiting", Mail.id.not_in(tried))
            .order_by(Mail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if letter is None:
            return None
        tried.add(letter.id)
        try:
            if not current_app.config["DEMO"]:
                deliver(compose(letter))
        except (OSError, smtplib.SMTPException) as error:
            letter.tries += 1
            letter.problem = f"{type(error).__name__}: {error}"[:400]
            letter.state = "failed" if letter.tries >= MAX_TRIES else "waiting"
            return letter.state == "waiting"
        letter.state, letter.problem, letter.sent_at = "sent", None, clock.now()
        return False


def compose(letter: Mail) -> EmailMessage:
    """The letter as a message; its id stays the same when it is sent twice."""
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = letter.to_address
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = formatdate(letter.created_at.timestamp())
    message["Message-ID"] = f"<{letter.id}@{urlsplit(current_app.config['BASE_URL']).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message


def deliver(message: EmailMessage) -> None:
    """Give a message to the server at SMTP_URL: smtp:// (STARTTLS where offered) or smtps://.

    Raises: OSError, smtplib.SMTPException.
    """
    if not current_app.config["SMTP_URL"]:
        raise OSError(NO_SERVER)
    url = urlsplit(current_app.config["SMTP_URL"])
    host, secure = url.hostname or "localhost", url.scheme == "smtps"
    context = ssl.create_default_context()
    if secure:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_SECONDS)
    with server:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
