"""Decision tables of a draft: edited by their cells, pasted, undone, looked through and tried; never overwritten."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from engine import complaints
from engine.core.store import Store
from engine.feel import dmn
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, words
from tests.web.studio.errand_tables import PATH, SHEET, change, now, publish, table
from web.shared import cell_choices, cell_words, decision_cells
from web.shell import current

pytestmark = pytest.mark.slow

ROWS = ("<= 5; -; 10; 张三", "> 5; true; 30; 李四", "> 5; false; 20; 李四")
PLAIN = tuple(row.replace("; 张三", '; "张三"').replace("; 李四", '; "李四"') for row in ROWS)
SHIPPED = Path(__file__).parents[3] / "bpmn"

Opened = Callable[..., FlaskClient]


@pytest.fixture
def opened(browser: Browser, company: Company, store: Store) -> Opened:
    """Publishes the errand with a table, and opens a draft of it."""

    def begin(*rows: str, policy: str = "UNIQUE", more: str = "") -> FlaskClient:
        publish(store, table(*(rows or PLAIN), policy=policy, more=more))
        owner = browser(company.people["process_owner"])
        owner.post("/studio/errand/begin")
        return owner

    return begin


def cells(owner: FlaskClient, row: int) -> list[str]:
    """A row as the sheet shows it."""
    shown = BeautifulSoup(owner.get(SHEET).data, "html.parser").select(f'tr[data-row="{row}"] [data-said]')
    return [each.get_text() for each in shown]


def looks(owner: FlaskClient) -> str:
    answer = owner.get("/studio/errand/table-findings/fees").json
    assert answer
    return " ".join(BeautifulSoup(answer["html"], "html.parser").get_text(" ").split())


def test_the_draft_lists_its_tables_and_shows_one_in_words(opened: Opened) -> None:
    owner = opened()
    assert "跑腿费 3 行 · 4 列" in words(owner.get("/studio/errand/tables"))
    assert cells(owner, 0) == ["不超过 5", "任意", "10", "张三", ""]
    assert cells(owner, 1) == ["超过 5", "是", "30", "李四", ""]


def test_a_cell_is_filled_in_by_its_fields_and_kept_at_once(opened: Opened) -> None:
    owner = opened()
    kept = change(owner, 1, do="cell", row=0, column=0, fields={"c-o": "<", "c-v": "8"})
    assert kept.json
    assert kept.json["revision"] == 2
    assert "少于 8" in kept.json["row"]
    assert change(owner, 2, do="words", row=0, column=3, words=[["王五"]]).status_code == 200
    assert dmn.read(now(owner)).decisions["fees"].rules[0].inputs == ("< 8", "-")
    assert dmn.read(now(owner)).decisions["fees"].rules[0].outputs == ("10", '"王五"')
    assert b"<!-- by hand -->" in now(owner)


def test_who_is_late_overwrites_nothing_and_is_told(opened: Opened) -> None:
    owner = opened()
    change(owner, 1, do="insert", row=0)
    late = change(owner, 1, do="words", row=0, column=3, words=[["王五"]])
    assert late.status_code == 409
    assert "没有覆盖" in late.json["said"]  # type: ignore[index]
    assert cells(owner, 0)[3] == ""


def test_each_act_is_undone_and_done_again(opened: Opened) -> None:
    owner = opened()
    stages = [now(owner)]
    back = []
    acts: list[dict[str, object]] = [
        {"do": "remove", "row": 0, "count": 2},
        {"do": "copy", "row": 0, "count": 1},
        {"do": "add column", "answer": False, "label": "远近", "english": "", "code": "far", "type": "string"},
        {"do": "policy", "policy": "COLLECT SUM"},
        {"do": "rename", "name": "费用表", "english": "Fees"},
    ]
    for at, asked in enumerate(acts):
        answer = change(owner, at + 1, **asked)
        assert answer.json, asked
        back.append(answer.json["undo"])
        stages.append(now(owner))
    assert len(set(stages)) == len(acts) + 1
    forth = []
    for at, piece in enumerate(reversed(back)):
        answer = change(owner, len(acts) + 1 + at, do="undo", **piece)
        assert answer.json
        forth.append(answer.json["undo"])
        assert now(owner) == stages[-2 - at]
    change(owner, 2 * len(acts) + 1, do="undo", **forth[-1])
    assert now(owner) == stages[1]


def test_a_rectangle_is_shown_before_it_is_pasted(opened: Opened) -> None:
    owner = opened()
    asked = {"text": '至少 3\t否\t15\t"赵六"\t新来的\n> 9\t是\t40\t李四\n', "row": 2, "column": 0}
    shown = owner.post("/studio/errand/table-paste/fees", json=asked).json
    assert shown
    preview = " ".join(BeautifulSoup(shown["html"], "html.parser").get_text(" ").split())
    assert "其中 1 行是新加的" in preview
    assert "费用 20 → 15" in preview
    assert "为什么 新来的" in preview
    assert len(dmn.read(now(owner)).decisions["fees"].rules) == 3
    change(owner, 1, do="words", row=2, column=0, words=shown["words"])
    assert cells(owner, 2) == ["至少 3", "否", "15", "赵六", "新来的"]
    assert cells(owner, 3) == ["超过 9", "是", "40", "李四", ""]


def test_too_many_columns_are_said_and_nothing_is_pasted(opened: Opened) -> None:
    owner = opened()
    before = now(owner)
    shown = owner.post("/studio/errand/table-paste/fees", json={"text": "1\t2\t3\t4", "row": 0, "column": 2}).json
    assert shown
    assert "多出 1 列" in shown["html"]
    assert not shown["fits"]
    assert change(owner, 1, do="words", row=0, column=2, words=[["1", "2", "3", "4"]]).status_code == 422
    assert now(owner) == before


def test_what_is_copied_from_the_sheet_can_be_pasted_into_it(opened: Opened) -> None:
    owner = opened("not(1, 2); -; fee * 2; null", *PLAIN)
    before = dmn.read(now(owner)).decisions["fees"].rules
    copied = [cells(owner, row) for row in range(4)]
    change(owner, 1, do="words", row=0, column=0, words=copied)
    assert dmn.read(now(owner)).decisions["fees"].rules == before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_cell_of_ours_is_understood_as_it_is_said(
    app: Flask, store: Store, company: Company, language: str
) -> None:
    with store.transaction() as session:
        complaints.seed(session)
    wrong = []
    with app.test_request_context(f"/?lang={language}"):
        offered = cell_choices.offers(current.reading())
        for path in sorted(SHIPPED.glob("*/*.dmn")):
            offers = replace(offered, shipped=path.parent.name == "complaint")
            for decision in dmn.read(path.read_bytes()).decisions.values():
                columns = decision_cells.columns(decision, offers, plain=False, texts=True)
                for rule in decision.rules:
                    for column, text in zip(columns, [*rule.inputs, *rule.outputs], strict=True):
                        said = cell_words.said(column, decision_cells.cell(column, text), offers)
                        again = cell_words.understood(column, said, offers)
                        if again.replace('", "', '","') != text.replace('", "', '","').removesuffix(".0"):
                            wrong.append((decision.id, rule.number, column.code, text, said, again))
        current.close()
    assert wrong == []


def test_broken_cells_are_kept_and_marked_with_what_is_wrong(opened: Opened) -> None:
    owner = opened()
    change(owner, 1, do="words", row=0, column=2, words=[["= 1 +"]])
    marks = owner.get("/studio/errand/table-findings/fees").json["marks"]  # type: ignore[index]
    assert [mark[:2] for mark in marks] == [[0, 2]]
    assert "第 1 行“费用”" in looks(owner)


def test_overlaps_and_gaps_are_said_in_words(opened: Opened) -> None:
    owner = opened('< 5; -; 10; "张三"', '< 3; true; 5; "张三"', '> 5; false; 20; "李四"')
    said = looks(owner)
    assert "第 1 行和第 2 行：重量是“< 3”，急是“是”时都会命中" in said
    assert "重量是“5”" in said
    assert "重量是“> 5”，急是“是”" in said
    owner.post("/language", data={"language": "en", "back": "/"})
    assert "Rows 1 and 2 both hit when Weight is “< 3”, Urgent is “yes”" in looks(owner)


def test_losing_the_last_row_of_a_kind_is_said_before_publishing(opened: Opened) -> None:
    owner = opened('1; -; 10; "张三"', '2; -; 20; "李四"')
    assert "最后一行没有了" not in looks(owner)
    change(owner, 1, do="remove", row=1, count=1)
    assert "「2」的最后一行没有了" in looks(owner)


def test_a_trial_says_which_row_hits_and_what_comes_out(opened: Opened) -> None:
    owner = opened()
    tried = owner.post("/studio/errand/table-trial/fees", data={"try-loopCounter": "7", "try-urgent": "true"}).json
    assert tried
    assert tried["hits"] == [1]
    assert "30" in tried["html"]
    assert "李四" in tried["html"]


def test_a_new_table_is_begun_and_a_taken_id_is_refused(opened: Opened) -> None:
    owner = opened()
    assert owner.post("/studio/errand/tables", data={"name": "押金", "id": "fees"}).status_code == 422
    assert owner.post("/studio/errand/tables", data={"name": "", "id": "1 x"}).status_code == 422
    assert owner.post("/studio/errand/tables", data={"name": "押金", "id": "deposit"}).location.endswith("/deposit")
    assert "押金" in words(owner.get("/studio/errand/tables/deposit"))
    said = owner.get("/studio/errand/table-findings/deposit").json
    assert said
    assert "“条件”这一列：还没说看哪一项" in said["html"]


def test_a_decision_that_is_no_table_is_read_only_and_survives(opened: Opened) -> None:
    rate = '<decision id="rate" name="单价"><literalExpression><text>2 + 3</text></literalExpression></decision>'
    owner = opened(more=rate)
    assert "这不是一张表格" in words(owner.get("/studio/errand/tables/rate"))
    assert owner.post("/studio/errand/table-change/rate", json={"do": "insert", "row": 0, "seen": 1}).status_code == 404
    change(owner, 1, do="remove", row=0, count=1)
    assert rate.encode() in now(owner)


def test_a_file_that_cannot_be_read_is_named_and_left_alone(opened: Opened) -> None:
    owner = opened()
    owner.post(f"/studio/errand/files/{PATH}", data=b"<broken", headers={"X-Seen": "1"})
    assert "fees.dmn" in words(owner.get("/studio/errand/tables"))
    assert owner.get(SHEET).status_code == 404
    assert now(owner) == b"<broken"


STRANGE: list[dict[str, object]] = [
    {"do": "nothing"},
    {"do": "cell", "row": 99, "column": 0, "fields": {}},
    {"do": "cell", "row": 0, "column": 0, "fields": 7},
    {"do": "cell", "row": -1, "column": 0, "fields": {}},
    {"do": "words", "row": 0, "column": 0, "words": "x"},
    {"do": "words", "row": 4, "column": 0, "words": [["1"]]},
    {"do": "words", "row": 0, "column": 0, "words": [["x" * 501]]},
    {"do": "words", "row": 0, "column": 3, "words": [["\x01"]]},
    {"do": "move", "row": 0, "count": 2, "to": 2},
    {"do": "policy", "policy": "WHATEVER"},
    {"do": "undo", "at": 10**9, "length": 0, "piece": ""},
    {"do": "undo", "at": 0, "length": 5, "piece": "eJwDAAAAAAE="},
    {"do": "column", "column": 0, "label": "", "code": "x", "type": "string"},
]


def test_what_no_sheet_sends_changes_nothing(opened: Opened) -> None:
    owner = opened()
    before = now(owner)
    for asked in STRANGE:
        answer = change(owner, 1, **asked)
        assert answer.status_code == 422, asked
        assert answer.json
        assert answer.json["said"]
    lone = b'{"do": "words", "row": 0, "column": 3, "words": [["\\ud800"]], "seen": 1}'
    sent = owner.post("/studio/errand/table-change/fees", data=lone, content_type="application/json")
    assert sent.status_code == 422
    assert now(owner) == before


def test_who_may_not_draft_sees_and_changes_no_table(opened: Opened, browser: Browser, company: Company) -> None:
    opened()
    manager = browser(company.people["project_manager"])
    assert manager.get(SHEET).status_code == 403
    assert change(manager, 1, do="insert", row=0).status_code == 403
    assert manager.get("/studio/errand/table-findings/fees").status_code == 403


def test_a_long_table_is_shown_by_pages_with_few_statements(opened: Opened, store: Store) -> None:
    owner = opened(*(f'{at}; -; {at}; "张三"' for at in range(1000)))
    statements: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    page = owner.get(f"{SHEET}?from=777")
    assert "第 751 到 800 行，共 1000 行" in words(page)
    assert len(statements) < 30
    assert len(page.data) < 200_000
    assert "没有行管的情况" in looks(owner)


@pytest.mark.parametrize("act", ["change", "paste"])
def test_what_is_no_json_is_refused_in_words(opened: Opened, act: str) -> None:
    answer = opened().post(f"/studio/errand/table-{act}/fees", data=b"{", content_type="application/json")
    assert answer.status_code == 422
    assert set(answer.json or {}) == {"said"}
