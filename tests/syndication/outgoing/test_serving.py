"""What a portal gets at its address: the feed, or that nothing is new, or that it should come back; never a login."""

import logging
import tracemalloc
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.http import http_date, parse_http_date
from lxml import etree

from accounts.roles import Role
from estates.catalogue.models import Estate
from estates.jobs.models import Job
from estates.syndication.models import Outlet
from estates.syndication.outgoing import due, serving
from estates.syndication.outgoing import selection as selecting
from estates.syndication.outgoing.addresses import address_of, token_of
from tests.syndication.outgoing.conftest import DAY, body_of, numbers_in

ZIP = Outlet.Format.OPENIMMO_ZIP


def held(outlet):
    return Outlet.objects.for_agency(outlet.agency).get(pk=outlet.pk)


def stored_zip(outlet, body=b"PK\x03\x04zip"):
    outlet.stored_as = default_storage.save(f"outlets/test/{outlet.pk}.zip", ContentFile(body))
    outlet.size, outlet.built_at, outlet.built_digest = len(body), DAY, "d" * 32
    outlet.save()
    return body


@pytest.mark.parametrize(
    ("format", "encoding", "root", "name"),
    [
        ("openimmo", "utf-8", "openimmo", "martin-openimmo.xml"),
        ("openimmo", "windows-1252", "openimmo", "martin-openimmo.xml"),
        ("idealista", "utf-8", "inmuebles", "martin-idealista.xml"),
        ("idealista", "windows-1252", "inmuebles", "martin-idealista.xml"),
    ],
)
def test_the_feed(agency, add_estate, add_outlet, portal, format, encoding, root, name):
    add_estate(agency, title="Maison 🏡 – Łódź")
    answer = portal(add_outlet(agency, format=format, encoding=encoding))
    assert answer.status_code == 200
    assert answer.streaming
    assert answer["Content-Type"] == f"application/xml; charset={encoding}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    body = body_of(answer)
    assert f'encoding="{encoding}"'.encode() in body.lower()[:60]
    found = etree.fromstring(body)
    assert (found.tag, found.xpath("//objekttitel | //titulo")[0].text) == (root, "Maison 🏡 – Łódź")


