"""The client and the simulated Seeki, which were written from the same guide and not from each other."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from estates.remotes.errors import NotFound, Refused, Unauthorised, Unreachable
from estates.remotes.seeki import Progress, TooLarge, batches
from estates.remotes.upload import RawFile, file_at
from portal.sandbox.seeki.items import Entry
from tests.sandbox.seeki.feeds import idealista, immobilie, inmueble, openimmo

from .conftest import listing, sendable


def raw(content, name="feed.xml"):
    return RawFile(name, len(content), lambda: io.BytesIO(content))


def test_a_listing_from_the_request_to_the_public(client, martin, answers):
    answer = client.send_listings(sendable())
    [accepted] = answer.accepted
    assert (accepted.external_id, answer.rejected, answer.unreadable) == ("crm-1", (), 0)
    status = client.status(accepted.import_item_id)
    assert (status.state, status.status, status.external_id) == (Progress.DONE, "completed", "crm-1")
    published = martin.listings["crm-1"]
    assert published.online
    assert (published.listing_id, published.payload) == (status.listing_id, listing())
    assert [answer.operation for answer in answers] == ["send_listings", "import_status"]


def test_sent_again_it_is_the_same_listing_with_a_new_end(box, client, martin):
    client.send_listings(sendable())
    before = martin.listings["crm-1"]
    box.seeki.clock.move(days=30)
    client.send_listings(sendable(price=1))
    after = martin.listings["crm-1"]
    assert (after.listing_id, after.imports, after.payload["price"]) == (before.listing_id, 2, 1)
    assert timedelta(days=30) <= after.expires_at - before.expires_at < timedelta(days=31)


def test_rejections_name_the_listing_and_say_why(client, martin):
    wrong = [
        listing(1, price="cheap"),
        listing(2, address={"street": "Nowhere Street 1", "city": "Prague", "country_code": "CZ"}),
        listing(3, address=None, coordinates={"lat": 91, "lng": 0}),
        listing(4),
    ]
    answer = client.send_listings([json.dumps(each).encode() for each in wrong])
    assert [(each.external_id, each.code) for each in answer.rejected] == [
        ("crm-1", "VALIDATION_FAILED"),
        ("crm-2", "GEOCODE_ADDRESS_NOT_FOUND"),
        ("crm-3", "GEOCODE_COORDINATES_INVALID"),
    ]
    assert answer.rejected[0].message == "price: Expected number"
    assert [each.external_id for each in answer.accepted] == ["crm-4"]
    assert set(martin.listings) == {"crm-4"}


@pytest.mark.parametrize("how", ["", "brackets"])
def test_the_other_dialect_says_the_same(box, client, how):
    box.fault("other_dialect", value=how)
    wrong = listing(2, images=["https://a.example/1.jpg", "ftp://a.example/2.jpg"])
    answer = client.send_listings([*sendable(), json.dumps(wrong).encode()])
    [accepted], [rejected] = answer.accepted, answer.rejected
    assert accepted.import_item_id.isdigit()
    assert answer.batch_id
    assert (rejected.external_id, rejected.position, rejected.path) == (None, 1, "images.1")
    assert (rejected.code, rejected.message) == ("VALIDATION_FAILED", "images.1: Invalid url")
    assert client.status(accepted.import_item_id).state is Progress.DONE


@pytest.mark.parametrize("kind", ["lost", "done_500", "truncated_json", "length_longer"])
def test_an_answer_that_gets_lost_was_acted_on_and_can_be_asked_for_again(box, client, martin, kind):
    box.fault(kind, operation="send_listings", times=1)
    with pytest.raises(Exception) as caught:
        client.send_listings(sendable(3))
    assert type(caught.value).__name__ in ("Unreachable", "Malformed")
    assert len(martin.listings) == 3
    assert len(client.send_listings(sendable(3)).accepted) == 3
    assert {each.imports for each in martin.listings.values()} == {2}


def test_a_call_that_never_arrived(box, client, martin):
    box.fault("dropped", times=1)
    with pytest.raises(Unreachable):
        client.send_listings(sendable())
    assert martin.listings == {}


def test_an_answer_that_names_only_some(box, client, martin):
    box.fault("half_answer", value="3", times=1)
    answer = client.send_listings(sendable(5))
    assert [each.external_id for each in answer.accepted] == ["crm-4", "crm-5"]
    assert answer.rejected == ()


def test_an_answer_that_says_everything_twice(box, client):
    box.fault("duplicate_answer", times=1)
    answer = client.send_listings([*sendable(2), b'{"external_id": "crm-3"}'])
    assert (len(answer.accepted), len(answer.rejected)) == (2, 1)


@pytest.mark.parametrize(
    ("kind", "code"), [("queue_rejected", "INFRA_QUEUE_REJECTED"), ("internal_error", "INTERNAL_ERROR")]
)
def test_what_seeki_could_not_take_this_time(box, client, martin, kind, code):
    box.fault(kind, value="2", times=1)
    answer = client.send_listings(sendable(3))
    assert [(each.external_id, each.code) for each in answer.rejected] == [("crm-1", code), ("crm-2", code)]
    assert set(martin.listings) == {"crm-3"}
    assert len(client.send_listings(sendable(3)).accepted) == 3


def test_a_lost_import_is_taken_up_again_by_its_id(box, client, martin):
    box.fault("infra_lost", times=1)
    [accepted] = client.send_listings(sendable()).accepted
    status = client.status(accepted.import_item_id)
    assert (status.state, status.code, status.listing_id) == (Progress.FAILED, "INFRA_LOST", "")
    assert martin.listings == {}
    assert client.retry(accepted.import_item_id).state is Progress.DONE
    assert martin.listings["crm-1"].online
    with pytest.raises(Refused, match="NOT_RETRYABLE"):
        client.retry(accepted.import_item_id)


def test_an_import_that_fails_later(box, client):
    box.fault("fails_later", value="GEOCODE_ADDRESS_NOT_FOUND", times=1)
    [accepted] = client.send_listings(sendable()).accepted
    status = client.status(accepted.import_item_id)
    assert (status.state, status.code) == (Progress.FAILED, "GEOCODE_ADDRESS_NOT_FOUND")
    assert "could not be resolved" in status.message


def test_an_import_on_its_way_and_one_without_end(box, client, martin):
    martin.delay = 100
    [accepted] = client.send_listings(sendable()).accepted
    box.fault("never_ends", times=1)
    [endless] = client.send_listings(sendable()).accepted
    said = []
    for _ in range(3):
        said.append([client.status(each.import_item_id).status for each in (accepted, endless)])
        box.seeki.clock.move(seconds=55)
    assert said == [["queued", "processing"], ["processing", "processing"], ["completed", "processing"]]


def test_unknown_imports_and_those_of_others(box, client):
    riviera = box.seeki.accounts["riviera"]
    riviera.take([Entry(listing())])
    for item_id in ("0b9b8f0e-1c1d-4f4e-9d53-000000000001", riviera.items[0].id):
        for call in (client.status, client.retry):
            with pytest.raises(NotFound, match="NOT_FOUND"):
                call(item_id)


def test_a_subscription_that_ended(client, martin):
    martin.active = False
    with pytest.raises(Unauthorised) as caught:
        client.send_listings(sendable())
    assert caught.value.words.startswith("SUBSCRIPTION_INACTIVE: ")
    assert caught.value.status == 403


def test_batches_that_are_kept_to_are_taken_and_more_is_too_large(client, martin):
    items = [(name, name.encode()) for name in map(str, range(5_001))]
    with pytest.raises(TooLarge) as caught:
        client.send_listings([body for _, body in items])
    assert (caught.value.code, caught.value.chunk_size) == ("TOO_MANY_ITEMS", None)
    sizes = [len(client.send_listings([body for _, body in batch]).rejected) for batch in batches(items)]
    assert sizes == [4_999, 2]


def test_twenty_five_megabytes(client, martin):
    text = "x" * 1_000_000
    large = [json.dumps(listing(number, description=text)).encode() for number in range(30)]
    with pytest.raises(TooLarge) as caught:
        client.send_listings(large)
    assert caught.value.code == "PAYLOAD_TOO_LARGE"
    answers = [client.send_listings([body for _, body in batch]) for batch in batches(enumerate(large))]
    assert [len(answer.accepted) for answer in answers] == [23, 7]
    assert len(martin.listings) == 30


def test_an_openimmo_feed(client, martin, tmp_path):
    path = tmp_path / "feed.xml"
    path.write_bytes(openimmo(immobilie("oi-1"), immobilie("oi-2", kaufpreis="many")))
    answer = client.send_openimmo(file_at(path))
    assert [each.external_id for each in answer.accepted] == ["oi-1"]
    [rejected] = answer.rejected
    assert (rejected.external_id, rejected.message) == ("oi-2", "price: Expected number")
    assert martin.listings["oi-1"].payload["real_estate_type"] == "APARTMENT"


def test_a_zip(client, martin):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.xml", openimmo(immobilie("z-1", pictures=["a.jpg"])))
        archive.writestr("a.jpg", b"picture")
    answer = client.send_openimmo(raw(packed.getvalue(), "feed.zip"), "application/zip")
    assert [each.external_id for each in answer.accepted] == ["z-1"]


def test_an_idealista_feed(client, martin):
    answer = client.send_idealista(raw(idealista(inmueble("es-1"), encoding="windows-1252")))
    assert [each.external_id for each in answer.accepted] == ["es-1"]
    assert martin.listings["es-1"].payload["address"]["city"] == "Logroño"


@pytest.mark.parametrize("call", ["send_openimmo", "send_idealista"])
def test_a_feed_with_too_many_listings_is_told_how_many_would_fit(client, martin, call):
    records = {"send_openimmo": (openimmo, immobilie), "send_idealista": (idealista, inmueble)}
    whole, one = records[call]
    feed = whole(*(one(f"x-{number}") for number in range(501)))
    with pytest.raises(TooLarge) as caught:
        getattr(client, call)(raw(feed))
    assert (caught.value.chunk_size, caught.value.code) == (500, "TOO_MANY_ITEMS")
    assert martin.listings == {}


def test_a_feed_above_two_hundred_megabytes(client, martin, tmp_path):
    path = tmp_path / "feed.xml"
    with path.open("wb") as file:
        file.truncate(200_000_001)
    with pytest.raises(TooLarge) as caught:
        client.send_openimmo(file_at(path))
    assert (caught.value.chunk_size, caught.value.code) == (500, "PAYLOAD_TOO_LARGE")


def test_a_feed_that_cannot_be_read_is_refused_as_a_whole(client, martin):
    with pytest.raises(Refused, match="DOCTYPE"):
        client.send_openimmo(raw(b"<!DOCTYPE openimmo><openimmo/>"))
    with pytest.raises(Refused, match="cannot be read"):
        client.send_idealista(raw(b"<inmuebles>"))
