"""Who may do what: one table. A person's roles are those held at the co-op (or the federation body) acted for."""

from tenants.errors import NotAllowed

COOP, OFFICE = "coop", "federation"

PERMISSIONS: dict[tuple[str, str], tuple[str, ...]] = {
    # act                       acting for: roles that may
    ("see-home", COOP): ("manager", "treasurer", "carer", "delegate", "auditor"),
    ("see-home", OFFICE): ("officer", "treasurer", "auditor"),
    ("see-rounds", COOP): ("manager", "treasurer", "delegate", "auditor"),
    ("see-rounds", OFFICE): ("officer", "treasurer", "auditor"),
    ("enter-demand", COOP): ("manager",),
    ("run-rounds", OFFICE): ("officer",),
    ("approve-award", OFFICE): ("officer",),
    ("keep-catalogue", OFFICE): ("officer",),
    ("see-catalogue", COOP): ("manager", "treasurer", "auditor"),
    ("see-catalogue", OFFICE): ("officer", "treasurer", "auditor"),
    ("see-orders", OFFICE): ("officer", "treasurer", "auditor"),
    ("see-bank", COOP): ("manager", "auditor"),
    ("see-bank", OFFICE): ("officer", "auditor"),
    ("search-all-cover", OFFICE): ("officer",),
    ("keep-carers", COOP): ("manager",),
    ("own-work", COOP): ("carer",),
    ("request-cover", COOP): ("manager",),
    ("lend-carers", COOP): ("manager",),
    ("agree-hours", COOP): ("manager",),
    ("see-hours", COOP): ("manager", "treasurer", "auditor"),
    ("see-settlement", COOP): ("manager", "treasurer", "auditor"),
    ("see-settlement", OFFICE): ("officer", "treasurer", "auditor"),
    ("run-settlement", OFFICE): ("officer", "treasurer"),
    ("see-agreement", COOP): ("manager", "treasurer", "carer", "delegate", "auditor"),
    ("see-agreement", OFFICE): ("officer", "treasurer", "auditor"),
    ("keep-agreement", OFFICE): ("officer",),
    ("sign-agreement", COOP): ("manager",),
    ("see-assembly", COOP): ("delegate", "manager", "treasurer", "auditor"),
    ("see-assembly", OFFICE): ("officer", "treasurer", "auditor"),
    ("move-motions", COOP): ("delegate",),
    ("speak", COOP): ("delegate", "manager"),
    ("cast-votes", COOP): ("delegate",),
    ("stand", COOP): ("delegate",),
    ("name-delegates", COOP): ("manager", "delegate"),
    ("agree-size", COOP): ("manager", "treasurer"),
    ("tell-policy", COOP): ("manager", "delegate"),
    ("run-assembly", OFFICE): ("officer",),
    ("tell-hands", OFFICE): ("officer", "treasurer", "auditor"),
    ("see-statement", COOP): ("manager", "treasurer", "auditor"),
    ("see-ledger", COOP): ("manager", "treasurer", "auditor"),
    ("see-ledger", OFFICE): ("officer", "treasurer", "auditor"),
    ("see-reports", COOP): ("manager", "treasurer", "delegate", "auditor"),
    ("see-reports", OFFICE): ("officer", "treasurer", "auditor"),
    ("see-record", COOP): ("manager", "treasurer", "auditor"),
    ("see-record", OFFICE): ("officer", "treasurer", "auditor"),
    ("see-people", COOP): ("manager",),
    ("see-people", OFFICE): ("officer",),
    ("invite", COOP): ("manager",),
    ("invite", OFFICE): ("officer",),
    ("see-settings", COOP): ("manager", "treasurer", "delegate", "auditor"),
    ("see-settings", OFFICE): ("officer", "treasurer", "auditor"),
    ("change-settings", OFFICE): ("officer",),
    ("keep-coop", COOP): ("manager",),
    ("keep-coops", OFFICE): ("officer",),
}
"""(act, kind of tenant) to the roles that may do it. What is not listed, nobody may."""

SECOND_FACTOR_ROLES = frozenset({"officer", "treasurer"})
"""Roles that cannot work without a second factor: they move other people's money."""

ROLE_WORDS = {
    "officer": "Federation officer",
    "treasurer": "Treasurer",
    "manager": "Manager",
    "carer": "Care worker",
    "delegate": "Delegate",
    "auditor": "Auditor",
}
INVITABLE = {
    COOP: ("manager", "treasurer", "carer", "delegate", "auditor"),
    OFFICE: ("officer", "treasurer", "auditor"),
}
"""Roles that exist at each kind of tenant."""


def may(act: str, kind: str, roles: frozenset[str]) -> bool:
    """Whether one of the roles allows the act, acting for a tenant of this kind.

    >>> may("enter-demand", "coop", frozenset({"manager"})), may("enter-demand", "federation", frozenset({"officer"}))
    (True, False)
    """
    return not roles.isdisjoint(PERMISSIONS.get((act, kind), ()))


def check(act: str, kind: str, roles: frozenset[str]) -> None:
    """Raises: NotAllowed, saying who may."""
    if not may(act, kind, roles):
        allowed = [ROLE_WORDS[role].lower() for role in PERMISSIONS.get((act, kind), ())]
        who = " or ".join(allowed) if allowed else "nobody acting for this side"
        raise NotAllowed("not-allowed", f"This needs another role: {who}. Your own role does not allow it.", act=act)
