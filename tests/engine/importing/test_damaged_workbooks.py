"""A damaged workbook is told in a sentence, wherever the damage is."""

import io
import random

from openpyxl import Workbook

from engine.importing import workbook
from engine.importing.faults import Unreadable


def test_one_wrong_byte_is_no_failure_of_ours() -> None:
    """Whichever byte is wrong, the rows come out or a sentence says that the workbook cannot be read."""
    book, whole = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["房号", "业主姓名"])
    for number in range(40):
        sheet.append([f"{number}01", f"业主{number}"])
    book.save(whole)
    chance, refused = random.Random(1), 0
    for _each in range(80):
        damaged = bytearray(whole.getvalue())
        damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        try:
            table = workbook.open_table(bytes(damaged), "x.xlsx", lambda head: head in {"房号", "业主姓名"})
            list(table.rows())
        except Unreadable:
            refused += 1
    assert refused > 20
