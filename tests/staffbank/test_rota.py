"""Rota: typed by London's clocks, uploaded whole or not at all, and never twice at one time; and the pages of it."""

import io
import random
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import openpyxl
import psycopg
import pytest
from flask.testing import FlaskClient

from staffbank.rota_sheet import read_rota, template
from staffbank.services import rota, rota_imports
from tenants import clock
from tenants.db import acting_for
from tenants.errors import InvalidInput, NotFound, RuleBroken
from tests.conftest import sign_in_as
from tests.factories.staffbank import make_block, make_carer
from tests.factories.tenants import make_coop, make_manager

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = "carer,day,start,end,kind,hour,note\n"
ROTA = (
    HEAD + "A-1,24/11/2026,07:00,13:30,,,\nA-1,24/11/2026,22:00,07:00,sleep_in,,Night\nB-1,2026-11-24,7:00,1:30pm,,,\n"
)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    """The clock stands still: typed days mean the same whenever the tests run."""
    with clock.stopped_at(NOON):
        yield


@pytest.fixture
def two(app):
    """A co-op with the carers A-1 and B-1."""
    coop = make_coop()
    return coop, make_carer(coop, reference="A-1"), make_carer(coop, reference="B-1")


def preview(coop, text: str | bytes, carer_id=None):
    """Errors of a file, and its id."""
    with acting_for(coop):
        batch = rota_imports.preview_import("rota.csv", text.encode() if isinstance(text, str) else text, carer_id)
        return [(error["row"], error["column"]) for error in batch.errors], batch.id


def blocks_of(made) -> list[tuple[str, str, str]]:
    """A carer's blocks: kind, start and end in UTC."""
    with acting_for(made.tenant_id):
        found = rota.list_blocks(made.id, NOON - timedelta(days=400), NOON + timedelta(days=400))
        return [(one.kind, f"{one.starts_at:%m-%d %H:%M}", f"{one.ends_at:%m-%d %H:%M}") for one in found]


@pytest.mark.parametrize(
    ("start", "hours", "kind", "field"),
    [
        (NOON, 0, "rota", "end"),
        (NOON, -3, "rota", "end"),
        (NOON, 24.5, "rota", "end"),
        (NOON, 400 * 24, "leave", "end"),
        (NOON, 4, "party", "kind"),
        (NOON - timedelta(days=800), 4, "rota", "start"),
    ],
)
def test_a_time_that_cannot_be_is_refused_at_its_field(two, start, hours, kind, field) -> None:
    with acting_for(two[0]):
        with pytest.raises(InvalidInput) as refusal:
            rota.add_block(two[1].id, kind, start, start + timedelta(hours=hours))
        assert list(refusal.value.errors) == [field]


def test_nobody_works_twice_at_one_time_but_leave_may_lie_over_work(two) -> None:
    coop, first, second = two
    make_block(first, NOON, 8)
    with acting_for(coop):
        with pytest.raises(RuleBroken, match="works at that time already") as refusal:
            rota.add_block(first.id, "other_job", NOON + timedelta(hours=7), NOON + timedelta(hours=9))
        assert refusal.value.code == "already-booked"
        rota.add_block(first.id, "leave", NOON, NOON + timedelta(hours=9))
        rota.add_block(second.id, "rota", NOON, NOON + timedelta(hours=8))
        rota.add_block(first.id, "rota", NOON + timedelta(hours=8), NOON + timedelta(hours=9))


def test_a_file_is_looked_at_taken_in_whole_published_and_undone_whole(two) -> None:
    coop, first, second = two
    with clock.stopped_at(NOON):
        errors, made = preview(coop, ROTA)
        assert (errors, blocks_of(first)) == ([], [])
        with acting_for(coop):
            rota_imports.apply_import(made)
        assert blocks_of(first) == [
            ("rota", "11-24 07:00", "11-24 13:30"),
            ("sleep_in", "11-24 22:00", "11-25 07:00"),
        ]
        with acting_for(coop), pytest.raises(RuleBroken, match="nothing was done twice"):
            rota_imports.apply_import(made)
        with acting_for(coop):
            rota_imports.undo_import(made)
        assert blocks_of(first) == blocks_of(second) == []


