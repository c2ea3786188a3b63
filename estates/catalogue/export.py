"""The estates that a search finds, as a file for a spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from io import StringIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.db.models import QuerySet
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
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
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
    note = _("Only the first %(rows)d estates are in this file.") % {"rows": most}
    return _read(segments(select(agency, search).estates, search.order), most, note)


def _read(parts: list[QuerySet[Estate]], most: int, note: str) -> Iterator[Row]:
    number = 0
    for part in parts:
        for row in part.values_list(*COLUMNS)[: most + 1 - number].iterator(chunk_size=1000):
            if number == most:
                yield (note,)
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
    try:
        for line in lines:
            sheet.append([None if value in (None, "") else cell(value) for value in line])
        file = TemporaryFile()  # noqa: SIM115  # whoever sends it closes it
        book.save(file)
    except BaseException:
        # openpyxl would keep its own file until this process ends.
        sheet.close()
        Path(sheet._writer.out).unlink(missing_ok=True)
        raise
    file.seek(0)
    return file


def write_csv(lines: Iterator[Row]) -> Iterator[bytes]:
    """UTF-8 with a mark for Excel; semicolons and decimal commas where the language has them.

    It may be read when the request is over, so language and time zone are those of the call.
    """
    dialect = Dialect(
        translation.get_language() == "fr", timezone.get_current_timezone(), {True: _("Yes"), False: _("No")}
    )
    titles = header()
    return chain([b"\xef\xbb\xbf"], (dialect.line(values) for values in chain([titles], lines)))


@dataclass(frozen=True)
class Dialect:
    """How a CSV file writes its values: with decimal commas or not, in which zone, and yes and no."""

    comma: bool
    zone: tzinfo
    words: dict[bool, str]

    def line(self, values: Iterable[Any]) -> bytes:
        buffer = StringIO()
        csv.writer(buffer, delimiter=";" if self.comma else ",").writerow(map(self.text, values))
        return buffer.getvalue().encode("utf-8", "replace")

    def text(self, value: Any) -> str:
        if isinstance(value, bool):
            return self.words[value]
        if isinstance(value, datetime):
            return f"{timezone.localtime(value, self.zone):%Y-%m-%d %H:%M}"
        if isinstance(value, Decimal | int):
            return str(value).replace(".", ",") if self.comma else str(value)
        text = "" if value is None else str(value)
        return f"'{text}" if text.startswith(FORMULA) else text


def _spreadsheet_value(value: Any) -> Any:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
