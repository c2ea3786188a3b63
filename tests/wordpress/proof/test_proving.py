"""Pages are looked at on a real site over loopback: one at a time, by the timer and at a person's wish."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.jobs.models import Job, Status
from estates.wordpress.models import Cause, Proof, SitePace, Verdict
from estates.wordpress.proof import looking, pace, proving
from estates.wordpress.proof.enrolment import enrol_estates
from estates.wordpress.proof.pace import PAUSE, PAUSE_IN_TROUBLE, TURN, forget_old_paces, give_back, take_turn
from estates.wordpress.proof.proving import (
    AGAIN_SOON,
    ask_proof,
    ask_proofs,
    due_of_each_site,
    hold,
    prove_due_estates,
)
from estates.wordpress.tasks import prove_due_estates as quarter_minutely
from tests.websites import endless, html, redirect, with_body
from tests.wordpress.conftest import worked
from tests.wordpress.proof.conftest import DOMAIN, HOME, change, due, enrolled, path_of, proof_of, rest
from tests.wordpress.proof.pages import plain


def looked_at(estate: Estate) -> Proof:
    enrolled(estate)
    quarter_minutely()
    return proof_of(estate)


def test_right(agency, own_site, publish, website):
    estate = publish(agency)
    proof = looked_at(estate)
    assert (proof.verdict, proof.shown_price, proof.shown_currency, proof.named) == (
        Verdict.RIGHT,
        450_000,
        "EUR",
        True,
    )
    assert proof.landed == estate.public_url
    assert timedelta(hours=20) < proof.next_at - proof.checked_at < timedelta(hours=28)
    assert website.paths() == [path_of(estate)]
    assert website.asked[0].headers["User-Agent"].startswith("Passerelle/")


@pytest.mark.parametrize(
    ("page", "verdict", "reason"),
    [
        (html(plain(price="430 000 €")), Verdict.DIFFERS, ""),
        (html(plain(badge="Vendu")), Verdict.DIFFERS, ""),
        (html("<h1>Introuvable</h1>", status=404), Verdict.NOT_FOUND, Cause.GONE),
        (html("<h1>Oups</h1>"), Verdict.NOT_FOUND, Cause.NOTHING),
        (redirect(f"{HOME}/"), Verdict.NOT_FOUND, Cause.HOME),
        (html("<h1>Maintenance</h1>", status=503), Verdict.UNREACHABLE, Cause.ANSWER),
        (redirect("http://127.0.0.1/"), Verdict.UNREACHABLE, Cause.SILENT),
        (redirect("https://www.parking.example/"), Verdict.NOT_FOUND, Cause.OTHER_SITE),
        (with_body(b"\x00\xff" * 1000, content_type="image/png"), Verdict.NOT_FOUND, Cause.NOTHING),
    ],
)
def test_what_else_a_page_may_be(page, verdict, reason, agency, own_site, publish, website, serve):
    serve("www.parking.example")
    estate = publish(agency)
    website.answers(path_of(estate), page)
    proof = looked_at(estate)
    assert (proof.verdict, proof.reason) == (verdict, reason)
    assert proof.checked_at


def test_a_page_of_another_agencys_estate(agency, other_agency, own_site, publish, add_estate, website):
    estate = publish(agency)
    theirs = add_estate(other_agency, reference="RIV-0007", title="Loft à Lyon", price=310_000)
    website.answers(path_of(estate), html(plain(theirs.reference, theirs.title, "310 000 €")))
    proof = looked_at(estate)
    assert (proof.verdict, proof.reason) == (Verdict.NOT_FOUND, Cause.OTHER_REFERENCE)
    assert "RIV" not in str(Proof.objects.for_agency(agency).values().get())


def test_a_site_that_is_down_is_tried_again_soon_and_left_alone_meanwhile(agency, own_site, publish, website):
    estate = publish(agency)
    website.https = False
    proof = looked_at(estate)
    assert (proof.verdict, proof.reason) == (Verdict.UNREACHABLE, Cause.SILENT)
    assert proof.words
    assert proof.sentence
    assert abs(proof.next_at - proof.checked_at - AGAIN_SOON) < timedelta(seconds=5)
    assert take_turn("agence-martin.example") > PAUSE_IN_TROUBLE.total_seconds() - 5
    website.https = True
    due()
    assert looked_at(estate).verdict == Verdict.RIGHT
    assert proof_of(estate).reason == ""


def test_a_page_without_end_is_cut(agency, own_site, publish, website, monkeypatch):
    monkeypatch.setattr(looking, "SECONDS", 2.0)
    estate = publish(agency)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    page = plain(estate.reference).replace("</main></body></html>", "").encode()
    website.answers(path_of(estate), endless(head=head + page))
    assert looked_at(estate).verdict == Verdict.RIGHT
    website.answers(path_of(estate), endless(b" ", pause=0.2, head=head))
    due()
    began = time.monotonic()
    assert looked_at(estate).reason == Cause.SILENT
    assert time.monotonic() - began < 10


def test_a_page_that_breaks_the_reader_keeps_no_other_from_being_looked_at(
    agency, other_agency, own_site, add, publish, serve, add_estate, monkeypatch, caplog
):
    broken = publish(agency)
    add(other_agency, domain="www.riviera.example")
    other = add_estate(other_agency, public_url="https://www.riviera.example/1/")
    serve("www.riviera.example").answers("/1/", html(plain(other.reference)))
    read = looking.read_page

    def fails(body: bytes, content_type: str, url: str):
        if "agence-martin" in url:
            raise ArithmeticError
        return read(body, content_type, url)

    monkeypatch.setattr(looking, "read_page", fails)
    enrolled()
    assert prove_due_estates() == 2
    assert proof_of(broken).reason == Cause.UNREADABLE
    assert proof_of(other).verdict == Verdict.RIGHT
    assert "could not be read" in caplog.text


def test_a_foreign_address_is_never_asked(agency, own_site, publish, add_estate, serve):
    elsewhere = serve("www.other.example")
    estate = add_estate(agency, public_url="https://www.other.example/1/")
    enrolled(estate)
    assert prove_due_estates() == 0
    assert elsewhere.asked == []
    assert proof_of(estate).verdict == Verdict.FOREIGN


# Pace and fairness


def test_one_page_of_a_site_at_a_time_and_a_pause_after_it(agency, own_site, publish, website):
    enrolled(*(publish(agency) for _ in range(3)))
    assert prove_due_estates() == 1
    assert prove_due_estates() == 0
    wait = take_turn("agence-martin.example")
    assert PAUSE.total_seconds() - 5 < wait <= PAUSE.total_seconds()
    rest()
    assert prove_due_estates() == 1
    assert len(website.paths()) == 2


def test_two_agencies_with_the_same_site_share_its_pace(
    agency, other_agency, own_site, add, publish, website
):
    add(other_agency, domain="agence-martin.example")
    enrolled(publish(agency), publish(other_agency))
    assert prove_due_estates() == 1
    assert prove_due_estates() == 0
    rest()
    assert prove_due_estates() == 1
    assert {proof.verdict for proof in Proof.objects.across_agencies()} == {Verdict.RIGHT}


def test_the_first_site_of_each_agency_comes_before_the_second_of_any(
    agency, other_agency, add, add_estate, monkeypatch
):
    for number in range(3):
        add(agency, domain=f"www.martin-{number}.example")
        add_estate(agency, public_url=f"https://www.martin-{number}.example/1/")
    add(other_agency, domain="www.riviera.example")
    late = add_estate(other_agency, public_url="https://www.riviera.example/1/")
    enrolled()
    Proof.objects.for_agency(other_agency).update(next_at=timezone.now())
    monkeypatch.setattr(proving, "SITES_AT_ONCE", 2)
    assert [proof.agency for proof in due_of_each_site(timezone.now())] == [agency, other_agency]
    assert proof_of(late).verdict == Verdict.UNSEEN


def test_longest_due_first(agency, own_site, publish, website):
    proofs = enrolled(*(publish(agency) for _ in range(3)))
    Proof.objects.for_agency(agency).filter(pk=proofs[2].pk).update(
        next_at=timezone.now() - timedelta(hours=1)
    )
    prove_due_estates()
    assert website.paths() == ["/bien/3/"]


def test_a_turn_is_one_callers_and_comes_back_by_itself(db, monkeypatch):
    assert take_turn("a.example") == 0
    assert 0 < take_turn("a.example") <= TURN.total_seconds()
    assert take_turn("b.example") == 0
    give_back("b.example")
    assert 0 < take_turn("b.example") <= PAUSE.total_seconds()
    later = timezone.now() + TURN + timedelta(seconds=1)
    monkeypatch.setattr(pace.timezone, "now", lambda: later)
    assert take_turn("a.example") == 0


def test_a_clock_that_was_wrong_silences_no_site_for_long(db):
    SitePace.objects.create(host="a.example", next_at=timezone.now() + timedelta(days=9))
    assert take_turn("a.example") <= PAUSE_IN_TROUBLE.total_seconds()


def test_paces_are_forgotten(db):
    SitePace.objects.create(host="a.example", next_at=timezone.now() - timedelta(days=8))
    SitePace.objects.create(host="b.example", next_at=timezone.now())
    assert forget_old_paces() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_race_for_one_site_ask_it_once(agency, own_site, publish, website):
    enrolled(*(publish(agency) for _ in range(4)))
    looked: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            looked.append(prove_due_estates())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(looked) == 1
    assert len(website.paths()) == 1


def test_what_changes_while_it_is_looked_at_is_looked_at_again(agency, own_site, publish, website):
    estate = publish(agency)
    (proof,) = enrolled(estate)
    assert take_turn("agence-martin.example") == 0
    assert hold(proof)
    change(estate, price=430_000)
    enrol_estates()
    proving.settle(proof, *looking.look_at(proving.expected(proof)))
    now = proof_of(estate)
    assert (now.verdict, now.checked_at, now.price) == (Verdict.UNSEEN, None, 430_000)
    due()
    assert looked_at(estate).verdict == Verdict.DIFFERS


def test_a_held_proof_is_nobody_elses(agency, own_site, publish):
    (proof,) = enrolled(publish(agency))
    again = proof_of(proof.estate)
    assert hold(proof)
    assert not hold(again)


# At a person's wish


def test_the_button_looks_at_one_page(agency, own_site, publish, website, member):
    estate = publish(agency, price="430 000 €")
    job = ask_proof(estate, member(agency, Role.AGENT))
    assert ask_proof(estate, member(agency)) == job
    assert worked(job).status == Status.DONE
    assert (job.done, job.total) == (1, 1)
    assert proof_of(estate).verdict == Verdict.DIFFERS
    assert AuditEntry.objects.for_agency(agency).filter(action="estate.proof_asked").count() == 2


def test_it_waits_for_the_sites_turn(agency, own_site, publish, website, manager):
    first, second = publish(agency), publish(agency)
    enrolled(first)
    prove_due_estates()
    job = worked(ask_proof(second, manager))
    assert job.status == Status.QUEUED
    assert timezone.now() < job.not_before <= timezone.now() + PAUSE
    assert len(website.paths()) == 1
    rest()
    assert worked(job).status == Status.DONE
    assert proof_of(second).verdict == Verdict.RIGHT


def test_it_says_the_newest(agency, own_site, publish, website, manager):
    estate = publish(agency)
    looked_at(estate)
    change(estate, price=430_000)
    rest()
    worked(ask_proof(estate, manager))
    assert (proof_of(estate).verdict, proof_of(estate).price) == (Verdict.DIFFERS, 430_000)


@pytest.mark.parametrize("fields", [{}, {"public_url": "https://www.other.example/1/"}])
def test_where_there_is_no_page_it_ends(fields, agency, own_site, add_estate, manager):
    job = worked(ask_proof(add_estate(agency, **fields), manager))
    assert job.status == Status.DONE


def test_all_pages_of_a_site(agency, own_site, add, add_estate, publish, manager, website):
    estates = [publish(agency) for _ in range(3)]
    add(agency, domain="www.other.example")
    other = add_estate(agency, public_url="https://www.other.example/")
    enrol_estates()
    Proof.objects.for_agency(agency).update(next_at=timezone.now() + timedelta(days=1))
    assert ask_proofs(own_site, manager) == 3
    assert all(proof_of(estate).next_at <= timezone.now() for estate in estates)
    assert proof_of(other).next_at > timezone.now()
    for _ in estates:
        prove_due_estates()
        rest()
    assert sorted(website.paths()) == sorted(path_of(estate) for estate in estates)
    assert AuditEntry.objects.for_agency(agency).filter(action="site.proofs_asked").exists()
    assert not Job.objects.for_agency(agency).exists()


def test_threads_leave_the_database_alone(agency, own_site, publish):
    """What a thread asked of the database would stand on a connection that nobody closes."""
    (proof,) = enrolled(publish(agency))
    ours = proving.expected(proof)
    queries = []
    with connection.execute_wrapper(lambda execute, *call: (queries.append(call), execute(*call))[1]):
        looking.look_at(ours)
    assert queries == []
    assert DOMAIN in ours.url
