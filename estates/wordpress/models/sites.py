from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.connections.models import WORDS_LIMIT, Connection
from estates.connections.sealed import Sealed
from estates.wordpress.domains import LONGEST, shown


class State(models.TextChoices):
    INACTIVE = "inactive", _("Inactive")
    ACTIVATING = "activating", _("Being activated")
    ACTIVE = "active", _("Active")
    REFUSED = "refused", _("Refused")
    DEACTIVATING = "deactivating", _("Being deactivated")


BETWEEN = (State.ACTIVATING, State.DEACTIVATING)
AT_REST = (State.INACTIVE, State.ACTIVE, State.REFUSED)


class Site(TenantModel):
    """A WordPress site of an agency. Its state is what Ts-Immo said last, or that it is being asked.

    `domain` is in ASCII. `version` grows with every change of the state: whoever changes it names the one that
    was seen. `before` is the state before it was asked, to go back to. `in_doubt` says that an answer never came,
    or that a refusal left open whether the site still runs there. `plan`, `expires_at` and `max_properties` are
    the answer to the last activation, `words` and `answered_at` of the last answer. `warned_of` is the end of
    which the members were warned by mail, `warned_days` before it.
    """

    connection = models.ForeignKey(
        Connection, verbose_name=_("Ts-Immo account"), on_delete=models.PROTECT, related_name="+"
    )
    domain = models.CharField(_("domain"), max_length=LONGEST)
    theme_id = models.CharField(_("theme"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.INACTIVE)
    before = models.CharField(max_length=12, choices=State.choices, default=State.INACTIVE)
    version = models.PositiveIntegerField(default=1)
    in_doubt = models.BooleanField(_("in doubt"), default=False)
    plan = models.CharField(_("plan"), max_length=255, blank=True)
    expires_at = models.DateField(_("ends on"), null=True, blank=True)
    max_properties = models.PositiveBigIntegerField(_("estates at most"), null=True, blank=True)
    words = models.CharField(_("last answer"), max_length=WORDS_LIMIT, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    warned_of = models.DateField(_("warned of the end on"), null=True, blank=True)
    warned_days = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [models.UniqueConstraint(fields=["agency", "domain"], name="one_site_per_domain")]
        indexes = [models.Index(fields=["domain"], name="site_by_domain")]

    def __str__(self) -> str:
        return self.shown

    @property
    def shown(self) -> str:
        """The domain as people write it."""
        return shown(self.domain)

    @property
    def is_between(self) -> bool:
        return self.state in BETWEEN


class SiteKey(Sealed):
    """The plugin's authentication key of a site, in the vault."""

    named_by = ("site__domain", "site__agency__name")

    site = models.OneToOneField(Site, on_delete=models.CASCADE, primary_key=True, related_name="key")
    stored_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    stored_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("plugin key")
        verbose_name_plural = _("plugin keys")

    def __str__(self) -> str:
        return f"{self.site} …{self.last_four}"

    @property
    def holder(self) -> str:
        return f"{self.site.agency.slug}: {self.site}"


class SiteEvent(models.Model):
    """A line of a site's history. `actor` is None for what the portal did by itself, or a partner asked for.

    `partner` is the name of the partner's key then.
    """

    class What(models.TextChoices):
        ADDED = "added", _("Site added")
        CHANGED = "changed", _("Key or theme changed")
        ACTIVATION_ASKED = "activation_asked", _("Activation asked for")
        ACTIVATED = "activated", _("Activated, says Ts-Immo")
        REFUSED = "refused", _("Activation refused by Ts-Immo")
        DEACTIVATION_ASKED = "deactivation_asked", _("Deactivation asked for")
        DEACTIVATED = "deactivated", _("Deactivated, says Ts-Immo")
        KEPT = "kept", _("Deactivation refused by Ts-Immo")
        TRIED_AGAIN = "tried_again", _("Asked once more")
        GIVEN_UP = "given_up", _("Given up without an answer")
        REMOVED = "removed", _("Site removed")
        WARNED = "warned", _("Members warned of the end by mail")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    partner = models.CharField(_("partner's key"), max_length=100, blank=True)
    what = models.CharField(max_length=20, choices=What.choices)
    words = models.CharField(max_length=WORDS_LIMIT, blank=True)

    class Meta:
        verbose_name = _("site event")
        verbose_name_plural = _("site events")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"
