"""The pages of feed files, as people of every role see and use them."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from accounts.roles import Role
from estates.feeds.reasons import Reason
from estates.jobs.models import Job, Status
from estates.syndication.incoming import page
from estates.syndication.models import Feed, FeedItem, Listing, Plan
from tests.syndication.incoming.conftest import (
    done,
    fresh,
    items,
    job_of,
    listings,
    lying,
    online,
    plan_of,
    url,
)
from tests.syndication.incoming.making import estate, feed

pytestmark = pytest.mark.django_db
POSTS = ["upload", "send_feed", "drop_feed", "removal"]


def shown(client, agency, of=None, **query) -> str:
    """The page in one line, without tags."""
    target = url("feed", agency, of.pk) if of else url("feeds", agency)
    answer = client.get(target, query)
    assert answer.status_code == 200
    return plain(answer)


def plain(answer) -> str:
    text = re.sub(r"<svg.*?</svg>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def full(*estates) -> bytes:
    return feed(*estates, scope="VOLL")


# who may do what


def test_everybody_of_the_agency_reads(received, agency, browser):
    got = received()
    for role in Role:
        for target in (url("feeds", agency), url("feed", agency, got.pk)):
            assert browser(agency, role).get(target).status_code == 200


@pytest.mark.parametrize("name", POSTS)
def test_viewers_do_nothing(name, received, agency, browser):
    got = received()
    target = url(name, agency) if name == "upload" else url(name, agency, got.pk)
    assert browser(agency, Role.VIEWER).post(target).status_code == 403
    assert browser(agency, Role.OWNER).get(target).status_code == 405


def test_agents_decide_nothing_about_what_is_missing(sent, agency, browser):
    sent(full(*range(10)))
    got = sent(full(0, 1))
    target = url("removal", agency, got.pk)
    assert browser(agency, Role.AGENT).post(target, {"decision": "lapse"}).status_code == 403
    assert fresh(got).removal == Feed.Removal.ASKING


@pytest.mark.parametrize("name", ["feed", "send_feed", "drop_feed", "removal"])
def test_another_agencys_file_does_not_exist(name, received, agency, other_agency, browser):
    got = received()
    client = browser(other_agency, Role.OWNER)
    for target in (url(name, other_agency, got.pk), url(name, agency, got.pk)):
        answer = client.get(target) if name == "feed" else client.post(target, {"decision": "lapse"})
        assert answer.status_code == 404
    assert browser(agency).get(url("feed", agency, 0)).status_code == 404
    assert Client().get(url("feed", agency, got.pk)).status_code == 302


def test_the_list_holds_only_the_agencys_own(received, other_plan, agency, other_agency, browser):
    received(name="ours.xml")
    received(name="theirs.xml", of=other_plan)
    assert "theirs.xml" not in shown(browser(agency), agency)
    assert "ours.xml" not in shown(browser(other_agency), other_agency)


# handing in


def test_an_upload_leads_to_the_files_page(upload, agency, agent, storage):
    answer = upload()
    got = Feed.objects.for_agency(agency).get()
    assert (answer.status_code, answer["Location"]) == (302, url("feed", agency, got.pk))
    assert (got.name, got.uploaded_by) == ("export.xml", agent)
    assert lying(storage) == [got.stored_as]


def test_a_script_is_told_where_to_go(upload, agency):
    answer = upload(headers={"accept": "text/plain"})
    got = Feed.objects.for_agency(agency).get()
    assert (answer.status_code, answer.content.decode()) == (201, url("feed", agency, got.pk))


def test_while_it_is_read_the_page_says_so(upload, agency, browser):
    upload()
    got = Feed.objects.for_agency(agency).get()
    answer = browser(agency).get(url("feed", agency, got.pk))
    assert "The file is being read" in plain(answer)
    assert "data-reload-when-finished" in answer.content.decode()
    assert "<progress" in answer.content.decode()
    assert "Send" not in plain(answer)


def test_the_same_file_twice_leads_to_the_first(agency, plan, browser):
    client, target = browser(agency, Role.AGENT), url("upload", agency)
    first, second = (
        client.post(target, {"file": SimpleUploadedFile(name, feed("A-1")), "connection": plan.connection_id})
        for name in ("export.xml", "again.xml")
    )
    assert first["Location"] == second["Location"]
    assert "This very file is here already" in plain(client.get(second["Location"]))


@pytest.mark.parametrize("as_script", [False, True])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(as_script, upload, agency, settings, storage):
    settings.FEED_MAX_MB = 1
    headers = {"accept": "text/plain"} if as_script else {}
    answer = upload(bytes(2 << 20), headers=headers)
    assert answer.status_code == 413
    assert answer.content.decode().startswith("The file is larger") == as_script
    assert "The file is larger than 1" in plain(answer)
    assert not Feed.objects.for_agency(agency).exists()
    assert lying(storage) == []


def test_a_file_a_little_over_the_limit_is_refused_too(upload, settings, agency):
    settings.FEED_MAX_MB = 1
    answer = upload(bytes((1 << 20) + 10))
    assert (answer.status_code, "The file is larger than 1" in plain(answer)) == (413, True)


def test_an_empty_file_is_refused(upload, agency):
    answer = upload(b"")
    assert (answer.status_code, "The file is empty" in plain(answer)) == (422, True)


def test_no_file_is_refused_at_the_field(agency, plan, browser):
    answer = browser(agency).post(url("upload", agency), {"connection": plan.connection_id})
    assert answer.status_code == 422
    assert "This field is required." in plain(answer)


def test_a_hostile_name_is_shown_as_text(upload, agency, browser):
    answer = upload(name="<script>alert(1)</script>.xml")
    page_of = browser(agency).get(answer["Location"]).content.decode()
    assert "<script>alert" not in page_of
    assert escape("script>.xml") in page_of


def test_a_form_without_a_token_is_refused(agency, plan, member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        member(agency, Role.AGENT), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert client.post(url("upload", agency), {"connection": plan.connection_id}).status_code == 403


def test_with_several_connections_one_is_chosen(agency, plan, upload, browser):
    second = plan_of(agency, "Nice")
    form = browser(agency).get(url("feeds", agency)).content.decode()
    assert "Lyon · Production" in form
    assert "Nice · Production" in form
    upload(connection=second.connection_id)
    assert Feed.objects.for_agency(agency).get().plan == second


def test_a_connection_without_a_plan_gets_one(agency, upload, plan):
    connection = plan.connection
    plan.delete()
    upload(connection=connection.pk)
    assert Feed.objects.for_agency(agency).get().plan == Plan.objects.for_agency(agency).get()


def test_another_agencys_connection_is_no_choice(agency, other_plan, upload):
    assert upload(connection=other_plan.connection_id).status_code == 422
    assert not Feed.objects.for_agency(agency).exists()


def test_a_removed_connection_is_no_choice(agency, plan, upload, browser):
    from django.utils import timezone

    plan.connection.removed_at = timezone.now()
    plan.connection.save()
    assert upload().status_code == 422
    assert "Nothing can be sent to Seeki yet" in shown(browser(agency), agency)


# the list


def test_without_a_key_owners_are_led_to_add_one(agency, browser):
    owner = browser(agency, Role.OWNER).get(url("feeds", agency)).content.decode()
    assert f'href="/agencies/{agency.slug}/connections/add/"' in owner or "connections" in owner
    assert "Ask an owner" in shown(browser(agency, Role.AGENT), agency)


def test_an_empty_list_says_what_to_do(agency, plan, browser):
    assert "No file has been handed in yet" in shown(browser(agency, Role.AGENT), agency)
    assert "upload its file above" in shown(browser(agency, Role.AGENT), agency)
    viewer = shown(browser(agency, Role.VIEWER), agency)
    assert "Agents of the agency hand in" in viewer
    assert "Upload and read" not in viewer


def test_the_list_says_how_each_file_stands(sent, seeki, agency, browser):
    seeki.refusals = {"A-2": "VALIDATION_FAILED"}
    sent(feed("A-1", "A-2", estate(None)))
    text = shown(browser(agency), agency)
    for words in ("export.xml", "OpenImmo", "Sent", "3 listings", "1 set apart", "1 refused"):
        assert words in text


def test_the_list_goes_on_with_older_files(plan, agency, browser):
    for number in range(27):
        Feed.objects.create(agency=agency, plan=plan, name=f"f{number}.xml", size=1, sha256=str(number))
    first = browser(agency).get(url("feeds", agency))
    older = first.context["older"]
    assert "f0.xml" not in plain(first)
    assert "f1.xml" in shown(browser(agency), agency, before=older)
    assert "f26.xml" in shown(browser(agency), agency, before="x")


def test_the_list_takes_a_constant_number_of_queries(plan, agency, browser, django_assert_max_num_queries):
    for number in range(25):
        Feed.objects.create(agency=agency, plan=plan, name=f"f{number}.xml", size=1, sha256=str(number))
    client = browser(agency)
    with django_assert_max_num_queries(16):
        client.get(url("feeds", agency))


# a file that was read


def test_the_page_says_what_the_file_is_and_what_happens(received, agency, browser):
    body = feed("A-5", "A-1", "A-5", estate(None), estate("A-4", action="DELETE"))
    got = received(body)
    text = shown(browser(agency, Role.AGENT), agency, got)
    for words in (
        "OpenImmo (XML)",
        "Agence Martin",
        "utf-8",
        "those that it does not name stay as they are",
        "2 listings are sent.",
        "1 listing could not be read and is set apart.",
        "1 listing is read but not sent",
        "Nothing else changes",
        "Send 2 listings to Seeki",
        "It has no number by which it could be known again.",
        "The file says delete: it is left to lapse.",
        "The same number stands once more further down in the file: that one counts.",
    ):
        assert words in text, words


def test_what_seeki_will_refuse_is_told_before_it_is_sent(received, seeki, agency, browser, agent):
    from estates.syndication.incoming.sending import ask_send

    got = received(feed("A-1", estate("A-2", price=""), estate("A-3", price="0"), estate("A-4", city="")))
    client = browser(agency, Role.AGENT)
    text = shown(client, agency, got)
    for words in (
        "4 listings are sent.",
        "Seeki will refuse 3 of them.",
        "It has no price. Seeki takes no listing “on request”.",
        "Its price is 0. Seeki takes only prices above zero.",
        "Its address is incomplete (missing: town)",
        "Send 4 listings to Seeki",
    ):
        assert words in text, words
    assert text.count("Correct the listing in your software") == 3
    assert found(client, agency, got, show="foreseen") == ["A-2", "A-3", "A-4"]
    rows = client.get(url("feed", agency, got.pk)).context["rows"]
    assert [str(row.label) for row in rows] == ["Ready to be sent", *["Will be refused"] * 3]
    ask_send(got, agent)
    done(job_of(got))
    assert [row.reason for row in items(got).values()] == ["", "", "", ""], "Seeki has spoken"


def test_a_file_without_a_fault_foretells_none(received, agency, browser):
    assert "will refuse" not in shown(browser(agency, Role.AGENT), agency, received())


def test_viewers_see_no_buttons(received, agency, browser):
    text = shown(browser(agency, Role.VIEWER), agency, received())
    assert "Send 2 listings to Seeki" not in text
    assert "Discard" not in text


def test_what_lapses_is_named_with_its_date(sent, received, plan, agency, browser):
    sent(feed("A-1", "A-2"))
    online(plan, "A-2")
    got = received(feed("A-1", estate("A-2", action="DELETE")))
    text = shown(browser(agency), agency, got)
    assert "1 listing that the file says to delete is left to lapse." in text
    until = listings(plan)["A-2"].live_until
    assert f"online until {until:%b. }{until.day}" in text or f"online until {until:%B }{until.day}" in text


def test_a_file_of_deletions_has_a_button_that_says_so(sent, received, agency, browser):
    sent(feed("A-1"))
    got = received(feed(estate("A-1", action="DELETE")))
    assert "Leave 1 listing to lapse" in shown(browser(agency), agency, got)


def test_a_few_that_are_missing_are_told_and_lapse(sent, received, agency, browser):
    sent(full(*range(20)))
    got = received(full(*range(19)))
    text = shown(browser(agency), agency, got)
    assert "1 listing of earlier files is missing in this full one, and is left to lapse." in text
    assert "Flat 19" in text
    assert "what it does not name is no longer offered" in text


def test_many_that_are_missing_wait_for_a_manager(sent, received, agency, browser, plan):
    sent(full(*range(30)))
    got = received(full(*range(5)))
    agent = shown(browser(agency, Role.AGENT), agency, got)
    assert "25 listings of earlier files are missing in this one" in agent
    assert "A manager of the agency decides." in agent
    assert "and 13 more" in agent
    client = browser(agency, Role.MANAGER)
    assert "Keep them all" in shown(client, agency, got)
    answer = client.post(url("removal", agency, got.pk), {"decision": "keep"})
    assert answer["Location"] == url("feed", agency, got.pk)
    assert "25 listings of earlier files are missing, and are kept." in shown(client, agency, got)
    assert fresh(got).removal == Feed.Removal.KEEP


def test_a_decision_that_was_made_already_says_so(sent, agency, browser):
    sent(full(*range(10)))
    got = sent(full(0))
    client = browser(agency, Role.MANAGER)
    for decision in ("keep", "lapse"):
        answer = client.post(url("removal", agency, got.pk), {"decision": decision}, follow=True)
    assert "decided already" in plain(answer)
    assert fresh(got).removal == Feed.Removal.KEEP


def test_a_decision_that_is_none_changes_nothing(sent, agency, browser):
    sent(full(*range(10)))
    got = sent(full(0))
    browser(agency).post(url("removal", agency, got.pk), {"decision": "perhaps"})
    assert fresh(got).removal == Feed.Removal.ASKING


def test_switched_off_the_page_says_who_can_switch_on(received, plan, agency, browser):
    got = received()
    Plan.objects.for_agency(agency).update(active=False)
    manager = browser(agency, Role.MANAGER).get(url("feed", agency, got.pk))
    assert url("plan", agency, plan.pk) in manager.content.decode()
    agent = shown(browser(agency, Role.AGENT), agency, got)
    assert "A manager of the agency can switch it on." in agent
    assert "Send 2 listings" not in agent
    answer = browser(agency, Role.AGENT).post(url("send_feed", agency, got.pk), follow=True)
    assert "switched off, so nothing was sent" in plain(answer)


def test_a_file_that_was_sent_before_and_one_that_is_older(sent, received, agency, browser):
    older = received(feed("A-9"), name="older.xml")
    first = sent(feed("A-1"), name="first.xml")
    again = received(feed("A-1"), name="again.xml")
    assert "The very same file was sent before: first.xml" in shown(browser(agency), agency, again)
    text = shown(browser(agency), agency, older)
    assert "A later file has been sent already: first.xml" in text
    assert first.pk > older.pk


def test_discarding_leads_back_and_says_what_stays(received, agency, browser):
    got = received()
    client = browser(agency, Role.AGENT)
    answer = client.post(url("drop_feed", agency, got.pk), follow=True)
    assert answer.redirect_chain == [(url("feeds", agency), 302)]
    assert "is discarded. What is online stays as it is." in plain(answer)
    assert "This file was discarded." in shown(client, agency, got)
    again = client.post(url("drop_feed", agency, got.pk), follow=True)
    assert "discarded any more" in plain(again).replace("&#x27;", "'")


# an unreadable file


def test_an_unreadable_file_says_what_is_wrong_what_is_safe_and_what_to_do(received, agency, browser):
    got = received(feed("A-1", "A-2")[:-80])
    assert (got.state, got.reason) == (Feed.State.UNREADABLE, Reason.NOT_XML)
    text = shown(browser(agency, Role.AGENT), agency, got)
    for words in (
        "The file cannot be read",
        "it breaks off",
        f"Line {got.line}.",
        "Nothing was changed: what is online stays online",
        "Export it once more",
        "Upload another file",
    ):
        assert words in text, words


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b'{"listings": [{"id": 1}]}'])
def test_what_is_something_else_altogether_is_not_told_by_its_lines(body, received, agency, browser):
    text = shown(browser(agency, Role.AGENT), agency, received(body))
    assert "The file holds neither OpenImmo nor Idealista listings." in text
    assert "as the format of the export in your software" in text
    assert "not well-formed" not in text
    assert "Line" not in text.split("What is safe")[0].split("cannot be read")[1]


@pytest.mark.parametrize("state", [Status.FAILED, Status.CANCELLED])
def test_a_reading_that_failed_can_be_tried_again(state, upload, agency, browser):
    upload()
    got = Feed.objects.for_agency(agency).get()
    Job.objects.for_agency(agency).update(status=state)
    text = shown(browser(agency, Role.AGENT), agency, got)
    assert "Try again" in text
    assert "Discard the file" in text


# the listings


def test_listings_are_found_by_title_number_and_city(received, agency, browser):
    got = received(
        feed(
            estate("A-1", title="Loft with a view", city="Paris"),
            estate("B-2", title="House", city="Lyon"),
            estate("C-3", title="Loft", city="Nice"),
        )
    )
    client = browser(agency)
    assert found(client, agency, got, "loft") == ["A-1", "C-3"]
    assert found(client, agency, got, "loft nice") == ["C-3"]
    assert found(client, agency, got, "B-2") == ["B-2"]
    assert found(client, agency, got, "castle") == []
    assert "No listing matches" in shown(client, agency, got, query="castle")


def found(client, agency, of, query="", **more) -> list[str]:
    answer = client.get(url("feed", agency, of.pk), {"query": query, **more})
    return [row.item.external_id for row in answer.context["rows"]]


def test_tabs_show_what_stands_under_them(sent, seeki, agency, browser, plan):
    seeki.refusals = {"A-2": "VALIDATION_FAILED"}
    got = sent(feed("A-1", "A-2", estate(None), estate("A-4", action="DELETE"), "A-5"))
    Listing.objects.for_agency(agency).filter(external_id="A-5").update(stage="refused", code="X")
    client = browser(agency)
    assert found(client, agency, got, show="processing") == ["A-1"]
    assert found(client, agency, got, show="refused") == ["A-2", "A-5"]
    assert found(client, agency, got, show="skipped") == ["A-4"]
    assert found(client, agency, got, show="apart") == [""]
    assert len(found(client, agency, got, show="nonsense")) == 5
    tabs = client.get(url("feed", agency, got.pk), {"show": "refused"}).context["tabs"]
    assert {tab.name: tab.number for tab in tabs} == {
        "": 5,
        "skipped": 1,
        "apart": 1,
        "processing": 1,
        "refused": 2,
    }
    assert [tab.name for tab in tabs if tab.here] == ["refused"]


def test_what_is_sent_again_by_itself_is_no_refusal(sent, seeki, agency, browser):
    seeki.refusals = {"A-2": "INFRA_QUEUE_REJECTED"}
    got = sent(feed("A-1", "A-2"))
    client = browser(agency)
    assert found(client, agency, got, show="again") == ["A-2"]
    assert found(client, agency, got, show="refused") == []
    text = shown(client, agency, got, show="again")
    assert "In line" in text
    assert "the portal sends it again by itself" in text
    assert client.get(url("feed", agency, got.pk), {"part": "outcome"}).context["waiting"] == 1


def test_notes_are_shown_in_words(received, agency, browser):
    got = received(feed(estate("A-1", price="auf Anfrage"), "A-2"))
    assert found(browser(agency), agency, got, show="noted") == ["A-1"]
    text = shown(browser(agency), agency, got)
    assert "No number was understood" in text
    assert "auf Anfrage" in text


def test_pages_of_listings(received, agency, browser, monkeypatch):
    monkeypatch.setattr(page, "SIZE", 3)
    got = received(feed(*(f"A-{n}" for n in range(7))))
    client = browser(agency)
    assert found(client, agency, got, page=2) == ["A-3", "A-4", "A-5"]
    assert found(client, agency, got, page=99) == ["A-6"]
    assert found(client, agency, got, page="x") == ["A-0", "A-1", "A-2"]
    assert 'rel="next"' in client.get(url("feed", agency, got.pk)).content.decode()


def test_a_search_as_one_types_gets_the_list_alone(received, agency, browser):
    got = received()
    answer = browser(agency).get(
        url("feed", agency, got.pk), {"query": "A-1"}, headers={"hx-request": "true"}
    )
    assert "<html" not in answer.content.decode()
    assert [row.item.external_id for row in answer.context["rows"]] == ["A-1"]


def test_the_page_takes_a_constant_number_of_queries(sent, agency, browser, django_assert_max_num_queries):
    got = sent(feed(*(f"A-{n}" for n in range(60))))
    client = browser(agency)
    with django_assert_max_num_queries(30):
        client.get(url("feed", agency, got.pk))


# the whole way


def test_from_the_upload_to_what_became_of_each_listing(upload, seeki, agency, browser, plan):
    seeki.refusals = {"A-2": "GEOCODE_ADDRESS_NOT_FOUND"}
    answer = upload(feed("A-1", "A-2", "A-3"))
    got = Feed.objects.for_agency(agency).get()
    done(job_of(got))
    client = browser(agency, Role.AGENT)
    assert "Send 3 listings to Seeki" in plain(client.get(answer["Location"]))

    assert client.post(url("send_feed", agency, got.pk))["Location"] == answer["Location"]
    under_way = client.get(answer["Location"])
    assert "data-reload-when-finished" in under_way.content.decode()
    assert "Send 3 listings" not in plain(under_way)
    done(job_of(got))
    online(plan, "A-1")
    text = plain(client.get(answer["Location"]))
    for words in (
        "What became of it",
        "Refused",
        "Seeki's words: “price: too low”",
        "Seeki does not find the address.",
        "GEOCODE_ADDRESS_NOT_FOUND",
        "Being processed by Seeki",
        "Online 1 Being processed 1",
        "online until",
    ):
        assert words in text.replace("&#x27;", "'"), words
    part = client.get(answer["Location"], {"part": "outcome"})
    assert (part.context["online"], part.context["processing"], part.context["refused"]) == (1, 1, 1)
    assert "every 5s" in part.content.decode()
    online(plan, "A-3")
    assert "every 5s" not in client.get(answer["Location"], {"part": "outcome"}).content.decode()


def test_the_rows_are_renewed_when_the_numbers_change(sent, agency, browser, plan):
    got, client = sent(feed("A-1", "A-2")), browser(agency)
    whole = client.get(url("feed", agency, got.pk))
    assert 'id="results" hx-get="" hx-trigger="outcome-changed from:body"' in whole.content.decode()
    seen = whole.context["seen"]
    assert f"part=outcome&amp;seen={seen}" in whole.content.decode()
    asked = {"part": "outcome", "seen": seen}
    assert "HX-Trigger" not in client.get(url("feed", agency, got.pk), asked)
    online(plan, "A-1")
    changed = client.get(url("feed", agency, got.pk), asked)
    assert changed["HX-Trigger"] == "outcome-changed"
    asked["seen"] = changed.context["seen"]
    online(plan, "A-2")
    ended = client.get(url("feed", agency, got.pk), asked)
    assert ended["HX-Trigger"] == "outcome-changed"
    assert "hx-get" not in ended.content.decode()


def test_card_tab_and_row_have_one_word_for_one_fact(sent, agency, browser, plan):
    got = sent(feed("A-1", "A-2", "A-3", "A-4", "A-5"))
    online(plan, "A-1")
    online(plan, "A-2", days=-1)
    Listing.objects.for_agency(agency).filter(external_id="A-3").update(stage="refused", code="X")
    Listing.objects.for_agency(agency).filter(external_id="A-4").update(stage="due")
    client = browser(agency)
    context = client.get(url("feed", agency, got.pk)).context
    stands = {row.item.external_id: str(row.label) for row in context["rows"]}
    assert stands == {
        "A-1": "Online",
        "A-2": "Lapsed",
        "A-3": "Refused",
        "A-4": "In line",
        "A-5": "Being processed by Seeki",
    }
    assert [context[name] for name in ("online", "processing", "waiting", "refused")] == [1, 1, 1, 1]
    tabs = {str(tab.label): tab.number for tab in context["tabs"][1:]}
    assert tabs == {
        "Online": 1,
        "Being processed": 1,
        "Accepted": 1,
        "Refused": 1,
        "Sent again by itself": 1,
    }


@pytest.mark.parametrize("by_item", [True, False])
def test_what_the_forecast_knows_is_said_in_its_words(by_item, sent, agency, browser):
    got = sent(feed("A-1"))
    if by_item:
        items_of = FeedItem.objects.for_agency(agency)
        items_of.update(state="refused", code="VALIDATION_FAILED", path="price", words="Required")
    told = {"stage": "refused", "code": "VALIDATION_FAILED", "words": "price: Required"}
    Listing.objects.for_agency(agency).update(**told)
    text = shown(browser(agency), agency, got)
    assert "It has no price. Seeki takes no listing “on request”." in text
    assert "Required”" in text, "and in Seeki's own beside them"


def test_what_was_interrupted_can_be_sent_to_its_end(received, seeki, agency, browser, agent):
    from estates.syndication.incoming.sending import ask_send

    got = received()
    ask_send(got, agent)
    Job.objects.for_agency(agency).filter(kind="syndication.send_feed").update(status=Status.CANCELLED)
    client = browser(agency, Role.AGENT)
    assert "Send the rest" in shown(client, agency, got)
    client.post(url("send_feed", agency, got.pk))
    done(job_of(got))
    assert fresh(got).state == Feed.State.SENT


def test_what_seeki_refused_later_says_so_at_the_line(sent, agency, browser):
    got = sent(feed("A-1"))
    Listing.objects.for_agency(agency).update(stage="refused", code="VALIDATION_FAILED", words="floorage: no")
    text = shown(browser(agency), agency, got)
    assert "Seeki's words: “floorage: no”" in text.replace("&#x27;", "'")
    assert items(got)["A-1"].state == FeedItem.State.ACCEPTED
