"""What the check found, in words: every breach with the ids of the placements."""

from collections.abc import Sequence
from uuid import UUID

from staffbank.verify import passports, worktime
from staffbank.verify.facts import Bank, Breach
from staffbank.verify.reading import read_bank


def find_breaches(bank: Bank) -> list[Breach]:
    """Every hard rule that is broken, in order of rule and placement."""
    records = {held.person_id: bank.records.get(held.carer_id) for held in bank.held}
    found = [
        breach
        for person in sorted(bank.work, key=str)
        for breach in worktime.breaches(person, bank.work[person], records.get(person))
    ]
    found += passports.breaches(bank)
    return sorted(found, key=lambda breach: (breach.rule, breach.placements, breach.words))


def report() -> tuple[list[str], int]:
    """Lines of text, one a breach and a last one that says what was read; and how many breaches there are.

    Inside the app's context, in no scope: it opens its own.
    """
    bank = read_bank()
    found = find_breaches(bank)
    lines = [f"{one.rule}: {_whose(bank, one.person)}: {one.words} ({_ids(one.placements)})" for one in found]
    blocks = sum(len(pieces) for pieces in bank.work.values()) - len(bank.held)
    lines.append(
        f"{len(bank.held)} placements, {blocks} blocks of other work and {len(bank.records)} carers read: "
        f"{len(found)} breaches."
    )
    return lines, len(found)


def _whose(bank: Bank, person: UUID) -> str:
    """The home co-op and its short name for the carer; no name of a person is printed."""
    for held in bank.held:
        record = bank.records.get(held.carer_id)
        if held.person_id == person and record:
            return f"{bank.names.get(record.coop_id, record.coop_id)} {record.reference}"
    return f"person {person}"


def _ids(placements: Sequence[UUID]) -> str:
    if not placements:
        return "no placement"
    return ("placement " if len(placements) == 1 else "placements ") + ", ".join(map(str, placements))
