"""Both dialects of answers, and everything that may stand in them: nothing raises, nothing is guessed."""

import json

import pytest

from estates.remotes.errors import Malformed
from estates.remotes.seeki import Accepted, Progress, Rejected
from tests.remotes.misbehaving import http

from .conftest import sendable

GUIDE = {
    "accepted": [{"external_id": "crm-1", "import_item_id": "0b9b8f0e-1c1d-4f4e-9d53-000000000001"}],
    "rejected": [
        {"external_id": "crm-2", "error_code": "VALIDATION_FAILED", "message": "price: Expected number"},
        {
            "external_id": "crm-3",
            "error_code": "INFRA_QUEUE_REJECTED",
            "message": "Retry after a short delay.",
        },
    ],
}
PAGE = {
    "batch_id": 77,
    "accepted": [{"external_id": "crm-1", "import_item_id": 4711}],
    "rejected": [
        {"external_id": None, "errors": [{"path": "listings.1.price", "message": "Expected number"}]},
        {
            "external_id": "crm-3",
            "errors": [
                {"path": "listings[2].address.city", "message": "Required"},
                {"path": "listings[2].price", "message": "Expected number"},
            ],
        },
    ],
}


def answered(lone, server, body, status=200):
    server.answers(http(status, json.dumps(body).encode(), Content_Type="application/json"))
    return lone.send_listings(sendable())


def rejected(lone, server, entry):
    found = answered(lone, server, {"accepted": [], "rejected": [entry]})
    return found.rejected[0] if found.rejected else found.unreadable


def test_the_guides_dialect(lone, server):
    found = answered(lone, server, GUIDE)
    assert found.accepted == (Accepted("crm-1", "0b9b8f0e-1c1d-4f4e-9d53-000000000001"),)
    assert found.rejected == (
        Rejected("crm-2", None, "VALIDATION_FAILED", "price: Expected number", ""),
        Rejected("crm-3", None, "INFRA_QUEUE_REJECTED", "Retry after a short delay.", ""),
    )
    assert (found.unreadable, found.batch_id) == (0, "")
    assert found.raw == json.dumps(GUIDE).encode()


def test_the_dialect_of_the_openapi_page(lone, server):
    found = answered(lone, server, PAGE)
    assert found.accepted == (Accepted("crm-1", "4711"),)
    assert found.rejected == (
        Rejected(None, 1, "VALIDATION_FAILED", "price: Expected number", "price"),
        Rejected(
            "crm-3", 2, "VALIDATION_FAILED", "address.city: Required; price: Expected number", "address.city"
        ),
    )
    assert (found.unreadable, found.batch_id) == (0, "77")


@pytest.mark.parametrize(
    ("path", "position", "field"),
    [
        ("listings.3.price", 3, "price"),
        ("listings[3].price", 3, "price"),
        ("Listings[0]", 0, ""),
        ("[12].images[0]", 12, "images.0"),
        ("12.images.0", 12, "images.0"),
        (["listings", 3, "address", "city"], 3, "address.city"),
        ([3, "price"], 3, "price"),
        ("immobilie[4].geo.plz", 4, "geo.plz"),
        ("price", None, "price"),
        ("images.0", None, "images.0"),
        ("images[7].url", None, "images.7.url"),
        ("listings.price", None, "listings.price"),
        ("listings.99999999999999999999.price", None, "price"),
        ("listings.٣.price", None, "listings.٣.price"),
        ("", None, ""),
        ("...", None, ""),
        (None, None, ""),
        (7, None, ""),
        ({"a": 1}, None, ""),
    ],
)
def test_where_in_the_request_an_error_is(lone, server, path, position, field):
    entry = {"external_id": None, "errors": [{"path": path, "message": "Wrong"}]}
    found = rejected(lone, server, entry)
    assert (found.position, found.path) == (position, field)
    found = rejected(lone, server, {"external_id": "a", "error_code": "X", "path": path})
    assert (found.position, found.path) == (position, field)


def test_an_index_beside_the_errors_counts_too(lone, server):
    assert rejected(lone, server, {"index": 5, "error_code": "X"}).position == 5


@pytest.mark.parametrize(
    ("entry", "code", "message"),
    [
        ({"code": "geocode_address_not_found", "message": "Where?"}, "GEOCODE_ADDRESS_NOT_FOUND", "Where?"),
        ({"error": {"code": "X_Y", "message": "Inside"}}, "X_Y", "Inside"),
        ({"error": "Just words"}, "", "Just words"),
        ({"error_code": "A NEW ONE"}, "", ""),
        ({"error_code": 7, "message": ["a"]}, "", ""),
        ({"error_code": "X", "errors": [{"message": "a"}, {"message": "b"}, 7]}, "X", "a; b"),
        ({"errors": "no list"}, "", ""),
        ({"error_code": "X", "message": "m" * 5000}, "X", "m" * 2000),
        ({"error_code": "X", "message": "a\0b"}, "X", "ab"),
    ],
)
def test_codes_and_messages(lone, server, entry, code, message):
    found = rejected(lone, server, {"external_id": "crm-1"} | entry)
    assert (found.external_id, found.code, found.message) == ("crm-1", code, message)


