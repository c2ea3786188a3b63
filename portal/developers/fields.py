"""JSON Schema as a person reads it: one row for each field, those of objects within under their whole names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]
DEEPEST = 6
FORMATS = {"date-time": "date and time", "date": "date", "uri": "address"}
LIMITS = {
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "{}",
}


@dataclass(frozen=True)
class Field:
    """`name` is such as `phones[].number`, `kind` its type in words, `limits` what it may not exceed."""

    name: str
    kind: str
    is_required: bool
    words: str
    limits: str


def fields_of(schema: Json, schemas: Json, before: str = "", depth: int = 0) -> Iterator[Field]:
    """The fields of an object, or of the objects in a list; none of anything else."""
    schema = resolved(schema, schemas)
    if schema.get("type") == "array":
        yield from fields_of(schema.get("items", {}), schemas, f"{before}[]", depth)
        return
    required = schema.get("required", [])
    for name, part in schema.get("properties", {}).items():
        whole = f"{before}.{name}" if before else name
        yield field_of(whole, part, schemas, is_required=name in required)
        if depth < DEEPEST:
            yield from fields_of(meant(part, schemas), schemas, whole, depth + 1)


def field_of(name: str, schema: Json, schemas: Json, *, is_required: bool) -> Field:
    words = str(schema.get("description") or "")
    return Field(name, kind_of(schema, schemas), is_required, words, limits_of(schema, schemas))


def kind_of(schema: Json, schemas: Json) -> str:
    """Such as "string", "list of integer", "FR | EN", "string or null"."""
    schema = resolved(schema, schemas)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind_of(one, schemas) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(str(value) or '""' for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {kind_of(schema.get('items', {}), schemas)}"
    return FORMATS.get(schema.get("format", ""), str(schema.get("type", "anything")))


def limits_of(schema: Json, schemas: Json) -> str:
    """What its values keep to, with the default: such as "≥ 1, ≤ 100, otherwise 50"."""
    known = meant(schema, schemas)
    said = [words.format(known[name]) for name, words in LIMITS.items() if name in known]
    default = schema.get("default")
    if default not in (None, [], {}):
        said.append(f"otherwise {str(default).lower() if isinstance(default, bool) else default}")
    return ", ".join(said)


def resolved(schema: Json, schemas: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Json = schemas[schema["$ref"].rpartition("/")[2]]
    return found


def meant(schema: Json, schemas: Json) -> Json:
    """The schema itself, or what it is where it is not null."""
    schema = resolved(schema, schemas)
    found = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
    return resolved(found[0], schemas) if found else schema
