"""What a preview says is what the look then does."""

from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.catalogue.models import Estate
from estates.syndication.models import Feed, FeedItem, Listing
from estates.syndication.rules.filters import Rules
from estates.syndication.rules.preview import preview
from estates.syndication.standings import standing_of
from tests.syndication.judging.conftest import listings, plan_of

pytestmark = pytest.mark.django_db

STATUSES = ("available", "sold", "Disponible", "")
TYPES = ("apartment", "Appartement", "house", "péniche")
CITIES = ("Lyon", "LYON", "Écully", "Ecully", "Nice")
OFFERS = ("sale", "rental", "échange")
PRICES = (None, Decimal(0), Decimal(900), Decimal(150_000), Decimal(400_000))


def random_estate(chance):
    return {
        "status": chance.choice(STATUSES),
        "type": chance.choice(TYPES),
        "city": chance.choice(CITIES),
        "offer_type": chance.choice(OFFERS),
        "price": chance.choice(PRICES),
        "featured": chance.random() < 0.5,
        "address": chance.choice(("1 rue Haute", "")),
        "latitude": chance.choice((45.7, None)),
        "gone_at": timezone.now() if chance.random() < 0.15 else None,
    }


def random_rules(chance):
    def some(words):
        return tuple(chance.sample(words, chance.choice((0, 0, 1, 2))))

    return Rules(
        statuses=some(STATUSES[:3]),
        types=some(TYPES),
        offers=some(OFFERS),
        cities=some(CITIES),
        min_price=chance.choice((None, None, Decimal(900))),
        max_price=chance.choice((None, None, Decimal(150_000))),
        featured=chance.random() < 0.2,
    )


def disturb(agency, plan, chance):
    """What happens between two looks: hands, prices, goings and comings."""
    for row in Listing.objects.for_agency(agency).filter(plan=plan).exclude(external_id="own-2"):
        if chance.random() < 0.2:
            Listing.objects.for_agency(agency).filter(pk=row.pk).update(
                hand=chance.choice(("", "always", "never"))
            )
    for estate in Estate.objects.for_agency(agency):
        if chance.random() < 0.3:
            values = random_estate(chance)
            changed = {name: values[name] for name in ("price", "city", "gone_at", "offer_type")}
            Estate.objects.for_agency(agency).filter(pk=estate.pk).update(
                **changed, changed_at=timezone.now()
            )


def wanted(plan):
    return {number for number, row in listings(plan).items() if row.wanted}


@pytest.mark.parametrize("seed", range(12))
def test_a_preview_says_what_the_look_then_does(plan, agency, other_agency, add_estate, look, seed):
    chance = Random(seed)
    for at in range(30):
        label = chance.choice(("Lyon", "Lyon bis"))
        remote_id = f"shared-{at // 2}" if chance.random() < 0.2 else f"own-{at}"
        label = "Lyon ter" if taken(agency, label, remote_id) else label
        add_estate(agency, remote_id=remote_id, label=label, **random_estate(chance))
    add_estate(other_agency, remote_id="own-1")
    feed_listing(agency, plan, "own-2")
    for number in ("own-3", "own-4", "own-5", "shared-1"):
        feed_listing(agency, plan, number, wanted=False)
    for _ in range(3):
        rules = random_rules(chance)
        before = wanted(plan)
        said = preview(plan, agency, rules)
        plan.rules, plan.version = rules.to_json(), plan.version + 1
        plan.save()
        rows = look(plan)
        after = wanted(plan)
        assert said.adds.count == len(after - before)
        assert {estate.remote_id for estate in said.adds.shown} <= after - before
        assert said.stays.count == len((after & before) - {"own-2"})
        assert {row.external_id for row in said.stays.shown} <= after & before
        assert said.lapses.count == len(before - after)
        assert {row.external_id for row in said.lapses.shown} <= before - after
        assert said.after == Counter(standing_of(rows[number], timezone.now()) for number in after)
        assert said.held == len([n for n in after if rows[n].stage == "held"])
        disturb(agency, plan, chance)


def taken(agency, label, remote_id):
    return Estate.objects.for_agency(agency).filter(connection__label=label, remote_id=remote_id).exists()


def feed_listing(agency, plan, number, wanted=True):
    feed = Feed.objects.create(agency=agency, plan=plan, name="a.xml", size=1, sha256="0")
    item = FeedItem.objects.create(agency=agency, feed=feed, ordinal=0, line=1, state="accepted")
    Listing.objects.create(agency=agency, plan=plan, external_id=number, feed_item=item, wanted=wanted)


def test_without_a_plan_everything_that_is_chosen_joins(agency, add_estate):
    for number in range(15):
        add_estate(agency, price=None if number < 4 else Decimal(300_000))
    said = preview(None, agency, Rules())
    assert (said.adds.count, len(said.adds.shown), said.held) == (15, 12, 4)
    assert (said.stays.count, said.lapses.count) == (0, 0)
    assert preview(None, agency, Rules(min_price=Decimal(1))).held == 0
    assert said.leaving == (0, None)


def test_a_preview_changes_nothing(plan, agency, add_estate, look):
    add_estate(agency)
    add_estate(agency, city="Nice")
    look(plan)
    before = list(Listing.objects.for_agency(agency).order_by("pk").values())
    said = preview(plan, agency, Rules(cities=("Nice",)))
    assert [row.external_id for row in said.lapses.shown] == ["remote-1"]
    assert [row.external_id for row in said.stays.shown] == ["remote-2"]
    assert said.stays.shown[0].estate.city == "Nice"
    assert list(Listing.objects.for_agency(agency).order_by("pk").values()) == before
    assert not AuditEntry.objects.for_agency(agency).exists()


def test_a_forecast_that_was_made_is_not_made_again(
    plan, agency, add_estate, look, django_assert_max_num_queries
):
    for number in range(20):
        add_estate(agency, price=None if number % 2 else Decimal(300_000))
    look(plan)
    with django_assert_max_num_queries(10):
        assert preview(plan, agency, Rules()).held == 10


def test_an_estate_that_changed_since_is_judged_anew(plan, agency, add_estate, look):
    estate = add_estate(agency, price=None)
    look(plan)
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(price=300_000, changed_at=timezone.now())
    assert preview(plan, agency, Rules()).held == 0


def test_another_agencys_estates_and_listings_are_not_counted(plan, agency, other_agency, add_estate, look):
    add_estate(other_agency)
    theirs = plan_of(other_agency)
    look(theirs)
    said = preview(plan, agency, Rules())
    assert (said.adds.count, said.stays.count, said.lapses.count, said.held) == (0, 0, 0, 0)
    assert preview(theirs, other_agency, Rules()).stays.count == 1
