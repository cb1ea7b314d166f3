"""Comparing and merging wordings: nothing is lost, nothing is made up."""

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.assembly.wording import compare, merge, tidy

TEXTS = st.lists(st.sampled_from(["the", "levy", "is", "1%", "2%", "a", "year", "from", "May", "on"]), max_size=12).map(
    " ".join
)


@given(TEXTS, TEXTS)
@settings(max_examples=50)
def test_a_comparison_holds_both_texts_whole(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert " ".join(piece.text for piece in pieces if piece.kind != "new").split() == old.split()
    assert " ".join(piece.text for piece in pieces if piece.kind != "gone").split() == new.split()


@given(TEXTS, TEXTS)
@settings(max_examples=50)
def test_merging_with_no_change_is_the_other_change_and_sides_do_not_matter(base: str, other: str) -> None:
    assert merge(base, base, other) == tidy(other) == merge(base, other, base)
    assert merge(base, other, other) == tidy(other)


def test_paragraphs_change_apart_from_each_other() -> None:
    base = "Each pays 1%.\n\nIt begins in May."
    one, other = base.replace("1%", "2%"), base.replace("May", "June")
    assert merge(base, one, other) == merge(base, other, one) == "Each pays 2%.\n\nIt begins in June."


def test_changes_of_the_same_words_or_at_the_same_place_are_not_merged() -> None:
    assert merge("Each pays 1%.", "Each pays 2%.", "Each pays 3%.") is None
    assert merge("Pay now.", "Pay half now.", "Pay all now.") is None
