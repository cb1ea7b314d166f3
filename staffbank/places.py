"""Where people are, told no finer than an outcode, the first half of a postcode: near enough to rank, too coarse to find."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tenants.errors import InvalidInput


class Outcode(NamedTuple):
    """The first half of a postcode, the degrees north and east of its middle, and the town it is in ("" if unknown)."""

    code: str
    lat: float
    lon: float
    town: str


MOST_OUTCODES = 10_000
MAX_CHARACTERS = 5 * 1024 * 1024
MAX_ERRORS = 25
LATITUDES, LONGITUDES = (49.0, 61.5), (-9.0, 2.5)
_OUTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
_INWARD = re.compile(r"[0-9][ABD-HJLNP-UW-Z]{2}")
_NAMES = {
    "code": ("outcode", "postcode", "code"),
    "lat": ("latitude", "lat"),
    "lon": ("longitude", "lon", "lng", "long"),
    "town": ("town", "place", "name"),
}


def parse_outcode(text: str) -> str:
    """An outcode as it is kept: capitals, no spaces.

    >>> parse_outcode(" ls1 "), parse_outcode("ec1a")
    ('LS1', 'EC1A')

    Raises: InvalidInput at "outcode".
    """
    code = "".join(text.upper().split())
    if _OUTCODE.fullmatch(code):
        return code
    if _OUTCODE.fullmatch(code[:-3]) and _INWARD.fullmatch(code[-3:]):
        raise InvalidInput({"outcode": f"Enter only the first half of the postcode, {code[:-3]}"})
    raise InvalidInput({"outcode": "Enter the first half of a postcode, like LS1 or EC1A"})


def outcode_of(postcode: str) -> str:
    """The first half of a whole postcode; the second half is thrown away at once.

    >>> outcode_of("ls14ap"), outcode_of("EC1A 1BB")
    ('LS1', 'EC1A')

    Raises: InvalidInput at "postcode".
    """
    text = "".join(postcode.upper().split())
    if not (_OUTCODE.fullmatch(text[:-3]) and _INWARD.fullmatch(text[-3:])):
        raise InvalidInput({"postcode": "Enter a whole postcode, like LS1 4AP"})
    return text[:-3]


def read_outcodes(text: str) -> list[Outcode]:
    """The outcodes of a CSV text with a code, a latitude, a longitude and, if known, a town; other columns are passed over.

    >>> read_outcodes("postcode,latitude,longitude,town\\nLS1,53.80,-1.55,Leeds\\n")
    [Outcode(code='LS1', lat=53.8, lon=-1.55, town='Leeds')]

    Raises: InvalidInput by line and column, or for a text that is no such table.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidInput({"FILE": "the file is larger than 5 MB; a table of all outcodes has a quarter of one"})
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    errors: dict[str, str] = {}
    found: dict[str, Outcode] = {}
    try:
        places = _places(next(reader, []))
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            outcode = _outcode(row, places, f"line {reader.line_num}", errors)
            if outcode and outcode.code in found:
                errors[f"line {reader.line_num}"] = f"{outcode.code} stands above already: keep one of the two"
            elif outcode:
                found[outcode.code] = outcode
            if len(errors) >= MAX_ERRORS or len(found) > MOST_OUTCODES:
                break
    except csv.Error as fault:
        raise InvalidInput({f"line {reader.line_num}": f"this is not CSV ({fault}): look at the quotation marks"})
    if errors:
        raise InvalidInput(errors)
    if not found or len(found) > MOST_OUTCODES:
        raise InvalidInput({"FILE": f"a table of outcodes has between 1 and {MOST_OUTCODES:,} rows under its heading"})
    return list(found.values())


def _places(head: Sequence[str]) -> dict[str, int]:
    """Which column holds what; a town need not be told."""
    names = [name.strip().casefold() for name in head]
    places: dict[str, int] = {}
    for what, words in _NAMES.items():
        standing = [names.index(word) for word in words if word in names]
        if standing:
            places[what] = standing[0]
        elif what != "town":
            raise InvalidInput({"line 1": f"the heading must name {' or '.join(words[:2])}"})
    return places


