"""The board: every row seals all rows before it."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.assembly import board

BODIES = st.lists(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.none() | st.booleans(), max_size=3),
    min_size=1,
    max_size=5,
)


def built(bodies: list[Any]) -> list[dict[str, Any]]:
    """A board of rows with these bodies."""
    rows: list[dict[str, Any]] = []
    for body in bodies:
        rows.append(board.next_row(rows, "changed", body))
    return rows


@settings(max_examples=40)
@given(BODIES, st.data())
def test_a_sound_board_verifies_and_any_edit_is_found_at_its_row(bodies: list[Any], data: st.DataObject) -> None:
    rows = built(bodies)
    assert board.verify(rows) is None
    number = data.draw(st.integers(1, len(rows)))
    edited = copy.deepcopy(rows)
    edited[number - 1]["body"]["weight sent by nobody"] = 999
    assert board.verify(edited) == number
    edited[number - 1]["hash"] = board.row_hash(
        edited[number - 2]["hash"] if number > 1 else board.FIRST, "changed", edited[number - 1]["body"]
    )
    # A clever edit seals its own row again: then the next row tells, or the head that everybody was sent.
    assert board.verify(edited) == (number + 1 if number < len(rows) else None)
    assert board.head(edited) != board.head(rows) or number < len(rows)


def test_a_row_dropped_moved_or_relabelled_is_found() -> None:
    rows = built([{"n": 1}, {"n": 2}, {"n": 3}])
    assert board.verify([rows[0], rows[2]]) == 2
    assert board.verify([rows[1], rows[0], rows[2]]) == 1
    assert board.verify([rows[0], {**rows[1], "kind": "closed"}, rows[2]]) == 2
    assert board.verify([rows[0], {**rows[1], "number": 7}, rows[2]]) == 2
    assert board.verify([rows[0], {"kind": "changed"}]) == 2


def test_only_what_has_one_way_to_be_written_goes_on_the_board() -> None:
    assert board.canonical({"b": [1, None, "ü"], "a": True}) == '{"a":true,"b":[1,null,"\\u00fc"]}'
    for body in ({"share": 0.5}, {"deep": [{1: "a"}]}, {"what": {1, 2}}):
        with pytest.raises(TypeError):
            board.canonical(body)
    with pytest.raises(ValueError, match="no rows of kind 'opend'"):
        board.next_row([], "opend", {})
