"""Where a co-op takes deliveries: kept by its manager, read by the federation office."""

from tenants import audit
from tenants.db import db
from tenants.errors import InvalidInput
from tenants.models import CoopAddress
from tenants.scope import current_tenant_id


def set_address(lines: str, postcode: str, instructions: str = "") -> CoopAddress:
    """Say where the acting co-op takes deliveries. Raises: InvalidInput."""
    errors = {}
    if not lines.strip() or len(lines) > 400:
        errors["lines"] = "Enter the address in at most 400 letters"
    if not postcode.strip() or len(postcode) > 10:
        errors["postcode"] = "Enter the postcode"
    if len(instructions) > 400:
        errors["instructions"] = "Use at most 400 letters"
    if errors:
        raise InvalidInput(errors)
    address = db.session.merge(
        CoopAddress(
            tenant_id=current_tenant_id(),
            lines=lines.strip(),
            postcode=postcode.strip().upper(),
            instructions=instructions.strip(),
        )
    )
    db.session.flush()
    audit.record("set-address", "tenant", current_tenant_id(), {"fields": ["lines", "postcode", "instructions"]})
    return address


def find_address() -> CoopAddress | None:
    """The acting co-op's address."""
    return db.session.get(CoopAddress, current_tenant_id())
