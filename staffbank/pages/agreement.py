"""The agreement under which carers are lent: versions, signatures, schedules."""

from flask import Blueprint

bp = Blueprint("agreement", __name__)
