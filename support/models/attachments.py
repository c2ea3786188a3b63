from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel
from support.models.tickets import Draft, Message


class Attachment(TenantModel):
    """A file that was examined and stored: with a draft while somebody writes, then with the message.

    `name` is what it was called, made harmless; `stored_as` and `thumbnail_as` are random names in the storage,
    below the agency's own folder. `size` is in bytes, `width` and `height` in pixels, 0 for what is no picture.
    """

    draft = models.ForeignKey(
        Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments"
    )
    uploaded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("file name"), max_length=150)
    mime_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveBigIntegerField(_("bytes"))
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=200)
    thumbnail_as = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
