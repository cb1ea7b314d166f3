"""Where an outcode is: from the list that the federation took in, else from the few that come with the house."""

from collections.abc import Sequence

from sqlalchemy import delete

from staffbank.models import OutcodePlace
from staffbank.places import WELL_KNOWN, Outcode
from tenants import audit
from tenants.db import db, insert_rows


def find_outcode(code: str) -> Outcode | None:
    """The middle of an outcode, written as `parse_outcode` gives it; None when nobody has told where it is."""
    row = db.session.get(OutcodePlace, code)
    if row is not None:
        return Outcode(row.code, float(row.latitude), float(row.longitude), row.town)
    return WELL_KNOWN.get(code)


def take_in_outcodes(outcodes: Sequence[Outcode]) -> int:
    """Replace the list of outcodes; the answer is how many there are now. Office scope."""
    db.session.execute(delete(OutcodePlace))
    insert_rows(
        OutcodePlace,
        [{"code": one.code, "latitude": one.lat, "longitude": one.lon, "town": one.town} for one in outcodes],
    )
    audit.record("import-outcodes", "outcode", None, {"outcodes": len(outcodes)})
    return len(outcodes)
