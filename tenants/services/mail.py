"""Letters: written in the transaction that causes them, sent by a job of their own, seen when they fail."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app
from sqlalchemy import String, Uuid, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from tenants import audit, clock, jobs
from tenants.db import bind_scope, db
from tenants.models import Mail
from tenants.scope import DOOR, current_scope

MAX_TRIES = 3


def can_send() -> bool:
    """Whether letters reach anybody: by a mail server, or, in a demo, on the page that shows them."""
    return bool(current_app.config["DEMO"] or current_app.config["SMTP_URL"])


def write_letter(to_address: str, subject: str, body: str, *, person_id: UUID | None = None) -> UUID:
    """Write a letter and ask for it to be sent. Door scope."""
    letter = Mail(person_id=person_id, to_address=to_address, subject=subject[:200], body=body, created_at=clock.now())
    db.session.add(letter)
    db.session.flush()
    _ask_to_send()
    return letter.id


def write_to_roles(tenant_id: UUID, roles: Sequence[str], subject: str, body: str) -> int:
    """Write to everybody who holds one of the roles at a tenant, without learning their addresses.

    Member scope reaches its own people and the federation's; office scope all. The answer is how many letters there are.
    """
    statement = text("SELECT mail_to_roles(:tenant, :roles, :subject, :body)").bindparams(
        bindparam("roles", type_=ARRAY(String))
    )
    letters = db.session.execute(
        statement, {"tenant": tenant_id, "roles": list(roles), "subject": subject[:200], "body": body}
    ).scalar_one()
    if letters:
        _ask_to_send()
    return letters


def write_to_each(roles: Sequence[str], letters: Sequence[tuple[UUID, str, str]]) -> int:
    """`write_to_roles` for many tenants at once: each letter is (tenant, subject, body). The answer is how many went out."""
    statement = text(
        "SELECT sum(mail_to_roles(tenant, :roles, subject, body)) FROM unnest(CAST(:tenants AS uuid[]),"
        " CAST(:subjects AS text[]), CAST(:bodies AS text[])) AS letter (tenant, subject, body)"
    ).bindparams(
        *(bindparam(name, type_=ARRAY(String)) for name in ("roles", "subjects", "bodies")),
        bindparam("tenants", type_=ARRAY(Uuid)),
    )
    written = db.session.execute(
        statement,
        {
            "roles": list(roles),
            "tenants": [tenant for tenant, _, _ in letters],
            "subjects": [subject[:200] for _, subject, _ in letters],
            "bodies": [body for _, _, body in letters],
        },
    ).scalar_one()
    if written:
        _ask_to_send()
    return int(written or 0)


def _ask_to_send() -> None:
    # Letters go from the door, whose work stands in the federation's outbox; a member's own outbox only passes them on.
    kind = "pass-mail-on" if current_scope().role == "member" else "send-mail"
    jobs.defer(kind, {}, label="Send letters", shown=False, once_key=kind)


def count_failed() -> int:
    """How many letters could not be sent. Door scope."""
    return db.session.scalar(select(func.count()).select_from(Mail).where(Mail.state == "failed")) or 0


def count_failed_aside() -> int:
    """The same, told to officers at work in the office scope: read by the door's role, on a connection of its own."""
    with db.engines["door"].connect() as connection:
        bind_scope(connection, DOOR)
        return connection.scalar(select(func.count()).select_from(Mail).where(Mail.state == "failed")) or 0


def list_letters(*, state: str | None = None, limit: int = 50, offset: int = 0) -> tuple[list[Mail], int]:
    """Letters, newest first, and how many there are. Door scope."""
    chosen = select(Mail) if state is None else select(Mail).where(Mail.state == state)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    return list(
        db.session.scalars(chosen.order_by(Mail.created_at.desc(), Mail.id.desc()).limit(limit).offset(offset))
    ), total


def retry_failed() -> int:
    """Try every failed letter again; the answer is how many. Door scope."""
    ids = db.session.scalars(
        update(Mail).where(Mail.state == "failed").values(state="waiting", tries=0, problem=None).returning(Mail.id)
    ).all()
    if ids:
        _ask_to_send()
    audit.record("retry-mail", "mail", None, {"letters": len(ids)})
    return len(ids)
