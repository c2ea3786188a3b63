"""What might make two of one message: what comes to light at Ts-Immo at the worst moment, or under other names."""

import time

import pytest

from estates.connections.clients import client_for
from estates.connections.store import remove
from estates.jobs.models import Status
from estates.remotes.ts_immo import TsImmoClient
from support import writing
from support.delivery import bringing, sending
from support.erasure.blacking import BLACKED, is_same
from support.mirror import mirror
from support.mirror.taking_in import take_in
from support.models import Ticket
from tests.support import making
from tests.support.conftest import DOMAIN, deliveries, done, fresh, job_of, messages_of, worked

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(opened, box, settled):
    """A ticket that Ts-Immo has taken in, and said so to nobody."""
    box.fault("lost", operation="open_ticket", times=1)
    ticket = opened()
    worked(job_of(ticket))
    return ticket


@pytest.fixture
def hidden(monkeypatch):
    """`hidden(2)` has the next two lists of tickets come empty."""

    def do(times) -> None:
        read, left = TsImmoClient.tickets, iter(range(times))
        monkeypatch.setattr(
            TsImmoClient,
            "tickets",
            lambda client, *asked, **named: (
                () if next(left, None) is not None else read(client, *asked, **named)
            ),
        )

    return do


def test_a_ticket_that_the_mirror_meets_after_the_look_is_not_opened_again(
    lost, hidden, account, monkeypatch
):
    hidden(1)
    announce = bringing.Bringing._announce

    def after_the_mirror(bringer, known):
        with client_for(lost.connection, TsImmoClient) as client:
            (remote,) = client.tickets(DOMAIN)
        take_in(lost.agency, lost.connection, DOMAIN, remote)
        return announce(bringer, known)

    monkeypatch.setattr(bringing.Bringing, "_announce", after_the_mirror)
    assert done(job_of(lost)).status == Status.DONE
    assert (len(account.tickets), deliveries(lost)) == (1, ["sent"])


def test_what_is_seen_only_after_the_look_is_looked_at_before_anybody_decides(lost, hidden, account, box):
    """The second call is made in good faith; that there are two is found out, and nobody makes a third."""
    hidden(1)
    box.fault("lost", operation="open_ticket", times=1)
    assert done(job_of(lost)).status == Status.DONE
    assert (len(account.tickets), deliveries(lost)) == (2, ["sent"])
    assert Ticket.objects.for_agency(lost.agency).exclude(remote_id="").count() == 2


def test_the_same_words_under_another_address_are_for_a_person_to_decide(taken_in, commented, box):
    ticket, there = taken_in()
    commented(ticket)
    box.fault("lost", operation="comment", times=1)
    job = worked(job_of(ticket))
    there.comments[-1]["reporter"] = {"display_name": "Agence Martin", "mail": "api@agence-martin.example"}
    done(job)
    assert len(there.comments) == 1
    assert "unknown" in deliveries(ticket)


def test_a_ticket_is_not_closed_over_a_message_that_was_refused(taken_in, commented, colleague, box):
    ticket, there = taken_in()
    box.fault("message_string", operation="comment", times=1)
    message = commented(ticket, "Do not close before you have read this")
    writing.close(fresh(ticket), colleague("ana"))
    done(job_of(ticket))
    assert there.status != "CLOSED"
    assert fresh(ticket).close_words == bringing.words_for(ticket.agency, sending.NOT_ALL)
    writing.send_again(fresh(message), colleague("ana"))
    writing.close(fresh(ticket), colleague("ana"))
    done(job_of(ticket))
    assert (there.status, len(there.comments), deliveries(ticket)) == ("CLOSED", 1, ["sent", "sent"])


def test_tickets_go_on_with_a_key_that_was_stored_anew(
    taken_in, connection, site, agency, colleague, account, commented
):
    ticket, there = taken_in()
    remove(connection, colleague("ana"))
    anew = making.connection(agency, key=account.key, label="Lyon")
    done(mirror.start_mirror(agency, anew, DOMAIN))
    assert [(each.pk, each.connection_id) for each in Ticket.objects.for_agency(agency)] == [
        (ticket.pk, anew.pk)
    ]
    commented(ticket)
    done(job_of(ticket))
    assert len(there.comments) == 1
    assert len(messages_of(ticket)) == 2


def test_texts_with_many_gaps_are_compared_at_once():
    ours = f"{BLACKED} ".join("ab" * 400)
    began = time.perf_counter()
    assert is_same(ours, ours.replace(BLACKED, "somebody"))
    assert not is_same(ours, ours.replace(BLACKED, "somebody") + "!")
    assert not is_same(f"{BLACKED}x{BLACKED}", "xx")
    assert is_same(f"{BLACKED}x{BLACKED}", "axb")
    assert time.perf_counter() - began < 5, "one place after the other, not every way there is"
