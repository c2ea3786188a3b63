from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.tenancy import TenantModel


class MailKind(models.TextChoices):
    """The mails that a person may switch off. Those for safety are not among them."""

    LEAD = "lead", _("A lead that is yours, or that you may take")
    DIGEST = "digest", _("Every morning: what came in the day before and what waits")
    TICKET = "ticket", _("News in the tickets that you watch")
    PLAN = "plan", _("A site’s plan that is about to end")
    WEBHOOK = "webhook", _("A webhook that takes nothing")


class MailChoice(TenantModel):
    """Whether a member wants a kind of mail from an agency; without a row it is as `accounts.mail_choices` says."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=MailKind.choices)
    wanted = models.BooleanField()

    class Meta:
        verbose_name = _("choice of mails")
        verbose_name_plural = _("choices of mails")
        constraints = [
            models.UniqueConstraint(fields=["agency", "user", "kind"], name="one_choice_per_kind_of_mail")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
