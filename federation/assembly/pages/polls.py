"""Taking part in a vote: the ballot, its check, receipts, the result, the board and the bundle."""

from flask import Blueprint

bp = Blueprint("polls", __name__)
