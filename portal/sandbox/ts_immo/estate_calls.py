"""The five operations on estates (ts-immo.txt, "Estates")."""

from __future__ import annotations

from portal.sandbox.messages import Answer, Refusal, Request, json_answer
from portal.sandbox.routing import Route
from portal.sandbox.ts_immo import payloads
from portal.sandbox.ts_immo.account import Account, Lead
from portal.sandbox.ts_immo.identifiers import identifier, require_uuid
from portal.sandbox.ts_immo.search import parse, window
from portal.sandbox.ts_immo.stock import Estate


def search_estates(request: Request, account: Account) -> Answer:
    """One page: `{data, total, page, limit}`. Then the stock drifts, if it was told to."""
    answer = page_of(request, account)
    drift = account.stock.drift
    if drift > 0:
        account.stock.add(drift)
    elif drift:
        account.stock.remove_newest(-drift)
    return answer


def page_of(request: Request, account: Account, overlap: int = 0) -> Answer:
    """The page, from `overlap` estates earlier on, and as many more in the total."""
    search = parse(request.query)
    estates = account.results.of(search)
    start, end = window(len(estates), search, overlap)
    data = b",".join([estate.json(account.stock.base) for estate in estates[start:end]])
    numbers = (len(estates) + overlap, search.page, search.limit)
    return Answer(body=b'{"data":[%b],"total":%d,"page":%d,"limit":%d}' % (data, *numbers))


def estate(request: Request, account: Account, estate_id: str) -> Answer:
    return Answer(body=_estate(account, estate_id).json(account.stock.base))


def set_public_url(request: Request, account: Account, estate_id: str) -> Answer:
    found = _estate(account, estate_id)
    url = payloads.read(request, payloads.PUBLIC_URL)["url"]
    account.stock.change(found.id, public_url=url)
    return json_answer({"success": True, "id": found.id, "url": url})


def send_lead(request: Request, account: Account, estate_id: str) -> Answer:
    """Creates a contact, or updates the one of the same `streamId`."""
    found = _estate(account, estate_id)
    buyer = payloads.read(request, payloads.BUYER)
    stream = buyer["streamId"]
    with account.lock:
        lead = account.leads.get(stream)
        if lead is None:
            lead = account.leads[stream] = Lead(identifier(account.slug, "contact", stream), found.id, buyer)
        else:
            lead.buyer, lead.estate_id, lead.submissions = buyer, found.id, lead.submissions + 1
    return json_answer({"success": True, "contact_id": lead.contact_id, "created": lead.submissions == 1})


def replay_estate(request: Request, account: Account, estate_id: str) -> Answer:
    found = _estate(account, estate_id)
    payloads.require_no_body(request)
    account.replay(found.id)
    return json_answer({"success": True})


def _estate(account: Account, estate_id: str) -> Estate:
    found = account.stock.get(require_uuid(estate_id))
    if found is None:
        raise Refusal(404, "Estate not found")
    return found


ROUTES = (
    Route("search_estates", "GET", "/estates", search_estates),
    Route("estate", "GET", "/estates/{estate_id}", estate),
    Route("set_public_url", "PUT", "/estates/{estate_id}/url", set_public_url),
    Route("send_lead", "PUT", "/estates/{estate_id}/lead", send_lead),
    Route("replay_estate", "POST", "/estates/{estate_id}/replay", replay_estate),
)
