"""A person decides what becomes of addresses that were found."""

import threading

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import AuditEntry
from estates.catalogue.publish import OtherUnderWay, ask_public_url
from estates.jobs.models import Job, Status
from estates.wordpress.models import AddressProposal, Verdict
from estates.wordpress.proof import proposals
from estates.wordpress.proof.enrolment import enrol_estates
from estates.wordpress.proof.proposals import (
    Decided,
    accept,
    accept_all,
    certain_on,
    dismiss,
    doubtful_on,
    pending,
    pending_on,
    propose,
)
from estates.wordpress.proof.proving import prove_due_estates
from tests.websites import html
from tests.wordpress.conftest import worked
from tests.wordpress.proof.conftest import HOME, change, proof_of
from tests.wordpress.proof.pages import plain

Found = AddressProposal.Found


@pytest.fixture
def found(agency, own_site, add_estate):
    """`found("/1/")` is a proposal for a new estate; `found("/1/", estate)` for that one."""

    def make(path: str, estate=None) -> AddressProposal:
        estate = estate or add_estate(agency)
        propose(own_site, [(estate.pk, HOME + path)], Found.PATH)
        return pending_on(own_site).get(estate=estate, url=HOME + path)

    return make


def jobs(agency) -> list[str]:
    rows = Job.objects.for_agency(agency).filter(kind="catalogue.set_public_url").order_by("pk")
    return [job.params["url"].removeprefix(HOME) for job in rows]


def test_an_accepted_address_goes_to_ts_immo_and_its_page_is_looked_at(
    agency, found, website, box, manager, own_site
):
    account = box.account("martin")
    proposal = found("/bien/1/")
    change(proposal.estate, remote_id=account.estates[0].id)
    website.answers("/bien/1/", html(plain(proposal.estate.reference)))
    accept(proposal, manager)
    assert jobs(agency) == ["/bien/1/"]
    job = worked(Job.objects.for_agency(agency).get())
    assert job.status == Status.DONE
    assert account.stock.get(proposal.estate.remote_id).public_url == f"{HOME}/bien/1/"
    enrol_estates()
    prove_due_estates()
    assert proof_of(proposal.estate).verdict == Verdict.RIGHT
    actions = AuditEntry.objects.for_agency(agency).order_by("number").values_list("action", flat=True)
    assert list(actions)[-2:] == ["estate.public_url_asked", "estate.public_url_set"]


def test_the_other_candidates_of_an_accepted_estate_go(agency, found, manager, own_site):
    first = found("/1/")
    found("/2/", first.estate)
    accept(first, manager)
    assert not pending(agency).exists()
    assert AddressProposal.objects.for_agency(agency).count() == 1


def test_a_dismissed_address_stays_dismissed(agency, found, own_site, manager):
    proposal = found("/1/")
    dismiss(proposal, manager)
    propose(own_site, [(proposal.estate_id, proposal.url)], Found.PAGE)
    assert not pending(agency).exists()
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.decided_by) == ("dismissed", manager)
    entry = AuditEntry.objects.for_agency(agency).latest("number")
    assert (entry.action, entry.detail) == ("estate.address_dismissed", {"url": proposal.url})
    assert jobs(agency) == []


def test_nothing_is_decided_twice(agency, found, manager):
    proposal = found("/1/")
    accept(proposal, manager)
    for verb in (accept, dismiss):
        with pytest.raises(Decided):
            verb(proposal, manager)
    assert jobs(agency) == ["/1/"]


@pytest.mark.parametrize("fields", [{"public_url": f"{HOME}/x/"}, {"gone_at": timezone.now()}])
def test_an_estate_that_has_its_address_or_is_gone_needs_none(fields, agency, found, manager):
    proposal = found("/1/")
    change(proposal.estate, **fields)
    assert not pending(agency).exists()
    with pytest.raises(Decided):
        accept(proposal, manager)
    assert jobs(agency) == []


def test_while_another_address_is_on_its_way_it_stays_proposed(agency, found, manager, own_site):
    proposal = found("/1/")
    ask_public_url(proposal.estate, f"{HOME}/typed/", manager)
    with pytest.raises(OtherUnderWay):
        accept(proposal, manager)
    assert pending(agency).get() == proposal
    assert accept_all(own_site, manager, proposal.pk) == proposals.Accepted(0, 1)


def test_what_is_in_doubt(agency, found, own_site, add_estate):
    clear, double = found("/clear/"), found("/double/")
    found("/double-too/", double.estate)
    shared = found("/shared/")
    found("/shared/", add_estate(agency))
    assert list(certain_on(own_site)) == [clear]
    assert doubtful_on(own_site).count() == 4
    assert [proposal.rivals for proposal in pending_on(own_site)] == [False, True, True, True, True]
    dismiss(pending_on(own_site).exclude(pk=shared.pk).get(url=shared.url), None)
    assert set(certain_on(own_site)) == {clear, shared}


def test_all_means_what_was_seen_and_is_in_no_doubt(agency, found, own_site, manager):
    first, double = found("/1/"), found("/2/")
    found("/3/", double.estate)
    last = found("/4/")
    later = found("/5/")
    assert accept_all(own_site, manager, last.pk) == proposals.Accepted(2, 0)
    assert jobs(agency) == ["/1/", "/4/"]
    assert later in pending(agency)
    assert first not in pending(agency)
    assert accept_all(own_site, manager, last.pk) == proposals.Accepted()


def test_all_at_once_are_only_so_many(agency, found, own_site, manager, monkeypatch):
    monkeypatch.setattr(proposals, "AT_ONCE", 2)
    for number in range(3):
        found(f"/{number}/")
    assert accept_all(own_site, manager, 10**9).sent == 2
    assert accept_all(own_site, manager, 10**9).sent == 1


def test_the_same_place_of_another_agency_stays_its_own(
    agency, other_agency, found, own_site, add, add_estate, manager
):
    theirs = add(other_agency, domain=own_site.domain)
    estate = add_estate(other_agency)
    propose(theirs, [(estate.pk, f"{HOME}/1/")], Found.PATH)
    found("/1/")
    assert certain_on(own_site).count() == 1
    accept_all(own_site, manager, 10**9)
    assert jobs(other_agency) == []
    assert pending(other_agency).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_succeeds(agency, found, manager):
    proposal = found("/1/")
    ended: list[str] = []
    start = threading.Barrier(4)

    def decide(verb) -> None:
        start.wait()
        try:
            verb(proposal, manager)
            ended.append(verb.__name__)
        except Decided:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=[verb]) for verb in (accept, dismiss, accept, dismiss)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 1
    assert jobs(agency) == (["/1/"] if ended == ["accept"] else [])


def test_very_many_are_noted_in_pieces(agency, own_site, lists):
    lists(agency, 3)
    from estates.catalogue.models import Estate

    pks = list(Estate.objects.for_agency(agency).values_list("pk", flat=True))
    propose(own_site, [(pks[number % 3], f"{HOME}/{number}") for number in range(3000)], Found.PATH)
    assert AddressProposal.objects.for_agency(agency).count() == 3 * proposals.CANDIDATES
