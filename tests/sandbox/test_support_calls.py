"""Tickets: open, list, read, comment, close, with the document's paths to the letter."""

import base64
import json
from hashlib import sha256
from uuid import uuid4

import pytest

from portal.sandbox.inbox import BODY_BYTES
from portal.sandbox.ts_immo.tickets import Ticket

DOMAIN = "www.agence-martin.example"
REPORTER = {"username": "admin", "mail": "admin@agence-martin.example", "display_name": "Gaël O'Brien"}
TICKET = {
    "domain": DOMAIN,
    "subject": "Synchronisation",
    "message": "Le bien n'apparaît pas.",
    "reporter": REPORTER,
}


@pytest.fixture
def ticket(martin):
    answer = martin.post("/support/", json=TICKET)
    assert answer.status_code == 200
    return answer.json()


def listed(caller, domain=DOMAIN):
    return caller.get("/support/", params={"domain": domain}).json()


def test_a_new_ticket_waits_for_support(martin, ticket):
    assert ticket["status"] == "WAITING_FOR_SUPPORT"
    assert ticket["comments"] == []
    assert {name: ticket[name] for name in TICKET} == TICKET
    assert listed(martin) == [ticket]
    assert martin.get(f"/support/{ticket['id']}", params={"domain": DOMAIN}).json() == ticket


def test_opening_is_not_idempotent(martin):
    ids = {martin.post("/support/", json=TICKET).json()["id"] for _ in range(2)}
    assert {ticket["id"] for ticket in listed(martin)} == ids
    assert len(ids) == 2


def test_attachments_are_measured_not_returned(box, martin):
    png = b"\x89PNG" + b"x" * 1000
    content = base64.b64encode(png).decode()
    sent = {"filename": "capture d'écran.png", "mime_type": "image/png", "content_base64": content}
    shown = martin.post("/support/", json={**TICKET, "attachments": [sent]}).json()
    assert shown["attachments"] == [
        {"filename": "capture d'écran.png", "mime_type": "image/png", "size": 1004}
    ]
    [kept] = box.account("martin").tickets[shown["id"]].attachments
    assert kept == {**shown["attachments"][0], "sha256": sha256(png).hexdigest()}


def test_a_ticket_of_a_hundred_megabytes_leaves_names_and_digests(box, martin):
    piece = b"0123456789abcde" * 5  # its Base64 ends where it ends
    encoded, times = base64.b64encode(piece), 335_000
    head = json.dumps({**TICKET, "attachments": []}).encode()[:-2]
    about = b'{"filename": "a.zip", "mime_type": "application/zip", "content_base64": "'
    files = b", ".join(about + encoded * times + b'"}' for _ in range(3))
    body = head + files + b"]}"
    assert len(body) > 100_000_000
    answer = martin.post("/support/", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    digest = sha256(piece * times).hexdigest()
    [kept] = box.account("martin").tickets.values()
    assert [(f["size"], f["sha256"]) for f in kept.attachments] == [(75 * times, digest)] * 3
    assert len(box.received[-1].body) == BODY_BYTES
    assert len(answer.content) < 2_000


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"domain": "https://www.x.fr/"}, "domain must be a domain name"),
        ({"domain": None}, "domain should not be empty"),
        ({"subject": ""}, "subject must be a string"),
        ({"message": 5}, "message must be a string"),
        ({"reporter": "admin"}, "reporter must be an object"),
        ({"reporter": {"username": "a"}}, "reporter mail should not be empty"),
        ({"attachments": {}}, "attachments must be an array"),
        *(
            (
                {"attachments": [{"filename": "a", "mime_type": "b", "content_base64": wrong}]},
                "attachments [0] content_base64",
            )
            for wrong in ("%", "%%%%", "QUI", "QQ==QQ==", "QUI=\n", 7)
        ),
        ({"priority": 1}, "property priority should not exist"),
    ],
)
def test_a_bad_ticket_is_400_and_not_kept(box, martin, change, complaint):
    answer = martin.post("/support/", json={**TICKET, **change})
    assert answer.status_code == 400
    assert any(message.startswith(complaint) for message in answer.json()["message"])
    assert not box.account("martin").tickets


def test_tickets_belong_to_a_domain_and_an_account(box, martin, caller, ticket):
    assert listed(martin, "www.autre.example") == []
    elsewhere = martin.get(f"/support/{ticket['id']}", params={"domain": "www.autre.example"})
    assert elsewhere.status_code == 404
    assert elsewhere.json()["message"] == "Ticket not found"
    riviera = caller(box, "riviera")
    assert listed(riviera) == []
    assert riviera.get(f"/support/{ticket['id']}", params={"domain": DOMAIN}).status_code == 404
    assert (
        riviera.post(
            f"/support/{ticket['id']}/comment", json={"comment": "x", "reporter": REPORTER}
        ).status_code
        == 404
    )


