"""Where outcodes are: facts that a federation takes in once from an open list."""

from decimal import Decimal

from sqlalchemy import Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base
from tenants.isolation import Isolation
from tenants.models.columns import Name


class OutcodePlace(Base):
    """The middle of an outcode, the first half of a postcode."""

    __tablename__ = "outcode_place"
    __isolation__ = Isolation("federation", "settings")

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    latitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal] = mapped_column(Numeric(9, 6))
    town: Mapped[Name] = mapped_column(server_default="")
