import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from accounts.partners import keys
from estates.connections.sealed import sealed_models
from estates.remotes.secret import Secret
from estates.webhooks import subscribing
from estates.webhooks.addresses import checked_address
from estates.webhooks.models import Subscription, SubscriptionSecret

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", ["https://hooks.partner.example/a?b=c", " https://hooks.partner.example/ "])
def test_an_address_on_https_is_taken(url):
    assert checked_address(url) == url.strip()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hooks.partner.example/", "hooks.partner.example"),
        ("https://hooks.partner.example/in", "hooks.partner.example/in"),
        ("https://hooks.partner.example/opaque-key", "hooks.partner.example/opaq…"),
        ("https://hooks.partner.example/in?key=opaque", "hooks.partner.example/in…"),
    ],
)
def test_no_token_of_an_address_is_told(agency, url, shown):
    subscription, _secret = subscribing.subscribe(agency, None, url=url, events=["lead.created"])
    subscribing.remove(subscription, None)
    trail = AuditEntry.objects.for_agency(agency).values_list("subject", flat=True)
    assert {str(subscription), *trail} == {shown}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.partner.example",
        "ftp://hooks.partner.example/",
        "http://hooks.partner.example/",
        "https://user:secret@hooks.partner.example/",
        "https://hooks.partner.example:8443/",
        "https://hooks.partner.example/#part",
        "https:///nowhere",
        "https://[::1",
        "javascript:alert(1)",
        "https://" + "a" * 3000,
    ],
)
def test_any_other_is_refused_in_words(url):
    with pytest.raises(ValidationError) as refused:
        checked_address(url)
    assert len(refused.value.messages[0]) > 20


def test_what_an_operator_named_may_be_on_http(settings):
    settings.SITE_ADDRESSES = "http://hooks.local.example=127.0.0.1:9000"
    assert checked_address("http://hooks.local.example/") == "http://hooks.local.example/"


def test_an_agency_has_so_many_subscriptions_and_no_more(agency, other_agency, web, subscribed, monkeypatch):
    monkeypatch.setattr(subscribing, "MOST", 2)
    subscribed(agency)
    subscribed(agency)
    with pytest.raises(subscribing.TooMany):
        subscribed(agency)
    subscribed(other_agency)
    assert Subscription.objects.for_agency(agency).count() == 2


def test_secrets_lie_sealed_where_the_vault_finds_them(agency, web, subscribed):
    subscription = subscribed(agency, api_key=Secret("a-key-of-theirs"))
    assert SubscriptionSecret in sealed_models()
    rows = list(subscription.secrets.all())
    assert {row.use for row in rows} == {"signing", "api-key"}
    text = b"".join(bytes(row.ciphertext) for row in rows)
    assert b"whsec_" not in text
    assert b"a-key-of-theirs" not in text
    assert subscribing.api_key(subscription).reveal() == "a-key-of-theirs"
    subscribing.keep_api_key(subscription, None)
    assert subscribing.api_key(subscription) is None


def test_no_more_than_two_secrets_sign(agency, web, subscribed):
    subscription = subscribed(agency)
    first = subscribing.renew_secret(subscription, None)
    second = subscribing.renew_secret(subscription, None)
    signing = [secret.reveal() for secret in subscribing.signing_secrets(subscription)]
    assert signing == [second.reveal(), first.reveal()]


def test_a_key_sees_its_own_subscriptions_and_those_of_the_keys_before_it(agency, member, web, subscribed):
    key, _ = keys.make(agency, None, name="Call centre", scopes=["webhooks", "leads:read"])
    other, _ = keys.make(agency, None, name="Agency", scopes=["webhooks"])
    subscribed(agency)
    theirs = subscribed(agency, partner_key=key)
    new, _ = keys.renew(key, member(agency))
    assert list(subscribing.of_key(new)) == list(subscribing.of_key(key)) == [theirs]
    assert list(subscribing.of_key(other)) == []


def test_a_key_listens_only_to_what_it_may_read(agency):
    key, _ = keys.make(agency, None, name="Call centre", scopes=["webhooks", "leads:read"])
    assert subscribing.lacking(key, ["lead.created", "job.failed"]) == []
    assert subscribing.lacking(key, ["lead.created", "estate.gone", "site.state"]) == [
        "estates:read",
        "sites:read",
    ]


def test_every_event_that_is_about_an_agency_s_data_needs_the_scope_to_read_it():
    from estates.webhooks.kinds import SCOPES, EventType

    assert {event.noun for event in EventType} == SCOPES.keys() | {"job"}
