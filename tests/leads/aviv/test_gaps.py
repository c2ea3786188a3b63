from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from estates.leads.aviv.gaps import Gap, gap_of, wide_gaps
from estates.leads.models import Lead, WebhookCall, WebhookSubscription
from estates.leads.models.leads import Way
from estates.leads.saving import save

pytestmark = pytest.mark.django_db


def ago(minutes: float):
    return timezone.now() - timedelta(minutes=minutes)


@pytest.fixture
def connection(agency, connected):
    return connected(agency, "aviv", "aviv_token_0123")


@pytest.fixture
def subscription(connection, subscribed):
    return subscribed(connection, "whk_0123456789", active_since=ago(60 * 30))


@pytest.fixture
def came(connection, draft):
    """Leads that AVIV took in so many minutes ago."""

    def make(*minutes: float, way=Way.POLL) -> list[str]:
        first = Lead.objects.for_agency(connection.agency).count()
        names = [f"lead-{first + number}" for number in range(len(minutes))]
        drafts = [draft(name, happened_at=ago(when)) for name, when in zip(names, minutes, strict=True)]
        save(connection, drafts, way)
        return names

    return make


@pytest.fixture
def told(subscription):
    def make(name: str, minutes: float) -> None:
        call = WebhookCall.objects.create(agency=subscription.agency, subscription=subscription, lead_id=name)
        WebhookCall.objects.for_agency(subscription.agency).filter(pk=call.pk).update(at=ago(minutes))

    return make


def counts(connection) -> tuple[int, int]:
    gap = gap_of(connection)
    return gap.announced, gap.missed


def test_without_announcements_there_is_nothing_to_miss(connection, came):
    came(60, 70)
    assert gap_of(connection) is None


def test_leads_that_were_named_were_announced(connection, subscription, came, told):
    first, second, _third = came(60, 70, 80)
    told(first, 59)
    told(second, 20)
    assert counts(connection) == (2, 1)


def test_a_call_that_named_nobody_counts_for_who_came_just_before_it(connection, subscription, came, told):
    came(60, 30, 300)
    told("", 55)
    told("", 10)
    assert counts(connection) == (1, 2)


def test_a_lead_that_was_found_while_another_was_announced_was_missed(connection, subscription, came):
    came(60, way=Way.WEBHOOK)
    assert counts(connection) == (0, 1)


def test_a_call_may_still_come_for_what_is_minutes_old_and_imports_count_nothing(
    connection, subscription, came
):
    came(1, 5, 60 * 25, 60 * 24 * 300)
    assert counts(connection) == (0, 0)


def test_what_came_before_announcements_began_was_not_missed(agency, connection, subscription, came):
    WebhookSubscription.objects.for_agency(agency).update(active_since=ago(45))
    came(60, 30)
    assert counts(connection) == (0, 1)


@pytest.mark.parametrize("change", [{"wanted": "INACTIVE"}, {"state": "INACTIVE"}, {"wanted": "GONE"}])
def test_paused_ones_miss_nothing(agency, connection, subscription, came, change):
    came(60, 61, 62)
    WebhookSubscription.objects.for_agency(agency).update(**change)
    assert gap_of(connection) is None
    assert wide_gaps(agency) == []


@pytest.mark.parametrize(
    ("announced", "missed", "wide"),
    [(0, 0, False), (9, 0, False), (5, 1, False), (4, 1, False), (3, 1, True), (90, 2, False), (90, 3, True)],
)
def test_three_or_more_than_a_fifth_are_too_many(announced, missed, wide):
    assert Gap(timezone.now(), announced, missed).is_wide is wide


def test_the_first_page_and_the_sources_page_say_so(agency, browser, connection, subscription, came):
    came(60, 61, 62)
    for page in ("dashboard", "leads:aviv"):
        arguments = [agency.slug] if page == "dashboard" else [agency.slug, connection.pk]
        shown = browser(agency, Role.VIEWER).get(reverse(page, args=arguments)).content.decode()
        assert "3 leads" in shown
    assert 'value="3"' in shown
