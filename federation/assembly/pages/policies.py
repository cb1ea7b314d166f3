"""The register of what is in force, and what each co-op has done about it."""

from flask import Blueprint

bp = Blueprint("policies", __name__)
