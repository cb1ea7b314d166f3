"""Outcodes: read as people and files write them, and never finer than half a postcode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffbank.places import LATITUDES, LONGITUDES, WELL_KNOWN, Outcode, outcode_of, parse_outcode, read_outcodes
from tenants.errors import InvalidInput

HEAD = "postcode,eastings,latitude,longitude,town\n"


@pytest.mark.parametrize("text", ["LS1", "ls1", " l s1 ", "M1", "EC1A", "W1T", "BT48", "SW1A"])
def test_an_outcode_is_read_however_it_is_spaced(text: str) -> None:
    assert parse_outcode(text) == "".join(text.upper().split())


@pytest.mark.parametrize("text", ["", "LS", "1LS", "LS1234", "LSX", "L$1", "Ⅼ1", "LS١"])
def test_what_is_no_outcode_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match="like LS1"):
        parse_outcode(text)


def test_a_whole_postcode_is_refused_with_its_first_half() -> None:
    with pytest.raises(InvalidInput, match="only the first half of the postcode, EC1A"):
        parse_outcode("ec1a 1bb")


@pytest.mark.parametrize(("postcode", "outcode"), [("ls1 4ap", "LS1"), ("M11AE", "M1"), ("EC1A1BB", "EC1A")])
def test_the_second_half_of_a_postcode_is_thrown_away(postcode: str, outcode: str) -> None:
    assert outcode_of(postcode) == outcode


@pytest.mark.parametrize("postcode", ["LS1", "LS1 4", "LS1 4CV", "4AP", ""])
def test_what_is_no_whole_postcode_is_refused(postcode: str) -> None:
    with pytest.raises(InvalidInput, match="like LS1 4AP"):
        outcode_of(postcode)


@given(st.sampled_from(sorted(WELL_KNOWN)), st.sampled_from(["4AP", "1BB", "9ZZ"]), st.sampled_from(["", " "]))
def test_every_outcode_is_found_again_in_its_postcodes(code: str, inward: str, space: str) -> None:
    assert outcode_of(code + space + inward) == parse_outcode(code) == code


def test_a_table_is_read_whatever_other_columns_it_has() -> None:
    text = "\ufeff" + HEAD + 'LS1,430000,53.79,-1.55,"Leeds, centre"\n\nab10,1,57.135,-2.117,\n'
    assert read_outcodes(text) == [Outcode("LS1", 53.79, -1.55, "Leeds, centre"), Outcode("AB10", 57.135, -2.117, "")]
    assert read_outcodes("lon,lat,code\n-1.55,53.79,LS1\n") == [Outcode("LS1", 53.79, -1.55, "")]


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        ("LS1 4AP,1,53.7,-1.5,x", "line 3, code", "first half"),
        ("LS2,1,153.7,-1.5,x", "line 3, latitude", "from 49 to 61.5"),
        ("LS2,1,53.7,nan,x", "line 3, longitude", "from -9 to 2.5"),
        ("LS2,1,53.7,-1.5,a\x07b", "line 3, town", "on one line"),
        ("LS1,1,53.7,-1.5,x", "line 3", "stands above already"),
        ("LS2,1", "line 3", "fewer than the heading"),
        ('LS2,1,53.7,-1.5,"x', "line 3", "quotation marks"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column(row: str, place: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_outcodes(HEAD + "LS1,1,53.7,-1.5,x\n" + row + "\n")
    assert list(refusal.value.errors) == [place] and words in refusal.value.errors[place]


@pytest.mark.parametrize(
    ("text", "place"), [("", "line 1"), ("postcode,latitude\n", "line 1"), (HEAD, "FILE"), ("x" * 6_000_000, "FILE")]
)
def test_what_is_no_table_of_outcodes_is_refused(text: str, place: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_outcodes(text)
    assert list(refusal.value.errors) == [place]


def test_errors_are_told_at_once_but_not_without_end() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_outcodes(HEAD + "?,1,x,y,z\n" * 999)
    assert 25 <= len(refusal.value.errors) <= 28


def test_the_well_known_outcodes_are_outcodes_in_britain() -> None:
    assert len(WELL_KNOWN) >= 60
    for code, place in WELL_KNOWN.items():
        assert parse_outcode(code) == place.code == code and place.town
        assert LATITUDES[0] < place.lat < LATITUDES[1] and LONGITUDES[0] < place.lon < LONGITUDES[1]
