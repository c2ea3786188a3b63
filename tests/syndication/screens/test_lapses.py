"""The picture of when listings would lapse."""

from datetime import timedelta

import pytest
from django.utils import timezone

from estates.syndication.pages.lapses import HEIGHT, picture_of, rounded_up
from tests.syndication.screens.conftest import content, url
from tests.syndication.screens.making import days, listing_of


@pytest.mark.parametrize(
    ("number", "top"), [(0, 1), (1, 1), (2, 2), (3, 5), (5, 5), (6, 10), (11, 20), (201, 500), (1000, 1000)]
)
def test_where_the_axis_ends(number, top):
    assert rounded_up(number) == top


def test_bars_stand_on_each_other(plan):
    for _ in range(3):
        listing_of(plan, live_until=timezone.now() + days(15))
    listing_of(plan, "lapsing", live_until=timezone.now() + days(15))
    picture = picture_of(plan)
    assert picture.total == 4
    (bar,) = [bar for bar in picture.bars if bar.wanted]
    assert (bar.wanted, bar.unwanted) == (3, 1)
    assert bar.sunday - bar.monday == timedelta(days=6)
    assert bar.monday.weekday() == 0
    assert picture.ticks[0][0] == 5
    assert bar.stay == pytest.approx(HEIGHT * 3 / 5)
    assert bar.top_of_stay == pytest.approx(HEIGHT - bar.stay)
    assert bar.top_of_leave == pytest.approx(bar.top_of_stay - bar.leave)
    assert all(each.left + 26 <= picture.width for each in picture.bars)
    assert bar.left < bar.middle < bar.left + 26


def test_an_axis_with_a_middle(plan):
    for _ in range(2):
        listing_of(plan, live_until=timezone.now() + days(15))
    assert picture_of(plan).ticks == [(2, 0.0), (1, HEIGHT / 2), (0, float(HEIGHT))]


def test_the_table_behind_it_has_the_numbers(agency, plan, browser):
    client = browser(agency)
    assert "Nothing is online, so nothing can lapse." in content(client.get(url("plan", agency, plan.pk)))
    listing_of(plan)
    text = content(client.get(url("plan", agency, plan.pk)))
    assert 'class="weeks"' in text
    assert text.count('<tr><th scope="row"><time') == 10


def test_numbers_of_a_drawing_are_never_written_the_french_way(agency, plan, browser, member, settings):
    settings.LANGUAGE_CODE = "fr"
    for _ in range(3):
        listing_of(plan)
    client = browser(agency)
    text = content(client.get(url("plan", agency, plan.pk), headers={"Accept-Language": "fr"}))
    picture = text[text.index('<svg class="weeks"') :]
    picture = picture[: picture.index("</svg>")]
    assert "," not in "".join(
        part for part in picture.split('"') if part.replace(",", "").replace(".", "").isdigit()
    )
