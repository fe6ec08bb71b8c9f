"""Words are kept without our own secret links, by whichever way they come in."""

import io
import sqlite3
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook

from engine import history
from engine.company.people import Person
from engine.core.store import Store
from engine.core.words import INSTEAD, kept
from engine.importing import Wish, open_file, run
from engine.mail_in.taking import Found, Here, take
from tests.stories import acts
from tests.stories.company import KEY
from tests.stories.hands import Hands
from tests.web.residents.seen import send

SECRET = "ian2wcyjva3zzxogi2xdip7wdn"
Browser = Callable[[Person], FlaskClient]


@pytest.mark.fault(6)
@pytest.mark.parametrize(
    "text",
    [
        f"See how it stands: http://127.0.0.1:8000/c/{SECRET}",
        f"https://care.test/c/{SECRET.upper()}/receipt",
        f"https://safe.test/?url=https%3A%2F%2Fcare.test%2Fc%2F{SECRET}&data=1",
        f"> https://care.test/c/{SECRET[:11]}\n> {SECRET[11:]}",
        f"https://care.test/c/{SECRET[:11]}=\r\n{SECRET[11:]}",
        f"https://care.test/c/\n{SECRET}",
        f"我的码是{SECRET}，请查",
        f"(c/{SECRET})",
        "https://care.test/password/Zr3kP-_x9Zr3kP-_x9Zr3kP-_x9abcde",
    ],
)
def test_our_own_links_are_blanked_however_they_are_quoted(text: str) -> None:
    found = kept(text)
    assert INSTEAD in found
    assert SECRET[:11] not in found.lower()
    assert SECRET[11:] not in found.lower()
    assert "Zr3kP" not in found
    assert kept(found) == found


@pytest.mark.parametrize(
    "text",
    [
        "楼道灯坏了 https://example.test/c/lamps",
        "4200001234567890123456789012",
        "abcdefghijklmnopqrstuvwxyz",
        "http://example.test/photos/ian2wcyjva3zzxogi2xdip7wdnx9",
    ],
)
def test_other_words_stay_as_they_are(text: str) -> None:
    assert kept(text) == text


def everything(store: Store) -> str:
    """All that the store holds, as text."""
    with sqlite3.connect(store.engine.url.database or "") as connection:
        return "\n".join(connection.iterdump())


def quoted(hands: Hands, text: str = "还是不亮") -> str:
    return f"{text}\n\n在 2026-03-02，物业写道：\n随时查看进展：https://care.test/c/{hands.secret}"


def answer_by_mail(hands: Hands, folder: Path, sender: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = sender, "care+ygl@example.test", f"<{sender}>"
    mail["Subject"] = f"Re: {hands.number} /c/{hands.secret}"
    mail.set_content(quoted(hands))
    row, _fresh = take(hands.store, Here(KEY, folder, ()), Found(1, 1, bytes(mail)))
    assert row.outcome in {"joined", "complaint"}


def import_file(hands: Hands) -> None:
    book = Workbook()
    book.active.append(("投诉编号", "投诉时间", "投诉内容", "姓名"))
    book.active.append(("T1", "2025-02-03 10:11", quoted(hands), "王"))
    written, wish = io.BytesIO(), Wish(community="YGL")
    book.save(written)
    outcome = run(hands.store, open_file(written.getvalue(), "old.xlsx", wish), wish, key=KEY, dry=False)
    assert outcome.counts["read"] == 1
    assert not outcome.counts.get("refused")


@pytest.mark.fault(6)
def test_no_way_in_keeps_a_residents_link(hands: Hands, client: FlaskClient, browser: Browser, tmp_path: Path) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    assert hands.secret not in everything(hands.store)
    said = quoted(hands)
    looked = {"looked_at": ["site"], "finding": "own_fault", "cause": "equipment", "responsible": "engineering"}
    plan = {"start_on": "2026-03-02", "finish_on": "2026-03-05", "cost": 100, "consent": "ask"}
    agent, page = browser(hands.person("agent")), f"/complaints/{hands.complaint_id}"
    mine, draft = f"/c/{hands.secret}", f"/tasks/{hands.now().open['investigate'].id}/draft"
    ways: dict[str, Callable[[], object]] = {
        "resident's page": lambda: client.post(f"{mine}/words", data={"words": said}),
        "draft": lambda: browser(hands.person("engineer")).post(draft, json={"typed": [["facts", said, None]]}),
        "form": lambda: hands.do("engineer", "investigate", facts=said, **looked),
        "another form": lambda: hands.do("engineer", "plan", steps=said, **plan),
        "answer to the plan": lambda: client.post(f"{mine}/plan", data={"accepted": "no", "words": said}),
        "online form": lambda: send(client, text=said, place_text=f"3栋 /c/{hands.secret}"),
        "desk": lambda: agent.post(f"{page}/words", data={"added": said}),
        "comment": lambda: agent.post(f"/comments/case/{hands.case_id}", data={"text": said}),
        "mail": lambda: answer_by_mail(hands, tmp_path, "other@example.test"),
        "file": lambda: import_file(hands),
    }
    for way, come in ways.items():
        counted = everything(hands.store).count("link removed")
        come()
        now = everything(hands.store)
        assert hands.secret not in now, way
        assert now.count("link removed") > counted, way
    with hands.store.snapshot() as session:
        assert history.verify(session, tmp_path / "seals.log") == []
