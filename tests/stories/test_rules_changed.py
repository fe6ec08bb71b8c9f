"""The company changes its rules: checked per cell, tried without a case, published; running cases do not change."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.company import people, places
from engine.complaints.limits.deadlines import Deadline
from engine.history import Entry
from engine.operations.schedule import publish_planned
from engine.processes import four_eyes, versions
from tests.stories import acts
from tests.stories.pages import Browsers
from tests.web.logged_in import log_in

pytestmark = pytest.mark.slow


def form(client: FlaskClient, path: str = "/tables/limits") -> dict[str, str]:
    """What a browser would send for the unchanged page."""
    return form_of(client.get(path).data)


def form_of(answered: bytes) -> dict[str, str]:
    page = BeautifulSoup(answered, "html.parser").select_one("form.rules-form")
    assert page is not None
    sent = {str(each["name"]): str(each.get("value", "")) for each in page.select("input[name]")}
    sent |= {str(each["name"]): each.get_text() for each in page.select("textarea[name]")}
    for each in page.select("select[name]"):
        chosen = each.select_one("option[selected]") or each.select_one("option")
        sent[str(each["name"])] = str(chosen["value"]) if chosen else ""
    return sent


def row(sent: dict[str, str], **cells: str) -> int:
    """The rule with these cells, by column number."""
    rows = range(int(sent["rows"]))
    return next(each for each in rows if all(sent.get(f"c-{each}-{at[1:]}") == text for at, text in cells.items()))


def words(page: bytes) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())


def response(hands: Browsers) -> timedelta:
    """The current complaint's limit for the first response."""
    with hands.store.reading() as session:
        mine = select(Deadline.limit_seconds).where(
            Deadline.complaint_id == hands.complaint_id, Deadline.kind == "first_response"
        )
        return timedelta(seconds=session.scalars(mine).first() or 0)


def test_a_limit_is_changed_for_new_complaints_only(hands: Browsers) -> None:
    hands.complain()
    running, before = hands.complaint_id, response(hands)
    assert before == timedelta(hours=24)
    admin = hands.browser("administrator")
    sent = form(admin)
    at = row(sent, _0='"normal"', _1='"first_response"')
    assert (sent[f"c-{at}-2-n"], sent[f"c-{at}-2-u"]) == ("24", "H")
    sent |= {f"c-{at}-2-n": "8", "note": "一般投诉八小时内要有人联系"}

    looked = admin.post("/tables/limits", data={**sent, "do": "check"})
    assert "24 小时 → 8 小时" in words(looked.data) or "1 天 → 8 小时" in words(looked.data)
    published = admin.post("/tables/limits", data={**sent, "do": "publish"})
    assert published.status_code == 303, words(published.data)
    assert hands.finish_jobs() == 1
    assert "已发布：第 2 版" in words(admin.get(published.location).data)

    hands.complain("小区门口的灯也坏了")
    assert response(hands) == timedelta(hours=8)
    hands.complaint_id = running
    assert response(hands) == before
    told = words(admin.get("/record?noun=table").data)
    assert "修改了规则表" in told
    assert "一般投诉八小时内要有人联系" in told
    assert "规则表 时限" in told
    assert "24 小时 → 8 小时" in told


def test_what_is_wrong_is_said_at_the_cell_and_nothing_is_published(hands: Browsers) -> None:
    admin = hands.browser("administrator")
    sent = form(admin, "/tables/dispatch")
    sent |= {"c-0-3-c": '"7002', "c-1-4": "depart", "note": "试试"}
    answer = admin.post("/tables/dispatch", data={**sent, "do": "publish"})
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 422
    assert page.select_one("#c-0-3-error") is not None
    assert "department" in page.select_one("#c-1-4-error").get_text()  # type: ignore[union-attr]
    assert page.select_one("#c-0-3")["value"] == '"7002'  # type: ignore[index]
    with hands.store.reading() as session:
        newest = versions.latest(session, "complaint")
    assert newest is not None
    assert newest.number == 1


def test_rules_are_added_moved_tried_and_taken_out(hands: Browsers) -> None:
    admin = hands.browser("administrator")
    sent = form(admin, "/tables/authority")
    count = int(sent["rows"])
    added = form_of(admin.post("/tables/authority", data={**sent, "do": "add:0"}).data)
    assert int(added["rows"]) == count + 1
    added |= {"c-1-0-o": "<=", "c-1-0-v": "300", "c-1-3": '"within"', "c-1-4": "false", "note-1": "试一条"}
    tried = admin.post("/tables/authority", data={**added, "do": "try", "try-cost": "250", "try-lead": "engineering"})
    assert "命中第 2 条" in words(tried.data)
    up = form_of(admin.post("/tables/authority", data={**added, "do": "up:1"}).data)
    assert (up["c-0-0-o"], up["c-0-0-v"]) == ("<=", "300")
    gone = form_of(admin.post("/tables/authority", data={**up, "do": "remove:0"}).data)
    assert int(gone["rows"]) == count


