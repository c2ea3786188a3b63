"""The estates that a search finds, as a file for a spreadsheet."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from accounts.audit import record
from accounts.models import Agency, User
from estates.catalogue.models import Estate
from estates.catalogue.paging import segments
from estates.catalogue.search import Search, select

ROWS = 50_000
COLUMNS = (
    "reference", "title", "type", "sub_type", "offer_type", "status", "price", "currency", "surface",
    "land_surface", "rooms", "bedrooms", "bathrooms", "address", "city", "postal_code", "region", "country",
    "featured", "is_project", "public_url", "created_at", "updated_at", "gone_at",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Row = tuple[Any, ...]


def file_name(agency: Agency, extension: str) -> str:
    return f"{agency.slug}-{timezone.localdate():%Y-%m-%d}.{extension}"


def note_export(agency: Agency, user: User, name: str, query: str) -> None:
    """Leaves the trace of an export: its file and the filters, as a query string."""
    record(agency, user, "estates.exported", name, query=query[:1000])


def header() -> list[str]:
    return [capfirst(str(Estate._meta.get_field(name).verbose_name)) for name in COLUMNS]  # type: ignore[union-attr]


def rows(agency: Agency, search: Search, most: int = ROWS) -> Iterator[Row]:
    """The columns of each estate in the search's order, read in portions, at most `most` estates.

    Where there are more, a last row says so.
    """
    number = 0
    for segment in segments(select(agency, search).estates, search.order):
        for row in segment.values_list(*COLUMNS)[: most + 1 - number].iterator(chunk_size=1000):
            if number == most:
                yield (_("Only the first %(rows)d estates are in this file.") % {"rows": most},)
                return
            number += 1
            yield row


def write_xlsx(lines: Iterator[Row]) -> IO[bytes]:
    """A workbook in a temporary file, to be read from its beginning. Texts are texts, even `=1+1`."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(capfirst(_("estates")))
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        made = WriteOnlyCell(sheet, _spreadsheet_value(value))
        if isinstance(value, str):
            made.data_type = "s"
        return made

    titles = [cell(title) for title in header()]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    for line in lines:
        sheet.append([None if value in (None, "") else cell(value) for value in line])
    file = TemporaryFile()  # noqa: SIM115  # whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


def write_csv(lines: Iterator[Row]) -> Iterator[bytes]:
    """UTF-8 with a mark for Excel; semicolons and decimal commas where the language has them."""
    comma = translation.get_language() == "fr"
    writer = csv.writer(_Echo(), delimiter=";" if comma else ",")
    yield "\ufeff".encode() + writer.writerow(header())
    for line in lines:
        yield writer.writerow([_csv_text(value, comma) for value in line])


class _Echo:
    """A file for the csv module that hands back each line instead of keeping it."""

    write: Callable[[str], bytes] = staticmethod(lambda text: text.encode("utf-8", "replace"))


def _csv_text(value: Any, comma: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal | int):
        return str(value).replace(".", ",") if comma else str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _spreadsheet_value(value: Any) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
