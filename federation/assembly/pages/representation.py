"""Who votes for a co-op: alternates, divided votes, proxies."""

from flask import Blueprint

bp = Blueprint("representation", __name__)
