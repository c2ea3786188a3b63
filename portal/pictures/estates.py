"""The present estates by what the remote calls their status and their type."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count
from django.urls import reverse

from accounts.models import Agency
from estates.catalogue.models import Estate
from portal.pictures.bars import Bar
from portal.templatetags.passerelle import remote_word

BARS = 8


def estates_of(agency: Agency) -> dict[str, Any]:
    rows = Estate.objects.for_agency(agency).filter(gone_at=None).order_by()
    numbers = list(rows.values_list("status", "type").annotate(number=Count("pk")))
    by_status: Counter[str] = Counter()
    by_type: Counter[str] = Counter()
    for status, kind, number in numbers:
        by_status[status] += number
        by_type[kind] += number
    return {
        "total": by_status.total(),
        "by_status": bars_of(agency, "status", by_status),
        "by_type": bars_of(agency, "type", by_type),
    }


def bars_of(agency: Agency, column: str, numbers: Counter[str]) -> list[Bar]:
    """The words of a column that are met most, the most frequent first."""
    page = reverse("catalogue:search", args=[agency.slug])
    found = sorted(((word, number) for word, number in numbers.items() if word), key=_most_first)[:BARS]
    most = max((number for _word, number in found), default=1)
    return [Bar(remote_word(word), number, most, f"{page}?{column}={word}") for word, number in found]


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    word, number = counted
    return -number, word
