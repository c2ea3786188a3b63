"""Each operation in the OpenAPI document: what it does, what it takes, what it answers, with examples that hold."""

import json
from datetime import UTC, datetime

import jsonschema_rs
import pytest
from django.test import Client
from schemathesis.specs.openapi.definitions import OPENAPI_31

from accounts.models import Scope
from estates.webhooks.kinds import TEST, EventType
from estates.webhooks.messages import bodies
from estates.webhooks.replaying import send_test
from estates.webhooks.signing import headers
from estates.webhooks.subscribing import subscribe
from estates.webhooks.tell import tell
from portal.api.api import api
from portal.api.errors import enveloped
from portal.api.wordings import MEANINGS, TAGS
from tests import canaries
from tests.portal.api.test_openapi import METHODS, document, operations
from tests.portal.api.test_tenancy import BASE, CALLS, send

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
EVERYWHERE = {"401", "403", "422", "429", "500"}
POSTED = {"400", "409"}
TEXTS = {"application/json", "application/xml"}
PHRASES = {"OK", "Accepted", "Created", "No Content", "Unprocessable Entity"}


def operation(method, path) -> dict:
    return json.loads(json.dumps(document()))["paths"][path][method]


def validator(schema):
    """For values of a schema within the document."""
    whole = json.loads(json.dumps(document()))
    return jsonschema_rs.Draft202012Validator(schema | {"components": whole["components"]})


def lacks_example(part) -> bool:
    """Whether nobody can guess what a field looks like: a text, or an object without fields."""
    if part.get("examples") or {"$ref", "enum", "const"} & part.keys() or part.get("default"):
        return False
    if "anyOf" in part:
        return any(lacks_example(one) for one in part["anyOf"] if one.get("type") != "null")
    if part.get("type") == "array":
        return lacks_example(part["items"])
    if part.get("type") == "string":
        return "format" not in part
    return part.get("type") == "object" and "properties" not in part


class TestWhole:
    def test_it_obeys_the_specification(self):
        told = json.loads(json.dumps(document()))
        found = jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(told)
        assert [(error.message[:200], list(error.instance_path)) for error in found] == []

    def test_it_says_where_it_holds_and_what_all_share(self, settings):
        told = document()
        assert told["servers"][0]["url"] == settings.PUBLIC_URL
        assert told["externalDocs"]["url"].startswith(settings.PUBLIC_URL)
        for word in ("Authorization: Bearer", "Retry-After", "Idempotency-Key", "X-Request-Id", "statusCode"):
            assert word in told["info"]["description"]

    def test_every_group_is_described(self):
        used = {tag for which in operations() for tag in operation(*which)["tags"]}
        assert used == {tag["name"] for tag in document()["tags"]} <= TAGS.keys()
        assert all(tag["description"] for tag in document()["tags"])

    def test_every_way_to_say_who_calls_is_described(self):
        ways = document()["components"]["securitySchemes"]
        assert {name: bool(way.get("description")) for name, way in ways.items()} == {
            "Bearer": True,
            "Header": True,
        }

    def test_every_field_that_nobody_could_guess_has_an_example(self):
        schemas = document()["components"]["schemas"]
        fields = [
            f"{name}.{field}"
            for name, schema in schemas.items()
            for field, part in schema.get("properties", {}).items()
            if lacks_example(part)
        ]
        assert fields == []

    def test_it_is_made_once(self):
        assert api.get_openapi_schema() is api.get_openapi_schema()


class TestMessages:
    """What webhooks send, in the document's `webhooks`."""

    def test_every_event_is_described_with_an_example_that_holds(self):
        told = document()["webhooks"]
        assert told.keys() == {*EventType.values, TEST}
        for name, item in told.items():
            (body,) = item["post"]["requestBody"]["content"].values()
            validator(body["schema"]).validate(body["example"])
            assert body["example"]["type"] == name
            assert {one["name"] for one in item["post"]["parameters"]} == set(headers([], "", NOON, b""))

    @pytest.mark.parametrize("whole", [False, True])
    def test_what_is_sent_is_as_described(self, agency, whole):
        rows = canaries.fill(agency, "Colibri")
        subscription, _ = subscribe(
            agency, None, url="https://hooks.example.com/", events=EventType.values, whole=whole
        )
        about = {"lead": rows["lead"].pk, "estate": rows["estate"].remote_id, "job": rows["job"].pk}
        about |= {"site": rows["site"].pk, "ticket": rows["ticket"].pk}
        told = {EventType.SITE_STATE: {"state": "active"}, EventType.TICKET_COMMENT: {"comment": 7}}
        told |= {EventType.JOB_FAILED: {"kind": "test.steps"}, EventType.LEAD_UPDATED: {"state": "won"}}
        for event in EventType:
            tell(agency, event, [about[event.noun]], **told.get(event, {}))
        send_test(subscription, None)
        deliveries = subscription.deliveries.select_related("event")
        sent = bodies(subscription, deliveries)
        for each in deliveries:
            (body,) = document()["webhooks"][each.event.type]["post"]["requestBody"]["content"].values()
            said = json.loads(sent[each.pk])
            validator(body["schema"]).validate(said)
            assert bool(said["data"].get("object")) is (whole and each.event.type != TEST)
        assert len(sent) == len(EventType) + 1


