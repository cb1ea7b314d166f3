"""The week: gaps, cover, offers and risk; the figures of the bank; the map."""

from flask import Blueprint

bp = Blueprint("board", __name__)
