"""Nothing that somebody brings is decoded or parsed while the store is locked: others can write meanwhile."""

import io
from base64 import encodebytes
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine import files
from engine.bpmn import checking
from engine.complaints.core import links
from engine.complaints.intake import danger
from engine.core import parsing, throttle
from engine.core.errors import Conflict
from engine.core.parsing import WhileLocked
from engine.core.store import Limits, Store
from engine.core.throttle import Attempt
from engine.files import File
from engine.importing import KINDS, Wish, open_file, sheets, workbook
from engine.mail_in import reading, taking
from engine.mail_in.taking import Found, Here
from engine.processes import publishing, uploads, versions
from tests.stories.company import KEY
from tests.stories.pages import Browsers, jpeg
from tests.stories.test_rules_changed import form, row
from tests.web.lamp import begun as begun
from tests.web.lamp import lamp as lamp
from tests.web.lamp import spoken as spoken
from tests.web.residents.seen import send

pytestmark = [pytest.mark.slow, pytest.mark.fault(4)]

TABLE = "编号,投诉时间,投诉内容,小区\r\nA-1,2024-05-06,灯坏了,YGL\r\n".encode()
MAIL = (
    b"From: wang@example.test\r\nMessage-ID: <1@example.test>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nlamp\r\n'
    b"--x\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename=a.jpg\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)


def picture() -> tuple[io.BytesIO, str]:
    return io.BytesIO(jpeg()), "灯.jpg"


def secret(hands: Browsers) -> str:
    return links.secret(KEY, hands.number)


def complain(hands: Browsers) -> TestResponse:
    return send(hands.app.test_client(), evidence=picture())


def post(client: FlaskClient, path: str, data: dict[str, Any]) -> TestResponse:
    return client.post(path, data=data, content_type="multipart/form-data")


def finish(hands: Browsers) -> TestResponse:
    task = hands.now().open["investigate"]
    found = {"looked_at": "site", "facts": "老化", "finding": "own_fault", "responsible": "engineering"}
    return post(hands.browser("engineer"), f"/tasks/{task.id}", {**found, "cause": "equipment", "evidence": picture()})


def call(hands: Browsers) -> TestResponse:
    home = str(hands.company.community.id)
    said = {
        "community": home,
        "channel": "phone",
        "kind": "complaint",
        "category": "1004",
        "text": "门坏了",
        "phone": "13812345678",
        "households": "1",
        "asked": "place_text=",
    }
    return post(hands.browser("agent"), "/desk", {**said, "photos": picture()})


WAYS: dict[str, Callable[[Browsers], TestResponse]] = {
    "a complaint": complain,
    "a photo before its complaint": lambda hands: post(hands.app.test_client(), "/complain/files", {"file": picture()}),
    "more words": lambda hands: post(
        hands.app.test_client(), f"/c/{secret(hands)}/words", {"words": "还是坏的", "photos": picture()}
    ),
    "a task": finish,
    "a photo before its task": lambda hands: post(
        hands.browser("engineer"), f"/tasks/{hands.now().open['investigate'].id}/photos", {"file": picture()}
    ),
    "a comment": lambda hands: post(
        hands.browser("engineer"), f"/comments/case/{hands.case_id}", {"text": "看", "photos": picture()}
    ),
    "a call": call,
}


@pytest.fixture
def other(lamp: Browsers) -> Iterator[Callable[[], None]]:
    """Somebody else, who writes through their own connection and waits for nobody."""
    store = Store(str(lamp.store.url), limits=Limits(lock_seconds=1))

    def write() -> None:
        with store.transaction() as session:
            throttle.count(session, "somebody else", most=1000, within=timedelta(hours=1))

    yield write
    store.close()


def writings(hands: Browsers) -> int:
    with hands.store.reading() as session:
        return session.scalar(select(func.count()).where(Attempt.key == "somebody else")) or 0


@pytest.mark.parametrize("way", WAYS)
def test_others_write_while_a_photo_is_decoded(
    lamp: Browsers, other: Callable[[], None], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    drawn = Image.open

    def decode(*given: Any, **more: Any) -> Image.Image:
        other()
        return drawn(*given, **more)

    monkeypatch.setattr(Image, "open", decode)
    answer = WAYS[way](lamp)
    assert answer.status_code in {201, 303}
    assert writings(lamp) == 1
    with lamp.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(File)) == 1


def test_others_write_while_a_mail_and_its_photo_are_read(
    lamp: Browsers, other: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawn = Image.open
    monkeypatch.setattr(Image, "open", lambda *given, **more: (other(), drawn(*given, **more))[1])
    content = MAIL + encodebytes(jpeg()) + b"\r\n--x--\r\n"
    row, _fresh = taking.take(lamp.store, Here(KEY, tmp_path, ()), Found(1, 1, content))
    assert row.outcome == "complaint"
    assert writings(lamp) == 1


@pytest.mark.fault(4)
def test_others_write_while_the_words_of_a_mail_are_read_for_danger(
    lamp: Browsers, other: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reading_words = SimpleNamespace(found=lambda *given: (other(), danger.found(*given))[1])
    monkeypatch.setattr(taking, "danger", reading_words)
    content = MAIL + encodebytes(jpeg()) + b"\r\n--x--\r\n"
    row, _fresh = taking.take(lamp.store, Here(KEY, tmp_path, ()), Found(1, 1, content))
    assert row.outcome == "complaint"
    assert writings(lamp) == 1  # read once, and others wrote meanwhile


def test_others_write_while_a_table_is_read(
    lamp: Browsers, other: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = io.BytesIO(sheets.template(KINDS["complaints"]))
    load = workbook.load_workbook
    monkeypatch.setattr(workbook, "load_workbook", lambda *given, **more: (other(), load(*given, **more))[1])
    admin = lamp.browser("administrator")
    brought = post(admin, "/imports", {"kind": "complaints", "file": (sheet, "台账.xlsx")})
    assert brought.status_code == 303
    fields = {"column0": "reference", "column1": "community"}
    before = writings(lamp)
    assert before > 0
    assert admin.post(brought.headers["Location"], data=fields).status_code in {303, 422}
    assert writings(lamp) > before
    before = writings(lamp)
    assert admin.post(f"{brought.headers['Location']}/run").status_code in {303, 422}
    assert writings(lamp) > before


def test_others_write_while_an_owners_table_is_checked(
    lamp: Browsers, other: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = checking.check
    monkeypatch.setattr(checking, "check", lambda *given, **more: (other(), check(*given, **more))[1])
    admin = lamp.browser("administrator")
    sent = form(admin)
    at = row(sent, _0='"normal"', _1='"first_response"')
    changed = {**sent, f"c-{at}-2-n": "8", "note": "八小时内要有人联系", "do": "publish"}
    assert admin.post("/tables/limits", data=changed).status_code == 303
    assert lamp.finish_jobs() == 1
    assert writings(lamp) == 1, "checked once"


def test_a_verdict_is_not_used_for_something_else(lamp: Browsers) -> None:
    with lamp.store.reading() as session:
        newest = versions.latest(session, "complaint")
        assert newest is not None
        files_ = versions.files_of(session, newest.id)
        judged = publishing.judge(session, "complaint", files_)
    other_files = {path: text + b" " for path, text in files_.items()}
    with pytest.raises(Conflict), lamp.store.transaction() as session:
        publishing.publish(session, "complaint", other_files, judged=judged)


def test_a_broken_photo_stays_counted(lamp: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        assert (
            post(lamp.app.test_client(), "/complain/files", {"file": (io.BytesIO(jpeg()[:200]), "x.jpg")}).status_code
            == 422
        )
    with lamp.store.reading() as session:
        assert session.scalar(select(func.count()).where(Attempt.key.startswith("brought:"))) == 3


def test_whoever_parses_within_a_transaction_is_found_out(store: Store) -> None:
    """So that no sibling comes back: every test of such a page fails."""
    with store.transaction():
        for parse in (
            lambda: files.prepare(io.BytesIO(jpeg()), "x.jpg", files.limits.USUAL),
            lambda: open_file(TABLE, "x.csv", Wish()),
            lambda: reading.read(MAIL),
            lambda: uploads.gather([("x.json", b"{}")]),
        ):
            with pytest.raises(WhileLocked):
                parse()
    assert open_file(TABLE, "x.csv", Wish()).columns


def test_one_piece_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "PATIENCE", 0.01)
    with parsing.alone(), pytest.raises(parsing.Busy):
        files.prepare(io.BytesIO(jpeg()), "x.jpg", files.limits.USUAL)
    assert files.prepare(io.BytesIO(jpeg()), "x.jpg", files.limits.USUAL).kind.ending == "jpg"


class Taken:
    """A turn that somebody else has; it notes for how long it was waited for."""

    def __init__(self, waited: list[float]) -> None:
        self.waited = waited

    def acquire(self, timeout: float) -> bool:
        self.waited.append(timeout)
        return False


def test_an_upload_does_not_hold_a_thread_while_another_is_decoded(
    lamp: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(parsing, "_turn", Taken(waited))
    busy = post(lamp.app.test_client(), "/complain/files", {"file": picture()})
    assert busy.status_code == 503
    assert "请稍后再试" in busy.json["error"]  # type: ignore[index]
    task = lamp.now().open["investigate"].id
    assert post(lamp.browser("engineer"), f"/tasks/{task}/photos", {"file": picture()}).status_code == 503
    assert max(waited) <= 1
