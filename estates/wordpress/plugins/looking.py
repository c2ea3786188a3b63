"""Looking which plugins Ts-Immo has for a site, and keeping what it said."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from estates.connections.clients import client_for
from estates.jobs.models import Job
from estates.jobs.run import Run
from estates.jobs.start import start
from estates.remotes.errors import Malformed
from estates.remotes.ts_immo import TsImmoClient
from estates.remotes.ts_immo_answers import Plugin
from estates.wordpress.models import PluginFile, PluginLook, Site, SitePlugin, State
from estates.wordpress.plugins.changes import WITHDRAWN, changes_between, shortcodes_of
from estates.wordpress.plugins.reasons import Reason
from estates.wordpress.switching import latest_job, require_key, subject_of

KIND, FETCH_KIND = "wordpress.plugins", "wordpress.fetch_plugin"
MOST_PLUGINS = 500
RETRIES = 2


def ask_look(site: Site, actor: User) -> Job:
    """A person asks for a look; while one is in line or under way, that is the one.

    Raises `NotNow` where the account's key was deleted.
    """
    with transaction.atomic():
        require_key(site)
        last = latest_job(site, KIND)
        if last and last.is_open:
            return last
        record(site.agency, actor, "plugins.look_asked", str(site))
        return start_look(site, actor)


def start_look(site: Site, asked_by: User | None = None) -> Job:
    return start(
        site.agency,
        KIND,
        subject=subject_of(site),
        title=str(site),
        params={"site": site.pk},
        asked_by=asked_by,
    )


def start_daily_looks() -> int:
    """Starts a look for every active site whose account has a key; returns for how many."""
    sites = Site.objects.across_agencies().filter(state=State.ACTIVE, connection__removed_at=None)
    found = list(sites.select_related("agency"))
    for site in found:
        start_look(site)
    return len(found)


def look(run: Run) -> None:
    """The work. It only reads at Ts-Immo, so that being done twice does no harm."""
    rows = Site.objects.for_agency(run.agency).filter(pk=run.params["site"], connection__removed_at=None)
    site = rows.select_related("agency", "connection__agency").first()
    if site is None:
        return
    run.report(0, 1, phase="asking")
    with client_for(site.connection, TsImmoClient) as client:
        listed = {plugin.remote_id: plugin for plugin in client.plugins(site.domain, retries=RETRIES)}
    if len(listed) > MOST_PLUGINS:
        raise Malformed(f"Ts-Immo lists {len(listed)} plugins for one site")
    now = timezone.now()
    files = promises(listed.values(), now)
    with run.step(done=1, total=1):
        # Waits for whoever removes the site, and holds it until the end.
        if rows.update(version=F("version")):
            keep(site, listed, files, now)
            fetch_what_is_missing(site, run.job.asked_by)


def promises(listed: Iterable[Plugin], now: datetime) -> dict[str, PluginFile]:
    """The file that each plugin's signature promises, by the plugin's remote id.

    Outside of a transaction and in one order: looks of several agencies name the same files at once.
    """
    found = {}
    for plugin in sorted(listed, key=lambda plugin: (key_of(plugin), plugin.version, plugin.sha256)):
        if plugin.sha256:
            found[plugin.remote_id], _ = PluginFile.objects.update_or_create(
                plugin=key_of(plugin),
                version=plugin.version,
                sha256=plugin.sha256,
                defaults={"listed_at": now},
            )
    return found


def key_of(plugin: Plugin) -> str:
    """By what a plugin is the same at every agency; see `PluginFile`."""
    return (plugin.name.strip() or plugin.remote_id).casefold()[:255]


def keep(site: Site, listed: dict[str, Plugin], files: dict[str, PluginFile], now: datetime) -> None:
    """What was listed becomes the site's plugins; what no longer is stays, as withdrawn."""
    is_first = not PluginLook.objects.filter(site=site).exists()
    known = {row.remote_id: row for row in plugins_of(site)}
    for remote_id, plugin in listed.items():
        row = known.pop(remote_id, None)
        changes = {} if is_first else changes_between(row, plugin)
        row = row or SitePlugin(agency=site.agency, site=site, remote_id=remote_id, first_seen=now)
        row.name, row.description, row.version = plugin.name, plugin.description, plugin.version
        row.shortcodes, row.file_url = shortcodes_of(plugin), plugin.file_url
        row.file, row.listed_at, row.withdrawn_at = files.get(remote_id), now, None
        if changes:
            row.changes, row.changed_at = changes, now
        row.save()
    for row in known.values():
        if row.withdrawn_at is None:
            row.withdrawn_at = row.changed_at = now
            row.changes = {WITHDRAWN: True}
            row.save(update_fields=["withdrawn_at", "changed_at", "changes"])
    PluginLook.objects.update_or_create(site=site, defaults={"looked_at": now})


def plugins_of(site: Site) -> QuerySet[SitePlugin]:
    """All that is or was listed for the site, with the agency and the file of each."""
    return SitePlugin.objects.for_agency(site.agency).filter(site=site).select_related("agency", "file")


def fetch_what_is_missing(site: Site, asked_by: User | None) -> None:
    """A file that is not here yet is fetched, and one that came with other bytes is asked for once more."""
    for plugin in plugins_of(site).filter(withdrawn_at=None):
        file = plugin.file
        if file and (file.state == PluginFile.State.LISTED or file.reason == Reason.OTHER_BYTES):
            start_fetch(plugin, asked_by)


def start_fetch(plugin: SitePlugin, asked_by: User | None) -> Job:
    return start(
        plugin.agency,
        FETCH_KIND,
        subject=fetch_subject(plugin),
        title=str(plugin),
        params={"plugin": plugin.pk},
        asked_by=asked_by,
    )


def fetch_subject(plugin: SitePlugin) -> str:
    return f"plugin:{plugin.pk}"
