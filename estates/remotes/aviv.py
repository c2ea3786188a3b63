"""The client of AVIV Seeker Leads (France). Calls cite aviv-seeker-leads-operations.txt."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .answers import Reply
from .aviv_answers import Lead, LeadPage, ParsedLead, Submitted, UnreadableLead, parse_lead
from .aviv_authorised import AuthorisedClient
from .aviv_fields import at, lead_id
from .aviv_requests import AUDIT_LIMIT, PAGE_LIMIT, STATUSES, NewLead, window_params
from .aviv_subscriptions import Subscription, WebhookAudit, parse_event, parse_subscription
from .reading import moment, text
from .replies import is_object
from .secret import Secret
from .session import segment

logger = logging.getLogger(__name__)

MORE_PAGES = 206
NO_LEADS = frozenset({404})
_line = text(255)


def _is_page(answer: Any) -> bool:
    return is_object(answer) and isinstance(answer.get("items"), list)


class AvivClient(AuthorisedClient):
    """AVIV's eight operations. What only reads takes `retries`; the rest is sent once."""

    def leads(
        self,
        min_date: datetime,
        max_date: datetime,
        *,
        start: str | None = None,
        limit: int = PAGE_LIMIT,
        retries: int = 0,
    ) -> LeadPage:
        """GET /leads, by date of ingestion, both ends included; at most 7 days. `start` is a `next_start`."""
        if not 1 <= limit <= PAGE_LIMIT:
            raise ValueError("A page holds 1 to 100 leads")
        params = (
            window_params(min_date, max_date) | {"limit": str(limit)} | ({"start": start} if start else {})
        )
        reply = self.call(
            "leads", "GET", "/leads", params=params, retries=retries, expect=_is_page, absent=NO_LEADS
        )
        if reply.json is None:
            return LeadPage()
        items = [parse_lead(value, position) for position, value in enumerate(reply.json["items"])]
        leads = tuple(item for item in items if isinstance(item, Lead))
        unreadable = tuple(item for item in items if isinstance(item, UnreadableLead))
        return LeadPage(leads, unreadable, self._next_start(reply, leads))

    def lead_pages(
        self,
        min_date: datetime,
        max_date: datetime,
        *,
        start: str | None = None,
        limit: int = PAGE_LIMIT,
        retries: int = 0,
    ) -> Iterator[LeadPage]:
        """All pages of a window, from `start`. Ends where the remote leads back to a page that was read."""
        seen = {start}
        while True:
            page = self.leads(min_date, max_date, start=start, limit=limit, retries=retries)
            yield page
            start = page.next_start
            if start is None:
                return
            if start in seen:
                logger.warning("AVIV leads back to a page that was read: its list ends there")
                return
            seen.add(start)

    def all_leads(
        self, min_date: datetime, max_date: datetime, *, limit: int = PAGE_LIMIT, retries: int = 0
    ) -> Iterator[ParsedLead]:
        """Every lead of a window, and every item that is none. Deduplicate by lead_id."""
        for page in self.lead_pages(min_date, max_date, limit=limit, retries=retries):
            yield from page.leads
            yield from page.unreadable

    def lead(self, lead_id: str, *, retries: int = 0) -> Lead:
        """GET /leads/{leadId}. Raises NotFound."""
        reply = self.call("lead", "GET", f"/leads/{segment(lead_id)}", retries=retries)
        lead = parse_lead(reply.json)
        if not isinstance(lead, Lead):
            raise self._malformed(reply, f"The lead is unreadable ({lead.reason})")
        if lead.lead_id != lead_id:
            raise self._malformed(reply, "The answer is another lead than the one that was asked for")
        return lead

    def create_lead(self, lead: NewLead) -> Submitted:
        """POST /leads. Not idempotent, and never repeated here. Raises ValueError for what the schema refuses."""
        reply = self.call("create_lead", "POST", "/leads", json=lead.payload())
        return Submitted(_line(reply.json.get("title")) or "", _line(reply.json.get("requestId")) or "")

    def subscriptions(self, *, retries: int = 0) -> tuple[Subscription, ...]:
        """GET /webhook/subscriptions. Malformed if one has no id: a gap would look like a loss."""
        reply = self.call("subscriptions", "GET", "/webhook/subscriptions", retries=retries, expect=_is_page)
        return tuple(self._subscription(reply, item) for item in reply.json["items"])

    def create_subscription(self, url: str, api_key: str | Secret, status: str | None = None) -> Subscription:
        """POST /webhook/subscriptions. Twice sent it is there twice."""
        secret = api_key if isinstance(api_key, Secret) else Secret(api_key)
        body = {"url": url, "apiKey": secret.reveal()} | _with_status(status)
        path = "/webhook/subscriptions"
        reply = self.call("create_subscription", "POST", path, json=body, secrets=[secret])
        return self._subscription(reply, reply.json, secret)

    def change_subscription(
        self, subscription_id: str, *, api_key: str | Secret | None = None, status: str | None = None
    ) -> Subscription:
        """PUT /webhook/subscriptions/{id}. May be repeated. The URL cannot change."""
        if api_key is None and status is None:
            raise ValueError("Neither a new key nor a new status")
        body, secrets = _with_status(status), []
        if api_key is not None:
            secrets = [api_key if isinstance(api_key, Secret) else Secret(api_key)]
            body["apiKey"] = secrets[0].reveal()
        path = f"/webhook/subscriptions/{segment(subscription_id)}"
        reply = self.call("change_subscription", "PUT", path, json=body, secrets=secrets)
        return self._subscription(reply, reply.json, *secrets)

    def delete_subscription(self, subscription_id: str) -> None:
        """DELETE /webhook/subscriptions/{id}. Raises NotFound where there is none."""
        path = f"/webhook/subscriptions/{segment(subscription_id)}"
        self.call("delete_subscription", "DELETE", path, expect=None)

    def audit(self, subscription_id: str, limit: int = 10, *, retries: int = 0) -> WebhookAudit:
        """GET /webhook/subscriptions/{id}/audit: the last notifications, newest first."""
        if not 1 <= limit <= AUDIT_LIMIT:
            raise ValueError("An audit shows 1 to 100 notifications")
        path = f"/webhook/subscriptions/{segment(subscription_id)}/audit"
        reply = self.call("audit", "GET", path, params={"limit": str(limit)}, retries=retries)
        events = reply.json.get("recentEvents")
        parsed = tuple(parse_event(event) for event in events) if isinstance(events, list) else ()
        return WebhookAudit(moment(reply.json.get("lastSuccessTimestamp")), parsed)

    def _next_start(self, reply: Reply, leads: tuple[Lead, ...]) -> str | None:
        """READINGS: of `links.next`, else the last lead's id. A page that names neither hides all that follow."""
        if reply.status != MORE_PAGES:
            return None
        start = _start_in(reply.json.get("links")) or (leads[-1].lead_id if leads else None)
        if start is None:
            raise self._malformed(reply, "More leads are promised, but no way to them")
        return start

    def _subscription(self, reply: Reply, value: Any, *secrets: Secret) -> Subscription:
        found = parse_subscription(value)
        if found is None:
            raise self._malformed(reply, "A subscription has no usable id", *secrets)
        return found


def _with_status(status: str | None) -> dict[str, str]:
    if status is not None and status not in STATUSES:
        raise ValueError("A subscription is ACTIVE or INACTIVE")
    return {} if status is None else {"status": status}


def _start_in(links: Any) -> str | None:
    """The `start` in the query of `links.next`, an address or an object with one. The rest is not used."""
    following = at(links, ("next", "href")) or at(links, ("next",))
    try:
        query = urlsplit(following).query if isinstance(following, str) else ""
    except ValueError:
        return None
    return next((found for value in parse_qs(query).get("start", []) if (found := lead_id(value))), None)
