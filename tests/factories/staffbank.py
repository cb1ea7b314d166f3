"""Carers and their bank entries with defaults, made by the services. Open no scope around them: each opens its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from staffbank.services import availability, bank, carers, checks, rota
from tenants import clock
from tenants.db import acting_for
from tests.factories.tenants import make_coop, make_manager, make_membership, make_person

ALL_DAY: tuple[tuple[int, int, int], ...] = tuple((weekday, 0, 1440) for weekday in range(7))
"""Free at every hour of every day."""

LEVELS = {"right_to_work": "unlimited", "dbs": "enhanced_adults", "care_certificate": "16"}
_numbers = count(1)


@dataclass(frozen=True)
class MadeCarer:
    """A carer of a test: ids alone, so that it can be used in any scope."""

    tenant_id: UUID
    id: UUID
    person_id: UUID
    first_name: str


@dataclass(frozen=True)
class MadeBank:
    """Co-ops with a manager and carers in the bank each, in the order they were made."""

    coops: tuple[UUID, ...]
    managers: Mapping[UUID, UUID]
    carers: Mapping[UUID, tuple[MadeCarer, ...]]

    @property
    def all(self) -> list[MadeCarer]:
        """Every carer."""
        return [carer for coop in self.coops for carer in self.carers[coop]]


def carer_values(**fields: Any) -> dict[str, Any]:
    """A carer's record as the services take it."""
    number = next(_numbers)
    return {
        "reference": f"C-{number:03d}",
        "first_name": f"Cari{number}",
        "last_name": "Carer",
        "born_on": date(1985, 5, 17),
        "outcode": "LS1",
        "mode": "car",
        "languages": ["English"],
        "pay_pence_per_hour": 1350,
    } | fields


def make_carer(
    coop_id: UUID | None = None,
    *,
    skills: Sequence[str] = ("medication",),
    until: date | None = None,
    week: Sequence[tuple[int, int, int]] = ALL_DAY,
    in_bank: bool = True,
    account: bool = True,
    **fields: Any,
) -> MadeCarer:
    """A carer with an account, the checks that every shift asks for and some skills, free by a weekly pattern, in the bank.

    `until` is the last day of every check (None: they do not expire); `fields` are columns of the record.
    """
    coop_id = coop_id or make_coop()
    values = carer_values(**fields)
    person = make_membership(coop_id, "carer", make_person(f"{values['first_name']} {values['last_name']}"))
    with acting_for(coop_id):
        carer_id = carers.add_carer(values).id
        if account:
            carers.link_account(carer_id, person)
        for kind in (*LEVELS, *skills):
            make_check(carer_id, kind, until=until)
        if week:
            availability.set_week(carer_id, week)
        if in_bank:
            carers.enter_bank(carer_id)
        bank.publish(carer_id)
    return MadeCarer(coop_id, carer_id, person, values["first_name"])


def make_check(carer_id: UUID, kind: str, **fields: Any) -> UUID:
    """A check of a carer, made a year ago by default. In the scope of the carer's co-op; answers its id."""
    made_on = clock.today() - timedelta(days=365)
    values: dict[str, Any] = {
        "kind": kind,
        "level": LEVELS.get(kind, ""),
        "checked_on": made_on,
        "checked_by": "Registered manager",
        "original_seen": True,
    }
    return checks.add_check(carer_id, values | fields).id


def make_block(carer: MadeCarer, starts_at: datetime, hours: float, kind: str = "rota") -> UUID:
    """A piece of a carer's home rota, by default; answers its id."""
    with acting_for(carer.tenant_id):
        return rota.add_block(carer.id, kind, starts_at, starts_at + timedelta(hours=hours)).id


def make_bank(coops: int = 3, carers_each: int = 2, **fields: Any) -> MadeBank:
    """Co-ops in Leeds with a manager each, and carers in the bank who are free at all hours; `fields` go to make_carer."""
    ids = tuple(make_coop() for _ in range(coops))
    return MadeBank(
        ids,
        {coop: make_manager(coop) for coop in ids},
        {coop: tuple(make_carer(coop, **fields) for _ in range(carers_each)) for coop in ids},
    )
