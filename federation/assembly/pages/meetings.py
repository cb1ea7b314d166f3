"""Meetings: notice, agenda, who is there, votes by hand, minutes."""

from flask import Blueprint

bp = Blueprint("meetings", __name__)
