"""Taking in AVIV's calls: one look, one row, no word to the broker. What they mean, `hearing` finds out."""

from __future__ import annotations

from functools import lru_cache
from secrets import token_urlsafe

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from estates.connections.vault import seal, unseal
from estates.leads.models import WebhookCall, WebhookKey, WebhookSubscription
from estates.remotes.aviv_webhooks import BODY_LIMIT, key_matches, signature_ok
from estates.remotes.secret import Secret

MOST_WAITING = 10_000
"""Calls of one subscription that wait to be heard; further ones only say that everything is to be read again."""
COUNTED_EVERY = 100
"""Every so manieth row looks whether there are too many."""


def receive(request: HttpRequest, opaque: str) -> HttpResponse:
    """200 for AVIV's call, 401 for anybody else's, by the same work and with the same answer."""
    body = body_of(request)
    if body is None:
        return HttpResponse(status=413)
    found = key_of(opaque)
    secret = unseal(found.ciphertext if found else nobodys_key(settings.VAULT_KEYS[0]))
    signature = request.headers.get("X-Signature")
    genuine = key_matches(request.headers, secret)
    genuine &= signature is None or signature_ok(body, signature, secret)
    if not genuine or found is None:
        return HttpResponse(status=401)
    take(found.subscription, body)
    return HttpResponse()


def body_of(request: HttpRequest) -> bytes | None:
    """What was sent, however it was framed; None for more than any call of AVIV's is."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length[:12]) > BODY_LIMIT:
        return None
    # Django reads nothing where no length is given; the server knows where a chunked body ends.
    chunked = not length and request.META.get("wsgi.input_terminated")
    body: bytes = (request.META["wsgi.input"] if chunked else request).read(BODY_LIMIT + 1)
    return body if len(body) <= BODY_LIMIT else None


def key_of(opaque: str) -> WebhookKey | None:
    keys = WebhookKey.objects.select_related("subscription").filter(
        subscription__opaque=opaque, subscription__connection__removed_at=None
    )
    return keys.exclude(subscription__wanted=WebhookSubscription.Wanted.GONE).first()


def take(subscription: WebhookSubscription, body: bytes) -> None:
    if subscription.is_flooded:
        return
    call = WebhookCall(agency_id=subscription.agency_id, subscription=subscription, body=body)
    call.save(force_insert=True)
    if call.pk % COUNTED_EVERY == 0 and is_full(subscription):
        WebhookSubscription.objects.across_agencies().filter(pk=subscription.pk).update(is_flooded=True)


def is_full(subscription: WebhookSubscription) -> bool:
    waiting = WebhookCall.objects.across_agencies().filter(subscription=subscription, handled_at=None)
    return waiting.order_by("pk")[MOST_WAITING - 1 : MOST_WAITING].exists()


@lru_cache(maxsize=1)
def nobodys_key(vault_key: str) -> bytes:
    """What the key of an unknown address is compared with, so that it takes as long as any other."""
    return seal(Secret(token_urlsafe(32)))
