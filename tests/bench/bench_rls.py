"""The same page queries with row-level security and, as a superuser with the same explicit filters, without it.

Run it as `python tests/bench/bench_rls.py [--rows 1000000] [--coops 200] [--runs 5]`. Both sides run the services' own
statements, in turn, on one database; what is measured is the time inside PostgreSQL and on the wire, without Python's
work on the rows. The superuser owns nothing here and bypasses every policy.
"""

import argparse
import statistics
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import psycopg  # noqa: E402
from figures import Figure, tell  # noqa: E402
from sqlalchemy import event  # noqa: E402

from federation.app import create_app  # noqa: E402
from federation.schema import prepare  # noqa: E402
from procurement.services.demand import get_own_demand  # noqa: E402
from tenants.db import acting_for, db  # noqa: E402
from tenants.ledger.services import balances, list_entries  # noqa: E402
from tenants.services.statement import read_statement  # noqa: E402
from tests import servers  # noqa: E402
from tests.conftest import running, settings_for  # noqa: E402

ROUNDS, ITEMS, LINES = 20, 50, 3
LIMIT = 1.25

FILL = """
SET session_replication_role = replica;
INSERT INTO tenant (kind, name, joined_on) SELECT 'coop', 'Co-op ' || n, '2026-01-01' FROM generate_series(1, %(coops)s) n;
INSERT INTO item (code, name, unit) SELECT 'I' || n, 'Item ' || n, 'Box' FROM generate_series(1, %(items)s) n;
INSERT INTO buying_round (number, title, state, closes_at, deliver_on)
    SELECT n, 'Round ' || n, 'ordered', now() - n * interval '30 days', current_date FROM generate_series(1, %(rounds)s) n;
INSERT INTO round_item (round_id, item_id, code, name, unit, packs_per_box, vat_rate_percent)
    SELECT r.id, i.id, i.code, i.name, i.unit, 1, 20 FROM buying_round r, item i;
INSERT INTO demand_answer (tenant_id, round_id, answered_at) SELECT t.id, r.id, now() FROM tenant t, buying_round r WHERE t.kind = 'coop';
INSERT INTO demand (tenant_id, round_id, item_id, packs)
    SELECT a.tenant_id, a.round_id, i.id, 1 + (random() * 99)::int FROM demand_answer a, item i;
INSERT INTO ledger_entry (tenant_id, act_id, on_date, kind, description)
    SELECT t.id, uuidv7(), current_date - (random() * 700)::int, 'recharge', 'Entry ' || n
    FROM generate_series(1, %(entries)s) n, tenant t WHERE t.kind = 'coop';
INSERT INTO ledger_line (tenant_id, entry_id, line_number, account, pence)
    SELECT e.tenant_id, e.id, l.number, l.account, l.pence
    FROM ledger_entry e, (VALUES (1, 'supplies', 1000), (2, 'irrecoverable-vat', 200), (3, 'due-to', -1200)) l (number, account, pence);
SET session_replication_role = origin;
"""

QUERIES: dict[str, Callable[[uuid.UUID], Any]] = {
    "newest 50 entries of the ledger": lambda round_id: list_entries(limit=50),
    "balances by account": lambda round_id: balances(),
    "own demand of a round": get_own_demand,
    "statement of account, three months": lambda round_id: read_statement(date(2026, 4, 1), date(2026, 6, 30)),
}


def fill(url: str, rows: int, coops: int) -> tuple[list[uuid.UUID], uuid.UUID, int]:
    """Fill a database to about `rows` rows of demand and ledger lines; answers the co-ops, a round, and how many there are."""
    entries = (rows - coops * ROUNDS * ITEMS) // (coops * LINES) + 1
    with psycopg.connect(url) as connection:
        for statement in FILL.strip().split(";\n"):
            given = {"coops": coops, "items": ITEMS, "rounds": ROUNDS, "entries": entries}
            connection.execute(statement, {name: value for name, value in given.items() if f"%({name})s" in statement})
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
        tenants = [
            row[0] for row in connection.execute("SELECT id FROM tenant WHERE kind = 'coop' ORDER BY md5(id::text)")
        ]
        count = "SELECT (SELECT id FROM buying_round WHERE number = 7), (SELECT count(*) FROM demand) + (SELECT count(*) FROM ledger_line)"
        found = connection.execute(count).fetchone()
    assert found is not None
    return tenants, found[0], found[1]


class Stopwatch:
    """Adds up the seconds that a database role's statements take."""

    def __init__(self) -> None:
        self.seconds = 0.0
        event.listen(db.engines["member"], "before_cursor_execute", self._before)
        event.listen(db.engines["member"], "after_cursor_execute", self._after)

    def _before(self, *_: Any) -> None:
        self._started = time.perf_counter()

    def _after(self, *_: Any) -> None:
        self.seconds += time.perf_counter() - self._started


@contextmanager
def both_sides(url: str, data: Path) -> Iterator[dict[str, tuple[Any, Stopwatch]]]:
    """Two apps on one database: members behind the wall, and "members" that are the superuser."""
    apps = {
        "wall": create_app(settings_for(url, data)),
        "filters": create_app(settings_for(url, data, FED_MEMBER_URL=url)),
    }
    sides = {}
    for name, app in apps.items():
        with app.app_context():
            sides[name] = (app, Stopwatch())
    try:
        yield sides
    finally:
        for app in apps.values():
            with running(app):
                pass


def measure(
    sides: dict[str, tuple[Any, Stopwatch]], tenants: list[uuid.UUID], round_id: uuid.UUID, name: str
) -> dict[str, float]:
    """Seconds of one query for some co-ops on each side; which side goes first changes with each co-op."""
    spent: dict[str, float] = defaultdict(float)
    for place, tenant_id in enumerate(tenants):
        for side in sorted(sides, reverse=bool(place % 2)):
            app, watch = sides[side]
            with app.app_context(), acting_for(tenant_id):
                db.session.connection()
                watch.seconds = 0.0
                QUERIES[name](round_id)
                spent[side] += watch.seconds
    return spent


def main() -> int:
    """Fill, measure, print; 1 when a query takes more than the limit allows."""
    parser = argparse.ArgumentParser(description="Row-level security beside explicit filters.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--coops", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    servers.start_test_servers()
    name = f"bench_{uuid.uuid4().hex[:12]}"
    figures = []
    with tempfile.TemporaryDirectory() as directory:
        url = servers.clone_database("template1", name)
        try:
            prepare(url, settings_for(url, Path(directory)))
            tenants, round_id, rows = fill(url, chosen.rows, chosen.coops)
            print(
                f"rls: {rows:,} rows of demand and ledger lines, {chosen.coops} co-ops, median of {chosen.runs} runs in turn"
            )
            with both_sides(url, Path(directory)) as sides:
                for query in QUERIES:
                    measure(sides, tenants[:20], round_id, query)  # warms the pages and both plans
                    runs = [measure(sides, tenants[:60], round_id, query) for _ in range(chosen.runs)]
                    wall, filters = (
                        1000 / 60 * statistics.median(run[side] for run in runs) for side in ("wall", "filters")
                    )
                    print(f"  {query}: {wall:.2f} ms with row-level security, {filters:.2f} ms with filters alone")
                    figures.append(
                        Figure(
                            f"rls: {query}", statistics.median(run["wall"] / run["filters"] for run in runs), "×", LIMIT
                        )
                    )
        finally:
            servers.drop_database(name)
    return tell(figures)


if __name__ == "__main__":
    sys.exit(main())
