"""A file comes in: streamed, measured, kept once, under a name that harms nobody."""

import hashlib
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile

from estates.jobs.models import Job
from estates.syndication.incoming import files, receiving
from estates.syndication.incoming.files import local, shown_name
from estates.syndication.incoming.receiving import receive, same_files, taken
from estates.syndication.incoming.refusals import Refused, TooLarge
from estates.syndication.models import Feed
from tests.syndication.incoming.conftest import job_of, lying, trail
from tests.syndication.incoming.making import feed

pytestmark = pytest.mark.django_db
BODY = feed("A-1")


def temporary(body) -> TemporaryUploadedFile:
    file = TemporaryUploadedFile("export.xml", "text/xml", len(body), None)
    file.write(body)
    file.flush()
    return file


@pytest.mark.parametrize(
    "given",
    [
        lambda: iter([BODY[:10], BODY[10:]]),
        lambda: [BODY],
        lambda: io.BytesIO(BODY),
        lambda: ContentFile(BODY),
        lambda: temporary(BODY),
    ],
    ids=["iterator", "list", "binary file", "Django's file", "spooled upload"],
)
def test_a_file_of_any_kind_is_kept_as_it_came(given, plan, agent, storage):
    file = given()
    got = receive(plan, file, "export.xml", agent)
    if isinstance(file, TemporaryUploadedFile):
        file.close()
    assert (got.state, got.size, got.uploaded_by) == (Feed.State.RECEIVED, len(BODY), agent)
    assert got.sha256 == hashlib.sha256(BODY).hexdigest()
    assert lying(storage) == [got.stored_as]
    assert got.stored_as.startswith(f"feeds/{plan.agency_id}/")
    with local(got, lambda: None) as path:
        assert path.read_bytes() == BODY
    job = job_of(got)
    assert (job.kind, job.params, job.asked_by) == (
        "syndication.examine",
        {"feed": got.pk, "send": False},
        agent,
    )
    assert trail(plan.agency, "received") == ["export.xml"]


def test_a_partner_hands_one_in_without_a_person(plan):
    got = receive(plan, iter([BODY]), "export.xml", None)
    assert got.uploaded_by is None
    assert job_of(got).asked_by is None


def test_a_file_over_the_limit_is_not_read_to_its_end_and_not_kept(plan, settings, storage):
    settings.FEED_MAX_MB = 1
    given = []

    def endless():
        while True:
            given.append(1)
            yield bytes(1 << 19)

    with pytest.raises(TooLarge, match="larger than 1"):
        receive(plan, endless(), "export.xml", None)
    assert len(given) == 3
    assert lying(storage) == []
    assert not Feed.objects.for_agency(plan.agency).exists()


def test_what_django_has_spooled_is_measured_too(plan, settings):
    settings.FEED_MAX_MB = 1
    with temporary(bytes((1 << 20) + 1)) as file, pytest.raises(TooLarge):
        receive(plan, file, "export.xml", None)


def test_a_file_of_just_the_limit_is_taken(plan, settings):
    settings.FEED_MAX_MB = 1
    assert receive(plan, [bytes(1 << 20)], "export.xml", None).size == 1 << 20


@pytest.mark.parametrize("nothing", [[], [b""], io.BytesIO()])
def test_an_empty_file_is_refused(nothing, plan, storage):
    with pytest.raises(Refused, match="empty") as refused:
        receive(plan, nothing, "export.xml", None)
    assert refused.value.status == 422
    assert lying(storage) == []


def test_the_same_file_twice_is_one_while_it_is_on_its_way(plan, storage):
    first, is_new = taken(plan, [BODY], "export.xml", None)
    second, is_new_too = taken(plan, [BODY], "again.xml", None)
    assert (second, is_new, is_new_too) == (first, True, False)
    assert lying(storage) == [first.stored_as]
    assert Job.objects.for_agency(plan.agency).count() == 1


@pytest.mark.parametrize("state", [Feed.State.SENT, Feed.State.DROPPED, Feed.State.UNREADABLE])
def test_the_same_file_later_is_another_that_knows_the_earlier(state, plan):
    first = receive(plan, [BODY], "export.xml", None)
    Feed.objects.for_agency(plan.agency).update(state=state)
    second = receive(plan, [BODY], "export.xml", None)
    assert second != first
    assert list(same_files(plan, second.sha256, before=second.pk)) == [first]
    assert list(same_files(plan, second.sha256)) == [second, first]