def test_every_fault_of_a_file_is_told_by_row_and_column_and_nothing_is_taken_in(two) -> None:
    coop, first, _ = two
    make_block(first, datetime(2026, 11, 26, 8, tzinfo=UTC), 4)
    rows = [
        "Z-9,24/11/2026,07:00,13:30,,,",
        "A-1,31/02/2026,07:00,13:30,,,",
        "A-1,24/11/2026,25:00,13:30,,,",
        "A-1,24/11/2026,07:00,13:30,party,,",
        "A-1,24/11/2026,07:00,,,,",
        "A-1,24/11/2026,07:00,13:30,,,",
        "A-1,24/11/2026,13:00,15:30,,,",
        "A-1,26/11/2026,09:00,10:00,,,",
        "A-1,29/03/2026,01:30,09:00,,,",
        "A-1,25/10/2026,01:30,09:00,,,",
        "A-1,25/10/2026,01:30,09:00,,second,",
    ]
    with clock.stopped_at(NOON):
        errors, made = preview(coop, HEAD + "\n".join(rows))
    assert errors == [
        (2, "carer"), (3, "day"), (4, "start"), (5, "kind"), (6, "end"), (8, "start"), (9, "start"), (10, "start"),
        (11, "start"),
    ]  # fmt: skip
    with acting_for(coop), pytest.raises(RuleBroken, match="Nothing was taken in"):
        rota_imports.apply_import(made)


def test_a_file_that_no_longer_fits_is_refused_whole(two) -> None:
    coop, first, second = two
    with clock.stopped_at(NOON):
        _, made = preview(coop, ROTA)
        make_block(second, datetime(2026, 11, 24, 8, tzinfo=UTC), 1)
        with acting_for(coop), pytest.raises(RuleBroken) as refusal:
            rota_imports.apply_import(made)
    assert refusal.value.code == "import-no-longer-fits"
    assert blocks_of(first) == []


def test_a_workbook_and_the_template_are_read_like_a_csv(two) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Carer", "Day", "Start", "End", "Kind"])
    book.active.append(["A-1", date(2026, 11, 24), datetime(1900, 1, 1, 7).time(), "13:30", None])
    out = io.BytesIO()
    book.save(out)
    with clock.stopped_at(NOON):
        assert preview(two[0], out.getvalue())[0] == []
    assert [row.errors for row in read_rota(template())] == [{}]


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04broken", b"a,b\n1,2\n", b"carer,day,start,end\n", b"\0\0\0", HEAD.encode() + b"A-1" * 3_000_000],
)
def test_a_file_that_is_no_rota_is_refused_with_a_remedy(two, data: bytes) -> None:
    with acting_for(two[0]), pytest.raises(InvalidInput) as refusal:
        rota_imports.preview_import("x", data)
    assert list(refusal.value.errors) == ["file"]


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 30_000_000)
    with pytest.raises(InvalidInput, match="unpacks to more"):
        read_rota(out.getvalue())


def calendar(*lines: str) -> bytes:
    """A calendar of one event."""
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


def test_a_calendar_is_the_rota_of_the_carer_who_is_named_beside_it(two) -> None:
    coop, first, _ = two
    data = calendar("DTSTART:20261124T070000Z", "DTEND:20261124T130000Z", "RRULE:FREQ=DAILY;COUNT=3")
    with clock.stopped_at(NOON):
        with pytest.raises(InvalidInput, match="Choose the carer"):
            preview(coop, data)
        errors, made = preview(coop, data, first.id)
        with acting_for(coop):
            rota_imports.apply_import(made)
        assert errors == []
    assert [start for _, start, _ in blocks_of(first)] == ["11-24 07:00", "11-25 07:00", "11-26 07:00"]


def test_a_workbook_that_is_not_tight_but_too_large_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"x")
        for number in range(24):
            # Half of it cannot be packed, so that the ratio stays small: only the sum is too large.
            archive.writestr(f"part{number}", random.Random(number).randbytes(20_000) + b"0" * 900_000)
    with pytest.raises(InvalidInput, match="unpacks to more"):
        read_rota(out.getvalue())


def test_a_workbook_with_type_definitions_split_between_two_reads_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", b" " * (65536 - 4) + b"<!DOCTYPE x>")
    with pytest.raises(InvalidInput, match="type definitions"):
        read_rota(out.getvalue())


