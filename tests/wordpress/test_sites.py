"""Adding, changing and removing sites: nothing of it is told to Ts-Immo."""

import io

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.management import call_command
from django.db.models import ProtectedError

from accounts.models import AuditEntry
from estates.connections.sealed import Sealed, sealed_models
from estates.connections.vault import unseal
from estates.remotes.secret import Secret
from estates.wordpress import switching
from estates.wordpress.forms import ChangeForm, DomainField, SiteForm
from estates.wordpress.models import Site, SiteEvent, SiteKey, State
from estates.wordpress.sites import DomainTaken, add_site, change_site, remove_site
from estates.wordpress.states import NotNow
from portal.sandbox.messages import Refusal
from tests.wordpress.conftest import DOMAIN, WRONG_KEY, fresh, told, worked

OTHER_KEY = "plg_other_9876543210"


def key_of(site) -> str:
    return unseal(SiteKey.objects.get(site=site).ciphertext).reveal()


def test_a_site_begins_inactive_with_its_key_in_the_vault(agency, connected, manager):
    site = add_site(
        agency, manager, connection=connected(agency), domain=DOMAIN, secret=Secret(WRONG_KEY), theme_id="t1"
    )
    assert (site.state, site.theme_id, site.answered_at) == (State.INACTIVE, "t1", None)
    assert key_of(site) == WRONG_KEY
    assert WRONG_KEY.encode() not in bytes(site.key.ciphertext)
    assert (site.key.last_four, site.key.stored_by) == ("6789", manager)
    assert told(site) == ["added"]
    entry = AuditEntry.objects.for_agency(agency).get()
    assert (entry.action, entry.subject, entry.actor) == ("site.added", DOMAIN, manager)


def test_the_end_of_a_short_key_is_not_shown(agency, add):
    assert add(agency, key="plg_short").key.last_four == ""


def test_a_domain_stands_once_in_an_agency(agency, add, connected):
    add(agency)
    with pytest.raises(DomainTaken):
        add_site(agency, None, connection=connected(agency), domain=DOMAIN, secret=Secret(OTHER_KEY))
    assert Site.objects.for_agency(agency).count() == 1
    assert SiteKey.objects.count() == 1
    assert AuditEntry.objects.for_agency(agency).count() == 1


def test_another_agency_may_have_the_same_domain(agency, other_agency, add):
    mine, theirs = add(agency), add(other_agency)
    assert mine.domain == theirs.domain
    assert mine.agency != theirs.agency


def test_a_new_key_and_theme(agency, add, manager, connected):
    site = add(agency, state=State.ACTIVE, plan="pro")
    change_site(site, manager, connection=connected(agency), secret=Secret(OTHER_KEY), theme_id="t2")
    now = fresh(site)
    assert (now.state, now.plan, now.theme_id) == (State.ACTIVE, "pro", "t2"), "Ts-Immo has said nothing new"
    assert key_of(site) == OTHER_KEY
    assert (now.key.last_four, now.key.stored_by) == ("3210", manager)
    assert told(now) == ["added", "changed"]


def test_without_a_new_key_the_stored_one_stays(agency, add, manager, connected):
    site = add(agency)
    change_site(site, manager, connection=connected(agency, label="Nice"), secret=None, theme_id="")
    assert key_of(site) == WRONG_KEY
    assert fresh(site).connection.label == "Nice"


@pytest.mark.parametrize("state", [State.ACTIVATING, State.DEACTIVATING])
def test_nothing_changes_while_ts_immo_is_asked(agency, add, manager, connected, state):
    site = add(agency, state=state)
    with pytest.raises(NotNow):
        change_site(site, manager, connection=connected(agency), secret=Secret(OTHER_KEY), theme_id="t2")
    assert key_of(site) == WRONG_KEY
    assert fresh(site).theme_id == ""


def test_who_comes_second_overwrites_nothing(agency, add, manager, connected):
    site = add(agency)
    seen = fresh(site)
    change_site(site, manager, connection=connected(agency), secret=None, theme_id="first")
    with pytest.raises(NotNow):
        change_site(seen, manager, connection=connected(agency), secret=Secret(OTHER_KEY), theme_id="second")
    assert fresh(site).theme_id == "first"
    assert key_of(site) == WRONG_KEY


@pytest.mark.parametrize("state", [State.INACTIVE, State.REFUSED])
def test_removal_takes_the_key_and_the_history_along(agency, add, manager, state):
    site = add(agency, state=state)
    remove_site(site, manager)
    assert not Site.objects.for_agency(agency).exists()
    assert not SiteKey.objects.exists()
    assert not SiteEvent.objects.exists()
    entries = AuditEntry.objects.for_agency(agency).order_by("number").values_list("action", "subject")
    assert list(entries) == [("site.added", DOMAIN), ("site.removed", DOMAIN)]


@pytest.mark.parametrize("state", [State.ACTIVE, State.ACTIVATING, State.DEACTIVATING])
def test_a_site_that_may_run_is_not_removed(agency, add, manager, state):
    site = add(agency, state=state)
    with pytest.raises(NotNow):
        remove_site(site, manager)
    assert fresh(site).state == state


