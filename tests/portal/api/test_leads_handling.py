"""What a partner says about a lead."""

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Scope
from estates.connections.models import System
from estates.leads.models import Lead, LeadEvent


@pytest.fixture
def lead(agency, aviv) -> Lead:
    now = timezone.now()
    return Lead.objects.create(
        agency=agency,
        connection=aviv,
        remote_id="r1",
        source=System.AVIV,
        way="poll",
        digest="x",
        happened_at=now,
        received_at=now,
        changed_at=now,
    )


@pytest.fixture
def writer(agency, partner):
    return partner(agency, Scope.LEADS_WRITE)


def put(client, lead, state="contacted", seen="new", **headers):
    return client.put(
        f"/api/v1/leads/{lead.pk}/state",
        {"state": state, "seen": seen},
        content_type="application/json",
        headers=headers,
    )


def post(client, lead, note="Called back.", **headers):
    url = f"/api/v1/leads/{lead.pk}/notes"
    return client.post(url, {"note": note}, content_type="application/json", headers=headers)


def trail(agency, action):
    return AuditEntry.objects.for_agency(agency).filter(action=action)


class TestState:
    def test_is_as_if_a_colleague_had_set_it(self, agency, lead, writer):
        answer = put(writer, lead)
        assert answer.status_code == 200
        assert answer.json()["metadata"]["state"] == "contacted"
        lead.refresh_from_db()
        assert (lead.state, lead.answered_at is None) == ("contacted", False)
        event = lead.events.get()
        assert (event.what, event.before, event.after, event.actor) == ("state", "new", "contacted", None)
        assert trail(agency, "lead.state_set").get().detail["key"].startswith("Partner (psl_")

    def test_not_over_what_somebody_else_said(self, agency, lead, writer):
        Lead.objects.for_agency(agency).update(state="visit")
        for state in ("contacted", "new"):
            answer = put(writer, lead, state=state)
            assert answer.status_code == 409
            assert answer.json()["message"][0].startswith("seen:")
        lead.refresh_from_db()
        assert lead.state == "visit"
        assert not lead.events.exists()
        assert not trail(agency, "lead.state_set").exists()

    def test_what_it_is_already_leaves_no_trace(self, agency, lead, writer):
        assert put(writer, lead, state="new").status_code == 200
        assert not lead.events.exists()
        assert not trail(agency, "lead.state_set").exists()

    @pytest.mark.parametrize("body", [{"state": "contacted"}, {"seen": "new"}, {"state": "x", "seen": "new"}])
    def test_wrong_values(self, lead, writer, body):
        url = f"/api/v1/leads/{lead.pk}/state"
        assert writer.put(url, body, content_type="application/json").status_code == 422

    def test_twice_under_one_name(self, lead, writer):
        first, second = (put(writer, lead, **{"Idempotency-Key": "one"}) for _ in range(2))
        assert (second.status_code, second.content) == (200, first.content)
        assert lead.events.count() == 1


class TestNotes:
    def test_says_whose_it_is(self, agency, lead, writer):
        answer = post(writer, lead)
        event = lead.events.get()
        assert (answer.status_code, answer.json()["id"]) == (201, event.pk)
        assert answer.json()["leadId"] == str(lead.pk)
        assert (event.what, event.words) == (LeadEvent.What.NOTE, "Partner: Called back.")

    def test_the_trail_holds_nothing_of_it(self, agency, lead, writer):
        post(writer, lead, "Jane likes it")
        entry = trail(agency, "partner.lead_noted").get()
        assert "Jane" not in f"{entry.subject} {entry.detail}"

    def test_twice_under_one_name_is_one(self, lead, writer):
        codes = [post(writer, lead, **{"Idempotency-Key": "one"}).status_code for _ in range(2)]
        assert (codes, lead.events.count()) == ([201, 201], 1)

    def test_the_longest_fits(self, lead, writer):
        assert post(writer, lead, "x" * 4800).status_code == 201
        assert lead.events.get().words.endswith("x" * 4800)
        assert post(writer, lead, "x" * 4801).status_code == 422

    @pytest.mark.parametrize("note", ["", "a\0b"])
    def test_wrong_values(self, lead, writer, note):
        assert post(writer, lead, note).status_code in (400, 422)


@pytest.mark.parametrize("call", [put, post])
class TestBoth:
    def test_nothing_about_an_erased_person(self, agency, lead, writer, call):
        Lead.objects.for_agency(agency).update(erased_at=timezone.now())
        assert call(writer, lead).status_code == 409
        assert not lead.events.exists()

    def test_erased_in_between(self, agency, lead, writer, call, monkeypatch):
        monkeypatch.setattr("portal.api.lead_handling._lead", lambda key, pk: lead)
        Lead.objects.for_agency(agency).update(erased_at=timezone.now())
        assert call(writer, lead).status_code == 409
        assert not lead.events.exists()

    def test_missing(self, lead, writer, call):
        lead.pk += 1
        assert call(writer, lead).status_code == 404

    def test_reading_is_not_writing(self, agency, lead, partner, call):
        assert call(partner(agency, Scope.LEADS_READ), lead).status_code == 403
        assert not lead.events.exists()
