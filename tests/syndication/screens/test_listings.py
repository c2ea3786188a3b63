"""The list of a plan's listings."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from estates.syndication.models import Listing
from estates.syndication.pages.codes import MEANINGS, meaning_of
from estates.syndication.pages.listings import SIZE
from estates.syndication.standings import Standing
from tests.syndication.screens.conftest import content, url, words
from tests.syndication.screens.making import connection_of, days, estate_of, listing_of, plan_of


def page(plan, client, query="", **options) -> str:
    return content(client.get(f"{url('listings', plan.agency, plan.pk)}?{query}", **options))


def titles(text) -> list[str]:
    return re.findall(r'<a class="text-reset fw-medium text-break"[^>]*>([^<]*)</a>', text)


def test_an_empty_list_says_why(agency, plan, browser):
    client = browser(agency)
    assert "No listing is here yet" in page(plan, client)
    assert "No listing is on this list" in page(plan, client, "standing=held")
    text = page(plan, client, "query=nothing")
    assert "No listing matches these filters" in text
    assert "Remove all filters" in text


def test_every_standing_has_its_list(agency, plan, browser):
    for standing in Standing:
        listing_of(plan, standing.value, title=f"The {standing.value} one")
    listing_of(plan_of(agency, "Nice"), title="Of another plan")
    client = browser(agency)
    assert len(titles(page(plan, client))) == len(Standing)
    for standing in Standing:
        text = page(plan, client, f"standing={standing.value}")
        assert titles(text) == [f"The {standing.value} one"]
        assert "1 listing" in words(text)
        assert f'data-state="{standing.value}"' in text


def test_a_row(agency, plan, browser):
    estate = estate_of(
        agency, title="Villa Rose", city="Écully", images=["https://img.example/1.jpg"], price=450_000
    )
    row = listing_of(plan, "refused", estate, live_until=timezone.now() + days(5), hand="always")
    text = page(plan, browser(agency))
    said = words(text)
    assert url("listing", agency, row.pk) in text
    assert "https://img.example/1.jpg" in text
    for each in (
        "Villa Rose",
        "Écully · €450,000",
        "Always publish",
        "Refused",
        "Seeki does not find the address",
    ):
        assert each in said


def test_a_code_that_nobody_knows_stands_as_it_came(agency, plan, browser):
    listing_of(plan, "refused", code="BRAND_NEW")
    assert "BRAND_NEW" in page(plan, browser(agency))
    assert meaning_of("BRAND_NEW") is None
    assert all(meaning.words and meaning.advice for meaning in MEANINGS.values())


def test_the_forecast_in_a_row(agency, plan, browser):
    listing_of(plan, "held", reasons=[["price_missing", "price", ""], ["pictures_none", "images", ""]])
    listing_of(plan, "live", verdict="")
    said = words(page(plan, browser(agency)))
    assert "Will be refused It has no price. Seeki takes no listing “on request”. +1" in said


def test_a_listing_of_a_feed_file(agency, plan, browser):
    row = listing_of(plan, estate=False, title="From the file")
    said = words(page(plan, browser(agency)))
    assert f"From the file {row.external_id} · from a feed file" in said


@pytest.mark.parametrize("query", ["villa", "VILLA rose", "ecully", "MART-77", "feed-", "écully villa"])
def test_words_find(query, agency, plan, browser):
    estate = estate_of(agency, title="Villa Rose", city="Écully", reference="MART-77")
    listing_of(plan, estate=estate)
    listing_of(plan, estate=False, title="Villa Rose d'Écully", external_id="feed-x")
    listing_of(plan, estate=estate_of(agency, title="Studio", city="Lyon"))
    text = page(plan, browser(agency), f"query={query}")
    assert titles(text)
    assert "Studio" not in titles(text)
    assert f'value="{query}"' in text


def test_a_word_that_says_nothing_finds_nothing(agency, plan, listing, browser):
    assert titles(page(plan, browser(agency), "query=%25")) == []
    assert titles(page(plan, browser(agency), "query=---")) == []


def test_the_forecast_filters(agency, plan, browser):
    listing_of(plan, "live", title="Good")
    listing_of(plan, "live", title="Less good", verdict="better")
    client = browser(agency)
    text = page(plan, client, "verdict=better&standing=live")
    assert titles(text) == ["Less good"]
    chip = re.search(r'chip" href="([^"]*)"', text)
    assert chip
    assert chip[1] == "?standing=live"
    assert "is left out" in page(plan, client, "verdict=nonsense")


def test_tabs_count_and_keep_the_filters(agency, plan, browser):
    for name in ("live", "live", "held"):
        listing_of(plan, name)
    text = page(plan, browser(agency), "query=estate")
    assert 'href="?query=estate&amp;standing=live"' in text
    said = words(text)
    assert "All 3" in said
    assert "Held back 1 " in said
    assert "Online 2 " in said
    assert "Lapsing soon" not in said


def test_what_lapses_soon_has_a_list_while_there_is_any(agency, plan, browser):
    listing_of(plan, title="Later", live_until=timezone.now() + days(13))
    listing_of(plan, title="Sooner", live_until=timezone.now() + days(2))
    listing_of(plan, "lapsing", title="Not wanted", live_until=timezone.now() + days(2))
    client = browser(agency)
    assert "Lapsing soon 2" in words(page(plan, client))
    assert titles(page(plan, client, "standing=soon")) == ["Sooner", "Later"]
    Listing.objects.for_agency(agency).update(live_until=timezone.now() + days(30))
    assert "No listing is on this list" in page(plan, client, "standing=soon")


@pytest.mark.parametrize("query", ["", "standing=live"])
def test_pages_follow_each_other_and_back(query, agency, plan, browser):
    for number in range(SIZE + 3):
        listing_of(plan, title=f"L{number:03}", live_until=timezone.now() + days(20) + days(number / 50))
    client = browser(agency)
    first = page(plan, client, query)
    assert f"{SIZE + 3} listings" in words(first)
    assert titles(first) == [f"L{number:03}" for number in range(SIZE)]
    second = page(plan, client, cursor_of(first, "next"))
    assert titles(second) == [f"L{number:03}" for number in range(SIZE, SIZE + 3)]
    assert titles(page(plan, client, cursor_of(second, "prev"))) == titles(first)
    assert titles(page(plan, client, f"{query}&cursor=damaged")) == titles(first)


def cursor_of(text, rel) -> str:
    link = re.search(rf'rel="{rel}" href="\?([^"]*)"', text)
    assert link
    return link[1].replace("&amp;", "&")


def test_the_list_alone_for_htmx(agency, plan, listing, browser):
    text = page(plan, browser(agency), headers={"HX-Request": "true"})
    assert "<html" not in text
    assert titles(text) == [listing.title]


def test_the_list_keeps_its_place(agency, plan, listing, browser):
    client = browser(agency)
    text = page(plan, client, "standing=live&query=estate&page=3")
    assert f"{url('listing', agency, listing.pk)}?standing=live&amp;query=estate" in text
    back = content(client.get(f"{url('listing', agency, listing.pk)}?standing=live&query=estate"))
    assert f"{url('listings', agency, plan.pk)}?standing=live&amp;query=estate" in back


def test_more_than_a_thousand_are_not_counted(agency, plan, browser):
    Listing.objects.across_agencies().bulk_create(
        [Listing(agency=agency, plan=plan, external_id=str(number), title="x") for number in range(1001)]
    )
    assert "1,000+ listings" in words(page(plan, browser(agency)))


def test_questions_do_not_grow(agency, plan, browser, django_assert_max_num_queries):
    for name in ("live", "refused", "held"):
        for _ in range(9):
            listing_of(plan, name)
    listing_of(plan, estate=False)
    client = browser(agency)
    with django_assert_max_num_queries(11):
        page(plan, client)


# Estates that have no listing


def test_estates_that_the_rules_do_not_choose_have_a_list(agency, other_agency, plan, browser):
    listing_of(plan, "live")
    listing_of(plan, "out")
    outside = estate_of(agency, title="Villa Rose", city="Écully", price=450_000, status="sold")
    twin = estate_of(agency, connection=connection_of(agency, label="Nice"), remote_id=outside.remote_id)
    estate_of(agency, gone_at=timezone.now())
    estate_of(other_agency)
    client = browser(agency)
    said = words(page(plan, client))
    assert "Not published 1 Not chosen 1" in said
    text = page(plan, client, "standing=unchosen")
    assert "Villa Rose" in titles(text)
    assert set(titles(text)) == {"Villa Rose", twin.title}
    assert f"{reverse('catalogue:detail', args=[agency.slug, outside.pk])}#syndication" in text
    said = words(text)
    for each in ("1 estate ", "Écully · €450,000", "Sold", "on its own page, by hand"):
        assert each in said
    assert titles(page(plan, client, "standing=unchosen&query=ecully")) == ["Villa Rose"]
    for query in ("query=castle", "query=---", "verdict=ready"):
        assert "No listing matches these filters" in page(plan, client, f"standing=unchosen&{query}")


def test_the_estates_without_a_listing_are_turned_over(agency, plan, browser):
    for number in range(SIZE + 2):
        estate_of(agency, title=f"Estate {number:03}")
    client = browser(agency)
    first = page(plan, client, "standing=unchosen")
    assert len(titles(first)) == SIZE
    cursor = re.search(r'rel="next" href="[^"]*cursor=([^"&]*)', first)
    assert cursor
    assert len(titles(page(plan, client, f"standing=unchosen&cursor={cursor[1]}"))) == 2


def test_an_empty_list_of_what_is_not_published_leads_on(agency, plan, browser):
    client = browser(agency)
    assert "standing=unchosen" not in page(plan, client, "standing=out")
    assert "The rules choose every estate" in page(plan, client, "standing=unchosen")
    estate_of(agency)
    cache.clear()  # the number may be a minute old
    text = page(plan, client, "standing=out")
    said = words(text)
    assert "Listings stand here that were to be published and never came online." in said
    assert "1 estate is not chosen by the rules" in said
    assert 'href="?standing=unchosen"' in text


def test_before_the_catalogue_was_looked_through_nobody_knows(agency, browser):
    plan = plan_of(agency, looked_at=None)
    estate_of(agency)
    assert "Not chosen" not in words(page(plan, browser(agency)))


@pytest.mark.parametrize("query", ["", "standing=unchosen"])
def test_estates_without_a_listing_cost_no_more(query, agency, plan, browser, django_assert_max_num_queries):
    for _ in range(9):
        estate_of(agency)
    client = browser(agency)
    with django_assert_max_num_queries(12):
        page(plan, client, query)
