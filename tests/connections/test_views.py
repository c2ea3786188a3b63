import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from estates.connections.models import ConnectionKey, State
from estates.connections.record import note
from estates.connections.replace import replace_key
from estates.connections.store import store_key
from estates.connections.vault import unseal
from estates.connections.verdict import Verdict
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.remotes.secret import Secret
from tests.connections.asking import HTMX, NEW, PAGES, form, stored, url
from tests.connections.conftest import KEY

pytestmark = pytest.mark.django_db


# The list


def test_the_list_shows_what_may_be_shown(agency, connection, browser, listed):
    page = browser(agency).get(listed).content.decode()
    for shown in (
        "Ts-Immo",
        "Lyon",
        "Working",
        "…wxyz",
        "Owner Agence Martin",
        "The remote system answered.",
        "<time",
    ):
        assert shown in page
    assert KEY not in page


def test_what_needs_a_person_comes_first(agency, owner, connection, browser, listed):
    given = {"system": "ts_immo", "environment": "production", "verdict": None}
    for label, state in (
        ("Alpha", "working"),
        ("Beta", "failing"),
        ("Gamma", "refused"),
        ("Delta", "unchecked"),
    ):
        made = store_key(agency, owner, label=label, secret=Secret(KEY), **given)
        stored(agency).filter(pk=made.pk).update(state=state)
    page = browser(agency).get(listed).content.decode()
    places = [page.index(f">{label}<") for label in ("Gamma", "Beta", "Alpha", "Delta", "Lyon")]
    assert places == sorted(places)


def test_a_manager_sees_health_but_no_buttons(agency, connection, browser, listed):
    page = browser(agency, Role.MANAGER).get(listed).content.decode()
    assert "Working" in page
    for name in ("add", "rename", "remove", "replace", "check"):
        assert url(agency, name, connection) not in page
    assert "Only owners" in page


def test_an_empty_list_says_what_to_do(agency, browser, listed):
    page = browser(agency).get(listed).content.decode()
    assert "No system is connected yet" in page
    assert url(agency, "add") in page
    assert "Ask an owner" in browser(agency, Role.MANAGER).get(listed).content.decode()


def test_a_long_list_costs_as_many_queries_as_a_short_one(agency, owner, connection, browser, listed):
    given = {"system": "ts_immo", "environment": "production", "verdict": None}
    person, counts = browser(agency), []
    person.get(listed)
    for size in (1, 31):
        for number in range(1, size):
            store_key(agency, owner, label=f"Office {number}", secret=Secret(KEY), **given)
        with CaptureQueriesContext(database) as queries:
            assert person.get(listed).content.decode().count("<article") == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_refused_connection_says_what_to_do(agency, connection, browser, listed):
    stored(agency).update(state=State.REFUSED, last_outcome="unauthorised", last_answer="<b>No</b> such key")
    page = browser(agency).get(listed).content.decode()
    assert "Key refused" in page
    assert "&lt;b&gt;No&lt;/b&gt; such key" in page
    assert "<b>No</b>" not in page
    assert page.count(url(agency, "replace", connection)) == 2


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("refused", "about that one request: the key works"),
        ("unauthorised", "1 refusal in a row. After 3 the key"),
    ],
)
def test_one_bad_answer_says_what_it_means_for_the_key(agency, connection, browser, listed, outcome, said):
    note(connection.pk, connection.keys.get().pk, Verdict(outcome, "No"), timezone.now())
    assert said in browser(agency).get(listed).content.decode()


def test_a_key_that_was_stored_unchecked_can_be_checked(agency, owner, browser, listed):
    given = {"system": "seeki", "environment": "sandbox", "label": "x", "verdict": None}
    seeki = store_key(agency, owner, secret=Secret("seeki_test_0123"), **given)
    page = browser(agency).get(listed).content.decode()
    assert "Not checked yet" in page
    assert "Sandbox" in page
    assert url(agency, "check", seeki) in page
    assert browser(agency).post(url(agency, "check", seeki)).status_code == 302
    assert Job.objects.for_agency(agency).get().title == str(seeki)


def test_the_pages_have_neither_inline_styles_nor_handlers(
    agency, owner, connection, browser, listed, remote
):
    replace_key(connection, owner, Secret(NEW))
    person = browser(agency)
    pages = [person.get(url(agency, name, connection)).content.decode() for name in ["index", *PAGES]]
    assert len(pages) == 5
    assert not [page for page in pages if " style=" in page or " onclick=" in page or "<script>" in page]


# Adding


def test_adding_an_accepted_key(agency, browser, remote, listed):
    assert browser(agency).get(url(agency, "add")).status_code == 200
    answer = browser(agency).post(url(agency, "add"), form(), follow=True)
    assert answer.redirect_chain == [(listed, 302)]
    assert "The key of Ts-Immo · Nice is stored." in answer.content.decode()
    connection = stored(agency).get()
    assert connection.state == State.WORKING
    assert unseal(connection.keys.get().ciphertext).reveal() == NEW


