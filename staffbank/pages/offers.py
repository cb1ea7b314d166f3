"""A carer answers offers, sees the week, gets ready and checks in."""

from flask import Blueprint

bp = Blueprint("offers", __name__)
