"""A carer says on the phone when there is time for other co-ops, and sees the own passport."""

from flask import Blueprint

bp = Blueprint("availability", __name__)
