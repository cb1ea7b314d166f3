"""What a night brings: reminders of checks that run out, once each, and the bank published anew."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from staffbank.models import Carer, CarerCheck
from staffbank.passport import kind_words, reminder_due
from staffbank.services import bank
from staffbank.services.carers import list_carers
from tenants import audit, clock, jobs
from tenants.db import db
from tenants.scope import current_tenant_id
from tenants.services import mail


@dataclass(frozen=True)
class Due:
    """A check that runs out soon, and how many days before its last day this reminder is for."""

    carer: Carer
    check: CarerCheck
    days: int


def list_due() -> list[Due]:
    """Checks of the acting co-op's carers for which a reminder is due today."""
    today = clock.today()
    rows = db.session.execute(
        select(Carer, CarerCheck)
        .join(CarerCheck, (CarerCheck.tenant_id == Carer.tenant_id) & (CarerCheck.carer_id == Carer.id))
        .where(
            Carer.tenant_id == current_tenant_id(),
            (Carer.left_on.is_(None)) | (Carer.left_on > today),
            CarerCheck.ended_at.is_(None),
            CarerCheck.until.is_not(None),
        )
        .order_by(CarerCheck.until, Carer.reference, CarerCheck.id)
    )
    found = []
    for carer, check in rows:
        days = reminder_due(check.until, check.reminded_days, today)
        if days is not None:
            found.append(Due(carer, check, days))
    return found


def remind() -> int:
    """Remind the managers by one letter and each carer by one of their own; answers for how many checks."""
    found = list_due()
    if not found:
        return 0
    lines = "\n".join(f"- {due.carer.reference} {due.carer.first_name}: {_words(due)}" for due in found)
    subject = f"{len(found)} check{'s' if len(found) > 1 else ''} of your carers will run out"
    mail.write_to_roles(
        current_tenant_id(),
        ["manager"],
        subject,
        f"Dear manager,\n\nthese checks run out soon:\n\n{lines}\n\nA carer whose check has run out is not matched from "
        "that minute on. Note the new check on the carer’s page.\n",
    )
    for carer_id in dict.fromkeys(due.carer.id for due in found):
        own = [due for due in found if due.carer.id == carer_id]
        write_to_carer(
            carer_id,
            "Something on your passport will run out",
            f"Dear {own[0].carer.first_name},\n\n"
            + "\n".join(f"- {_words(due)}" for due in own)
            + "\n\nYour manager knows too. Without it you will not be asked for other co-ops’ shifts after that day.\n",
        )
    for due in found:
        due.check.reminded_days = due.days
    db.session.flush()
    audit.record("remind-checks", "carer", None, {"checks": len(found)})
    return len(found)


def write_to_carer(carer_id: UUID, subject: str, body: str) -> int:
    """Write to a carer without learning the address; answers how many letters there are."""
    letters = db.session.execute(
        text("SELECT mail_to_carer(:carer, :subject, :body)"),
        {"carer": carer_id, "subject": subject[:200], "body": body},
    ).scalar_one()
    if letters:
        jobs.defer("pass-mail-on", {}, label="Send letters", shown=False, once_key="pass-mail-on")
    return letters


def publish_all() -> int:
    """Publish every carer anew, so that free and busy time and the 17 weeks move on; answers how many."""
    found = list_carers()
    for carer in found:
        bank.publish(carer.id)
    return len(found)


def _words(due: Due) -> str:
    assert due.check.until is not None
    return f"{kind_words(due.check.kind)}, until {clock.day_words(due.check.until)}"
