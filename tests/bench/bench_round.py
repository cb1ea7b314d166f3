"""How long a round of 200 co-ops × 50 lines takes, step by step, and how much memory, in the processes of a real `./fed up`.

Run it as `python tests/bench/bench_round.py [--coops 200] [--items 50] [--suppliers 8]`. Every act goes through the API over
HTTP, eight callers at a time for the demand; the worker works out the award. The prices of buying alone are no part of the
sum: they are worked out at the same time, and `--alone` waits for the last one. The clock starts twelve seconds after
the federation has opened, when its workers stand ready, as they do on any day but the first.
"""

import argparse
import http.client
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from figures import Figure, tell  # noqa: E402
from instances import order_discounts  # noqa: E402
from real_up import Memory, free_port, running_up  # noqa: E402

from federation.app import create_app  # noqa: E402
from federation.config import load_settings  # noqa: E402
from procurement.schemas.catalogue import ItemSchema, NewOfferSchema, SupplierSchema  # noqa: E402
from procurement.services import catalogue, suppliers  # noqa: E402
from tenants import clock  # noqa: E402
from tenants.db import acting_for_federation, at_the_door, db  # noqa: E402
from tenants.scope import FEDERATION  # noqa: E402
from tenants.services import tokens  # noqa: E402
from tests.factories.tenants import make_coop, make_manager, make_officer  # noqa: E402

CALLERS = 8
POLL = 0.05
SETTLING = 12.0
LONGEST_WAIT = 1800.0
_of_thread = threading.local()


