"""What a partner's software writes to support, all the way to Ts-Immo and back to a person's page."""

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, PartnerKey, Scope
from accounts.partners import keys
from accounts.roles import Role
from estates.jobs.models import Job, Status
from support.attachments.examine import examined
from support.authors import author_of
from support.models import Attachment, Draft, Message, Ticket
from support.partners import comment, hand_in, open_ticket
from tests.support.attachments.making import picture
from tests.support.conftest import deliveries, done, fresh, job_of

API = "/api/v1/support"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def key(agency, member) -> PartnerKey:
    agency.language = "en"
    agency.save()
    return keys.make(agency, member(agency), name="Call centre Nord", scopes=Scope.values)[0]


@pytest.fixture
def opened_by_key(key, site):
    """A ticket with a picture, written by software, at Ts-Immo and here."""

    def do(account) -> tuple[Ticket, object]:
        with examined(ContentFile(picture()), "capture.png") as found:
            file = hand_in(key, found)
        ticket = open_ticket(key, site, "Photos", "They are missing.", None, [file.pk])
        assert done(job_of(ticket)).status == Status.DONE
        ticket = fresh(ticket)
        return ticket, account.tickets[ticket.remote_id]

    return do


class TestAtTsImmo:
    def test_a_ticket_with_its_file_arrives_once(self, account, key, opened_by_key, settled, member):
        ticket, there = opened_by_key(account)
        owner = member(key.agency)
        assert len(account.tickets) == 1
        assert there.reporter == {
            "username": owner.email,
            "mail": owner.email,
            "display_name": "Call centre Nord (via API)",
        }
        (sent,), kept = there.attachments, Attachment.objects.for_agency(key.agency).get()
        assert (sent["filename"], sent["mime_type"]) == ("capture.png", "image/png")
        assert (sent["size"], sent["sha256"]) == (kept.size, kept.sha256)
        assert deliveries(ticket) == ["sent"]

    def test_a_comment_and_what_is_read_back_are_one(self, account, key, opened_by_key, settled):
        ticket, there = opened_by_key(account)
        comment(key, ticket, "Any news?")
        assert done(job_of(ticket)).status == Status.DONE
        assert [said["comment"] for said in there.comments] == ["Any news?"]
        assert deliveries(ticket) == ["sent", "sent"]


class TestForPeople:
    def test_the_page_says_who_wrote_it(self, account, agency, opened_by_key, settled, browser):
        ticket, _there = opened_by_key(account)
        page = browser(agency, Role.AGENT).get(reverse("support:detail", args=[agency.slug, ticket.pk]))
        text = page.content.decode()
        assert text.count("Call centre Nord (via API)") == 2
        assert 'data-delivery="sent"' in text
        assert "of the agency</span>" not in text
        assert "capture.png" in text

    def test_so_does_the_list(self, account, agency, opened_by_key, settled, browser):
        opened_by_key(account)
        page = browser(agency).get(reverse("support:index", args=[agency.slug]))
        assert "Call centre Nord (via API)" in page.content.decode()

    def test_what_was_written_elsewhere_is_still_told_apart(
        self, account, agency, opened_by_key, settled, browser, mirrored
    ):
        ticket, there = opened_by_key(account)
        there.comment("Here too.", {"username": "x", "mail": "x@x.example", "display_name": "Paul"})
        mirrored()
        page = browser(agency).get(reverse("support:detail", args=[agency.slug, ticket.pk]))
        assert page.content.decode().count("of the agency</span>") == 1

    def test_what_somebody_wrote_who_is_gone_is_still_theirs(self, agency, taken_in, colleague, browser):
        ticket, _there = taken_in(by=colleague("ana"))
        Message.objects.for_agency(agency).update(author=None)
        page = browser(agency).get(reverse("support:detail", args=[agency.slug, ticket.pk])).content.decode()
        assert "of the agency</span>" not in page
        assert 'data-delivery="sent"' in page


class TestAuthor:
    def test_the_mail_is_that_of_who_made_the_key(self, agency, key, member):
        assert author_of(Draft(agency=agency, key=key)) == (
            "Call centre Nord (via API)",
            member(agency).email,
        )

    @pytest.mark.parametrize("loss", ["left", "inactive", "unknown"])
    def test_else_that_of_an_owner(self, agency, key, member, colleague, loss):
        heir = colleague("zoe", Role.OWNER)
        if loss == "left":
            Membership.objects.filter(user=member(agency)).delete()
        elif loss == "inactive":
            type(heir).objects.filter(pk=member(agency).pk).update(is_active=False)
        else:
            key.created_by = None
            Membership.objects.filter(user=member(agency)).update(role=Role.MANAGER)
        assert author_of(Draft(agency=agency, key=key)).mail == heir.email

    def test_else_none(self, agency, key):
        Membership.objects.filter(agency=agency).delete()
        assert author_of(Draft(agency=agency, key=key)).mail == ""

    def test_in_the_language_of_the_agency(self, agency, key):
        agency.language = "fr"
        key.agency = agency
        assert author_of(Draft(agency=agency, key=key)).name.startswith("Call centre Nord (")

    def test_a_draft_has_exactly_one(self, agency, key, member):
        for both in ({}, {"user": member(agency), "key": key}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Draft.objects.create(agency=agency, **both)


def test_from_the_api_to_ts_immo_and_back(account, agency, site, settled, member):
    """Hand in, open, watch the job, read, comment, close."""
    member(agency)
    _key, token = keys.make(agency, None, name="Nord", scopes=Scope.values)
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def post(path, data, content_type="application/json"):
        return client.post(f"{API}{path}", data, content_type=content_type).json()

    def finish(answer):
        done(Job.objects.for_agency(agency).get(pk=answer["job"]))
        assert client.get(f"/api/v1/jobs/{answer['job']}").json()["status"] == "done"

    file = post("/attachments?filename=capture.png", picture(), "application/octet-stream")
    asked = post("/tickets", {"subject": "Photos", "message": "Missing.", "attachments": [file["id"]]})
    finish(asked)
    finish(post(f"/tickets/{asked['id']}/comments", {"comment": "Any news?"}))
    finish(post(f"/tickets/{asked['id']}/close", {}))
    told = client.get(f"{API}/tickets/{asked['id']}").json()
    (there,) = account.tickets.values()
    assert (told["number"], told["status"], told["open"]) == (there.id, "CLOSED", False)
    assert [(said["comment"], said["delivery"]) for said in told["comments"]] == [("Any news?", "sent")]
    assert told["attachments"] == [file]
    assert Message.objects.for_agency(agency).count() == 2
