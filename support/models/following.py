from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from support.models.tickets import Message, Ticket


class Following(TenantModel):
    """What a person has read of a ticket, up to the message `read_to`, and whether news of it come by mail."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followings")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    read_to = models.PositiveBigIntegerField(default=0)
    watches = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="one_following_per_person")]

    def __str__(self) -> str:
        return f"{self.user} · {self.ticket_id}"


class Notice(TenantModel):
    """A mail to one person about one message. It is marked before it is sent, so none is sent twice."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Perhaps sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("No longer needed")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail about a ticket")
        verbose_name_plural = _("mails about tickets")
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="one_mail_per_message_and_person")
        ]
        indexes = [
            models.Index(fields=["agency"], condition=models.Q(state="waiting"), name="support_mail_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.message_id} → {self.user}"
