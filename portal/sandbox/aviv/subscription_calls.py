"""The five operations on webhook subscriptions."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from portal.sandbox.aviv import payloads
from portal.sandbox.aviv.account import Account
from portal.sandbox.aviv.letters import EVENTS, Subscription
from portal.sandbox.aviv.payloads import answered
from portal.sandbox.messages import Answer, Refusal, Request
from portal.sandbox.ts_immo.stock import stamp


def subscriptions(request: Request, account: Account) -> Answer:
    payloads.allow(request)
    with account.lock:
        items = [subscription.shown() for subscription in account.subscriptions.values()]
    return answered({"metadata": {"count": len(items)}, "items": items})


def create_subscription(request: Request, account: Account) -> Answer:
    """Several subscriptions may have the same URL."""
    body = payloads.read(request, payloads.NEW_SUBSCRIPTION)
    new = Subscription(uuid4().hex[:21], body["url"], body["apiKey"], body.get("status", "ACTIVE"))
    with account.lock:
        account.subscriptions[new.id] = new
    return answered(new.shown(), 201)


def change_subscription(request: Request, account: Account, subscription_id: str) -> Answer:
    """The key, the status or both; another URL needs another subscription."""
    body = payloads.read(request, payloads.CHANGED_SUBSCRIPTION)
    with account.lock:
        found = _found(account, subscription_id)
        found.api_key = body.get("apiKey", found.api_key)
        found.status = body.get("status", found.status)
        found.updated_at = stamp(datetime.now(UTC))
        return answered(found.shown())


def delete_subscription(request: Request, account: Account, subscription_id: str) -> Answer:
    with account.lock:
        gone = _found(account, subscription_id)
        del account.subscriptions[subscription_id]
    return answered(gone.shown() | {"message": "Subscription deleted successfully"})


def audit(request: Request, account: Account, subscription_id: str) -> Answer:
    payloads.allow(request, "limit")
    limit = payloads.numbers(request, {"limit": (1, EVENTS, 10)})["limit"]
    found = _found(account, subscription_id)
    about = {"lastSuccessTimestamp": found.last_success, "recentEvents": list(found.events)[:limit]}
    return answered(found.shown() | about)


def _found(account: Account, subscription_id: str) -> Subscription:
    found = account.subscriptions.get(subscription_id)
    if found is None:
        raise Refusal(404, "Subscription not found")
    return found
