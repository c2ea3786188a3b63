"""States and days as they are drawn."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from estates.syndication.models import Verdict
from estates.syndication.standings import Standing
from portal.templatetags.passerelle import day, drawing
from portal.words import STATES

DRAWN = [*Standing.values, *Verdict.values]


@pytest.mark.parametrize("value", DRAWN)
def test_each_has_an_icon_and_a_colour(value):
    icon, colour = STATES[value]
    assert drawing(icon).startswith("<svg")
    assert colour


def test_standings_look_different():
    drawn = [STATES[value] for value in Standing.values]
    assert len({icon for icon, _colour in drawn}) == len(drawn)


def test_a_day_in_a_sentence():
    moment = datetime(2027, 3, 3, 9, 30, tzinfo=UTC)
    with translation.override("fr"), timezone.override("Europe/Paris"):
        assert day(moment) == (
            '<time datetime="2027-03-03T09:30:00+00:00" title="3 mars 2027 10:30">3 mars 2027</time>'
        )
    assert day(None) == "–"
