"""What a host still owes when it cancels a confirmed placement late, by the scale in the terms that both co-ops agreed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from staffbank.models import Placement
from staffbank.pay.recharge import RateCard, Worked, cancelled_of
from staffbank.pay.vat import VatFacts
from staffbank.placement_rules import still_paid
from staffbank.recharge_sums import vat_facts
from staffbank.services.bank_policy import get_policy
from staffbank.services.estimates import dearest_vat
from staffbank.services.rates import card_on
from tenants import clock
from tenants.clock import LONDON
from tenants.errors import RuleBroken


@dataclass(frozen=True)
class Cost:
    """What cancelling now would cost the host: so much of the hours agreed, and at most so much VAT.

    `lost_pence` is the VAT that the host could not recover. VAT is less where the home co-op is not registered.
    """

    percent: int = 0
    net_pence: int = 0
    vat_pence: int = 0
    lost_pence: int = 0

    @property
    def gross_pence(self) -> int:
        """What the host would owe at the most."""
        return self.net_pence + self.vat_pence


def percent_owed(leg: Placement) -> int:
    """How many percent of the hours agreed are owed for a placement that its host has cancelled; else 0.

    A home co-op that calls its carer back, and a carer who gives the work back, owe and are owed nothing.
    """
    if leg.state != "cancelled" or leg.ended_by != "host" or leg.notice_minutes is None:
        return 0
    return still_paid(_scale(leg), leg.notice_minutes)


def cost_now(leg: Placement) -> Cost:
    """What it costs the acting host to cancel its confirmed placement now; of its own carer nothing is recharged.

    Raises: RuleBroken where no rates are known.
    """
    notice = int((leg.starts_at - clock.now()) // timedelta(minutes=1))
    percent = still_paid(_scale(leg), notice)
    if leg.state != "confirmed" or leg.tenant_id == leg.counterparty_id or not percent:
        return Cost()
    planned = planned_of(leg)
    net = sum(line.pence for line in cancelled_of(planned, card_on(planned.day), percent))
    vat = dearest_vat(net, leg.vat_treatment)
    return Cost(percent, net, vat.vat_pence, vat.irrecoverable_pence)


def confirmed_of(legs: Iterable[Placement]) -> list[Placement]:
    """Those of a host's legs that it can still cancel."""
    return [leg for leg in legs if leg.state == "confirmed" and leg.ends_at > clock.now()]


def cost_of_all(legs: Iterable[Placement]) -> int:
    """What it costs the acting host in all to cancel what is confirmed, at the most, in pence. Raises: as cost_now."""
    return sum(cost_now(leg).gross_pence for leg in confirmed_of(legs))


def check_shown(legs: Iterable[Placement], shown_pence: int | None) -> None:
    """Raises: RuleBroken when cancelling costs something else by now than what the manager saw; None is not having looked."""
    if shown_pence is not None and (found := confirmed_of(legs)) and cost_of_all(found) != shown_pence:
        raise RuleBroken(
            "not-the-cost-shown",
            "Cancelling costs something else by now. Look at the sum, and press again if it is right.",
        )


def planned_of(leg: Placement) -> Worked:
    """The hours agreed, as the rates read them: no journey was made."""
    whole = leg.starts_at, leg.ends_at
    return Worked(str(leg.id), *whole, sleep_in=whole if leg.sleep_in else None)


def vat_facts_of(leg: Placement, card: RateCard) -> VatFacts:
    """The VAT facts of a placement from what both co-ops have recorded. Office scope: it sees what both have chosen."""
    host_id, home_id = (
        (leg.tenant_id, leg.counterparty_id) if leg.side == "host" else (leg.counterparty_id, leg.tenant_id)
    )
    agreed_on = (leg.confirmed_at or leg.offered_at).astimezone(LONDON).date()
    return vat_facts(
        leg.vat_treatment,
        get_policy(home_id),
        get_policy(host_id),
        agreed_on=agreed_on,
        margin_percent=card.margin_percent,
    )


def _scale(leg: Placement) -> list[dict[str, int]]:
    return leg.terms.get("cancellation", [])
