"""Where an outcode is: from the list that the federation took in, else from the few that come with the house."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import delete

from staffbank.models import OutcodePlace
from staffbank.places import LATITUDES, LONGITUDES, WELL_KNOWN, Outcode, parse_outcode
from tenants import audit
from tenants.db import db, insert_rows
from tenants.errors import InvalidInput


def find_outcode(code: str) -> Outcode | None:
    """The middle of an outcode, written as `parse_outcode` gives it; None when nobody has told where it is."""
    row = db.session.get(OutcodePlace, code)
    if row is not None:
        return Outcode(row.code, float(row.latitude), float(row.longitude), row.town)
    return WELL_KNOWN.get(code)


def place_of(outcode: str, latitude: Decimal | None, longitude: Decimal | None) -> tuple[str, Decimal, Decimal]:
    """An outcode as it is kept, with degrees: those given, else the middle of the outcode as the federation knows it.

    Raises: InvalidInput at "outcode", "latitude" or "longitude".
    """
    code = parse_outcode(outcode)
    if (latitude is None) != (longitude is None):
        raise InvalidInput({"latitude": "Enter both degrees, north and east, or neither"})
    if latitude is not None and longitude is not None:
        for name, value, (low, high) in (("latitude", latitude, LATITUDES), ("longitude", longitude, LONGITUDES)):
            if not low <= value <= high:
                raise InvalidInput({name: f"Enter degrees from {low:g} to {high:g}"})
        return code, latitude, longitude
    known = find_outcode(code)
    if known is None:
        raise InvalidInput({"outcode": f"We do not know where {code} is yet: enter its latitude and longitude too"})
    return code, Decimal(str(known.lat)), Decimal(str(known.lon))


def take_in_outcodes(outcodes: Sequence[Outcode]) -> int:
    """Replace the list of outcodes; the answer is how many there are now. Office scope."""
    db.session.execute(delete(OutcodePlace))
    insert_rows(
        OutcodePlace,
        [{"code": one.code, "latitude": one.lat, "longitude": one.lon, "town": one.town} for one in outcodes],
    )
    audit.record("import-outcodes", "outcode", None, {"outcodes": len(outcodes)})
    return len(outcodes)
