"""What co-ops owe each other for lent carers, month by month, and the account of hours."""

from flask import Blueprint

bp = Blueprint("settlement", __name__)
