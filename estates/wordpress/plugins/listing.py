"""What the pages show of plugins."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from estates.jobs.models import Job, Status
from estates.wordpress.models import PluginFile, Site, SitePlugin
from estates.wordpress.models.plugins import with_rivals
from estates.wordpress.plugins.looking import FETCH_KIND, fetch_subject, plugins_of
from estates.wordpress.plugins.reasons import Reason
from estates.wordpress.plugins.words import lines_of


class Standing(TextChoices):
    READY = "ready", _("Ready")
    LISTED = "listed", _("Not here yet")
    REFUSED = "refused", _("Refused")
    BLOCKED = "blocked", _("Blocked")
    UNSIGNED = "unsigned", _("Cannot be checked")
    WITHDRAWN = "withdrawn", _("No longer listed")


ALARMS = (Standing.REFUSED, Standing.BLOCKED)


@dataclass(frozen=True)
class PluginCard:
    """A plugin of a site, with the last job that fetched it."""

    plugin: SitePlugin
    job: Job | None

    @property
    def standing(self) -> Standing:
        return standing_of(self.plugin)

    @property
    def is_alarm(self) -> bool:
        return self.standing in ALARMS

    @property
    def is_busy(self) -> bool:
        return bool(self.job and self.job.is_open)

    @property
    def shown_job(self) -> Job | None:
        """The job that says why the file is not here."""
        waits = self.standing == Standing.LISTED and self.job and self.job.status != Status.DONE
        return self.job if self.job and (waits or self.is_busy) else None

    @property
    def can_be_fetched(self) -> bool:
        file = self.plugin.file
        if file is None or self.is_busy or self.plugin.withdrawn_at:
            return False
        return file.state == PluginFile.State.LISTED or file.reason == Reason.OTHER_BYTES

    @property
    def changes(self) -> list[str]:
        return lines_of(self.plugin)


def standing_of(plugin: SitePlugin) -> Standing:
    """What may be done with the file; the plugin comes from `with_rivals`."""
    file = plugin.file
    if plugin.withdrawn_at:
        return Standing.WITHDRAWN
    if file is None:
        return Standing.UNSIGNED
    if is_blocked(file, plugin.has_rival):  # type: ignore[attr-defined]
        return Standing.BLOCKED
    return Standing(file.state)


def is_blocked(file: PluginFile, has_rival: bool) -> bool:
    return has_rival and file.released_at is None


def shown(site: Site) -> QuerySet[SitePlugin]:
    """The site's plugins with all that their standing needs; those that are no longer listed come last."""
    return with_rivals(plugins_of(site)).order_by("withdrawn_at", "name", "pk")


def cards(site: Site) -> list[PluginCard]:
    found = list(shown(site))
    # Nulls come last on one database and first on the other.
    found.sort(key=lambda plugin: plugin.withdrawn_at is not None)
    jobs = last_fetches(site.agency, found)
    return [PluginCard(plugin, jobs.get(fetch_subject(plugin))) for plugin in found]


def last_fetches(agency: Agency, plugins: Iterable[SitePlugin]) -> dict[str, Job]:
    """The newest job of fetching each of these plugins, by its subject."""
    subjects = [fetch_subject(plugin) for plugin in plugins]
    jobs = Job.objects.for_agency(agency).filter(kind=FETCH_KIND, subject__in=subjects)
    newest = jobs.order_by().values("subject").annotate(newest=Max("pk")).values("newest")
    return {job.subject: job for job in jobs.filter(pk__in=newest).defer("evidence", "checkpoint")}
