"""What floor 0 remembers. One import brings every table, so that migrations and tests see them all."""

from tenants.models.coops import CoopAddress, CoopSize, MemberDirectory, Setting, Tenant
from tenants.models.door import (
    ApiToken,
    Invitation,
    Mail,
    Membership,
    Person,
    RecoveryCode,
    ResetLink,
    SavedFilter,
    SignInAttempt,
    SignInSession,
)
from tenants.models.ledger import LedgerEntry, LedgerLine
from tenants.models.sealed import AuditEntry, IdempotencyKey, OutboxRow

__all__ = [
    "ApiToken",
    "AuditEntry",
    "CoopAddress",
    "CoopSize",
    "IdempotencyKey",
    "Invitation",
    "LedgerEntry",
    "LedgerLine",
    "Mail",
    "MemberDirectory",
    "Membership",
    "OutboxRow",
    "Person",
    "RecoveryCode",
    "ResetLink",
    "SavedFilter",
    "Setting",
    "SignInAttempt",
    "SignInSession",
    "Tenant",
]