@pytest.mark.parametrize(
    "params", [{}, {"domain": ""}, {"domain": "x"}, {"domain": [DOMAIN, DOMAIN]}, {"domain": DOMAIN, "a": 1}]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/support/"), ("GET", "/support/{id}"), ("POST", "/support/support/{id}/close")],
)
def test_the_domain_is_demanded(martin, ticket, method, path, params):
    answer = martin.request(method, path.format(id=ticket["id"]), params=params)
    assert answer.status_code == 400
    assert isinstance(answer.json()["message"], list)


def test_comment_is_kept_in_order(martin, ticket):
    for text in ("Premier", "Deuxième"):
        answer = martin.post(f"/support/{ticket['id']}/comment", json={"comment": text, "reporter": REPORTER})
        assert answer.status_code == 200
        assert answer.json()["comment"] == text
    shown = martin.get(f"/support/{ticket['id']}", params={"domain": DOMAIN}).json()
    assert [comment["comment"] for comment in shown["comments"]] == ["Premier", "Deuxième"]
    assert shown["updated_at"] >= shown["created_at"]


def test_support_answers(box, martin, ticket):
    box.account("martin").tickets[ticket["id"]].comment(
        "C'est corrigé.", {"display_name": "Support"}, from_support=True
    )
    [shown] = listed(martin)
    assert shown["status"] == "PENDING"
    assert shown["comments"][0]["from_support"] is True


@pytest.mark.parametrize(
    "body", [{}, {"comment": "x"}, {"comment": "", "reporter": REPORTER}, {"comment": "x", "reporter": 1}]
)
def test_a_bad_comment_is_400(martin, ticket, body):
    assert martin.post(f"/support/{ticket['id']}/comment", json=body).status_code == 400
    assert listed(martin)[0]["comments"] == []


def test_get_on_comment_is_405_though_the_document_prints_it(martin, ticket):
    assert martin.get(f"/support/{ticket['id']}/comment").status_code == 405


def test_close_has_the_doubled_prefix_and_may_be_repeated(martin, ticket):
    for _ in range(2):
        answer = martin.post(f"/support/support/{ticket['id']}/close", params={"domain": DOMAIN})
        assert answer.status_code == 200
        assert answer.json()["status"] == "CLOSED"
    assert listed(martin)[0]["status"] == "CLOSED"


def test_a_closed_ticket_takes_no_comment_and_says_so_in_a_string(martin, ticket):
    martin.post(f"/support/support/{ticket['id']}/close", params={"domain": DOMAIN})
    answer = martin.post(f"/support/{ticket['id']}/comment", json={"comment": "x", "reporter": REPORTER})
    assert answer.status_code == 400
    assert answer.json()["message"] == "This ticket is closed"


def test_closing_does_not_undo_done():
    ticket = Ticket(DOMAIN, "s", "m", REPORTER, [], status="DONE")
    ticket.close()
    assert ticket.status == "DONE"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/support"),
        ("POST", "/support"),
        ("POST", "/support/{id}/close"),
        ("GET", "/support/support/{id}"),
    ],
)
def test_paths_are_literal(martin, ticket, method, path):
    answer = martin.request(method, path.format(id=ticket["id"]), params={"domain": DOMAIN})
    assert answer.status_code == 404
    assert "Location" not in answer.headers


@pytest.mark.parametrize("bad", ["1", "ticket", "..", "%2e%2e"])
def test_a_ticket_id_is_a_uuid(martin, bad):
    answer = martin.post(f"/support/support/{bad.replace('..', 'x')}/close", params={"domain": DOMAIN})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/support/{id}"), ("POST", "/support/{id}/comment"), ("POST", "/support/support/{id}/close")],
)
def test_an_unknown_ticket_is_404(martin, method, path):
    answer = martin.request(
        method,
        path.format(id=uuid4()),
        params={"domain": DOMAIN},
        json={"comment": "x", "reporter": REPORTER},
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/support/"), ("POST", "/support/"), ("GET", "/support/{id}"), ("POST", "/support/{id}/comment"),
     ("POST", "/support/support/{id}/close")],
)  # fmt: skip
def test_without_a_key_nothing_works(box, caller, method, path):
    answer = caller(box, key="").request(
        method, path.format(id=uuid4()), params={"domain": DOMAIN}, json=TICKET
    )
    assert answer.status_code == 401
    assert not box.account("martin").tickets
