from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from estates.connections.sealed import Sealed


class System(models.TextChoices):
    TS_IMMO = "ts_immo", "Ts-Immo"
    MARKETING_LAB = "marketing_lab", "marketing-lab"
    AVIV = "aviv", "AVIV Seeker Leads"
    SEEKI = "seeki", "Seeki Import"


class Environment(models.TextChoices):
    PRODUCTION = "production", _("Production")
    SANDBOX = "sandbox", _("Sandbox")


class State(models.TextChoices):
    UNCHECKED = "unchecked", _("Not checked yet")
    WORKING = "working", _("Working")
    FAILING = "failing", _("Failing")
    REFUSED = "refused", _("Key refused")


class Outcome(models.TextChoices):
    """How a call to the remote system ended, in our words; the remote's own stand beside it."""

    OK = "ok", _("The remote system answered.")
    UNAUTHORISED = "unauthorised", _("The remote system did not accept the key, or does not let it do this.")
    REFUSED = "refused", _("The remote system refused this.")
    THROTTLED = "throttled", _("The remote system asked us to slow down.")
    UNREACHABLE = "unreachable", _("The remote system could not be reached.")
    MALFORMED = "malformed", _("The remote system gave an answer that cannot be read.")


WORDS_LIMIT = 500
LABEL_LIMIT = 80


class Connection(TenantModel):
    """An agency's access to one remote system. The key itself lies in `ConnectionKey`, encrypted.

    `refusals` counts the answers in a row that did not accept the key, the last one of them `refused_at`.
    `refusal_told_at` is when the owners were last mailed that the key is refused.
    """

    system = models.CharField(_("system"), max_length=20, choices=System.choices)
    environment = models.CharField(
        _("environment"), max_length=20, choices=Environment.choices, default=Environment.PRODUCTION
    )
    label = models.CharField(_("label"), max_length=LABEL_LIMIT)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UNCHECKED)
    refusals = models.PositiveSmallIntegerField(_("refusals in a row"), default=0)
    refused_at = models.DateTimeField(_("last refusal"), null=True, blank=True)
    refusal_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    last_outcome = models.CharField(_("last outcome"), max_length=12, choices=Outcome.choices, blank=True)
    last_answer = models.CharField(_("last answer"), max_length=WORDS_LIMIT, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    created_at = models.DateTimeField(_("stored"), auto_now_add=True)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "system", "environment", "label"],
                condition=Q(removed_at=None),
                name="one_connection_per_label",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_system_display()} · {self.label}"


class ConnectionKey(Sealed):
    """A stored key: ciphertext of the vault and what may be shown of it. The live one is in use.

    A replacement is `pending` until it has been checked; then the key before it is deleted. `outcome` and
    `answer` are what came of a pending key's check.
    """

    class Standing(models.TextChoices):
        LIVE = "live", _("In use")
        PENDING = "pending", _("Waiting for its check")

    named_by = ("connection__label", "connection__agency__name")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="keys")
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.LIVE)
    stored_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    stored_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    answer = models.CharField(max_length=WORDS_LIMIT, blank=True)

    class Meta:
        verbose_name = _("stored key")
        verbose_name_plural = _("stored keys")
        constraints = [
            models.UniqueConstraint(fields=["connection", "standing"], name="one_key_per_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.connection} …{self.last_four}"

    @property
    def holder(self) -> str:
        return f"{self.connection.agency.slug}: {self.connection}"
