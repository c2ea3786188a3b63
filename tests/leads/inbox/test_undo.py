import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from estates.jobs.models import Job
from estates.jobs.work import work
from estates.leads.inbox import undo, verbs
from estates.leads.models import Lead, LeadEvent, Notice, State
from estates.leads.views.inbox import AT_ONCE

HTMX = {"HX-Request": "true"}
What = LeadEvent.What


def at(agency, name, query=""):
    return reverse(f"leads:{name}", args=[agency.slug]) + query


def token_in(page):
    return html.unescape(re.search(r'name="undo" value="([^"]+)"', page)[1])


@pytest.fixture
def agent(agency, member):
    return member(agency, Role.AGENT)


@pytest.fixture
def client(agency, agent, browser):
    return browser(agency, Role.AGENT)


@pytest.fixture
def changed(agency, client):
    """Changes leads at once as the page does; gives what undoes it."""

    def change(leads, **posted):
        ticked = {"lead": [lead.pk for lead in leads], **posted}
        return token_in(client.post(at(agency, "bulk"), ticked, headers=HTMX).text)

    return change


@pytest.fixture
def undone(agency, client):
    def take_back(token):
        return client.post(at(agency, "undo_bulk", "?tab=all"), {"undo": token}, headers=HTMX).text

    return take_back


def now(lead):
    return Lead.objects.for_agency(lead.agency).select_related("agency", "assignee").get(pk=lead.pk)


def told(lead):
    return [(event.what, event.before, event.after) for event in lead.events.all()]


def test_each_lead_has_its_own_earlier_state_again(agency, agent, add_lead, changed, undone):
    leads = [add_lead(agency, state=state) for state in ("new", "visit", "spam")]
    token = changed(leads, state="spam")
    assert "2 leads are as they were before." in undone(token)
    assert [now(lead).state for lead in leads] == ["new", "visit", "spam"]
    assert told(leads[1]) == [("state", "visit", "spam"), ("state", "spam", "visit")]
    assert {event.actor for event in leads[1].events.all()} == {agent}
    assert told(leads[2]) == []


def test_who_was_answered_by_mistake_waits_again(agency, add_lead, changed, undone):
    waits, answered = add_lead(agency), add_lead(agency, answered_at=timezone.now())
    undone(changed([waits, answered], state="contacted"))
    assert now(waits).answered_at is None
    assert now(answered).answered_at is not None


def test_each_lead_has_its_own_colleague_again(agency, agent, member, add_lead, changed, undone):
    ines = member(agency, Role.MANAGER)
    leads = [add_lead(agency), add_lead(agency, assignee=ines)]
    token = changed(leads, assignee=agent.pk)
    assert [now(lead).assignee for lead in leads] == [agent, agent]
    undone(token)
    assert [now(lead).assignee for lead in leads] == [None, ines]
    assert told(leads[0]) == [("assigned", "", str(agent)), ("assigned", str(agent), "")]
    assert not Notice.objects.for_agency(agency).exists(), "nobody is mailed about what she had before"


def test_what_was_changed_since_stays_and_is_named(agency, member, add_lead, changed, undone):
    kept, lost = add_lead(agency, last_name="Roux"), add_lead(agency, last_name="Petit")
    token = changed([kept, lost], state="spam")
    verbs.set_state([now(kept)], State.VISIT, member(agency))
    page = undone(token)
    assert (now(kept).state, now(lost).state) == ("visit", "new")
    assert "1 lead is as it was before." in page
    assert "1 lead stays as it is" in page
    assert "Roux" in page.split("1 lead stays as it is")[1].split("</div>")[0]


def test_what_came_back_to_the_same_state_was_changed_since(agency, member, add_lead, changed, undone):
    lead = add_lead(agency)
    token = changed([lead], state="spam")
    for state in (State.VISIT, State.SPAM):
        verbs.set_state([now(lead)], state, member(agency))
    undone(token)
    assert now(lead).state == "spam"


def test_another_change_does_not_stand_in_the_way(agency, agent, add_lead, changed, undone):
    lead = add_lead(agency)
    token = changed([lead], state="spam")
    verbs.assign([now(lead)], agent, agent)
    verbs.add_note(now(lead), "x", agent)
    undone(token)
    assert (now(lead).state, now(lead).assignee) == ("new", agent)


def test_to_undo_twice_is_to_undo_once(agency, add_lead, changed, undone):
    lead = add_lead(agency)
    token = changed([lead], state="spam")
    assert undone(token).count("1 lead is as it was before.") == 1
    assert undone(token).count("1 lead is as it was before.") == 1
    assert len(told(lead)) == 2
    changed([lead], state="spam")
    undone(token)
    assert now(lead).state == "spam", "each action is undone by its own token alone"


