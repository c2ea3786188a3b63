from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tenancy import TenantModel


class Person(TenantModel):
    """Somebody who wrote, perhaps several times and through several sources. Who it is, its leads say."""

    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return str(self.pk)


class PersonChange(TenantModel):
    """What somebody decided about who is who, with all that takes it back.

    `moved` holds for each lead, by its id, `[person, by]` before and after. A merge takes the leads of `other` to
    `person`; a split takes some of `person` to `other`.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("Merged")
        SPLIT = "split", _("Split")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="changes")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="changes_elsewhere")
    moved = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of people")
        verbose_name_plural = _("changes of people")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"


class KeptApart(TenantModel):
    """Two people who share an address or a number and are not the same: they are not suggested again.

    `person` is the one with the lower id.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("people kept apart")
        verbose_name_plural = _("people kept apart")
        constraints = [models.UniqueConstraint(fields=["person", "other"], name="one_pair_kept_apart")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.other_id}"
