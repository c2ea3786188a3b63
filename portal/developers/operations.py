"""An operation of the OpenAPI document as the page of the reference shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.api.document import ALWAYS
from portal.developers.calls import JSON, Call, as_curl, as_python, filled, pretty
from portal.developers.fields import Field, field_of, fields_of, meant

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """`where` is path, query or header."""

    field: Field
    where: str
    example: Any


@dataclass(frozen=True)
class Body:
    """A body of one media type: its fields if it is JSON, and an example as text."""

    media: str
    fields: list[Field]
    example: str

    @property
    def is_json(self) -> bool:
        return self.media == JSON


@dataclass(frozen=True)
class Answer:
    status: int
    words: str
    headers: list[tuple[str, str]]
    bodies: list[Body]


@dataclass(frozen=True)
class Operation:
    """`paragraphs` go on behind the summary. The calls are whole programs."""

    name: str
    method: str
    path: str
    summary: str
    paragraphs: list[str]
    parameters: list[Parameter]
    bodies: list[Body]
    answers: list[Answer]
    curl: str
    python: str

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def required(self) -> list[Parameter]:
        return [one for one in self.parameters if one.field.is_required]

    @property
    def optional(self) -> list[Parameter]:
        return [one for one in self.parameters if not one.field.is_required]


def operation_of(document: Json, path: str, method: str, told: Json) -> Operation:
    schemas = document["components"]["schemas"]
    parameters = [_parameter(one, schemas) for one in told["parameters"]]
    content = told.get("requestBody", {}).get("content", {})
    first = next(answer for code, answer in told["responses"].items() if code.startswith("2"))
    gives_file = bool(first.get("content")) and JSON not in first["content"]
    call = _call(server_of(document) + path, method, parameters, content, gives_file)
    return Operation(
        name=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        paragraphs=_behind(told["summary"], paragraphs_of(told["description"])),
        parameters=parameters,
        bodies=list(_bodies(content, schemas)),
        answers=[_answer(int(code), one, document) for code, one in told["responses"].items()],
        curl=as_curl(call),
        python=as_python(call),
    )


def _parameter(told: Json, schemas: Json) -> Parameter:
    about = {"default": told["schema"].get("default"), "description": told["description"]}
    schema = {**meant(told["schema"], schemas), **about}
    field = field_of(told["name"], schema, schemas, is_required=told.get("required", False))
    return Parameter(field, told["in"], told.get("example", told["schema"].get("default", "")))


def _bodies(content: Json, schemas: Json) -> Iterator[Body]:
    for media, told in content.items():
        example = told.get("example", "")
        text = example if isinstance(example, str) else pretty(example)
        yield Body(media, list(fields_of(told.get("schema", {}), schemas)), text)


def _answer(status: int, told: Json, document: Json) -> Answer:
    """What every answer carries stands at the top of the page."""
    named = document["components"]["headers"]
    headers = [
        (name, (named[about["$ref"].rpartition("/")[2]] if "$ref" in about else about)["description"])
        for name, about in told.get("headers", {}).items()
        if name not in ALWAYS
    ]
    bodies = list(_bodies(told.get("content", {}), document["components"]["schemas"]))
    return Answer(status, told["description"], headers, bodies)


def _call(url: str, method: str, parameters: list[Parameter], content: Json, gives_file: bool) -> Call:
    """With what it needs; of a POST's headers with its name too, which makes it safe to repeat."""
    given = {
        where: {
            one.field.name: one.example
            for one in parameters
            if one.where == where and (one.field.is_required or one.field.name == "Idempotency-Key")
        }
        for where in ("path", "query", "header")
    }
    media = next(iter(content), "")
    body = content[media].get("example") if media else None
    url = filled(url, given["path"])
    return Call(method.upper(), url, given["query"], given["header"], media, body, gives_file)


def server_of(document: Json) -> str:
    return str(document["servers"][0]["url"])


def paragraphs_of(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


def _behind(summary: str, paragraphs: list[str]) -> list[str]:
    """Without the sentence that stands above them already."""
    first = paragraphs[0].removeprefix(summary).lstrip(".: ")
    return [first[:1].upper() + first[1:], *paragraphs[1:]] if first else paragraphs[1:]
