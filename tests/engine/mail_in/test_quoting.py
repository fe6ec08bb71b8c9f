"""What somebody wrote now, told from what their mail program quoted."""

import pytest

from engine.mail_in import reading
from tests.engine.mail_in.making import ANSWER, HEAD, mail, multi, page, picture, plain

pytestmark = pytest.mark.fault(15)

NEW = "更严重了，请尽快来人"
OLD = "您好，您反映的事项已登记。"
BLOCK = "收件人: feng@example.test\n主题: 已收到\n\n"

HEADS = {
    "Gmail": "On Mon, Nov 16, 2026 at 10:31 AM 阳光物业 <care@example.test> wrote:\n\n> ",
    "Gmail in two lines": "On Mon, Nov 16, 2026 at 10:31 AM 阳光物业客户服务中心 <\ncare@example.test> wrote:\n\n> ",
    "Gmail in two other lines": "On Mon, Nov 16, 2026 at 10:31 AM Care <care@example.test>\nwrote:\n\n> ",
    "Gmail in Chinese": "阳光物业 <care@example.test> 于2026年11月16日周一 10:31写道：\n\n> ",
    "Gmail in Chinese, two lines": "阳光物业 <care@example.test> 于2026年11月16日周一\n10:31写道：\n\n> ",
    "Gmail in Taiwan": "阳光物业 <care@example.test> 於 2026年11月16日 週一 上午10:31寫道：\n\n> ",
    "Gmail in German": "Am Mo., 16. Nov. 2026 um 10:31 Uhr schrieb Care <\ncare@example.test>:\n\n> ",
    "Gmail in French": "Le lun. 16 nov. 2026 à 10:31, Care <care@example.test> a écrit :\n\n> ",
    "Gmail in Spanish": "El lun, 16 nov 2026 a las 10:31, Care (<care@example.test>) escribió:\n\n> ",
    "Gmail in Japanese": "2026年11月16日(月) 10:31 care <care@example.test>:\n\n> ",
    "QQ": f'------------------\xa0原始邮件\xa0------------------\n发件人: "care";\n发送时间: 2026年11月16日\n{BLOCK}',
    "QQ, the newer one": f"原始邮件\n\n\n发件人：care <care@example.test>\n发件时间：2026年11月16日 10:31\n{BLOCK}",
    "QQ on a phone": '---Original---\nFrom: "care"<care@example.test>\nDate: Mon, Nov 16, 2026\nTo: feng\n',
    "163": '在 2026-11-16 10:31:00，"阳光物业" <care@example.test> 写道：\n',
    "163 in English": 'At 2026-11-16 10:31:00, "=?" <care@example.test> wrote:\n',
    "163 with marks": "在 2026-11-16 10:31:00，care@example.test 写道：\n>",
    "网易 on a phone": "---- 回复的原邮件 ----\n| 发件人 | care |\n| 日期 | 2026年11月16日 |\n",
    "Outlook in Chinese": f"发件人: care <care@example.test>\n发送时间: 2026年11月16日 10:31\n{BLOCK}",
    "Outlook in bold": "*From:* care\n*Sent:* Monday, November 16, 2026 10:31 AM\n*To:* Feng\n*Subject:* We\n\n",
    "Outlook, older": "-----Original Message-----\nFrom: care\nSent: Monday\nTo: Feng\nSubject: We\n\n",
    "Outlook under a line": "________________________________\nFrom: care\nSent: Monday\nTo: Feng\nSubject: We\n",
    "Outlook in German": "Von: care\nGesendet: Montag, 16. November 2026 10:31\nAn: Feng\nBetreff: We\n\n",
    "Outlook in German, older": "-----Ursprüngliche Nachricht-----\nVon: care\nGesendet: Montag\nAn: Feng\n\n",
    "GMX": "Gesendet: Montag, 16. November 2026 um 10:31 Uhr\nVon: care@example.test\nAn: feng\nBetreff: We\n",
    "Outlook in French": "De : care\nEnvoyé : lundi 16 novembre 2026\nÀ : Feng\nObjet : We\n\n",
    "Outlook in Spanish": "De: care\nEnviado el: lunes\nPara: Feng\nAsunto: We\n\n",
    "Outlook in Japanese": "差出人: care\n送信日時: 2026年11月16日\n宛先: Feng\n件名: We\n\n",
    "Outlook in Taiwan": "寄件者: care\n寄件日期: 2026年11月16日\n收件者: feng\n主旨: We\n\n",
    "Foxmail": f"发件人： care\n发送时间： 2026-11-16 10:31\n{BLOCK}",
    "Alimail": "------------------------------\n发件人：care\n日　期：2026年11月16日\n收件人：feng\n主　题：We\n\n",
    "139": "----邮件原文----\n发件人：care\n收 件 人：feng\n发送时间：2026-11-16 10:31:00\n主题：We\n\n",
    "Thunderbird": "On 16.11.2026 10:31, Sunshine wrote:\n> ",
    "Thunderbird in Chinese": "在 2026/11/16 10:31, 阳光物业 写道:\n> ",
    "Thunderbird in German": "Am 16.11.2026 um 10:31 schrieb Sonnenschein:\n> ",
    "iPhone": "> 在 2026年11月16日，上午10:31，阳光物业 <care@example.test> 写道：\n> \n> ",
    "iPhone in English": "> On Nov 16, 2026, at 10:31, care <care@example.test> wrote:\n> \n> \ufeff",
    "marks alone": "> ",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("fields", [ANSWER, "Subject: 楼道\r\n"], ids=["an answer", "a subject of its own"])
@pytest.mark.parametrize("gap", ["\n\n", "\n"], ids=["a gap", "no gap"])
def test_the_words_above_a_quotation_count(head: str, fields: str, gap: str) -> None:
    found = reading.read(mail(plain(f"{NEW}{gap}{head}{OLD}"), head=HEAD + fields))
    assert found.text == NEW
    assert OLD in found.quoted


@pytest.mark.parametrize("head", [each for each in HEADS.values() if each.endswith("\n> ") and each[0] != ">"])
def test_words_below_and_between_marked_lines_count(head: str) -> None:
    found = reading.read(mail(plain(f"{head}{OLD}\n> 请问几点方便？\n\n晚上七点\n\n> 谢谢\n{NEW}"), head=HEAD + ANSWER))
    assert found.text == f"晚上七点\n\n{NEW}"
    assert "几点方便" in found.quoted


MARKED = {
    "Gmail": '<div dir=ltr>NEW</div><br><div class="gmail_quote gmail_quote_container"><div dir=ltr class=gmail_attr>'
    "某人 &lt;care@example.test&gt; 于2026年11月16日周一 10:31写道：<br></div><blockquote class=gmail_quote>OLD</blockquote></div>",
    "QQ": "<div>NEW</div><div><includetail><div>&nbsp;</div><div style='color:#000'><div style='font-size:12px'>"
    "------------------&nbsp;原始邮件&nbsp;------------------</div><div><b>发件人:</b>&nbsp;care</div><div>OLD</div></div></includetail></div>",
    "163": '<div><p>NEW</p><div id=divNeteaseMailCard></div><pre><br>在 2026-11-16 10:31:00，"care" &lt;care@example.test&gt; 写道：<br>'
    "</pre><blockquote id=isReplyContent style='BORDER-LEFT: #ccc 1px solid'>OLD</blockquote></div>",
    "网易": "<p>NEW</p><div class=ntes-mailmaster-quote><div>---- 回复的原邮件 ----</div><table><tr><td>发件人<td>care</table>OLD</div>",
    "Outlook": "<div>NEW</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>Odesílatel:</b> care</div><div>OLD</div>",
    "Outlook from Word": "<p class=MsoNormal>NEW</p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'>"
    "<p><b>发件人:</b> care<br><b>发送时间:</b> 2026<br><b>收件人:</b> f<br><b>主题:</b> We</p></div></div><p>OLD</p>",
    "Outlook, the newer one": "<div>NEW</div><div id=mail-editor-reference-message-container><b>From: </b>care<br>OLD</div>",
    "Foxmail": "<div>NEW</div><blockquote style='margin-Left: 0.5em'><div>&nbsp;</div><div style='border-top:solid #B5C4DF 1.0pt'>"
    "<div style='background:#efefef'><div><b>发件人：</b>care</div><div><b>发送时间：</b>2026</div><div><b>收件人：</b>f</div>"
    "<div><b>主题：</b>We</div></div></div><div>OLD</div></blockquote>",
    "Apple Mail": "NEW<br><div><blockquote type=cite><div>On Nov 16, 2026, at 10:31, care &lt;c@example.test&gt; wrote:</div>OLD</blockquote></div>",
    "iPhone": "NEW<div dir=ltr><br><blockquote type=cite>在 2026年11月16日，上午10:31，care &lt;c@example.test&gt; 写道：<br></blockquote></div>"
    "<blockquote type=cite><div>OLD</div></blockquote>",
    "Thunderbird": "<p>NEW</p><div class=moz-cite-prefix>在 2026/11/16 10:31, 某人 写道:<br></div><blockquote type=cite cite='mid:x'>OLD</blockquote>",
    "Yahoo": "<div>NEW</div><div id=yahoo_quoted_1 class=yahoo_quoted><div>On Monday, care wrote:</div>OLD</div>",
    "Proton": "<div>NEW</div><div class=protonmail_quote>On Monday care wrote:<br><blockquote type=cite>OLD</blockquote></div>",
    "a frame": "<div>NEW</div><blockquote style='border-left: 2px solid #ccc; margin: 0'>OLD</blockquote>",
}


@pytest.mark.parametrize("marked", MARKED.values(), ids=MARKED)
def test_quotations_of_pages_are_kept_apart(marked: str) -> None:
    body = page(f"<html><body>{marked.replace('NEW', NEW).replace('OLD', OLD)}</body></html>")
    for fields in (ANSWER, "Subject: 楼道\r\n"):
        found = reading.read(mail(body, head=HEAD + fields))
        assert found.text == NEW
        assert OLD in found.quoted


@pytest.mark.parametrize("subject", ["Fwd: 灯", "FW: 灯", "=?utf-8?b?6L2s5Y+R77ya?= 灯", "WG: Licht", "TR: lampe"])
@pytest.mark.parametrize(
    "head", [each for each in HEADS.values() if each.startswith(("On ", "发件人:", "-----O", "Von"))]
)
def test_what_is_passed_on_counts(subject: str, head: str) -> None:
    found = reading.read(mail(plain(f"请看下面\n\n{head}{OLD}"), f"Subject: {subject}"))
    assert found.text.startswith("请看下面")
    assert OLD in found.text
    assert found.quoted == ""


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- 转发邮件信息 --------",
        "-------- Weitergeleitete Nachricht --------",
        "下面是被转发的邮件：",
    ],
)
def test_a_line_that_passes_on_says_so_without_a_subject(head: str) -> None:
    assert OLD in reading.read(mail(plain(f"请看\n\n{head}\nFrom: Wu\nDate: x\nTo: y\n\n{OLD}"), "Subject: 灯")).text