def test_a_refused_key_is_explained_and_may_be_insisted_on(agency, browser, remote, listed):
    remote.refuses()
    person = browser(agency)
    assert "Store it anyway" not in person.get(url(agency, "add")).content.decode()
    page = person.post(url(agency, "add"), form()).content.decode()
    for said in ("The key is not stored", "Invalid or missing API key", "Store it anyway", 'value="Nice"'):
        assert said in page
    assert NEW not in page
    assert not stored(agency).exists()
    again = person.post(url(agency, "add"), form(insist="on", key="")).content.decode()
    assert "Paste the key here." in again
    assert "Store it anyway" in again
    assert person.post(url(agency, "add"), form(insist="on")).url == listed
    assert stored(agency).get().state == State.FAILING


def test_a_mistake_in_the_form_costs_no_call(agency, connection, browser, remote):
    page = browser(agency).post(url(agency, "add"), form(label="Lyon")).content.decode()
    assert "label already" in page
    assert remote.keys == []


def test_sent_twice_at_once_the_second_is_told_so(agency, browser, remote, monkeypatch):
    person = browser(agency)
    person.post(url(agency, "add"), form())
    monkeypatch.setattr("estates.connections.forms.refuse_taken", lambda *args: None)
    assert "label already" in person.post(url(agency, "add"), form()).content.decode()
    assert ConnectionKey.objects.count() == 1


# Changing


def test_renaming(agency, connection, browser, listed):
    assert 'value="Lyon"' in browser(agency).get(url(agency, "rename", connection)).content.decode()
    assert browser(agency).post(url(agency, "rename", connection), {"label": "Lyon 6"}).url == listed
    assert stored(agency).get().label == "Lyon 6"
    assert browser(agency).post(url(agency, "rename", connection), {"label": ""}).status_code == 200


def test_a_taken_name_is_refused_even_in_a_race(agency, connection, browser, remote, monkeypatch):
    browser(agency).post(url(agency, "add"), form())
    monkeypatch.setattr("estates.connections.forms.refuse_taken", lambda *args: None)
    answer = browser(agency).post(url(agency, "rename", connection), {"label": "Nice"})
    assert "label already" in answer.content.decode()


def test_replacing_shows_the_check_and_keeps_the_old_key(agency, connection, browser, remote, listed):
    assert (
        "stays until the new one" in browser(agency).get(url(agency, "replace", connection)).content.decode()
    )
    assert browser(agency).post(url(agency, "replace", connection), {"key": NEW}).url == listed
    page = browser(agency).get(listed).content.decode()
    for shown in ("A new key is being checked", "…abcd", "…wxyz", 'hx-trigger="every 1s"', "job-finished"):
        assert shown in page
    assert "Use it without a check" not in page
    work(Job.objects.for_agency(agency).get().pk)
    page = browser(agency).get(listed).content.decode()
    assert "…abcd" in page
    assert "…wxyz" not in page


def test_a_refused_replacement_can_be_used_or_dropped(agency, connection, browser, remote, listed):
    remote.refuses()
    person = browser(agency)
    for action, end in (("drop", "wxyz"), ("use", "abcd")):
        person.post(url(agency, "replace", connection), {"key": NEW})
        work(Job.objects.for_agency(agency).latest("pk").pk)
        page = person.get(listed).content.decode()
        for shown in (
            "The new key was not accepted",
            "Invalid or missing API key",
            "Use it anyway",
            url(agency, action, connection),
        ):
            assert shown in page
        assert person.post(url(agency, action, connection)).url == listed
        assert connection.keys.get().last_four == end


def test_a_replacement_that_cannot_be_a_key_is_refused(agency, connection, browser):
    page = browser(agency).post(url(agency, "replace", connection), {"key": "two words"}).content.decode()
    assert "no spaces" in page
    assert "two words" not in page


def test_checking_now_answers_at_once_with_a_job(agency, connection, browser, remote, listed):
    person = browser(agency)
    fragment = person.post(url(agency, "check", connection), headers=HTMX).content.decode()
    assert fragment.lstrip().startswith("<article")
    assert 'hx-trigger="every 1s"' in fragment
    assert person.post(url(agency, "check", connection)).url == listed
    assert Job.objects.for_agency(agency).count() == 1
    assert remote.keys == []
    work(Job.objects.for_agency(agency).get().pk)
    card = person.get(url(agency, "card", connection), headers=HTMX).content.decode()
    assert "every 1s" not in card
    assert remote.keys == [KEY]


def test_the_card_alone_leads_to_the_list(agency, connection, browser, listed):
    assert browser(agency).get(url(agency, "card", connection)).url == listed


def test_removing_names_the_thing_and_says_what_happens(agency, connection, browser, listed):
    page = browser(agency).get(url(agency, "remove", connection)).content.decode()
    for said in ("Remove Ts-Immo · Lyon", "cannot be brought back", "stays here and readable"):
        assert said in page
    assert stored(agency).get().removed_at is None
    answer = browser(agency).post(url(agency, "remove", connection), follow=True).content.decode()
    assert "The key of Ts-Immo · Lyon is deleted." in answer
    assert "<article" not in answer
    assert not ConnectionKey.objects.exists()
