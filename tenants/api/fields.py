"""Fields that only the API needs: moments with their zone, yes or no, ids, and plain values."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from tenants.fields import MISSING


class MomentField(fields.AwareDateTime):
    """A moment in ISO 8601 with its offset, "2026-11-27T17:00:00+00:00", from 2000 to 2100."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", error_messages=MISSING, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        wrong = "Enter a moment with its offset, like 2026-11-27T17:00:00+00:00"
        if not isinstance(value, str) or len(value) > 40:
            raise ValidationError(wrong)
        try:
            moment = super()._deserialize(value, attr, data, **kwargs)
        except (ValidationError, ValueError, OverflowError):
            raise ValidationError(wrong) from None
        if not 2000 <= moment.year <= 2100:
            raise ValidationError("Enter a moment between 2000 and 2100")
        return moment


class YesNoField(fields.Field[bool]):
    """true or false, and nothing that merely looks like it."""

    openapi: ClassVar[dict[str, Any]] = {"type": "boolean"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Enter true or false")
        return value


class IdField(fields.UUID):
    """An id as this API writes it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(error_messages=MISSING, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> uuid.UUID:
        if not isinstance(value, str) or len(value) != 36:
            raise ValidationError("Enter an id as you read it here")
        try:
            return uuid.UUID(value)
        except ValueError:
            raise ValidationError("Enter an id as you read it here") from None


class PlainField(fields.Field[Any]):
    """A text of at most 200 letters, a whole number, or null: the value of a rule."""

    openapi: ClassVar[dict[str, Any]] = {"type": ["string", "integer", "null"]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str | int | None:
        if isinstance(value, str) and len(value) <= 200:
            return value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
            return value
        raise ValidationError("Enter a text of at most 200 letters, or a whole number")


class AnyField(fields.Raw):
    """Any JSON, as a calculator or a job left it. For answers only."""

    openapi: ClassVar[dict[str, Any]] = {}
