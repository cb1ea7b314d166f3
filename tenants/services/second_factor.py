"""The second step at sign-in: codes that change every 30 seconds, and ten codes for the day the phone is lost.

Source: RFC 6238 (TOTP): a step is taken once, and one step to either side is allowed for clocks that differ.
"""

import hashlib
import io
import secrets
from datetime import timedelta
from uuid import UUID

import segno
from pyotp import random_base32
from pyotp.totp import TOTP
from sqlalchemy import delete, func, select, update

from tenants import audit, clock
from tenants.db import db
from tenants.errors import InvalidInput, RuleBroken
from tenants.models import Membership, Person, RecoveryCode
from tenants.permissions import SECOND_FACTOR_ROLES
from tenants.services import passwords

STEP_SECONDS = 30
CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
WRONG = "This code is not right. Codes change every 30 seconds and work once; wait for the next one"


def begin_setup(person_id: UUID) -> str:
    """The key for the person's app, made when there is none. Door scope. Raises: RuleBroken when it is on already."""
    person = _locked(person_id)
    if person.totp_confirmed_at is not None:
        raise RuleBroken("second-factor-on", "Sign-in codes are on already. Turn them off first to set them up anew.")
    if person.totp_secret is None:
        person.totp_secret = random_base32()
    return person.totp_secret


def qr_svg(secret: str, email: str, issuer: str) -> bytes:
    """The key as a QR code in SVG, for an app's camera."""
    out = io.BytesIO()
    address = TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)
    segno.make(address, error="m").save(
        out, kind="svg", scale=4, border=2, light="#fff", xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue()


def confirm(person_id: UUID, code: str) -> list[str]:
    """Turn it on with a first right code; the answer is the recovery codes. Door scope. Raises: RuleBroken, InvalidInput."""
    begin_setup(person_id)
    if not _take_step(_locked(person_id), code):
        raise InvalidInput({"code": WRONG})
    db.session.get_one(Person, person_id).totp_confirmed_at = clock.now()
    audit.record("turn-on-second-factor", "person", person_id)
    return new_recovery_codes(person_id)


def check(person_id: UUID, code: str) -> None:
    """Take a code of the app, or a recovery code, each once. Door scope. Raises: InvalidInput."""
    person = _locked(person_id)
    if person.totp_confirmed_at is None or not (_take_step(person, code) or _take_recovery_code(person_id, code)):
        raise InvalidInput({"code": WRONG})


def new_recovery_codes(person_id: UUID) -> list[str]:
    """Ten new recovery codes, shown this once; those before them are worthless. Door scope."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(CODES)]
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    db.session.add_all([RecoveryCode(person_id=person_id, code_hash=_code_hash(person_id, code)) for code in codes])
    db.session.flush()
    audit.record("make-recovery-codes", "person", person_id)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(person_id: UUID) -> int:
    """How many recovery codes have not been used. Door scope."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def turn_off(person_id: UUID, password: str, *, demo: bool) -> None:
    """Go back to a password alone. Door scope. Raises: InvalidInput for a wrong password, RuleBroken where the role needs it."""
    person = _locked(person_id)
    if not passwords.is_right(person.password_hash, password):
        raise InvalidInput({"password": "This is not your password"})
    needing = (
        select(Membership.role)
        .where(Membership.person_id == person_id, Membership.role.in_(SECOND_FACTOR_ROLES))
        .limit(1)
    )
    if not demo and db.session.scalar(needing):
        raise RuleBroken(
            "second-factor-needed", "Officers and treasurers need sign-in codes, so they cannot be turned off."
        )
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    audit.record("turn-off-second-factor", "person", person_id)


def _locked(person_id: UUID) -> Person:
    # The row is locked, so that one code sent twice at the same moment is taken once.
    return db.session.scalars(
        select(Person).where(Person.id == person_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _take_step(person: Person, code: str) -> bool:
    digits = "".join(code.split())
    if person.totp_secret is None or len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return False
    totp = TOTP(person.totp_secret, interval=STEP_SECONDS)
    for offset in (-1, 0, 1):
        moment = clock.now() + timedelta(seconds=offset * STEP_SECONDS)
        step = int(moment.timestamp()) // STEP_SECONDS
        if secrets.compare_digest(totp.at(moment), digits) and step > (person.totp_last_step or 0):
            person.totp_last_step = step
            db.session.flush()
            return True
    return False


def _take_recovery_code(person_id: UUID, code: str) -> bool:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _code_hash(person_id, plain),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    if used.rowcount:  # pyright: ignore[reportAttributeAccessIssue]
        audit.record("use-recovery-code", "person", person_id)
        return True
    return False


def _code_hash(person_id: UUID, code: str) -> str:
    return hashlib.sha256(f"{person_id}:{code}".encode()).hexdigest()
