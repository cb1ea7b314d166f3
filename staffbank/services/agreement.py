"""The agreement under which carers are lent: its versions, which one is in force, and who has signed it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from staffbank.models import Framework, FrameworkConsent
from staffbank.placement_rules import digest_of
from tenants import audit, clock
from tenants.db import bind_scope, db
from tenants.errors import Conflict, InvalidInput, NotFound, RuleBroken
from tenants.scope import FEDERATION, current_scope, current_tenant_id, office_scope

LONGEST_BODY = 40_000


def in_force(day: date | None = None) -> Framework | None:
    """The version in force on a day, by default today: the newest of those that have begun."""
    chosen = select(Framework).where(Framework.in_force_from <= (day or clock.today()))
    return db.session.scalar(chosen.order_by(Framework.number.desc()).limit(1))


def list_versions() -> Sequence[Framework]:
    """Every version, newest first."""
    return db.session.scalars(select(Framework).order_by(Framework.number.desc())).all()


def get_version(number: int) -> Framework:
    """One version. Raises: NotFound."""
    found = db.session.scalar(select(Framework).where(Framework.number == number))
    if found is None:
        raise NotFound("version of the agreement")
    return found


def publish(in_force_from: date, body: str, resolution: str) -> Framework:
    """Publish a version; it binds nobody who has not signed it. Office scope.

    Raises: InvalidInput, Conflict when somebody published one at the same moment.
    """
    errors = {}
    text = body.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST_BODY:
        errors["body"] = f"Enter the text of the agreement, at most {LONGEST_BODY:,} letters"
    if not resolution.strip():
        errors["resolution"] = "Say which resolution adopted it"
    newest = max(list_versions(), key=lambda row: row.number, default=None)
    if newest is not None and in_force_from < newest.in_force_from:
        errors["in_force_from"] = "A newer version cannot begin before the one it follows"
    if errors:
        raise InvalidInput(errors)
    # Two officers who publish at once get two numbers: the second waits for the first one's transaction.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("secondment-framework"))))
    number = (db.session.scalar(select(func.max(Framework.number))) or 0) + 1
    if newest is not None and number != newest.number + 1:
        raise Conflict("changed-meanwhile", "Somebody else has just published a version. Load the page again.")
    row = Framework(
        number=number,
        in_force_from=in_force_from,
        body=text,
        hash=digest_of(text),
        resolution=resolution.strip(),
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record("publish-agreement", "agreement", row.id, {"number": number, "hash": row.hash})
    return row


def sign(number: int) -> FrameworkConsent:
    """Sign a version for the acting co-op. Raises: NotFound, Conflict when it is signed already, RuleBroken for an old one."""
    version = get_version(number)
    current = in_force()
    if current is not None and number < current.number:
        raise RuleBroken("agreement-replaced", f"Version {current.number} has taken the place of this one. Sign that.")
    person_id = current_scope().person_id
    if person_id is None:
        raise RuleBroken("nobody-signs", "A person signs for the co-op: sign in first.")
    if find_own_consent(number) is not None:
        raise Conflict("signed-already", "Your co-op has signed this version already.")
    row = FrameworkConsent(
        tenant_id=current_tenant_id(), framework_number=number, signed_on=clock.today(), signed_by=person_id
    )
    db.session.add(row)
    db.session.flush()
    audit.record("sign-agreement", "agreement", version.id, {"number": number})
    return row


def find_own_consent(number: int) -> FrameworkConsent | None:
    """The acting co-op's signature under a version."""
    return db.session.get(FrameworkConsent, (current_tenant_id(), number))


def signers(number: int) -> dict[UUID, date]:
    """Co-ops that have signed a version, with the day.

    Who has signed is no secret between those who lend to each other: a member is told by the office's role, on a
    connection of its own that reads nothing else.
    """
    chosen = select(FrameworkConsent.tenant_id, FrameworkConsent.signed_on).where(
        FrameworkConsent.framework_number == number
    )
    if current_scope().tenant_id == FEDERATION:
        rows: Sequence[Any] = db.session.execute(chosen).all()
    else:
        with db.engines["office"].connect() as connection:
            bind_scope(connection, office_scope(None, read_only=True))
            rows = connection.execute(chosen).all()
        own = find_own_consent(number)
        if own is not None:
            rows = [*rows, (own.tenant_id, own.signed_on)]
    return {row[0]: row[1] for row in rows}


def check_lending(host_id: UUID, home_id: UUID, day: date | None = None) -> Framework | None:
    """The version in force, which both co-ops must have signed; None while there is none, or within one co-op.

    Raises: RuleBroken naming who has not signed.
    """
    current = in_force(day)
    if current is None or host_id == home_id:
        return current
    signed = signers(current.number)
    own = current_scope().tenant_id
    for tenant_id, role in ((host_id, "asks for cover"), (home_id, "lends")):
        if tenant_id not in signed:
            who = "Your co-op has" if tenant_id == own else f"The co-op that {role} has"
            raise RuleBroken(
                "agreement-not-signed",
                f"{who} not signed version {current.number} of the agreement, so nobody can be lent. Sign it first.",
                number=current.number,
            )
    return current
