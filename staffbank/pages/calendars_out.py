"""Secret calendar addresses for carers, home co-ops and hosts."""

from flask import Blueprint

bp = Blueprint("calendars_out", __name__)
