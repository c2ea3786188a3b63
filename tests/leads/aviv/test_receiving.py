import hmac
import io
from hashlib import sha256

import pytest
from django.core.signals import request_started
from django.db import close_old_connections
from django.db import connection as db
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from estates.leads.aviv import receiving
from estates.leads.models import WebhookCall, WebhookSubscription
from portal.wsgi import application
from tests.owning import owning

pytestmark = pytest.mark.django_db
KEY = "key-of-the-subscription-0123456789"


@pytest.fixture(autouse=True)
def nobody_is_remembered():
    receiving._callers.clear()
    yield
    receiving._callers.clear()


@pytest.fixture
def subscription(agency, connected, subscribed):
    return subscribed(connected(agency, "aviv", "aviv_token_0123"), KEY)


@pytest.fixture
def address(subscription):
    return reverse("webhooks:aviv", args=[subscription.opaque])


@pytest.fixture
def post(address):
    def send(body=b'{"leadId": "1"}', content_type="application/json", to=address, **headers):
        return Client(enforce_csrf_checks=True).generic("POST", to, body, content_type, headers=headers)

    return send


def kept(agency) -> list[bytes]:
    return [bytes(call.body) for call in WebhookCall.objects.for_agency(agency).order_by("pk")]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer   {KEY} "},
        {"Authorization": KEY},
        {"x-api-key": KEY},
        {"X-Api-Key": KEY, "Authorization": "Basic eDp5"},
    ],
)
def test_the_key_is_found_wherever_it_may_stand(agency, post, headers):
    answer = post(**headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert kept(agency) == [b'{"leadId": "1"}']


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {KEY}"},
        {"x-api-key": KEY[:-1]},
        {"x-api-key": KEY + "x"},
        {"x-api-key": "é" * 9},
        {"Authorization": "Bearer x", "x-api-key": KEY},
    ],
)
def test_any_other_key_is_refused_and_nothing_stored(agency, post, headers):
    answer = post(**headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert kept(agency) == []


def test_an_unknown_address_is_refused_like_a_wrong_key(agency, post):
    known = post(**{"x-api-key": "wrong"})
    unknown = post(to=reverse("webhooks:aviv", args=["nobody-is-here"]), **{"x-api-key": KEY})
    assert (unknown.status_code, unknown.content, dict(unknown.items())) == (
        known.status_code,
        known.content,
        dict(known.items()),
    )


def test_a_known_and_an_unknown_address_cost_the_same_work(post, monkeypatch):
    opened = []
    monkeypatch.setattr(
        receiving, "unseal", lambda sealed, real=receiving.unseal: opened.append(1) or real(sealed)
    )
    queries = []
    for to in ({}, {"to": reverse("webhooks:aviv", args=["nobody-is-here"])}):
        with CaptureQueriesContext(db) as seen:
            post(**to, **{"x-api-key": "wrong"})
        queries.append(len(seen))
    assert queries == [1, 1]
    assert len(opened) == 2


def test_a_call_costs_one_look_and_one_row_and_soon_after_the_row_alone(post):
    with CaptureQueriesContext(db) as seen:
        assert post(**{"x-api-key": KEY}).status_code == 200
        assert post(**{"x-api-key": KEY}).status_code == 200
    assert [query["sql"].split()[0] for query in seen if "SAVEPOINT" not in query["sql"]] == [
        "SELECT",
        "INSERT",
        "INSERT",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\xff\xfe",
        b"[" * 60_000,
        b'{"leadId": "\\ud800"}',
        b"<x/>",
        "é".encode("latin-1"),
        b"x" * 65_536,
    ],
)
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain; charset=utf-16", "", "multipart/form-data"]
)
def test_whatever_a_call_holds_is_kept_as_it_came(agency, post, body, content_type):
    assert post(body, content_type, **{"x-api-key": KEY}).status_code == 200
    assert kept(agency) == [body]


def test_more_than_any_call_is_not_read(agency, post):
    assert post(b"x" * 65_537, **{"x-api-key": KEY}).status_code == 413
    assert kept(agency) == []


