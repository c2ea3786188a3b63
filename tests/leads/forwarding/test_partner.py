"""Buyers of partners: one contact for each stream, and nothing of the person is kept once Ts-Immo has answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from estates.jobs.models import Job, Status
from estates.leads.forwarding import partner
from estates.leads.forwarding.forward import NotNow
from estates.leads.models import SentBuyer
from estates.remotes.errors import Refused
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_requests import Buyer, Phone
from portal.sandbox.faults import Fault
from tests.leads.forwarding.test_forward import done

pytestmark = pytest.mark.django_db

BUYER = Buyer(
    streamId="s-1",
    firstname="Jean",
    lastname="Dupont",
    phones=(Phone("+33612345678"),),
    preferences=({"budget": {"max_price": {"amount": 450000}}},),
)
OTHER = Buyer(streamId="s-1", lastname="Durand")


def held(agency) -> SentBuyer:
    return SentBuyer.objects.for_agency(agency).get()


def test_ts_immo_gets_what_the_partner_said(agency, account, estate):
    job = partner.send_buyer(estate, BUYER)
    assert account.leads == {}
    assert done(job).status == Status.DONE
    (got,) = account.leads.values()
    assert got.estate_id == estate.remote_id
    assert got.buyer == {
        "streamId": "s-1",
        "firstname": "Jean",
        "lastname": "Dupont",
        "phones": [{"number": "+33612345678", "type": "mobile"}],
        "preferences": [{"budget": {"max_price": {"amount": 450000}}}],
    }


def test_nothing_of_the_person_is_kept_once_it_has_arrived(agency, account, estate):
    job = partner.send_buyer(estate, BUYER)
    assert held(agency).buyer["lastname"] == "Dupont"
    done(job)
    row = held(agency)
    assert (row.state, row.buyer, bool(row.answered_at)) == ("accepted", {}, True)
    assert "Dupont" not in str(SentBuyer.objects.for_agency(agency).values())


def test_the_same_again_is_the_same_job_before_and_after(agency, account, estate):
    job = partner.send_buyer(estate, BUYER)
    assert partner.send_buyer(estate, BUYER) == job
    done(job)
    assert partner.send_buyer(estate, BUYER) == job
    assert [got.submissions for got in account.leads.values()] == [1]
    assert AuditEntry.objects.for_agency(agency).filter(action="lead.buyer_asked").count() == 1


def test_long_after_there_is_no_job_to_name(agency, account, estate):
    done(partner.send_buyer(estate, BUYER))
    Job.objects.for_agency(agency).delete()
    assert partner.send_buyer(estate, BUYER) is None
    assert [got.submissions for got in account.leads.values()] == [1]


@pytest.mark.parametrize("arrived", [False, True])
def test_another_buyer_under_the_same_stream_is_refused(agency, account, estate, arrived):
    job = partner.send_buyer(estate, BUYER)
    if arrived:
        done(job)
    with pytest.raises(partner.OtherBuyer):
        partner.send_buyer(estate, OTHER)
    assert Job.objects.for_agency(agency).count() == 1


def test_so_is_another_estate(agency, account, estate):
    done(partner.send_buyer(estate, BUYER))
    estate.remote_id = account.estates[1].id
    with pytest.raises(partner.OtherBuyer):
        partner.send_buyer(estate, BUYER)


def test_a_stream_of_another_agency_is_another_one(agency, other_agency, account, estate, connected):
    done(partner.send_buyer(estate, BUYER))
    estate.pk, estate.agency, estate.connection = (
        None,
        other_agency,
        connected(other_agency, "ts_immo", "key"),
    )
    estate.save()
    partner.send_buyer(estate, OTHER)
    assert held(other_agency).state == "pending"
    assert held(agency).state == "accepted"


class TestRefused:
    @pytest.fixture
    def refused(self, monkeypatch, account, estate):
        def refuse(*args):
            raise Refused("400", words="Budget too low")

        with monkeypatch.context() as patched:
            patched.setattr(TsImmoClient, "send_lead", refuse)
            job = done(partner.send_buyer(estate, BUYER))
        assert job.status == Status.FAILED
        return job

    def test_is_kept_without_the_person_and_told_in_the_job(self, agency, refused):
        assert (held(agency).state, held(agency).buyer) == ("refused", {})
        assert refused.error == "Budget too low"

    @pytest.mark.parametrize("buyer", [BUYER, OTHER])
    def test_is_sent_anew_when_it_is_asked_again(self, agency, account, estate, refused, buyer):
        job = partner.send_buyer(estate, buyer)
        assert job != refused
        assert done(job).status == Status.DONE
        assert len(account.leads) == 1
        with pytest.raises(partner.OtherBuyer):
            partner.send_buyer(estate, OTHER if buyer is BUYER else BUYER)

    def test_has_nothing_to_send_when_a_person_tries_the_job_again(self, agency, account, refused):
        Job.objects.for_agency(agency).filter(pk=refused.pk).update(status=Status.QUEUED, attempts=0)
        assert done(refused).status == Status.FAILED
        assert account.leads == {}

    def test_while_its_job_just_ends_nothing_is_lost_silently(self, agency, estate, refused):
        Job.objects.for_agency(agency).update(status=Status.RUNNING)
        with pytest.raises(NotNow):
            partner.send_buyer(estate, OTHER)
        assert held(agency).version == 1


@pytest.mark.parametrize("kind", ["lost", "dropped", "error_500"])
def test_a_lost_answer_makes_no_second_contact(agency, box, account, estate, kind):
    box.dial.set(Fault(kind, operation="send_lead", times=1))
    assert done(partner.send_buyer(estate, BUYER)).status == Status.DONE
    assert len(account.leads) == 1


class TestWithoutAnAnswer:
    @pytest.fixture
    def gave_up(self, agency, box, account, estate):
        box.dial.set(Fault("wrong_key", operation="send_lead"))
        job = done(partner.send_buyer(estate, BUYER))
        assert job.status == Status.FAILED
        box.dial.clear()
        return job

    def test_the_buyer_waits_for_a_person_to_mend_it(self, agency, account, gave_up):
        assert held(agency).buyer["lastname"] == "Dupont"
        Job.objects.for_agency(agency).filter(pk=gave_up.pk).update(status=Status.QUEUED, attempts=0)
        assert done(gave_up).status == Status.DONE
        assert len(account.leads) == 1

    def test_the_same_again_is_a_new_try(self, agency, account, estate, gave_up):
        job = partner.send_buyer(estate, BUYER)
        assert job != gave_up
        assert done(job).status == Status.DONE

    def test_another_buyer_is_refused_for_the_first_may_have_arrived(self, estate, gave_up):
        with pytest.raises(partner.OtherBuyer):
            partner.send_buyer(estate, OTHER)

    def test_it_is_not_kept_for_ever(self, agency, gave_up):
        assert partner.forget_old_buyers() == 0
        SentBuyer.objects.for_agency(agency).update(
            asked_at=timezone.now() - partner.KEPT - timedelta(seconds=1)
        )
        assert partner.forget_old_buyers() == 1
        assert held(agency).buyer == {}


def test_an_estate_that_went_meanwhile(agency, account, estate):
    job = partner.send_buyer(estate, BUYER)
    estate.delete()
    done(job)
    assert (held(agency).state, held(agency).buyer, account.leads) == ("refused", {}, {})


def test_a_removed_key_sends_nothing(agency, estate):
    estate.connection.removed_at = timezone.now()
    with pytest.raises(NotNow):
        partner.send_buyer(estate, BUYER)
    assert not SentBuyer.objects.for_agency(agency).exists()


def test_the_trail_names_no_person(agency, estate):
    partner.send_buyer(estate, BUYER)
    entry = AuditEntry.objects.for_agency(agency).get()
    assert "Dupont" not in f"{entry.subject} {entry.detail}"
    assert entry.subject == str(estate)
