import pytest

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.work import work
from estates.leads.filing import start_filing
from estates.leads.inbox import verbs
from estates.leads.models import Lead, LeadEvent, State


@pytest.fixture
def agent(agency, member):
    return member(agency, Role.AGENT)


def fresh(lead):
    return Lead.objects.for_agency(lead.agency).select_related("agency", "assignee", "estate").get(pk=lead.pk)


def told(lead):
    return [(event.what, event.before, event.after) for event in lead.events.all()]


def test_the_first_step_away_from_new_is_the_answer(agency, add_lead, agent):
    lead = fresh(add_lead(agency))
    assert len(verbs.set_state([lead], State.CONTACTED, agent)) == 1
    answered = fresh(lead).answered_at
    assert answered is not None
    for state in (State.VISIT, State.NEW, State.LOST):
        assert len(verbs.set_state([fresh(lead)], state, agent)) == 1
    assert fresh(lead).answered_at == answered
    assert told(lead) == [
        ("state", "new", "contacted"), ("state", "contacted", "visit"), ("state", "visit", "new"),
        ("state", "new", "lost"),
    ]  # fmt: skip


def test_going_back_to_new_is_no_answer(agency, add_lead, agent):
    lead = fresh(add_lead(agency, state="spam"))
    verbs.set_state([lead], State.NEW, agent)
    assert fresh(lead).answered_at is None


def test_a_colleague_who_was_faster_is_not_overruled(agency, add_lead, agent, member):
    lead = fresh(add_lead(agency))
    stale = fresh(lead)
    verbs.set_state([lead], State.WON, member(agency))
    assert verbs.set_state([stale], State.LOST, agent) == []
    assert fresh(lead).state == State.WON
    assert told(lead) == [("state", "new", "won")]
    verbs.assign([fresh(lead)], agent, agent)
    assert verbs.assign([stale], member(agency), agent) == []
    assert fresh(lead).assignee == agent


def test_many_are_changed_at_once_with_one_trace(agency, add_lead, agent):
    leads = [fresh(add_lead(agency, last_name="Secret", state=state)) for state in ("new", "new", "won")]
    assert len(verbs.set_state(leads, State.WON, agent)) == 2
    assert len(verbs.assign([fresh(lead) for lead in leads], agent, agent)) == 3
    states, charge = AuditEntry.objects.for_agency(agency).order_by("number")
    assert (states.action, states.detail) == ("lead.state_set", {"state": "won", "leads": 2})
    assert states.subject == f"#{leads[0].pk}, #{leads[1].pk}"
    assert (charge.action, charge.detail) == ("lead.assigned", {"assignee": str(agent), "leads": 3})


def test_nothing_changed_leaves_no_trace(agency, add_lead, agent):
    lead = fresh(add_lead(agency))
    assert verbs.set_state([lead], State.NEW, agent) == verbs.assign([lead], None, agent) == []
    assert verbs.set_state([], State.WON, agent) == []
    assert not AuditEntry.objects.for_agency(agency).exists()
    assert told(lead) == []


def test_the_audit_trail_never_names_the_person(agency, add_lead, agent, add_estate):
    lead = fresh(
        add_lead(
            agency, first_name="Jeanne", last_name="Zyx", email="zyx@exemple.fr", phones=(("", "0612345678"),)
        )
    )
    verbs.set_state([lead], State.CONTACTED, agent)
    verbs.assign([fresh(lead)], agent, agent)
    verbs.add_note(fresh(lead), "Mme Zyx rappelle demain", agent)
    verbs.link_estate(fresh(lead), add_estate(agency), agent)
    trail = str(list(AuditEntry.objects.for_agency(agency).values()))
    for word in ("Zyx", "zyx", "Jeanne", "12345678", "rappelle"):
        assert word not in trail


def test_notes_stand_in_the_timeline_with_their_author(agency, add_lead, agent):
    lead = fresh(add_lead(agency))
    verbs.add_note(lead, "x" * 6000, agent)
    note = lead.events.get()
    assert (note.actor, note.what, len(note.words)) == (agent, LeadEvent.What.NOTE, verbs.NOTE_LIMIT)


def test_an_estate_linked_by_hand_stays_when_leads_are_filed(agency, add_lead, agent, add_estate):
    named, meant = add_estate(agency), add_estate(agency)
    lead = fresh(add_lead(agency, estate_reference=named.reference))
    work(start_filing(agency).pk)
    assert fresh(lead).estate == named
    verbs.link_estate(fresh(lead), meant, agent)
    Lead.objects.for_agency(agency).update(filed_at=None)
    work(start_filing(agency).pk)
    assert (fresh(lead).estate, fresh(lead).estate_by) == (meant, "hand")
    verbs.link_estate(fresh(lead), None, agent)
    Lead.objects.for_agency(agency).update(filed_at=None)
    work(start_filing(agency).pk)
    assert fresh(lead).estate is None, "that it is about none was said by hand too"
    assert told(lead) == [("linked", "REF-1", "REF-2"), ("unlinked", "REF-2", "")]


def test_a_link_that_somebody_changed_meanwhile_is_not_overwritten(agency, add_lead, agent, add_estate):
    lead = fresh(add_lead(agency))
    first, second = add_estate(agency), add_estate(agency)
    stale = fresh(lead)
    verbs.link_estate(lead, first, agent)
    with pytest.raises(verbs.Overtaken):
        verbs.link_estate(stale, second, agent)
    assert fresh(lead).estate == first


def test_nothing_is_done_about_an_erased_person(agency, add_lead, agent, add_estate, django_user_model):
    lead = fresh(add_lead(agency))
    Lead.objects.for_agency(agency).update(erased_at=lead.received_at)
    assert verbs.set_state([lead], State.WON, agent) == verbs.assign([lead], agent, agent) == []
    with pytest.raises(verbs.Overtaken):
        verbs.add_note(lead, "x", agent)
    with pytest.raises(verbs.Overtaken):
        verbs.link_estate(lead, add_estate(agency), agent)
    assert told(lead) == []
