"""Files come by the browser, are seen by those who may, and go again."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership, User
from accounts.roles import Role
from support.attachments import adding
from support.attachments.refusals import Refused
from support.attachments.retention import sweep
from support.models import Attachment, Draft, Message, Ticket
from tests.support.attachments.conftest import body, files, trail, url
from tests.support.attachments.making import picture, sent

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def published(attachment, agency, draft):
    """The attachment as that of a ticket's first message."""
    from estates.connections.models import Connection

    now = timezone.now()
    connection = Connection.objects.create(agency=agency, system="ts_immo", label="Lyon")
    ticket = Ticket.objects.create(
        agency=agency, connection=connection, domain="x", subject="x", opened_at=now, changed_at=now
    )
    message = Message.objects.create(agency=agency, ticket=ticket, opens=True, text="x", written_at=now)
    Attachment.objects.for_agency(agency).update(draft=None, message=message)
    draft.delete()
    attachment.refresh_from_db()
    return attachment


@pytest.fixture
def colleague(agency):
    """Another agent of the agency."""
    user = User.objects.create_user("colleague@martin.example", name="Colleague", language="en")
    Membership.objects.create(agency=agency, user=user, role=Role.AGENT)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_a_file_comes_to_the_draft(send, agency, agent, storage):
    answer = send("capture.png", picture())
    assert answer.status_code == 201
    found = Attachment.objects.for_agency(agency).select_related("draft").get()
    assert (found.draft.user, found.draft.ticket, found.uploaded_by) == (agent, None, agent)
    assert (found.name, found.mime_type, found.width, found.height) == ("capture.png", "image/png", 40, 30)
    folder = f"support/{agency.pk}/"
    assert files(storage) == {found.stored_as, found.thumbnail_as}
    assert found.stored_as.startswith(folder)
    assert found.thumbnail_as.startswith(folder)
    assert found.size == (storage / found.stored_as).stat().st_size
    page = answer.content.decode()
    assert url("download", agency, found.pk) in page
    assert url("thumbnail", agency, found.pk) in page
    assert url("remove_file", agency, found.pk) in page
    assert 'loading="lazy"' in page
    assert trail(agency, "added") == ["capture.png"]


def test_several_come_to_the_same_draft(send, agency):
    for name in ("a.txt", "b.txt"):
        assert send(name, b"text").status_code == 201
    assert Draft.objects.for_agency(agency).get().attachments.count() == 2


def test_what_is_refused_says_why_and_is_not_kept(send, agency, storage):
    answer = send("capture.png", b"MZ not a picture")
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    words = "What is in it does not fit the ending of its name. The file was not kept."
    assert answer.content.decode() == words
    assert not Attachment.objects.for_agency(agency).exists()
    assert files(storage) == set()
    assert trail(agency, "added") == []


def test_no_file_and_two_files(browser, agency):
    client, target = browser(agency, Role.AGENT), url("upload", agency)
    assert "Choose a file" in client.post(target).content.decode()
    two = client.post(target, {"file": [sent("a.txt", b"a"), sent("b.txt", b"b")]})
    assert (two.status_code, "one file at a time" in two.content.decode()) == (422, True)


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.AGENT, 201), (Role.OWNER, 201)])
def test_who_may_add(send, role, status):
    assert send("a.txt", b"text", role).status_code == status


def test_who_may_remove(attachment, agency, browser, colleague):
    target = url("remove_file", agency, attachment.pk)
    assert browser(agency, Role.VIEWER).post(target).status_code == 403
    assert browser(agency, Role.OWNER).post(target).status_code == 404
    assert colleague.post(target).status_code == 404
    assert browser(agency, Role.AGENT).get(target).status_code == 405
    assert browser(agency, Role.AGENT).post(url("remove_file", agency, 0)).status_code == 404
    assert Attachment.objects.for_agency(agency).count() == 1


def test_a_removed_file_is_gone_after_the_commit(
    attachment, agency, browser, storage, django_capture_on_commit_callbacks
):
    target = url("remove_file", agency, attachment.pk)
    with django_capture_on_commit_callbacks() as callbacks:
        assert browser(agency, Role.AGENT).post(target).status_code == 200
    assert len(files(storage)) == 2
    for callback in callbacks:
        callback()
    assert files(storage) == set()
    assert trail(agency, "removed") == ["capture.png"]


def test_what_has_gone_out_is_not_removed(published, agency, agent, browser):
    assert browser(agency, Role.AGENT).post(url("remove_file", agency, published.pk)).status_code == 404
    adding.remove(published, agent)
    assert trail(agency, "removed") == []
    assert Attachment.objects.for_agency(agency).exists()