def test_nobody_is_told_to_keep_it_or_to_list_it(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    outlet = add_outlet(agency)
    answers = [
        portal(outlet),
        portal(outlet, HTTP_IF_NONE_MATCH=portal(outlet)["ETag"]),
        Client().get("/feeds/x/y"),
    ]
    for answer in answers:
        assert answer["Cache-Control"] == "private, no-cache"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies
    assert [answer.status_code for answer in answers] == [200, 304, 404]


def test_it_is_a_full_transfer_of_what_is_selected(agency, other_agency, add_estate, add_outlet, portal):
    add_estate(other_agency, city="Lyon")
    add_estate(agency, city="Nice")
    mine = add_estate(agency, city="Lyon")
    add_estate(agency, city="Lyon", gone_at=DAY)
    answer = portal(add_outlet(agency, query="city=Lyon&gone=on"))
    root = etree.fromstring(body_of(answer))
    assert root.find("uebertragung").get("umfang") == "VOLL"
    assert root.xpath("//objektnr_extern/text()") == [mine.remote_id]
    assert root.findtext("anbieter/firma") == "Agence Martin"


def test_every_agency_gets_its_own(agency, other_agency, add_estate, add_outlet, portal):
    mine, theirs = add_estate(agency), add_estate(other_agency)
    assert numbers_in(portal(add_outlet(agency))) == [mine.remote_id]
    assert numbers_in(portal(add_outlet(other_agency))) == [theirs.remote_id]


def test_the_same_etag_means_the_same_bytes(agency, add_estate, add_outlet, portal):
    for _ in range(3):
        add_estate(agency)
    outlet = add_outlet(agency)
    first, second = portal(outlet), portal(outlet)
    assert first["ETag"] == second["ETag"]
    assert first["Last-Modified"] == second["Last-Modified"]
    assert body_of(first) == body_of(second)


def test_the_etag_changes_with_the_estates(agency, add_estate, add_outlet, portal):
    estate = add_estate(agency)
    outlet = add_outlet(agency)
    before = portal(outlet)["ETag"]
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(missed=1)
    assert portal(outlet)["ETag"] == before
    Estate.objects.for_agency(agency).filter(pk=estate.pk).update(digest=b"y" * 16)
    assert portal(outlet)["ETag"] != before


@pytest.mark.parametrize("values", [{"encoding": "windows-1252"}, {"query": "city=Lyon"}, {"name": "Autre"}])
def test_the_etag_changes_with_the_form_only(agency, add_estate, add_outlet, portal, values):
    add_estate(agency, city="Lyon")
    outlet = add_outlet(agency)
    before = portal(outlet)
    for name, value in values.items():
        setattr(outlet, name, value)
    outlet.save()
    after = portal(outlet)
    assert (before["ETag"] == after["ETag"]) is ("encoding" not in values)
    assert (body_of(before) == body_of(after)) is ("encoding" not in values)


def test_304_builds_nothing(agency, add_estate, add_outlet, portal, monkeypatch):
    add_estate(agency)
    outlet = add_outlet(agency)
    etag = portal(outlet)["ETag"]
    monkeypatch.setattr(serving, "document", lambda *_: pytest.fail("a document was begun"))
    answer = portal(outlet, HTTP_IF_NONE_MATCH=etag)
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    assert portal(outlet, HTTP_IF_NONE_MATCH=f'"other", W/{etag}').status_code == 304


def test_last_modified_is_the_last_change_of_any_estate(agency, add_estate, add_outlet, portal):
    estate = add_estate(agency)
    outlet = add_outlet(agency)
    Outlet.objects.for_agency(agency).update(changed_at=DAY)
    modified = portal(outlet)["Last-Modified"]
    assert parse_http_date(modified) == estate.changed_at.timestamp()
    assert portal(outlet, HTTP_IF_MODIFIED_SINCE=modified).status_code == 304
    later = estate.changed_at + timedelta(hours=1)
    add_estate(agency, city="Nice", gone_at=later, changed_at=later)
    answer = portal(outlet, HTTP_IF_MODIFIED_SINCE=modified)
    assert (answer.status_code, parse_http_date(answer["Last-Modified"])) == (200, later.timestamp())


def test_a_changed_outlet_is_modified(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    outlet = add_outlet(agency)
    assert parse_http_date(portal(outlet)["Last-Modified"]) == int(outlet.changed_at.timestamp())
    before = http_date((outlet.changed_at - timedelta(minutes=1)).timestamp())
    assert portal(outlet, HTTP_IF_MODIFIED_SINCE=before).status_code == 200


def test_a_precondition_that_fails(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    answer = portal(add_outlet(agency), HTTP_IF_MATCH='"other"')
    assert (answer.status_code, answer["Cache-Control"]) == (412, "private, no-cache")


def test_head_has_the_head_only_and_is_not_counted(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    outlet = add_outlet(agency)
    head, whole = portal(outlet, "head"), portal(outlet)
    assert head.content == b""
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Disposition", "Cache-Control"):
        assert head[name] == whole[name]
    assert held(outlet).fetches == 1


def test_fetches_are_counted_in_one_statement(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    outlet = add_outlet(agency)
    began = timezone.now()
    etag = portal(outlet)["ETag"]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        portal(outlet, HTTP_IF_NONE_MATCH=etag)
    assert len([each for each in asked if each["sql"].startswith("UPDATE")]) == 1
    row = held(outlet)
    assert row.fetches == 2
    assert began <= row.fetched_at <= timezone.now()


@pytest.mark.parametrize(
    ("query", "estates"), [("", 0), ("city=Nice", 1), ("min_price=cheap", 1), ("bedrooms=-1", 1)]
)
@pytest.mark.parametrize("format", Outlet.Format)
def test_nothing_to_give_is_never_an_empty_document(
    agency, add_estate, add_outlet, portal, query, estates, format
):
    for _ in range(estates):
        add_estate(agency, city="Lyon")
    outlet = add_outlet(agency, format=format, query=query)
    if format == ZIP:
        stored_zip(outlet)
    for method in ("get", "head"):
        answer = portal(outlet, method)
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) == serving.LATER
        assert b"<" not in answer.content
    assert held(outlet).fetches == 0
    assert not Job.objects.for_agency(agency).exists()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_other_verbs_do_nothing(agency, add_estate, add_outlet, portal, method):
    add_estate(agency)
    outlet = add_outlet(agency)
    answer = portal(outlet, method)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert held(outlet).fetches == 0


def test_whatever_is_wrong_is_the_same_404(agency, add_estate, add_outlet):
    add_estate(agency)
    outlet = add_outlet(agency)
    token = token_of(outlet)
    wrong = [
        f"{token}/openimmo.zip",
        f"{token}/OPENIMMO.XML",
        f"{token}/idealista.xml",
        f"{token[:-1]}/openimmo.xml",
        f"{token[:32]}/openimmo.xml",
        "x/openimmo.xml",
        f"{token.replace('.', ':')}/openimmo.xml",
        "%00/openimmo.xml",
    ]
    answers = [Client().get(f"/feeds/{path}") for path in wrong]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, b"Not found.")}


def test_a_renewed_address_is_dead_at_once(agency, add_estate, add_outlet, portal, manager):
    from estates.syndication.outgoing.outlets import renew_outlet

    add_estate(agency)
    outlet = add_outlet(agency)
    old = Outlet(agency=agency, key=outlet.key)
    renew_outlet(outlet, manager)
    assert portal(old).status_code == 404
    assert portal(outlet).status_code == 200


def test_a_session_is_neither_needed_nor_looked_at(agency, add_estate, add_outlet, settings, browser):
    add_estate(agency)
    path = address_of(add_outlet(agency)).removeprefix(settings.PUBLIC_URL)
    answer = browser(agency, Role.VIEWER).get(path)
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def test_the_secret_is_in_no_log(agency, add_estate, add_outlet, portal, caplog, settings, monkeypatch):
    caplog.set_level(logging.DEBUG)
    outlet = add_outlet(agency)
    assert portal(outlet).status_code == 503
    assert portal(outlet, "post").status_code == 405
    assert Client().get(f"/feeds/{token_of(outlet)}/other.xml").status_code == 404
    monkeypatch.setattr(serving, "answer", lambda *_: 1 / 0)
    client = Client(raise_request_exception=False)
    assert client.get(address_of(outlet).removeprefix(settings.PUBLIC_URL)).status_code == 500
    assert len(caplog.records) >= 4
    secret = token_of(outlet).partition(".")[2]
    for line in caplog.records:
        request = getattr(line, "request", "")
        assert secret not in f"{line.getMessage()} {request!r} {line.exc_text}"


def test_a_long_feed_is_streamed(agency, add_estate, add_outlet, portal, monkeypatch):
    monkeypatch.setattr(selecting, "PIECE", 10)
    for city in ["Lyon"] * 20 + ["Nice"] * 200:
        add_estate(agency, {"description": "x" * 8000}, city=city)

    def peak(query):
        outlet = add_outlet(agency, query or "all", query=query)
        answer = portal(outlet)
        tracemalloc.start()
        size = sum(len(block) for block in answer.streaming_content)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size, top

    peak("city=Lyon&type=apartment")
    (small, few), (large, many) = peak("city=Lyon"), peak("city=Nice")
    assert large > 9 * small
    assert many < 1.5 * few


def test_hostile_estates_make_a_readable_feed(agency, add_estate, add_outlet, portal):
    said = "\x0b]]></immobilie>&amp; 🏡 \u202egnihton\u202c \u05d0"
    add_estate(agency, {"description": said}, title=said, address=said, city=said)
    for format in ("openimmo", "idealista"):
        root = etree.fromstring(body_of(portal(add_outlet(agency, format, format=format))))
        found = root.xpath("//objekttitel | //titulo")[0].text
        assert found == "]]></immobilie>&amp; 🏡 \u202egnihton\u202c \u05d0"


def test_a_zip_that_was_built(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    outlet = add_outlet(agency, format=ZIP)
    body = stored_zip(outlet)
    answer = portal(outlet)
    assert (answer.status_code, body_of(answer)) == (200, body)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Length"] == str(len(body))
    assert answer["Content-Disposition"] == 'attachment; filename="martin-openimmo.zip"'
    assert parse_http_date(answer["Last-Modified"]) == DAY.timestamp()
    assert portal(outlet, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    head = portal(outlet, "head")
    assert (head.content, head["Content-Length"]) == (b"", str(len(body)))
    assert held(outlet).fetches == 2


def test_a_zip_that_was_never_built_is_begun_once(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    outlet = add_outlet(agency, format=ZIP)
    answers = [portal(outlet) for _ in range(3)]
    assert {(answer.status_code, answer["Retry-After"]) for answer in answers} == {(503, str(serving.SOON))}
    (job,) = Job.objects.for_agency(agency)
    assert (job.kind, job.params, job.asked_by) == (due.KIND, {"outlet": outlet.pk}, None)


def test_a_zip_that_fails_to_be_built_is_not_begun_at_every_fetch(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    outlet = add_outlet(agency, format=ZIP)
    portal(outlet)
    Job.objects.for_agency(agency).update(status="failed")
    portal(outlet)
    assert Job.objects.for_agency(agency).count() == 1


def test_a_zip_that_the_storage_lost_is_built_again(agency, add_estate, add_outlet, portal):
    add_estate(agency)
    outlet = add_outlet(agency, format=ZIP)
    stored_zip(outlet)
    default_storage.delete(outlet.stored_as)
    assert portal(outlet).status_code == 503
    assert Job.objects.for_agency(agency).count() == 1


def test_a_zip_as_a_worker_builds_it(agency, add_estate, add_outlet, portal, tmp_path):
    from estates.jobs.work import run_now

    add_estate(agency, images=[])
    outlet = add_outlet(agency, format=ZIP)
    assert portal(outlet).status_code == 503
    run_now(Job.objects.for_agency(agency).get())
    path = tmp_path / "feed.zip"
    path.write_bytes(body_of(portal(outlet)))
    with ZipFile(path) as archive:
        assert archive.namelist() == ["index.xml"]
