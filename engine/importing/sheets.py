"""Files that we write: templates to fill in, and one-time links to hand out."""

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from engine.company import people
from engine.importing.columns import Kind
from engine.importing.people import Invited

WIDTHS = {"text": 50, "answer": 40, "received": 20, "closed": 20, "answered": 20, "happened": 20, "mail": 28}


def template(kind: Kind, language: str = "zh") -> bytes:
    """Return an empty spreadsheet with every column and one example row."""
    fields = [each for each in kind.fields if not each.clock_of]
    head = [each.said(language) for each in fields]
    rows = [[each.example for each in fields]]
    return _written(kind.said(language), head, rows, [WIDTHS.get(each.code, 16) for each in fields])


def invitations(invited: Iterable[Invited], address: str) -> bytes:
    """Return the added people with their links, each valid once within a day. `address`: of our pages."""
    rows = [[each.name, each.login, each.phone, _link(each, address)] for each in invited]
    return _written(
        "Links", ["姓名 / Name", "账号 / Login", "电话 / Phone", "一次性链接 / One-time link"], rows, [16, 20, 18, 70]
    )


def _link(each: Invited, address: str) -> str:
    if each.mailed_to:
        return f"已发到邮箱 / sent by mail: {each.mailed_to}"
    return people.link_address(address, each.token)


def _written(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for number, cells in enumerate([head, *rows], 1):
        for at, value in enumerate(cells, 1):
            cell = sheet.cell(number, at)
            cell.value, cell.data_type, cell.number_format = value, "s", "@"
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.font = Font(bold=number == 1)
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
