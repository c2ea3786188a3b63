"""The estates that a search finds, as a file for a spreadsheet."""

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Agency, User
from estates.catalogue.models import Estate
from estates.catalogue.paging import segments
from estates.catalogue.search import Search, select
from estates.catalogue.spreadsheets import ROWS, Row, read_capped

COLUMNS = (
    "reference", "title", "type", "sub_type", "offer_type", "status", "price", "currency", "surface",
    "land_surface", "rooms", "bedrooms", "bathrooms", "address", "city", "postal_code", "region", "country",
    "featured", "is_project", "public_url", "created_at", "updated_at", "gone_at",
)  # fmt: skip


def note_export(agency: Agency, user: User, name: str, query: str) -> None:
    """Leaves the trace of an export: its file and the filters, as a query string."""
    record(agency, user, "estates.exported", name, query=query[:1000])


def header() -> list[str]:
    return [capfirst(str(Estate._meta.get_field(name).verbose_name)) for name in COLUMNS]  # type: ignore[union-attr]


def rows(agency: Agency, search: Search, most: int = ROWS) -> Iterator[Row]:
    """The columns of each estate in the search's order, read in portions, at most `most` estates.

    Where there are more, a last row says so.
    """
    note = _("Only the first %(rows)d estates are in this file.") % {"rows": most}
    return read_capped(segments(select(agency, search).rows, search.order), COLUMNS, most, note)