@dataclass(frozen=True)
class Caller:
    """Calls the API over one kept-alive connection for each thread."""

    port: int
    token: str = field(repr=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of an answer that went well. Raises: RuntimeError with what it says instead."""
        line = getattr(_of_thread, "line", None)
        if line is None:
            line = _of_thread.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        line.request(method, f"/api{path}", None if body is None else json.dumps(body), given)
        answer = line.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]}")
        return json.loads(text)

    def wait_for(self, job_id: str) -> None:
        """Until a piece of work has ended well. Raises: RuntimeError."""
        ends = time.monotonic() + LONGEST_WAIT
        while (work := self.call("GET", f"/jobs/{job_id}"))["state"] != "done":
            if work["state"] in ("failed", "cancelled") or time.monotonic() > ends:
                raise RuntimeError(f"the work has not ended well: {work}")
            time.sleep(POLL)


@dataclass
class Measured:
    """Seconds of each step, and what the award cost."""

    seconds: dict[str, float] = field(default_factory=dict)
    cost_pence: int = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure one step."""
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started


def make_market(count: int, items: int) -> tuple[list[UUID], list[int]]:
    """Items and suppliers with order tiers of four steps; answers the items' ids and the packs wanted of each in all."""
    sheet = order_discounts(count, items, seed=1)
    day = clock.today()
    days = {"valid_from": day.isoformat(), "valid_to": (day + timedelta(days=90)).isoformat()}
    made: dict[str, UUID] = {}
    with acting_for_federation():
        for item in sheet["items"]:
            values = ItemSchema().load({"code": item["id"], "name": item["id"], "unit": "Box", "retail_price": "45.00"})
            made[item["id"]] = catalogue.add_item(cast("dict[str, Any]", values)).id
        for row in sheet["suppliers"]:
            terms = {"tier_basis": row["tier_basis"], "order_tiers": row["tiers"], "delivery_fee": "25.00"}
            values = SupplierSchema().load({"code": row["id"], "name": row["id"], **terms})
            supplier_id = str(suppliers.add_supplier(cast("dict[str, Any]", values)).id)
            for offer in row["offers"]:
                prices = [f"{int(pence) // 100}.{int(pence) % 100:02d}" for pence in offer["pence_per_pack"]]
                values = NewOfferSchema().load(
                    {"supplier_id": supplier_id, "item_id": str(made[offer["item"]]), "prices": prices, **days}
                )
                suppliers.add_offer(cast("dict[str, Any]", values))
    return list(made.values()), [sum(item["demand"].values()) for item in sheet["items"]]


def furnish(
    data: Path, port: int, coops: int, count: int, items: int
) -> tuple[Caller, list[Caller], list[UUID], list[int]]:
    """An officer, managers, items and packs wanted, made by the services in the database that `./fed up` runs on."""
    settings = load_settings({}, data=str(data / "federation"), port=port)
    with create_app(settings).app_context():
        people = [(make_officer(), FEDERATION)]
        for _ in range(coops):
            coop_id = make_coop()
            people.append((make_manager(coop_id), coop_id))
        with at_the_door():
            callers = [Caller(port, tokens.make_token(person, tenant, "bench", "write")) for person, tenant in people]
        item_ids, wanted = make_market(count, items)
        for engine in db.engines.values():
            engine.dispose()
    return callers[0], callers[1:], item_ids, wanted


def run_round(
    officer: Caller, managers: Sequence[Caller], item_ids: Sequence[UUID], wanted: Sequence[int], *, alone: bool
) -> Measured:
    """Take a round through; what is measured begins with the demand and ends with the recharges."""
    plan = {
        "title": "Measured",
        "closes_at": (clock.now() + timedelta(days=5)).isoformat(),
        "item_ids": [str(item_id) for item_id in item_ids],
        "deliver_on": (clock.today() + timedelta(days=12)).isoformat(),
    }
    path = f"/rounds/{officer.call('POST', '/rounds', plan)['id']}"
    officer.call("POST", f"{path}/open")
    found = Measured()

    def answer(place: int) -> None:
        packs = {
            str(item_id): 1 + total * (place % 7 + 1) // (4 * len(managers))
            for item_id, total in zip(item_ids, wanted, strict=True)
        }
        managers[place].call("PUT", f"{path}/demand", {"packs": packs}, If_Match='"0"')

    with found.step("demand by API"), ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(answer, range(len(managers))))
    with found.step("closing"):
        officer.call("POST", f"{path}/close")
    started = time.perf_counter()
    with found.step("award, on the worker"):
        made = officer.call("POST", f"{path}/awards", {})
        officer.wait_for(made["job_id"])
    with found.step("approval"):
        officer.call("POST", f"/awards/{made['id']}/approve", {"reason": "Measured"}, Idempotency_Key="approve")
    with found.step("orders and recharges"):
        officer.call("POST", f"{path}/orders", Idempotency_Key="orders")
    if alone:
        told = next(work for work in officer.call("GET", "/jobs")["items"] if work["kind"] == "alone-prices")
        officer.wait_for(told["id"])
        found.seconds["prices alone, apart"] = time.perf_counter() - started
    found.cost_pence = officer.call("GET", f"/awards/{made['id']}")["cost_pence"]
    shares = [manager.call("GET", f"{path}/statement")["recharge"]["net_pence"] for manager in managers]
    if sum(shares) != found.cost_pence:
        raise RuntimeError(f"the shares come to {sum(shares)} pence, the award costs {found.cost_pence}")
    return found


def main() -> int:
    """Measure and print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description="A round of many co-ops, step by step.")
    parser.add_argument("--coops", type=int, default=200)
    parser.add_argument("--items", type=int, default=50)
    parser.add_argument("--suppliers", type=int, default=8)
    parser.add_argument("--alone", action="store_true", help="wait for the prices of buying alone")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fed-round-") as directory:
        data, port = Path(directory), free_port()
        with running_up(data, port, "--no-demo"):
            made = furnish(data, port, chosen.coops, chosen.suppliers, chosen.items)
            # A federation's workers have been up for days: here they get the seconds that each takes to make ready.
            time.sleep(SETTLING)
            with Memory(data) as memory:
                found = run_round(*made, alone=chosen.alone)
    apart = [name for name in found.seconds if name.endswith("apart")]
    total = sum(spent for name, spent in found.seconds.items() if name not in apart)
    figures = [Figure(f"round: {name}", spent, "s") for name, spent in found.seconds.items()]
    figures.append(Figure(f"round: {chosen.coops} co-ops × {chosen.items} lines, all but apart", total, "s", 10))
    for name, peak in sorted(memory.peaks.items()):
        limit = 250 if name == "web" else 700 if name.startswith("worker") else None
        figures.append(Figure(f"round: peak memory, {name}", peak, "MiB", limit))
    return tell(figures)


if __name__ == "__main__":
    sys.exit(main())
