from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel
from estates.connections.models import WORDS_LIMIT, Connection


class Mirrored(TenantModel):
    """How well the tickets of a domain are known here.

    `asked_at` is when a reading was last put in line, `read_at` when one last came to its end, `all_read_at` when
    one did that included the closed tickets. `failing_since` is when the readings began to fail, `words` what
    Ts-Immo said to the last one that did.
    """

    connection = models.ForeignKey(
        Connection, verbose_name=_("Ts-Immo account"), on_delete=models.CASCADE, related_name="+"
    )
    domain = models.CharField(_("domain"), max_length=253)
    asked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    all_read_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    words = models.CharField(_("answer"), max_length=WORDS_LIMIT, blank=True)

    class Meta:
        verbose_name = _("domain whose tickets are read")
        verbose_name_plural = _("domains whose tickets are read")
        constraints = [models.UniqueConstraint(fields=["connection", "domain"], name="one_mirror_per_domain")]

    def __str__(self) -> str:
        return self.domain
