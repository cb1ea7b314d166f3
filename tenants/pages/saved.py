"""Saved choices of what a list shows: kept from the list itself, and found again above it."""

from uuid import UUID

from flask import Blueprint, redirect, request

from tenants.services import saved_filters
from tenants.web import current_identity, say, signed_in

saved = Blueprint("saved", __name__)


@saved.post("/saved-choices")
@signed_in("door")
def keep():
    """Keep what the list shows now under a name."""
    name, address = request.form.get("name", ""), request.form.get("address", "")
    saved_filters.save_filter(current_identity(), name, address)
    say(f"Saved as “{name.strip()}”.")
    return redirect(address, 303)


@saved.post("/saved-choices/<uuid:saved_id>/forget")
@signed_in("door")
def forget(saved_id: UUID):
    """Forget a saved choice."""
    path = saved_filters.forget_filter(current_identity(), saved_id)
    say("Forgotten.")
    return redirect(path, 303)
