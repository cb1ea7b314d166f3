"""Bundles: the same board makes the same bytes, and what is no bundle is refused."""

import io
import json
import zipfile

import pytest

from federation.assembly import board, bundle
from tenants.errors import InvalidInput

ROWS = [board.next_row([], "opened", {"poll": "p-1", "title": "Ärzte & Pfleger"})]


def packed(files: dict[str, bytes]) -> bytes:
    """A .zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_a_bundle_comes_back_as_it_was_and_is_the_same_each_time() -> None:
    extra = [{**ROWS[0], "written_at": "not part of it"}]
    data = bundle.make_bundle(extra, '2 1\n0\n"A"\n"B"\n')
    assert bundle.read_bundle(data) == bundle.Bundle(ROWS, '2 1\n0\n"A"\n"B"\n')
    assert data == bundle.make_bundle(ROWS, '2 1\n0\n"A"\n"B"\n')
    assert bundle.read_bundle(bundle.make_bundle(ROWS, None)).blt is None


def test_a_bundle_explains_itself_and_brings_the_script() -> None:
    with zipfile.ZipFile(io.BytesIO(bundle.make_bundle(ROWS, None))) as archive:
        assert sorted(archive.namelist()) == ["READ-ME.txt", "board.json", "recount.py"]
        assert ROWS[0]["hash"] in archive.read("READ-ME.txt").decode()
        compile(archive.read("recount.py"), "recount.py", "exec")
        assert archive.getinfo("recount.py").date_time == (1980, 1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "path", "words"),
    [
        (b"no zip", "", "no .zip"),
        (packed({"else.txt": b""}), "", "has no board.json"),
        (packed({"board.json": b"{"}), "board.json", "not JSON"),
        (packed({"board.json": b"\xff"}), "board.json", "not JSON"),
        (packed({"board.json": b"[{}]"}), "board.json", "a list of rows"),
        (packed({"board.json": json.dumps({"rows": []}).encode()}), "board.json", "a list of rows"),
    ],
)
def test_what_is_no_bundle_is_refused(data: bytes, path: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        bundle.read_bundle(data)
    assert words in refusal.value.errors[path]


def test_a_board_larger_than_any_is_refused_without_unpacking_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "MOST_BYTES", 1_000_000)
    with pytest.raises(InvalidInput, match="larger than 1 MB"):
        bundle.read_bundle(packed({"board.json": b"[" + b" " * 1_000_001 + b"]"}))
