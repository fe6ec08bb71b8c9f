"""What the product exports is read by its own import, by its own headings, into an empty company."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import jobs
from engine.company import people, places
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.lists import exporting
from engine.complaints.lists.columns import COLUMNS
from engine.complaints.lists.exporting import Wanted
from engine.complaints.lists.queries import Filters
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.importing import Outcome, Wish, meanings, open_file, run
from tests.engine.importing.conftest import KEY, Reads, text_table
from tests.engine.importing.test_complaints_from_files import every

SAME = (
    "received", "community", "place", "household", "kind", "area", "category", "urgency", "status", "outcome",
    "department", "channel", "closed", "phone", "text", "wish", "past_answer",
)  # fmt: skip
"""What a complaint still says after it went out and came in again."""

UNUSED = {"region", "level", "round", "taken_by", "households", "due"}


@pytest.fixture
def empty(begun_file: Path, tmp_path: Path) -> Iterator[Store]:
    """Another company with nothing but the same homes."""
    path = tmp_path / "empty.db"
    path.write_bytes(begun_file.read_bytes())
    store = Store(f"sqlite:///{path}")
    add_home(store)
    yield store
    store.close()


def add_home(store: Store) -> None:
    """Add a home, and somebody who sees every complaint."""
    with store.transaction() as session:
        board = people.add(session, "board", "曹文")
        people.hold(session, board, "headquarters", places.company(session))
        home = places.by_code(session, "YGL")
        session.add(Household(community_id=home.id, building="3", unit="2", room="501", label="3栋2单元501"))


def exported(store: Store, form: str, language: str, home: Path) -> bytes:
    settings = Settings(home=home)
    with store.transaction() as session:
        board = people.by_login(session, "board")
        assert board is not None
        exporting.ask(session, board, Wanted(Filters(sort="received"), list(COLUMNS), form, language, phones=True))
    assert jobs.run_next(store, settings)
    (file,) = (home / "jobs").rglob(f"*.{form}")
    content = file.read_bytes()
    file.unlink()
    return content


def taken_in(store: Store, content: bytes) -> Outcome:
    return run(store, open_file(content, "file", Wish()), Wish(), key=KEY, dry=False)


def said(store: Store, home: Path) -> list[dict[str, str]]:
    """What an export says of each complaint."""
    file = io.StringIO(exported(store, "csv", "zh", home).decode("utf-8-sig"))
    codes = {column.zh: code for code, column in COLUMNS.items()}
    return [{codes[head]: cell for head, cell in row.items() if codes[head] in SAME} for row in csv.DictReader(file)]


@pytest.fixture
def kept(begun: Store, reads: Reads) -> Store:
    """A company with closed complaints of every kind and a new one."""
    add_home(begun)
    new = clock.now() - timedelta(days=2)
    rows = (
        ("编号", "时间", "内容", "小区", "楼栋", "单元", "房号", "类别", "二级分类", "类型", "渠道", "结果", "关闭时间",
         "部门", "电话", "诉求", "答复内容", "紧急程度", "外部编号"),
        ("1", "2024-05-06 09:00", "电梯又停了", "阳光里", "3#", "二单元", "0501", "", "电梯故障", "报修", "来电", "已解决",
         "2024-05-07 10:00", "工程", "13800001111", "快修", "换了零件", "紧急", "HX-77"),
        ("2", "2024-06-06 09:00", "太吵", "YGL", "", "", "", "没有的类别", "", "投诉", "12345", "部分解决", "2024-06-09", "", "", "", "", "", ""),
        ("3", "2024-07-06 09:00", "门坏了", "YGL", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""),
        ("4", f"{new:%Y-%m-%d %H:%M}", "灯坏了", "YGL", "", "", "", "", "", "报修", "微信群", "", "", "", "13800001112", "", "", "", ""),
    )  # fmt: skip
    assert reads(text_table(*rows)).counts["in"] == 4
    return begun


@pytest.mark.fault(33)
@pytest.mark.parametrize(("form", "language"), [("csv", "zh"), ("xlsx", "zh"), ("csv", "en"), ("xlsx", "en")])
def test_an_export_with_all_columns_is_taken_in_by_an_empty_company(
    kept: Store, empty: Store, tmp_path: Path, form: str, language: str
) -> None:
    content = exported(kept, form, language, tmp_path / "out")
    done = taken_in(empty, content)
    assert [each.text() for each in done.faults] == []
    assert (done.counts.get("past"), done.counts.get("opened")) == (3, 1), (done, content[:900])
    unused = [zh for zh, _, _ in done.notes if "没有用到的列" in zh]
    assert all(COLUMNS[code].said(language) in unused[0] for code in UNUSED)
    assert {"received", "kind", "channel", "category", "subcategory", "reference", "outside"} <= set(done.columns)
    before, after = said(kept, tmp_path / "a"), said(empty, tmp_path / "b")
    assert after[:3] == before[:3]
    new = ("community", "kind", "category", "channel", "phone", "text", "place")
    assert [after[3][name] for name in new] == [before[3][name] for name in new]
    assert [each.reference for each in every(empty)] == ["HX-77", "2", "3", "4"]
    assert taken_in(empty, content).counts["in"] == 0


@pytest.mark.fault(30)
@pytest.mark.parametrize("column", ["是否办结", "是否完成", "办结", "是否结案", "关闭时间"])
def test_a_row_that_says_that_it_is_closed_starts_no_case(begun: Store, reads: Reads, column: str) -> None:
    new = f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
    rows = [
        ("编号", "时间", "内容", column),
        ("1", new, "灯坏了", "是"),
        ("2", new, "门坏了", "否"),
        ("3", new, "水管漏", ""),
    ]
    done = reads(text_table(*rows))
    assert (done.counts["past"], done.counts["opened"], done.counts["refused"]) == (1, 2, 0)
    with begun.reading() as session:
        assert session.scalars(select(Complaint.reference).where(Complaint.case_id.is_(None))).all() == ["1"]


@pytest.mark.fault(30)
def test_unsolved_is_not_closed_and_every_unused_column_is_named(begun: Store, reads: Reads) -> None:
    new = f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
    rows = [
        ("编号", "时间", "内容", "是否解决", "经办人", "", "录入时的备注"),
        ("1", new, "灯坏了", "否", "王", "x", ""),
        ("2", new, "门坏了", "是", "王", "", "y"),
    ]
    done = reads(text_table(*rows), dry=True)
    assert (done.counts["past"], done.counts["opened"]) == (1, 1)
    assert ("没有用到的列：经办人、(F)、录入时的备注。", 3) in [(zh, count) for zh, _, count in done.notes]


@pytest.mark.fault(29)
def test_words_are_listed_once_and_their_meaning_kept_for_the_next_file(
    begun: Store, reads: Reads, admin: Person
) -> None:
    new = f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
    rows = [
        ("编号", "时间", "内容", "小区", "状态", "部门", "类别"),
        ("1", new, "灯坏了", "阳光里", "已闭环", "机电班", "大堂灯"),
        ("2", new, "门坏了", "阳光里", "已闭环", "机电班", ""),
        ("3", new, "太吵", "阳光里北区", "在跟", "", ""),
        ("4", new, "漏水", "阳光里", "处理中", "工程部", ""),
    ]
    tried = reads(text_table(*rows), dry=True)
    assert tried.told["words"] == [
        ["category", "大堂灯", 1, ""],
        ["community", "阳光里北区", 1, ""],
        ["department", "机电班", 2, ""],
        ["status", "已闭环", 2, ""],
        ["status", "在跟", 1, ""],
    ]
    said = {
        ("category", "大堂灯"): "1001", ("community", "阳光里北区"): "YGL", ("department", "机电班"): "engineering",
        ("status", "已闭环"): "closed", ("status", "在跟"): "open",
    }  # fmt: skip
    meant = reads(text_table(*rows), dry=True, means=said)
    assert (meant.counts["past"], meant.counts["opened"], meant.counts["refused"]) == (2, 2, 0)
    begun.attempt(lambda session: meanings.keep(session, said))
    reads(text_table(*rows))
    first = every(begun)[0]
    assert (first.past, first.department, first.category) == (True, "engineering", "1001")
    staff = (
        ("姓名", "手机", "岗位", "小区", "部门"),
        ("王伟", "13800001111", "水电工", "阳光里", "机电班"),
        ("李娜", "13800001112", "客服专员", "阳光里", ""),
        ("赵总", "13800001113", "公司", "公司", ""),
    )
    unknown = reads(text_table(*staff), kind="people", by=admin, dry=True)
    assert [each[1] for each in unknown.told["words"] if not each[3]] == ["公司", "客服专员", "水电工"]
    roles = {("role", "水电工"): "handler", ("role", "客服专员"): "agent", ("role", "公司"): "headquarters"}
    assert reads(text_table(*staff), kind="people", by=admin, means=roles).counts["added"] == 3
