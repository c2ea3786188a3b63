"""Files of tickets: streamed in, examined as people's are, and given out."""

import io
from collections import Counter
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone, translation
from PIL import Image

from accounts.models import AuditEntry, Scope
from estates.connections.models import System
from support.attachments.limits import MEGABYTE
from support.attachments.retention import KEPT_UNNAMED, forget_old_drafts
from support.models import Attachment, Draft
from tests.support import making
from tests.support.attachments.conftest import body, files
from tests.support.attachments.hostile import uploads
from tests.support.attachments.making import GOOD, SCRIPT, located, picture, program
from tests.support.attachments.test_limits import Unread

URL = "/api/v1/support/attachments"
BYTES = "application/octet-stream"


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def writer(agency, partner):
    return partner(agency, Scope.SUPPORT_WRITE)


@pytest.fixture
def reader(agency, partner):
    return partner(agency, Scope.SUPPORT_READ)


@pytest.fixture
def site(agency, connected):
    return making.site(connected(agency, System.TS_IMMO))


def post(client, content=b"text", name="a.txt", content_type=BYTES, **more):
    return client.generic("POST", f"{URL}?filename={name}", content, content_type, **more)


def kept(agency):
    return Attachment.objects.for_agency(agency)


def trail(agency, action):
    return AuditEntry.objects.for_agency(agency).filter(action=action)


class TestHandingIn:
    def test_answers_an_id(self, agency, writer, storage):
        answer = post(writer, picture(), "capture.png")
        file = kept(agency).get()
        assert (answer.status_code, answer.json()) == (
            201,
            {"id": file.pk, "filename": "capture.png", "mime_type": "image/png", "size": file.size},
        )
        assert (file.uploaded_by, file.message, file.draft.user) == (None, None, None)
        assert file.draft.key.name == "Partner"
        assert files(storage) == {file.stored_as, file.thumbnail_as}
        entry = trail(agency, "attachment.added").get()
        assert (entry.subject, entry.detail["key"][:9]) == ("capture.png", "Partner (")

    @pytest.mark.parametrize("name", GOOD)
    def test_every_kind(self, agency, writer, name):
        assert post(writer, GOOD[name], name).status_code == 201

    @pytest.mark.parametrize("content_type", ["image/png", "text/plain; charset=utf-8", ""])
    def test_what_it_is_its_name_and_content_say(self, agency, writer, content_type):
        assert post(writer, picture(), "a.png", content_type).status_code == 201
        assert kept(agency).get().mime_type == "image/png"

    def test_pictures_are_painted_anew(self, agency, writer):
        post(writer, located(), "photo.jpg")
        with default_storage.open(kept(agency).get().stored_as) as file:
            content = file.read()
        assert b"Jean Secret" not in content
        assert not Image.open(io.BytesIO(content)).getexif()

    def test_a_name_that_would_do_harm(self, agency, writer):
        answer = post(writer, b"x", "..%2F..%2Fetc%2Fp%E2%80%AEasswd.txt")
        assert answer.json()["filename"] == "passwd.txt"

    def test_each_is_held_by_itself(self, agency, writer, settings):
        """However many a partner prepares: a ticket's limits hold for what it names."""
        settings.SUPPORT_TICKET_FILES = 1
        assert [post(writer).status_code for _ in range(3)] == [201] * 3


