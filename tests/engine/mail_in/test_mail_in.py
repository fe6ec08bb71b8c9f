"""Malicious mails: each is skipped, and the mails after it are read."""

from pathlib import Path

import pytest

from engine.core.store import Store
from engine.mail_in import markup, reading, taking
from engine.mail_in.taking import Found, Here

FROM = b"From: a@example.test\r\nMessage-ID: <1@example.test>\r\nMIME-Version: 1.0\r\n"
DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2_000))
HALF = b"Content-Type: text/plain; charset=%s\r\n\r\n+2AA- \\ud800"


def test_no_mail_stops_those_behind_it(store: Store, tmp_path: Path) -> None:
    here = Here(b"a key for mails, thirty-two bytes", tmp_path, ())
    row, fresh = taking.take(store, here, Found(1, 1, FROM + DEEP))
    assert (row.outcome, fresh) == ("failed", True)
    assert taking.take(store, here, Found(1, 1, FROM + DEEP))[0].id == row.id


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
