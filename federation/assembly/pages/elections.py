"""Elections: seats, candidates, the count round by round, casual vacancies."""

from flask import Blueprint

bp = Blueprint("elections", __name__)
