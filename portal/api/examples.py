"""Examples of whole bodies, put together of the examples of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
NONE = object()
"""For what there is no example of."""
BY_FORMAT = {"date-time": "2026-11-28T09:30:00Z", "date": "2026-11-28"}
BY_TYPE = {"boolean": False, "integer": 1, "number": 1}


def example_of(schema: Json, schemas: Json, *, whole: bool) -> Any:
    """A value that the schema allows, or `NONE`; `schemas` are the document's components.

    Of an answer the `whole` is shown; of what is sent only what is required, or has an example of its own.
    """
    if "$ref" in schema:
        named = schemas[schema["$ref"].rpartition("/")[2]]
        return _own({**named, **schema}, lambda: _made(named, schemas, whole))
    return _own(schema, lambda: _made(schema, schemas, whole))


def _own(schema: Json, otherwise: Any) -> Any:
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    return schema["default"] if schema.get("default") not in (None, [], {}) else otherwise()


def _made(schema: Json, schemas: Json, whole: bool) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        meant = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return example_of(meant[0], schemas, whole=whole)
    if schema.get("type") == "array":
        item = example_of(schema.get("items", {}), schemas, whole=whole)
        return NONE if item is NONE else [item]
    if schema.get("type") == "object":
        return _object(schema, schemas, whole)
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE.get(schema.get("type", ""), NONE))


def _object(schema: Json, schemas: Json, whole: bool) -> Any:
    if "properties" not in schema:
        return NONE
    required = schema.get("required", [])
    found = {
        name: example_of(part, schemas, whole=whole)
        for name, part in schema["properties"].items()
        if whole or name in required or _is_shown(part, schemas)
    }
    return {
        name: value for name, value in found.items() if value is not NONE and (whole or value is not None)
    }


def _is_shown(schema: Json, schemas: Json) -> bool:
    """Whether it, or something within it, has an example of its own."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return True
    within = [*schema.get("anyOf", []), *schema.get("properties", {}).values()]
    return any(_is_shown(part, schemas) for part in [*within, *filter(None, [schema.get("items")])])