class TestRefused:
    def test_what_is_made_to_harm(self, agency, writer, storage):
        """As through the browser: see tests/support/attachments/test_hostile.py."""
        codes, wrong = Counter(), []
        for kind, (name, content, is_harmful) in uploads(20261129, 200):
            answer = post(writer, content, quote(name.encode("utf-8", "surrogatepass")))
            codes[answer.status_code] += 1
            if answer.status_code not in (201, 422) or (is_harmful and answer.status_code == 201):
                wrong.append(f"{kind} {name[:40]!r}: {answer.status_code}")
        assert wrong == []
        assert codes[201] > 20
        assert codes[422] > 100
        found = kept(agency)
        assert files(storage) == {
            name for file in found for name in (file.stored_as, file.thumbnail_as) if name
        }
        assert Draft.objects.for_agency(agency).count() == found.count() == codes[201]

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.png", SCRIPT), ("a.html", SCRIPT), ("a.exe", program()), ("a.txt", program()), ("a.txt", b"")],
    )
    def test_in_words_whatever_the_portal_speaks(self, agency, writer, name, content):
        with translation.override("fr"):
            (words,) = post(writer, content, name).json()["message"]
        assert words.startswith("file: ")
        assert words.endswith(" The file was not kept.")

    def test_at_the_byte(self, agency, writer, settings, storage):
        settings.SUPPORT_FILE_MB = 1
        assert post(writer, b"x" * MEGABYTE).status_code == 201
        answer = post(writer, b"x" * (MEGABYTE + 1))
        assert (answer.status_code, answer.json()["message"]) == (
            413,
            ["file: It is larger than 1\xa0MB. The file was not kept."],
        )
        assert kept(agency).count() == 1
        assert len(files(storage)) == 1

    def test_far_too_large_unread(self, agency, writer):
        answer = writer.generic(
            "POST", f"{URL}?filename=a.txt", "", BYTES, CONTENT_LENGTH=str(10**9), **{"wsgi.input": Unread()}
        )
        assert answer.status_code == 413

    def test_no_room_left_in_the_agency(self, agency, other_agency, writer, settings):
        settings.SUPPORT_AGENCY_MB = 1
        full = {"name": "x", "mime_type": "x", "sha256": "", "stored_as": "x"}
        Attachment.objects.create(agency=other_agency, size=9 * MEGABYTE, **full)
        assert post(writer).status_code == 201
        Attachment.objects.create(agency=agency, size=MEGABYTE - 5, **full)
        answer = post(writer)
        assert answer.status_code == 422
        assert "of your agency" in answer.json()["message"][0]

    def test_cut_short(self, agency, writer, storage):
        answer = post(writer, **{"wsgi.input": io.BytesIO(b"text"), "CONTENT_LENGTH": "5"})
        assert answer.status_code == 400
        assert not kept(agency).exists()
        assert files(storage) == set()

    @pytest.mark.parametrize("said", ["-1", "nonsense", "9" * 5000])
    def test_a_length_that_is_none(self, agency, writer, said):
        assert post(writer, CONTENT_LENGTH=said).status_code in (400, 413, 422)

    @pytest.mark.parametrize(
        "content_type", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/html"]
    )
    def test_of_another_type(self, agency, writer, content_type):
        answer = post(writer, content_type=content_type)
        assert answer.status_code == 415
        assert answer.json()["message"][0].startswith("Content-Type: one of application/json, ")

    @pytest.mark.parametrize("query", ["", "filename=", "filename=" + "x" * 256, "filename=a.txt&name=b"])
    def test_a_query_that_is_not_right(self, agency, writer, query):
        answer = writer.generic("POST", f"{URL}?{query}", b"text", BYTES)
        assert answer.status_code == 422
        assert answer.json()["message"][0].split(":")[0] in ("filename", "name")

    def test_without_the_scope(self, agency, reader):
        assert post(reader).status_code == 403
        assert post(Client()).status_code == 401
        assert not kept(agency).exists()


class TestOnce:
    def test_one_name_one_file(self, agency, writer, storage):
        first, second = (post(writer, headers={"Idempotency-Key": "one"}) for _ in range(2))
        assert (second.status_code, second.content) == (201, first.content)
        assert second["Idempotency-Replayed"] == "true"
        assert (kept(agency).count(), len(files(storage))) == (1, 1)

    @pytest.mark.parametrize(("content", "name"), [(b"other", "a.txt"), (b"text", "b.txt")])
    def test_another_file_under_the_name(self, agency, writer, content, name):
        post(writer, headers={"Idempotency-Key": "one"})
        assert post(writer, content, name, headers={"Idempotency-Key": "one"}).status_code == 422
        assert kept(agency).count() == 1


