"""The OpenAPI document as the page of the reference shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from portal.api.api import api
from portal.developers.operations import Json, Operation, operation_of, paragraphs_of

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Group:
    name: str
    words: str
    operations: list[Operation]


@dataclass(frozen=True)
class Reference:
    version: str
    paragraphs: list[str]
    groups: list[Group]


@cache
def reference() -> Reference:
    """The whole of it; what it is made of never changes while a process runs."""
    document = api.get_openapi_schema()
    operations = list(_operations(document))
    groups = [
        Group(tag["name"], tag["description"], [one for name, one in operations if name == tag["name"]])
        for tag in document["tags"]
    ]
    about = document["info"]
    return Reference(about["version"], paragraphs_of(about["description"]), groups)


def _operations(document: Json) -> Iterator[tuple[str, Operation]]:
    """Each with the group that it belongs to, the shortest paths first."""
    for path, item in sorted(document["paths"].items(), key=lambda pair: (pair[0].count("/"), pair[0])):
        for method in METHODS:
            if method in item:
                yield item[method]["tags"][0], operation_of(document, path, method, item[method])
