"""A home co-op releases its carers; a host confirms and gets ready."""

from flask import Blueprint

bp = Blueprint("lending", __name__)
