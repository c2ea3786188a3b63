"""The same version with other bytes, at any agency: nobody gets it until an operator has decided."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from accounts.roles import Role
from estates.wordpress.models import PluginFile
from estates.wordpress.models.plugins import with_rivals
from estates.wordpress.plugins.listing import Standing, standing_of
from estates.wordpress.plugins.looking import plugins_of
from estates.wordpress.plugins.settling import block_again, only_right, release_too
from portal.needs import needs_of, told
from portal.needs.sites import untrusted_plugins
from tests.wordpress.conftest import url
from tests.wordpress.plugins.conftest import SLUG, brought, file_of, look, plugin_of

LIST = reverse("admin:wordpress_pluginfile_changelist")


@pytest.fixture
def operator(db):
    return User.objects.create_superuser("operator@passerelle.example", name="Operator", language="en")


@pytest.fixture
def admin_client(operator):
    client = Client()
    client.force_login(operator, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def torn(site, their_site, box):
    """Both agencies are listed the same version, with different bytes."""
    brought(site)
    box.account("riviera").plugins.repack(SLUG)
    brought(their_site)
    return site, their_site


def standing(site, slug=SLUG) -> Standing:
    return standing_of(with_rivals(plugins_of(site)).get(name=slug))


def got(browser, site) -> int:
    plugin = plugin_of(site)
    target = url("download_plugin", site.agency, site.pk, plugin.pk)
    answer = browser(site.agency, Role.AGENT).get(target)
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer.status_code


def page_of(browser, site) -> str:
    return browser(site.agency).get(url("plugins", site.agency, site.pk)).content.decode()


def test_both_are_stopped_and_both_are_told_without_naming_the_other(torn, browser):
    mine, theirs = torn
    assert file_of(mine) != file_of(theirs)
    for site, other in ((mine, theirs), (theirs, mine)):
        assert standing(site) == Standing.BLOCKED
        assert got(browser, site) == 302
        page = page_of(browser, site)
        assert "Downloads of this version are stopped." in page
        assert f"/{plugin_of(site).pk}/download/" not in page
        for foreign in (other.agency.name, other.domain, file_of(other).sha256):
            assert foreign not in page
        (need,) = [need for need in needs_of(site.agency) if SLUG in need.about]
        assert "Downloads are stopped" in str(need.sentence)


def test_other_plugins_and_other_versions_are_not_stopped(torn, shelf, browser):
    site, _theirs = torn
    assert standing(site, "ts-immo-leads") == Standing.READY
    shelf.publish(SLUG, version="2.2.0")
    assert standing(site) == Standing.BLOCKED
    brought(site)
    assert standing(site) == Standing.READY
    assert got(browser, site) == 200


def test_both_files_are_fetched_so_that_operators_can_compare_them(torn):
    assert {file_of(site).state for site in torn} == {PluginFile.State.READY}


def test_a_promise_alone_stops_it_before_anything_was_fetched(site, their_site, box, browser):
    brought(site)
    assert got(browser, site) == 200
    box.account("riviera").plugins.sign_wrongly(SLUG)
    look(their_site)
    assert got(browser, site) == 302


def test_other_bytes_at_one_and_the_same_site_stop_it_too(site, shelf, browser):
    brought(site)
    shelf.repack(SLUG)
    brought(site)
    assert standing(site) == Standing.BLOCKED
    assert "The same version with other content." in page_of(browser, site)


def test_it_stays_stopped_when_the_promise_is_taken_back(site, shelf):
    """Whoever lists other bytes for an hour must not go unnoticed."""
    brought(site)
    shelf.repack(SLUG)
    look(site)
    shelf.mend(SLUG)
    brought(site)
    assert standing(site) == Standing.BLOCKED


def test_the_name_counts_and_not_the_id_or_the_case(site, their_site, box):
    brought(site)
    theirs = box.account("riviera").plugins
    theirs.withdraw(SLUG)
    theirs.publish("TS-Immo-SYNC", version="2.1.0")
    look(their_site)
    assert standing(site) == Standing.BLOCKED


# What operators decide


def test_the_right_one_is_given_out_again_and_the_other_is_not(torn, operator, browser):
    mine, theirs = torn
    only_right(file_of(mine), operator)
    assert (standing(mine), standing(theirs)) == (Standing.READY, Standing.BLOCKED)
    assert (got(browser, mine), got(browser, theirs)) == (200, 302)
    only_right(file_of(theirs), operator)
    assert (standing(mine), standing(theirs)) == (Standing.BLOCKED, Standing.READY)


def test_both_may_be_right(torn, operator, browser):
    for site in torn:
        release_too(file_of(site), operator)
    assert [got(browser, site) for site in torn] == [200, 200]
    assert told(torn[0].agency, untrusted_plugins) == []


def test_a_third_one_is_stopped_alone(torn, operator, shelf):
    mine, theirs = torn
    for site in torn:
        release_too(file_of(site), operator)
    shelf.repack(SLUG, "A third time.")
    brought(mine)
    assert (standing(mine), standing(theirs)) == (Standing.BLOCKED, Standing.READY)


def test_a_decision_can_be_taken_back(torn, operator):
    mine, _theirs = torn
    only_right(file_of(mine), operator)
    block_again(file_of(mine), operator)
    assert standing(mine) == Standing.BLOCKED


def in_trail() -> int:
    return AuditEntry.objects.across_agencies().filter(action__startswith="plugin.").count()


@pytest.mark.parametrize("verb", [only_right, release_too, block_again])
def test_a_file_without_a_rival_is_left_alone(site, shelf, operator, browser, verb):
    shelf.spoil(SLUG, "symlink")
    brought(site)
    before = in_trail()
    with pytest.raises(ValidationError, match="Left alone"):
        verb(file_of(site), operator)
    assert standing(site) == Standing.REFUSED
    assert got(browser, site) == 302
    assert in_trail() == before
    assert file_of(site).released_at is None


def test_a_refused_file_is_not_released_beside_its_rival(site, their_site, shelf, operator):
    brought(their_site)
    shelf.sign_wrongly(SLUG)
    brought(site)
    with pytest.raises(ValidationError, match="not those that Ts-Immo signed"):
        release_too(file_of(site), operator)
    assert file_of(site).released_at is None


def test_the_same_decision_is_made_once(torn, operator):
    file = file_of(torn[0])
    release_too(file, operator)
    before = in_trail()
    for verb, words in ((release_too, "released already"), (only_right, "the only one that is released")):
        with pytest.raises(ValidationError, match=words):
            verb(file, operator)
    assert in_trail() == before
    block_again(file, operator)
    before = in_trail()
    with pytest.raises(ValidationError, match="not released"):
        block_again(file, operator)
    assert in_trail() == before


def test_every_agency_that_it_concerns_has_it_in_its_trail(torn, operator):
    mine, _theirs = torn
    file = file_of(mine)
    only_right(file, operator)
    for site in torn:
        entry = AuditEntry.objects.for_agency(site.agency).get(action="plugin.settled")
        assert (entry.actor, entry.subject) == (operator, "ts-immo-sync 2.1.0")
        assert entry.detail == {"sha256": file.sha256}
    assert PluginFile.objects.get(pk=file.pk).released_by == operator


# The admin


def run(client, action, *files):
    return client.post(LIST, {"action": action, "_selected_action": [file.pk for file in files]}, follow=True)


def rows(answer) -> str:
    return answer.content.decode().split('id="result_list"')[-1].split("</table>")[0]


def test_operators_see_whom_it_concerns(torn, admin_client):
    listed = rows(admin_client.get(LIST))
    assert listed.count("Blocked, Ready") == 2
    assert "Riviera Patrimoine" in listed
    assert rows(admin_client.get(LIST, {"standing": "blocked"})).count("Blocked, Ready") == 2
    assert "field-digest" not in rows(admin_client.get(LIST, {"standing": "refused"}))
    assert rows(admin_client.get(LIST, {"standing": "ready"})).count("field-digest") == 3
    assert rows(admin_client.get(LIST, {"standing": "x"})).count("field-digest") == 3


def test_operators_see_what_was_refused_and_where_it_lies(site, shelf, admin_client):
    shelf.sign_wrongly(SLUG)
    file = brought(site).file
    page = admin_client.get(reverse("admin:wordpress_pluginfile_change", args=[file.pk])).content.decode()
    for shown in (
        file.sha256,
        file.found_sha256,
        file.evidence_as,
        "not those that Ts-Immo signed",
        "Agence Martin",
    ):
        assert shown in page
    assert f'href="/{file.evidence_as}' not in page


def test_operators_decide_in_the_admin(torn, admin_client, operator):
    mine, theirs = torn
    run(admin_client, "only_right", file_of(mine))
    assert (standing(mine), standing(theirs)) == (Standing.READY, Standing.BLOCKED)
    run(admin_client, "release_too", file_of(theirs))
    assert standing(theirs) == Standing.READY
    run(admin_client, "block_again", file_of(mine), file_of(theirs))
    assert (standing(mine), standing(theirs)) == (Standing.BLOCKED, Standing.BLOCKED)
    assert LogEntry.objects.filter(user=operator).count() == 4


def test_what_is_left_alone_is_named_with_its_reason(torn, admin_client, operator):
    file = file_of(torn[0])
    before = in_trail()
    answer = run(admin_client, "block_again", file)
    assert [(message.level_tag, str(message)) for message in answer.context["messages"]] == [
        ("warning", f"{file}: Left alone: it is not released."),
        ("warning", "0 decisions are noted."),
    ]
    assert in_trail() == before
    assert not LogEntry.objects.exists()


def test_who_may_only_look_decides_nothing(torn, db):
    person = User.objects.create_user("helper@passerelle.example", name="Hugo", language="en", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_pluginfile"))
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert 'name="action"' not in client.get(LIST).content.decode()
    for action in ("only_right", "release_too", "block_again"):
        run(client, action, file_of(torn[0]))
    assert file_of(torn[0]).released_at is None
    assert not LogEntry.objects.exists()


def test_two_of_one_version_cannot_be_the_only_right_one(torn, admin_client):
    answer = run(admin_client, "only_right", *(file_of(site) for site in torn))
    assert "Choose one file of each version" in answer.content.decode()
    assert {standing(site) for site in torn} == {Standing.BLOCKED}


def test_plugins_of_sites_are_read_only(site, admin_client):
    look(site)
    target = reverse("admin:wordpress_siteplugin_change", args=[plugin_of(site).pk])
    assert SLUG in admin_client.get(target).content.decode()
    assert SLUG in admin_client.get(reverse("admin:wordpress_siteplugin_changelist")).content.decode()
    assert admin_client.post(target, {"name": "x"}).status_code == 403
    for name in ("change", "delete"):
        target = reverse(f"admin:wordpress_pluginfile_{name}", args=[file_of(site).pk])
        assert admin_client.post(target, {"post": "yes", "state": "ready"}).status_code == 403
