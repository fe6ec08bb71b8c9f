"""Which part of a mail its sender wrote."""

import base64

import pytest

from engine.mail_in import reading
from tests.engine.mail_in.making import HEAD, mail, multi, page, part, picture, plain

pytestmark = pytest.mark.fault(12)

SAID = "五号楼西梯昨晚起停在九层，轮椅下不来。"
MARKED = f"<html><body><div>{SAID}</div></body></html>"
INLINE = ("Content-ID: <p1>", 'Content-Disposition: inline; filename="a.png"')
BASE64 = "Content-Transfer-Encoding: base64"


def text_of(body: str) -> str:
    return reading.read(mail(body, "Subject: x")).text


@pytest.mark.parametrize(
    "beside",
    [
        "",
        " \r\n\xa0\u200b\u3000\r\n",
        "Your e-mail client does not support HTML messages.",
        "您的邮件客户端不支持HTML格式，请使用网页邮箱查看。",
        "To view this message, please use an HTML compatible email viewer!",
        "Ihr Mailprogramm kann diese HTML-Nachricht leider nicht anzeigen.",
        "This e-mail is confidential and intended only for the addressee.",
        "本邮件及附件含有保密信息，仅限于收件人使用。",
        "___________\r\nScanned for viruses by the gateway.",
        "五号楼西梯...",
        SAID,
    ],
)
def test_the_alternative_that_says_something_counts(beside: str) -> None:
    assert text_of(multi("alternative", plain(beside), page(MARKED))) == SAID
    assert text_of(multi("alternative", page(MARKED), plain(beside))) == SAID
    within = multi("related", page(MARKED), picture(*INLINE))
    assert text_of(multi("alternative", plain(beside), within)) == SAID
    assert text_of(multi("mixed", multi("alternative", plain(beside), page(MARKED)))) == SAID


@pytest.mark.parametrize("marked", ["<img src='cid:p1'>", "<p>&nbsp;</p>", "<p>Scanned for viruses by us.</p>", ""])
def test_a_page_that_says_nothing_does_not_hide_the_plain_words(marked: str) -> None:
    assert text_of(multi("alternative", plain(SAID), page(f"<html><body>{marked}</body></html>"))) == SAID


@pytest.mark.parametrize(
    "footer",
    ["____________\r\nThis message was scanned.", "本邮件仅限于收件人使用。", "-- \r\nSent by the gateway"],
)
def test_what_a_gateway_adds_does_not_replace_what_was_written(footer: str) -> None:
    for body in (page(MARKED), multi("related", page(MARKED), picture(*INLINE)), plain(SAID)):
        assert text_of(multi("mixed", body, plain(footer))).startswith(SAID)
        assert SAID in text_of(multi("mixed", plain(footer), body))


def test_parts_of_mixed_all_count_and_copies_once() -> None:
    between = multi("mixed", page(MARKED), picture(*INLINE), page("<p>另外灯也坏了。</p>"))
    assert text_of(between) == f"{SAID}\n\n另外灯也坏了。"
    assert text_of(multi("alternative", plain(""), between)) == f"{SAID}\n\n另外灯也坏了。"
    assert text_of(multi("mixed", plain(SAID), page(MARKED))) == SAID
    assert text_of(multi("x-unheard-of", plain(SAID), plain("第二段"))) == f"{SAID}\n\n第二段"


def test_alternatives_that_have_nothing_in_common_are_both_kept() -> None:
    both = text_of(multi("alternative", plain("Programma werkt niet, neem contact op."), page(MARKED)))
    assert both.startswith(SAID)
    assert "neem contact op" in both


def test_the_root_of_related_is_the_text_wherever_it_stands() -> None:
    body = multi(
        "related", picture(*INLINE), page(MARKED, "Content-ID: <root>"), more='; type="text/html"; start="<root>"'
    )
    found = reading.read(mail(body, "Subject: x"))
    assert (found.text, [each.name for each in found.attached]) == (SAID, ["a.png"])


def test_a_file_of_text_counts_where_there_is_no_other() -> None:
    fields = 'Content-Disposition: attachment; filename="complaint.html"'
    found = reading.read(mail(multi("mixed", page(MARKED, fields)), "Subject: x"))
    assert (found.text, found.attached) == (SAID, ())
    beside = reading.read(mail(multi("mixed", plain("见附件"), page(MARKED, fields)), "Subject: x"))
    assert (beside.text, [each.name for each in beside.attached]) == ("见附件", ["complaint.html"])


