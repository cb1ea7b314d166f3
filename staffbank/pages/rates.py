"""The rate cards of the federation."""

from flask import Blueprint

bp = Blueprint("rates", __name__)
