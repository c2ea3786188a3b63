"""The document at /api/v1/openapi.json: complete, and true of what the operations answer."""

import logging

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from estates.connections.models import System
from portal.api.api import api
from portal.wsgi import application
from tests import canaries

EXAMPLES = 15
"""Calls of each operation in either way: some hundred in all, in less than a minute."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
METHODS = ("get", "put", "post", "delete", "patch")


def document() -> dict:
    return api.get_openapi_schema()


def operations() -> list[tuple[str, str]]:
    """Method and path of each operation."""
    paths = document()["paths"]
    return [(method, path) for path, item in paths.items() for method in METHODS if method in item]


def operation(method, path) -> dict:
    return document()["paths"][path][method]


def test_anybody_may_read_it(client, db):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1.")
    assert answer.json()["paths"].keys() == document()["paths"].keys()


def test_no_two_operations_are_called_the_same():
    ids = [operation(*which)["operationId"] for which in operations()]
    assert len(ids) == len(set(ids)) > 10


@pytest.mark.parametrize(("method", "path"), operations())
class TestEach:
    def test_is_described(self, method, path):
        told = operation(method, path)
        assert len(told["description"]) > 5
        assert told["tags"]
        assert told["security"]

    def test_names_its_errors(self, method, path):
        told = operation(method, path)
        errors = {code: one for code, one in told["responses"].items() if int(code) >= 400}
        least = {"401", "403", "422", "429"} | ({"404"} if "{" in path else set())
        least |= {"400", "409"} if method == "post" else set()
        assert least <= {str(code) for code in errors}
        for one in errors.values():
            assert one["content"]["application/json"]["schema"]["$ref"].endswith("/Error")

    def test_says_what_it_answers(self, method, path):
        codes = [int(code) for code in operation(method, path)["responses"]]
        assert any(200 <= code < 300 for code in codes)

    def test_its_fields_refuse_what_they_do_not_know(self, method, path):
        body = operation(method, path).get("requestBody")
        if body and "application/json" in body["content"]:
            name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert document()["components"]["schemas"][name]["additionalProperties"] is False


@pytest.fixture
def calls(agency, partner, connected, settings):
    """`calls(method, path, mode)` sends what the schema allows, or does not, and checks each answer by it."""
    settings.API_CALLS_A_MINUTE = 100_000
    settings.ALLOWED_HOSTS = ["*"]
    canaries.fill(agency, "Canary")
    connected(agency, System.AVIV, "second")
    headers = {"Authorization": f"Bearer {partner(agency).token}", "Accept-Encoding": "identity"}
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", read_whole)
    # A malformed key would be replaced by the one in the headers, and count as refused input.
    schema.config.generation.with_security_parameters = False

    def get(method, path, mode):
        codes = []

        @settings_of_a_search
        @given(case=schema[path][method].as_strategy(generation_mode=mode))
        def search(case):
            answer = case.call(headers=headers)
            codes.append(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        search()
        return codes

    yield get
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    logging.getLogger("django.request").setLevel(logging.NOTSET)


def read_whole(environ, start_response) -> list[bytes]:
    """The portal, its answers closed: the client of schemathesis leaves files open."""
    pieces = application(environ, start_response)
    try:
        return [b"".join(pieces)]
    finally:
        pieces.close()


settings_of_a_search = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize(("method", "path"), operations())
def test_what_the_schema_allows_is_answered_as_it_says(calls, method, path):
    codes = calls(method, path, GenerationMode.POSITIVE)
    assert codes
    assert not {401, 403, 429} & set(codes)


@pytest.mark.parametrize(("method", "path"), operations())
def test_what_the_schema_forbids_is_refused_as_it_says(calls, method, path):
    """Where everything is allowed, nothing is left to be tried. Reading is generous: `featured=1`."""
    try:
        codes = calls(method, path, GenerationMode.NEGATIVE)
    except schemathesis.errors.SchemathesisError:
        assert not operation(method, path).get("requestBody")
        return
    assert method == "get" or not {200, 201, 202} & set(codes)
