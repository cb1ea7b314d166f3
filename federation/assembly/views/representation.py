"""What the page "Who votes for us" shows."""

from typing import Any

from flask_babel import gettext as _

from federation.assembly.models import Proxy
from federation.assembly.services import casting, polls, representation
from tenants import clock
from tenants.scope import current_tenant_id
from tenants.services.coops import coop_names, list_coops


def representation_page(coop: str, *, may_change: bool) -> dict[str, Any]:
    """What assembly/representation.html shows the acting co-op."""
    me = current_tenant_id()
    names = coop_names()
    coming = [poll for state in ("open", "planned") for poll in polls.list_polls(state) if not poll.by_hand]
    titles = {poll.id: poll.title for poll in polls.list_polls()}
    return {
        "coop": coop,
        "may_change": may_change,
        "delegates": representation.list_delegates(),
        "polls": [
            {
                "id": poll.id,
                "title": poll.title,
                "weight": poll.weights[str(me)],
                "shares": {share.person_id: share.units for share in casting.list_shares(poll.id)},
                "voted": casting.own_turnout(poll.id),
            }
            for poll in coming
            if poll.state == "open" and poll.weights.get(str(me))
        ],
        "given": [_row(proxy, names, titles) for proxy in representation.list_proxies("giver")],
        "held": [_row(proxy, names, titles) for proxy in representation.list_proxies("holder")],
        "coops": [(str(other.id), other.name) for other in list_coops() if other.id != me],
        "poll_options": [(str(poll.id), poll.title) for poll in coming],
    }


def _row(proxy: Proxy, names: dict[str, str], titles: dict[Any, str]) -> dict[str, Any]:
    what = titles.get(proxy.poll_id, _("one vote")) if proxy.poll_id else _("every vote")
    return {
        "id": proxy.id,
        "name": names.get(str(proxy.counterparty_id), ""),
        "what": what,
        "until": clock.day_words(proxy.until_date),
        "words": proxy.words,
    }
