"""The API's own description (OpenAPI 3.1), made from the routes and the types they read.

Doors read their bodies with `read_json`, which Litestar cannot see: they name the type in the
route (`body=…`) and it is added here.
"""

from typing import Any

import msgspec
from litestar import Controller, Litestar, Response, get

from sparekey.http.requests import Request

_REF = "#/components/schemas/{name}"


class OpenApiDoor(Controller):
    """`GET /v1/openapi.json`, and none of the pages that load their script from elsewhere."""

    path = "/v1/openapi.json"
    include_in_schema = False

    @get("/", public=True)
    async def described(self, request: Request) -> Response[bytes]:
        """The description as JSON."""
        content = msgspec.json.encode(describe(request.app))
        return Response(content, media_type="application/openapi+json")


def describe(app: Litestar) -> dict[str, Any]:
    """The description of every route of `app` that is not hidden from it."""
    described: dict[str, Any] = app.openapi_schema.to_schema()
    routes = [
        (route.path_format, handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("body") is not None
    ]
    types = {handler.opt["body"] for _, handler in routes}
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = dict(zip(types, schemas, strict=True))
    parts = described.setdefault("components", {})
    parts.setdefault("schemas", {}).update(components)
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for path, handler in routes:
        for method in handler.http_methods:
            operation = described.get("paths", {}).get(path, {}).get(method.lower())
            if operation is not None:
                _complete(operation, handler, schema_of[handler.opt["body"]])
    return described


def _complete(operation: dict[str, Any], handler: Any, schema: dict[str, Any]) -> None:
    operation["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": schema}},
    }
    if scope := handler.opt.get("scope"):
        operation["security"] = [{"key": [scope]}]
