"""The OpenAPI document: what ninja reads off the operations, made whole by rules that hold for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from portal.api.errors import Error, enveloped
from portal.api.examples import NONE, example_of
from portal.api.webhook_messages import webhooks
from portal.api.wordings import ABOUT, HEADERS, MEANINGS, MESSAGES, PATH, SENT_HEADERS, TAGS

ALWAYS = ("X-Request-Id", "RateLimit-Policy", "RateLimit")
WITH = {401: ("WWW-Authenticate",), 409: ("Retry-After",), 429: ("Retry-After",)}
JSON = "application/json"
_SENTENCE = re.compile(r"(.+?)(?:[.:](?=\s|$)|$)", re.DOTALL)


class Documented(NinjaAPI):
    """An API whose document is made once in a process: that takes longer than a hundred calls."""

    _document: OpenAPISchema | None = None

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        if self._document is None:
            prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
            self._document = Document(self, prefix)
        return self._document

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


class Document(OpenAPISchema):
    """Every operation with its summary, scope, examples, headers and errors."""

    def __init__(self, api: NinjaAPI, path_prefix: str) -> None:
        super().__init__(api, path_prefix)
        self["info"]["description"] = ABOUT
        self["servers"] = [{"url": settings.PUBLIC_URL, "description": "This portal"}]
        self["externalDocs"] = {
            "url": f"{settings.PUBLIC_URL}/developers/",
            "description": "Getting started, in English and French",
        }
        self["components"]["headers"] = {
            name: {**about, "schema": {"type": "string"}} for name, about in HEADERS.items()
        }
        told = [details for item in self["paths"].values() for details in item.values()]
        used = sorted({tag for details in told for tag in details["tags"]})
        self["tags"] = [{"name": tag, "description": TAGS.get(tag, "")} for tag in used]
        for details in told:
            self._show(details)
        self["webhooks"] = webhooks(self["paths"], self["components"]["schemas"])

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        told = super().operation_details(operation)
        scope = next(
            (scope for auth in operation.auth_callbacks if (scope := getattr(auth, "scope", ""))), ""
        )
        words = " ".join(told.get("description", "").split("\n\n")[0].split())
        sentence = _SENTENCE.match(words)
        told["summary"] = sentence[1] if sentence else told["summary"]
        needed = f"a key with the scope `{scope}`" if scope else "any key"
        told["description"] = f"{told.get('description', '').strip()}\n\nNeeds {needed}."
        told["security"] = [
            {name: [str(scope)] if scope else [] for name in way} for way in told.get("security", [])
        ]
        answers = {int(status): answer for status, answer in told["responses"].items()}
        told["parameters"] += self._headers_to_send(operation, answers)
        told["responses"] = dict(self._answers(answers, scope))
        for parameter in told["parameters"]:
            _mend(parameter)
        return told

    def _headers_to_send(self, operation: Operation, answers: dict[int, Any]) -> Iterator[dict[str, Any]]:
        names = {"If-None-Match": 304 in answers, "Idempotency-Key": "POST" in operation.methods}
        for name, is_taken in names.items():
            if is_taken:
                yield {"in": "header", "name": name, "required": False, **SENT_HEADERS[name]}

    def _answers(self, answers: dict[int, Any], scope: str) -> Iterator[tuple[str, Any]]:
        """The answers by their status, those of all operations among them."""
        for status in sorted({*answers, 500}):
            told = answers.get(status) or {"content": _envelope()}
            named = [*ALWAYS, *WITH.get(status, ())]
            if status == 304 or (304 in answers and status < 300):
                named.append("ETag")
            told["description"] = MEANINGS.get(status, told.get("description", ""))
            shared = {name: {"$ref": f"#/components/headers/{name}"} for name in named}
            told["headers"] = shared | told.get("headers", {})
            if status >= 400:
                words = MESSAGES.get(status, told["description"]).format(scope=scope)
                told["content"][JSON]["example"] = enveloped(status, [words])
            yield str(status), told

    def _show(self, details: dict[str, Any]) -> None:
        """Puts an example beside each body that has none, but for bytes."""
        sent = details.get("requestBody", {}).get("content", {})
        got = [answer.get("content", {}) for answer in details["responses"].values()]
        for content, whole in [(sent, False), *((one, True) for one in got)]:
            for media in content.values():
                if "schema" in media and not {"example", "examples"} & media.keys():
                    example = example_of(media["schema"], self["components"]["schemas"], whole=whole)
                    media.update({} if example is NONE else {"example": example})


def _envelope() -> dict[str, Any]:
    return {JSON: {"schema": {"$ref": f"#/components/schemas/{Error.__name__}"}}}


def _mend(parameter: dict[str, Any]) -> None:
    """A parameter's `examples` are a map in OpenAPI, no list as in JSON Schema. Names in paths have their words."""
    examples = parameter.pop("examples", None)
    if examples:
        parameter["example"] = examples[0]
    if parameter["in"] == "path" and parameter["name"] in PATH:
        named = PATH[parameter["name"]]
        parameter.setdefault("description", named.description)
        parameter.setdefault("example", named.example)
