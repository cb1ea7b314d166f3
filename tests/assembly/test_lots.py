"""Public lots: bound before, mixed after, and nobody alone can choose the order."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.assembly import lots


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=8), st.text(max_size=8))
def test_the_order_is_of_all_names_and_of_nothing_but_its_four_parts(names: list[str], dice: str) -> None:
    found = lots.order(names, "seed", "head", dice)
    assert sorted(found) == sorted(names)
    assert lots.order(reversed(names), "seed", "head", dice) == found


def test_seed_head_and_dice_each_turn_the_order() -> None:
    names = [f"candidate {n}" for n in range(12)]
    orders = [
        lots.order(names, seed, head, dice)
        for seed, head, dice in (("s", "h", "1"), ("t", "h", "1"), ("s", "i", "1"), ("s", "h", "2"))
    ]
    assert len({tuple(one) for one in orders}) == 4


def test_the_order_is_as_published() -> None:
    """Worked by hand with sha256: anybody can redo it with a shell."""
    tickets = {name: hashlib.sha256(f"s\nh\nd\n{name}".encode()).hexdigest() for name in ("Ann", "Bo", "Cy")}
    assert lots.order(["Cy", "Bo", "Ann"], "s", "h", "d") == sorted(tickets, key=lambda name: tickets[name])
    assert lots.commitment("s") == "043a718774c572bd8a25adbeb1bfcd5c0256ae11cecf9f9c3f925d0e52beaf89"


def test_two_of_one_name_cannot_draw_lots() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        lots.order(["Ann", "Ann"], "s", "h", "d")
