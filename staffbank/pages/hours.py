"""Timesheets: the carer says, the host agrees, the home co-op accepts."""

from flask import Blueprint

bp = Blueprint("hours", __name__)
