"""One estate: reading, public URL, lead, replay; keys, ids and bodies that are wrong."""

import json
from uuid import uuid4

import pytest

BUYER = {
    "streamId": "stream-1",
    "civility": "MS",
    "firstname": "Zoé",
    "lastname": "d'Aubigné",
    "type": "PERSON",
    "mail": "zoe@example.com",
    "phones": [{"number": "+33639980001", "type": "mobile"}],
    "message": "Bonjour, est-ce encore libre ?",
    "lang": "fr",
    "preferences": [{"offerType": "sale", "budget": {"currency": "EUR", "max_price": {"amount": 500000}}}],
}


@pytest.fixture
def estate(box):
    return box.account("martin").estates[0]


def test_estate_is_what_the_list_shows(martin, estate):
    listed = {item["id"]: item for item in martin.get("/estates").json()["data"]}
    answer = martin.get(f"/estates/{estate.id}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json() == listed[estate.id]


def test_an_upper_case_uuid_is_the_same(martin, estate):
    assert martin.get(f"/estates/{estate.id.upper()}").json()["id"] == estate.id


CALLS = [
    ("GET", "/estates/{id}", None),
    ("PUT", "/estates/{id}/url", {"url": "https://www.agence.example/bien/1"}),
    ("PUT", "/estates/{id}/lead", BUYER),
    ("POST", "/estates/{id}/replay", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_an_unknown_id_is_404_with_a_string(martin, method, path, body):
    answer = martin.request(method, path.format(id=uuid4()), json=body)
    assert answer.status_code == 404
    assert answer.json() == {"statusCode": 404, "message": "Estate not found", "error": "Not Found"}


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_the_other_accounts_estate_is_404(box, martin, method, path, body):
    foreign = box.account("riviera").estates[0].id
    assert martin.request(method, path.format(id=foreign), json=body).status_code == 404


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
@pytest.mark.parametrize("bad", ["villa-lyon", "1", "..%2f..%2fetc", "%00", "é", "x" * 5000, "{id}"])
def test_what_is_no_uuid_is_400(martin, method, path, body, bad):
    answer = martin.request(method, path.replace("{id}", bad), json=body)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Validation failed (uuid is expected)"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/estates"),
        ("POST", "/estates"),
        ("POST", "/estates/{id}"),
        ("POST", "/estates/{id}/url"),
        ("GET", "/estates/{id}/lead"),
        ("GET", "/estates/{id}/replay"),
    ],
)
def test_the_wrong_verb_is_405(martin, estate, method, path):
    answer = martin.request(method, path.format(id=estate.id))
    assert answer.status_code == 405
    assert answer.json()["error"] == "Method Not Allowed"


@pytest.mark.parametrize("path", ["/estates/", "/estate", "/estates/{id}/", "/estates/{id}/photos", "", "/"])
def test_other_paths_are_404(martin, estate, path):
    answer = martin.get(path.format(id=estate.id))
    assert answer.status_code == 404
    assert answer.json()["message"].startswith("Cannot GET")


@pytest.mark.parametrize("key", ["", "tsi_wrong", "tsi_demo_martin_4f7c2", "TSI_DEMO_MARTIN_4F7C2A"])
@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_no_or_wrong_key_is_401_and_does_nothing(box, caller, estate, method, path, body, key):
    answer = caller(box, key=key).request(method, path.format(id=estate.id), json=body)
    assert answer.status_code == 401
    assert answer.json() == {
        "statusCode": 401,
        "message": "Invalid or missing API key",
        "error": "Unauthorized",
    }
    account = box.account("martin")
    assert not account.leads
    assert not account.replays
    assert estate.public_url is None


def test_public_url_is_set_and_shown(martin, estate):
    url = "https://www.agence-martin.example/bien/l'écrin?n=1&m=%20"
    answer = martin.put(f"/estates/{estate.id}/url", json={"url": url})
    assert answer.status_code == 200
    assert answer.json()["success"] is True
    assert martin.get(f"/estates/{estate.id}").json()["public_url"] == url
    assert estate.public_url == url


@pytest.mark.parametrize(
    "body",
    [{}, {"url": None}, {"url": ""}, {"url": "javascript:alert(1)"}, {"url": "www.x.fr"}, {"url": 7},
     {"url": "http://["}, {"url": ["https://x.fr"]}, {"url": "https://x.fr", "more": 1}, [], "x", None],
)  # fmt: skip
def test_a_bad_public_url_is_400_with_a_list(martin, estate, body):
    answer = martin.put(f"/estates/{estate.id}/url", data=json.dumps(body))
    assert answer.status_code == 400
    assert isinstance(answer.json()["message"], list)
    assert estate.public_url is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"url=x", b"[" * 100_000, b'{"url": "http'])
def test_a_body_that_is_no_json_is_400(martin, estate, body):
    answer = martin.put(f"/estates/{estate.id}/url", data=body)
    assert answer.status_code == 400
    assert isinstance(answer.json()["message"], str)


def test_lead_creates_then_updates_by_stream_id(box, martin, estate):
    first = martin.put(f"/estates/{estate.id}/lead", json=BUYER).json()
    again = martin.put(f"/estates/{estate.id}/lead", json={**BUYER, "firstname": "Zoë"}).json()
    assert first["created"] is True
    assert again["created"] is False
    assert first["contact_id"] == again["contact_id"]
    [lead] = box.account("martin").leads.values()
    assert lead.submissions == 2
    assert lead.buyer["firstname"] == "Zoë"
    assert lead.estate_id == estate.id


def test_another_stream_is_another_contact(box, martin, estate):
    ids = {
        martin.put(f"/estates/{estate.id}/lead", json={**BUYER, "streamId": stream}).json()["contact_id"]
        for stream in ("a", "b")
    }
    assert len(ids) == 2
    assert set(box.account("martin").leads) == {"a", "b"}


def test_only_the_stream_id_is_required(martin, estate):
    assert martin.put(f"/estates/{estate.id}/lead", json={"streamId": "s"}).status_code == 200


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"streamId": None}, "streamId should not be empty"),
        ({"streamId": " "}, "streamId must be a string"),
        ({"civility": "MRS"}, "civility must be one of"),
        ({"type": "person"}, "type must be one of"),
        ({"lang": "de"}, "lang must be one of"),
        ({"mail": "zoe"}, "mail must be an email"),
        ({"secondaryMail": 3}, "secondaryMail must be an email"),
        ({"phones": "0612"}, "phones must be an array"),
        ({"phones": [{"type": "mobile"}]}, "phones [0] number should not be empty"),
        ({"phones": [{"number": "06", "kind": "m"}]}, "phones [0] property kind should not exist"),
        ({"preferences": ["sale"]}, "preferences [0] must be an object"),
        ({"location": "Lyon"}, "location must be an object"),
        ({"message": "x" * 20_001}, "message must be a string"),
        ({"first_name": "Zoé"}, "property first_name should not exist"),
    ],
)
def test_a_bad_lead_is_400_with_a_list(box, martin, estate, change, complaint):
    answer = martin.put(f"/estates/{estate.id}/lead", json={**BUYER, **change})
    assert answer.status_code == 400
    assert any(message.startswith(complaint) for message in answer.json()["message"])
    assert not box.account("martin").leads


def test_replays_are_counted(box, martin, estate):
    for _ in range(3):
        assert martin.post(f"/estates/{estate.id}/replay").json() == {"success": True}
    assert box.account("martin").replays == {estate.id: 3}


def test_replay_takes_no_body(box, martin, estate):
    assert martin.post(f"/estates/{estate.id}/replay", json={"force": True}).status_code == 400
    assert not box.account("martin").replays
