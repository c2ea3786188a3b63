"""Every operation, with keys of two agencies: what is foreign is not there, and nothing is done to it.

The operations come from the OpenAPI document, so that a new one without an entry here fails.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.partners import keys
from estates.webhooks.models import Subscription
from portal.api.api import api
from tests import canaries
from tests.portal.api.conftest import BUYER, LEAD

OWN, FOREIGN = "Colibri", "Flamingo"
BASE = "/api/v1"


@dataclass(frozen=True)
class Call:
    """`row` names the canary whose `attribute` fills the path, `inner` the one for a second place in it.

    `query` and `body` are as they are sent. In a query, `{name}` stands for a canary's key; a body may be made of
    the canaries. `refused` is what the other agency's key is answered. What `alone` names neither shows nor touches
    anything that is there.
    """

    row: str = ""
    attribute: str = "pk"
    inner: str = ""
    query: str = ""
    body: Any = None
    content_type: str = "application/json"
    refused: int = 404
    lists: bool = field(default=False)
    alone: bool = field(default=False)


WINDOW = "minDate={now}&maxDate={then}"
XML = b"<openimmo/>"
WEBHOOK = "/webhook/subscriptions/{subscription_id}"
FILE = "application/octet-stream"
TICKET = {"subject": "x", "message": "x"}
CALLS = {
    ("get", "/estates"): Call(lists=True),
    ("get", "/estates/{estate_id}"): Call("estate", "remote_id"),
    ("put", "/estates/{estate_id}/url"): Call("estate", "remote_id", body={"url": "https://www.example.fr/"}),
    ("post", "/estates/{estate_id}/replay"): Call("estate", "remote_id"),
    ("put", "/estates/{estate_id}/lead"): Call("estate", "remote_id", body=BUYER),
    ("post", "/feeds/openimmo"): Call(
        query="connection={seeki}", body=XML, content_type="application/xml", refused=422
    ),
    ("post", "/feeds/idealista"): Call(
        query="connection={seeki}", body=XML, content_type="application/xml", refused=422
    ),
    ("get", "/feeds/{feed_id}"): Call("feed"),
    ("get", "/leads"): Call(query=WINDOW, lists=True),
    ("post", "/leads"): Call(query="connection={aviv}", body=LEAD, refused=422),
    ("get", "/leads/{lead_id}"): Call("lead"),
    ("put", "/leads/{lead_id}/state"): Call("lead", body={"state": "won", "seen": "new"}),
    ("post", "/leads/{lead_id}/notes"): Call("lead", body={"note": "x"}),
    ("get", "/jobs/{job_id}"): Call("job"),
    ("get", "/sites"): Call(lists=True),
    ("get", "/sites/{site_id}"): Call("site"),
    ("post", "/sites/{site_id}/activate"): Call("site"),
    ("post", "/sites/{site_id}/deactivate"): Call("site"),
    ("post", "/sites/{site_id}/replay"): Call("site"),
    ("get", "/sites/{site_id}/plugins"): Call("site"),
    ("get", "/sites/{site_id}/plugins/{plugin_id}/download"): Call("site", inner="plugin"),
    ("get", "/syndication/{external_id}"): Call("listing", "external_id"),
    ("get", "/webhook/subscriptions"): Call(lists=True),
    ("post", "/webhook/subscriptions"): Call(body={"url": "https://example.com/"}, alone=True),
    ("get", WEBHOOK): Call("webhook", "public_id"),
    ("put", WEBHOOK): Call("webhook", "public_id", body={"status": "INACTIVE"}),
    ("delete", WEBHOOK): Call("webhook", "public_id"),
    ("get", f"{WEBHOOK}/audit"): Call("webhook", "public_id"),
    ("post", f"{WEBHOOK}/secret"): Call("webhook", "public_id"),
    ("post", f"{WEBHOOK}/replay"): Call(
        "webhook", "public_id", body={"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    ),
    ("get", "/support/tickets"): Call(lists=True),
    ("get", "/support/tickets/{ticket_id}"): Call("ticket"),
    ("get", "/support/attachments/{attachment_id}"): Call("attachment"),
    ("post", "/support/attachments"): Call(query="filename=x.txt", body=b"x", content_type=FILE, alone=True),
    ("post", "/support/tickets"): Call(
        body=lambda rows: TICKET | {"attachments": [rows["partner attachment"].pk]}, refused=422
    ),
    ("post", "/support/tickets/{ticket_id}/comments"): Call("ticket", body={"comment": "x"}),
    ("post", "/support/tickets/{ticket_id}/close"): Call("ticket"),
}


def operations() -> set[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    return {(method, path.removeprefix(BASE)) for path, item in paths.items() for method in item}


def test_every_operation_has_an_entry_and_every_entry_an_operation():
    assert operations() == CALLS.keys()


@pytest.fixture
def filled(agency, other_agency):
    """The canaries of two agencies."""
    return canaries.fill(agency, OWN), canaries.fill(other_agency, FOREIGN)


def send(client, method, path, call: Call, rows):
    names = re.findall(r"\{\w+\}", path)
    for name, row in zip(names, (call.row, call.inner)[: len(names)], strict=True):
        path = path.replace(name, str(getattr(rows[row], call.attribute)))
    sent = client.defaults
    token = sent.get("HTTP_X_API_KEY") or sent.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    if key := keys.found(token):
        # A key sees the webhooks that it asked for: here those of its agency.
        Subscription.objects.for_agency(key.agency).update(partner_key=key)
    now = int(rows["lead"].received_at.timestamp())
    query = call.query.format(now=now, then=now + 60, **{key: rows[key].pk for key in ("seeki", "aviv")})
    body = call.body(rows) if callable(call.body) else call.body
    options = {} if body is None else {"data": body, "content_type": call.content_type}
    return getattr(client, method)(f"{BASE}{path}?{query}".rstrip("?"), **options)


def shown(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return " ".join(f"{name}: {value}" for name, value in answer.items()) + content.decode(errors="replace")


WITH_IDS = [(*which, call) for which, call in CALLS.items() if not call.lists and not call.alone]
LISTS = [(*which, call) for which, call in CALLS.items() if call.lists]
ALONE = [(*which, call) for which, call in CALLS.items() if call.alone]


@pytest.mark.parametrize(("method", "path", "call"), WITH_IDS)
class TestIds:
    def test_what_is_foreign_is_not_there(self, agency, other_agency, partner, filled, method, path, call):
        _own, foreign = filled
        client, before = partner(agency), canaries.dump(other_agency)
        answer = send(client, method, path, call, foreign)
        assert answer.status_code == call.refused
        assert "error" in answer.json()
        if "{" not in path:
            assert FOREIGN.lower() not in shown(answer).lower()
        assert canaries.dump(other_agency) == before

    def test_it_is_answered_like_what_was_never_there(
        self, agency, other_agency, partner, filled, method, path, call
    ):
        client = partner(agency)
        answer = send(client, method, path, call, filled[1])
        missing = {key: _Missing(row) for key, row in filled[1].items()}
        never = send(client, method, path, call, missing)
        assert (never.status_code, never.content) == (answer.status_code, answer.content)

    def test_its_own_key_opens_it(self, agency, partner, filled, method, path, call):
        """Else the tests above would prove nothing."""
        answer = send(partner(agency), method, path, call, filled[0])
        content = shown(answer)
        assert 200 <= answer.status_code < 300, content
        answer.close()


class _Missing:
    """A row's shape, with a key and names that nobody has."""

    def __init__(self, row):
        self.row, self.pk = row, 987654321
        self.remote_id = self.external_id = "nobody"
        self.public_id = "n" * 22

    def __getattr__(self, name):
        return getattr(self.row, name)


@pytest.mark.parametrize(("method", "path", "call"), ALONE)
def test_what_stands_alone_touches_nothing_foreign(agency, other_agency, partner, filled, method, path, call):
    before = canaries.dump(other_agency)
    answer = send(partner(agency), method, path, call, filled[0])
    assert 200 <= answer.status_code < 300, answer.content
    assert FOREIGN.lower() not in shown(answer).lower()
    assert canaries.dump(other_agency) == before


@pytest.mark.parametrize(("method", "path", "call"), LISTS)
def test_lists_hold_nothing_foreign(agency, other_agency, partner, filled, method, path, call):
    before = canaries.dump(other_agency)
    answer = send(partner(agency), method, path, call, filled[0])
    assert answer.status_code == 200
    assert OWN.lower() in shown(answer).lower()
    assert FOREIGN.lower() not in shown(answer).lower()
    assert canaries.dump(other_agency) == before


@pytest.mark.parametrize(("method", "path", "call"), [*WITH_IDS, *LISTS, *ALONE])
def test_without_a_key_nobody_is_told_what_there_is(client, filled, method, path, call):
    answer = send(client, method, path, call, filled[1])
    assert answer.status_code == 401
    assert answer.json()["message"] == ["Unauthorized"]
