"""Downloads: whole, in ranges, with the version in their name, each once in the audit trail."""

import pytest
from django.core import signals
from django.core.files.storage import default_storage
from django.dispatch import Signal
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from accounts.roles import Role
from estates.jobs.models import Job
from estates.wordpress.models import SitePlugin
from estates.wordpress.plugins.ranges import Unsatisfiable, byte_range
from estates.wordpress.plugins.serving import filename_of
from portal.wsgi import application
from tests.wordpress.conftest import url
from tests.wordpress.plugins.conftest import SLUG, brought, look, plugin_of


@pytest.fixture
def plugin(site):
    return brought(site)


@pytest.fixture
def archive(plugin, shelf) -> bytes:
    return shelf.named(SLUG).archive


@pytest.fixture
def get(agency, plugin, browser):
    """`get(RANGE="bytes=0-9")` is an agent's request for the file."""
    client = browser(agency, Role.AGENT)
    target = url("download_plugin", agency, plugin.site_id, plugin.pk)
    return lambda method="get", **headers: getattr(client, method)(
        target, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def downloads(agency) -> int:
    return AuditEntry.objects.for_agency(agency).filter(action="plugin.downloaded").count()


def test_the_whole_file(get, plugin, archive):
    answer = get()
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == 'attachment; filename="ts-immo-sync-2.1.0.zip"'
    assert answer["Content-Length"] == str(len(archive))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["ETag"] == f'"{plugin.file.sha256}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert body(answer) == archive


def test_the_person_the_site_and_the_digest_are_in_the_trail(get, plugin, agency, member):
    body(get())
    entry = AuditEntry.objects.for_agency(agency).get(action="plugin.downloaded")
    assert (entry.actor, entry.subject) == (member(agency, Role.AGENT), "ts-immo-sync 2.1.0")
    assert entry.detail == {"site": str(plugin.site), "sha256": plugin.file.sha256}


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None), ("bytes=0-0", 0, 1),
     ("bytes=10-99999999", 10, None), ("bytes=-99999999", 0, None), ("Bytes=0-1", 0, 2)],
)  # fmt: skip
def test_one_range(get, archive, asked, start, end):
    answer, expected = get(Range=asked), archive[start:end]
    assert answer.status_code == 206
    assert body(answer) == expected
    assert answer["Content-Length"] == str(len(expected))
    first = archive.index(expected) if start < 0 else start
    assert answer["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(archive)}"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,4-5", "bytes=5-2", "bytes=-", "bytes=a-b", "items=0-1", "bytes", "bytes=--1", ""]
)
def test_what_is_not_one_range_gets_the_whole_file(get, archive, asked):
    answer = get(Range=asked)
    assert answer.status_code == 200
    assert body(answer) == archive


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=999999-9999999", "bytes=-0"])
def test_a_range_beyond_the_end(get, archive, agency, asked):
    answer = get(Range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(archive)}")
    assert not body(answer)
    assert downloads(agency) == 0


def test_the_parts_of_a_broken_download_make_the_whole(get, archive, agency):
    half = len(archive) // 2
    parts = body(get(Range=f"bytes=0-{half - 1}")) + body(get(Range=f"bytes={half}-"))
    assert parts == archive
    assert downloads(agency) == 1


def test_a_download_from_the_middle_alone_is_in_the_trail_too(get, agency):
    body(get(Range="bytes=1-"))
    body(get(Range="bytes=9-"))
    assert downloads(agency) == 1
    body(get())
    assert downloads(agency) == 2


def test_a_download_goes_on_only_if_the_file_is_still_the_same(get, plugin, archive):
    same, other = (
        get(Range="bytes=3-", If_Range=f'"{plugin.file.sha256}"'),
        get(Range="bytes=3-", If_Range='"x"'),
    )
    assert (same.status_code, body(same)) == (206, archive[3:])
    assert (other.status_code, body(other)) == (200, archive)
    dated = get(Range="bytes=3-", If_Range="Fri, 20 Nov 2026 10:00:00 GMT")
    assert (dated.status_code, body(dated)) == (200, archive)


def test_who_has_it_already_gets_nothing(get, plugin, agency):
    answer = get(If_None_Match=f'"{plugin.file.sha256}"')
    assert (answer.status_code, body(answer)) == (304, b"")
    assert get(If_Match='"other"').status_code == 412
    assert downloads(agency) == 0


def test_head_tells_of_the_file_and_is_no_download(get, archive, agency, plugin):
    answer = get("head", Range="bytes=0-3")
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(archive)))
    assert answer["ETag"] == f'"{plugin.file.sha256}"'
    assert body(answer) == b""
    assert downloads(agency) == 0


def test_who_may_download(agency, other_agency, browser, plugin):
    target = url("download_plugin", agency, plugin.site_id, plugin.pk)
    assert browser(agency, Role.VIEWER).get(target).status_code == 403
    assert browser(other_agency).get(target).status_code == 404
    assert browser(agency).post(target).status_code == 405
    assert downloads(agency) == 0


