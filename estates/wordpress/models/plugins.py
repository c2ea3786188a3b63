from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.remotes.ts_immo_answers import Plugin
from estates.wordpress.models.sites import Site
from estates.wordpress.plugins.reasons import Reason


class PluginFiles(models.QuerySet["PluginFile"]):
    def with_rivals(self) -> "PluginFiles":
        """With `has_rival` on each: the same version has other bytes somewhere."""
        same = PluginFile.objects.filter(plugin=OuterRef("plugin"), version=OuterRef("version"))
        return self.annotate(has_rival=Exists(same.exclude(pk=OuterRef("pk"))))


class PluginFile(models.Model):
    """One build of a plugin: its name and version, and the SHA-256 that Ts-Immo promised. It belongs to no agency.

    The same plugins go to everybody, and bytes are known by their digest: whose key fetched them is written nowhere,
    and an agency sees and downloads a file only through a `SitePlugin` of its own, whose site's list promised it.

    `plugin` is the folded name, not the remote's id: WordPress knows a plugin by its name, and whether ids are the
    same at every agency is unpublished. Two rows of one plugin and version are rivals, and none of them is given
    to anybody until an operator has released one (`released_at`).

    `stored_as` and `evidence_as` are names in the storage: the good bytes, and the last ones that were refused;
    `found_sha256` and `size` are of what came last.
    """

    class State(models.TextChoices):
        LISTED = "listed", _("Not fetched yet")
        READY = "ready", _("Ready")
        REFUSED = "refused", _("Refused")

    plugin = models.CharField(_("plugin"), max_length=255)
    version = models.CharField(_("version"), max_length=255)
    sha256 = models.CharField(_("promised SHA-256"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.LISTED)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    detail = models.CharField(_("where in the archive"), max_length=500, blank=True)
    found_sha256 = models.CharField(_("SHA-256 of what came"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), null=True, blank=True)
    stored_as = models.CharField(_("stored as"), max_length=200, blank=True)
    evidence_as = models.CharField(_("evidence stored as"), max_length=200, blank=True)
    listed_at = models.DateTimeField(_("listed last"))
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    released_by = models.ForeignKey(
        User,
        verbose_name=_("released by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = PluginFiles.as_manager()

    class Meta:
        verbose_name = _("plugin file")
        verbose_name_plural = _("plugin files")
        constraints = [
            models.UniqueConstraint(fields=["plugin", "version", "sha256"], name="one_file_per_build")
        ]

    def __str__(self) -> str:
        return f"{self.plugin} {self.version} {self.sha256[:8]}"

    @property
    def sentence(self) -> str | Promise:
        """Why the file was refused."""
        return Reason(self.reason).label if self.reason in Reason else ""


class PluginLook(models.Model):
    """When Ts-Immo last said which plugins there are for a site, be it none."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, primary_key=True, related_name="plugin_look")
    looked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("look at a site's plugins")
        verbose_name_plural = _("looks at sites' plugins")

    def __str__(self) -> str:
        return f"{self.site} {self.looked_at:%Y-%m-%d %H:%M}"


class SitePlugin(TenantModel):
    """A plugin that Ts-Immo lists for a site, or listed until `withdrawn_at`.

    `file` is the build that the list promises, None where it names no usable signature. `changes` is what was new
    at the last look that brought anything new, at `changed_at`; see `plugins.changes`.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="plugins")
    remote_id = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    version = models.CharField(_("version"), max_length=255)
    shortcodes = models.JSONField(_("shortcodes"), default=list)
    file_url = models.CharField(max_length=2000, blank=True)
    file = models.ForeignKey(
        PluginFile,
        verbose_name=_("plugin file"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="listings",
    )
    first_seen = models.DateTimeField(_("first seen"))
    listed_at = models.DateTimeField(_("listed last"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    changes = models.JSONField(_("what changed"), default=dict, blank=True)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)

    class Meta:
        verbose_name = _("plugin of a site")
        verbose_name_plural = _("plugins of sites")
        constraints = [models.UniqueConstraint(fields=["site", "remote_id"], name="one_plugin_per_site")]

    def __str__(self) -> str:
        return f"{self.name or self.remote_id} {self.version}".strip()

    @property
    def promise(self) -> Plugin:
        """The plugin as the client asks for it."""
        signature = f"sha256:{self.file.sha256}" if self.file else ""
        codes = tuple(self.shortcodes)
        return Plugin(
            self.remote_id, self.name, self.description, self.version, codes, signature, self.file_url
        )


def with_rivals(plugins: models.QuerySet[SitePlugin]) -> models.QuerySet[SitePlugin]:
    """With the file of each, and `has_rival`: its version has other bytes at some other listing, of any agency."""
    same = PluginFile.objects.filter(plugin=OuterRef("file__plugin"), version=OuterRef("file__version"))
    return plugins.select_related("file").annotate(has_rival=Exists(same.exclude(pk=OuterRef("file"))))
