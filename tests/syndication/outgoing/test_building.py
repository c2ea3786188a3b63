"""Zips: built by a worker from estates and their pictures, resumed where it stopped, replaced as a whole."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from lxml import etree

from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.jobs.work import run_now, work
from estates.syndication.models import Outlet
from estates.syndication.outgoing import building, files, pictures
from estates.syndication.outgoing.due import seen_now, start_build, start_due_builds
from tests.websites import Answer, endless, redirect, websites, with_body

HOST = "https://photos.martin.example"
JPEG = b"\xff\xd8\xff\xe0" + b"j" * 500
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 500


@pytest.fixture
def host(settings, tmp_path):
    """The server of the agency's pictures: 1.jpg and 2.jpg are there, what is not scripted is 404."""
    with websites(tmp_path) as web:
        site = web.site("photos.martin.example")
        settings.SITE_ADDRESSES, settings.SITE_CA_FILE = web.setting, web.ca_file
        for path in ("/1.jpg", "/2.jpg"):
            site.answers(path, with_body(JPEG, content_type="image/jpeg"))
        yield site


@pytest.fixture
def outlet(agency, add_outlet):
    return add_outlet(agency, format=Outlet.Format.OPENIMMO_ZIP)


def built(outlet, actor=None):
    job = run_now(start_build(outlet, actor))
    assert (job.status, job.error) == ("done", "")
    return Outlet.objects.for_agency(outlet.agency).select_related("agency").get(pk=outlet.pk)


def archive_of(outlet):
    with default_storage.open(outlet.stored_as) as file:
        archive = ZipFile(BytesIO(file.read()))
    assert archive.testzip() is None
    return archive


def index_of(outlet):
    return etree.fromstring(archive_of(outlet).read("index.xml"))


def kept(outlet):
    folder = f"{files.folder_of(outlet)}/pictures"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_estates_and_their_pictures(agency, other_agency, add_estate, outlet, host):
    first, second = add_estate(agency), add_estate(agency, images=[f"{HOST}/1.jpg", f"{HOST}/gone.jpg"])
    add_estate(other_agency)
    row = built(outlet)
    assert (row.listings, row.pictures_missing, row.size) == (2, 1, default_storage.size(row.stored_as))
    assert row.built_digest == seen_now(row).digest
    assert row.built_at <= timezone.now()
    names = archive_of(row).namelist()
    assert len(names) == 4
    root = index_of(row)
    assert root.xpath("//pfad/text()") == names[:3]
    assert root.xpath("//objektnr_extern/text()") == [first.remote_id, second.remote_id]
    assert root.find("uebertragung").get("umfang") == "VOLL"
    assert archive_of(row).read(names[0]) == JPEG


def test_each_picture_is_fetched_once(agency, add_estate, outlet, host):
    add_estate(agency)
    add_estate(agency)
    built(outlet)
    built(outlet)
    assert sorted(host.paths()) == ["/1.jpg", "/2.jpg"]


def test_a_picture_grows_old(agency, add_estate, outlet, host, monkeypatch):
    add_estate(agency, images=[f"{HOST}/1.jpg"])
    built(outlet)
    host.answers("/1.jpg", with_body(PNG, content_type="image/png"))
    monkeypatch.setattr(files, "PICTURES_KEPT", timedelta(0))
    assert archive_of(built(outlet)).namelist()[0].endswith(".png")


def test_what_is_no_picture_is_left_out(agency, add_estate, outlet, host, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 10_000)
    monkeypatch.setattr(pictures, "SECONDS", 1.0)
    host.answers("/page", with_body(b"<html>", content_type="image/jpeg"))
    host.answers("/large", with_body(JPEG + bytes(20_000), content_type="image/jpeg"))
    host.answers("/error", Answer(500, JPEG))
    host.answers("/slow", endless(JPEG, pause=0.2))
    host.answers("/inside", redirect("https://127.0.0.1/secret.jpg"))
    host.answers("/moved", redirect(f"{HOST}/1.jpg"))
    paths = ("page", "large", "error", "slow", "inside", "moved")
    addresses = [f"{HOST}/{path}" for path in paths]
    add_estate(agency, images=[*addresses, "http://169.254.169.254/latest", "https://localhost/x.jpg"])
    row = built(outlet)
    assert (row.pictures_missing, len(archive_of(row).namelist())) == (7, 2)


def test_no_more_than_twenty_five_of_an_estate(agency, add_estate, outlet, host):
    host.answers("*", with_body(JPEG))
    add_estate(agency, images=[f"{HOST}/{at}.jpg" for at in range(40)])
    row = built(outlet)
    assert len(index_of(row).findall(".//anhang")) == 25
    assert (row.pictures_missing, len(host.paths())) == (0, 25)


