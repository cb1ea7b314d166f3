"""The jobs that send letters. A letter may arrive twice when a worker dies between sending and noting it, never not at all."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import current_app

from tenants import clock, jobs
from tenants.db import at_the_door, db
from tenants.models import Mail
from tenants.services.mail import MAX_TRIES

TIMEOUT_SECONDS = 20
NO_SERVER = "No mail server is set: give its address as SMTP_URL."


@jobs.job("pass-mail-on", own_transaction=True)
def pass_mail_on(task: jobs.Task, mail_id: str) -> None:
    """Hand a co-op's letter to the door's own outbox: only the door may read addresses."""
    with at_the_door():
        jobs.defer("send-mail", {"mail_id": mail_id}, label="Send a letter", shown=False, once_key=f"mail:{mail_id}")
    with task.transaction():
        task.finish()


@jobs.job("send-mail", runs_as="door", own_transaction=True)
def send_mail(task: jobs.Task, mail_id: str) -> None:
    """Send one letter; in a demo, only mark it, for the page that shows them. Raises: TryLater when the server is away."""
    with task.transaction():
        letter = db.session.get(Mail, UUID(mail_id))
        waiting = letter is not None and letter.state == "waiting"
        if letter is not None and waiting and not current_app.config["DEMO"]:
            message = compose(letter)
        else:
            message = None
    if message is None:
        _note(task, mail_id, "sent" if waiting else None, None)
        return
    try:
        deliver(message)
    except (OSError, smtplib.SMTPException) as error:
        if not _note_failure(task, mail_id, f"{type(error).__name__}: {error}"[:400]):
            raise jobs.TryLater("The mail server could not be reached; it is tried again.") from error
        return
    _note(task, mail_id, "sent", None)


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


def _note(task: jobs.Task, mail_id: str, state: str | None, problem: str | None) -> None:
    with task.transaction():
        if state is not None:
            letter = db.session.get_one(Mail, UUID(mail_id))
            letter.state, letter.problem, letter.sent_at = state, problem, clock.now()
        task.finish()


def _note_failure(task: jobs.Task, mail_id: str, problem: str) -> bool:
    with task.transaction():
        letter = db.session.get_one(Mail, UUID(mail_id))
        letter.tries += 1
        letter.problem = problem
        if letter.tries < MAX_TRIES:
            return False
        letter.state = "failed"
        task.finish()
    return True
