"""The carers of a co-op: records, checks and the bank, as their manager keeps them."""

from flask import Blueprint

bp = Blueprint("carers", __name__)
