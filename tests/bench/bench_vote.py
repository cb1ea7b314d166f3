"""A vote of 500 delegates of 500 co-ops within a minute, by the API of a real `./fed up` whose web process is killed twice.

Run it as `python tests/bench/bench_vote.py [--coops 500] [--seconds 60] [--secret]`. Each delegate sends the votes at a moment
of its own, over a connection of its own, and sends them again until they are acknowledged. When voting has closed, the
board must hold every vote that was acknowledged, and none of them twice.
"""

import argparse
import http.client
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from bench_round import SETTLING  # noqa: E402
from figures import Figure, tell  # noqa: E402
from real_up import free_port, running_up  # noqa: E402

from federation.app import create_app  # noqa: E402
from federation.config import load_settings  # noqa: E402
from federation.supervisor import read_record  # noqa: E402
from tenants import clock  # noqa: E402
from tenants.db import at_the_door, db  # noqa: E402
from tenants.scope import FEDERATION  # noqa: E402
from tenants.services import tokens  # noqa: E402
from tests.factories.assembly import found_assembly  # noqa: E402
from tests.factories.polls import make_poll  # noqa: E402

CALLERS = 120
"""Delegates who can be waiting at once, most of them through an outage."""
RETRY = (1.0, 5.0)
"""Seconds until somebody whom nobody answers tries again, drawn anew each time, as people do not all click at once."""
PATIENCE = 60.0
"""Seconds after which a delegate whose vote nobody acknowledges gives up: then it is lost."""
AFTER_ALL = 3.0
SIDES = ("for", "against", "abstain")


@dataclass(frozen=True)
class Officer:
    """The returning officer at a program."""

    port: int
    token: str = field(repr=False)

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The body of an answer that went well. Raises: RuntimeError."""
        status, answer = ask(self.port, self.token, method, path, body)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer


@dataclass(frozen=True)
class Voter:
    """A delegate with a token, who splits the votes of a co-op in one way."""

    coop: str
    token: str = field(repr=False)
    parts: tuple[Mapping[str, Any], ...] = ()


@dataclass
class Ballots:
    """What the voters were told: receipts of each co-op, seconds of each answer, and how often nobody answered."""

    receipts: dict[str, list[str]] = field(default_factory=dict)
    already: set[str] = field(default_factory=set)
    """Whose vote was refused as cast already: the answer to the first try got lost with the process."""
    answers: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    """From the first try to the acknowledgement, outages included."""
    unanswered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def furnish(data: Path, port: int, coops: int, *, secret: bool) -> tuple[str, Officer, list[Voter], dict[str, int]]:
    """An open poll, its officer, its voters and their weights, in the database that `./fed up` runs on."""
    settings = load_settings({}, data=str(data / "federation"), port=port)
    with create_app(settings).app_context():
        assembly = found_assembly({f"Co-op {number:03d} Care": 5 + number * 7 % 900 for number in range(coops)})
        poll = make_poll(assembly, secret=secret, closes_at=clock.now() + timedelta(hours=1))
        with at_the_door():
            made = {
                coop: tokens.make_token(person, coop, "bench", "write") for coop, person in assembly.delegates.items()
            }
            officer = tokens.make_token(assembly.officer, FEDERATION, "bench", "write")
        for engine in db.engines.values():
            engine.dispose()
    caller = Officer(port, officer)
    weights = caller.call("GET", f"/polls/{poll}")["weights"]
    voters = [
        Voter(str(coop), token, parts_of(weights[str(coop)], place)) for place, (coop, token) in enumerate(made.items())
    ]
    return str(poll), caller, voters, weights


def parts_of(weight: int, place: int) -> tuple[Mapping[str, Any], ...]:
    """A co-op's votes, every third of those that can split them in two.

    >>> parts_of(5, 0)
    ({'units': 4, 'vote': 'for'}, {'units': 1, 'vote': 'against'})
    """
    if weight > 1 and place % 3 == 0:
        return ({"units": weight - 1, "vote": SIDES[place % 2]}, {"units": 1, "vote": SIDES[1 + place % 2]})
    return ({"units": weight, "vote": SIDES[place % 3]},)


def take_vote(port: int, data: Path, poll: str, voters: Sequence[Voter], seconds: float, kills: int) -> Ballots:
    """Let all vote within these seconds, evenly spread, while the web process is killed so often."""
    told, began = Ballots(), time.perf_counter()
    killers = [threading.Timer(seconds * (n + 1) / (kills + 1), kill_web, [data]) for n in range(kills)]

    def vote(place: int) -> None:
        time.sleep(max(0.0, began + seconds * place / len(voters) - time.perf_counter()))
        cast(port, poll, voters[place], told)

    for killer in killers:
        killer.start()
    with ThreadPoolExecutor(CALLERS) as callers:
        list(callers.map(vote, range(len(voters))))
    for killer in killers:
        killer.join()
    return told


def kill_web(data: Path) -> None:
    """Kill the process that serves pages and API, as a machine without memory would; the supervisor starts it again."""
    pid, _ = read_record(data / "federation")["children"]["web"]
    os.kill(pid, signal.SIGKILL)


def cast(port: int, poll: str, voter: Voter, told: Ballots) -> None:
    """Send one co-op's votes until they are acknowledged. Raises: RuntimeError when they are refused."""
    first = time.perf_counter()
    while time.perf_counter() < first + PATIENCE:
        sent = time.perf_counter()
        try:
            status, body = send(port, poll, voter)
        except (OSError, http.client.HTTPException):
            with told.lock:
                told.unanswered += 1
            time.sleep(random.uniform(*RETRY))
            continue
        with told.lock:
            told.answers.append(time.perf_counter() - sent)
            told.waits.append(time.perf_counter() - first)
            if status == 200:
                told.receipts[voter.coop] = [row["id"] for row in body.get("ballots", ())] or [body["receipt"]]
            elif body.get("code") == "already-voted":
                told.already.add(voter.coop)
            else:
                raise RuntimeError(f"a vote was refused: {status} {body}")
        return


