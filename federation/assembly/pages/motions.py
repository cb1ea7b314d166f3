"""Motions from the draft to the vote: writing, seconding, amendments, debate, notice."""

from flask import Blueprint

bp = Blueprint("motions", __name__)