def test_no_more_bytes_than_a_zip_may_have(agency, add_estate, outlet, host, monkeypatch):
    monkeypatch.setattr(building, "MOST_BYTES", 1)
    host.answers("*", with_body(JPEG))
    for at in range(3):
        add_estate(agency, images=[f"{HOST}/{at}-{number}.jpg" for number in range(10)])
    row = built(outlet)
    assert len(host.paths()) == pictures.AT_ONCE
    assert row.pictures_missing == 30 - pictures.AT_ONCE


def test_it_goes_on_where_a_slice_ended(agency, add_estate, outlet, host, settings, monkeypatch):
    settings.JOB_SLICE_SECONDS = 0
    monkeypatch.setattr(building, "BATCH", 1)
    host.answers("*", with_body(JPEG))
    for at in range(3):
        add_estate(agency, images=[f"{HOST}/{at}.jpg"])
    job = start_build(outlet)
    seen = []
    while work(job.pk):
        job.refresh_from_db()
        seen.append((job.status, job.done, job.total))
    assert seen[:-1] == [("queued", 1, 3), ("queued", 2, 3), ("queued", 3, 3)]
    assert seen[-1] == ("done", 3, 3)
    assert len(host.paths()) == 3
    assert built(outlet).listings == 3


def test_a_worker_that_died_leaves_pictures_that_are_used(agency, add_estate, outlet, host, monkeypatch):
    add_estate(agency)
    monkeypatch.setattr(building, "write_zip", lambda *_, **__: 1 / 0)
    job = start_build(outlet)
    work(job.pk)
    job.refresh_from_db()
    assert job.status in ("waiting", "failed")
    assert Outlet.objects.for_agency(agency).get().stored_as == ""
    monkeypatch.undo()
    Job.objects.for_agency(agency).update(status="queued", not_before=timezone.now())
    assert work(job.pk)
    row = Outlet.objects.for_agency(agency).get()
    assert len(archive_of(row).namelist()) == 3
    assert len(host.paths()) == 2


def test_a_half_written_picture_is_seen_to_be_one(agency, add_estate, outlet, host):
    add_estate(agency, images=[f"{HOST}/1.jpg"])
    files.keep_picture(outlet, f"{HOST}/1.jpg", JPEG)
    name = files.picture_name(outlet, f"{HOST}/1.jpg")
    with open(default_storage.path(name), "r+b") as file:  # noqa: PTH123
        file.truncate(100)
    assert not files.has_picture(outlet, f"{HOST}/1.jpg")
    assert files.picture(outlet, f"{HOST}/1.jpg") is None
    assert archive_of(built(outlet)).read("000001-remote-1-01.jpg") == JPEG


def test_the_old_zip_stays_until_the_new_one_is_there(
    agency, add_estate, outlet, host, django_capture_on_commit_callbacks
):
    add_estate(agency)
    before = built(outlet)
    add_estate(agency)
    with django_capture_on_commit_callbacks(execute=True):
        after = built(outlet)
    assert after.stored_as != before.stored_as
    assert default_storage.exists(after.stored_as)
    assert not default_storage.exists(before.stored_as)


def test_pictures_that_nobody_needs_are_forgotten(agency, add_estate, outlet, host):
    estate = add_estate(agency)
    built(outlet)
    assert len(kept(outlet)) == 2
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(images=[f"{HOST}/2.jpg"], digest=b"z" * 16)
    built(outlet)
    assert kept(outlet) == [files.picture_name(outlet, f"{HOST}/2.jpg").rpartition("/")[2]]


def test_nothing_is_not_built(agency, outlet, add_estate, host):
    estate = add_estate(agency)
    before = built(outlet)
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(gone_at=timezone.now())
    after = built(outlet)
    assert (after.stored_as, after.built_digest) == (before.stored_as, before.built_digest)
    assert default_storage.exists(after.stored_as)


def changing(monkeypatch, agency, meanwhile):
    """Lets a manager change the outlet while its zip is being written for the first time."""
    write, calls = building.write_zip, []

    def changed(*arguments, **options):
        if not calls:
            calls.append(1)
            Outlet.objects.for_agency(agency).update(**meanwhile)
        return write(*arguments, **options)

    monkeypatch.setattr(building, "write_zip", changed)


@pytest.mark.parametrize(
    ("meanwhile", "numbers", "encoding"),
    [
        ({"query": "city=Nice"}, ["remote-2"], b"UTF-8"),
        ({"encoding": "windows-1252"}, ["remote-1", "remote-2"], b"windows-1252"),
    ],
)
def test_an_outlet_that_was_changed_meanwhile_is_built_as_it_is_now(
    agency, add_estate, outlet, host, monkeypatch, meanwhile, numbers, encoding
):
    add_estate(agency)
    add_estate(agency, city="Nice")
    changing(monkeypatch, agency, meanwhile)
    row = built(outlet)
    assert index_of(row).xpath("//objektnr_extern/text()") == numbers
    assert b'encoding="%b"' % encoding in archive_of(row).read("index.xml")[:60]
    assert row.built_digest == seen_now(row).digest
    assert len(default_storage.listdir(files.folder_of(outlet))[1]) == 1


