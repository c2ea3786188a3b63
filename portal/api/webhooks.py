"""Who is told what happens: subscriptions in the shape that AVIV's have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query

from accounts.models import PartnerKey, Scope
from estates.remotes.secret import Secret
from estates.webhooks import replaying, subscribing
from estates.webhooks.addresses import checked_address
from estates.webhooks.models import Delivery, Subscription
from estates.webhooks.signing import key_of
from portal.api.conditional import answered
from portal.api.errors import Error, Refusal
from portal.api.keys import needs
from portal.api.once import digest_of, once
from portal.api.routing import StrictRouter
from portal.api.webhook_shape import (
    Audit,
    AuditQuery,
    Renewed,
    Replayed,
    SubscriptionAdd,
    SubscriptionChange,
    SubscriptionId,
    SubscriptionList,
    SubscriptionMade,
    SubscriptionOut,
    Window,
    shown,
    told,
)

router = StrictRouter(tags=["Webhooks"])
ERRORS = {401: Error, 403: Error, 422: Error, 429: Error}
ONE = ERRORS | {404: Error}
POSTING = ERRORS | {400: Error, 409: Error, 413: Error}


@router.get(
    "/subscriptions", auth=needs(Scope.WEBHOOKS), response={200: SubscriptionList, 304: None} | ERRORS
)
def subscriptions(request: HttpRequest) -> HttpResponse:
    """List the subscriptions of this key, and of those that it has replaced."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    items = [shown(each) for each in subscribing.of_key(key)]
    return answered(request, orjson.dumps({"metadata": {"count": len(items)}, "items": items}))


@router.post("/subscriptions", auth=needs(Scope.WEBHOOKS), response={201: SubscriptionMade} | POSTING)
def subscribe(request: HttpRequest, given: SubscriptionAdd) -> HttpResponse:
    """Be told what happens, in messages signed by Standard Webhooks. What is not taken is sent seven times more."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    _check_scopes(key, given.events)
    url = _address(given.url)
    made: list[Secret] = []

    def effect() -> tuple[int, Any]:
        try:
            subscription, secret = subscribing.subscribe(
                key.agency,
                None,
                url=url,
                events=given.events,
                whole=given.whole,
                status=given.status,
                partner_key=key,
                secret=_signing(given.secret),
                api_key=_api_key(given.apiKey),
            )
        except subscribing.TooMany:
            raise Refusal(
                409, f"An agency has {subscribing.MOST} webhooks at most. Remove one first."
            ) from None
        made.append(secret)
        return 201, shown(subscription)

    return _with_secret(once(request, key, digest_of(request), effect), made)


@router.get(
    "/subscriptions/{subscription_id}",
    auth=needs(Scope.WEBHOOKS),
    response={200: SubscriptionOut, 304: None} | ONE,
)
def subscription(request: HttpRequest, subscription_id: SubscriptionId) -> HttpResponse:
    """A subscription, and whether its address takes what it is sent."""
    return answered(request, orjson.dumps(shown(_found(request, subscription_id))))


@router.put(
    "/subscriptions/{subscription_id}",
    auth=needs(Scope.WEBHOOKS),
    response={200: SubscriptionOut, 400: Error, 413: Error} | ONE,
)
def change(request: HttpRequest, subscription_id: SubscriptionId, given: SubscriptionChange) -> HttpResponse:
    """Change a subscription. Where the portal had given up, it sends on what has waited since."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = _found(request, subscription_id)
    fields = given.model_dump(exclude_none=True, exclude={"apiKey"})
    _check_scopes(key, fields.get("events", []))
    if "url" in fields:
        fields["url"] = _address(fields["url"])
    api_key = _api_key(given.apiKey)
    with transaction.atomic():
        subscribing.change(found, None, key, **fields)
        if api_key is not None:
            subscribing.keep_api_key(found, api_key)
    return HttpResponse(orjson.dumps(shown(found)), content_type="application/json")


