"""Comments at the elements of a draft: written, answered, done, found again, and kept for the next draft."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.core.store import Store
from engine.history import Entry
from engine.processes.draft_comments import DraftComment
from tests.web.processes.test_processes import words

PATH = "bpmn/errand/errand.bpmn"
ALL = "/studio/errand/comments"
AT = {"file": PATH, "element": "hurry", "named": "马上去"}
COUNTS = f"{ALL}/counts?file={PATH}"
SCRIPT = {"HX-Request": "true"}


def noted(owner: FlaskClient, text: str) -> str:
    """Write a comment as the panel does; return what it shows then."""
    answer = owner.post(ALL, data={**AT, "text": text}, headers=SCRIPT)
    assert answer.status_code == 200
    return words(answer)


def act(owner: FlaskClient, store: Store, what: str, **typed: str) -> str:
    """Act on the last comment."""
    with store.reading() as session:
        last = session.scalars(
            select(DraftComment.id).where(DraftComment.under_id.is_(None)).order_by(-DraftComment.id)
        ).first()
    return words(owner.post(f"{ALL}/{last}/{what}", data=typed, headers=SCRIPT))


def test_a_comment_is_answered_and_done(owner: FlaskClient, store: Store) -> None:
    assert "要先拍照" in noted(owner, "要先拍照")
    assert owner.get(COUNTS).json == {"hurry": 1}
    assert "拍几张？" in act(owner, store, "replies", text="拍几张？")
    assert "已处理" in act(owner, store, "state", done="true")
    assert owner.get(COUNTS).json == {}
    assert "要先拍照" not in words(owner.get(ALL))
    done = words(owner.get(f"{ALL}?state=done"))
    assert "要先拍照" in done
    assert "拍几张？" in done
    assert "已处理 ·" not in act(owner, store, "state", done="false")
    assert owner.get(COUNTS).json == {"hurry": 1}


def test_comments_are_found_by_words_also_of_replies(owner: FlaskClient, store: Store) -> None:
    noted(owner, "要先拍照")
    noted(owner, "太远了 100%")
    act(owner, store, "replies", text="骑车去")
    assert "太远了" in words(owner.get(f"{ALL}?q=骑车"))
    assert "要先拍照" not in words(owner.get(f"{ALL}?q=骑车"))
    assert "太远了" in words(owner.get(f"{ALL}?q=100%25"))
    assert "没有找到" in words(owner.get(f"{ALL}?q=%25%25"))
    link = BeautifulSoup(owner.get(ALL).text, "html.parser").select_one(".draft-comment-place a")
    assert link
    assert str(link["href"]).endswith("#hurry")


def test_open_comments_stay_for_the_next_draft(owner: FlaskClient) -> None:
    noted(owner, "下次再改")
    owner.post("/studio/errand/discard")
    assert owner.get(ALL).status_code == 404
    owner.post("/studio/errand/begin")
    assert "下次再改" in words(owner.get(ALL))


def test_comments_are_in_the_record(owner: FlaskClient, store: Store) -> None:
    noted(owner, "要先拍照")
    act(owner, store, "state", done="true")
    act(owner, store, "state", done="true")
    with store.reading() as session:
        kinds = list(session.scalars(select(Entry.kind).where(Entry.kind.like("process.draft_comment%"))))
    assert sorted(kinds) == ["process.draft_comment_done", "process.draft_commented"]


def test_what_cannot_be_noted_is_refused(owner: FlaskClient) -> None:
    for typed, status in (
        ({"text": " "}, 422),
        ({"text": "x" * 2001}, 422),
        ({"file": "bpmn/complaint/complaint.bpmn"}, 404),
        ({"element": ""}, 404),
    ):
        answer = owner.post(ALL, data={**AT, "text": "好", **typed}, headers=SCRIPT)
        assert answer.status_code == status
    assert owner.get(COUNTS).json == {}


def test_markup_in_a_comment_stays_text(owner: FlaskClient) -> None:
    answer = owner.post(ALL, data={**AT, "text": "<img src=x onerror=alert(1)>"}, headers=SCRIPT)
    assert "<img" not in answer.text
    assert "&lt;img" in answer.text