class TestForgotten:
    def test_what_no_ticket_named(self, agency, writer, storage, django_capture_on_commit_callbacks):
        post(writer)
        drafts = Draft.objects.for_agency(agency)
        drafts.update(changed_at=timezone.now() - KEPT_UNNAMED + timedelta(minutes=1))
        assert forget_old_drafts() == 0
        drafts.update(changed_at=timezone.now() - KEPT_UNNAMED - timedelta(minutes=1))
        with django_capture_on_commit_callbacks(execute=True):
            assert forget_old_drafts() == 1
        assert not kept(agency).exists()
        assert files(storage) == set()

    def test_not_what_people_write(self, agency, member):
        Draft.objects.create(agency=agency, user=member(agency), text="x")
        Draft.objects.for_agency(agency).update(changed_at=timezone.now() - KEPT_UNNAMED * 2)
        assert forget_old_drafts() == 0

    def test_not_what_has_gone_with_a_ticket(self, agency, site, writer, storage):
        pk = post(writer).json()["id"]
        ticket = {"subject": "x", "message": "x", "attachments": [pk]}
        url = "/api/v1/support/tickets"
        assert writer.post(url, ticket, content_type="application/json").status_code == 202
        assert forget_old_drafts() == 0
        assert not Draft.objects.for_agency(agency).exists()
        assert files(storage) == {kept(agency).get().stored_as}


class TestGivenOut:
    @pytest.fixture
    def file(self, agency, site, writer):
        pk = post(writer, picture(), "capture.png").json()["id"]
        message = making.message(making.ticket(site.connection), opens=True)
        kept(agency).update(draft=None, message=message)
        return kept(agency).get(pk=pk)

    def test_as_it_is_kept(self, agency, file, reader):
        answer = reader.get(f"{URL}/{file.pk}")
        assert answer.status_code == 200
        with default_storage.open(file.stored_as) as stored:
            assert body(answer) == stored.read()
        entry = trail(agency, "attachment.downloaded").get()
        assert (entry.subject, entry.detail["key"][:9]) == ("capture.png", "Partner (")
        assert trail(agency, "attachment.downloaded").get().actor is None

    def test_never_as_a_page(self, file, reader):
        answer = reader.get(f"{URL}/{file.pk}")
        body(answer)
        assert answer["Content-Disposition"] == 'attachment; filename="capture.png"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Content-Length"] == str(file.size)
        assert answer["Content-Type"] == "image/png"
        assert answer["Cache-Control"] == "private, no-cache"

    def test_the_same_is_not_sent_again_nor_counted(self, agency, file, reader):
        answer = reader.get(f"{URL}/{file.pk}")
        body(answer)
        again = reader.get(f"{URL}/{file.pk}", headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert trail(agency, "attachment.downloaded").count() == 1

    def test_not_before_a_ticket_has_it(self, writer, reader):
        pk = post(writer).json()["id"]
        assert reader.get(f"{URL}/{pk}").status_code == 404

    def test_not_what_a_person_is_still_writing(self, agency, file, member, reader):
        draft = Draft.objects.create(agency=agency, user=member(agency))
        kept(agency).update(message=None, draft=draft)
        assert reader.get(f"{URL}/{file.pk}").status_code == 404

    def test_foreign(self, other_agency, file, partner):
        assert partner(other_agency).get(f"{URL}/{file.pk}").status_code == 404

    def test_lost_by_the_storage(self, agency, file, reader):
        default_storage.delete(file.stored_as)
        assert reader.get(f"{URL}/{file.pk}").status_code == 404
        assert not trail(agency, "attachment.downloaded").exists()

    def test_missing(self, reader):
        for name in ("999999", "9" * 30, "abc", "-1"):
            assert reader.get(f"{URL}/{name}").status_code == 404

    def test_scope(self, file, writer):
        assert writer.get(f"{URL}/{file.pk}").status_code == 403
