from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import TenantModel


class Person(TenantModel):
    """Somebody who wrote, perhaps several times and through several sources. Who it is, its leads say."""

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return str(self.pk)