def _outcode(row: Sequence[str], places: Mapping[str, int], line: str, errors: dict[str, str]) -> Outcode | None:
    if len(row) <= max(places.values()):
        errors[line] = f"has {len(row)} cells, fewer than the heading"
        return None
    before = len(errors)
    code, town = row[places["code"]].strip().upper(), row[places["town"]].strip() if "town" in places else ""
    if not _OUTCODE.fullmatch(code):
        errors[f"{line}, code"] = f"enter the first half of a postcode, like LS1, not {code[:20]!r}"
    if len(town) > 100 or not (town.isprintable()):
        errors[f"{line}, town"] = "use at most 100 letters on one line"
    lat = _degrees(row[places["lat"]], LATITUDES, f"{line}, latitude", errors)
    lon = _degrees(row[places["lon"]], LONGITUDES, f"{line}, longitude", errors)
    return Outcode(code, lat, lon, town) if len(errors) == before else None


def _degrees(text: str, limits: tuple[float, float], path: str, errors: dict[str, str]) -> float:
    plain = text.strip()
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,12})?", plain) and limits[0] <= float(plain) <= limits[1]:
        return float(plain)
    errors[path] = f"enter degrees from {limits[0]:g} to {limits[1]:g}, like {limits[0] + 1:g}.25, not {plain[:20]!r}"
    return 0.0


_WELL_KNOWN = """
AB10 57.14 -2.11 Aberdeen;B1 52.48 -1.91 Birmingham;B13 52.44 -1.88 Moseley;BA1 51.39 -2.36 Bath;BB1 53.75 -2.46 Blackburn
BD1 53.79 -1.75 Bradford;BN1 50.84 -0.14 Brighton;BS1 51.45 -2.59 Bristol;BS5 51.46 -2.56 Easton;CA1 54.89 -2.92 Carlisle
CB1 52.20 0.14 Cambridge;CF10 51.48 -3.18 Cardiff;CH1 53.20 -2.90 Chester;CV1 52.41 -1.51 Coventry;DE1 52.92 -1.47 Derby
DH1 54.77 -1.57 Durham;DN1 53.52 -1.13 Doncaster;DD1 56.46 -2.97 Dundee;E1 51.52 -0.06 Whitechapel;E8 51.54 -0.07 Hackney
EH1 55.95 -3.19 Edinburgh;EH6 55.97 -3.17 Leith;EX1 50.73 -3.51 Exeter;FY1 53.82 -3.05 Blackpool;G1 55.86 -4.25 Glasgow
G12 55.88 -4.30 Hillhead;GL1 51.86 -2.24 Gloucester;HD1 53.65 -1.79 Huddersfield;HG1 54.00 -1.54 Harrogate
HU1 53.74 -0.34 Hull;HX1 53.72 -1.87 Halifax;HX7 53.74 -2.01 Hebden Bridge;IP1 52.06 1.15 Ipswich;IV1 57.49 -4.23 Inverness
L1 53.40 -2.98 Liverpool;LA1 54.05 -2.80 Lancaster;LE1 52.63 -1.13 Leicester;LN1 53.24 -0.54 Lincoln;LS1 53.80 -1.55 Leeds
LS6 53.82 -1.57 Headingley;LS9 53.80 -1.51 Burmantofts;M1 53.48 -2.23 Manchester;M14 53.45 -2.22 Fallowfield
MK9 52.04 -0.75 Milton Keynes;N1 51.54 -0.10 Islington;NE1 54.97 -1.61 Newcastle upon Tyne;NG1 52.95 -1.15 Nottingham
NN1 52.24 -0.89 Northampton;NR1 52.62 1.31 Norwich;OL1 53.55 -2.11 Oldham;OL14 53.71 -2.10 Todmorden;OX1 51.75 -1.26 Oxford
OX4 51.73 -1.22 Cowley;PE1 52.58 -0.24 Peterborough;PL1 50.37 -4.14 Plymouth;PO1 50.80 -1.09 Portsmouth;PR1 53.76 -2.70 Preston
S1 53.38 -1.47 Sheffield;SA1 51.63 -3.93 Swansea;SE15 51.47 -0.07 Peckham;SR1 54.91 -1.38 Sunderland;SY1 52.71 -2.75 Shrewsbury
TR1 50.26 -5.05 Truro;TS1 54.57 -1.24 Middlesbrough;WF1 53.68 -1.49 Wakefield;WV1 52.59 -2.12 Wolverhampton;YO1 53.96 -1.08 York
"""


def _typed_in(table: str) -> dict[str, Outcode]:
    rows = (row.split(" ", 3) for row in table.strip().replace("\n", ";").split(";"))
    return {code: Outcode(code, float(lat), float(lon), town) for code, lat, lon, town in rows}


WELL_KNOWN: Mapping[str, Outcode] = _typed_in(_WELL_KNOWN)
"""Some outcodes of towns all over Britain, to a hundredth of a degree: for the demo and until a table is imported."""
