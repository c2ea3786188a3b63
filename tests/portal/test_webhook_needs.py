"""Webhooks stand on an agency's first page once a partner has learned nothing for a day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Scope
from accounts.partners import keys
from accounts.roles import Role
from portal.needs import needs_of
from tests.webhooks.making import URL, webhook

DAY = timedelta(days=1)


@pytest.fixture
def failing(agency):
    return webhook(agency, failures=9, failing_since=timezone.now() - DAY)


def test_after_a_day_of_failures(agency, failing):
    (need,) = needs_of(agency)
    assert need.about == URL
    assert str(need.sentence).startswith("This webhook has taken nothing since ")
    assert need.url == reverse("partner_webhooks:detail", args=["martin", failing.pk])


def test_when_the_portal_switched_it_off(agency):
    webhook(agency, failures=1, failing_since=timezone.now(), disabled_at=timezone.now())
    (need,) = needs_of(agency)
    assert str(need.sentence).startswith("The portal has sent nothing to this webhook since ")


def test_others_need_nobody(agency, other_agency, member):
    now = timezone.now()
    key, _token = keys.make(agency, None, name="x", scopes=[Scope.WEBHOOKS])
    webhook(agency)
    webhook(agency, failures=1, failing_since=now - DAY + timedelta(minutes=5))
    webhook(agency, status="INACTIVE", failing_since=now - DAY, disabled_at=now)
    webhook(agency, failing_since=now - DAY, partner_key=key)
    keys.revoke(key, member(agency))
    webhook(other_agency, failing_since=now - DAY)
    assert needs_of(agency) == []


@pytest.mark.parametrize("role", Role)
def test_owners_are_told_and_nobody_else(agency, failing, browser, role):
    """The others may not open its page, and its address may be a secret of the partner's."""
    page = browser(agency, role).get(reverse("dashboard", args=["martin"])).content.decode()
    assert (URL in page) == (role is Role.OWNER)
