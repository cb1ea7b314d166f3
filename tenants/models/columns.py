"""Column types that every table shares: ids, moments, short texts, the tenant that a row belongs to."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, String, text
from sqlalchemy.orm import mapped_column

NewId = Annotated[UUID, mapped_column(primary_key=True, server_default=text("uuidv7()"))]
"""A key that PostgreSQL makes: sorted by time, tells nothing of how many rows others have."""

TenantKey = Annotated[UUID, mapped_column(ForeignKey("tenant.id"), primary_key=True)]
"""The co-op a row belongs to; stands first in every key of its table."""

Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Pence = Annotated[int, mapped_column(BigInteger)]
Name = Annotated[str, mapped_column(String(200))]
Code = Annotated[str, mapped_column(String(60))]
Words = Annotated[str, mapped_column(String(2000))]
