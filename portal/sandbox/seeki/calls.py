"""Seeki's five operations (its guide). Limits are those of the guide, a megabyte being a million bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from portal.sandbox.messages import Answer, Refusal, Request
from portal.sandbox.routing import Route
from portal.sandbox.seeki.account import Account
from portal.sandbox.seeki.answers import import_answer, status_answer
from portal.sandbox.seeki.codes import (
    NOT_FOUND,
    NOT_RETRYABLE,
    PAYLOAD_TOO_LARGE,
    TOO_MANY_ITEMS,
    VALIDATION_FAILED,
    CodedRefusal,
)
from portal.sandbox.seeki.idealista import read_idealista
from portal.sandbox.seeki.items import Entry, Item
from portal.sandbox.seeki.judging import judge
from portal.sandbox.seeki.markup import TooMany
from portal.sandbox.seeki.openimmo import read_openimmo, read_zip

JSON_BYTES, FILE_BYTES = 25_000_000, 200_000_000
JSON_ITEMS, FILE_ITEMS = 5_000, 500
FILES = ("/openimmo", "/idealista")
CHUNK = {"Suggested-Chunk-Size": str(FILE_ITEMS)}
Reader = Callable[[bytes, int], list[Entry]]
OPENIMMO: dict[str, Reader] = {"application/xml": read_openimmo, "application/zip": read_zip}
IDEALISTA: dict[str, Reader] = {"application/xml": read_idealista}


def most_bytes(path: str) -> int:
    """How large a body at this path below the base may be. What is larger arrives here empty."""
    return FILE_BYTES if path in FILES else JSON_BYTES


def send_listings(request: Request, account: Account) -> Answer:
    """POST /listings."""
    require_type(request, "application/json")
    if length_of(request) > JSON_BYTES:
        raise CodedRefusal(413, PAYLOAD_TOO_LARGE, "Request body exceeds the 25 MB limit")
    listings = listings_in(request.body)
    if len(listings) > JSON_ITEMS:
        raise CodedRefusal(413, TOO_MANY_ITEMS, "The listings array contains more than 5,000 items")
    return import_answer(account.take([Entry(listing, judge(listing)) for listing in listings]))


def send_openimmo(request: Request, account: Account) -> Answer:
    """POST /openimmo."""
    return _send_file(request, account, OPENIMMO)


def send_idealista(request: Request, account: Account) -> Answer:
    """POST /idealista."""
    return _send_file(request, account, IDEALISTA)


def import_status(request: Request, account: Account, item_id: str) -> Answer:
    """GET /import-items/{id}/status."""
    return status_answer(account, _item(account, item_id))


def retry_import(request: Request, account: Account, item_id: str) -> Answer:
    """POST /import-items/{id}/retry. The guide does not say what it answers: the status."""
    item = _item(account, item_id)
    if not account.retry(item):
        raise CodedRefusal(
            409, NOT_RETRYABLE, "Only INFRA_LOST and INFRA_QUEUE_REJECTED items can be retried"
        )
    return status_answer(account, item)


def require_type(request: Request, *known: str) -> str:
    """The request's content type; raises 415 for any other."""
    found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found not in known:
        raise CodedRefusal(415, VALIDATION_FAILED, f"Content-Type must be {' or '.join(known)}")
    return found


def length_of(request: Request) -> int:
    """As it was announced: what is too long is not there."""
    return int(request.headers.get("content-length", "0")[:20])


def listings_in(body: bytes) -> list[Any]:
    try:
        value = json.loads(body, parse_constant=_no_json)
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not valid JSON") from None
    listings = value.get("listings") if isinstance(value, dict) else None
    if not isinstance(listings, list):
        raise Refusal(400, "listings: Expected array")
    return listings


def _send_file(request: Request, account: Account, readers: dict[str, Reader]) -> Answer:
    read = readers[require_type(request, *readers)]
    if length_of(request) > FILE_BYTES:
        raise CodedRefusal(413, PAYLOAD_TOO_LARGE, "Request body exceeds the 200 MB limit", CHUNK)
    try:
        entries = read(request.body, FILE_ITEMS)
    except TooMany:
        raise CodedRefusal(413, TOO_MANY_ITEMS, "The feed contains more than 500 listings", CHUNK) from None
    return import_answer(account.take(entries))


def _item(account: Account, item_id: str) -> Item:
    found = account.find(item_id)
    if found is None:
        raise CodedRefusal(404, NOT_FOUND, "There is no such import item")
    return found


def _no_json(word: str) -> NoReturn:
    raise ValueError(word)


ROUTES = (
    Route("send_listings", "POST", "/listings", send_listings),
    Route("send_openimmo", "POST", "/openimmo", send_openimmo),
    Route("send_idealista", "POST", "/idealista", send_idealista),
    Route("import_status", "GET", "/import-items/{item_id}/status", import_status),
    Route("retry_import", "POST", "/import-items/{item_id}/retry", retry_import),
)