def test_a_download(attachment, agency, browser):
    answer = browser(agency, Role.AGENT).get(url("download", agency, attachment.pk))
    assert answer.status_code == 200
    assert answer.streaming
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == 'attachment; filename="capture.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Length"] == str(attachment.size)
    with default_storage.open(attachment.stored_as) as there:
        assert body(answer) == there.read()
    assert trail(agency, "downloaded") == ["capture.png"]


def test_a_look_at_the_headers_is_no_download(attachment, agency, browser):
    answer = browser(agency, Role.AGENT).head(url("download", agency, attachment.pk))
    assert answer["Content-Length"] == str(attachment.size)
    assert answer["Content-Disposition"].startswith("attachment")
    assert trail(agency, "downloaded") == []


def test_no_wish_shows_it_in_place(attachment, agency, browser):
    answer = browser(agency, Role.AGENT).get(url("download", agency, attachment.pk), {"inline": "1"})
    assert answer["Content-Disposition"].startswith("attachment")
    body(answer)


def test_a_name_in_other_letters(send, agency, browser):
    send("Façade; \u202e日本.txt", b"text")
    found = Attachment.objects.for_agency(agency).get()
    answer = browser(agency, Role.AGENT).get(url("download", agency, found.pk))
    disposition = "attachment; filename*=utf-8''Fa%C3%A7ade%3B%20%E6%97%A5%E6%9C%AC.txt"
    assert answer["Content-Disposition"] == disposition
    body(answer)


def test_a_thumbnail(attachment, agency, browser):
    answer = browser(agency, Role.AGENT).get(url("thumbnail", agency, attachment.pk))
    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("image/webp", "inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private, max-age=")
    assert body(answer)[8:12] == b"WEBP"


def test_what_is_no_picture_has_no_thumbnail(send, agency, browser):
    send("a.txt", b"text")
    found = Attachment.objects.for_agency(agency).get()
    assert browser(agency, Role.AGENT).get(url("thumbnail", agency, found.pk)).status_code == 404


@pytest.mark.parametrize("name", ["download", "thumbnail"])
def test_a_draft_is_seen_by_its_author_alone(name, attachment, agency, browser, colleague):
    target = url(name, agency, attachment.pk)
    assert colleague.get(target).status_code == 404
    assert browser(agency, Role.OWNER).get(target).status_code == 404
    assert browser(agency, Role.AGENT).post(target).status_code == 405


@pytest.mark.parametrize("name", ["download", "thumbnail"])
def test_a_ticket_is_seen_by_the_whole_agency(name, published, agency, browser, colleague):
    for client in (colleague, browser(agency, Role.VIEWER), browser(agency, Role.OWNER)):
        answer = client.get(url(name, agency, published.pk))
        assert answer.status_code == 200
        body(answer)


@pytest.mark.parametrize("name", ["download", "thumbnail", "remove_file"])
def test_foreign_ids_do_not_exist(name, attachment, agency, other_agency, browser):
    client = browser(other_agency, Role.OWNER)
    for target in (url(name, other_agency, attachment.pk), url(name, agency, attachment.pk)):
        assert {client.get(target).status_code, client.post(target).status_code} <= {404, 405}
    assert Attachment.objects.for_agency(agency).exists()


@pytest.mark.parametrize("name", ["download", "thumbnail"])
def test_a_file_that_the_storage_lost_does_not_exist(name, attachment, agency, browser):
    default_storage.delete(attachment.stored_as)
    default_storage.delete(attachment.thumbnail_as)
    assert browser(agency, Role.AGENT).get(url(name, agency, attachment.pk)).status_code == 404
    assert trail(agency, "downloaded") == []


def test_a_stranger_is_sent_to_the_login(attachment, agency, client):
    for name, pk in (("upload", ()), ("download", (attachment.pk,)), ("remove_file", (attachment.pk,))):
        answer = (
            client.get(url(name, agency, *pk)) if name == "download" else client.post(url(name, agency, *pk))
        )
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_the_token_is_asked_for(agency, agent, storage):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent, backend=BACKEND)
    target = url("upload", agency)
    assert strict.post(target, {"file": sent("a.txt", b"text")}).status_code == 403
    strict.cookies[configured.CSRF_COOKIE_NAME] = "a" * 32
    headers = {"x-csrftoken": "a" * 32}
    assert strict.post(target, {"file": sent("a.txt", b"text")}, headers=headers).status_code == 201
    assert strict.post(target, {"file": sent("a.txt", b"text")}).status_code == 403
    assert len(files(storage)) == 1


