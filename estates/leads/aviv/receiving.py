"""Taking in AVIV's calls: one row, no word to the broker. What they mean, `hearing` finds out."""

from __future__ import annotations

import time
from functools import lru_cache
from hashlib import blake2b
from secrets import token_urlsafe
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, OperationalError
from django.db import connection as db
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import scope
from accounts.tracing import agency_id
from estates.connections.vault import seal, unseal
from estates.leads.models import WebhookCall, WebhookKey, WebhookSubscription
from estates.remotes.aviv_webhooks import BODY_LIMIT, key_matches, key_of, signature_ok
from estates.remotes.secret import Secret

MOST_WAITING = 10_000
"""Calls of one subscription that wait to be heard; further ones only say that everything is to be read again."""
COUNTED_EVERY = 100
"""Every so manieth row looks whether there are too many."""
REMEMBERED = 5.0
"""Seconds for which who came with the right key is let in without another look."""
MOST_REMEMBERED = 10_000


class Caller(NamedTuple):
    subscription: int
    agency: int
    is_flooded: bool
    until: float


_callers: dict[bytes, Caller] = {}


def receive(request: HttpRequest, opaque: str) -> HttpResponse:
    """200 for AVIV's call, 401 for anybody else's, by the same work and with the same answer."""
    body = body_of(request)
    if body is None:
        return said(413)
    key = key_of(request.headers) or ""
    caller = caller_of(request, opaque, key)
    if caller is None or not is_signed(request.META.get("HTTP_X_SIGNATURE"), body, key):
        return said(401)
    agency_id.set(caller.agency)
    scope.enter(caller.agency)
    if not caller.is_flooded:
        try:
            take(caller, body)
        except IntegrityError:
            return said(401)  # removed a moment ago
    return said(200)


def said(status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"Content-Length": "0"})


def body_of(request: HttpRequest) -> bytes | None:
    """What was sent, however it was framed; None for more than any call of AVIV's is."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length[:12]) > BODY_LIMIT:
        return None
    # Django reads nothing where no length is given; the server knows where a chunked body ends.
    chunked = not length and request.META.get("wsgi.input_terminated")
    body: bytes = (request.META["wsgi.input"] if chunked else request).read(BODY_LIMIT + 1)
    return body if len(body) <= BODY_LIMIT else None


def caller_of(request: HttpRequest, opaque: str, key: str) -> Caller | None:
    """Whose call it is. Remembered by address and key together, so that a wrong key always costs the whole look."""
    name = blake2b(f"{opaque}\n{key}".encode("utf-8", "surrogatepass"), digest_size=32).digest()
    known = _callers.get(name)
    if known and known.until > time.monotonic():
        return known
    with scope.across():
        found = _look(opaque)
    secret = unseal(found.ciphertext if found else nobodys_key(settings.VAULT_KEYS[0]))
    if not key_matches(request.headers, secret) or found is None:
        return None
    whose = found.subscription
    caller = Caller(whose.pk, whose.agency_id, whose.is_flooded, time.monotonic() + REMEMBERED)
    if len(_callers) >= MOST_REMEMBERED:
        _callers.clear()
    _callers[name] = caller
    return caller


def is_signed(signature: str | None, body: bytes, key: str) -> bool:
    """Whether a signature, if one came along, is made with the key, which was right."""
    return signature is None or signature_ok(body, signature, Secret(key))


def _look(opaque: str) -> WebhookKey | None:
    keys = WebhookKey.objects.select_related("subscription").filter(
        subscription__opaque=opaque, subscription__connection__removed_at=None
    )
    return keys.exclude(subscription__wanted=WebhookSubscription.Wanted.GONE).first()


def take(caller: Caller, body: bytes) -> None:
    """Keeps a call. Raises `IntegrityError` where its subscription is gone."""
    values = [caller.agency, caller.subscription, timezone.now(), body]
    # The look whether the database is still there would cost as much again: rather a second try.
    db.health_check_done = True  # type: ignore[attr-defined]
    try:
        pk = _insert(values)
    except OperationalError:
        if db.in_atomic_block:
            raise
        db.close()
        pk = _insert(values)
    if pk % COUNTED_EVERY == 0 and is_full(caller.subscription):
        rows = WebhookSubscription.objects.across_agencies().filter(pk=caller.subscription)
        rows.update(is_flooded=True)


def _insert(values: list[Any]) -> int:
    """Written out: making this statement anew each time takes longer than the database needs for it."""
    with db.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {WebhookCall._meta.db_table} (agency_id, subscription_id, at, body, lead_id) "  # noqa: S608
            "VALUES (%s, %s, %s, %s, '') RETURNING id",
            values,
        )
        return int(cursor.fetchone()[0])


def is_full(subscription: int) -> bool:
    waiting = WebhookCall.objects.across_agencies().filter(subscription=subscription, handled_at=None)
    return waiting.order_by("pk")[MOST_WAITING - 1 : MOST_WAITING].exists()


@lru_cache(maxsize=1)
def nobodys_key(vault_key: str) -> bytes:
    """What the key of an unknown address is compared with, so that it takes as long as any other."""
    return seal(Secret(token_urlsafe(32)))
