"""Incoming mail over the real protocols: contact forms, automatic answers, quotations, and what the desk sees of them."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from engine.company.people import Person
from engine.complaints.limits import thresholds
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.mail_in import aside, taking
from engine.operations.schedule import read_mail, send_letters
from tests.engine.mail_in.making import mail as made
from tests.engine.mail_in.making import part, plain, signed
from tests.mailbox import Mailbox
from tests.stories.hands import Hands
from tests.web.residents.seen import sent, words
from tests.web.residents.test_mail_in import WANG, Post, box, mail, post, received, running, settings

__all__ = ["box", "post", "running", "settings"]

pytestmark = pytest.mark.slow

Browser = Callable[[Person | None], FlaskClient]
FORM = {"From": "Website <noreply@website.test>", "Reply-To": f"王女士 <{WANG}>"}


@pytest.mark.fault(13)
def test_a_contact_form_registers_for_its_visitor_who_gets_number_and_link(
    store: Store, settings: Settings, box: Mailbox, post: Post
) -> None:
    box.put(bytes(mail(**FORM)))
    assert read_mail(store, settings) == 1
    (complaint,) = sent(store)
    assert (complaint.mail, complaint.person_name) == (WANG, "王女士")
    out = replace(settings, smtp_url=f"smtp://127.0.0.1:{post.port}", mail_from="care@example.test")  # type: ignore[attr-defined]
    send_letters(store, out)
    assert {str(each["To"]) for each in post.mails if complaint.number in str(each["Subject"])} == {f"王女士 <{WANG}>"}


@pytest.mark.fault(13)
def test_whom_a_web_site_names_cannot_add_to_what_they_wrote_themselves(
    store: Store, settings: Settings, box: Mailbox
) -> None:
    box.put(bytes(mail()))
    read_mail(store, settings)
    (first,) = sent(store)
    box.put(bytes(mail(f"Re: {first.number}", "我要撤诉", **FORM)))
    read_mail(store, settings)
    assert [each.outcome for each in received(store)] == ["complaint", "complaint"]
    assert "不是从登记该件的邮箱发出的" in sent(store)[1].text


@pytest.mark.fault(14)
def test_our_letters_ask_for_no_automatic_answer(store: Store, settings: Settings, box: Mailbox, post: Post) -> None:
    box.put(bytes(mail()))
    read_mail(store, settings)
    send_letters(store, replace(settings, smtp_url=f"smtp://127.0.0.1:{post.port}", mail_from="care@example.test"))  # type: ignore[attr-defined]
    assert {(each["Auto-Submitted"], each["X-Auto-Response-Suppress"]) for each in post.mails} == {
        ("auto-generated", "All")
    }


@pytest.mark.fault(14)
def test_what_looks_automatic_stands_where_the_desk_sees_it_and_can_be_registered(
    store: Store, settings: Settings, box: Mailbox, hands: Hands, browser: Browser
) -> None:
    box.put(bytes(mail("自动回复：已收到", "其实是我写的，三楼漏水。")), bytes(mail("自动回复：外出", "我在休假。")))
    assert read_mail(store, settings) == 0
    desk = browser(hands.person("agent"))
    assert "有 2 封来信没有受理" in words(desk.get("/desk"))
    page = words(desk.get("/desk/mails"))
    assert "其实是我写的，三楼漏水。" in page
    assert "自动回复或系统通知" in page
    first, second = received(store)
    assert desk.post(f"/desk/mails/{second.id}/seen").status_code == 303
    assert "有 1 封来信没有受理" in words(desk.get("/desk"))
    assert desk.post(f"/desk/mails/{first.id}/take").status_code == 303
    assert "封来信没有受理" not in words(desk.get("/desk"))
    assert read_mail(store, settings) == 1
    assert "三楼漏水" in sent(store)[0].text
    assert desk.post(f"/desk/mails/{first.id}/take").status_code == 404  # registered by now
    clock.turn(timedelta(days=31))
    assert "我在休假" not in words(desk.get("/desk/mails"))


@pytest.mark.fault(14)
def test_an_address_is_answered_a_few_times_a_day_whoever_writes_for_it_unless_there_is_danger(
    store: Store, settings: Settings, box: Mailbox, hands: Hands, browser: Browser
) -> None:
    with store.transaction() as session:
        thresholds.change(session, "mails_a_day", 2)
    senders = [f"form{n}@website.test" for n in range(4)]
    box.put(*(bytes(mail(f"第{n}件", **{**FORM, "From": sender})) for n, sender in enumerate(senders)))
    assert read_mail(store, settings) == 2
    assert [each.reason for each in received(store)] == ["", "", "many", "many"]
    assert "这个邮箱今天已受理很多封" in words(browser(hands.person("agent")).get("/desk/mails"))
    box.put(bytes(mail("着火了", "三楼着火了，快来人", **FORM)))
    assert read_mail(store, settings) == 1
    assert sent(store)[-1].danger_doubt
    assert sent(store)[-1].mail == "", "whoever is named may be a victim"
    assert f"（{WANG} 今天来信很多，可能有人冒用，这一件没有答复。）" in sent(store)[-1].text
    clock.turn(timedelta(days=1, minutes=1))
    box.put(bytes(mail("第二天", **FORM)))
    assert read_mail(store, settings) == 1


@pytest.mark.fault(14)
def test_invented_senders_close_the_mailbox_neither_to_danger_nor_for_good(
    store: Store,
    settings: Settings,
    box: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    hands: Hands,
    browser: Browser,
) -> None:
    monkeypatch.setattr(taking, "MOST_OF_ALL", 1)
    box.put(*(bytes(mail(f"第{n}件", From=f"x{n}@example.test")) for n in range(4)))
    box.put(bytes(mail("5号楼着火", "5号楼着火，有人被困")))
    assert read_mail(store, settings) == 2
    assert [each.outcome for each in received(store)] == ["complaint", "waiting", "waiting", "waiting", "complaint"]
    assert box.flags() == ["S"] * 5
    desk = browser(hands.person("agent"))
    assert "来信太多，过一小时自动再读" in words(desk.get("/desk/mails"))
    assert "稍后再读" in words(browser(hands.person("administrator")).get("/mailbox?outcome=waiting"))
    assert read_mail(store, settings) == 0
    assert desk.post(f"/desk/mails/{received(store)[2].id}/seen").status_code == 303  # nobody's: not read again
    assert desk.post(f"/desk/mails/{received(store)[3].id}/take").status_code == 303
    assert read_mail(store, settings) == 1
    clock.turn(taking.WINDOW)
    assert read_mail(store, settings) == 1
    assert [each.outcome for each in received(store)] == ["complaint", "complaint", "waiting", "complaint", "complaint"]
    assert sent(store)[-1].text.startswith("第1件")


@pytest.mark.fault(14)
def test_who_uses_up_a_senders_name_does_not_silence_their_danger(
    store: Store, settings: Settings, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_FROM_SENDER", 1)
    box.put(*(bytes(mail(f"第{n}件")) for n in range(2)), bytes(mail("着火了", "三楼着火了，有人被困")))
    read_mail(store, settings)
    assert [each.outcome for each in received(store)] == ["complaint", "failed", "complaint"]
    assert sent(store)[-1].danger_doubt


@pytest.mark.fault(14)
def test_a_mail_that_names_no_community_is_seen_by_every_desk(
    store: Store, settings: Settings, box: Mailbox, hands: Hands, browser: Browser
) -> None:
    box.put(bytes(mail("自动回复：已收到", "其实是我写的，三楼漏水。", To="care@example.test")))
    read_mail(store, settings)
    assert received(store)[0].community_id is None
    for desk in ("agent", "agent_2"):
        assert "其实是我写的" in words(browser(hands.person(desk)).get("/desk/mails"))
    with store.reading() as session:
        assert aside.of(session, hands.person("accountant")) == [], "who registers nothing sees nothing"


@pytest.mark.fault(15)
def test_a_signed_mail_is_read_and_readers_are_told_that_nobody_verified_it(
    store: Store, settings: Settings, box: Mailbox
) -> None:
    inner = base64.encodebytes(signed(plain("二楼防火门关不上。").encode())).decode()
    wrapped = part("application/pkcs7-mime; name=smime.p7m", inner, "Content-Transfer-Encoding: base64")
    box.put(made(wrapped, "Subject: =?utf-8?b?6Ziy54Gr6Zeo?="))
    assert read_mail(store, settings) == 1
    (complaint,) = sent(store)
    assert complaint.text == "（邮件带有数字签名，系统没有核验。）\n防火门\n\n二楼防火门关不上。"


def test_what_sounds_like_danger_stands_first_among_mails_set_aside(
    store: Store, settings: Settings, box: Mailbox, hands: Hands, browser: Browser
) -> None:
    box.put(bytes(mail("自动回复：急", "孩子被困在电梯里，快来人！")), bytes(mail("自动回复：外出", "我在休假。")))
    read_mail(store, settings)
    page = words(browser(hands.person("agent")).get("/desk/mails"))
    assert page.count("像有危险") == 1
    assert page.index("被困在电梯里") < page.index("我在休假")


@pytest.mark.fault(15)
def test_what_was_quoted_is_kept_apart_without_our_secret(
    store: Store, settings: Settings, box: Mailbox, hands: Hands, browser: Browser
) -> None:
    box.put(bytes(mail()))
    read_mail(store, settings)
    (complaint,) = sent(store)
    quoted = f"在 2026-11-16 10:31:00，care@example.test 写道：\n随时查看：https://care.test/c/{'a2' * 13}。"
    box.put(bytes(mail(f"Re: {complaint.number}", f"声音更大了。\n\n{quoted}")))
    assert read_mail(store, settings) == 1
    page = words(browser(hands.person("agent")).get(f"/complaints/{complaint.id}"))
    assert "声音更大了。" in page
    assert "来信里引用的内容" in page
    assert "随时查看：https://care.test/〔链接已隐去 link removed〕" in page
    assert "a2a2" not in page
