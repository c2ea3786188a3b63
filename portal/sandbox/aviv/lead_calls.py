"""The three operations on leads."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import uuid4

from portal.sandbox.aviv import payloads
from portal.sandbox.aviv.account import Account
from portal.sandbox.aviv.documents import Lead
from portal.sandbox.aviv.payloads import WEEK, answered
from portal.sandbox.messages import Answer, Refusal, Request

LATEST = 2**33
WINDOW = {"minDate": (0, LATEST, None), "maxDate": (0, LATEST, None), "limit": (1, 100, 100)}


def leads(request: Request, account: Account) -> Answer:
    """200 for the last page, 206 where more follow, 404 for a window without leads."""
    payloads.allow(request, *WINDOW, "start")
    asked = payloads.numbers(request, WINDOW)
    if not 0 <= asked["maxDate"] - asked["minDate"] <= WEEK:
        raise Refusal(400, "maxDate must not be before minDate, nor more than 7 days after it")
    start = dict(request.query).get("start")
    after = _start(account, start) if start is not None else None
    found, more = account.leads.between(asked["minDate"], asked["maxDate"], after, asked["limit"])
    if not found:
        raise Refusal(404, "No leads found")
    address = f"{account.address}/leads"
    links = {"self": f"{address}?{urlencode(request.query)}"}
    if more and account.links_next:
        links["next"] = f"{address}?{urlencode({**asked, 'start': found[-1].id})}"
    page = {
        "metadata": {"limit": asked["limit"], "count": len(found)},
        "links": links,
        "items": [account.leads.document(lead) for lead in found],
    }
    return answered(page, 206 if more else 200)


def lead(request: Request, account: Account, lead_id: str) -> Answer:
    payloads.allow(request)
    found = account.leads.get(lead_id)
    if found is None:
        raise Refusal(404, "Lead not found")
    return answered(account.leads.document(found))


def create_lead(request: Request, account: Account) -> Answer:
    """Not idempotent: the same body twice makes two leads."""
    payloads.allow(request)
    account.post_lead(payloads.read(request, payloads.LEAD))
    return answered({"title": "Lead submitted successfully", "requestId": str(uuid4())})


def _start(account: Account, lead_id: str) -> Lead:
    found = account.leads.get(lead_id)
    if found is None:
        raise Refusal(400, "start is no known lead")
    return found
