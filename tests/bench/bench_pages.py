"""How long each main page takes with 97 co-ops and 60 items, and how many statements it asks of the database.

Run it as `python tests/bench/bench_pages.py [--coops 97] [--items 60] [--times 50]`. Pages are asked for in this process,
without a network. What each would pay alone is made up, because only its being there matters. A page that runs one
statement again and again for the rows it shows is named with that statement.
"""

import argparse
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from figures import Figure, tell  # noqa: E402
from sqlalchemy import event  # noqa: E402

from federation.app import create_app  # noqa: E402
from federation.demo import large  # noqa: E402
from federation.demo.running import approve_and_order, work_out  # noqa: E402
from federation.schema import prepare  # noqa: E402
from procurement.services import orders, rounds, sharing  # noqa: E402
from procurement.slopes import make_catalogue, make_demand, make_suppliers  # noqa: E402
from tenants.db import acting_for_federation, at_the_door, db  # noqa: E402
from tenants.scope import FEDERATION  # noqa: E402
from tenants.services.people import demo_people  # noqa: E402
from tests import servers  # noqa: E402
from tests.conftest import running, settings_for, sign_in_as  # noqa: E402

AGAIN_AND_AGAIN = 5
OFFICE = (
    "/",
    "/rounds",
    "/rounds/{open}",
    "/rounds/{done}/award",
    "/orders",
    "/orders/{order}",
    "/catalogue",
    "/suppliers",
    "/offers",
    "/money",
    "/reports/savings",
    "/record",
    "/people",
    "/settings",
    "/work",
)
COOP = (
    "/",
    "/rounds",
    "/rounds/{open}/demand",
    "/rounds/{done}/statement",
    "/statements",
    "/catalogue",
    "/money",
    "/reports/savings",
    "/people",
)


def fill(coops: int, items: int) -> dict[str, uuid.UUID]:
    """A round that is ordered, with its statements, and one that is open and answered; ids by name."""
    rng = Random(7)
    staff = large.take_part(rng, coops)
    officer = large.meet_people(staff)
    goods = make_catalogue(rng, items)
    ids = large.stock(goods, make_suppliers(rng, large.Plan(coops, items, 7).suppliers, goods), officer)
    keys = {str(place): coop_id for place, coop_id in enumerate(staff)}
    wanted = make_demand(rng, {key: staff[coop_id] for key, coop_id in keys.items()}, goods)
    done, still_open = (large.open_round(title, list(ids.values()), officer) for title in ("Done", "Open"))
    for round_id in (done, still_open):
        large.answer(round_id, keys, wanted, ids)
    with acting_for_federation(officer):
        rounds.close_round(done)
        for coop_id in staff:
            sharing.save_alone_price(done, coop_id, {"cost_pence": 1_000_000, "bound_pence": 1_000_000, "proven": True})
    approve_and_order(done, work_out(done, officer, story_seconds=2), officer, large.REASON)
    with acting_for_federation(officer):
        return {"done": done, "open": still_open, "order": orders.list_orders(done)[0][0].id, "officer": officer}


def measure(client: Any, path: str, times: int, asked: Counter[str]) -> tuple[float, int, list[str]]:
    """95th percentile in milliseconds, statements of one visit, and those that are asked again and again."""
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    asked.clear()
    client.get(path)
    count, often = asked.total(), [text for text, number in asked.items() if number >= AGAIN_AND_AGAIN]
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        client.get(path)
        spent.append(1000 * (time.perf_counter() - started))
    return statistics.quantiles(spent, n=20)[-1], count, often


def measure_all(app: Any, ids: dict[str, uuid.UUID], times: int) -> list[Figure]:
    """Every main page, as an officer and as a manager."""
    asked: Counter[str] = Counter()
    for engine in db.engines.values():
        event.listen(
            engine, "before_cursor_execute", lambda _connection, _cursor, statement, *_: asked.update([statement])
        )
    with at_the_door():
        manager = next(person.id for person, role, _ in demo_people() if role == "manager")
    figures = []
    for who, person, tenant_id, pages in (
        ("officer", ids["officer"], FEDERATION, OFFICE),
        ("manager", manager, None, COOP),
    ):
        client = app.test_client()
        sign_in_as(client, person, tenant_id)
        for page in pages:
            p95, count, often = measure(client, page.format(**ids), times, asked)
            figures.append(Figure(f"page as {who}: {page} ({count} statements)", p95, "ms"))
            for statement in often:
                print(f"  AGAIN AND AGAIN {who} {page}: {' '.join(statement.split())[:150]}")
    return figures


def main() -> int:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description="Pages: 95th percentile, and statements.")
    parser.add_argument("--coops", type=int, default=97)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--times", type=int, default=50)
    chosen = parser.parse_args()
    servers.start_test_servers()
    name = f"bench_{uuid.uuid4().hex[:12]}"
    with tempfile.TemporaryDirectory() as directory:
        url = servers.clone_database("template1", name)
        settings = settings_for(url, Path(directory))
        try:
            prepare(url, settings, demo=True)
            with running(create_app(settings, demo=True)) as app:
                app.testing = True
                ids = fill(chosen.coops, chosen.items)
                figures = measure_all(app, ids, chosen.times)
        finally:
            servers.drop_database(name)
    return tell(figures)


if __name__ == "__main__":
    sys.exit(main())
