"""Mails within mails: signed, passed on, collected, and packed by Outlook."""

import base64
import struct

import pytest

from engine.mail_in import reading
from tests.engine.mail_in.making import PICTURE, mail, multi, page, part, picture, plain, signed

pytestmark = pytest.mark.fault(15)

SAID = "二号楼九层的防火门关不上。"
INNER = multi("mixed", page(f"<p>{SAID}</p>"), picture('Content-Disposition: attachment; filename="门.png"'))
BASE64 = "Content-Transfer-Encoding: base64"


def wrapped(content: bytes, kind: str = 'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"') -> bytes:
    return mail(part(kind, base64.encodebytes(content).decode(), BASE64), "Subject: x")


@pytest.mark.parametrize("endless", [False, True])
@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-mime; smime-type=signed-data",
        "application/x-pkcs7-mime",
        'application/octet-stream; name="a.p7m"',
    ],
)
def test_a_signed_mail_is_read_and_said_to_be_signed(endless: bool, kind: str) -> None:
    found = reading.read(wrapped(signed(INNER.encode(), endless=endless), kind))
    assert (found.text, found.notes) == (SAID, {"signed"})
    assert [(each.name, each.content) for each in found.attached] == [("门.png", PICTURE)]
    twice = signed(part("application/pkcs7-mime", base64.encodebytes(signed(INNER.encode())).decode(), BASE64).encode())
    assert reading.read(wrapped(twice)).text == SAID


ENVELOPED = bytes.fromhex("2a864886f70d010703")


@pytest.mark.parametrize(
    "content",
    [
        signed(b"x", kind=ENVELOPED),
        signed(INNER.encode())[:40],
        b"",
        b"\x30\x80" * 5_000,
        b"\xff" * 100,
        b"\x30\x84\xff\xff\xff\xff",
    ],
    ids=["encrypted", "cut", "empty", "endless", "no values", "too long"],
)
def test_what_cannot_be_opened_is_named_and_kept(content: bytes) -> None:
    found = reading.read(wrapped(content))
    assert (found.text, found.notes) == ("", {"encrypted"})
    assert [each.name for each in found.attached] == ["smime.p7m"]


def test_a_detached_signature_is_no_file() -> None:
    signature = part("application/pkcs7-signature; name=smime.p7s", "AAAA", BASE64)
    found = reading.read(mail(multi("signed", INNER, signature), "Subject: x"))
    assert (found.text, found.notes, len(found.attached)) == (SAID, {"signed"}, 1)


ENCLOSED = f"From: Wu <wu@example.test>\r\nTo: desk@example.test\r\nSubject: =?utf-8?b?6Zeo?=\r\n{INNER}"


@pytest.mark.parametrize(
    "enclosed",
    [
        part("message/rfc822", ENCLOSED),
        part("message/rfc822", ENCLOSED, 'Content-Disposition: attachment; filename="a.eml"'),
        part('application/octet-stream; name="a.eml"', base64.encodebytes(ENCLOSED.encode()).decode(), BASE64),
        part("message/rfc822", base64.encodebytes(ENCLOSED.encode()).decode(), BASE64),
        multi("digest", f"\r\n{ENCLOSED}"),
    ],
    ids=["within", "as a file", "as any file", "encoded", "a digest"],
)
def test_a_mail_within_a_mail_is_read_with_its_pictures(enclosed: str) -> None:
    found = reading.read(mail(multi("mixed", plain("请看附件里住户的来信"), enclosed), "Subject: FW: x"))
    assert found.text == f"请看附件里住户的来信\n\n── Wu <wu@example.test> · 门 ──\n{SAID}"
    assert [each.name for each in found.attached] == ["门.png"]
    assert found.answer_to == "feng@example.test"
    alone = reading.read(mail(enclosed, "Subject: x"))
    assert SAID in alone.text


def test_each_mail_of_a_digest_is_read_and_one_level_of_nesting_is() -> None:
    second = "From: Li <li@example.test>\r\nSubject: y\r\n\r\nThe gate is open."
    both = reading.read(mail(multi("digest", f"\r\n{ENCLOSED}", f"\r\n{second}"), "Subject: x")).text
    assert SAID in both
    assert "The gate is open." in both
    deeper = part("message/rfc822", f"From: a@b.test\r\nSubject: outer\r\n{part('message/rfc822', second)}")
    found = reading.read(mail(multi("mixed", plain("看"), deeper), "Subject: x"))
    assert "The gate is open." not in found.text
    assert [each.name for each in found.attached] == ["y.eml"]


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("<BII", 1, kind, len(value)) + value + struct.pack("<H", sum(value) % 65536)


def named(number: int, value: bytes, kind: int = 0x1F) -> bytes:
    return struct.pack("<IHHII", 1, kind, number, 1, len(value)) + value + bytes(-len(value) % 4)


def packed(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def test_what_outlook_packs_is_read() -> None:
    content = packed(
        attribute(0x0002800C, SAID.encode("gb18030") + b"\0"),
        attribute(0x00069002, bytes(14)),
        attribute(0x00018010, b"DOOR~1.PNG\0"),
        attribute(0x0006800F, PICTURE),
        attribute(0x00069005, named(0x3707, "门的照片.png\0".encode("utf-16-le"))),
    )
    body = base64.encodebytes(content).decode()
    held = part('application/ms-tnef; name="winmail.dat"', body, BASE64)
    found = reading.read(mail(multi("mixed", plain(""), held), "Subject: x"))
    assert found.text == SAID
    assert [(each.name, each.content) for each in found.attached] == [("门的照片.png", PICTURE)]
    marked = packed(attribute(0x00069003, named(0x1013, f"<p>{SAID}</p>".encode(), 0x102)))
    held = part("application/ms-tnef", base64.encodebytes(marked).decode(), BASE64)
    assert reading.read(mail(held, "Subject: x")).text == SAID


@pytest.mark.parametrize("content", [b"", b"winmail", packed(b"\1" * 30), packed(attribute(0x69003, b"\xff" * 40))])
def test_a_broken_pack_stops_nothing(content: bytes) -> None:
    held = part("application/ms-tnef", base64.encodebytes(content).decode(), BASE64)
    assert reading.read(mail(multi("mixed", plain("看"), held), "Subject: x")).text == "看"
