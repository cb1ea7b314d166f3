"""A season of the assembly: from sizes and weights over notice, debate and votes to a board and the policy register.

Everything is done by the services, in the scopes of the people concerned, all of it in the past. The same seed makes
the same co-ops, people, motions and votes.
"""

import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from federation.assembly.bundle import SCRIPT
from federation.assembly.services import boards, decision_rules, schemes
from federation.assembly.services.schemes import Compared
from federation.demo import voting
from federation.demo.chamber import Season, Taken, run_season
from federation.demo.covering import next_start
from federation.demo.large import meet_people, step, take_part
from federation.demo.staffing import FIRST_NAMES, LAST_NAMES
from federation.demo.voting import Hall
from tenants import clock
from tenants.db import at_the_door
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tenants.scope import FEDERATION
from tenants.services.coops import coop_names
from tenants.services.people import add_person, find_person, grant_role

FEWEST_COOPS, MOST_COOPS = 8, 400
DAYS = 70
"""How long ago the season begins; it is over by now."""
DISPUTES, SILENT = 0.03, 0.05
"""Shares of the co-ops that dispute their size, and that do not answer."""
SCHEME = "A base and more by size"
WHY = "Everybody has a base, the rest goes by members, and nobody has more than fifteen in a hundred."
SAME = "SAME"


@dataclass(frozen=True)
class Plan:
    """How many co-ops, from which seed, and where bundles are written; without a directory they are thrown away."""

    coops: int
    seed: int
    bundle_dir: Path | None = None

    @classmethod
    def checked(cls, coops: int, seed: int, bundle_dir: str | None = None) -> "Plan":
        """A plan that can be carried out. Raises: InvalidInput."""
        errors = {}
        if not FEWEST_COOPS <= coops <= MOST_COOPS:
            errors["--coops"] = f"use a whole number from {FEWEST_COOPS} to {MOST_COOPS}."
        place = Path(bundle_dir) if bundle_dir else None
        if place is not None and place.exists() and not place.is_dir():
            errors["--bundle"] = f"{bundle_dir} is no directory."
        if errors:
            raise InvalidInput(errors)
        return cls(coops, seed, place)


@dataclass
class Outcome:
    """What the season came to; `recounts` is the verdict on each bundle, by the poll's number."""

    season: Season
    recounts: Mapping[int, str]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def all_same(self) -> bool:
        """Whether every recount came to what was declared."""
        return bool(self.recounts) and all(verdict.startswith(SAME) for verdict in self.recounts.values())


def run(plan: Plan) -> Outcome:
    """Run the season through; steps and a summary are printed. Raises: RuleBroken when a recount differs."""
    seconds: dict[str, float] = {}
    began = time.perf_counter()
    with step("co-ops and those who speak for them", seconds):
        hall = gather(Random(plan.seed), plan.coops)
    # Drawn anew, so that the votes do not depend on how many co-ops had to be invented.
    rng = Random(plan.seed)
    with step("sizes asked, disputed, agreed", seconds):
        told = agree(hall, rng)
    with step("schemes compared, weights and rules", seconds):
        told += choose(hall)
    season = run_season(hall, rng, seconds)
    with step("bundles, recounts", seconds):
        outcome = Outcome(season, recount_all(season.taken, plan.bundle_dir), seconds)
    print("\n".join([*told, *summary(outcome)]))
    print(f"{plan.coops} co-ops, from sizes to the policy register: {time.perf_counter() - began:.1f} s", flush=True)
    if not outcome.all_same:
        raise RuleBroken("recount-differs", "A recount does not come to what was declared.")
    return outcome


def gather(rng: Random, coops: int) -> Hall:
    """Co-ops and the people who speak for them; the season begins `DAYS` ago."""
    begins = next_start(clock.today() - timedelta(days=DAYS), 10)
    with clock.stopped_at(begins - timedelta(days=1)):
        staff = take_part(rng, coops)
        officer = meet_people(staff)
        with at_the_door():
            delegates, managers = (
                {coop: _speaker(rng, coop, role, place) for place, coop in enumerate(staff)}
                for role in ("delegate", "manager")
            )
            teller = find_person("teller@demo.example")
            second = teller.id if teller else add_person("teller@demo.example", "Theo Quayle")
            grant_role(second, FEDERATION, "auditor")
    hall = Hall({}, delegates, managers, officer, second, begins)
    with hall.office():
        known = coop_names()
    return Hall({coop: known[str(coop)] for coop in staff}, delegates, managers, officer, second, begins)


