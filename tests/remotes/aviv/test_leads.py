"""Reading leads: windows, pages, their ends, and what a person asked to forget."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qs

import pytest

from estates.remotes.aviv_answers import Lead, LeadPage, UnreadableLead
from estates.remotes.aviv_requests import windows
from estates.remotes.errors import Malformed, NotFound, Refused, Throttled, Unreachable

from ..misbehaving import http

DAY = timedelta(days=1)


def ids(page):
    return [lead.lead_id for lead in page.leads]


def item(lead_id):
    return {"metadata": {"leadId": lead_id}, "contactRequest": {"lastName": lead_id}}


def page_of(*lead_ids, status=206, **links):
    body = {"metadata": {}, "links": links, "items": [item(lead_id) for lead_id in lead_ids]}
    return http(status, json.dumps(body).encode())


def test_a_page_holds_what_was_ingested_in_the_window(client, martin, week):
    added = martin.add_leads(14, over_days=14)
    found = client.leads(*week)
    assert ids(found) == [lead.id for lead in martin.leads.all() if lead.ingested >= week[0].timestamp() // 1]
    assert 6 <= len(found.leads) <= 8
    assert set(ids(found)) < set(added)
    assert found.next_start is None
    assert found.unreadable == ()


def test_no_leads_are_an_empty_page_and_no_error(client, box, week, answers):
    assert client.leads(*week) == LeadPage()
    assert box.received[-1].status == 404
    assert (answers[0].status, answers[0].error) == (404, None)


def test_a_web_page_with_404_is_an_error(lone, server, week):
    server.answers(http(404, b"<html><title>Not here</title>"))
    with pytest.raises(NotFound, match="Not here"):
        lone.leads(*week)


@pytest.mark.parametrize("body", [b"", b"null", b'{"title": "Not Found"}', b"nothing"])
def test_a_404_may_say_so_in_any_words(lone, server, week, body):
    server.answers(http(404, body))
    assert lone.leads(*week) == LeadPage()


@pytest.mark.parametrize("links_next", [True, False])
def test_pages_follow_each_other_to_the_end(client, box, martin, week, links_next):
    martin.links_next = links_next
    added = martin.add_leads(25, over_days=6)
    pages = list(client.lead_pages(*week, limit=10))
    assert [len(page.leads) for page in pages] == [10, 10, 5]
    assert [lead_id for page in pages for lead_id in ids(page)] == added
    assert [entry.status for entry in box.received] == [206, 206, 200]
    asked = [parse_qs(entry.query) for entry in box.received]
    assert [query.pop("start", None) for query in asked] == [None, [added[9]], [added[19]]]
    assert asked[0] == asked[1] == asked[2]


def test_pages_go_on_from_a_start(client, martin, week):
    added = martin.add_leads(25, over_days=6)
    pages = list(client.lead_pages(*week, start=added[19], limit=10))
    assert [ids(page) for page in pages] == [added[20:]]


def test_leads_of_one_second_are_all_read(client, martin, week):
    added = martin.add_leads(23)
    assert [lead.lead_id for lead in client.all_leads(*week, limit=5)] == added


def test_a_last_page_that_is_full_is_the_last(client, martin, week):
    martin.add_leads(10, over_days=6)
    assert client.leads(*week, limit=10).next_start is None


def test_reading_ends_where_the_remote_leads_back(client, box, martin, week, caplog):
    martin.add_leads(25, over_days=6)
    box.fault("repeated_start")
    pages = list(client.lead_pages(*week, limit=10))
    assert len(pages) == 2
    assert "leads back to a page that was read" in caplog.text


def test_a_longer_circle_ends_too(lone, server, week):
    server.answers(
        page_of("a", next="/x?start=1"), page_of("b", next="/x?start=2"), page_of("c", next="/x?start=1")
    )
    assert [lead.lead_id for lead in lone.all_leads(*week)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("following", "start"),
    [
        ("https://elsewhere.example/leads?limit=1&start=zwei&minDate=0", "zwei"),
        ("?start=a%2Fb", "a/b"),
        ({"href": "/leads?start=drei"}, "drei"),
        ("/leads?start=", "eins"),
        ("/leads?start=..", "eins"),
        ("/leads", "eins"),
        ("https://[", "eins"),
        (5, "eins"),
        (None, "eins"),
        ({"href": 5}, "eins"),
        ("/leads?start=" + "x" * 500, "eins"),
    ],
)
def test_where_the_next_page_begins(lone, server, week, following, start):
    server.answers(page_of("null", "eins", next=following))
    assert lone.leads(*week).next_start == start


def test_more_leads_without_a_way_to_them_are_an_error(lone, server, week):
    server.answers(http(206, b'{"items": [], "links": {}}'))
    with pytest.raises(Malformed, match="no way to them"):
        lone.leads(*week)


def test_an_item_without_an_id_is_kept_apart(client, box, martin, week):
    added = martin.add_leads(3, over_days=2)
    box.fault("lead_without_id", times=1)
    found = client.leads(*week)
    assert ids(found) == added[1:]
    [unreadable] = found.unreadable
    assert (unreadable.reason, unreadable.position) == ("no usable leadId", 0)
    assert json.loads(unreadable.raw)["metadata"]["leadId"] is None
    box.fault("lead_is_a_string")
    items = list(client.all_leads(*week))
    assert [type(item) for item in items] == [Lead, Lead, UnreadableLead]
    assert items[2].raw == b'"lead"'


@pytest.mark.parametrize("body", [b"{}", b'{"items": null}', b'{"items": {}}', b"[]", b"null", b""])
def test_a_page_without_items_is_malformed(lone, server, week, body):
    server.answers(http(200, body))
    with pytest.raises(Malformed):
        lone.leads(*week)


def test_a_window_is_seven_days_at_most(client, box, martin):
    until = datetime(2026, 3, 8, 12, 0, 0, 999_999, tzinfo=UTC)
    client.leads(until - 7 * DAY, until)
    assert parse_qs(box.received[0].query)["maxDate"] == [str(int(until.timestamp()))]
    for bad in (until - 7 * DAY - timedelta(microseconds=1), until + timedelta(seconds=1)):
        with pytest.raises(ValueError, match="at most 7 days"):
            client.leads(bad, until)
    with pytest.raises(ValueError, match="time zone"):
        client.leads(until.replace(tzinfo=None), until)
    for limit in (0, 101):
        with pytest.raises(ValueError, match="1 to 100"):
            client.leads(until - DAY, until, limit=limit)
    assert len(box.received) == 1


def test_windows_cover_a_time_without_a_gap():
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 20, 5, tzinfo=UTC)
    found = list(windows(since, until))
    assert found[0][0] == since
    assert found[-1][1] == until
    assert all(end == start for (_, end), (start, _) in pairwise(found))
    assert [end - start for start, end in found] == [7 * DAY, 7 * DAY, timedelta(days=5, hours=5)]
    assert list(windows(until, since)) == []


def test_one_lead(client, martin):
    [lead_id] = martin.add_leads()
    lead = client.lead(lead_id)
    assert lead.lead_id == lead_id
    assert json.loads(lead.raw) == martin.leads.document(martin.leads[lead_id])


def test_a_lead_that_nobody_knows(client, martin):
    with pytest.raises(NotFound, match="Lead not found"):
        client.lead("nobody")
    with pytest.raises(Refused, match="Not a usable identifier"):
        client.lead("..")


def test_another_lead_than_asked_for_is_an_error(lone, server):
    server.answers(http(200, json.dumps(item("other")).encode()))
    with pytest.raises(Malformed, match="another lead"):
        lone.lead("this")
    server.answers(http(200, b'{"metadata": {}}'))
    with pytest.raises(Malformed, match="no usable leadId"):
        lone.lead("this")


def test_what_a_person_asked_to_forget_comes_back_empty(client, martin, week):
    lead_id, _ = martin.add_leads(2)
    before = client.lead(lead_id)
    assert not before.is_erased
    martin.erase(lead_id)
    after = client.lead(lead_id)
    assert after.is_erased
    assert (after.first_name, after.last_name, after.email, after.message, after.phones) == (
        "",
        "",
        "",
        "",
        (),
    )
    assert after.digest != before.digest
    assert [lead.is_erased for lead in client.leads(*week).leads] == [True, False]


def test_a_lead_is_gone_after_its_time_to_live(client, martin, week):
    [lead_id, other] = martin.add_leads(2)
    assert client.lead(lead_id).ttl_at > datetime.now(UTC) + 1000 * DAY
    martin.live_until(lead_id, datetime.now(UTC) - DAY)
    assert ids(client.leads(*week)) == [other]
    with pytest.raises(NotFound):
        client.lead(lead_id)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("throttled", Throttled, "Rate limit exceeded"),
        ("error_500", Unreachable, "Internal server error"),
        ("message_list", Refused, "One or more fields are invalid; Please check your request"),
        ("truncated_json", Malformed, ""),
        ("html_200", Malformed, "Maintenance"),
        ("gzip_bomb", Malformed, ""),
        ("dropped", Unreachable, ""),
    ],
)
def test_errors_say_what_happened(client, box, martin, week, kind, error, words):
    martin.add_leads(3)
    box.fault(kind, times=1)
    with pytest.raises(error) as caught:
        client.leads(*week)
    assert words in caught.value.words
    assert len(client.leads(*week).leads) == 3


def test_reading_is_repeated_when_asked(client, box, martin, week):
    martin.add_leads(3)
    box.fault("error_500", times=1)
    assert len(client.leads(*week, retries=1).leads) == 3


def test_the_traceparent_is_logged_and_kept(client, box, martin, week, caplog, answers):
    box.fault("error_500", times=1)
    with pytest.raises(Unreachable) as caught:
        client.leads(*week)
    assert caught.value.request_id.startswith("00-")
    assert f"leads: 500, traceparent {caught.value.request_id}" in caplog.text
    client.leads(*week)
    assert f"leads: 404, traceparent {answers[-1].request_id}" in caplog.text


def test_the_agent_has_a_name(lone, server, week):
    server.answers(http(404))
    lone.leads(*week)
    assert b"User-Agent: Passerelle/1.0\r\n" in server.requests[0]
    assert b"Authorization: Bearer aviv-Canary" in server.requests[0]


def test_each_environment_is_asked_with_its_own_token(connect, box, martin, week):
    trial = box.aviv.trial.accounts["martin"]
    trial.add_leads(2)
    assert len(connect(trial).leads(*week).leads) == 2
    assert connect(martin).leads(*week).leads == ()
    assert {entry.path for entry in box.received} == {
        "/aviv/sandbox/seeker-leads/v1/leads",
        "/aviv/seeker-leads/v1/leads",
    }