def test_a_connection_with_sites_is_not_deleted_under_them(agency, add):
    site = add(agency)
    with pytest.raises(ProtectedError):
        site.connection.delete()


# Forms


def given(**changes) -> dict:
    return {"domain": DOMAIN, "key": WRONG_KEY, "theme_id": ""} | changes


def test_a_form_without_a_choice_of_account_asks_for_none(agency, connected):
    account = connected(agency)
    form = SiteForm(given(), agency=agency)
    assert form.is_valid()
    assert list(form.fields) == ["domain", "key", "theme_id"]
    assert form.cleaned_data["connection"] == account
    assert form.cleaned_data["key"].reveal() == WRONG_KEY


def test_with_two_accounts_one_is_chosen(agency, other_agency, connected):
    connected(agency)
    nice, foreign = connected(agency, label="Nice"), connected(other_agency)
    assert SiteForm(given(connection=nice.pk), agency=agency).is_valid()
    for wrong in ("", foreign.pk, 999_999, "x"):
        form = SiteForm(given(connection=wrong), agency=agency)
        assert list(form.errors) == ["connection"]


def test_a_domain_that_is_here_already_is_refused_in_any_spelling(agency, other_agency, add):
    add(agency, domain="xn--agence-t-h1ab.fr")
    form = SiteForm(given(domain="Agence-ÉTÉ.fr."), agency=agency)
    assert form.errors["domain"] == ["The agency has this site already."]
    add(other_agency, domain="www.theirs.example")
    assert SiteForm(given(domain="www.theirs.example"), agency=agency).is_valid()


@pytest.mark.parametrize(
    "typed", ["https://www.agence.fr", "HTTP://www.agence.fr/", " https://Www.Agence.fr/ "]
)
def test_a_home_page_s_address_is_taken_for_its_domain(typed):
    assert DomainField().clean(typed) == "www.agence.fr"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"domain": ""}, "domain"),
        ({"domain": "https://agence.fr/biens"}, "domain"),
        ({"domain": "ftp://agence.fr"}, "domain"),
        ({"domain": "10.0.0.1"}, "domain"),
        ({"key": ""}, "key"),
        ({"key": "two words"}, "key"),
        ({"key": "clé-secrète-12345"}, "key"),
        ({"key": "x" * 5000}, "key"),
        ({"theme_id": "two words"}, "theme_id"),
        ({"theme_id": "x" * 101}, "theme_id"),
        ({"theme_id": "a\0b"}, "theme_id"),
    ],
)
def test_what_the_form_refuses(agency, connected, changes, field):
    connected(agency)
    form = SiteForm(given(**changes), agency=agency)
    assert list(form.errors) == [field]
    assert WRONG_KEY not in str(form)


def test_the_account_can_be_changed_when_the_old_ones_key_was_deleted(agency, connected, add):
    site, new = add(agency), connected(agency, label="Nice")
    form = ChangeForm({"theme_id": "", "connection": new.pk}, agency=agency, current=site.connection)
    assert form.is_valid()
    assert (form.cleaned_data["connection"], form.cleaned_data["key"]) == (new, None)


# The vault


def test_every_table_of_secrets_is_known_to_the_vault():
    assert {"ConnectionKey", "SiteKey"} <= {model.__name__ for model in sealed_models()}
    with pytest.raises(NotImplementedError):
        Sealed.holder.fget(object())


def test_plugin_keys_move_to_the_newest_vault_key(agency, add, settings):
    site = add(agency)
    newest = Fernet.generate_key().decode()
    settings.VAULT_KEYS = [newest, *settings.VAULT_KEYS]
    out = io.StringIO()
    call_command("rotate_vault", stdout=out)
    assert out.getvalue().startswith("2 re-encrypted")
    settings.VAULT_KEYS = [newest]
    assert key_of(site) == WRONG_KEY


def test_a_plugin_key_that_cannot_be_read_is_named(agency, add, settings):
    add(agency)
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]
    found = [warning.msg for warning in run_checks(databases=["default"], tags=["database"])]
    assert f"The key of {DOMAIN} (Agence Martin) cannot be read." in found
    assert SiteKey.objects.get().holder == f"martin: {DOMAIN}"


def test_the_plugin_key_is_masked_in_what_an_observer_of_the_client_hears(agency, add, box, manager):
    """The connection keeps the words of its last answer too."""
    site = add(agency, key="plg_repeated_0123456789")
    box.account("martin").plugin_auth_key = "plg_else"
    said = "no plg_repeated_0123456789"
    fault = box.ts_immo.refusal(Refusal(400, said))
    box.dial.kinds["repeats"] = lambda *_exchange: fault
    box.fault("repeats", operation="activate_site", times=1)
    worked(switching.activate(site, manager))
    now = fresh(site)
    assert now.words == "no [key removed]"
    assert now.connection.last_answer == "no [key removed]"