@pytest.mark.parametrize(
    "markup",
    [
        "<p style='display:none'>预览</p><p>{}</p>",
        "<p style='DISPLAY : none !important'>预览</p><p>{}</p>",
        "<div hidden>预览</div>{}",
        "<div style='font-size:0px'>预览<span style='font-size:14px'>{}</span></div>",
        "<div style='max-height:0px;overflow:hidden'>预览</div>{}",
        "<div style='opacity:0'>预览</div><div style='opacity:0.9'>{}</div>",
        "<div style='mso-hide:all'>预览</div>{}",
        "<style>.pre{{display:none}} @media print{{.said{{display:none}}}}</style><p class=pre>预览</p><p class=said>{}</p>",
        "<p style='color:#ffffff'>预览</p><table bgcolor='#003366'><tr><td style='color:#fff'>{}</td></tr></table>",
        "<title>预览</title><script>预览</script><noscript>预览</noscript><select><option>预览</select>{}",
        "<!-- 预览 --><!--[if mso]>预览<![endif]-->{}",
    ],
)
def test_hidden_words_of_a_page_are_not_read(markup: str) -> None:
    assert text_of(page(markup.format(SAID))) == SAID


@pytest.mark.parametrize("really", ["gb2312", "gbk", "gb18030", "utf-8", "big5"])
@pytest.mark.parametrize(
    "said", ["gb2312", "gbk", "gb18030", "utf-8", "big5", "iso-8859-1", "us-ascii", "windows-1252", "x-unknown", ""]
)
def test_a_page_is_read_whatever_charset_it_claims(really: str, said: str) -> None:
    words = "五號樓電梯從昨晚起停在九樓，輪椅下不來，請儘快派人。" if really == "big5" else SAID
    kind = "Content-Type: text/html" + (f"; charset={said}" if said else "")
    body = f"{HEAD}Subject: x\r\n{kind}\r\n\r\n".encode() + f"<html><p>{words}</p></html>".encode(really)
    assert reading.read(body).text == words


@pytest.mark.parametrize("said", ["utf-8", "iso-8859-1", "us-ascii", ""])
def test_western_letters_stay_western(said: str) -> None:
    kind = "Content-Type: text/plain" + (f"; charset={said}" if said else "")
    body = f"{HEAD}Subject: x\r\n{kind}\r\n\r\n".encode() + "Die Tür für größere Wagen klemmt".encode("latin-1")
    assert reading.read(body).text == "Die Tür für größere Wagen klemmt"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (base64.encodebytes((SAID * 4).encode()).decode() + "\r\n____\r\nScanned by gateway\r\n", BASE64),
        ("> " + base64.b64encode(SAID.encode()).decode(), "Content-Transfer-Encoding: Base64 "),
        (base64.b64encode(SAID.encode()).decode().rstrip("="), BASE64),
        (SAID, BASE64),
        ("".join(f"={byte:02x}" for byte in SAID.encode()) + "=Z=", "Content-Transfer-Encoding: quoted-printable"),
    ],
    ids=["a footer after it", "marked, odd case", "no padding", "not encoded at all", "broken escapes"],
)
def test_a_broken_transfer_encoding_loses_no_words(body: str, field: str) -> None:
    assert SAID in text_of(plain(body, field))


def test_one_broken_byte_does_not_garble_the_rest() -> None:
    body = f"{HEAD}Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".encode() + SAID.encode() + b"\xe5"
    assert reading.read(body).text.startswith(SAID)


def test_flowed_lines_are_put_together() -> None:
    kind = "text/plain; charset=utf-8; format=flowed"
    assert text_of(part(kind, "The lamp at \r\nthe gate \r\nis dark.\r\n From here on")) == (
        "The lamp at the gate is dark.\nFrom here on"
    )
    assert text_of(part(f"{kind}; delsp=yes", f"{SAID[:8]} \r\n{SAID[8:]}")) == SAID


def test_a_page_that_is_called_plain_text_is_read_as_a_page() -> None:
    assert text_of(plain(f"<!DOCTYPE html><html><body><p>{SAID}</p></body></html>")) == SAID