def test_only_an_hour_long(agency, add_lead, changed, undone):
    lead = add_lead(agency)
    token = changed([lead], state="spam")
    with time_machine.travel(timezone.now() + undo.SPAN + timedelta(minutes=1)):
        assert "This can no longer be undone" in undone(token)
    assert now(lead).state == "spam"


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é\0", ":" * 9])
def test_only_by_what_was_signed_here(agency, add_lead, undone, token):
    assert "This can no longer be undone" in undone(token)


def test_of_another_agency_nothing_is_undone(agency, other_agency, add_lead, changed, browser):
    lead = add_lead(agency)
    token = changed([lead], state="spam")
    theirs = browser(other_agency).post(at(other_agency, "undo_bulk"), {"undo": token}, follow=True)
    assert "This can no longer be undone" in theirs.text
    assert browser(other_agency).post(at(agency, "undo_bulk"), {"undo": token}).status_code == 404
    assert browser(agency, Role.VIEWER).post(at(agency, "undo_bulk"), {"undo": token}).status_code == 403
    assert now(lead).state == "spam"


def test_the_erased_stay_erased(agency, add_lead, changed, undone):
    lead, other = add_lead(agency), add_lead(agency)
    token = changed([lead, other], state="spam")
    Lead.objects.for_agency(agency).filter(pk=lead.pk).update(erased_at=timezone.now())
    before = Lead.objects.for_agency(agency).values().get(pk=lead.pk)
    undone(token)
    assert Lead.objects.for_agency(agency).values().get(pk=lead.pk) == before
    assert now(other).state == "new"


def test_who_has_left_is_not_put_in_charge_again(agency, agent, member, add_lead, changed, undone):
    gone = member(agency, Role.MANAGER)
    lead = add_lead(agency, assignee=gone)
    token = changed([lead], assignee=agent.pk)
    Membership.objects.filter(user=gone).delete()
    assert "1 lead stays as it is" in undone(token)
    assert now(lead).assignee == agent


def send(agency):
    for job in Job.objects.for_agency(agency).filter(kind="leads.notify"):
        work(job.pk)


def test_a_mail_that_has_not_left_is_withdrawn_and_comes_when_it_is_meant(
    agency, member, add_lead, changed, undone
):
    ines = member(agency, Role.MANAGER)
    lead = add_lead(agency)
    assert "may have had the mail" not in undone(changed([lead], assignee=ines.pk))
    send(agency)
    assert mail.outbox == []
    changed([lead], assignee=ines.pk)
    send(agency)
    assert [message.to for message in mail.outbox] == [[ines.email]]


def test_a_mail_that_has_left_is_told_of(agency, member, add_lead, changed, undone):
    ines = member(agency, Role.MANAGER)
    token = changed([add_lead(agency)], assignee=ines.pk)
    send(agency)
    assert f"{ines} may have had the mail about it already." in html.unescape(undone(token))


def test_the_list_comes_back_at_its_place_and_offers_nothing_more(agency, client, add_lead):
    lead = add_lead(agency, portal="SeLoger")
    page = client.post(at(agency, "bulk", "?portal=SeLoger"), {"lead": lead.pk, "state": "won"}, headers=HTMX)
    assert f'hx-post="{at(agency, "undo_bulk", "?portal=SeLoger")}"' in page.text
    posted = {"undo": token_in(page.text)}
    back = client.post(at(agency, "undo_bulk", "?portal=SeLoger"), posted, headers=HTMX).text
    assert f'id="lead-{lead.pk}"' in back
    assert 'name="undo"' not in back


def test_without_scripts_too(agency, client, add_lead):
    lead = add_lead(agency)
    page = client.post(at(agency, "bulk", "?tab=all"), {"lead": lead.pk, "state": "won"}, follow=True)
    assert f'action="{at(agency, "undo_bulk", "?tab=all")}"' in page.text
    answer = client.post(at(agency, "undo_bulk", "?tab=all"), {"undo": token_in(page.text)})
    assert answer["Location"] == at(agency, "index", "?tab=all")
    assert now(lead).state == "new"


def test_nothing_changed_offers_nothing(agency, client, add_lead):
    lead = add_lead(agency, state="won")
    page = client.post(at(agency, "bulk"), {"lead": lead.pk, "state": "won"}, headers=HTMX)
    assert 'name="undo"' not in page.text


def test_a_token_of_many_leads_stays_small(agency, add_lead):
    lead = now(add_lead(agency))
    many = [Lead(pk=pk, agency=agency, state=State.NEW) for pk in range(10**9, 10**9 + 977 * AT_ONCE, 977)]
    assert len(undo.token_of([lead, *many], What.STATE, "spam")) < 2500
