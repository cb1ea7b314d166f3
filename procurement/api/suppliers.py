"""Suppliers and their price lists."""

from typing import Any
from uuid import UUID

from flask import url_for

from procurement.api.catalogue import chosen, listed
from procurement.schemas.api import (
    OfferQuerySchema,
    OfferSavedSchema,
    OffersSchema,
    SupplierQuerySchema,
    SuppliersSchema,
)
from procurement.schemas.catalogue import NewOfferSchema, OfferOutSchema, OfferSchema, SupplierOutSchema, SupplierSchema
from procurement.services import suppliers
from tenants.api.blueprint import ApiBlueprint
from tenants.etags import etag, if_match
from tenants.idempotency import idempotent
from tenants.web import needs

api = ApiBlueprint("api-suppliers", __name__, url_prefix="/api", description="Suppliers and their price lists")


@api.route("/suppliers")
@needs("see-catalogue")
@api.arguments(SupplierQuerySchema, location="query")
@api.response(200, SuppliersSchema)
def list_suppliers(query: dict[str, Any]) -> Any:
    """Suppliers, those no longer asked included."""
    return listed(suppliers.list_suppliers(chosen(query, {})), query, lambda row: row.supplier)


@api.route("/suppliers", methods=["POST"])
@needs("keep-catalogue")
@idempotent()
@api.arguments(SupplierSchema)
@api.response(201, SupplierOutSchema)
def add_supplier(values: dict[str, Any]) -> Any:
    """Add a supplier."""
    supplier = suppliers.add_supplier(values)
    return supplier, {**etag(supplier.version), "Location": url_for(".show_supplier", supplier_id=supplier.id)}


@api.route("/suppliers/<uuid:supplier_id>")
@needs("see-catalogue")
@api.response(200, SupplierOutSchema)
def show_supplier(supplier_id: UUID) -> Any:
    """One supplier."""
    supplier = suppliers.get_supplier(supplier_id)
    return supplier, etag(supplier.version)


@api.route("/suppliers/<uuid:supplier_id>", methods=["PUT"])
@needs("keep-catalogue")
@if_match
@api.arguments(SupplierSchema)
@api.response(200, SupplierOutSchema)
def change_supplier(values: dict[str, Any], supplier_id: UUID, version: int) -> Any:
    """Change a supplier's terms."""
    supplier = suppliers.change_supplier(supplier_id, version, values)
    return supplier, etag(supplier.version)


@api.route("/offers")
@needs("see-catalogue")
@api.arguments(OfferQuerySchema, location="query")
@api.response(200, OffersSchema)
def list_offers(query: dict[str, Any]) -> Any:
    """Price lists that hold now or later, unless another state is asked for."""
    found = suppliers.list_offers(chosen(query, {"current": ""}), supplier_id=query["supplier_id"])
    return listed(found, query, lambda row: row.offer)


@api.route("/offers", methods=["POST"])
@needs("keep-catalogue")
@idempotent()
@api.arguments(NewOfferSchema)
@api.response(201, OfferSavedSchema)
def add_offer(values: dict[str, Any]) -> Any:
    """Add a price list for one item of one supplier."""
    offer, warnings = suppliers.add_offer(values)
    return {"offer": offer, "warnings": warnings}, {
        **etag(offer.version),
        "Location": url_for(".show_offer", offer_id=offer.id),
    }


@api.route("/offers/<uuid:offer_id>")
@needs("see-catalogue")
@api.response(200, OfferOutSchema)
def show_offer(offer_id: UUID) -> Any:
    """One price list."""
    offer = suppliers.get_offer(offer_id).offer
    return offer, etag(offer.version)


@api.route("/offers/<uuid:offer_id>", methods=["PUT"])
@needs("keep-catalogue")
@if_match
@api.arguments(OfferSchema)
@api.response(200, OfferSavedSchema)
def change_offer(values: dict[str, Any], offer_id: UUID, version: int) -> Any:
    """Change a price list."""
    offer, warnings = suppliers.change_offer(offer_id, version, values)
    return {"offer": offer, "warnings": warnings}, etag(offer.version)


@api.route("/offers/<uuid:offer_id>", methods=["DELETE"])
@needs("keep-catalogue")
@if_match
@api.response(204)
def withdraw_offer(offer_id: UUID, version: int) -> Any:
    """Withdraw a price list: one that holds ends yesterday, one that has not begun goes."""
    suppliers.withdraw_offer(offer_id, version)
    return "", 204
