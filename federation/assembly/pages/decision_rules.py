"""How each kind of decision is taken, and the presets to begin from."""

from flask import Blueprint

bp = Blueprint("decision_rules", __name__)
