"""What a database gets when it is new: a demo federation, or the invitation of the first officer."""

from federation.app import create_app
from federation.config import Settings
from federation.demo import small
from federation.schema import is_demo, start_over
from tenants.db import acting_for_federation, at_the_door
from tenants.services.coops import federation_name, found_federation
from tenants.services.invitations import first_invitation, has_officer


def furnish(settings: Settings, *, new: bool) -> str | None:
    """Fill a new demo, or make the first invitation of a real federation that has nobody; the answer is what to tell people.

    `new` says that this start made the embedded database: what a start that was killed half-way left in it is taken away first.
    """
    demo = is_demo(settings)
    app = create_app(settings, demo=demo)
    with app.app_context():
        with acting_for_federation():
            name = federation_name()
        if demo:
            if name and not new:
                return None
            if name:
                start_over(settings)
            small.fill(app)
            return "A demo federation is filled in: choose who to be on the sign-in page."
        with acting_for_federation():
            found_federation("Our federation")
        with at_the_door():
            if has_officer():
                return None
            link = first_invitation(settings.base_url)
    return f"Nobody can sign in yet. The first officer's invitation, good for seven days and for one person:\n{link}"
