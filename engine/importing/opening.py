"""Open an uploaded file, whatever kind of table it is."""

from collections.abc import Callable

from engine.importing import commas, workbook
from engine.importing.faults import Unreadable
from engine.importing.table import MOST_BYTES, Table

OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def open_table(content: bytes, name: str, known: Callable[[str], bool]) -> Table:
    """Return the table in a file: .xlsx, .csv or either gzipped, told by its content. `known`: names of columns.

    Raises `Unreadable`.
    """
    if content.startswith(b"\x1f\x8b"):
        content = commas.unpack(content, name)
    if not content.strip():
        raise Unreadable(name=name, why_zh="文件是空的。", why_en="it is empty.")
    if len(content) > MOST_BYTES:
        raise commas.too_large(name)
    if content.startswith(OLD_OFFICE):
        raise Unreadable(
            name=name,
            why_zh="是旧的 .xls 文件，或设了密码。请去掉密码，另存为 .xlsx。",
            why_en="it is an old .xls file or has a password. Save it as .xlsx without a password.",
        )
    if content.startswith(b"PK"):
        return workbook.open_table(content, name, known)
    return commas.open_table(content, name, known)
