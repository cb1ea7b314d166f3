"""Commands of the ground floor. Each runs inside the app's context, which the caller opens."""

from argparse import Namespace
from pathlib import Path
from uuid import UUID

from tenants import audit
from tenants.clock import today
from tenants.db import acting_for_federation, transaction
from tenants.ledger.services import unmatched_dues
from tenants.members_file import read_members
from tenants.money import format_pence
from tenants.scope import FEDERATION, Scope, member_scope, office_scope
from tenants.services.coops import federation_name, found_federation, import_coops, list_tenants
from tenants.services.statement import unbalanced_entries


def verify_audit(arguments: Namespace) -> int:
    """Prove each tenant's record whole; 1 when one is not. Prints the newest seal of each, to be kept elsewhere."""
    with acting_for_federation():
        tenants = [(row.id, row.name) for row in list_tenants()]
    broken = 0
    for tenant_id, name in tenants:
        with transaction(_reading(tenant_id)):
            number, (length, seal) = audit.first_broken_number(), audit.head()
        broken += number is not None
        words = (
            f"{length} entries, seal {seal[:16] or 'none'}"
            if number is None
            else f"BROKEN at entry {number} of {length}"
        )
        print(f"{name}: {words}")
    print(f"{len(tenants)} records read, {broken} broken.")
    return 1 if broken else 0


def _reading(tenant_id: UUID) -> Scope:
    return (
        office_scope(None, read_only=True) if tenant_id == FEDERATION else member_scope(tenant_id, None, read_only=True)
    )


def check_ledger(arguments: Namespace) -> int:
    """Prove that every entry balances and that what one book owes another is owed; 1 when not."""
    with transaction(office_scope(None, read_only=True)):
        names = {row.id: row.name for row in list_tenants()}
        entries, dues = unbalanced_entries(), unmatched_dues()
    for tenant_id, entry_id, pence in entries:
        print(f"{names[tenant_id]}: entry {entry_id} does not balance by {format_pence(pence)}")
    for debtor, creditor, pence in dues:
        print(f"{names.get(debtor, debtor)} and {names.get(creditor, creditor)} differ by {format_pence(pence)}")
    print(
        f"{len(names)} books read, {len(entries)} entries that do not balance, {len(dues)} pairs that differ, {today():%d.%m.%Y}."
    )
    return 1 if entries or dues else 0


def import_members(arguments: Namespace) -> int:
    """Take in the co-ops of a CSV file; those known by name are left as they are. All rows or none.

    Raises: InvalidInput, naming rows and columns.
    """
    coops = read_members(Path(arguments.file))
    with acting_for_federation():
        if federation_name() is None:
            found_federation("Our federation")
        taken, known = import_coops(coops)
    print(f"{taken} co-ops taken in, {known} known before.")
    return 0
