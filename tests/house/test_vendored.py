"""What others made is pinned: every file has its sum, and nothing lies there that is not listed."""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).parents[2] / "federation" / "static"
OWN = {"VENDORED.md", "face.css", "house.css", "face.js", "place.js", "ranking.js", "votes.js", "mark.svg"}
LISTED = dict(
    re.findall(r"^\| `([^`]+)` \|.*\| ([0-9a-f]{64}) \|$", (STATIC / "VENDORED.md").read_text("utf-8"), re.MULTILINE)
)


def test_every_vendored_file_has_the_sum_that_is_written_down() -> None:
    found = {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in LISTED}
    assert LISTED and found == LISTED


def test_no_file_lies_in_static_that_is_neither_ours_nor_listed() -> None:
    files = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file()}
    assert files == OWN | set(LISTED)


def test_our_styles_and_scripts_name_no_outside_address() -> None:
    for name in ("face.css", "house.css", "face.js", "place.js", "ranking.js", "votes.js"):
        assert not re.search(r"https?://|@import|url\([\"']?//", (STATIC / name).read_text("utf-8")), name