def test_sums_departments_and_categories_are_filled_in_without_formulas(hands: Browsers) -> None:
    admin = hands.browser("administrator")
    sent = form(admin, "/tables/authority")
    assert (sent["c-1-0-o"], sent["c-1-0-v"], sent["c-1-3"]) == (">", "20000", '"company:headquarters"')
    odd = admin.post("/tables/authority", data={**sent, "c-1-0-v": "30,000", "c-2-0-v": "800", "do": "check"})
    page = BeautifulSoup(odd.data, "html.parser")
    assert page.select_one("#c-1-0")["value"] == "30000"  # type: ignore[index]
    assert page.select_one("#c-1-0-error") is None
    assert "请选择怎么比较" in page.select_one("#c-2-0-error").get_text()  # type: ignore[union-attr]
    assert page.select_one("#c-2-0")["value"] == "800"  # type: ignore[index]

    sent = form(admin, "/tables/triage")
    at = next(each for each in range(int(sent["rows"])) if sent[f"c-{each}-3-c"] == "1011、1012、3008")
    typed = {f"c-{at}-3-c": "1011 电梯困人, 火情/冒烟，9999", "note": "试一条"}
    page = BeautifulSoup(admin.post("/tables/triage", data={**sent, **typed, "do": "publish"}).data, "html.parser")
    assert page.select_one(f"#c-{at}-3")["value"] == "1011、3008、9999"  # type: ignore[index]
    assert "“9999”" in page.select_one(f"#c-{at}-3-error").get_text()  # type: ignore[union-attr]
    typed[f"c-{at}-3-c"] = "1011 电梯困人, 火情/冒烟"
    tried = admin.post("/tables/triage", data={**sent, **typed, "do": "try", "try-category": "3008"})
    assert f"命中第 {at + 1} 条" in words(tried.data)
    plain = form(admin, "/tables/triage?plain=1")
    assert plain[f"c-{at}-3"] == '"1011","1012","3008"'


def test_two_who_edit_at_once_do_not_overwrite_each_other(hands: Browsers) -> None:
    admin, owner = hands.browser("administrator"), hands.browser("owner")
    first, second = form(admin), form(owner)
    at = row(first, _0='"urgent"', _1='"resolve"')
    pages = [
        client.post("/tables/limits", data={**sent, f"c-{at}-2-n": hours, "note": "收紧", "do": "publish"}).location
        for client, sent, hours in ((admin, first, "20"), (owner, second, "12"))
    ]
    assert hands.finish_jobs() == 2
    assert "已发布：第 2 版" in words(admin.get(pages[0]).data)
    assert "刚有人发布了版本 2" in words(owner.get(pages[1]).data)
    late = owner.post("/tables/limits", data={**second, f"c-{at}-2-n": "12", "note": "收紧", "do": "publish"})
    assert late.status_code == 422
    assert "刚有人发布了版本 2" in words(late.data)


def test_a_role_that_diagrams_name_cannot_be_retired(hands: Browsers) -> None:
    admin = hands.browser("administrator")
    page = words(admin.get("/roles/department/engineering").data)
    assert "用到它" in page
    with hands.store.reading() as session:
        assert session.scalar(select(Entry.id).where(Entry.kind == "department.retired")) is None


def test_a_department_hands_its_work_over_before_it_closes(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    with hands.store.reading() as session:
        where = {each.code: each.id for each in places.departments(session, hands.company.community.id)}
    admin = hands.browser("administrator")
    path = f"/organisation/{where['engineering']}"
    assert "1 件待办" in words(admin.get(path).data)
    refused = admin.post(f"{path}/close")
    assert refused.status_code == 409
    assert admin.post(f"{path}/hand-over", data={"to": "extras"}).status_code == 303
    assert "accept_work" in hands.inbox("extras_head")


def test_a_limit_in_working_time_is_said_in_working_days(hands: Browsers) -> None:
    assert "3 个工作日，最晚 7 天" in words(hands.browser("administrator").get("/tables/limits").data)


def test_a_limit_waits_for_somebody_elses_approval_where_the_company_asks_for_it(hands: Browsers) -> None:
    with hands.store.transaction() as session:
        four_eyes.keep(session, four_eyes.EVERY, True)
        second = people.add(session, "second", "另一位")
        people.hold(session, second, "administrator", places.company(session))
    admin, owner = hands.browser("administrator"), hands.app.test_client()
    log_in(owner, second)
    sent = form(admin)
    at = row(sent, _0='"normal"', _1='"first_response"')
    changed = {**sent, f"c-{at}-2-n": "8", "note": "一般投诉八小时内要有人联系", "do": "publish"}
    asked = admin.post("/tables/limits", data=changed)
    hands.finish_jobs()
    assert version_number(hands) == 1
    link = BeautifulSoup(admin.get(asked.location).data, "html.parser").select_one("a[href^='/planned-pub']")
    assert link
    page = str(link["href"])
    assert admin.post(f"{page}/approve").status_code == 403
    assert "24 小时" in words(owner.get(page).data) or "PT24H" in words(owner.get(page).data)
    owner.post(f"{page}/approve")
    publish_planned(hands.store)
    hands.finish_jobs()
    assert version_number(hands) == 2
    with hands.store.reading() as session:
        kinds = session.scalars(select(Entry.kind).where(Entry.kind.in_(("table.changed", "process.published"))))
        assert list(kinds)[-2:] == ["process.published", "table.changed"]


def version_number(hands: Browsers) -> int:
    with hands.store.reading() as session:
        newest = versions.latest(session, "complaint")
        return newest.number if newest else 0
