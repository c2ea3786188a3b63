"""Each of the fifteen operations: what goes over the wire, to the letter, and what is made of the answer."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256

import pytest

from estates.remotes.errors import Malformed, NotFound, Refused, RemoteError, Untrusted
from estates.remotes.ts_immo_answers import Plugin
from estates.remotes.ts_immo_estates import UnreadableEstate
from estates.remotes.ts_immo_requests import Attachment, Buyer, EstateSearch, Phone, Reporter

from .conftest import KEY
from .misbehaving import MisbehavingServer, http

REPORTER = Reporter("admin", "admin@your-site.com", "Site Admin")
REPORTER_JSON = {"username": "admin", "mail": "admin@your-site.com", "display_name": "Site Admin"}
OK = http(200, b'{"success": true}')
FILE = partial(io.BytesIO, b"\x89P")
BYTES = b"PK\x03\x04 a plugin" * 9000


def sent(server, index=-1):
    """Method, target, headers by lower-case name, and the body of a request."""
    head, _, body = server.requests[index].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert headers["x-ts-immo-key"] == KEY
    assert headers["user-agent"] == "Passerelle/1.0"
    return method, target, headers, json.loads(body) if body else None


def line(server, index=-1):
    return sent(server, index)[:2]


WRITES = {
    "set_public_url": (
        lambda c: c.set_public_url("e-1", "https://x.example/a"),
        ("PUT", "/v1/estates/e-1/url", {"url": "https://x.example/a"}),
    ),
    "replay_estate": (lambda c: c.replay_estate("e-1"), ("POST", "/v1/estates/e-1/replay", None)),
    "comment": (
        lambda c: c.comment("t-1", "Merci", REPORTER),
        ("POST", "/v1/support/t-1/comment", {"comment": "Merci", "reporter": REPORTER_JSON}),
    ),
    "close_ticket": (
        lambda c: c.close_ticket("t-1", "a.example"),
        ("POST", "/v1/support/support/t-1/close?domain=a.example", None),
    ),
    "deactivate_site": (
        lambda c: c.deactivate_site("a.example"),
        ("POST", "/v1/sites/deactivate", {"domain": "a.example"}),
    ),
    "replay_all": (lambda c: c.replay_all(), ("POST", "/v1/sites/replay", None)),
    "open_ticket": (
        lambda c: c.open_ticket(
            "a.example", "Subject", "Text", REPORTER, [Attachment("a.png", "image/png", 2, FILE)]
        ),
        (
            "POST",
            "/v1/support/",
            {
                "domain": "a.example",
                "subject": "Subject",
                "message": "Text",
                "reporter": REPORTER_JSON,
                "attachments": [{"filename": "a.png", "mime_type": "image/png", "content_base64": "iVA="}],
            },
        ),
    ),
    "send_lead": (
        lambda c: c.send_lead(
            "e-1", Buyer("s-1", lastname="Dupont", phones=(Phone("+33612345678"),), lang="fr")
        ),
        (
            "PUT",
            "/v1/estates/e-1/lead",
            {
                "streamId": "s-1",
                "lastname": "Dupont",
                "phones": [{"number": "+33612345678", "type": "mobile"}],
                "lang": "fr",
            },
        ),
    ),
}


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("answer", [OK, http(204), http(201, b'{"data": {"id": "n-1"}}'), http(200, b"null")])
def test_a_write(operation, answer, client, server, answers):
    call, expected = WRITES[operation]
    server.answers(answer)
    acknowledged = call(client)
    method, target, headers, body = sent(server)
    assert (method, target, body) == expected
    assert headers.get("content-type") == ("application/json" if body else None)
    assert acknowledged.remote_id == ("n-1" if b"n-1" in answer else "")
    assert [(a.operation, a.error) for a in answers] == [(operation, None)]


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_is_sent_once_whatever_happens(operation, client, server):
    server.answers(http(500, b'{"message": "later"}'))
    with pytest.raises(Exception, match="later"):
        WRITES[operation][0](client)
    assert len(server.requests) == 1


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_answered_by_success_false_is_refused(operation, client, server):
    server.answers(http(200, b'{"success": false, "error_message": "not today"}'))
    with pytest.raises(Refused, match="not today"):
        WRITES[operation][0](client)


def test_close_tries_the_single_form_once(client, server):
    server.answers(http(404), OK)
    client.close_ticket("t-1", "a.example")
    assert line(server, 0) == ("POST", "/v1/support/support/t-1/close?domain=a.example")
    assert line(server, 1) == ("POST", "/v1/support/t-1/close?domain=a.example")
    server.answers(http(404))
    with pytest.raises(NotFound):
        client.close_ticket("t-1", "a.example")
    assert len(server.requests) == 4


def test_search_sends_all_filters(client, server):
    server.answers(http(200, b'{"data": [], "total": "0", "page": 1, "limit": 20}'))
    search = EstateSearch(
        "vue mer", "house", "villa", "sale", "available", 100, Decimal("2E+5"), 20, Decimal("99.5"), 3, 2,
        "Saint-Malo & co", "35400", "FR", "Bretagne", True, False,
    )  # fmt: skip
    page = client.search_estates(search, page=2, limit=20, orderby="price", order="ASC")
    assert line(server) == (
        "GET",
        "/v1/estates?query=vue+mer&type=house&sub_type=villa&offer_type=sale&status=available&min_price=100"
        "&max_price=200000&min_surface=20&max_surface=99.5&bedrooms=3&bathrooms=2&city=Saint-Malo+%26+co"
        "&postal_code=35400&country=FR&region=Bretagne&featured=true&is_project=false"
        "&page=2&limit=20&orderby=price&order=ASC",
    )
    assert (page.items, page.total, page.page, page.limit, page.is_last) == ((), 0, 2, 20, True)


def test_search_reads_on_past_the_unreadable(client, server):
    body = {"data": [{"id": "a"}, {"reference": "no id"}, 7, {"id": "b"}], "total": 12, "page": 1, "limit": 4}
    server.answers(http(200, json.dumps(body).encode()))
    page = client.search_estates({"city": "Paris"})
    assert "city=Paris&" in line(server)[1]
    assert [getattr(item, "remote_id", None) for item in page.items] == ["a", None, None, "b"]
    assert page.items[1] == UnreadableEstate(b'{"reference":"no id"}', "no usable id", 1)
    assert page.items[2] == UnreadableEstate(b"7", "not an object", 2)
    assert page.limit == 4
    assert not page.is_last


@pytest.mark.parametrize(
    ("total", "last"), [(101, False), (100, True), (None, False), ("many", False), (-1, False)]
)
def test_which_page_is_the_last(total, last, client, server):
    server.answers(http(200, json.dumps({"data": [{"id": "a"}], "total": total, "limit": 0}).encode()))
    assert client.search_estates().is_last is last


@pytest.mark.parametrize("bad", [{"page": 0}, {"limit": 0}, {"limit": 101}, {"order": "up"}])
def test_search_is_exact_in_what_it_sends(bad, client, server):
    with pytest.raises(ValueError, match="1 to 100"):
        client.search_estates(**bad)
    with pytest.raises(TypeError):
        client.search_estates({"colour": "red"})
    assert server.requests == []


@pytest.mark.parametrize(
    "body", [b'{"id": "e 1", "reference": "R"}', b'{"data": {"id": "e 1", "reference": "R"}}']
)
def test_estate(body, client, server):
    server.answers(http(200, body))
    assert client.estate("e 1").reference == "R"
    assert line(server) == ("GET", "/v1/estates/e%201")


def test_estate_without_id_is_malformed(client, server):
    server.answers(http(200, b'{"message": "here you are"}'))
    with pytest.raises(Malformed, match="here you are"):
        client.estate("e-1")


@pytest.mark.parametrize("bad", ["", "..", ".", " ", "...", "x" * 201])
def test_an_id_that_leaves_the_path_is_refused(bad, client, server):
    with pytest.raises(Refused):
        client.estate(bad)
    assert server.requests == []


@pytest.mark.parametrize(
    ("hostile", "quoted"),
    [
        ("../sites/replay", "..%2Fsites%2Freplay"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("%2e%2e", "%252e%252e"),
        ("é\r\n", "%C3%A9%0D%0A"),
    ],
)
def test_a_hostile_id_stays_one_segment(hostile, quoted, client, server):
    server.answers(http(404))
    with pytest.raises(NotFound):
        client.estate(hostile)
    assert line(server) == ("GET", f"/v1/estates/{quoted}")


@pytest.mark.parametrize("wrapper", [None, "data", "tickets"])
def test_tickets(wrapper, client, server):
    items = [{"id": "t-1", "subject": "S", "status": "DONE", "created_at": "2025-01-15T10:30:00Z"}, {"id": 2}]
    server.answers(http(200, json.dumps({wrapper: items} if wrapper else items).encode()))
    first, second = client.tickets("a.example")
    assert line(server) == ("GET", "/v1/support/?domain=a.example")
    assert (first.remote_id, first.subject, first.is_final) == ("t-1", "S", True)
    assert first.created_at == datetime(2025, 1, 15, 10, 30, tzinfo=UTC)
    assert (second.remote_id, second.status, second.is_final, second.raw) == ("2", "", False, b'{"id":2}')


@pytest.mark.parametrize(
    "body", [b'{"odd": 1}', b'[{"subject": "no id"}]', b'[{"id": "a"}, null]', b'{"data": 7}']
)
def test_a_list_with_a_gap_is_malformed(body, client, server):
    server.answers(http(200, body))
    with pytest.raises(Malformed):
        client.tickets("a.example")
    with pytest.raises(Malformed):
        client.plugins("a.example")


@pytest.mark.parametrize(
    "body", [b'{"id": "t-1", "status": "CLOSED"}', b'{"ticket": {"id": "t-1", "status": "CLOSED"}}']
)
def test_ticket(body, client, server):
    server.answers(http(200, body), http(200, b"{}"))
    assert client.ticket("t-1", "a.example").is_final
    assert line(server) == ("GET", "/v1/support/t-1?domain=a.example")
    with pytest.raises(Malformed):
        client.ticket("t-1", "a.example")


@pytest.mark.parametrize("theme", [None, "th-1"])
def test_activate_site(theme, client, server):
    body = {"success": True, "plan": "professional", "expires_at": "2026-12-31", "max_properties": 50000}
    server.answers(http(200, json.dumps(body).encode()))
    activation = client.activate_site("a.example", "pk", theme)
    expected = {"domain": "a.example", "plugin_auth_key": "pk"} | ({"theme_id": theme} if theme else {})
    assert sent(server)[1::2] == ("/v1/sites/activate", expected)
    assert (activation.plan, activation.max_properties) == ("professional", 50000)
    assert activation.expires_at == datetime(2026, 12, 31, tzinfo=UTC)


def test_activation_may_be_refused_with_a_200(client, server):
    server.answers(http(200, b'{"success": false, "plan": null, "error_message": "Unknown key"}'))
    with pytest.raises(Refused, match="Unknown key"):
        client.activate_site("a.example", "pk")


def test_plugins(client, server):
    item = {
        "id": "p-1",
        "name": "sync",
        "version": "2.1.0",
        "shortcodes": ["a", "b"],
        "file_url": "javascript:x",
    }
    server.answers(http(200, json.dumps([item]).encode()))
    assert client.plugins("a.example") == (Plugin("p-1", "sync", "", "2.1.0", ("a", "b"), "", ""),)
    assert line(server) == ("GET", "/v1/plugins/plugins?domain=a.example")


def plugin(file_url="", signature=None, data=BYTES):
    return Plugin("p-1", "sync", "", "1", (), signature or f"sha256:{sha256(data).hexdigest()}", file_url)


@pytest.mark.parametrize("path", ["", "/plugins/plugins/p-1/download"])
def test_download(path, client, server):
    server.answers(http(200, BYTES))
    to = io.BytesIO(b"kept ")
    to.seek(5)
    assert client.download_plugin(plugin(path and server.url + path), "a.example", to) == len(BYTES)
    assert to.getvalue() == b"kept " + BYTES
    assert line(server) == ("GET", "/v1/plugins/plugins/p-1/download?domain=a.example")


BAD_DOWNLOADS = {
    "other bytes": http(200, BYTES[:-1] + b"!"),
    "cut short": [http(200, BYTES[:-9], length=len(BYTES)), MisbehavingServer.RESET],
    "refused": http(403, b'{"message": "no"}'),
    "redirect": http(302, Location="https://cdn.example/x"),
}


@pytest.mark.parametrize("name", BAD_DOWNLOADS)
def test_a_bad_download_leaves_nothing(name, client, server, answers):
    server.answers(BAD_DOWNLOADS[name])
    to = io.BytesIO(b"kept ")
    to.seek(5)
    with pytest.raises(RemoteError) as caught:
        client.download_plugin(plugin(), "a.example", to)
    assert to.getvalue() == b"kept "
    assert [answer.error for answer in answers] == [caught.value]


def test_other_bytes_are_kept_as_evidence_without_words_and_without_the_key(client, server):
    sent_back = f"<p>{KEY}</p>".encode() + b"x" * 3_000_000
    server.answers(http(200, sent_back))
    with pytest.raises(Untrusted) as caught:
        client.download_plugin(plugin(), "a.example", io.BytesIO())
    error = caught.value
    assert (error.sha256, error.size) == (sha256(sent_back).hexdigest(), len(sent_back))
    assert error.body.startswith(b"<p>[key removed]</p>xxx")
    assert len(error.body) <= 2_000_000
    assert error.raw == error.body[:65536]
    assert error.words == ""


@pytest.mark.parametrize(
    "signature", ["sha256:" + "AB" * 32, " sha256: " + "ab" * 32 + " ", "SHA256:" + "ab" * 32]
)
def test_a_signature_is_read_in_any_spelling(signature):
    assert plugin(signature=signature).sha256 == "ab" * 32


@pytest.mark.parametrize(
    "signature", ["md5:abc", "sha256:", "abc", "sha256:" + "0" * 63, "sha256:" + "x" * 64]
)
def test_a_plugin_without_a_usable_signature_is_not_fetched(signature, client, server):
    with pytest.raises(Malformed, match="signature"):
        client.download_plugin(plugin(signature=signature), "a.example", io.BytesIO())
    assert server.requests == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_file_elsewhere_gets_no_key_and_reaches_no_private_address(scheme, client, server):
    elsewhere = server.url.replace("http", scheme).replace("/v1", "/v2/file")
    with pytest.raises(Exception, match=r"neither its own nor on https|not a public one"):
        client.download_plugin(plugin(elsewhere), "a.example", io.BytesIO())
    assert server.requests == []
