"""Lists as files for a spreadsheet, in which no text is a formula."""

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
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from accounts.models import Agency

ROWS = 50_000
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
Row = tuple[Any, ...]


def file_name(agency: Agency, extension: str, of: str = "") -> str:
    return f"{agency.slug}-{of and f'{of}-'}{timezone.localdate():%Y-%m-%d}.{extension}"


def download_of(titles: Iterable[str], lines: Iterable[Row], name: str, sheet: str) -> HttpResponseBase:
    """The rows as the file that the end of its name says: `.xlsx` or `.csv`."""
    if name.endswith(".xlsx"):
        return FileResponse(write_xlsx(titles, lines, sheet), as_attachment=True, filename=name)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(
        write_csv(titles, lines), content_type="text/csv; charset=utf-8", headers=disposition
    )


def read_capped(parts: list[QuerySet[Any]], columns: Iterable[str], most: int, note: str) -> Iterator[Row]:
    """The columns of the parts' rows in portions, at most `most` rows; where there are more, `note` is the last."""
    number = 0
    for part in parts:
        for row in part.values_list(*columns)[: most + 1 - number].iterator(chunk_size=1000):
            if number == most:
                yield (note,)
                return
            number += 1
            yield row


def write_xlsx(titles: Iterable[str], lines: Iterable[Row], name: str) -> IO[bytes]:
    """A workbook of one sheet in a temporary file, to be read from its beginning. Texts are texts, even `=1+1`."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(capfirst(name))
    sheet.freeze_panes = "A2"

    def cell(value: Any) -> Any:
        made = WriteOnlyCell(sheet, _spreadsheet_value(value))
        if isinstance(value, str):
            made.data_type = "s"
        return made

    heads = [cell(title) for title in titles]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
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


def write_csv(titles: Iterable[str], lines: Iterable[Row]) -> Iterator[bytes]:
    """UTF-8 with a mark for Excel; semicolons and decimal commas where the language has them.

    It may be read when the request is over, so language and time zone are those of the call.
    """
    dialect = Dialect(
        translation.get_language() == "fr", timezone.get_current_timezone(), {True: _("Yes"), False: _("No")}
    )
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
