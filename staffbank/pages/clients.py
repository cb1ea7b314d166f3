"""The people whom a co-op cares for."""

from flask import Blueprint

bp = Blueprint("clients", __name__)
