"""What happened to a letter is said and nothing else; a way that does not work is told to whoever can mend it."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import letters
from engine.company import people
from engine.core import clock, metrics
from engine.core.settings import Settings
from engine.core.store import Store
from engine.letters import Letter, LogWay, Outgoing, Recipient
from engine.letters.sending import NOT_SET_UP
from engine.letters.ways import Rejected, mail_id
from engine.mail_in import aside, taking
from engine.mail_in.taking import Found, Here
from engine.operations.watching import Present

HEAD = "Message-ID: <%s@mx.test>\r\nMIME-Version: 1.0\r\n"
REPORT = (
    "From: Mail Delivery System <MAILER-DAEMON@mx.test>\r\nTo: care@example.test\r\nReturn-Path: <>\r\n"
    "Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
    "Final-Recipient: rfc822; wang@example.test\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
    "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox\r\n\r\n"
    "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-ID: <{ours}@example.test>\r\n\r\n--b--\r\n"
)
RETURNED = (
    "From: PostMaster@qq.test\r\nTo: care@example.test\r\nSubject: =?utf-8?b?57O757uf6YCA5L+h?=\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n收件人邮箱不存在。\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: care@example.test\r\nMessage-ID: <{ours}@example.test>\r\n"
    "Subject: x\r\n\r\ny\r\n--b--\r\n"
)
AWAY = (
    "From: wang@example.test\r\nTo: care@example.test\r\nReturn-Path: <>\r\nSubject: Out of office\r\n"
    "Auto-Submitted: auto-replied\r\nIn-Reply-To: <{ours}@example.test>\r\n\r\nBack on Monday.\r\n"
)


class Post:
    """A way that answers what it is told to; by default it takes everything."""

    name = "mail"

    def __init__(self, answer: str = "") -> None:
        self.answer, self.sent = answer, list[Outgoing]()

    def reaches(self, to: Recipient) -> bool:
        return "@" in to.mail

    def send(self, given: list[Outgoing]) -> dict[str, str]:
        if self.answer:
            return dict.fromkeys((each.key for each in given), self.answer)
        self.sent += given
        return {}


def hire(store: Store, mail: str = "wang@example.test") -> int:
    with store.transaction() as session:
        person = people.add(session, "wang", "王敏", password="correct horse battery")
        person.mail = mail
        return person.id


def put(store: Store, person: int, key: str = "k", **facts: object) -> None:
    with store.transaction() as session:
        letters.put(session, key, "dispatch", ("person", person), {"number": "YGL-260302-0001", **facts})


def state(store: Store, key: str = "k") -> tuple[str, str | None]:
    with store.reading() as session:
        found = session.scalars(select(Letter).where(Letter.key == key)).one()
        assert (found.sent_at is None) == (found.state in ("waiting", "no_way", "given_up", "withdrawn")) or (
            found.state == "bounced"
        )
        return found.state, found.error


@pytest.mark.fault(22)
@pytest.mark.parametrize(
    ("mail", "why"), [("", "没有登记邮箱 / no mail address is known"), ("wang@example.test", NOT_SET_UP)]
)
def test_a_letter_to_somebody_without_a_way_is_not_sent(each_store: Store, mail: str, why: str) -> None:
    put(each_store, hire(each_store, mail))
    assert letters.send_due(each_store, letters.ways(Settings())) == 0
    assert state(each_store) == ("no_way", why)


@pytest.mark.fault(22)
def test_the_log_stands_in_for_a_way_in_demo_mode_only_and_is_named(store: Store) -> None:
    put(store, hire(store, ""))
    assert letters.send_due(store, letters.ways(Settings(demo=True))) == 1
    assert state(store) == ("logged", None)
    assert LogWay.name not in [way.name for way in letters.ways(Settings())]


@pytest.mark.fault(22)
def test_a_letter_waits_with_the_reason_is_handed_over_or_given_up(store: Store) -> None:
    person = hire(store)
    put(store, person)
    letters.send_due(store, [Post("421 try later")])
    assert state(store) == ("waiting", "421 try later")
    clock.turn(timedelta(minutes=2))
    letters.send_due(store, [Post()])
    assert state(store) == ("handed_over", None)
    put(store, person, "other", number="YGL-260302-0002")
    for _ in range(16):
        letters.send_due(store, [Post("421 try later")])
        clock.turn(timedelta(hours=24))
    assert state(store, "other") == ("given_up", "421 try later")


@pytest.mark.fault(22)
def test_an_address_that_does_not_exist_is_not_tried_again(store: Store) -> None:
    put(store, hire(store))
    letters.send_due(store, [Post(Rejected("550 no such user"))])
    assert state(store) == ("bounced", "550 no such user")
    with store.reading() as session:
        assert letters.outbox.read(session).waiting == 0
        assert letters.outbox.failing(session) == []  # the server answers


@pytest.fixture
def arrives(store: Store, tmp_path: Path) -> Callable[[str], str]:
    """Put a letter in a mail, let something come back, and return what became of what came back."""
    put(store, hire(store))
    letters.send_due(store, [Post()])
    here = Here(b"a key for mails, thirty-two bytes", tmp_path, ("care@example.test",))

    def arrive(mail: str, number: int = 1) -> str:
        content = (HEAD % number + mail.replace("{ours}", mail_id("k"))).encode()
        row, _ = taking.take(store, here, Found(number, 1, content))
        return f"{row.outcome} {row.reason}"

    return arrive


@pytest.mark.fault(22)
@pytest.mark.parametrize(
    ("mail", "becomes"),
    [
        (REPORT.replace("{action}", "failed"), ("bounced", "smtp; 550 5.1.1 no such mailbox")),
        (REPORT.replace("{action}", "delayed"), ("handed_over", None)),
        (REPORT.replace("{action}", "delivered"), ("delivered", None)),
        (RETURNED, ("bounced", "收件人邮箱不存在。")),
        (AWAY, ("handed_over", None)),
    ],
    ids=["failed", "delayed", "delivered", "no fields", "out of office"],
)
def test_what_comes_back_is_matched_to_its_letter(
    store: Store, arrives: Callable[[str], str], mail: str, becomes: tuple[str, str | None]
) -> None:
    said = arrives(mail)
    assert state(store) == becomes
    assert said == ("passed_over bounce" if becomes[0] == "handed_over" else "passed_over returned")


@pytest.mark.fault(22)
def test_a_report_about_somebody_elses_mail_changes_nothing(store: Store, arrives: Callable[[str], str]) -> None:
    assert arrives(REPORT.replace("{action}", "failed").replace("{ours}", "0" * 40)) == "passed_over bounce"
    assert state(store) == ("handed_over", None)
    with store.reading() as session:
        assert aside.RETURNED == "returned"
        assert session.scalars(select(Letter.state)).all() == ["handed_over"]


@pytest.mark.fault(25)
def test_a_way_that_fails_is_logged_once_a_minute_counted_and_forgotten_once_it_works(
    store: Store, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    person = hire(store)
    for number in range(3):
        put(store, person, f"k{number}")
    with caplog.at_level(logging.ERROR, "bihuan.outbox"):
        letters.send_due(store, [Post("connection refused")])
        put(store, person, "soon")
        clock.turn(timedelta(seconds=20))
        letters.send_due(store, [Post("connection refused")])
        assert [record.getMessage() for record in caplog.records if "no letter gets out" in record.getMessage()] == [
            "no letter gets out by mail since 2026-03-02T01:00+00:00: connection refused"
        ]
        clock.turn(timedelta(minutes=2))
        letters.send_due(store, [Post("connection refused")])
        assert caplog.text.count("no letter gets out") == 2
    with store.reading() as session:
        (failing,) = letters.outbox.failing(session)
        assert (failing.name, failing.error) == ("mail", "connection refused")
    figures = metrics.text(Present(store, Settings(home=tmp_path))).decode()
    assert 'bihuan_outbox_failing_seconds{way="mail"} 140.0' in figures
    assert 'bihuan_letters_refused_total{way="mail"}' in figures
    clock.turn(timedelta(hours=1))
    letters.send_due(store, [Post()])
    with store.reading() as session:
        assert letters.outbox.failing(session) == []
        assert letters.outbox.read(session).waiting == 0


@pytest.mark.fault(25)
def test_letters_to_the_staff_end_with_a_link_whatever_text_the_company_wrote(store: Store) -> None:
    person, post = hire(store), Post()
    link = "https://care.example.test/complaints/7"
    put(store, person, link=link)
    letters.send_due(store, [post])
    assert post.sent[0].text.endswith(f"\n{link}")
    for number in range(6):
        put(store, person, f"k{number}", link=f"{link}{number}")
    letters.send_due(store, [post])
    assert all(f"{link}{number}" in post.sent[1].text for number in range(6))