def test_the_same_bytes_of_another_agency_are_its_own(plan, other_plan):
    theirs = receive(other_plan, [BODY], "export.xml", None)
    ours = receive(plan, [BODY], "export.xml", None)
    assert theirs != ours
    assert theirs.stored_as != ours.stored_as
    assert list(same_files(plan, ours.sha256)) == [ours]


def test_nothing_lies_about_when_the_row_cannot_be_written(plan, storage, monkeypatch):
    def broken(*args, **options):
        raise RuntimeError

    monkeypatch.setattr(receiving, "start_examining", broken)
    with pytest.raises(RuntimeError):
        receive(plan, [BODY], "export.xml", None)
    assert lying(storage) == []
    assert not Feed.objects.for_agency(plan.agency).exists()


def test_nothing_lies_about_when_the_storage_gives_another_name(plan, storage, monkeypatch):
    class Renaming:
        deleted = []

        def save(self, name, content):
            return "elsewhere"

        def delete(self, name):
            self.deleted.append(name)

    monkeypatch.setattr(files, "default_storage", Renaming())
    with pytest.raises(FileExistsError):
        receive(plan, [BODY], "export.xml", None)
    assert Renaming.deleted[0] == "elsewhere"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("export.xml", "export.xml"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ana\\export.zip", "export.zip"),
        ("a\0b.xml", "ab.xml"),
        ("ex\nport\t\x1b[31m.xml", "ex port [31m.xml"),
        ("facture\u202exml.exe", "facturexml.exe"),
        ("  .hidden. ", "hidden"),
        ("", "without a name"),
        ("/", "without a name"),
        ("Été à Lyon.xml", "Été à Lyon.xml"),
    ],
)
def test_names_are_harmless(given, shown):
    assert shown_name(given) == shown


def test_a_long_name_keeps_its_beginning_and_its_end(plan):
    got = receive(plan, [BODY], f"{'a' * 5000}.xml", None)
    assert len(got.name) == 200
    assert got.name.startswith("aaa")
    assert got.name.endswith("a.xml")


def test_a_hostile_name_never_becomes_a_path(plan, storage):
    got = receive(plan, [BODY], "../../../../tmp/evil.xml", None)
    assert got.name == "evil.xml"
    assert "evil" not in got.stored_as
    assert lying(storage) == [got.stored_as]


def test_a_row_that_goes_takes_its_file_along(plan, storage, django_capture_on_commit_callbacks):
    got = receive(plan, [BODY], "export.xml", None)
    with django_capture_on_commit_callbacks() as callbacks:
        got.delete()
    assert len(lying(storage)) == 1
    for callback in callbacks:
        callback()
    assert lying(storage) == []


def test_a_file_that_is_gone_says_so(plan, storage):
    got = receive(plan, [BODY], "export.xml", None)
    default_storage.delete(got.stored_as)
    with pytest.raises(FileNotFoundError), local(got, lambda: None):
        pass
    got.stored_as = ""
    with pytest.raises(FileNotFoundError), local(got, lambda: None):
        pass


def test_a_file_that_lies_elsewhere_is_fetched_for_a_while(plan, monkeypatch):
    got = receive(plan, [BODY], "export.xml", None)

    class Elsewhere:
        def open(self, name):
            return ContentFile(BODY) if name == got.stored_as else None

    monkeypatch.setattr(files, "default_storage", Elsewhere())
    with local(got, lambda: None) as path:
        assert path.read_bytes() == BODY
    assert not Path(path).exists()


def test_in_a_bucket(bucket, received):
    """Uploaded, and read from a copy on this machine that is heard of as it comes and does not stay."""
    got, heard = received(BODY), []
    assert (got.state, got.listings, bucket.listdir("feeds")[0]) == (Feed.State.READ, 1, [str(got.agency_id)])
    with local(got, lambda: heard.append(1)) as path:
        assert path.read_bytes() == BODY
    assert heard
    assert not path.exists()
    bucket.delete(got.stored_as)
    with pytest.raises(FileNotFoundError), local(got, lambda: None):
        pass
