"""The outbox: nothing is lost, nothing is sent before its cause is committed, duplicates can be recognised."""

import socket
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import letters as outbox
from engine.company import people
from engine.core import clock
from engine.core.errors import Unclear, WrongSettings
from engine.core.settings import Settings
from engine.core.store import Store
from engine.letters import Letter, LogWay, MailWay, Outgoing, Recipient
from engine.letters.texts import FIELDS, fill, shipped

pytestmark = pytest.mark.slow

DUE = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


class Post:
    """A transport that records messages, and refuses those it is told to refuse."""

    name = "post"

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.refuses = 0

    def reaches(self, to: Recipient) -> bool:
        return True

    def send(self, letters: list[Outgoing]) -> dict[str, str]:
        if self.refuses:
            self.refuses -= 1
            return {letter.key: "421 try later" for letter in letters}
        self.sent += letters
        return {}


@pytest.fixture
def post() -> Post:
    return Post()


def wang(store: Store, language: str = "zh") -> int:
    with store.transaction() as session:
        person = people.add(session, "wang", "王敏", password="correct horse battery")
        person.mail, person.language = "wang@example.test", language
        return person.id


def put(store: Store, person: int, key: str = "k", case: int = 1, **facts: object) -> bool:
    with store.transaction() as session:
        known = {"number": "YGL-260302-0001", "community": {"zh": "阳光里", "en": "Sunny Lane"}, **facts}
        return outbox.put(session, key, "dispatch", ("person", person), known, case)


def letter(store: Store) -> Letter:
    with store.reading() as session:
        return session.scalars(select(Letter)).one()


def test_a_letter_goes_out_once_in_the_readers_language(each_store: Store, post: Post) -> None:
    person = wang(each_store, "en")
    assert put(each_store, person, due=DUE)
    assert not put(each_store, person, due=DUE)  # the same key
    assert outbox.send_due(each_store, [post]) == 1
    assert outbox.send_due(each_store, [post]) == 0
    (sent,) = post.sent
    assert sent.subject == "New task: YGL-260302-0001"
    assert sent.text == (
        "YGL-260302-0001 at Sunny Lane has been dispatched to you. Please contact the resident by 2 Mar 18:30."
    )
    assert letter(each_store).way == "post"


def test_nothing_goes_out_for_what_was_not_committed(store: Store, post: Post) -> None:
    person = wang(store)
    with store.reading() as session:  # never commits
        outbox.put(session, "k", "dispatch", ("person", person), {}, 1)
    assert outbox.send_due(store, [post]) == 0


def test_a_letter_that_fails_is_tried_again_later_each_time_and_given_up_in_the_end(store: Store, post: Post) -> None:
    put(store, wang(store))
    post.refuses = 1
    assert outbox.send_due(store, [post]) == 0
    assert letter(store).error == "421 try later"
    assert outbox.send_due(store, [post]) == 0  # not due yet
    clock.turn(timedelta(minutes=1))
    assert outbox.send_due(store, [post]) == 1
    assert letter(store).error is None
    post.refuses = 100
    put(store, 1, "other")
    tries = 0
    for _ in range(40):
        outbox.send_due(store, [post])
        clock.turn(timedelta(hours=6))
        tries = 100 - post.refuses
    assert tries == 12


def test_a_machine_that_stops_while_sending_sends_again(store: Store, post: Post) -> None:
    put(store, wang(store))

    class Dies(Post):
        def send(self, letters: list[Outgoing]) -> dict[str, str]:
            self.sent += letters
            raise KeyboardInterrupt

    dying = Dies()
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due(store, [dying])
    clock.turn(timedelta(minutes=1))
    assert outbox.send_due(store, [post]) == 1
    assert post.sent[0].key == dying.sent[0].key


