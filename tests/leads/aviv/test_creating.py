import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job, Status
from estates.jobs.work import work
from estates.leads.aviv import creating
from estates.leads.models import Lead, SentLead

pytestmark = pytest.mark.django_db
FORM = {
    "last_name": "Dupont",
    "first_name": "Jeanne",
    "email": "jeanne@dupont.example",
    "phone": "+33612345678",
    "phone_type": "MOBILE",
    "message": "Bonjour, je voudrais visiter.",
    "classified_id": "12ABCDEFGHJK",
    "gender": "FEMALE",
    "language": "FR",
}
State = SentLead.State


@pytest.fixture
def where(agency, source):
    return reverse("leads:aviv_create", args=[agency.slug, source.connection_id])


@pytest.fixture
def send(agency, source, member, finish):
    def through(slices=9, **changes) -> SentLead:
        sent = creating.create(source.connection, member(agency), FORM | changes)
        finish(job(agency), slices)
        sent.refresh_from_db()
        return sent

    return through


def job(agency) -> Job:
    return Job.objects.for_agency(agency).filter(kind=creating.KIND).latest("pk")


def posts(box) -> int:
    return sum(entry.operation == "create_lead" for entry in box.received)


def test_from_the_form_to_aviv_and_back_into_the_inbox(agency, account, box, browser, where, finish, fetch):
    assert browser(agency, Role.AGENT).post(where, FORM).status_code == 302
    assert finish(job(agency)).status == Status.DONE
    sent = SentLead.objects.for_agency(agency).get()
    assert sent.state == State.SENT
    assert sent.request_id
    assert sent.fields == {}, "what was typed is kept only until AVIV has it"
    fetch()
    lead = Lead.objects.for_agency(agency).get()
    assert (lead.first_name, lead.last_name, lead.email) == ("Jeanne", "Dupont", "jeanne@dupont.example")
    assert lead.classified_id == "12ABCDEFGHJK"
    assert AuditEntry.objects.for_agency(agency).filter(action="leads.creation_asked").count() == 1
    assert posts(box) == 1


@pytest.mark.parametrize("fault", ["lost", "dropped", "error_500", "truncated_json", "html_200"])
def test_what_may_have_arrived_is_never_sent_again_by_itself(agency, box, send, finish, fault):
    box.fault(fault, operation="create_lead", times=1)
    sent = send()
    assert sent.state == State.UNKNOWN
    assert sent.fields["last_name"] == "Dupont"
    finish(job(agency))
    assert posts(box) == 1


def test_a_worker_that_died_with_the_call_under_way_leaves_a_question(agency, box, send):
    sent = send(slices=0)
    SentLead.objects.for_agency(agency).update(state=State.SENDING)
    assert work(job(agency).pk)
    sent.refresh_from_db()
    assert sent.state == State.UNKNOWN
    assert posts(box) == 0


def test_a_clear_no_is_shown_with_avivs_words(agency, browser, box, source, send):
    sent = send(phone="call me")
    assert sent.state == State.REFUSED
    assert sent.words
    page = browser(agency, Role.VIEWER).get(reverse("leads:aviv", args=[agency.slug, source.connection_id]))
    assert "Refused by AVIV" in page.content.decode()
    assert "send it again" not in page.content.decode()


def test_asked_to_slow_down_it_waits_and_is_sent_once(agency, account, box, send):
    box.fault("throttled", operation="create_lead", times=1)
    assert send().state == State.SENT
    assert len(account.leads) == 1


def test_a_person_decides(agency, account, box, browser, send, finish, source):
    box.fault("lost", operation="create_lead", times=1)
    sent = send()
    where = reverse("leads:aviv_decide", args=[agency.slug, sent.pk])
    agent = browser(agency, Role.AGENT)
    assert agent.post(where, {"decision": "send"}).status_code == 302
    finish(job(agency))
    sent.refresh_from_db()
    assert sent.state == State.SENT
    assert posts(box) == 2
    agent.post(where, {"decision": "forget"})
    assert SentLead.objects.for_agency(agency).count() == 1, "what was accepted is no question any more"
    SentLead.objects.for_agency(agency).update(state=State.UNKNOWN)
    agent.post(where, {"decision": "nonsense"})
    assert SentLead.objects.for_agency(agency).count() == 1
    agent.post(where, {"decision": "forget"})
    assert SentLead.objects.for_agency(agency).count() == 0
    assert browser(agency, Role.VIEWER).post(where, {"decision": "forget"}).status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_name", ""),
        ("last_name", "x" * 101),
        ("first_name", "x" * 101),
        ("email", ""),
        ("email", "nobody"),
        ("email", "somebody@localhost"),
        ("phone", ""),
        ("message", "  "),
        ("classified_id", "1ABCDEFGHJKL"),
        ("classified_id", "12ABCDEFGHJO"),
        ("classified_id", "12ABCDEFGHJ0"),
        ("classified_id", "12ABCDEFGHJKL"),
        ("classified_id", "12abcdefghjk"),
        ("classified_id", "12ABCDEFGHJK\nx"),
        ("gender", "UNKNOWN"),
        ("language", "XX"),
        ("phone_type", "FAX"),
    ],
)
def test_what_the_document_refuses_is_not_sent_and_what_was_typed_stays(agency, browser, where, field, value):
    answer = browser(agency, Role.AGENT).post(where, FORM | {field: value})
    assert answer.status_code == 200
    assert "is-invalid" in answer.content.decode() or "would not take" in answer.content.decode()
    assert "jeanne" in answer.content.decode().lower()
    assert not SentLead.objects.for_agency(agency).exists()


def test_viewers_create_nothing(agency, browser, where):
    assert browser(agency, Role.VIEWER).get(where).status_code == 403
    assert browser(agency, Role.AGENT).get(where).status_code == 200
