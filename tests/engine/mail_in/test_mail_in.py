"""Malicious mails: each is skipped, and the mails after it are read."""

import re
from pathlib import Path

import pytest

from engine.core.store import Store
from engine.mail_in import addresses, markup, reading, taking
from engine.mail_in.taking import Found, Here

pytestmark = pytest.mark.slow

FROM = b"From: a@example.test\r\nMessage-ID: <1@example.test>\r\nMIME-Version: 1.0\r\n"
DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2_000))
HALF = b"Content-Type: text/plain; charset=%s\r\n\r\n+2AA- \\ud800"


def test_no_mail_stops_those_behind_it(store: Store, tmp_path: Path) -> None:
    here = Here(b"a key for mails, thirty-two bytes", tmp_path, ())
    row, fresh = taking.take(store, here, Found(1, 1, FROM + DEEP))
    assert (row.outcome, fresh) == ("failed", True)
    assert taking.take(store, here, Found(1, 1, FROM + DEEP))[0].id == row.id


NULS = (
    b"From: Li <l\0i@example.test>\r\nSubject: a\r\n\r\nx",
    b"From: li@example.test\r\nReply-To: <zh\0ao@example.test>\r\nTo: c\0@example.test\r\n\r\nx",
)


@pytest.mark.fault(14)
@pytest.mark.parametrize("content", NULS, ids=["sender", "whom to answer"])
def test_no_address_holds_a_control_character(each_store: Store, tmp_path: Path, content: bytes) -> None:
    mail = reading.read(content)
    assert (mail.sender + mail.answer_to).isprintable()
    taking.take(each_store, Here(b"a key for mails, thirty-two bytes", tmp_path, ()), Found(1, 1, content))


@pytest.mark.fault(14)
def test_what_the_store_does_not_take_is_the_mails_fault(
    postgres_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "USABLE", re.compile("[^@]+@[^@]+"))  # as if a reader had let one through
    here = Here(b"a key for mails, thirty-two bytes", tmp_path, ())
    row, fresh = taking.take(postgres_store, here, Found(1, 1, NULS[0]))
    assert (row.outcome, row.sender, fresh) == ("failed", "", True)
    assert taking.take(postgres_store, here, Found(1, 1, NULS[0]))[1] is False


@pytest.mark.fault(14)
def test_a_file_without_name_is_named_by_what_can_be_kept() -> None:
    file = b"Content-Type: image/pn\0g\r\nContent-Disposition: attachment\r\n\r\nx"
    assert [each.name for each in reading.read(FROM + file).attached] == ["image/png"]


@pytest.mark.parametrize("charset", [b"utf-7", b"unicode_escape", b"raw_unicode_escape", b"punycode"])
def test_what_is_read_can_be_kept(charset: bytes) -> None:
    assert reading.read(FROM + HALF % charset).text.encode()


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<![", "</", "<script>", "<x='"])
def test_markup_without_end_costs_one_walk(piece: str) -> None:
    """A reader that starts again at each of them would take hours."""
    assert markup.text_of(f"<p>灯坏了</p>{piece * 300_000}").splitlines()[0] == "灯坏了"


def test_html_is_read_as_people_see_it() -> None:
    page = (
        "<html><head><title>x</title><style>p>a{}</style></head><body><p>灯 &amp; 门<br>3 < 5</p><!-- <p>no</p> -->"
        "<![if x]>是<![endif]><script>if (a<b) '</p>'</script><DIV>完</DIV>"
    )
    assert markup.text_of(page) == "灯 & 门\n3 < 5\n是\n完"
