"""The API as a whole: every blueprint under /api, described at /api/openapi.json."""

from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Response, current_app, json
from flask_smorest import Api

from federation import api_calc
from federation.assembly.api.routes import BLUEPRINTS as ASSEMBLY
from procurement.api.routes import BLUEPRINTS as BUYING
from staffbank.api.routes import BLUEPRINTS as STAFF_BANK
from tenants.api.routes import BLUEPRINTS
from tenants.api.schemas import ProblemSchema
from tenants.web import HouseFlask, open_to_all

VERSION = "1"
PROBLEM = "application/problem+json"


class StrictConverter(OpenAPIConverter):
    """Says in the description what schemas do: refuse fields that they do not know, and null where it is not meant."""

    def schema2jsonschema(self, schema: ma.Schema) -> dict[str, Any]:
        """JSON schema of a marshmallow schema."""
        found = super().schema2jsonschema(schema)
        found.setdefault("additionalProperties", schema.unknown == ma.INCLUDE)
        return found


class HousePlugin(MarshmallowPlugin):
    """Describes the fields of the house by the shape each carries."""

    Converter = StrictConverter

    def init_spec(self, spec: Any) -> None:
        """Take the shapes of our own fields into the description."""
        super().init_spec(spec)
        assert self.converter is not None
        self.converter.add_attribute_function(own_shape)


def own_shape(self: Any, field: ma.fields.Field[Any], *, ret: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """The OpenAPI shape of a field that says its own; also null, where the field allows it."""
    shape = getattr(field, "openapi", None)
    if shape is None:
        return {}
    found = dict(shape)
    if field.allow_none and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    if field.allow_none and "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


class HouseApi(Api):
    """flask-smorest without its error handlers and its docs pages: errors are answered in one place for the whole house."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        assert self.spec is not None
        content = {PROBLEM: {"schema": ProblemSchema}}
        for name in ("UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT", "DEFAULT_ERROR"):
            self.spec.components.response(name, {"description": "What went wrong", "content": content}, lazy=True)


def register(app: HouseFlask) -> None:
    """Mount the API, and its description for programs."""
    app.config.update(API_TITLE="Federation of care co-ops", API_VERSION=VERSION, OPENAPI_VERSION="3.1.0")
    api = HouseApi(
        app,
        spec_kwargs={
            "marshmallow_plugin": HousePlugin(),
            "info": {
                "description": "The same acts as the pages. Amounts named _pence are whole pence; other amounts are pounds, as text."
            },
            "security": [{"token": []}],
        },
    )
    assert api.spec is not None
    api.spec.components.security_scheme(
        "token", {"type": "http", "scheme": "bearer", "description": "Made on your account page"}
    )
    for blueprint in (*BLUEPRINTS, *BUYING, *STAFF_BANK, *ASSEMBLY, api_calc.api):
        api.register_blueprint(blueprint)
    app.extensions["house-api-description"] = json.dumps(api.spec.to_dict())
    app.add_url_rule("/api/openapi.json", "openapi", show_description)


@open_to_all("none")
def show_description() -> Response:
    """The description of the API (OpenAPI 3.1)."""
    return Response(current_app.extensions["house-api-description"], mimetype="application/json")
