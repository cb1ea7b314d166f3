"""What one co-op pays and saves: read in its own scope, from its own legs."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from procurement.models import AlonePrice, BuyingRound, OrderAllocation, Recharge, Share
from tenants.db import db
from tenants.errors import NotFound
from tenants.scope import current_tenant_id


@dataclass(frozen=True)
class Statement:
    """A co-op's side of one round. `alone` is None where it is not worked out yet."""

    buying_round: BuyingRound
    recharge: Recharge
    share: Share
    alone: AlonePrice | None
    allocations: list[OrderAllocation]

    @property
    def saved_pence(self) -> int | None:
        """Saved at least, net; None where it could not be bought alone or is not known yet."""
        bound = self.alone.bound_pence if self.alone else None
        return None if bound is None else bound - self.share.net_pence


def get_statement(round_id: UUID) -> Statement:
    """The acting co-op's statement of a round. Raises: NotFound."""
    tenant_id = current_tenant_id()
    found = db.session.execute(
        select(BuyingRound, Recharge, Share, AlonePrice)
        .join(Recharge, Recharge.round_id == BuyingRound.id)
        .join(Share, (Share.tenant_id == Recharge.tenant_id) & (Share.round_id == Recharge.round_id))
        .outerjoin(
            AlonePrice, (AlonePrice.tenant_id == Recharge.tenant_id) & (AlonePrice.round_id == Recharge.round_id)
        )
        .where(Recharge.tenant_id == tenant_id, Recharge.round_id == round_id)
    ).first()
    if found is None:
        raise NotFound("statement")
    allocations = db.session.scalars(
        select(OrderAllocation)
        .where(OrderAllocation.tenant_id == tenant_id, OrderAllocation.round_id == round_id)
        .order_by(OrderAllocation.item_name, OrderAllocation.supplier_name)
    ).all()
    buying_round, recharge, share, alone = found
    return Statement(buying_round, recharge, share, alone, list(allocations))


def list_statements() -> list[Recharge]:
    """The acting co-op's recharges, newest first."""
    return list(
        db.session.scalars(
            select(Recharge)
            .where(Recharge.tenant_id == current_tenant_id())
            .order_by(Recharge.on_date.desc(), Recharge.number.desc())
        )
    )
