"""The wall as data: which role may do what to a table of each class, and the SQL that builds it.

A model says `__isolation__ = Isolation("leg", retention="money")`. Migrations build the wall from frozen text made by
`wall_sql`; the catalogue test compares the live database with what the models declare.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Class = Literal["private", "published", "leg", "office", "federation", "door", "sealed"]
Retention = Literal["membership", "money", "round", "security", "work", "settings"]

RETENTION = {
    "membership": "kept while the co-op is a member, and six years after",
    "money": "six years from the end of the financial year (Companies Act 2006 s.388, VAT Notice 700/21)",
    "round": "six years, with the orders that came of it",
    "security": "erased when it has expired or the account is closed",
    "work": "ninety days after it was done",
    "settings": "kept for good: they explain past decisions",
}
"""Why and how long each class of record is kept."""

FEDERATION_ID = "00000000-0000-7000-8000-000000000001"
"""The federation body's own tenant id: one federation, one database."""

ALL = "select, insert, update, delete"
_VERBS: dict[str, dict[str, str]] = {
    "private": {"member": ALL},
    "published": {"member": ALL, "office": "select"},
    "leg": {"member": "select", "office": ALL},
    "office": {"office": ALL},
    "federation": {"member": "select", "office": ALL},
    "door": {"door": ALL},
    "sealed": {},
}
TENANT_CLASSES = ("private", "published", "leg")
"""Classes whose rows belong to one co-op: tenant_id stands first in every key."""

OWN_ROWS = "tenant_id = current_setting('app.tenant')::uuid"
"""The one condition of every tenant table: raises when no scope is open, and has no sub-select."""


@dataclass(frozen=True)
class Isolation:
    """The class of a table, how long it is kept, and where its grants are narrower than its class."""

    table_class: Class
    retention: Retention
    member: str | None = None
    office: str | None = None
    door: str | None = None
    crossing: str | None = None
    jobs: str | None = None
    member_sees: str | None = None
    """For federation tables only: which rows a member may read, e.g. rounds that are no draft."""

    def __post_init__(self) -> None:
        if self.table_class not in get_args(Class) or self.retention not in RETENTION:
            raise ValueError(f"unknown class or retention: {self}")

    def verbs(self, role: str) -> tuple[str, ...]:
        """The verbs granted to a role ("member", "office", "door", "crossing", "jobs"), in a fixed order."""
        given = getattr(self, role)
        text = _VERBS[self.table_class].get(role, "") if given is None else given
        return tuple(verb.strip() for verb in text.split(",") if verb.strip())

    def condition(self, role: str) -> str:
        """The rows a role meets, as SQL."""
        if role == "member" and self.table_class in TENANT_CLASSES:
            return OWN_ROWS
        if role == "member" and self.member_sees:
            return self.member_sees
        return "true"


ROLES = ("member", "office", "door", "crossing", "jobs")


def wall_sql(table: str, isolation: Isolation, prefix: str) -> list[str]:
    """The statements that put one table behind the wall: row-level security forced, one policy a role and verb.

    >>> for line in wall_sql("item", Isolation("federation", "round"), "fed")[:4]: print(line)
    ALTER TABLE item ENABLE ROW LEVEL SECURITY
    ALTER TABLE item FORCE ROW LEVEL SECURITY
    GRANT select ON item TO fed_member
    CREATE POLICY item_member_select ON item FOR SELECT TO fed_member USING (true)
    """
    lines = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"]
    for role in ROLES:
        verbs = isolation.verbs(role)
        if not verbs:
            continue
        lines.append(f"GRANT {', '.join(verbs)} ON {table} TO {prefix}_{role}")
        rows = isolation.condition(role)
        for verb in verbs:
            using = f" USING ({rows})" if verb != "insert" else ""
            check = f" WITH CHECK ({rows})" if verb in ("insert", "update") else ""
            lines.append(
                f"CREATE POLICY {table}_{role}_{verb} ON {table} FOR {verb.upper()} TO {prefix}_{role}{using}{check}"
            )
    return lines