@pytest.mark.parametrize(
    "entry", [None, "crm-1", 7, [], {}, {"external_id": None}, {"external_id": "", "errors": []}]
)
def test_entries_that_say_nothing_are_counted(lone, server, entry):
    assert rejected(lone, server, entry) == 1


@pytest.mark.parametrize(
    "entry",
    [
        *(None, "crm-1", {"external_id": "crm-1"}, {"import_item_id": "x"}),
        *(
            {"external_id": "crm-1", "import_item_id": found}
            for found in (None, "", " ", -1, True, 1.5, "x" * 201, [])
        ),
        *(
            {"external_id": found, "import_item_id": "x"}
            for found in (None, "", " ", -1, True, {}, "x" * 1001)
        ),
    ],
)
def test_an_accepted_entry_without_both_ids_is_counted(lone, server, entry):
    found = answered(lone, server, {"accepted": [entry, GUIDE["accepted"][0]], "rejected": []})
    assert (len(found.accepted), found.unreadable) == (1, 1)


def test_ids_are_neither_cleaned_nor_cut(lone, server):
    entry = {"external_id": " Crm-É 1 ", "import_item_id": "x"}
    found = answered(lone, server, {"accepted": [entry, {"external_id": 123, "import_item_id": 0}]})
    assert found.accepted == (Accepted(" Crm-É 1 ", "x"), Accepted("123", "0"))


def test_what_is_said_twice_counts_once(lone, server):
    found = answered(lone, server, {name: items * 2 for name, items in GUIDE.items()})
    assert (len(found.accepted), len(found.rejected)) == (1, 2)


def test_what_names_no_listing_is_never_the_same(lone, server):
    entry = {"external_id": None, "error_code": "VALIDATION_FAILED", "message": "Expected object"}
    found = answered(lone, server, {"accepted": [], "rejected": [entry] * 3})
    assert len(found.rejected) == 3


@pytest.mark.parametrize("body", [{"accepted": []}, {"rejected": []}, {"accepted": None, "rejected": []}])
def test_one_of_the_lists_may_be_missing(lone, server, body):
    found = answered(lone, server, body)
    assert (found.accepted, found.rejected, found.unreadable) == ((), (), 0)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        "ok",
        7,
        {"accepted": {}},
        {"accepted": 3, "rejected": []},
        {"error_code": "X", "message": "m"},
    ],
)
def test_any_other_shape_is_malformed(lone, server, body):
    with pytest.raises(Malformed):
        answered(lone, server, body)


STATUS = {"import_item_id": "i-1", "external_id": "crm-1", "status": "completed", "listing_id": "l-1"}


def status(lone, server, body, asked="i-1"):
    server.answers(http(200, json.dumps(body).encode()))
    return lone.status(asked)


def test_the_status_of_the_guide(lone, server):
    found = status(lone, server, STATUS)
    assert (found.import_item_id, found.external_id, found.listing_id) == ("i-1", "crm-1", "l-1")
    assert (found.status, found.state, found.code, found.message) == ("completed", Progress.DONE, "", "")
    assert json.loads(found.raw) == STATUS


@pytest.mark.parametrize(
    ("changes", "state", "code"),
    [
        ({"status": "COMPLETED"}, Progress.DONE, ""),
        ({"status": "queued", "listing_id": None}, Progress.RUNNING, ""),
        (
            {"status": "failed", "error_code": "GEOCODE_ADDRESS_NOT_FOUND"},
            Progress.FAILED,
            "GEOCODE_ADDRESS_NOT_FOUND",
        ),
        ({"status": "INFRA_LOST"}, Progress.FAILED, "INFRA_LOST"),
        ({"status": "failed"}, Progress.FAILED, ""),
        ({"status": None, "state": "running"}, Progress.RUNNING, ""),
        ({"status": None, "error_code": "INTERNAL_ERROR"}, Progress.FAILED, "INTERNAL_ERROR"),
        ({"status": "archived"}, Progress.UNKNOWN, ""),
        ({"status": ["completed"]}, Progress.UNKNOWN, ""),
        ({"status": "processing", "error_code": "INFRA_LOST"}, Progress.RUNNING, "INFRA_LOST"),
    ],
)
def test_states(lone, server, changes, state, code):
    found = status(lone, server, STATUS | changes)
    assert (found.state, found.code) == (state, code)


def test_the_other_dialects_numbers_are_ids(lone, server):
    found = status(lone, server, STATUS | {"import_item_id": 4711, "listing_id": 9}, asked="4711")
    assert (found.import_item_id, found.listing_id) == ("4711", "9")


def test_a_status_of_another_import_is_not_believed(lone, server):
    with pytest.raises(Malformed, match="another import"):
        status(lone, server, STATUS, asked="i-2")
    assert status(lone, server, STATUS | {"import_item_id": None}, asked="i-2").import_item_id == "i-2"


def test_odd_values_in_a_status_are_left_out(lone, server):
    found = status(
        lone, server, {"status": "completed", "external_id": {}, "listing_id": True, "message": 7.5}
    )
    assert (found.external_id, found.listing_id, found.message) == ("", "", "")