@router.delete("/subscriptions/{subscription_id}", auth=needs(Scope.WEBHOOKS), response={204: None} | ONE)
def unsubscribe(request: HttpRequest, subscription_id: SubscriptionId) -> HttpResponse:
    """Be told nothing more. The audit of the subscription goes with it."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    subscribing.remove(_found(request, subscription_id), None, key)
    return HttpResponse(status=204)


@router.get("/subscriptions/{subscription_id}/audit", auth=needs(Scope.WEBHOOKS), response={200: Audit} | ONE)
def audit(request: HttpRequest, subscription_id: SubscriptionId, given: Query[AuditQuery]) -> dict[str, Any]:
    """What was sent lately, and what came of it."""
    found = _found(request, subscription_id)
    rows = Delivery.objects.for_agency(found.agency).filter(subscription=found)
    taken = rows.exclude(delivered_at=None).order_by("-delivered_at")
    recent = rows.select_related("event").prefetch_related("attempts").order_by("-pk")[: given.limit]
    return {
        "lastSuccessTimestamp": taken.values_list("delivered_at", flat=True).first(),
        "recentEvents": [told(each) for each in recent],
    }


@router.post(
    "/subscriptions/{subscription_id}/secret",
    auth=needs(Scope.WEBHOOKS),
    response={200: Renewed} | POSTING | ONE,
)
def renew_secret(request: HttpRequest, subscription_id: SubscriptionId) -> HttpResponse:
    """Get a new secret. For a day every message carries a signature by the old one too."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = _found(request, subscription_id)
    made: list[Secret] = []

    def effect() -> tuple[int, Any]:
        made.append(subscribing.renew_secret(found, None, key))
        return 200, {"secret": None}

    return _with_secret(once(request, key, digest_of(request), effect), made)


@router.post(
    "/subscriptions/{subscription_id}/replay",
    auth=needs(Scope.WEBHOOKS),
    response={202: Replayed} | POSTING | ONE,
)
def replay(request: HttpRequest, subscription_id: SubscriptionId, given: Window) -> HttpResponse:
    """Have the messages about what happened in a while sent again, under their old ids."""
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = _found(request, subscription_id)
    if given.since.tzinfo is None or given.until.tzinfo is None:
        raise Refusal(422, "since, until: with an offset, such as Z")

    def effect() -> tuple[int, Any]:
        number = replaying.replay_window(
            found, given.since, given.until, None, key, failed_only=given.failedOnly
        )
        return 202, {"messages": number}

    return once(request, key, digest_of(request), effect)


def _found(request: HttpRequest, public_id: str) -> Subscription:
    key: PartnerKey = request.partner_key  # type: ignore[attr-defined]
    found = subscribing.of_key(key).select_related("agency").filter(public_id=public_id).first()
    if found is None:
        raise Refusal(404, "Not found")
    return found


def _check_scopes(key: PartnerKey, events: Sequence[str]) -> None:
    """Raises Refusal 403 for events of things that the key may not read."""
    if scopes := subscribing.lacking(key, events):
        raise Refusal(403, f"events: this key lacks the scope {', '.join(scopes)}.")


def _address(url: str) -> str:
    """Raises Refusal 422."""
    try:
        return checked_address(url)
    except ValidationError as complaint:
        raise Refusal(422, f"url: {complaint.messages[0]}") from None


def _api_key(text: str | None) -> Secret | None:
    try:
        return None if text is None else Secret(text)
    except ValueError:
        raise Refusal(422, "apiKey: printable ASCII without spaces at its ends") from None


def _signing(text: str | None) -> Secret | None:
    if text is None:
        return None
    try:
        secret = Secret(text)
        key_of(secret)
    except ValueError:
        raise Refusal(422, "secret: whsec_ and 24 to 64 bytes in base 64") from None
    return secret


def _with_secret(answer: HttpResponse, made: Sequence[Secret]) -> HttpResponse:
    """Only now, so that it is not among the answers that are kept for a second call of the same name."""
    if made:
        answer.content = orjson.dumps(orjson.loads(answer.content) | {"secret": made[-1].reveal()})
    return answer