def agree(hall: Hall, rng: Random) -> list[str]:
    """Ask for sizes: a few co-ops dispute theirs, a few say nothing. What came of it, in lines."""
    coops = list(hall.names)
    several = rng.sample(coops, max(1, round(DISPUTES * len(coops))))
    silent = [coop for coop in rng.sample(coops, round(SILENT * len(coops))) if coop not in several]
    words = ("Members who joined in the summer are missing.", "The co-op has shown its register.")
    voting.agree_sizes(hall, 0, {coop: (rng.randint(2, 9), *words) for coop in several}, silent)
    agreed = len(coops) - len(several) - len(silent)
    return [f"Sizes: {agreed} co-ops agreed, {len(several)} disputed and were settled, {len(silent)} said nothing."]


def choose(hall: Hall) -> list[str]:
    """Compare schemes and adopt one, where the assembly has none yet. What was seen, in lines."""
    day = 10
    with clock.stopped_at(hall.day(day)), hall.office():
        compared = schemes.compare(schemes.need_agreed())
        founded = bool(decision_rules.list_in_force())
    if not founded:
        terms = next(dict(one.terms) for one in compared if one.key == "base-plus")
        voting.found(hall, day, SCHEME, terms, WHY, "german")
    with hall.office():
        held = schemes.current()
        return [*(line(one) for one in compared if one.sheet), f"In force: “{held.name if held else ''}”."]


def line(one: Compared) -> str:
    """A scheme in one line: what the largest and the smallest co-op hold, and can do."""
    sheet = one.sheet
    assert sheet is not None
    told = [
        f"the {which} ({line.size:,} members) holds {line.weight:,} of {sheet.total:,} votes and {line.banzhaf:.1%} of power"
        for which, line in (("largest", sheet.largest), ("smallest", sheet.smallest))
    ]
    return f"Compared, “{one.name}”: {', '.join(told)}. {one.warning}".rstrip()


def recount_all(taken: Sequence[Taken], directory: Path | None) -> dict[int, str]:
    """Write the bundle of each poll and count it again by the script in it, as a suspicious member would."""
    with tempfile.TemporaryDirectory(prefix="fed-bundles-") as away:
        place = directory or Path(away)
        place.mkdir(parents=True, exist_ok=True)
        return {one.number: recount(one, place) for one in taken}


def recount(one: Taken, place: Path) -> str:
    """The last line of what `python recount.py BUNDLE` says of a poll."""
    with voting.reading():
        try:
            packed = boards.bundle(one.poll)
        except NotFound:
            return (
                f"{SAME} cannot be said: the tellers keep the ballots back, or they would tell how single co-ops voted."
            )
    bundle, script = place / f"poll-{one.number}.zip", place / SCRIPT
    bundle.write_bytes(packed)
    with zipfile.ZipFile(bundle) as archive:
        script.write_bytes(archive.read(SCRIPT))
    asked = [sys.executable, str(script), str(bundle), "--head", one.head]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=120)
    return (done.stdout.strip().splitlines() or [f"nothing ({done.stderr.strip()[-200:]})"])[-1]


def summary(outcome: Outcome) -> list[str]:
    """What the season came to, in lines."""
    season = outcome.season
    lines = list(season.lines)
    for one in season.taken:
        lines.append(f"Poll {one.number}, {one.how}: {one.title} {one.words}")
        lines.append(f"  python recount.py poll-{one.number}.zip: {outcome.recounts[one.number]}")
    return lines


def _speaker(rng: Random, coop: UUID, role: str, place: int) -> UUID:
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    email = f"{role}.{place}.{coop.hex[-8:]}@demo.example"
    found = find_person(email)
    person = found.id if found else add_person(email, name)
    grant_role(person, coop, role)
    return person