def test_a_calendar_bomb_is_refused_in_words(two) -> None:
    bomb = calendar(
        "DTSTART:20261124T070000Z", "DTEND:20261124T070001Z", "RRULE:FREQ=DAILY;BYHOUR=1,2,3;COUNT=99999999"
    )
    endless = calendar(
        *["DTSTART:20260101T070000Z", "DTEND:20260101T080000Z"], "RDATE:" + ",".join(["20261124T070000Z"] * 9000)
    )
    with clock.stopped_at(NOON):
        for data in (bomb, endless):
            with acting_for(two[0]), pytest.raises(InvalidInput):
                rota_imports.preview_import("x.ics", data, two[1].id)


def test_another_coop_finds_neither_the_file_nor_the_block(two) -> None:
    coop, first, _ = two
    with clock.stopped_at(NOON):
        _, made = preview(coop, ROTA)
    block = make_block(first, NOON, 8)
    other = make_carer()
    with acting_for(other.tenant_id):
        for act in (rota_imports.apply_import, rota_imports.undo_import, rota_imports.discard_import):
            with pytest.raises(NotFound):
                act(made)
        with pytest.raises(NotFound):
            rota.remove_block(other.id, block)


@pytest.fixture
def post(two, client: FlaskClient):
    """`post(path, **form)` as the manager: the answer."""
    identity = sign_in_as(client, make_manager(two[0]), two[0])
    return lambda path, **form: client.post(path, data={**form, "csrf_token": identity.csrf_token})


def form_of(day: date, start: str, end: str, **more: str) -> dict[str, str]:
    """A typed time as the form sends it."""
    return {
        "kind": "rota", "day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year),
        "start": start, "end": end,
    } | more  # fmt: skip


def test_the_hour_that_comes_twice_asks_which_and_the_missing_hour_is_refused(two, post) -> None:
    here, double = f"/carers/{two[1].id}/rota", date(2026, 10, 25)
    asked = post(here, **form_of(double, "01:30", "09:00"))
    assert asked.status_code == 422
    assert "Which of the two hours?" in asked.text
    assert post(here, **form_of(double, "01:30", "09:00", hour="second")).status_code == 303
    assert blocks_of(two[1]) == [("rota", "10-25 01:30", "10-25 09:00")]
    missing = post(here, **form_of(date(2027, 3, 28), "01:30", "09:00"))
    assert missing.status_code == 422
    assert "never comes" in missing.text


def test_a_manager_types_a_night_sees_it_in_its_week_and_takes_it_out(two, post, client: FlaskClient) -> None:
    here = f"/carers/{two[1].id}/rota"
    assert post(here, **form_of(date(2026, 11, 24), "22:00", "07:00")).status_code == 303
    page = client.get(f"{here}?week=2026-11-26").text
    assert "10:00pm to Wednesday 25 November 2026, 7:00am" in page
    clash = post(here, **form_of(date(2026, 11, 25), "06:00", "09:00"))
    assert clash.status_code == 422
    assert "works at that time already" in clash.text
    remove = page.split('action="')[1:]
    url = next(part.split('"')[0] for part in remove if "/remove" in part)
    assert post(url).status_code == 303
    assert blocks_of(two[1]) == []
    assert client.get(f"{here}?week=x").status_code == 404


def test_a_manager_uploads_looks_mends_takes_in_and_undoes(two, post, client: FlaskClient, database: str) -> None:
    assert client.get("/rota/files/template.csv").text.startswith("\ufeffcarer,day")
    bad = post("/rota/files", file=(io.BytesIO(ROTA.replace("B-1", "Z-9").encode()), "rota.csv"))
    shown = client.get(bad.location).text
    assert "1 of 3 rows need mending" in shown
    assert "No carer of this co-op has this reference" in shown
    good = post("/rota/files", file=(io.BytesIO(ROTA.encode()), "rota.csv")).location
    assert "All 3 rows can be taken in" in client.get(good).text
    assert post(f"{good}/apply").status_code == 303
    assert "rota.csv" in client.get("/rota/files").text
    with psycopg.connect(database) as superuser:
        assert superuser.execute("SELECT count(*) FROM booked_time").fetchone() == (3,)
        assert post(f"{good}/undo").status_code == 303
        assert superuser.execute("SELECT count(*) FROM booked_time").fetchone() == (0,)
    assert post("/rota/files").status_code == 422