def test_two_workers_never_send_the_same_letter(postgres_store: Store, post: Post) -> None:
    put(postgres_store, wang(postgres_store))
    other = Post()

    class Slow(Post):
        def send(self, letters: list[Outgoing]) -> dict[str, str]:
            assert outbox.send_due(postgres_store, [other]) == 0  # while this one is being sent
            return super().send(letters)

    assert outbox.send_due(postgres_store, [Slow()]) == 1
    with postgres_store.transaction() as session:
        outbox.put(session, "held", "reminder", ("person", 1), {})
    with postgres_store.transaction() as session:
        session.scalars(select(Letter).where(Letter.key == "held").with_for_update()).one()
        assert outbox.send_due(postgres_store, [other]) == 0  # skipped, not waited for
    assert outbox.send_due(postgres_store, [other]) == 1


def test_whoever_is_gone_gets_nothing_and_the_reason_is_kept(store: Store, post: Post) -> None:
    put(store, 999)
    assert outbox.send_due(store, [post]) == 0
    gone = letter(store)
    assert gone.due_at is None
    assert "no longer there" in str(gone.error)


def test_many_letters_go_out_in_one_pass(store: Store, post: Post) -> None:
    person = wang(store)
    with store.transaction() as session:
        for number in range(120):
            outbox.put(session, f"k{number}", "reminder", ("person", person), {"number": number})
    assert outbox.send_due(store, [post]) == 120
    assert outbox.send_due(store, [post]) == 0


# texts


def test_all_our_texts_are_there_in_both_languages_with_known_fields_only() -> None:
    for code, text in shipped().items():
        for language in ("zh", "en"):
            filled = fill(text[language]["text"], dict.fromkeys(FIELDS, "X"), language, UTC)
            bare = fill(text[language]["text"], {"name": "王", "number": "1", "community": "里"}, language, UTC)
            assert not {"{", "[", "]"} & set(filled + bare), code
            assert len(bare) > 10


def test_a_sentence_whose_field_is_not_known_falls_away() -> None:
    text = "甲[[,在 {due} 前]]。{number}{nonsense}"
    assert fill(text, {"due": {"at": DUE.isoformat()}, "number": 7}, "zh", UTC) == "甲,在 3月2日 10:30 前。7—"
    assert fill(text, {"number": "{due}"}, "zh", UTC) == "甲。{due}—"


def test_the_company_changes_a_text_but_not_to_fields_that_do_not_exist(session: Session) -> None:
    outbox.seed(session)
    outbox.change(session, "receipt", "zh", "收到 {number}", "好的")
    outbox.seed(session)  # does not write over it
    written = outbox.written(session, Letter(template="receipt", facts={"number": 5}), Recipient("王"))
    assert (written.subject, written.text) == ("收到 5", "好的")
    with pytest.raises(Unclear, match="secret"):
        outbox.change(session, "receipt", "zh", "收到", "{secret}")
    with pytest.raises(Unclear):
        outbox.change(session, "receipt", "zh", " ", "x")


# mail