def send(port: int, poll: str, voter: Voter) -> tuple[int, dict[str, Any]]:
    """One try over a new connection."""
    return ask(port, voter.token, "POST", f"/polls/{poll}/cast", {"parts": voter.parts})


def ask(port: int, token: str, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """One call of the API over a connection of its own: status and body."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        given = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        line.request(method, f"/api{path}", None if body is None else json.dumps(body), given)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


def close(officer: Officer, poll: str) -> list[dict[str, Any]]:
    """Bring the closing forward and wait for it; the ballots as the board has them."""
    at = clock.now() + timedelta(seconds=AFTER_ALL)
    officer.call("POST", f"/polls/{poll}/closing", {"closes_at": at.isoformat(), "why": "All have voted."})
    ends = time.monotonic() + PATIENCE
    while officer.call("GET", f"/polls/{poll}")["state"] == "open" and time.monotonic() < ends:
        time.sleep(0.5)
    rows = officer.call("GET", f"/polls/{poll}/board")
    if rows["broken_row"] is not None:
        raise RuntimeError(f"row {rows['broken_row']} of the board is broken")
    body = next(row["body"] for row in rows["rows"] if row["kind"] == "ballots")
    return [{"id": one} for one in body["ids"]] if body.get("withheld") else body["ballots"]


def compare(
    told: Ballots, board: Sequence[Mapping[str, Any]], voters: Sequence[Voter], weights: Mapping[str, int]
) -> tuple[int, int]:
    """How many acknowledged votes are not on the board as they were cast, and how many are counted more than once."""
    if not any("coop" in row for row in board):
        ids = [row["id"] for row in board]
        lost = sum(one not in set(ids) for receipts in told.receipts.values() for one in receipts)
        cast_by = {*told.receipts, *told.already}
        return lost, len(ids) - len(set(ids)) + max(0, len(ids) - sum(weights[coop] for coop in cast_by))
    by_coop = {row["coop"]: row for row in board}
    wanted = {voter.coop: {part["vote"]: part["units"] for part in voter.parts} for voter in voters}
    lost = 0
    for coop, receipts in told.receipts.items():
        row = by_coop.get(coop)
        kept = row is not None and {side: n for side, n in row["parts"].items() if n} == wanted[coop]
        lost += not (kept and row is not None and row["receipts"] == receipts)
    over = sum(max(0, sum(row["parts"].values()) - weights[row["coop"]]) for row in board)
    return lost, len(board) - len(by_coop) + over


def main() -> int:
    """Measure and print; 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description="A vote of many delegates while the web process is killed.")
    parser.add_argument("--coops", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--secret", action="store_true", help="a secret vote, whose ballots cannot be changed")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fed-vote-") as directory:
        data, port = Path(directory), free_port()
        with running_up(data, port, "--no-demo"):
            poll, officer, voters, weights = furnish(data, port, chosen.coops, secret=chosen.secret)
            # A federation's processes have been up for days: here they get the seconds that each takes to make ready.
            time.sleep(SETTLING)
            told = take_vote(port, data, poll, voters, chosen.seconds, chosen.kills)
            board = close(officer, poll)
    lost, twice = compare(told, board, voters, weights)
    name = f"vote of {chosen.coops} in {chosen.seconds:g} s{', secret' if chosen.secret else ''}"
    silent = chosen.coops - len(told.receipts) - len(told.already)
    return tell(
        [
            Figure(
                f"{name}: 95th percentile of an answer", 1000 * statistics.quantiles(told.answers, n=20)[-1], "ms", 300
            ),
            Figure(f"{name}: median of an answer", 1000 * statistics.median(told.answers), "ms"),
            Figure(f"{name}: longest wait, outages included", max(told.waits), "s"),
            Figure(f"{name}: tries that nobody answered", told.unanswered, ""),
            Figure(f"{name}: acknowledged votes lost", lost, "", 0),
            Figure(f"{name}: votes counted twice", twice, "", 0),
            Figure(f"{name}: delegates whose vote nobody took", silent, "", 0),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