@pytest.mark.parametrize("meanwhile", [{"format": Outlet.Format.OPENIMMO}])
def test_an_outlet_that_became_another_one_meanwhile(
    agency, add_estate, outlet, host, monkeypatch, meanwhile, django_capture_on_commit_callbacks
):
    add_estate(agency)
    changing(monkeypatch, agency, meanwhile)
    with django_capture_on_commit_callbacks(execute=True):
        row = built(outlet)
    assert (row.stored_as, row.built_digest, row.built_at) == ("", "", None)
    assert default_storage.listdir(files.folder_of(outlet))[1] == []


@pytest.mark.parametrize("gone", ["deleted", "other format", "bad query", "other agency's"])
def test_nothing_to_do(agency, other_agency, add_estate, outlet, host, gone):
    add_estate(agency)
    job = start_build(outlet)
    rows = Outlet.objects.for_agency(agency)
    if gone == "deleted":
        outlet.delete()
    elif gone == "other format":
        rows.update(format=Outlet.Format.IDEALISTA)
    elif gone == "bad query":
        rows.update(query="min_price=cheap")
    else:
        rows.update(agency=other_agency)
    assert run_now(job).status == "done"
    assert host.paths() == []


def test_a_deleted_outlet_takes_its_files_along(
    agency, add_estate, outlet, host, django_capture_on_commit_callbacks
):
    add_estate(agency)
    row = built(outlet)
    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
    assert not default_storage.exists(row.stored_as)
    assert kept(outlet) == [] == default_storage.listdir(files.folder_of(outlet))[1]


def test_one_build_at_a_time(agency, outlet, member):
    first = start_build(outlet, member(agency, Role.MANAGER))
    assert start_build(outlet) == first
    assert (first.title, first.subject) == ("Portail", f"outlet:{outlet.pk}")


def later(outlet, hours=2):
    Job.objects.for_agency(outlet.agency).update(created_at=timezone.now() - timedelta(hours=hours))


def due(agency):
    before = set(Job.objects.for_agency(agency).values_list("pk", flat=True))
    start_due_builds()
    return set(Job.objects.for_agency(agency).values_list("pk", flat=True)) - before


def test_zips_whose_estates_changed_are_due(agency, other_agency, add_estate, add_outlet, outlet, host):
    add_estate(agency)
    add_outlet(agency, "XML")
    add_outlet(other_agency, format=Outlet.Format.OPENIMMO_ZIP)
    assert len(due(agency)) == 1
    assert due(other_agency) == set()
    built(outlet)
    later(outlet)
    assert due(agency) == set()
    add_estate(agency)
    assert len(due(agency)) == 1
    assert due(agency) == set()


def test_a_zip_is_built_once_an_hour_at_most(agency, add_estate, outlet, host):
    add_estate(agency)
    built(outlet)
    add_estate(agency)
    assert due(agency) == set()
    later(outlet, 1.1)
    assert len(due(agency)) == 1


def test_an_outlet_that_cannot_be_read_is_not_due(agency, add_estate, outlet):
    add_estate(agency)
    Outlet.objects.for_agency(agency).update(query="min_price=cheap")
    assert due(agency) == set()


def test_in_a_bucket(
    bucket, agency, add_estate, outlet, host, portal, monkeypatch, django_capture_on_commit_callbacks
):
    """Built, given out, built anew in place of the old one, and gone with its outlet; each picture fetched once."""
    estate = add_estate(agency)
    first = built(outlet)
    given = portal(first)
    assert given["Content-Length"] == str(first.size)
    assert ZipFile(BytesIO(b"".join(given.streaming_content))).testzip() is None
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(images=[f"{HOST}/2.jpg"], digest=b"z" * 16)
    with django_capture_on_commit_callbacks(execute=True):
        second = built(outlet)
    folder = files.folder_of(outlet)
    assert bucket.listdir(folder) == (["pictures"], [second.stored_as.rpartition("/")[2]])
    assert bucket.listdir(f"{folder}/pictures")[1] == [files.picture_name(outlet, f"{HOST}/2.jpg")[-32:]]
    assert sorted(host.paths()) == ["/1.jpg", "/2.jpg"]
    with django_capture_on_commit_callbacks(execute=True):
        second.delete()
    assert bucket.listdir("") == ([], [])
