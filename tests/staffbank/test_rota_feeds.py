"""Calendars of another program: read from public addresses only, within limits, and followed; never a way into this network."""

import http.client
import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask.testing import FlaskClient

from staffbank import jobs_carers
from staffbank.feed_fetch import MAX_BYTES, FetchFault, check_url, fetch, is_public
from staffbank.services import bank, rota, rota_feeds
from tenants import clock
from tenants.db import acting_for
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tests.conftest import sign_in_as
from tests.factories.staffbank import MadeCarer, make_block, make_carer
from tests.factories.tenants import make_manager

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://rota.example.org/f031.ics"


def calendar(*events: tuple[str, str]) -> bytes:
    """A calendar of times."""
    lines = ["BEGIN:VCALENDAR"]
    for number, (start, end) in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", f"DTSTART:{start}", f"DTEND:{end}", "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


class Server(http.server.BaseHTTPRequestHandler):
    """A server with one calendar, one that leads on, one that never ends and one that is missing."""

    def do_GET(self) -> None:
        """Answer by the path."""
        kind = self.path.strip("/").partition("?")[0]
        if kind in ("on", "inside", "round"):
            self.send_response(302)
            where = {"on": "/good", "inside": "https://inside.example.org/good", "round": "/round"}[kind]
            self.send_header("Location", where)
            self.end_headers()
            return
        self.send_response(200 if kind in ("good", "huge") else 404)
        self.end_headers()
        body = calendar(("20261124T070000Z", "20261124T130000Z")) if kind == "good" else b"x" * (2 * MAX_BYTES)
        try:
            self.wfile.write(body if kind in ("good", "huge") else b"")
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the reader has had enough, as it should

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def ask() -> Iterator:
    """`ask(path)`: fetch from a local server that stands for rota.example.org; inside.example.org is in this network."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def resolve(host: str, port: int) -> list[str]:
        if host == "nowhere.example.org":
            raise OSError(host)
        return ["10.0.0.5"] if host == "inside.example.org" else ["203.0.114.9"]

    def connect(host: str, port: int, address: str) -> http.client.HTTPConnection:
        assert address == "203.0.114.9"
        return http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)

    yield lambda path, host="rota.example.org": fetch(f"https://{host}/{path}", resolve=resolve, connect=connect)
    server.shutdown()
    server.server_close()


def test_a_calendar_is_fetched_also_where_the_address_leads_on(ask) -> None:
    assert b"BEGIN:VEVENT" in ask("good")
    assert ask("on") == ask("good")


@pytest.mark.parametrize(
    ("path", "host", "words"),
    [
        ("inside", "rota.example.org", "not on the internet"),
        ("good", "inside.example.org", "not on the internet"),
        ("good", "nowhere.example.org", "no server called"),
        ("huge", "rota.example.org", "larger than 1 MB"),
        ("missing", "rota.example.org", "answered 404"),
        ("round", "rota.example.org", "leads on more than 3 times"),
    ],
)
def test_what_leads_inside_or_has_no_end_is_refused_in_words(ask, path: str, host: str, words: str) -> None:
    with pytest.raises(FetchFault, match=words):
        ask(path, host)


def test_a_server_that_does_not_answer_is_told_in_words() -> None:
    def connect(host: str, port: int, address: str) -> http.client.HTTPConnection:
        raise_at = http.client.HTTPConnection("127.0.0.1", 1, timeout=1)
        return raise_at

    with pytest.raises(FetchFault, match="could not be reached"):
        fetch(URL, resolve=lambda host, port: ["203.0.114.9"], connect=connect)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
     "224.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "x"],
)  # fmt: skip
def test_no_address_of_this_machine_or_this_network_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    ["http://rota.example.org/", "ftp://x/", "https://", "https://user:pass@x.org/", "https://x.org:8443/",
     "https://127.0.0.1/", "https://[::1]/", "https://x.org:port/", "file:///etc/passwd", "https://x.org/ y", "x" * 600],
)  # fmt: skip
def test_an_address_that_must_not_be_read_is_refused_when_it_is_typed(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_url(url)
    assert list(refusal.value.errors) == ["url"]


@pytest.fixture
def feed(app) -> Iterator[tuple[MadeCarer, object]]:
    """A carer with a calendar, at noon."""
    with clock.stopped_at(NOON):
        made = make_carer()
        with acting_for(made.tenant_id):
            feed_id = rota_feeds.add_feed(made.id, URL).id
        yield made, feed_id


def rota_of(made: MadeCarer) -> list[str]:
    """When a carer works, in UTC."""
    with acting_for(made.tenant_id):
        return [f"{one.starts_at:%m-%d %H}" for one in rota.list_blocks(made.id, NOON, NOON + timedelta(days=90))]


def test_the_rota_follows_the_calendar_and_the_bank_the_rota(feed) -> None:
    made, feed_id = feed
    first = calendar(("20261124T070000Z", "20261124T130000Z"), ("20261125T070000Z", "20261125T130000Z"))
    later = calendar(("20261125T070000Z", "20261125T130000Z"), ("20261126T070000Z", "20261126T130000Z"))
    with acting_for(made.tenant_id):
        assert rota_feeds.take_in(feed_id, first) == 2
        assert rota_feeds.take_in(feed_id, later) == 1
    assert rota_of(made) == ["11-25 07", "11-26 07"]
    with acting_for(made.tenant_id):
        entry = bank.find_entry(made.id)
        assert entry is not None
        assert [start for start, _ in entry.busy] == ["2026-11-25T07:00:00+00:00", "2026-11-26T07:00:00+00:00"]
        rota_feeds.remove_feed(made.id, feed_id)
    assert rota_of(made) == []


def test_what_cannot_be_taken_in_is_left_out_and_told_and_the_rest_is_taken(feed) -> None:
    made, feed_id = feed
    make_block(made, datetime(2026, 11, 24, 9, tzinfo=UTC), 2, "other_job")
    data = calendar(("20261124T070000Z", "20261124T130000Z"), ("20261126T070000Z", "20261126T130000Z"),
                    ("20261127T070000Z", "20261129T130000Z"))  # fmt: skip
    with acting_for(made.tenant_id):
        assert rota_feeds.take_in(feed_id, data) == 1
        problem = rota_feeds.get_feed(feed_id).problem
    assert problem.startswith("2 left out.")
    assert rota_of(made) == ["11-24 09", "11-26 07"]


def test_a_calendar_that_cannot_be_read_changes_nothing_and_says_why(feed) -> None:
    made, feed_id = feed
    with acting_for(made.tenant_id):
        rota_feeds.take_in(feed_id, calendar(("20261124T070000Z", "20261124T130000Z")))
        assert rota_feeds.take_in(feed_id, b"<html>") == 0
        assert rota_feeds.get_feed(feed_id).problem
    assert rota_of(made) == ["11-24 07"]


def test_the_job_reads_every_calendar_notes_faults_and_asks_for_the_next_hour(
    feed, database: str, run_jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _ = feed
    bad = make_carer(made.tenant_id)
    with acting_for(made.tenant_id):
        rota_feeds.add_feed(bad.id, "https://bad.example.org/x.ics")

    def fetched(url: str) -> bytes:
        if "bad" in url:
            raise FetchFault("The server answered 404 Not Found")
        return calendar(("20261124T070000Z", "20261124T130000Z"))

    monkeypatch.setattr(jobs_carers, "fetch", fetched)
    with psycopg.connect(database, autocommit=True) as superuser:
        superuser.execute("UPDATE outbox SET run_at = now() - interval '1 minute' WHERE kind = 'read-rota-feeds'")
        run_jobs()
        states = superuser.execute(
            "SELECT state, result FROM outbox WHERE kind = 'read-rota-feeds' AND once_key IS NULL"
        ).fetchall()
    assert states[0] == ("done", {"calendars": 2})
    assert rota_of(made) == ["11-24 07"]
    with acting_for(made.tenant_id):
        assert [feed.problem for feed in rota_feeds.list_feeds(bad.id)] == ["The server answered 404 Not Found"]


def test_a_calendar_is_followed_once_and_by_its_own_coop_alone(feed) -> None:
    made, feed_id = feed
    with acting_for(made.tenant_id):
        with pytest.raises(InvalidInput, match="read already"):
            rota_feeds.add_feed(made.id, URL)
        for number in range(4):
            rota_feeds.add_feed(made.id, f"{URL}?{number}")
        with pytest.raises(RuleBroken, match="At most 5"):
            rota_feeds.add_feed(made.id, f"{URL}?more")
    other = make_carer()
    with acting_for(other.tenant_id), pytest.raises(NotFound):
        rota_feeds.remove_feed(other.id, feed_id)


def test_a_manager_follows_a_calendar_on_the_page(feed, client: FlaskClient) -> None:
    made, feed_id = feed
    identity = sign_in_as(client, make_manager(made.tenant_id), made.tenant_id)
    here = f"/carers/{made.id}/calendars"
    bad = client.post(here, data={"url": "http://x.org", "csrf_token": identity.csrf_token})
    assert bad.status_code == 422
    assert "begins with https://" in bad.text
    good = client.post(here, data={"url": "webcal://x.example.org/a.ics", "csrf_token": identity.csrf_token})
    assert "https://x.example.org/a.ics" in client.get(good.location).text
    gone = client.post(f"{here}/{feed_id}/remove", data={"csrf_token": identity.csrf_token})
    assert gone.status_code == 303
