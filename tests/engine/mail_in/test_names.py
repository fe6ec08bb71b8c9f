"""Names of attached files, as real programs write them."""

import base64

import pytest

from engine.mail_in import reading
from tests.engine.mail_in.making import HEAD, PICTURE

pytestmark = pytest.mark.fault(15)

NAME = "厨房漏水（镕园）堃.png"
PERCENT = "".join(f"%{byte:02X}" for byte in NAME.encode())
GBK = "".join(f"%{byte:02X}" for byte in NAME.encode("gbk"))
WORD = base64.b64encode(NAME.encode("gbk")).decode()


def words(charset: str, content: bytes) -> str:
    return f"=?{charset}?B?{base64.b64encode(content).decode()}?="


FIELDS = {
    "RFC 2231": f"attachment; filename*=UTF-8''{PERCENT}".encode(),
    "RFC 2231 in GBK": f"attachment; filename*=GBK'zh'{GBK}".encode(),
    "RFC 2231 that says gb2312": f"attachment; filename*=gb2312''{GBK}".encode(),
    "RFC 2231 in pieces": f"attachment; filename*0*=UTF-8''{PERCENT[:18]};\r\n filename*1*={PERCENT[18:]}".encode(),
    "RFC 2231 beside another": f"attachment; filename=\"fallback.png\"; filename*=UTF-8''{PERCENT}".encode(),
    "encoded": f'attachment; filename="{words("utf-8", NAME.encode())}"'.encode(),
    "encoded, says gb2312": f'attachment; filename="=?gb2312?B?{WORD}?="'.encode(),
    "encoded in two": (
        f'attachment; filename="{words("gbk", NAME[:4].encode("gbk"))}\r\n {words("gbk", NAME[4:].encode("gbk"))}"'.encode()
    ),
    "encoded, cut within a sign": (
        f'attachment; filename="{words("utf-8", NAME.encode()[:7])}{words("utf-8", NAME.encode()[7:])}"'.encode()
    ),
    "encoded within RFC 2231": f"attachment; filename*=UTF-8''{words('utf-8', NAME.encode())}".encode(),
    "raw GBK": b'attachment; filename="' + NAME.encode("gbk") + b'"',
    "raw UTF-8": b'attachment; filename="' + NAME.encode() + b'"',
    "raw, no quotes": b"attachment; filename=" + NAME.encode(),
    "as web pages write it": f'attachment; filename="{PERCENT}"'.encode(),
    "odd case": f'ATTACHMENT; FileName="{words("utf-8", NAME.encode())}"'.encode(),
}


def named(field: bytes, kind: bytes = b"image/png") -> list[str]:
    head = b"Subject: x\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: "
    found = reading.read(HEAD.encode() + head + field + b"\r\n\r\n" + base64.encodebytes(PICTURE))
    assert [each.content for each in found.attached] == [PICTURE]
    return [each.name for each in found.attached]


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_the_name_is_the_one_that_was_given(field: bytes) -> None:
    assert named(field) == [NAME]


def test_the_older_name_counts_where_there_is_no_other() -> None:
    assert named(b"attachment", b'image/png; name="' + NAME.encode("gbk") + b'"') == [NAME]
    assert named(b"attachment") == ["image/png"]


@pytest.mark.parametrize(
    "broken",
    [b'"=?utf-8?B?5ryP5rC?="', b'"100% sure.png"', b"*=nonsense''%FF%FE.png", b'"=?x?q?', b"*0*=''%E6; filename*9=x"],
)
def test_a_broken_name_stops_nothing(broken: bytes) -> None:
    assert named(b"attachment; filename" + (b"" if broken.startswith(b"*") else b"=") + broken)
