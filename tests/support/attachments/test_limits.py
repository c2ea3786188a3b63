"""Limits: at the byte, said before, and held under two uploads at once."""

import threading

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from accounts.roles import Role
from support.attachments import adding, limits
from support.attachments.limits import MEGABYTE, limits_of, size_words
from support.attachments.refusals import Refused
from support.models import Attachment
from tests.support.attachments.conftest import files, url
from tests.support.attachments.making import sent

MORE = limits.ROOM_FOR_THE_FORM


@pytest.fixture
def full(agency, draft):
    """`full(1000)` has that many bytes attached already, to the draft or to none."""

    def fill(size, to=None):
        return Attachment.objects.create(
            agency=agency, draft=to, name="x", mime_type="x", size=size, sha256="", stored_as=f"x{size}"
        )

    return fill


def test_a_file_at_the_byte(send, settings):
    settings.SUPPORT_FILE_MB = 1
    assert send("a.txt", b"x" * MEGABYTE).status_code == 201
    answer = send("a.txt", b"x" * (MEGABYTE + 1))
    assert answer.status_code == 413
    assert answer.content.decode() == "It is larger than 1\xa0MB. The file was not kept."


def test_a_ticket_at_the_byte(send, settings, full, draft):
    settings.SUPPORT_TICKET_MB = 1
    full(MEGABYTE - 10, to=draft)
    answer = send("a.txt", b"x" * 11)
    assert (answer.status_code, "of a ticket are 1\xa0MB together" in answer.content.decode()) == (422, True)
    assert send("a.txt", b"x" * 10).status_code == 201


def test_an_agency_at_the_byte(send, settings, full, other_agency):
    settings.SUPPORT_AGENCY_MB = 1
    full(MEGABYTE - 10)
    Attachment.objects.across_agencies().create(
        agency=other_agency, name="x", mime_type="x", size=9 * MEGABYTE, sha256="", stored_as="y"
    )
    answer = send("a.txt", b"x" * 11)
    assert (answer.status_code, "1\xa0MB of your agency" in answer.content.decode()) == (422, True)
    assert send("a.txt", b"x" * 10).status_code == 201


def test_the_number_of_files(send, settings):
    settings.SUPPORT_TICKET_FILES = 2
    assert [send("a.txt", b"x").status_code for _number in range(3)] == [201, 201, 422]


def test_what_has_no_room_is_not_examined(draft, agent, settings, full, monkeypatch):
    settings.SUPPORT_AGENCY_MB = 1
    full(MEGABYTE)
    monkeypatch.setattr(adding, "examined", lambda *a: pytest.fail("it was examined"))
    with pytest.raises(Refused, match="of your agency"):
        adding.add(draft, sent("a.txt", b"text"), agent)


def test_a_file_that_grew_by_being_painted_is_counted_as_it_is_kept(draft, agent, settings, full, storage):
    from tests.support.attachments.making import picture

    content = picture("jpg", size=(400, 300), quality=1)
    settings.SUPPORT_TICKET_MB = 1
    full(MEGABYTE - len(content), to=draft)
    with pytest.raises(Refused, match="of a ticket"):
        adding.add(draft, sent("a.jpg", content), agent)
    assert files(storage) == set()


class Unread:
    """A body of which nobody must read."""

    def read(self, *size):
        pytest.fail("the body was read")

    readline = read

    def close(self):
        """As the client does at the end."""


@pytest.mark.parametrize("size", [200_000_000, 25 * MEGABYTE + MORE + 1])
def test_what_is_far_too_large_is_refused_unread(size, agency, browser):
    client = browser(agency, Role.AGENT)
    answer = client.generic(
        "POST",
        url("upload", agency),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(size),
        **{"wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert "larger than 25\xa0MB" in answer.content.decode()


@pytest.mark.parametrize("said", ["", "-1", "nonsense", "9" * 5000, "١٢"])
def test_a_length_that_is_none(said, agency, browser):
    client = browser(agency, Role.AGENT)
    answer = client.generic(
        "POST",
        url("upload", agency),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=said,
    )
    assert answer.status_code in (400, 413, 422)


def test_the_block_says_what_is_allowed(draft, agency, rf):
    request = rf.get("/")
    context = {"draft": draft, "limits": limits_of(draft), "agency": agency}
    page = render_to_string("support/_attachments.html", context, request)
    assert "Up to 10 files of at most 25\xa0MB each, together at most 50\xa0MB." in page
    assert f'data-file-bytes="{25 * MEGABYTE}"' in page
    assert f'data-ticket-bytes="{50 * MEGABYTE}"' in page
    assert 'data-ticket-files="10"' in page
    assert f'data-agency-left="{2000 * MEGABYTE}"' in page
    assert 'accept=".png,.jpg' in page
    assert f'data-url="{url("upload", agency)}"' in page


def test_sizes_in_the_reader_s_language():
    assert size_words(25 * MEGABYTE) == "25\xa0MB"
    with translation.override("fr"):
        assert size_words(25 * MEGABYTE) == "25\xa0Mio"
        assert size_words(2_621_440) == "2,5\xa0Mio"


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_do_not_share_the_last_room(draft, agent, settings, full):
    """Both find room before, and both have their file stored when they count; one of them waits for the other."""
    settings.SUPPORT_AGENCY_MB = 1
    full(MEGABYTE - 10)
    together, results = threading.Barrier(2, timeout=10), []
    original = adding._insert

    def at_once(*arguments):
        together.wait()
        return original(*arguments)

    def upload():
        try:
            adding.add(draft, sent("a.txt", b"x" * 10), agent)
            results.append("kept")
        except Refused as refusal:
            results.append(refusal.words)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(adding, "_insert", at_once)
        threads = [threading.Thread(target=upload) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert sorted(results)[1] == "kept"
    assert len(results) == 2
    assert Attachment.objects.for_agency(draft.agency).filter(draft=draft).count() == 1