def test_the_other_agency_gets_the_same_file_by_its_own_promise(
    site, their_site, agency, other_agency, browser, archive
):
    theirs = brought(their_site)
    target = url("download_plugin", other_agency, their_site.pk, theirs.pk)
    assert body(browser(other_agency, Role.AGENT).get(target)) == archive
    assert downloads(other_agency) == 1
    assert downloads(agency) == 0


def test_another_promise_gets_another_file(site, their_site, shelf, box, agency, other_agency, browser):
    """The other agency is on an older version: whatever is in the storage, it gets what its own list named."""
    shelf.publish(SLUG, version="9.9.9")
    new, old = brought(site), brought(their_site)
    get = {
        plugin.version: body(
            browser(plugin.agency, Role.AGENT).get(
                url("download_plugin", plugin.agency, plugin.site_id, plugin.pk)
            )
        )
        for plugin in (new, old)
    }
    assert get["9.9.9"] == shelf.named(SLUG).archive
    assert get["2.1.0"] == box.account("riviera").plugins.named(SLUG).archive


@pytest.mark.parametrize("how", ["sign_wrongly", "not fetched", "bomb"])
def test_what_is_not_ready_leads_back_to_the_page(site, agency, browser, shelf, how):
    if how == "sign_wrongly":
        shelf.sign_wrongly(SLUG)
    elif how == "bomb":
        shelf.spoil(SLUG, how)
    plugin = plugin_of(site) if how == "not fetched" and not look(site).is_open else brought(site)
    target = url("download_plugin", agency, site.pk, plugin.pk)
    answer = browser(agency, Role.AGENT).get(target, follow=True)
    assert answer.redirect_chain == [(url("plugins", agency, site.pk), 302)]
    assert "not to be had at the moment" in answer.content.decode()
    assert downloads(agency) == 0


def test_what_is_no_longer_listed_is_not_given_out(get, site, shelf):
    shelf.withdraw(SLUG)
    look(site)
    assert get().status_code == 404


def test_a_file_that_the_storage_lost_is_fetched_anew(get, plugin, agency):
    default_storage.delete(plugin.file.stored_as)
    assert get().status_code == 302
    assert Job.objects.for_agency(agency).filter(kind="wordpress.fetch_plugin", status="queued").count() == 1
    assert downloads(agency) == 0


def test_a_storage_without_files_on_this_machine(settings, site, shelf, agency, browser):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }
    plugin = brought(site)
    client = browser(agency, Role.AGENT)
    target = url("download_plugin", agency, site.pk, plugin.pk)
    assert body(client.get(target)) == shelf.named(SLUG).archive
    assert body(client.get(target, headers={"Range": "bytes=5-9"})) == shelf.named(SLUG).archive[5:10]


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("ts-immo-sync", "2.1.0", "ts-immo-sync-2.1.0.zip"),
        ("Été à la mer", "2.1", "t-la-mer-2.1.zip"),
        ('x"; filename="evil.exe', "1\r\nSet-Cookie: a=b", "x-filename-evil.exe-1-Set-Cookie-a-b.zip"),
        ("../../etc", "..", "etc.zip"),
        ("x" * 255, "1" * 255, f"{'x' * 80}-{'1' * 80}.zip"),
        ("", "1", "plugin-7-1.zip"),
        ("日本", "", "plugin-7.zip"),
    ],
)
def test_file_names_are_harmless(name, version, expected):
    assert filename_of(SitePlugin(pk=7, name=name, version=version)) == expected


@given(st.text(max_size=40) | st.from_regex(r"\Abytes=\d{0,4}-\d{0,4}\Z"), st.integers(1, 3000))
def test_any_range_is_within_the_file(header, size):
    try:
        part = byte_range(header, size)
    except Unsatisfiable:
        return
    assert part is None or 0 <= part[0] <= part[1] < size


class Handed:
    """What a server's `wsgi.file_wrapper` gets."""

    def __init__(self, file, size):
        self.file, self.size = file, size


def test_the_server_is_handed_the_file_itself(agency, browser, plugin, archive, monkeypatch):
    """Through everything around the portal: gunicorn sends a file that has a number by sendfile."""
    # Django closes the database's connection at these, and the test's own transaction with it.
    monkeypatch.setattr(signals, "request_started", Signal())
    monkeypatch.setattr(signals, "request_finished", Signal())
    client, begun = browser(agency, Role.AGENT), []
    environ = RequestFactory()._base_environ(
        PATH_INFO=url("download_plugin", agency, plugin.site_id, plugin.pk),
        HTTP_COOKIE=f"sessionid={client.cookies['sessionid'].value}",
        **{"wsgi.file_wrapper": Handed},
    )
    handed = application(environ, lambda status, headers: begun.append((status, dict(headers))))
    with handed.file.file as file:
        assert file.fileno() > 0
        assert file.read() == archive
    ((status, headers),) = begun
    assert (status, headers["Content-Length"]) == ("200 OK", str(len(archive)))
