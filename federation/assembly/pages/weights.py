"""How many votes each co-op has and what they mean: sizes, schemes, the fairness sheet, comparisons."""

from flask import Blueprint

bp = Blueprint("weights", __name__)