@pytest.mark.parametrize(("method", "path"), operations())
class TestEach:
    def test_says_what_it_does_and_what_it_needs(self, method, path):
        told = operation(method, path)
        assert 5 < len(told["summary"]) < 100
        assert told["summary"] != told["operationId"].replace("_", " ").title(), "write a docstring"
        assert told["summary"] in " ".join(told["description"].split())
        scopes = {scope for way in told["security"] for scopes in way.values() for scope in scopes}
        assert scopes <= set(Scope.values)
        assert len(scopes) < 2
        needed = f"Needs a key with the scope `{min(scopes)}`." if scopes else "Needs any key."
        assert told["description"].endswith(needed)

    def test_every_parameter_is_described_with_an_example(self, method, path):
        for one in operation(method, path)["parameters"]:
            assert len(one.get("description", "")) > 3, one["name"]
            assert "examples" not in one, one["name"]
            if "default" not in one["schema"] or one["required"]:
                assert validator(one["schema"]).is_valid(one["example"]), one["name"]

    def test_every_body_is_shown_by_an_example_that_holds(self, method, path):
        told = operation(method, path)
        bodies = [("request", told.get("requestBody", {}).get("content", {}))]
        bodies += [(code, answer.get("content", {})) for code, answer in told["responses"].items()]
        for where, content in bodies:
            for kind, media in content.items():
                assert kind not in TEXTS or "example" in media, where
                if "example" in media:
                    validator(media["schema"]).validate(media["example"])

    def test_what_refuses_other_types_of_body_says_which_it_takes(self, method, path):
        told = operation(method, path)
        assert "415" not in told["responses"] or told["requestBody"]["content"]

    def test_every_answer_is_described(self, method, path):
        told = operation(method, path)
        least = EVERYWHERE | ({"404"} if "{" in path else set()) | (POSTED if method == "post" else set())
        least |= {"400"} if "requestBody" in told else set()
        assert least <= told["responses"].keys()
        for code, answer in told["responses"].items():
            assert answer["description"] == MEANINGS[int(code)]
            assert answer["description"] not in PHRASES
            assert {"X-Request-Id", "RateLimit"} <= answer["headers"].keys()
            if int(code) >= 400:
                said = answer["content"]["application/json"]["example"]
                assert said == enveloped(int(code), said["message"])

    def test_the_refusal_of_another_scope_names_it(self, method, path):
        told = operation(method, path)
        scopes = {scope for way in told["security"] for scopes in way.values() for scope in scopes}
        words = told["responses"]["403"]["content"]["application/json"]["example"]["message"][0]
        assert all(scope in words for scope in scopes)

    def test_where_something_may_be_unchanged_both_headers_are_told(self, method, path):
        told = operation(method, path)
        names = {one["name"] for one in told["parameters"]}
        assert ("304" in told["responses"]) is ("If-None-Match" in names)
        if "304" in told["responses"]:
            assert all("ETag" in told["responses"][code]["headers"] for code in ("200", "304"))
        assert ("Idempotency-Key" in names) is (method == "post")


@pytest.mark.parametrize(("method", "path"), [which for which in CALLS if which[0] == "post"])
def test_every_post_takes_an_idempotency_key_as_the_document_says(agency, partner, method, path):
    """A malformed one is refused, by which one knows that it is looked at."""
    rows = canaries.fill(agency, "Colibri")
    client = Client(headers={"X-API-Key": partner(agency).token, "Idempotency-Key": "two words"})
    answer = send(client, method, path, CALLS[method, path], rows)
    assert (answer.status_code, answer.json()["message"][0][:16]) == (400, "Idempotency-Key:")


UNCHANGING = [
    (method, path) for method, path in CALLS if "304" in operation(method, f"{BASE}{path}")["responses"]
]


@pytest.mark.parametrize(("method", "path"), UNCHANGING)
def test_what_may_be_unchanged_is_not_sent_twice(agency, partner, method, path):
    rows = canaries.fill(agency, "Colibri")
    client = Client(headers={"X-API-Key": partner(agency).token, "If-None-Match": "*"})
    assert send(client, method, path, CALLS[method, path], rows).status_code == 304


def test_there_is_no_other_method():
    assert {method for item in document()["paths"].values() for method in item} <= set(METHODS)
