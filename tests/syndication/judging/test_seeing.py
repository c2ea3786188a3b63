"""Estates as they would go out, with what is known of their pictures."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.catalogue.models import EstatePayload
from estates.syndication.considering import let_lapse, wants, write
from estates.syndication.forecast.looks import digest_of
from estates.syndication.mapping.outgoing import outgoing_of
from estates.syndication.models import Listing, PictureLook
from estates.syndication.seeing import payloads_of, read_payload, see, see_all, title_of
from estates.syndication.stages import Seen
from tests.syndication.judging.conftest import PAYLOAD, unsaved


def test_one_estate_is_seen_with_its_digest_and_its_reasons():
    estate = unsaved(price=None)
    assert see(estate, PAYLOAD, {}) == Seen(
        wanted=True,
        title="Appartement T3 avec terrasse",
        verdict="will_be_refused",
        reasons=[["price_missing", "price", ""]],
        digest=outgoing_of(estate, PAYLOAD).digest,
    )


def test_an_estate_without_a_title_goes_by_its_reference():
    assert title_of(unsaved(title="")) == "MART-1"
    assert title_of(unsaved()) == "Appartement T3 avec terrasse"


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"a": NaN}', "[" * 5000])
def test_what_is_no_object_is_an_empty_payload(body):
    assert read_payload(body) == {}


def test_an_object_is_a_payload():
    assert read_payload('{"floor": 2}') == {"floor": 2}


@pytest.mark.parametrize(
    ("hand", "chosen", "wanted"),
    [
        ("", True, True),
        ("", False, False),
        ("always", True, True),
        ("always", False, True),
        ("never", True, False),
        ("never", False, False),
    ],
)
def test_hand_beats_the_rules(hand, chosen, wanted):
    assert wants(hand, chosen) is wanted


@pytest.mark.django_db
def test_only_the_payloads_that_were_asked_for(agency, add_estate):
    first, _second = add_estate(agency, payload={"floor": 7}), add_estate(agency)
    assert payloads_of([first.pk]) == {first.pk: {**PAYLOAD, "floor": 7}}
    EstatePayload.objects.all().delete()
    assert payloads_of([first.pk]) == {}


def looked(agency, address, answers, days):
    PictureLook.objects.create(
        agency=agency,
        address=address,
        digest=digest_of(address),
        answers=answers,
        looked_at=timezone.now() - timedelta(days=days),
    )


@pytest.mark.django_db
def test_pictures_are_asked_for_where_one_is_due(agency, add_estate):
    estates = [add_estate(agency), add_estate(agency, images=["https://photos.martin.example/2.jpg"])]
    looked(agency, "https://photos.martin.example/1.jpg", True, 1)
    assert see_all(agency, estates[:1], timezone.now()).pictures is False
    assert see_all(agency, estates, timezone.now()).pictures is True
    looked(agency, "https://photos.martin.example/2.jpg", False, 0)
    view = see_all(agency, estates, timezone.now())
    assert view.pictures is False
    assert view.seen[estates[0].pk].verdict == "ready"
    assert view.seen[estates[1].pk].reasons == [["pictures_silent", "images", "1/1"]]


@pytest.mark.django_db
def test_another_agencys_looks_say_nothing(agency, other_agency, add_estate):
    estate = add_estate(agency)
    looked(other_agency, "https://photos.martin.example/1.jpg", False, 0)
    view = see_all(agency, [estate], timezone.now())
    assert (view.seen[estate.pk].verdict, view.pictures) == ("ready", True)


@pytest.mark.django_db
def test_an_estate_without_a_payload_is_seen_by_its_columns(agency, add_estate):
    estate = add_estate(agency)
    EstatePayload.objects.all().delete()
    assert see_all(agency, [estate], timezone.now()).seen[estate.pk].verdict == "better"


@pytest.fixture
def online(plan, agency, add_estate):
    return Listing.objects.create(
        agency=agency,
        plan=plan,
        external_id="remote-1",
        estate=add_estate(agency),
        title="Loft",
        wanted=True,
        stage="done",
        due_at=timezone.now(),
        live_until=timezone.now() + timedelta(days=9),
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "meanwhile",
    [
        {"stage": "sending"},
        {"hand": "always"},
        {"insists": True},
        {"due_at": None},
        {"sent_digest": "other"},
    ],
)
def test_a_row_that_is_not_as_it_was_read_stays_as_it_is(plan, agency, online, meanwhile):
    Listing.objects.for_agency(agency).update(**meanwhile)
    assert write(plan, online, Seen(False, "Loft"), timezone.now()) is False
    online.refresh_from_db()
    assert online.wanted
    assert not online.events.exists()


@pytest.mark.django_db
def test_a_row_that_needs_no_change_is_not_written(plan, online, django_assert_num_queries):
    now = timezone.now()
    online.wanted, online.due_at = False, None
    with django_assert_num_queries(0):
        assert write(plan, online, Seen(False, "Loft"), now) is True


@pytest.mark.django_db
def test_what_is_not_listed_any_more_lapses_under_its_last_title(plan, online):
    let_lapse(plan, [online], timezone.now())
    online.refresh_from_db()
    assert (online.wanted, online.due_at, online.title) == (False, None, "Loft")
    assert [event.what for event in online.events.all()] == ["lapses"]
