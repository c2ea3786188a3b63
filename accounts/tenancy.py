"""The first property of the house: what belongs to an agency is only ever listed for one agency.

Models of a tenant derive from `TenantModel`. Their manager refuses to list without an agency; code that
really looks across (the admin, a worker's timer) says so with `across_agencies()`.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from accounts.models import Agency

Row = TypeVar("Row", bound=models.Model)


class AgencyMissing(RuntimeError):
    """Somebody asked for rows of a tenant without naming the tenant."""


class TenantManager(models.Manager[Row]):
    """Lists nothing until it is told for whom; reverse relations (`job.events`) know it from their parent."""

    def get_queryset(self) -> models.QuerySet[Row]:
        if getattr(self, "instance", None) is None:
            raise AgencyMissing(f"{self.model.__name__}: for_agency(agency) or across_agencies()")
        return super().get_queryset()

    def for_agency(self, agency: "Agency") -> models.QuerySet[Row]:
        return super().get_queryset().filter(agency=agency)

    def across_agencies(self) -> models.QuerySet[Row]:
        return super().get_queryset()

    def create(self, **fields: Any) -> Row:
        """Creates a row, whose agency must be named among the fields."""
        if not getattr(self, "instance", None) and not {"agency", "agency_id"} & fields.keys():
            raise AgencyMissing(f"{self.model.__name__}: create(agency=…)")
        return super().get_queryset().create(**fields)


class TenantModel(models.Model):
    agency = models.ForeignKey("accounts.Agency", on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
