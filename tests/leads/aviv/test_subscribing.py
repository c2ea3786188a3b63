from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
from django.utils import timezone

from accounts.models import AuditEntry
from estates.connections.vault import unseal
from estates.jobs.models import Job, Status
from estates.leads.aviv import subscribing
from estates.leads.models import WebhookCall, WebhookKey, WebhookSubscription

pytestmark = pytest.mark.django_db
Wanted = WebhookSubscription.Wanted


@pytest.fixture
def owner(agency, member):
    return member(agency)


@pytest.fixture
def subscription(source, subscribe_for_real, owner):
    return subscribe_for_real(source.connection, owner)


def test_avivs_subscription_has_our_address_and_a_key_that_nobody_sees(agency, account, subscription, owner):
    (theirs,) = account.subscriptions.values()
    assert theirs.url == subscribing.address_of(subscription)
    assert urlsplit(theirs.url).path == f"/webhooks/aviv/{subscription.opaque}/"
    assert theirs.api_key == unseal(WebhookKey.objects.get().ciphertext).reveal()
    assert (subscription.state, subscription.remote_id) == ("ACTIVE", theirs.id)
    assert subscription.is_settled
    assert subscription.active_since
    entry = AuditEntry.objects.for_agency(agency).get(action="leads.webhook_asked")
    assert theirs.api_key not in str(entry.__dict__)
    assert theirs.api_key not in str(Job.objects.for_agency(agency).values())


def test_asked_twice_there_is_one(agency, account, source, subscription, owner):
    assert subscribing.subscribe(source.connection, owner) is None
    assert WebhookSubscription.objects.for_agency(agency).count() == 1


@pytest.mark.parametrize("fault", ["lost", "dropped", "truncated_json", "error_500"])
def test_a_lost_answer_makes_no_second_subscription(account, box, source, owner, finish, fault):
    """Whether AVIV made it or not before the line broke."""
    box.fault(fault, operation="create_subscription", times=1)
    job = finish(subscribing.subscribe(source.connection, owner))
    assert job.status == Status.DONE
    (theirs,) = account.subscriptions.values()
    assert theirs.api_key == unseal(WebhookKey.objects.get().ciphertext).reveal()


def test_doubles_with_our_address_are_removed_and_foreign_ones_left(
    account, source, subscription, owner, finish
):
    (theirs,) = account.subscriptions.values()
    headers = {"Authorization": f"Bearer {account.token}"}
    for url in (theirs.url, "https://others.example/hook"):
        body = {"url": url, "apiKey": "x", "status": "ACTIVE"}
        requests.post(f"{account.address}/webhook/subscriptions", json=body, headers=headers, timeout=5)
    finish(subscribing.want(subscription, Wanted.INACTIVE, owner))
    assert sorted(each.url for each in account.subscriptions.values()) == sorted(
        [theirs.url, "https://others.example/hook"]
    )
    assert account.subscriptions[theirs.id].status == "INACTIVE"


def test_paused_and_on_again(agency, account, subscription, owner, finish):
    rows = WebhookSubscription.objects.for_agency(agency)
    finish(subscribing.want(subscription, Wanted.INACTIVE, owner))
    assert [each.status for each in account.subscriptions.values()] == ["INACTIVE"]
    assert (rows.get().state, rows.get().active_since) == ("INACTIVE", None)
    finish(subscribing.want(subscription, Wanted.ACTIVE, owner))
    assert [each.status for each in account.subscriptions.values()] == ["ACTIVE"]
    assert rows.get().is_settled


def test_removed_there_and_here(agency, account, subscription, owner, finish):
    assert finish(subscribing.want(subscription, Wanted.GONE, owner)).status == Status.DONE
    assert account.subscriptions == {}
    assert not WebhookSubscription.objects.for_agency(agency).exists()
    assert not WebhookKey.objects.exists()


def test_what_was_removed_there_is_made_again_where_it_is_wanted(account, subscription, finish):
    account.subscriptions.clear()
    assert finish(subscribing.start_settling(subscription)).status == Status.DONE
    assert [each.url for each in account.subscriptions.values()] == [subscribing.address_of(subscription)]


def test_what_is_to_go_stays_so(agency, subscription, owner):
    subscribing.want(subscription, Wanted.GONE, owner)
    subscribing.want(subscription, Wanted.ACTIVE, owner)
    assert WebhookSubscription.objects.for_agency(agency).get().wanted == Wanted.GONE


def test_avivs_own_audit_is_shown(agency, account, source, live_server, settings, subscribe_for_real, finish):
    settings.PUBLIC_URL = live_server.url
    subscription = subscribe_for_real(source.connection)
    (lead,) = account.add_leads(1)
    assert account.webhooks.wait()
    finish(subscribing.start_settling(subscription))
    subscription.refresh_from_db()
    assert subscription.last_success_at
    assert subscription.events[0]["lead_id"] == lead
    assert subscription.events[0]["status_code"] == 200
    assert WebhookCall.objects.for_agency(agency).count() == 1


def test_the_audit_is_read_once_an_hour_with_a_fetch(agency, source, subscription, fetch):
    rows = Job.objects.for_agency(agency).filter(kind=subscribing.KIND)
    fetch()
    assert rows.count() == 1
    old = timezone.now() - timedelta(hours=2)
    WebhookSubscription.objects.for_agency(agency).update(audited_at=old)
    fetch()
    assert rows.count() == 2


@pytest.mark.parametrize(
    ("url", "reachable"),
    [
        ("https://portal.example.fr", True),
        ("https://93.184.216.34", True),
        ("http://portal.example.fr", False),
        ("https://127.0.0.1", False),
        ("https://10.0.0.8:8443", False),
        ("https://[::1]", False),
        ("https://localhost", False),
        ("https://portal", False),
    ],
)
def test_whether_anybody_outside_can_call(settings, url, reachable):
    settings.PUBLIC_URL = url
    assert subscribing.is_reachable() is reachable