def test_a_signature_that_comes_along_must_be_right(agency, post):
    body = b'{"leadId": "7"}'
    right = hmac.new(KEY.encode(), body, sha256).hexdigest()
    assert post(body, **{"x-api-key": KEY, "X-Signature": right}).status_code == 200
    assert post(body, **{"x-api-key": KEY, "X-Signature": "0" * 64}).status_code == 401
    assert post(body, **{"x-api-key": KEY, "X-Signature": ""}).status_code == 401
    assert len(kept(agency)) == 1


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_only_what_is_posted_is_taken(agency, address, method):
    assert getattr(Client(), method)(address, headers={"x-api-key": KEY}).status_code == 405
    assert kept(agency) == []


def test_removed_ones_are_unknown(agency, post, subscription):
    WebhookSubscription.objects.for_agency(agency).update(wanted="GONE")
    assert post(**{"x-api-key": KEY}).status_code == 401
    WebhookSubscription.objects.for_agency(agency).update(wanted="INACTIVE")
    assert post(**{"x-api-key": KEY}).status_code == 200
    receiving._callers.clear()
    type(subscription.connection).objects.for_agency(agency).update(removed_at=timezone.now())
    assert post(**{"x-api-key": KEY}).status_code == 401


def test_who_was_let_in_is_not_let_in_with_another_key_or_elsewhere(post):
    assert post(**{"x-api-key": KEY}).status_code == 200
    assert post(**{"x-api-key": "wrong"}).status_code == 401
    assert post(to=reverse("webhooks:aviv", args=["elsewhere"]), **{"x-api-key": KEY}).status_code == 401


def test_the_right_key_is_forgotten_after_seconds(agency, post, monkeypatch):
    assert post(**{"x-api-key": KEY}).status_code == 200
    WebhookSubscription.objects.for_agency(agency).update(wanted="GONE")
    assert post(**{"x-api-key": KEY}).status_code == 200
    now = receiving.time.monotonic()
    monkeypatch.setattr(receiving.time, "monotonic", lambda: now + receiving.REMEMBERED + 1)
    assert post(**{"x-api-key": KEY}).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_what_was_deleted_a_moment_ago_is_refused(agency, post):
    assert post(**{"x-api-key": KEY}).status_code == 200
    WebhookSubscription.objects.for_agency(agency).delete()
    assert post(**{"x-api-key": KEY}).status_code == 401
    assert kept(agency) == []


@pytest.mark.django_db(transaction=True)
def test_a_database_that_came_back_is_used_again(agency, post):
    """The connection that a thread holds may be long dead."""
    assert post(**{"x-api-key": KEY}).status_code == 200
    if db.vendor == "postgresql":
        with db.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (process,) = cursor.fetchone()
        other = db.copy()
        with owning(other) as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [process])
        other.close()
    assert post(**{"x-api-key": KEY}).status_code == 200
    assert len(kept(agency)) == 2


def test_no_session_is_begun_and_no_cookie_set(post):
    answer = post(**{"x-api-key": KEY})
    assert not answer.cookies
    assert "Location" not in answer


def test_a_flood_is_kept_up_to_a_limit(agency, post, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_WAITING", 5)
    monkeypatch.setattr(receiving, "COUNTED_EVERY", 1)
    monkeypatch.setattr(receiving, "REMEMBERED", 0)
    for _ in range(9):
        assert post(**{"x-api-key": KEY}).status_code == 200
    assert len(kept(agency)) == 5
    assert WebhookSubscription.objects.for_agency(agency).get().is_flooded


@pytest.mark.parametrize("charset", ["hex", "latin-1", "utf-16"])
def test_the_gate_lets_machines_send_what_they_like(agency, address, charset):
    """Through the server's own door, and without a length, as chunked bodies come."""
    said = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": address,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": f"application/json; charset={charset}",
        "HTTP_X_API_KEY": KEY,
        "wsgi.input": io.BytesIO(b"chunks"),
        "wsgi.input_terminated": True,
        "wsgi.url_scheme": "http",
    }
    request_started.disconnect(close_old_connections)
    try:
        application(environ, lambda status, headers: said.append(status))
    finally:
        request_started.connect(close_old_connections)
    assert said == ["200 OK"]
    assert kept(agency) == [b"chunks"]
