"""The messages of webhooks in the OpenAPI document: what a receiver gets, by event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from estates.webhooks.kinds import TEST, EventType
from portal.api.examples import BY_FORMAT, example_of
from portal.api.told import BASE

JSON = "application/json"
ADDRESSES: Mapping[str, str] = {
    "lead": "/leads/{lead_id}",
    "estate": "/estates/{estate_id}",
    "job": "/jobs/{job_id}",
    "ticket": "/support/tickets/{ticket_id}",
    "site": "/sites/{site_id}",
}
"""Where the API has a thing of each noun. Whole, a message brings what a GET there would answer."""
DETAILS: Mapping[str, Mapping[str, Any]] = {
    EventType.LEAD_UPDATED: {
        "state": {"type": "string", "description": "Its new state, where that is what changed"}
    },
    EventType.SITE_STATE: {
        "state": {"type": "string", "description": "Its new state", "examples": ["active"]}
    },
    EventType.TICKET_COMMENT: {
        "comment": {"type": "integer", "description": "The comment's id within the ticket", "examples": [12]}
    },
    EventType.JOB_FAILED: {
        "kind": {"type": "string", "description": "The job's kind", "examples": ["leads.send_buyer"]}
    },
}
"""What `data` holds besides, by event."""
HEADERS: Mapping[str, tuple[str, str]] = {
    "webhook-id": ("The message's name: the same at each try", "msg_4bQm2vT1kYx0aZ7c9LrWdA"),
    "webhook-timestamp": ("When it was sent, in seconds of Unix time", "1796117400"),
    "webhook-signature": (
        "One signature or several, of Standard Webhooks",
        "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    ),
}
TAKEN = "Taken. Any other answer, a redirect too, counts as a failure, and the message comes again."


def webhooks(paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """By event what is sent, as a path item; `paths` and `schemas` are those of the document."""
    with translation.override("en"):
        told = {event.value: str(event.label) for event in EventType}
    told[TEST] = "Somebody tries whether the address takes what it is sent"
    return {
        name: {"post": _message(name, label, _object(name, paths), schemas)} for name, label in told.items()
    }


def _object(event: str, paths: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema of the thing that an event is about; None for the test, which is about nothing."""
    address = ADDRESSES.get(event.partition(".")[0])
    if address is None:
        return None
    schema: Mapping[str, Any] = paths[BASE + address]["get"]["responses"]["200"]["content"][JSON]["schema"]
    return schema


def _schema(event: str, thing: Mapping[str, Any] | None) -> dict[str, Any]:
    data: dict[str, Any] = {"id": {"type": "string", "examples": ["4711"]}, **DETAILS.get(event, {})}
    if thing is not None:
        data["url"] = {
            "type": "string",
            "description": "Where the API has it",
            "examples": ["https://portal.example.com/api/v1/…"],
        }
        data["object"] = {
            "anyOf": [thing, {"type": "null"}],
            "description": "With `whole`: the thing as it is now, null where it is no more",
        }
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": event},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened"},
            "data": {
                "type": "object",
                "required": ["id", "url"] if thing is not None else ["id"],
                "properties": data,
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }


def _message(
    event: str, label: str, thing: Mapping[str, Any] | None, schemas: Mapping[str, Any]
) -> dict[str, Any]:
    schema = _schema(event, thing)
    example = example_of(schema, schemas, whole=True) | {"timestamp": BY_FORMAT["date-time"]}
    subscribed = f"Sent to subscriptions with the event `{event}`."
    return {
        "summary": label,
        "description": "Sent by the button beside a webhook in the portal." if event == TEST else subscribed,
        "tags": ["Webhooks"],
        "parameters": [
            {
                "in": "header",
                "name": name,
                "required": True,
                "description": words,
                "schema": {"type": "string"},
                "example": shown,
            }
            for name, (words, shown) in HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": schema, "example": example}},
        },
        "responses": {"2XX": {"description": TAKEN}},
    }
