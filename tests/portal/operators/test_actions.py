"""What operators have done to rows that nobody edits: through the rooms' own verbs, in the agency's trail."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Invitation
from estates.connections.models import Connection, System
from estates.jobs.models import Job, Status
from estates.syndication.models import Listing
from estates.webhooks.models import Delivery
from tests import canaries


@pytest.fixture
def rows(agency) -> dict:
    return canaries.fill(agency, "OWNWORD")


@pytest.fixture
def have_done(admin_browser):
    """`have_done(row, "action")` gives the words that the operator reads afterwards."""

    def ask(row, action: str) -> str:
        model = row._meta
        page = reverse(f"admin:{model.app_label}_{model.model_name}_changelist")
        answer = admin_browser.post(page, {"action": action, "_selected_action": [row.pk]}, follow=True)
        assert answer.status_code == 200
        return " ".join(str(message) for message in answer.context["messages"])

    return ask


def kinds_in_line(agency) -> set[str]:
    return set(Job.objects.for_agency(agency).filter(status=Status.QUEUED).values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("name", "action", "kind", "entry"),
    [
        ("connection", "synchronise", "catalogue.sync", "catalogue.sync_asked"),
        ("aviv", "synchronise", "leads.fetch_aviv", "leads.fetch_asked"),
        ("seeki", "synchronise", "syndication.look", "publication.look_asked"),
        ("source", "fetch", None, None),
        ("plan", "look", "syndication.look", "publication.look_asked"),
        ("ticket", "read_again", "support.mirror", "ticket.read_asked"),
    ],
)
def test_what_is_fetched_again_is_work_in_line_and_in_the_trail(
    have_done, agency, operator, rows, name, action, kind, entry
):
    if name == "source":
        Connection.objects.for_agency(agency).filter(pk=rows["connection"].pk).update(
            system=System.AVIV, label="x"
        )
        kind, entry = "leads.fetch_aviv", "leads.fetch_asked"
    assert have_done(rows[name], action).startswith("1 ")
    assert kind in kinds_in_line(agency)
    assert AuditEntry.objects.for_agency(agency).get(action=entry).actor == operator


def test_a_removed_connection_is_not_synchronised(have_done, agency, rows):
    Connection.objects.for_agency(agency).update(removed_at=timezone.now())
    assert have_done(rows["connection"], "synchronise").startswith("0 ")
    assert kinds_in_line(agency) == set()


def test_a_key_is_checked_and_one_that_is_not_there_is_not(have_done, agency, rows):
    assert have_done(rows["connection"], "check_key").startswith("1 ")
    assert kinds_in_line(agency) == {"connections.check"}
    rows["aviv"].keys.all().delete()
    assert have_done(rows["aviv"], "check_key").startswith("0 ")


def test_a_webhooks_message_is_sent_again(have_done, agency, operator, rows):
    assert have_done(rows["webhook message"], "send_again").startswith("1 ")
    assert Delivery.objects.for_agency(agency).get().state == Delivery.State.WAITING
    assert AuditEntry.objects.for_agency(agency).get(action="webhook.replayed").actor == operator
    assert have_done(rows["webhook message"], "send_again").startswith("0 ")


def test_a_listing_is_sent_before_its_time_unless_it_is_not_wanted(have_done, agency, rows):
    listings = Listing.objects.for_agency(agency).filter(pk=rows["listing"].pk)
    assert have_done(rows["listing"], "send_now").startswith("1 ")
    assert listings.get().stage == Listing.Stage.DUE
    listings.update(wanted=False)
    words = have_done(rows["listing"], "send_now")
    assert "not to be published" in words
    assert "0 listings are sent" in words


def test_an_invitations_mail_is_sent_again_but_not_twice_in_a_moment(have_done, agency, rows):
    Invitation.objects.for_agency(agency).update(sent_at=timezone.now() - timedelta(days=1))
    assert have_done(rows["invitation"], "send_again").startswith("1 ")
    assert [message.to for message in mail.outbox] == [[rows["invitation"].email]]
    assert "sent a moment ago" in have_done(rows["invitation"], "send_again")
    assert len(mail.outbox) == 1
