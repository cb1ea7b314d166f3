"""The front page of the assembly: what waits for a vote, what is being talked about, what was decided."""

from flask import Blueprint, render_template

from federation.assembly.views.assembly import front_page
from tenants.web import current_identity, needs

bp = Blueprint("assembly", __name__)


@bp.get("/assembly")
@needs("see-assembly")
def index() -> str:
    """What waits for your vote, and everything else the assembly is about."""
    return render_template("assembly/assembly.html", **front_page(current_identity()))
