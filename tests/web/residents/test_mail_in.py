"""Incoming mail over the real protocols: a mailbox that is read, a mail server that takes outgoing mail."""

import base64
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask.testing import FlaskClient
from sqlalchemy import select

from engine import files
from engine.company import places
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.resident import resident_acts
from engine.complaints.timeline import timeline
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.mail_in import ReceivedMail, reading, taking
from engine.mail_in import mailbox as state
from engine.operations.schedule import prune, read_mail, send_letters
from tests.mailbox import Mailbox, mailbox
from tests.stories.hands import Hands
from tests.web.residents.seen import photo, sent, words

pytestmark = pytest.mark.slow

WANG = "wang@example.test"


class Post:
    """Mails that the mail server received."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Receive one."""
        self.mails.append(BytesParser(policy=policy.default).parsebytes(envelope.content))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture(scope="module")
def running() -> Iterator[Mailbox]:
    """The server, shared by all tests."""
    with mailbox() as found:
        yield found


@pytest.fixture
def box(running: Mailbox) -> Iterator[Mailbox]:
    """An empty mailbox."""
    yield running
    running.empty()


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server."""
    found = Post()
    controller = Controller(found, hostname="127.0.0.1", port=0)
    controller.port = _free_port()
    controller.start()
    found.port = controller.port  # type: ignore[attr-defined]
    yield found
    controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(settings: Settings, box: Mailbox) -> Settings:
    """Settings with a mailbox."""
    return replace(
        settings,
        imap_url=box.url,
        mail_plain=True,
        mail_from="阳光物业 <care@example.test>",
        public_url="https://care.test",
    )


def mail(subject: str = "楼道灯坏了", text: str = "三楼的灯不亮了，晚上看不清。", **headers: str) -> EmailMessage:
    made = EmailMessage()
    given = {"From": f"王女士 <{WANG}>", "To": "care+ygl@example.test", "Subject": subject, **headers}
    given.setdefault("Message-ID", f"<{abs(hash((subject, text, *given.items())))}@example.test>")
    for name, value in given.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def received(store: Store) -> list[ReceivedMail]:
    with store.reading() as session:
        return list(session.scalars(select(ReceivedMail).order_by(ReceivedMail.id)))


def test_a_mail_becomes_a_complaint_and_its_sender_gets_number_and_link(
    store: Store, settings: Settings, box: Mailbox, post: Post, client: FlaskClient
) -> None:
    letter = mail()
    letter.add_attachment(photo().getvalue(), "image", "jpeg", filename="灯.jpg")
    letter.add_attachment(b"MZ...", "application", "octet-stream", filename="看看.exe")
    box.put(bytes(letter))
    assert read_mail(store, settings) == 1
    (complaint,) = sent(store)
    assert (complaint.channel, complaint.mail, complaint.person_name) == ("mail", WANG, "王女士")
    assert complaint.number.startswith("YGL-")
    assert complaint.text.startswith("楼道灯坏了\n\n三楼的灯不亮了")
    assert "未收录的附件：看看.exe" in complaint.text
    with store.reading() as session:
        assert [each.original_name for each in files.of_complaint(session, complaint.id)] == ["灯.jpg"]
    assert box.flags() == ["S"]
    out = replace(settings, smtp_url=f"smtp://127.0.0.1:{post.port}", mail_from="care@example.test")  # type: ignore[attr-defined]
    send_letters(store, out)
    receipts = [each for each in post.mails if WANG in str(each["To"])]
    assert len(receipts) == 1
    assert complaint.number in str(receipts[0]["Subject"])
    link = receipts[0].get_content().split("https://care.test", 1)[1].split()[0].rstrip("。")
    assert "三楼的灯不亮了" in words(client.get(link))
    answer = mail("Re: 谢谢", "是五单元，不是四单元。\n\n> 随时查看进展", In_Reply_To=str(receipts[0]["Message-ID"]))
    box.put(bytes(answer))
    assert read_mail(store, settings) == 1
    with store.reading() as session:
        told = timeline.for_resident(session, sent(store)[0])
    assert told[-1].note == "是五单元，不是四单元。"


def test_the_same_mail_counts_once_whatever_happens_in_between(store: Store, settings: Settings, box: Mailbox) -> None:
    box.put(bytes(mail()), bytes(mail()))
    assert read_mail(store, settings) == 1
    box.unsee()
    read_mail(store, settings)
    assert len(sent(store)) == len(received(store)) == 1
    assert box.flags() == ["S", "S"]


def test_only_the_address_of_a_matter_adds_to_it(store: Store, settings: Settings, box: Mailbox) -> None:
    box.put(bytes(mail()))
    read_mail(store, settings)
    (first,) = sent(store)
    about = f"回复：[{first.number}]"
    box.put(
        bytes(mail(about, "我要撤诉", From="chen@elsewhere.test")),
        bytes(mail(about, "我要撤诉了", Authentication_Results="mx.example.test; dmarc=fail header.from=example.test")),
        bytes(mail(about, "灯又亮了一下")),
    )
    read_mail(store, settings)
    every = sent(store)
    assert [each.outcome for each in received(store)] == ["complaint", "complaint", "complaint", "joined"]
    assert all(f"来信提到 {first.number}，但不是从登记该件的邮箱发出的" in each.text for each in every[1:])
    assert all(each.repeat_of_id is None for each in every)
    with store.reading() as session:
        notes = [each.note for each in timeline.for_resident(session, every[0])]
    assert notes[-1] == "灯又亮了一下"
    assert "我要撤诉" not in notes


def test_a_home_of_one_community_is_not_taken_along_to_another(store: Store, settings: Settings, box: Mailbox) -> None:
    box.put(bytes(mail()))
    assert read_mail(store, settings) == 1
    with store.transaction() as session:
        home = session.get_one(Place, sent(store)[0].community_id)
        places.add(session, "community", session.get_one(Place, home.parent_id), "hbw", "湖滨湾")
        lives = Household(community_id=home.id, label="3栋2单元501")
        session.add(lives)
        session.flush()
        session.get_one(Complaint, sent(store)[0].id).household_id = lives.id
    box.put(bytes(mail("停车", "门口被占了。", To="care+hbw@example.test")))
    assert read_mail(store, settings) == 1
    assert sent(store)[-1].household_id is None


def test_an_answer_to_what_has_ended_is_a_new_complaint_that_names_it(
    store: Store, settings: Settings, box: Mailbox
) -> None:
    box.put(bytes(mail()))
    read_mail(store, settings)
    with store.transaction() as session:
        resident_acts.withdraw(session, session.scalars(select(Complaint)).one())
    (first,) = sent(store)
    box.put(bytes(mail(f"Re: {first.number}", "又坏了")))
    read_mail(store, settings)
    again = sent(store)[1]
    assert (again.repeat_of_id, again.is_open) == (first.id, True)
    assert f"接续 {first.number}" in again.text


def test_what_names_no_community_stands_apart_until_somebody_moves_it(
    store: Store, settings: Settings, box: Mailbox
) -> None:
    box.put(bytes(mail(To="care@example.test")))
    read_mail(store, settings)
    (complaint,) = sent(store)
    with store.reading() as session:
        assert session.get_one(Place, complaint.community_id).code == "UNASSIGNED"
    box.put(bytes(mail("又一件", To="care+HBY@example.test")), bytes(mail("第三件", To="care@example.test")))
    read_mail(store, settings)
    with store.reading() as session:  # the sender's address is known by now
        places = [session.get_one(Place, each.community_id).code for each in sent(store)]
    assert places == ["UNASSIGNED", "HBY", "HBY"]


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto-Submitted": "auto-replied"}, "automatic"),
        ({"Precedence": "bulk"}, "list"),
        ({"List-Id": "<news.example.test>"}, "list"),
        ({"Return-Path": "<>"}, "bounce"),
        ({"X-Autoreply": "yes"}, "automatic"),
        ({"From": "MAILER-DAEMON@example.test"}, "bounce"),
        ({"From": "No-Reply@shop.test"}, "automatic"),
        ({"From": "care@example.test"}, "own"),
        ({"Auto-Submitted": "no"}, ""),
    ],
)
def test_machines_are_told_from_people(headers: dict[str, str], why: str) -> None:
    assert reading.read(bytes(mail(**headers)), ["care@example.test"]).automatic == why


def test_machines_are_never_answered(store: Store, settings: Settings, box: Mailbox) -> None:
    report = b"From: <x@y.test>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n--b--\r\n"
    box.put(bytes(mail("自动答复：外出", "我在休假", Auto_Submitted="auto-replied")), report)
    assert read_mail(store, settings) == 0
    assert sent(store) == []
    assert [(each.outcome, each.reason) for each in received(store)] == [
        ("passed_over", "automatic"),
        ("passed_over", "bounce"),
    ]
    assert box.flags() == ["S", "S"]
    clock.turn(timedelta(days=181))
    prune(store, settings)
    assert {(each.sender, each.subject) for each in received(store)} == {("", "")}  # known, but not who it was


def encoded(charset: str, words: str) -> bytes:
    return f"=?{charset}?B?".encode() + base64.b64encode(words.encode("gb18030")) + b"?="


@pytest.mark.parametrize(
    ("head", "body", "subject", "text"),
    [
        (b"Subject: " + encoded("gb2312", "镕灯坏了"), "楼道镕灯不亮".encode("gb18030"), "镕灯坏了", "楼道镕灯不亮"),
        (b"Subject: " + "灯坏了".encode("gb18030"), "不亮".encode("gb18030"), "灯坏了", "不亮"),
        (b"Subject: =?x-nonsense?Q?=B5=C6?=\r\nContent-Type: text/plain; charset=nonsense", b"\xb5\xc6", "灯", "灯"),
        (b"Subject: x\x1b[31m\xe2\x80\xae", b"<b>no</b> \x00end", "x[31m", "<b>no</b> end"),
        (
            b"Subject: =?utf-8?Q?a?=\r\nContent-Type: text/html; charset=gb2312",
            "<style>x</style><p>您好</p><script>y</script>灯&nbsp;坏<br>了".encode("gb18030"),
            "a",
            "您好\n灯 坏\n了",
        ),
        (
            b"Subject: q\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=GBK",
            b"=B5=C6=\r\n=BB=B5",
            "q",
            "灯坏",
        ),
    ],
    ids=["gbk called gb2312", "raw 8 bit", "unknown charset", "control marks", "html", "quoted-printable"],
)
def test_words_are_read_whatever_they_were_written_in(head: bytes, body: bytes, subject: str, text: str) -> None:
    found = reading.read(b"From: a@b.test\r\n" + head + b"\r\n\r\n" + body)
    assert (found.subject, found.text) == (subject, text)


def test_what_cannot_be_taken_is_flagged_named_and_read_again_when_asked(
    store: Store,
    settings: Settings,
    box: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    hands: Hands,
    browser: Callable[[Person | None], FlaskClient],
) -> None:
    monkeypatch.setattr(taking, "MOST_FROM_SENDER", 2)
    box.put(b"Subject: nobody\r\n\r\nwho?", *(bytes(mail(f"第{n}件")) for n in range(3)))
    read_mail(store, settings)
    failed = [each for each in received(store) if each.outcome == "failed"]
    assert "没有可用的发件人" in failed[0].reason
    assert "尝试次数过多" in failed[1].reason  # the third in an hour
    assert len(sent(store)) == 2
    assert box.flags() == ["SF", "S", "S", "SF"]
    admin = browser(hands.person("administrator"))
    page = words(admin.get("/mailbox?outcome=failed"))
    assert "尝试次数过多" in page
    assert "第2件" in page
    assert "第0件" not in page
    assert admin.post(f"/mailbox/{failed[1].id}/again").status_code == 303
    assert read_mail(store, settings) == 1
    assert sent(store)[-1].text.startswith("第2件")
    assert browser(hands.person("manager")).get("/mailbox").status_code == 403


def test_a_mailbox_that_does_not_answer_is_told_and_read_when_it_does(
    store: Store, settings: Settings, box: Mailbox
) -> None:
    box.put(bytes(mail()))
    wrong = replace(settings, imap_url=box.url.replace("127.0.0.1", "127.0.0.1").replace(str(box.port), "1"))
    assert read_mail(store, wrong) == 0
    with store.reading() as session:
        assert "refused" in state(session).error.casefold()
    clock.turn(resident_acts.WINDOW)
    assert read_mail(store, settings) == 1
    with store.reading() as session:
        assert (state(session).error, state(session).read_at) == ("", clock.now())


@pytest.mark.fault(10)
def test_no_mailbox_is_read_in_plain_text_unless_the_settings_say_so(
    store: Store, settings: Settings, box: Mailbox
) -> None:
    box.put(bytes(mail()))
    assert read_mail(store, replace(settings, mail_plain=False)) == 0
    with store.reading() as session:
        assert "BIHUAN_MAIL_PLAIN" in state(session).error
    assert box.flags() == [""]
