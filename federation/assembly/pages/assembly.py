"""The front page of the assembly: what waits for a vote, what is being talked about, what was decided."""

from flask import Blueprint

bp = Blueprint("assembly", __name__)
