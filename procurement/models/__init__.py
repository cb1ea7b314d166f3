"""What joint procurement remembers. One import brings every table."""

from procurement.models.catalogue import ImportBatch, Item, Offer, Supplier
from procurement.models.orders import OrderAllocation, OrderLine, PurchaseOrder, Recharge
from procurement.models.rounds import (
    AlonePrice,
    Award,
    BuyingRound,
    Demand,
    DemandAnswer,
    DemandImport,
    RoundItem,
    Share,
)

__all__ = [
    "AlonePrice",
    "Award",
    "BuyingRound",
    "Demand",
    "DemandAnswer",
    "DemandImport",
    "ImportBatch",
    "Item",
    "Offer",
    "OrderAllocation",
    "OrderLine",
    "PurchaseOrder",
    "Recharge",
    "RoundItem",
    "Share",
    "Supplier",
]