@pytest.mark.parametrize(
    "words",
    [
        "From: 3-2-501\nThe lamp is dark.",
        "At 10:30 the guard wrote:\nno parking\non my door.",
        "他在群里写道：\n再不修就投诉\n我们都同意。",
        ">30 分钟没有人来",
        "On Sunday the lift stopped. On Monday too:\nnobody came.",
        "____________\n三楼也一样",
    ],
)
def test_words_that_only_look_like_a_head_count(words: str) -> None:
    assert reading.read(mail(plain(words), "Subject: x")).text == words


def test_an_answer_without_words_of_its_own_is_kept_whole_unless_it_brings_pictures() -> None:
    quoted = plain(f"在 2026-11-16 10:31:00，care@example.test 写道：\n> {OLD}")
    alone = reading.read(mail(quoted, head=HEAD + ANSWER))
    assert OLD in alone.text  # an answer may stand within, in a way that we do not know
    field = 'Content-Disposition: attachment; filename="a.png"'
    shown = reading.read(mail(multi("mixed", quoted, picture(field)), head=HEAD + ANSWER))
    assert (shown.text, [each.name for each in shown.attached]) == ("", ["a.png"])
    assert OLD in shown.quoted


@pytest.mark.parametrize("words", ["FYI", "请看下面", "见下："])
def test_words_that_only_point_to_somebody_elses_mail_pass_it_on(words: str) -> None:
    for subject in ("Subject: 三楼", "Subject: Re: 三楼"):
        for address in ("wu@elsewhere.test", "care@example.test"):
            block = f"发件人: x <{address}>\n发送时间: 2026\n收件人: y\n主题: z\n\n{NEW}"
            found = reading.read(mail(plain(f"{words}\n\n{block}"), subject), ["care@example.test"])
            passed_on = subject == "Subject: 三楼" and address == "wu@elsewhere.test"
            assert (NEW in found.text, NEW in found.quoted) == (passed_on, not passed_on)


def test_a_form_of_a_web_site_is_read_whole() -> None:
    form = f"New message:\n\nFrom: Wu\nDate: 2026-11-16\nSubject: lamp\nTo: care\n\n{NEW}"
    assert NEW in reading.read(mail(plain(form), "Reply-To: wu@example.test", "Subject: Contact")).text
