"""How a co-op takes part in the bank."""

from flask import Blueprint

bp = Blueprint("bank_policy", __name__)
