"""The five operations (marketing-lab.txt). All are a POST to the same address; the body says which is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from portal.sandbox.marketing_lab.account import Account
from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.routing import Route

KEY_NAME = "x-api-key"
FIELDS = {"operation", KEY_NAME}


def body_of(request: Request) -> dict[str, Any]:
    """The body's object; empty for anything else."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def regions(account: Account) -> list[dict[str, Any]]:
    return [{"id": region.id, "nom": region.name} for region in account.regions]


def programmes(account: Account) -> list[dict[str, Any]]:
    return [
        {"id": programme.id, "idRegion": region.id, "nom": programme.name}
        for region in account.regions
        for programme in region.programmes
    ]


def read_contacts(account: Account) -> list[dict[str, Any]]:
    return [contact.as_dict() for contact in account.ready()]


def pull_contacts(account: Account) -> list[dict[str, Any]]:
    return [contact.as_dict() for contact in account.pull()]


def pulled_contacts(account: Account) -> list[dict[str, Any]]:
    return [contact.as_dict() for contact in account.pulled()]


def route(operation: str, asked: str, work: Callable[[Account], list[dict[str, Any]]]) -> Route:
    """The route of a call whose body's `operation` is `asked`."""

    def handle(request: Request, account: Account) -> Answer:
        require_exact(request)
        return json_answer(work(account))

    return Route(operation, "POST", "", handle, lambda request: body_of(request).get("operation") == asked)


def require_exact(request: Request) -> None:
    """Raises `Refusal` 400 for a body that is not labelled as JSON, or says more than the document knows."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(400, "Content-Type must be application/json")
    if unknown := body_of(request).keys() - FIELDS:
        raise Refusal(400, f"Unknown parameter: {min(unknown)}")


def unknown_operation(request: Request, account: Account) -> Answer:
    raise Refusal(400, "Unknown operation")


ROUTES = (
    route("regions", "getRegions", regions),
    route("programmes", "getProgrammes", programmes),
    route("read_contacts", "readContacts", read_contacts),
    route("pull_contacts", "pullContacts", pull_contacts),
    route("pulled_contacts", "getPulledContacts", pulled_contacts),
    # Last, and after the key has been looked at: a stranger is told nothing but that.
    Route("unknown_operation", "POST", "", unknown_operation),
)
