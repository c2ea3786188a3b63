"""The pages of an agency's sites, as people of every role see and use them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from estates.connections.models import Connection
from estates.jobs.models import Job
from estates.wordpress import switching
from estates.wordpress.models import HealthLook, Site, SiteHealth, State
from tests.wordpress.conftest import DOMAIN, WRONG_KEY, calls, fresh, in_days, url, worked, worn_out

ON_A_SITE = ["change", "remove", "deactivate", "activate", "again", "give_up"]
POST_ONLY = ["activate", "again", "give_up"]


def page(client, name, agency, *pk) -> str:
    answer = client.get(url(name, agency, *pk))
    assert answer.status_code == 200
    return answer.content.decode()


def content(text: str) -> str:
    return text[text.index('id="content"') :]


def press(client, name, site, **fields):
    """What a button does: it says which version of the site the page showed."""
    seen = {"version": fresh(site).version, **fields}
    return client.post(url(name, site.agency, site.pk), seen)


# Roles


@pytest.mark.parametrize("role", Role)
def test_everybody_reads_and_managers_act(agency, add, browser, role):
    site, client = add(agency), browser(agency, role)
    acts = role in (Role.MANAGER, Role.OWNER)
    for shown in (page(client, "index", agency), page(client, "detail", agency, site.pk)):
        assert DOMAIN in shown
        assert (url("activate", agency, site.pk) in shown) is acts
        assert (url("change", agency, site.pk) in shown) is acts
    for name in ("add", "replay"):
        pk = [site.connection_id] if name == "replay" else []
        assert client.get(url(name, agency, *pk)).status_code == (200 if acts else 403)
    if not acts:
        for name in ON_A_SITE:
            assert press(client, name, site).status_code == 403
        forms = content(page(client, "detail", agency, site.pk)).count("<form")
        assert forms == (1 if role is Role.AGENT else 0), "agents may have a look taken"
        assert "Managers of the agency" in page(client, "detail", agency, site.pk)
    assert fresh(site).state == State.INACTIVE


@pytest.mark.parametrize("name", ON_A_SITE)
def test_outsiders_strangers_and_missing_ids(agency, other_agency, add, browser, client, name):
    site, foreign = add(agency), add(other_agency)
    assert press(browser(other_agency), name, site).status_code == 404
    for pk in (foreign.pk, 999_999):
        assert browser(agency).post(url(name, agency, pk), {"version": 1}).status_code == 404
    answer = client.post(url(name, agency, site.pk))
    assert answer["Location"].startswith(reverse("account_login"))
    assert {fresh(site).state, fresh(foreign).state} == {State.INACTIVE}


@pytest.mark.parametrize("name", POST_ONLY)
def test_buttons_are_not_links(agency, add, browser, name):
    site = add(agency)
    assert browser(agency).get(url(name, agency, site.pk)).status_code == 405
    assert browser(agency).put(url("change", agency, site.pk)).status_code == 405
    assert browser(agency).post(url("index", agency)).status_code == 405
    assert browser(agency).post(url("detail", agency, site.pk)).status_code == 405


# The list


def test_without_a_key_the_page_says_what_comes_first(agency, browser):
    owner, manager = browser(agency), browser(agency, Role.MANAGER)
    assert reverse("connections:add", args=["martin"]) in page(owner, "index", agency)
    assert "Ask an owner of the agency" in page(manager, "index", agency)
    assert owner.get(url("add", agency))["Location"] == url("index", agency)


def test_without_a_site_the_page_says_how_to_add_one(agency, connected, browser):
    connected(agency)
    assert url("add", agency) in content(page(browser(agency), "index", agency))
    assert "A manager of the agency can add it." in page(browser(agency, Role.AGENT), "index", agency)


def test_the_navigation_leads_here(agency, browser):
    assert f'href="{url("index", agency)}" aria-current="page"' in page(browser(agency), "index", agency)


def test_a_site_is_listed_with_plan_quota_end_and_the_remotes_words(agency, add, lists, browser):
    add(
        agency,
        domain="xn--agence-t-h1ab.fr",
        state=State.ACTIVE,
        plan="professional <b>",
        max_properties=500,
        expires_at=in_days(200),
        words="All <i>well</i>",
        answered_at=timezone.now(),
    )
    lists(agency, 412)
    lists(agency, 5, gone_at=timezone.now())
    shown = page(browser(agency, Role.VIEWER), "index", agency)
    assert "agence-été.fr" in shown
    assert "professional &lt;b&gt;" in shown
    assert "All &lt;i&gt;well&lt;/i&gt;" in shown
    assert "412 of 500 (82%)" in shown
    assert '<progress class="mt-1" max="500" value="412"' in shown
    assert 'data-state="active"' in shown
    assert in_days(200).isoformat() in shown
    assert "alert-warning" not in content(shown)


@pytest.mark.parametrize(
    ("number", "most", "says"),
    [
        (8, 10, ""),
        (9, 10, "The plan is nearly full."),
        (10, 10, "The plan is nearly full."),
        (11, 10, "There is 1 estate more than the plan allows"),
        (13, 10, "There are 3 estates more than the plan allows"),
        (1, 0, "There is 1 estate more than the plan allows"),
        (5, None, ""),
    ],
)
def test_the_quota_warns_from_ninety_percent(agency, add, lists, browser, number, most, says):
    site = add(agency, state=State.ACTIVE, max_properties=most)
    lists(agency, number)
    shown = content(page(browser(agency), "detail", agency, site.pk))
    assert ("<progress" in shown) is (most is not None)
    assert ("nearly-full" in shown) is bool(says)
    assert says in shown
    assert ('role="alert"' in shown) is bool(says)


@pytest.mark.parametrize(
    ("days", "says", "colour"),
    [
        (31, "", ""),
        (30, "ends in 30 days", "alert-warning"),
        (8, "ends in 8 days", "alert-warning"),
        (7, "ends in 7 days", "alert-danger"),
        (1, "ends in 1 day.", "alert-danger"),
        (0, "ends in 0 days", "alert-danger"),
        (-1, "The plan of this site has ended.", "alert-danger"),
    ],
)
def test_the_end_of_a_plan_is_said_beforehand(agency, add, browser, days, says, colour):
    # The agency's clock decides which day it is.
    today = timezone.localdate(timezone=ZoneInfo("Europe/Paris"))
    site = add(agency, state=State.ACTIVE, expires_at=today + timedelta(days=days))
    shown = content(page(browser(agency), "detail", agency, site.pk))
    assert says in shown
    assert colour in shown
    assert ('role="alert"' in shown) is bool(says)


def test_an_inactive_sites_old_plan_warns_nobody(agency, add, browser):
    site = add(agency, expires_at=in_days(3))
    assert 'role="alert"' not in content(page(browser(agency), "detail", agency, site.pk))


# Adding and changing


def test_a_manager_adds_a_site(agency, connected, browser, manager):
    connected(agency)
    given = {"domain": "WWW.Agence-Été.fr", "key": WRONG_KEY, "theme_id": "t1"}
    answer = browser(agency, Role.MANAGER).post(url("add", agency), given, follow=True)
    site = Site.objects.for_agency(agency).get()
    assert answer.redirect_chain[-1][0] == url("detail", agency, site.pk)
    assert (site.domain, site.theme_id, site.key.stored_by) == ("www.xn--agence-t-h1ab.fr", "t1", manager)
    shown = answer.content.decode()
    assert "www.agence-été.fr" in shown
    assert "www.xn--agence-t-h1ab.fr" in shown
    assert "<code>…6789</code>" in shown
    assert WRONG_KEY not in shown


def test_what_was_typed_is_kept_but_for_the_key(agency, connected, browser):
    connected(agency)
    answer = browser(agency).post(
        url("add", agency), {"domain": "10.0.0.1", "key": WRONG_KEY, "theme_id": "t1"}
    )
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="10.0.0.1"' in shown
    assert 'value="t1"' in shown
    assert "This is a numeric address." in shown
    assert WRONG_KEY not in shown
    assert "Enter this once more" in shown


def test_a_key_that_was_not_typed_is_only_asked_for(agency, connected, browser):
    connected(agency)
    shown = browser(agency).post(url("add", agency), {"domain": "10.0.0.1", "key": ""}).content.decode()
    assert "Paste the key here." in shown
    assert "Enter this once more" not in shown


def test_two_people_who_add_the_same_site_at_once(agency, add, connected, browser, monkeypatch):
    """The second one's form has looked before the first one's row was there."""
    add(agency)
    monkeypatch.setattr("estates.wordpress.forms.SiteForm.clean_domain", lambda form: DOMAIN)
    answer = browser(agency).post(url("add", agency), {"domain": DOMAIN, "key": WRONG_KEY})
    assert answer.status_code == 422
    assert "The agency has this site already." in answer.content.decode()


def test_key_and_theme_are_changed(agency, add, browser):
    site = add(agency)
    assert 'name="version" value="1"' in page(browser(agency), "change", agency, site.pk)
    answer = press(browser(agency), "change", site, key="plg_new_0123_abcd", theme_id="t9")
    assert answer["Location"] == url("detail", agency, site.pk)
    assert (fresh(site).theme_id, fresh(site).key.last_four) == ("t9", "abcd")
    bad = press(browser(agency), "change", site, key="two words", theme_id="t9")
    assert bad.status_code == 422
    assert "two words" not in bad.content.decode()


@pytest.mark.parametrize("version", ["", "0", "99", "-1", "x", "１", "9" * 30])
def test_a_page_that_is_out_of_date_changes_nothing(agency, add, browser, version):
    site = add(agency)
    for name in ("change", "remove", "activate", "deactivate"):
        answer = browser(agency).post(
            url(name, agency, site.pk), {"version": version, "theme_id": "t9"}, follow=True
        )
        assert "The site was changed meanwhile." in answer.content.decode()
    assert (fresh(site).state, fresh(site).theme_id) == (State.INACTIVE, "")
    assert not Job.objects.for_agency(agency).exists()


def test_a_site_is_removed_after_a_page_that_names_it(agency, add, browser):
    site = add(agency)
    assert f"Remove {DOMAIN}" in page(browser(agency), "remove", agency, site.pk)
    answer = press(browser(agency), "remove", site)
    assert answer["Location"] == url("index", agency)
    assert not Site.objects.for_agency(agency).exists()


def test_an_active_site_has_no_way_to_be_removed(agency, add, browser):
    site = add(agency, state=State.ACTIVE)
    assert url("remove", agency, site.pk) not in page(browser(agency), "detail", agency, site.pk)
    press(browser(agency), "remove", site)
    assert fresh(site).state == State.ACTIVE


# Switching


def test_the_page_follows_an_activation_to_its_end(site, agency, browser, box):
    client = browser(agency, Role.MANAGER)
    assert press(client, "activate", site)["Location"] == url("detail", agency, site.pk)
    between = content(page(client, "detail", agency, site.pk))
    job = Job.objects.for_agency(agency).get()
    assert "data-reload-when-finished" in between
    assert reverse("jobs:progress", args=["martin", job.pk]) in between
    assert "The buttons come back" in between
    assert url("activate", agency, site.pk) not in between
    worked(job)
    after = content(page(client, "detail", agency, site.pk))
    assert "data-reload-when-finished" not in after
    assert "professional" in after
    assert "3 of 500" not in after
    assert "Activated, says Ts-Immo" in after
    assert "Manager Agence Martin" in after
    assert url("deactivate", agency, site.pk) in after


def test_a_double_click_reads_why_nothing_happened(site, agency, browser, box):
    client, version = browser(agency), site.version
    first = client.post(url("activate", agency, site.pk), {"version": version}, follow=True)
    second = client.post(url("activate", agency, site.pk), {"version": version}, follow=True)
    assert "alert-warning" not in content(first.content.decode())
    assert "The site is being activated. Wait for Ts-Immo&#x27;s answer." in second.content.decode()
    worked(Job.objects.for_agency(agency).get())
    assert calls(box, "activate_site") == 1


def test_a_refusal_shows_the_remotes_words_and_what_to_do(agency, add, browser, box):
    site, client = add(agency), browser(agency)
    press(client, "activate", site)
    worked(Job.objects.for_agency(agency).get())
    shown = content(page(client, "detail", agency, site.pk))
    assert "Ts-Immo refused to activate this site." in shown
    assert "Invalid plugin authentication key" in shown
    assert "Check the plugin key and the domain" in shown
    assert url("activate", agency, site.pk) in shown


def test_deactivation_names_the_site_and_what_will_not_happen(agency, add, browser, box):
    site, client = add(agency, state=State.ACTIVE), browser(agency)
    asked = page(client, "deactivate", agency, site.pk)
    assert f"Deactivate {DOMAIN}" in asked
    assert "The portal deletes nothing" in asked
    press(client, "deactivate", site)
    assert fresh(site).state == State.DEACTIVATING


def test_a_stuck_site_shows_the_failure_and_two_ways_on(site, agency, browser, box, manager):
    box.fault("error_500", operation="activate_site")
    worn_out(switching.activate(site, manager))
    client = browser(agency, Role.MANAGER)
    for name, pk in (("index", []), ("detail", [site.pk])):
        shown = content(page(client, name, agency, *pk))
        assert "nobody is asking any more" in shown
        assert 'data-state="failed"' in shown
        assert "Internal server error" in shown
        assert url("again", agency, site.pk) in shown
        assert url("give_up", agency, site.pk) in shown
    viewer = content(page(browser(agency, Role.VIEWER), "detail", agency, site.pk))
    assert "nobody is asking any more" in viewer
    assert url("again", agency, site.pk) not in viewer
    press(client, "again", site)
    assert Job.objects.for_agency(agency).count() == 2
    Job.objects.for_agency(agency).update(status="failed")
    press(client, "give_up", site)
    shown = content(page(client, "detail", agency, site.pk))
    assert fresh(site).state == State.INACTIVE
    assert "Ts-Immo never said how this ended" not in shown, "the second job never began"


def test_doubt_is_said_and_can_be_cleared(agency, add, browser):
    site = add(agency, in_doubt=True)
    shown = content(page(browser(agency), "detail", agency, site.pk))
    assert "Ts-Immo never said how this ended" in shown
    assert url("deactivate", agency, site.pk) in shown
    assert url("activate", agency, site.pk) in shown


def test_a_deleted_key_of_the_account_is_shown_on_the_site(agency, add, browser):
    site = add(agency, state=State.ACTIVE)
    Connection.objects.for_agency(agency).update(removed_at=timezone.now())
    shown = page(browser(agency), "detail", agency, site.pk)
    assert "Its key was deleted" in shown
    answer = browser(agency).post(url("deactivate", agency, site.pk), {"version": site.version}, follow=True)
    assert "Choose another account for the site first." in answer.content.decode()


# How much it costs


def seen_up(site):
    SiteHealth.objects.create(agency=site.agency, site=site, verdict="up", next_at=timezone.now())
    HealthLook.objects.create(agency=site.agency, site=site, at=timezone.now(), verdict="up")


def test_the_number_of_queries_does_not_grow_with_the_sites(
    agency, add, lists, browser, manager, django_assert_num_queries
):
    client = browser(agency)
    client.get(url("index", agency))
    lists(agency, 20)
    for number in range(21):
        site = add(agency, domain=f"www{number}.example.com", max_properties=10)
        switching.activate(site, manager)
        seen_up(site)
        if number in (0, 20):
            page(client, "index", agency)
            with django_assert_num_queries(11):
                page(client, "index", agency)


def test_nor_does_that_of_one_site_with_its_history(agency, add, browser, manager, django_assert_num_queries):
    site, client = add(agency), browser(agency)
    page(client, "detail", agency, site.pk)
    for number in range(150):
        site.events.create(what="activated", actor=manager, words="x" * 400)
        if number in (0, 149):
            with django_assert_num_queries(9):
                page(client, "detail", agency, site.pk)
