"""The home rota: typed, from a file, or read from a feed."""

from flask import Blueprint

bp = Blueprint("rota", __name__)
