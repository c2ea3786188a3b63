"""The plugins of a site, and their files."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import AuditEntry, Scope
from estates.connections.models import Connection
from estates.jobs.models import Job, Status
from estates.wordpress.models import PluginFile, PluginLook, SitePlugin

URL = "/api/v1/sites"
BODY = b"PK " + bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def site(add_site):
    return add_site(state="active")


@pytest.fixture
def add_plugin(agency, site):
    """`add_plugin()` is a plugin whose file is ready; `file` are fields of that, or None for a plugin without."""

    def get(name="ts-immo-sync", file=(), **values) -> SitePlugin:
        now = timezone.now()
        return SitePlugin.objects.create(
            **{
                "agency": agency,
                "site": site,
                "remote_id": name,
                "name": name,
                "version": "2.1.0",
                "file": None if file is None else stored(name, **dict(file)),
                "first_seen": now,
                "listed_at": now,
            }
            | values
        )

    return get


def stored(name, **fields) -> PluginFile:
    usual = {
        "plugin": name,
        "version": "2.1.0",
        "sha256": hashlib.sha256(BODY).hexdigest(),
        "state": "ready",
        "size": len(BODY),
        "stored_as": default_storage.save(f"plugins/{name}.zip", ContentFile(BODY)),
        "listed_at": timezone.now(),
    }
    return PluginFile.objects.create(**usual | fields)


@pytest.fixture
def reader(agency, partner):
    return partner(agency, Scope.SITES_READ)


def get(client, plugin, **headers):
    return client.get(f"{URL}/{plugin.site_id}/plugins/{plugin.pk}/download", headers=headers)


def content(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def fetches(agency):
    return Job.objects.for_agency(agency).filter(kind="wordpress.fetch_plugin")


def entries(agency, action):
    return AuditEntry.objects.for_agency(agency).filter(action=action)


def refused(answer, status) -> str:
    assert answer.status_code == status, content(answer)
    assert answer.json()["statusCode"] == status
    (words,) = answer.json()["message"]
    return words


class TestList:
    def test_all_that_is_known(self, site, add_plugin, reader):
        now = timezone.now()
        PluginLook.objects.create(site=site, looked_at=now)
        plugin = add_plugin(
            shortcodes=["ts_immo_estates"],
            description="Estates",
            changes={"version": ["2.0", "2.1.0"]},
            changed_at=now,
        )
        body = reader.get(f"{URL}/{site.pk}/plugins").json()
        assert body["as_of"][:19] == now.isoformat()[:19]
        (told,) = body["data"]
        assert (told["id"], told["remote_id"], told["version"]) == (plugin.pk, "ts-immo-sync", "2.1.0")
        assert (told["standing"], told["size"]) == ("ready", len(BODY))
        assert told["sha256"] == hashlib.sha256(BODY).hexdigest()
        assert (told["shortcodes"], told["description"]) == (["ts_immo_estates"], "Estates")
        assert told["changes"] == ["Version: 2.0 → 2.1.0"]
        assert (told["reason"], told["words"], told["withdrawn_at"], told["job"]) == ("", "", None, None)

    def test_nobody_has_looked_yet(self, site, reader):
        assert reader.get(f"{URL}/{site.pk}/plugins").json() == {"data": [], "as_of": None}

    @pytest.mark.parametrize(
        ("file", "values", "standing"),
        [
            ({"state": "listed", "size": None}, {}, "listed"),
            ({"state": "refused", "reason": "link"}, {}, "refused"),
            (None, {}, "unsigned"),
            ((), {"withdrawn_at": timezone.now()}, "withdrawn"),
        ],
    )
    def test_standings(self, site, add_plugin, reader, settings, file, values, standing):
        settings.LANGUAGE_CODE = "fr"
        add_plugin(file=file, **values)
        (told,) = reader.get(f"{URL}/{site.pk}/plugins").json()["data"]
        assert (told["standing"], told["size"]) == (standing, None)
        assert (told["sha256"] is None) is (file is None)
        assert told["reason"] == ("link" if standing == "refused" else "")
        assert told["words"].startswith("The archive has links") is (standing == "refused")

    def test_a_rival_blocks_it_and_stays_unnamed(self, site, add_plugin, reader):
        add_plugin()
        stored("ts-immo-sync", sha256="f" * 64)
        answer = reader.get(f"{URL}/{site.pk}/plugins")
        assert answer.json()["data"][0]["standing"] == "blocked"
        assert "f" * 64 not in answer.content.decode()

    def test_the_job_that_fetches_it(self, agency, site, add_plugin, reader):
        plugin = add_plugin(file={"state": "listed"})
        job = Job.objects.create(
            agency=agency, kind="wordpress.fetch_plugin", subject=f"plugin:{plugin.pk}", status=Status.FAILED
        )
        assert reader.get(f"{URL}/{site.pk}/plugins").json()["data"][0]["job"] == job.pk

    def test_the_same_is_not_sent_again(self, site, add_plugin, reader):
        add_plugin()
        tag = reader.get(f"{URL}/{site.pk}/plugins")["ETag"]
        headers = {"If-None-Match": tag}
        assert reader.get(f"{URL}/{site.pk}/plugins", headers=headers).status_code == 304
        add_plugin("another")
        assert reader.get(f"{URL}/{site.pk}/plugins", headers=headers).status_code == 200

    def test_foreign_missing_and_unknown(self, other_agency, site, reader, partner):
        assert partner(other_agency).get(f"{URL}/{site.pk}/plugins").status_code == 404
        assert reader.get(f"{URL}/{site.pk + 1}/plugins").status_code == 404
        assert reader.get(f"{URL}/{site.pk}/plugins?limit=1").status_code == 422


class TestDownload:
    def test_the_whole_file(self, add_plugin, reader):
        plugin = add_plugin()
        answer = get(reader, plugin)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
        assert answer["Content-Disposition"] == 'attachment; filename="ts-immo-sync-2.1.0.zip"'
        assert answer["Content-Length"] == str(len(BODY))
        assert answer["ETag"] == f'"{plugin.file.sha256}"'
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Request-Id"]
        assert content(answer) == BODY

    def test_it_is_never_packed_once_more(self, add_plugin, reader):
        answer = get(reader, add_plugin(), **{"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer
        assert content(answer) == BODY

    def test_the_key_the_site_and_the_digest_are_in_the_trail(self, agency, site, add_plugin, reader):
        plugin = add_plugin()
        content(get(reader, plugin))
        entry = entries(agency, "partner.plugin_downloaded").get()
        assert (entry.actor, entry.subject) == (None, "ts-immo-sync 2.1.0")
        assert entry.detail.pop("key").startswith("Partner (psl_")
        assert entry.detail == {"site": site.domain, "sha256": plugin.file.sha256}
        assert not entries(agency, "plugin.downloaded").exists()

    def test_it_goes_on_where_it_broke_off(self, agency, add_plugin, reader):
        plugin = add_plugin()
        first = get(reader, plugin, Range="bytes=0-99")
        assert (first.status_code, content(first)) == (206, BODY[:100])
        rest = get(reader, plugin, Range="bytes=100-", **{"If-Range": f'"{plugin.file.sha256}"'})
        assert (rest.status_code, content(rest)) == (206, BODY[100:])
        assert rest["Content-Range"] == f"bytes 100-{len(BODY) - 1}/{len(BODY)}"
        assert entries(agency, "partner.plugin_downloaded").count() == 1

    def test_another_key_begins_a_download_of_its_own(self, agency, add_plugin, partner):
        plugin = add_plugin()
        for _ in range(2):
            content(get(partner(agency, Scope.SITES_READ), plugin, Range="bytes=5-"))
        assert entries(agency, "partner.plugin_downloaded").count() == 2

    def test_a_range_beyond_the_end(self, agency, add_plugin, reader):
        answer = get(reader, add_plugin(), Range="bytes=99999999-")
        assert refused(answer, 416) == "Range: beyond the end of the file"
        assert answer["Content-Range"] == f"bytes */{len(BODY)}"
        assert "Content-Disposition" not in answer
        assert not entries(agency, "partner.plugin_downloaded").exists()

    @pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=" + "9" * 5000 + "-", "x", "", "bytes=é-"])
    def test_what_is_not_one_range_gets_the_whole_file(self, add_plugin, reader, asked):
        answer = get(reader, add_plugin(), Range=asked)
        assert (answer.status_code, content(answer)) == (200, BODY)

    def test_who_has_it_already_gets_nothing(self, agency, add_plugin, reader):
        plugin = add_plugin()
        tag = f'"{plugin.file.sha256}"'
        answer = get(reader, plugin, **{"If-None-Match": tag})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
        assert refused(get(reader, plugin, **{"If-Match": '"other"'}), 412).startswith("If-Match:")
        assert not entries(agency, "partner.plugin_downloaded").exists()

    @pytest.mark.parametrize(
        ("file", "values", "status", "words"),
        [
            ({"state": "refused", "reason": "link"}, {}, 409, "The file was refused. The archive has links"),
            ({"state": "refused", "reason": "gone"}, {}, 409, "The file was refused."),
            (None, {}, 404, "Ts-Immo names no signature"),
            ((), {"withdrawn_at": timezone.now()}, 404, "Ts-Immo no longer lists this plugin"),
        ],
    )
    def test_what_is_given_to_nobody(self, agency, add_plugin, reader, settings, file, values, status, words):
        settings.LANGUAGE_CODE = "fr"
        assert refused(get(reader, add_plugin(file=file, **values)), status).startswith(words)
        assert not fetches(agency).exists()

    def test_a_blocked_version(self, add_plugin, reader):
        plugin = add_plugin()
        stored("ts-immo-sync", sha256="f" * 64)
        assert "different content" in refused(get(reader, plugin), 409)
        PluginFile.objects.filter(pk=plugin.file_id).update(released_at=timezone.now())
        assert content(get(reader, plugin)) == BODY


class TestNotHereYet:
    @pytest.fixture
    def plugin(self, add_plugin):
        return add_plugin(file={"state": "listed", "stored_as": "", "size": None})

    def test_it_is_fetched(self, agency, site, plugin, reader):
        answer = get(reader, plugin)
        job = fetches(agency).get()
        assert (answer.status_code, answer.json()) == (202, {"id": plugin.pk, "job": job.pk})
        assert answer["Retry-After"] == "5"
        assert job.params == {"plugin": plugin.pk}
        entry = entries(agency, "plugin.fetch_asked").get()
        assert (entry.subject, entry.detail["site"]) == ("ts-immo-sync 2.1.0", site.domain)
        assert entry.detail["key"].startswith("Partner (psl_")

    def test_asking_while_it_is_fetched_asks_nothing_more(self, agency, plugin, reader):
        assert get(reader, plugin).json() == get(reader, plugin).json()
        assert fetches(agency).count() == 1
        assert entries(agency, "plugin.fetch_asked").count() == 1

    def test_after_a_failure_it_is_fetched_again(self, agency, plugin, reader):
        get(reader, plugin)
        fetches(agency).update(status=Status.FAILED)
        assert get(reader, plugin).json()["job"] == fetches(agency).latest("pk").pk
        assert fetches(agency).count() == 2

    def test_not_where_the_key_of_the_account_was_deleted(self, agency, plugin, reader, settings):
        settings.LANGUAGE_CODE = "fr"
        Connection.objects.for_agency(agency).update(removed_at=timezone.now())
        assert refused(get(reader, plugin), 409).startswith("The key of this Ts-Immo account was deleted.")
        assert not fetches(agency).exists()
        assert not entries(agency, "plugin.fetch_asked").exists()

    def test_a_file_that_the_storage_lost(self, agency, add_plugin, reader):
        plugin = add_plugin("lost")
        default_storage.delete(plugin.file.stored_as)
        assert get(reader, plugin).status_code == 202
        assert fetches(agency).count() == 1
        assert not entries(agency, "partner.plugin_downloaded").exists()


def test_foreign_missing_and_of_another_site(agency, other_agency, site, add_site, add_plugin, partner):
    plugin, second = add_plugin(), add_site("www.b.example")
    client = partner(agency)
    assert get(partner(other_agency), plugin).status_code == 404
    wrong = [(second.pk, plugin.pk), (site.pk, plugin.pk + 1), (site.pk, 2**63), (site.pk, "9" * 5000)]
    theirs = add_site("www.c.example", agency=other_agency)
    for site_pk, plugin_pk in [*wrong, (theirs.pk, plugin.pk), (site.pk, "x"), ("x", plugin.pk)]:
        answer = client.get(f"{URL}/{site_pk}/plugins/{plugin_pk}/download")
        assert refused(answer, 404) == "Not found"
    assert not entries(agency, "partner.plugin_downloaded").exists()


def test_scope(agency, site, add_plugin, partner):
    plugin = add_plugin()
    client = partner(agency, Scope.SITES_WRITE)
    for answer in (client.get(f"{URL}/{site.pk}/plugins"), get(client, plugin)):
        assert refused(answer, 403) == "This key lacks the scope sites:read."
