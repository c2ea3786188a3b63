from datetime import timedelta

import pytest
from django.utils import timezone

from estates.leads.erasure.places import blank_delivery
from estates.leads.erasure.traces import Traces
from estates.webhooks import retention
from estates.webhooks.kinds import EventType
from estates.webhooks.models import Attempt, Delivery, Event
from estates.webhooks.tell import tell

pytestmark = pytest.mark.django_db


def test_after_thirty_days_what_was_told_is_forgotten_with_what_was_answered(
    agency, web, subscribed, monkeypatch
):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    subscribed(agency)
    now = timezone.now()
    tell(agency, EventType.LEAD_CREATED, range(5), now - timedelta(days=30, minutes=1))
    tell(agency, EventType.LEAD_CREATED, [9], now - timedelta(days=29, hours=23))
    for delivery in Delivery.objects.for_agency(agency):
        delivery.attempts.create(at=now, seconds=0.1, status=200)
    assert retention.forget_old() == 5
    assert [event.subject for event in Event.objects.for_agency(agency)] == ["9"]
    assert Delivery.objects.for_agency(agency).count() == Attempt.objects.count() == 1


def test_who_is_erased_is_no_longer_in_what_was_sent_or_answered(agency, web, subscribed):
    subscribed(agency)
    tell(agency, EventType.LEAD_CREATED, [1, 2])
    theirs, others = Delivery.objects.for_agency(agency).select_related("agency").order_by("pk")
    for delivery, mail in ((theirs, "jean@dupont.example"), (others, "anne@durand.example")):
        delivery.body = f'{{"email": "{mail}"}}'
        delivery.save()
        delivery.attempts.create(at=timezone.now(), seconds=0.1, status=200, answer=f"thanks, {mail}")
    traces = Traces({"jean@dupont.example"}, set(), set(), set())
    assert [blank_delivery(each, traces) for each in (theirs, others)] == [1, 0]
    assert [row.body for row in Delivery.objects.for_agency(agency).order_by("pk")] == ["", others.body]
    assert sorted(Attempt.objects.values_list("answer", flat=True)) == ["", "thanks, anne@durand.example"]
