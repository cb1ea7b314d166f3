"""Rules about who may be sent: the passport to the end of the shift, sponsorship, payroll, age, bars; and that legs agree."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from staffbank.passport import KINDS
from staffbank.rule_book import PASSPORT_ALWAYS
from staffbank.verify.facts import Bank, Breach, Check, Held, Record
from tenants.clock import LONDON

GROWN_UP = 18
SEATED = ("confirmed", "started", "worked")


def breaches(bank: Bank) -> Iterator[Breach]:
    """Every breach of every held placement that does not concern time."""
    barred: dict[tuple[UUID, UUID], list[datetime]] = {}
    for bar in bank.bars:
        barred.setdefault((bar.carer_id, bar.client_key), []).append(bar.made_at)
    for held in bank.held:
        record = bank.records.get(held.carer_id)
        if record is None or record.coop_id != held.home_id:
            yield _breach(held, "employed_only", "the home co-op has no record of this carer")
        else:
            yield from of_passport(held, record)
            yield from of_person(held, record)
        yield from of_bars(held, barred)
        yield from of_legs(held)
    yield from of_seats(bank)


def of_passport(held: Held, record: Record) -> Iterator[Breach]:
    """Tags that every shift needs, and those this one asks for, that do not hold to its end."""
    for tag in dict.fromkeys((*PASSPORT_ALWAYS, *held.needs)):
        lines = [check for check in record.checks if check.kind == tag]
        if any(suffices(check) and check.holds(held.starts_at, held.ends_at) for check in lines):
            continue
        last = max((check.until for check in lines if check.until), default=None)
        words = f"“{tag}” ended on {last:%Y-%m-%d}" if last else f"no “{tag}” that holds"
        yield _breach(held, tag, f"{words}; the shift ends on {held.ends_at.astimezone(LONDON):%Y-%m-%d %H:%M}")


def suffices(check: Check) -> bool:
    """Whether a check is of a level that counts; kinds without levels have one."""
    kind = KINDS.get(check.kind)
    return kind is None or not kind.enough or check.level in kind.enough


def of_person(held: Held, record: Record) -> Iterator[Breach]:
    """Sponsored workers, people off the payroll or gone, and people under 18."""
    day = held.starts_at.astimezone(LONDON).date()
    if record.sponsored:
        yield _breach(held, "sponsored", "a sponsored worker is lent")
    if not record.on_payroll:
        yield _breach(held, "employed_only", "the carer is not on the payroll of the home co-op")
    if record.left_on is not None and record.left_on <= day:
        yield _breach(held, "employed_only", f"the carer left on {record.left_on:%Y-%m-%d}")
    if record.born_on is not None and age_on(record.born_on, day) < GROWN_UP:
        yield _breach(held, "young_workers", f"{age_on(record.born_on, day)} years of age")


def age_on(born_on: date, day: date) -> int:
    """Whole years of age.

    >>> age_on(date(2008, 3, 2), date(2026, 3, 1)), age_on(date(2008, 3, 2), date(2026, 3, 2))
    (17, 18)
    """
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def of_bars(held: Held, barred: Mapping[tuple[UUID, UUID], list[datetime]]) -> Iterator[Breach]:
    """A carer with a person they are not to care for, unless the bar came when the visit was over."""
    made = barred.get((held.carer_id, held.client_key), []) if held.client_key else []
    if any(moment < held.ends_at for moment in made):
        yield _breach(held, "refuses", "the carer and this person are kept apart")


def of_legs(held: Held) -> Iterator[Breach]:
    """Two legs that do not tell the same."""
    expected = (held.host_id, held.state, held.starts_at, held.ends_at)
    if held.host_leg is None:
        yield _breach(held, "legs", "the host has no leg of it")
    elif held.host_leg != expected:
        yield _breach(held, "legs", f"home says {held.state}, host says {held.host_leg[1]}, or at other times")


def of_seats(bank: Bank) -> Iterator[Breach]:
    """Seats with more than one carer confirmed."""
    seated = [held for held in bank.held if held.state in SEATED]
    counted = Counter((held.shift_id, held.seat) for held in seated)
    for held in seated:
        if counted[held.shift_id, held.seat] > 1:
            yield _breach(held, "seats", f"seat {held.seat} of shift {held.shift_id} is given twice")


def _breach(held: Held, rule: str, words: str) -> Breach:
    return Breach(rule, held.person_id, (held.id,), words)