def test_without_a_script_the_form_comes_back_with_all_that_was_typed(send, agency, draft):
    typed = {"by": "page", "token": str(draft.token), "subject": "Help", "text": "It is broken", "site": ""}
    answer = send("a.txt", b"text", **typed)
    assert (answer.status_code, answer["Location"]) == (302, url("new", agency))
    draft.refresh_from_db()
    assert (draft.subject, draft.text, draft.attachments.count()) == ("Help", "It is broken", 1)


def test_without_a_script_too_a_refusal_says_why(send, agency, draft):
    answer = send("a.exe", b"MZ", by="page", token=str(draft.token), text="Kept")
    assert answer["Location"] == url("new", agency)
    (message,) = get_messages(answer.wsgi_request)
    assert "The file was not kept." in str(message)
    draft.refresh_from_db()
    assert draft.text == "Kept"


def test_without_a_script_a_file_is_removed(attachment, agency, browser, draft):
    target = url("remove_file", agency, attachment.pk)
    answer = browser(agency, Role.AGENT).post(
        target, {"by": "page", "token": str(draft.token), "text": "Kept"}
    )
    assert answer["Location"] == url("new", agency)
    draft.refresh_from_db()
    assert (draft.text, draft.attachments.count()) == ("Kept", 0)


def test_a_file_that_comes_after_the_ticket_went_is_refused(draft, agent, storage):
    stale = Draft.objects.for_agency(draft.agency).select_related("agency").get()
    draft.delete()
    with pytest.raises(Refused, match="sent meanwhile"):
        adding.add(stale, sent("a.txt", b"text"), agent)
    assert files(storage) == set()


def test_a_transaction_that_fails_leaves_no_file(draft, agent, storage, monkeypatch):
    def fail(*arguments, **options):
        assert len(files(storage)) == 2, "the file is stored before its row is"
        raise RuntimeError("no trail")

    monkeypatch.setattr(adding, "record", fail)
    with pytest.raises(RuntimeError, match="no trail"):
        adding.add(draft, sent("a.png", picture()), agent)
    assert files(storage) == set()
    assert not Attachment.objects.for_agency(draft.agency).exists()


def test_the_bytes_are_on_the_disk_before_the_row_is(draft, agent, monkeypatch):
    from support.attachments import storing

    done = []
    monkeypatch.setattr(
        storing.os, "fsync", lambda number: done.append(str(Path(f"/proc/self/fd/{number}").readlink()))
    )
    monkeypatch.setattr(adding, "record", lambda *a, **k: done.append("row"))
    found = adding.add(draft, sent("a.txt", b"text"), agent)
    path = default_storage.path(found.stored_as)
    assert done[0] == path
    assert done[1] == path.rpartition("/")[0]
    assert done[-1] == "row"


def test_the_trail_holds_names_and_no_content(attachment, agency):
    entry = AuditEntry.objects.for_agency(agency).get(action="attachment.added")
    assert entry.detail == {"size": attachment.size, "sha256": attachment.sha256}


def test_a_storage_without_files_on_this_machine(settings, send, agency, browser):
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": memory}
    assert send("a.txt", b"text").status_code == 201
    found = Attachment.objects.for_agency(agency).get()
    assert body(browser(agency, Role.AGENT).get(url("download", agency, found.pk))) == b"text"


def test_in_a_bucket(bucket, attachment, agency, other_agency, browser, time_machine):
    """Stored, given to its agency alone, found missing, and swept up where no row names it."""
    mine = browser(agency, Role.AGENT).get(url("download", agency, attachment.pk))
    assert (body(mine), mine["Content-Length"]) == (picture(), str(len(picture())))
    assert body(browser(agency, Role.AGENT).get(url("thumbnail", agency, attachment.pk)))[:4] == b"RIFF"
    for of in (agency, other_agency):
        assert browser(other_agency).get(url("download", of, attachment.pk)).status_code == 404
    bucket.save(f"support/{agency.pk}/left", ContentFile(b"x"))
    assert sweep() == 0
    time_machine.move_to(timezone.now() + timedelta(days=2))
    assert sweep() == 1
    assert len(bucket.listdir(f"support/{agency.pk}")[1]) == 2
    bucket.delete(attachment.stored_as)
    assert browser(agency, Role.AGENT).get(url("download", agency, attachment.pk)).status_code == 404
