"""Plans and listings of two agencies, and what every test of a page asks of it."""

import html
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from tests.syndication.screens.making import listing_of, plan_of


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def plan(agency):
    return plan_of(agency)


@pytest.fixture
def listing(plan):
    return listing_of(plan)


def url(name, agency, *pk):
    return reverse(f"syndication:{name}", args=[agency.slug, *pk])


def content(answer, status: int = 200) -> str:
    """The page without the frame around it."""
    assert answer.status_code == status, answer
    text = answer.content.decode()
    return text[text.index('<header class="page-header') :] if "</header>" in text else text


def words(text: str) -> str:
    """What a person reads: without tags and drawings, single spaces."""
    drawn = re.sub(r"<(svg|script)[^>]*>.*?</\1>", "", text, flags=re.DOTALL)
    inline = re.sub(r"</?(a|strong|time)( [^>]*)?>", "", drawn)
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", inline)).split())
