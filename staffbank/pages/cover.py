"""A manager asks for cover, sees who fits, and offers."""

from flask import Blueprint

bp = Blueprint("cover", __name__)
