"""Eight writers race for the same carers: acceptances and rota at the same hours, each on a connection of its own.

Run it as `python tests/bench/bench_booking.py [--races 20] [--carers 6]`. Told are double bookings (pairs of overlapping
work of one person, counted from placements and rotas, not from the constraint that forbids them), lost requests
(attempts that were neither booked nor refused, or booked without a row) and deadlocks that were tried again.
"""

import argparse
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from figures import Figure, tell  # noqa: E402

from federation.app import create_app  # noqa: E402
from federation.schema import prepare  # noqa: E402
from tenants.db import acting_for_federation  # noqa: E402
from tenants.services import coops  # noqa: E402
from tests import servers  # noqa: E402
from tests.conftest import running, settings_for  # noqa: E402
from tests.factories.racing import WRITERS, Race, run_race  # noqa: E402


def races(count: int, carers: int) -> tuple[list[Race], float]:
    """So many races, each in a federation of its own; and the seconds they took."""
    made, began = [], 0.0

    def fill(url: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            settings = settings_for(url, Path(folder))
            prepare(url, settings)
            with running(create_app(settings)), acting_for_federation():
                coops.found_federation("Federation of races")

    template = servers.make_template(f"template_race_{uuid.uuid4().hex[:8]}", fill)
    try:
        for seed in range(count):
            name = f"race_{uuid.uuid4().hex[:12]}"
            url = servers.clone_database(template, name)
            with tempfile.TemporaryDirectory() as folder, running(create_app(settings_for(url, Path(folder)))) as app:
                started = time.perf_counter()
                made.append(run_race(app, url, carers=carers, seed=seed))
                began += time.perf_counter() - started
            servers.drop_database(name)
    finally:
        servers.drop_database(template)
    return made, began


def main() -> int:
    """Race, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=20)
    parser.add_argument("--carers", type=int, default=6)
    given = parser.parse_args()
    made, seconds = races(given.races, given.carers)
    name = f"booking, {WRITERS} writers, {given.races} races"
    return tell(
        [
            Figure(f"{name}: attempts", sum(race.attempts for race in made), ""),
            Figure(f"{name}: booked", sum(race.booked for race in made), ""),
            Figure(f"{name}: refused in words", sum(race.refused for race in made), ""),
            Figure(f"{name}: deadlocks tried again", sum(race.deadlocks for race in made), ""),
            Figure(f"{name}: double bookings", sum(race.double for race in made), "", 0),
            Figure(f"{name}: lost requests", sum(race.lost for race in made), "", 0),
            Figure(f"{name}: a race, with its making", seconds / max(1, len(made)), "s"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
