from datetime import timedelta

import pytest
from django.utils import timezone

from estates.jobs.models import Job, Status
from estates.leads.aviv import hearing
from estates.leads.models import Lead, LeadSource, StrayItem, WebhookCall, WebhookSubscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def subscription(source, subscribed):
    return subscribed(source.connection, "whk_0123456789")


@pytest.fixture
def call(subscription):
    """A call of AVIV that was taken in."""

    def make(body: bytes) -> WebhookCall:
        return WebhookCall.objects.create(agency=subscription.agency, subscription=subscription, body=body)

    return make


@pytest.fixture
def hear(agency, finish):
    def work_off(slices=9) -> Job:
        assert hearing.start_hearing() == 1
        return finish(Job.objects.for_agency(agency).filter(kind=hearing.KIND).latest("pk"), slices)

    return work_off


def told(lead_id: str) -> bytes:
    return f'{{"event": "NEW_LEAD", "leadId": "{lead_id}"}}'.encode()


def waiting(agency) -> int:
    return WebhookCall.objects.for_agency(agency).filter(handled_at=None).count()


def operations(box) -> list[str]:
    return [entry.operation for entry in box.received]


def test_a_lead_that_is_named_is_fetched_by_its_id(agency, account, box, call, hear):
    first, _ = account.add_leads(2)
    call(told(first))
    assert hear().status == Status.DONE
    lead = Lead.objects.for_agency(agency).get()
    assert (lead.remote_id, lead.way) == (first, "webhook")
    assert operations(box) == ["lead"]
    heard = WebhookCall.objects.for_agency(agency).get()
    assert (heard.lead_id, bytes(heard.body)) == (first, b""), "a body may tell all about a person"
    assert heard.handled_at


def test_what_is_told_twice_is_asked_once(agency, account, box, call, hear, ids):
    names = account.add_leads(3)
    for name in [*names, *reversed(names)]:
        call(told(name))
    hear()
    assert ids(agency) == sorted(names)
    assert operations(box) == ["lead"] * 3
    assert waiting(agency) == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b'{"event": "NEW_LEAD"}', b"\0\xff", b"[" * 60_000, b'{"leadId": "../x"}', b'{"leadId": ["a"]}',
     b'{"leadId": "' + b"x" * 9000 + b'"}', b'{"leadId": "\\ud800"}', b'[{"leadId": "1"}, {"leadId": "2"}]',
     b'{"leadId": "nobody-knows-it"}'],
)  # fmt: skip
def test_a_call_that_names_nothing_has_the_last_two_days_read_once(
    agency, account, box, call, hear, ids, body
):
    names = account.add_leads(2, over_days=1)
    for _ in range(3):
        call(body)
    assert hear().status == Status.DONE
    assert ids(agency) == sorted(names)
    assert operations(box).count("leads") == 1
    assert waiting(agency) == 0


def test_a_poisoned_call_holds_nobody_up(agency, account, call, hear, ids):
    (name,) = account.add_leads(1)
    call(b"\xff" * 100)
    call(told(name))
    call(b'{"leadId": 7}')
    hear()
    assert ids(agency) == [name]
    assert waiting(agency) == 0


def test_very_many_names_are_read_by_pages(agency, account, box, call, hear, ids):
    names = account.add_leads(60)
    for name in names:
        call(told(name))
    hear()
    assert ids(agency) == sorted(names)
    assert set(operations(box)) == {"leads"}


def test_a_lead_that_cannot_be_read_alone_is_set_apart_by_the_page(agency, account, call, hear):
    (name,) = account.add_leads(1)
    real = account.leads.document
    account.leads.document = lambda lead: {**real(lead), "metadata": {"portal": "SLG-FRA"}}
    call(told(name))
    assert hear().status == Status.DONE
    assert StrayItem.objects.for_agency(agency).count() == 1
    assert waiting(agency) == 0


def test_an_outage_leaves_the_calls_for_later(agency, account, box, call, hear, ids, finish):
    (name,) = account.add_leads(1)
    call(told(name))
    box.fault("error_500", operation="lead", times=3)
    job = hear(slices=1)
    assert job.status == Status.WAITING
    assert waiting(agency) == 1
    assert finish(job).status == Status.DONE
    assert ids(agency) == [name]


def test_after_a_failure_it_is_left_alone_for_a_while(agency, box, account, call, hear):
    call(told("x"))
    job = hear(slices=0)
    Job.objects.for_agency(agency).filter(pk=job.pk).update(status="failed", finished_at=timezone.now())
    assert hearing.start_hearing() == 0
    old = timezone.now() - timedelta(minutes=6)
    Job.objects.for_agency(agency).filter(pk=job.pk).update(finished_at=old)
    assert hearing.start_hearing() == 1


@pytest.mark.parametrize("change", [{"state": "refused"}, {"removed_at": timezone.now()}])
def test_without_a_key_that_works_nobody_asks(agency, subscription, call, change):
    call(told("x"))
    type(subscription.connection).objects.for_agency(agency).update(**change)
    assert hearing.start_hearing() == 0


def test_a_flood_ends_in_one_reading(agency, account, box, subscription, hear, ids):
    names = account.add_leads(3)
    WebhookSubscription.objects.for_agency(agency).update(is_flooded=True)
    assert hear().status == Status.DONE
    assert ids(agency) == sorted(names)
    assert not WebhookSubscription.objects.for_agency(agency).get().is_flooded
    assert hearing.start_hearing() == 0


def test_slices_go_on_where_they_were(agency, account, box, call, hear, ids, settings):
    settings.JOB_SLICE_SECONDS = 0
    names = account.add_leads(330)
    for name in names[:60]:
        call(told(name))
    assert hear(slices=20).status == Status.DONE
    assert ids(agency) == sorted(names)
    assert operations(box).count("leads") == 4


def test_heard_calls_are_forgotten_after_a_month(agency, call):
    new, old, open_call = call(b"1"), call(b"2"), call(b"3")
    rows = WebhookCall.objects.for_agency(agency)
    rows.filter(pk=new.pk).update(handled_at=timezone.now() - timedelta(days=29))
    rows.filter(pk=old.pk).update(handled_at=timezone.now() - timedelta(days=31))
    assert hearing.forget_old_calls() == 1
    assert set(rows.values_list("pk", flat=True)) == {new.pk, open_call.pk}


@pytest.mark.parametrize("payload", ["lead_id", "nothing", "lead"])
def test_dropped_doubled_and_reordered_calls_end_in_equal_sets_after_the_next_poll(
    agency, account, box, source, live_server, settings, fetch, hear, ids, subscribe_for_real, payload
):
    settings.PUBLIC_URL = live_server.url
    subscribe_for_real(source.connection)
    post = account.webhooks
    post.payload = payload
    post.drop(4)
    post.double(4)
    post.reorder(5)
    post.delay(0.3, 2)
    names = account.add_leads(20)
    assert post.wait()
    calls = WebhookCall.objects.for_agency(agency).count()
    assert calls == 20 - 4 + 4
    hear()
    if payload == "lead_id":
        assert set(ids(agency)) == set(names[4:]), "the four that were dropped nobody has told"
        assert set(Lead.objects.for_agency(agency).values_list("way", flat=True)) == {"webhook"}
    fetch()
    assert ids(agency) == sorted(names)
    assert waiting(agency) == 0
    source = LeadSource.objects.for_agency(agency).get()
    assert source.polled_to