class Mailbox:
    """A mail server that records messages and refuses one address."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(envelope.content))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def outgoing(mail: str, key: str = "k", subject: str = "你好") -> Outgoing:
    return Outgoing(key, "receipt", Recipient("王, 敏 <x>", "zh", mail), subject, "正文\n第二行")


def test_mail_goes_out_with_an_id_that_tells_doubles_and_a_refusal_hurts_nobody_else() -> None:
    box = Mailbox()
    port = free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        way = MailWay(f"smtp://127.0.0.1:{port}", "bihuan@example.test", plain=True)
        mails = [
            outgoing("wang@example.test", "1"),
            outgoing("nobody@example.test", "2"),
            outgoing("a@example.test", "1"),
        ]
        assert list(way.send(mails)) == ["2"]
    finally:
        server.stop()
    first, second = box.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["To"].addresses[0].addr_spec == "wang@example.test"
    assert first["Subject"] == "你好"
    assert first.get_content().split() == ["正文", "第二行"]


def test_nobody_slips_a_header_into_a_mail() -> None:
    way = MailWay("smtp://127.0.0.1:9", "bihuan@example.test")
    mail = way.message(outgoing("wang@example.test", subject="你好\r\nBcc: x@example.test"))
    assert mail["Bcc"] is None
    with pytest.raises(ValueError, match=r"header|Invalid|cannot"):
        way.message(outgoing("wang@example.test\r\nBcc: x@example.test"))


def test_a_mail_server_that_is_away_fails_every_letter_in_words() -> None:
    failed = MailWay("smtp://127.0.0.1:9", "bihuan@example.test").send([outgoing("a@example.test", "1")])
    assert list(failed) == ["1"]
    assert failed["1"]


def test_ways_follow_the_settings() -> None:
    assert [way.name for way in outbox.ways(Settings())] == ["push"]
    assert [way.name for way in outbox.ways(Settings(demo=True))] == ["push", "log"]
    both = outbox.ways(Settings(smtp_url="smtps://u:p@mail.example.test", mail_from="b@example.test"))
    assert [way.name for way in both] == ["push", "mail"]
    assert not any(way.reaches(Recipient("王", phone="13812345678")) for way in both)
    with pytest.raises(WrongSettings):
        outbox.ways(Settings(smtp_url="http://mail", mail_from="b@example.test"))


def test_the_log_names_the_letter_but_neither_its_text_nor_its_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "bihuan.outbox"):
        LogWay().send([outgoing("wang@example.test")])
    assert "你好" in caplog.text
    assert "正文" not in caplog.text
    assert "wang@" not in caplog.text


def test_many_letters_to_one_person_go_as_one_that_lists_them(each_store: Store, post: Post) -> None:
    person = wang(each_store)
    for number in range(60):
        put(each_store, person, f"k{number}", number, number=f"YGL-260302-{number:04d}")
    with each_store.transaction() as session:
        other = people.add(session, "li", "李强", password="correct horse battery").id
    put(each_store, other, "alone")
    post.refuses = 1
    assert outbox.send_due(each_store, [post]) <= 1  # the mail server is busy: all messages wait
    with clock.at(clock.now() + timedelta(minutes=2)):
        outbox.send_due(each_store, [post])
    joined, alone = sorted(post.sent, key=lambda each: each.to.name)[::-1]
    assert (joined.to.name, alone.to.name) == ("王敏", "李强")
    assert "60" in joined.subject
    assert "YGL-260302-0000" in joined.text
    assert "还有 30 条" in joined.text
    with each_store.reading() as session:
        assert not session.scalars(select(Letter).where(Letter.sent_at.is_(None))).all()


@pytest.mark.fault(10)
def test_mail_never_goes_out_in_plain_text_unless_the_settings_say_so() -> None:
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        url = f"smtp://user:word@127.0.0.1:{server.port}"
        failed = MailWay(url, "bihuan@example.test").send([outgoing("wang@example.test", "1")])
        assert "BIHUAN_MAIL_PLAIN" in failed["1"]
        assert box.mails == []
        allowed = Settings(smtp_url=url.replace("user:word@", ""), mail_from="bihuan@example.test", mail_plain=True)
        assert outbox.ways(allowed)[1].send([outgoing("wang@example.test", "1")]) == {}
    finally:
        server.stop()
    assert len(box.mails) == 1


@pytest.mark.fault(10)
def test_a_mail_server_with_a_certificate_of_nobody_gets_nothing(tmp_path: Path) -> None:
    box, port = Mailbox(), free_port()
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(self_signed(tmp_path))
    server = Controller(box, hostname="127.0.0.1", port=port, tls_context=made, require_starttls=True)
    server.start()
    try:
        way = MailWay(f"smtp://127.0.0.1:{port}", "bihuan@example.test", plain=True)
        assert "CERTIFICATE_VERIFY_FAILED" in way.send([outgoing("wang@example.test", "1")])["1"]
    finally:
        server.stop()
    assert box.mails == []


def self_signed(folder: Path) -> Path:
    """A key and a certificate that nobody vouches for."""
    there = folder / "server.pem"
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1")
    subprocess.run([*made, "-keyout", there, "-out", folder / "cert.pem"], check=True, capture_output=True)
    there.write_text(there.read_text() + (folder / "cert.pem").read_text())
    return there
