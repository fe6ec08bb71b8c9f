"""A report's pages: made, prepared, checked, signed, corrected; whoever may not, does not; nothing changes afterwards."""

import json
import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from shutil import copy
from typing import Any

import numpy
import pytest
import typst
from bs4 import BeautifulSoup
from openpyxl import load_workbook
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import people
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.complaints.facts import CaseFact
from engine.core.store import Store
from engine.letters import Letter, LogWay, MailWay, Outgoing, Recipient, attachments, send_due
from engine.operations.schedule import make_reports, seal_history
from engine.reports import Report, ReportCases, ReportPlan, ReportReader, contents, kept_cases, pdf
from engine.reports.addresses import ReportAddress
from tests.stories.company import Company
from tests.stories.conftest import begun
from tests.stories.pages import Browsers
from tests.web.reports.past_month import add, fill

pytestmark = pytest.mark.slow

__all__ = ["begun"]

FEBRUARY = "month:2026-02-01"
WRITTEN = {"prepared": "ready", "summary": "二月的投诉集中在三号楼的电梯。"}


@pytest.fixture(scope="module")
def february(begun: tuple[Path, Company], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A community with forty complaints in February, ten of them late: made once and copied."""
    path = copy(begun[0], tmp_path_factory.mktemp("february") / "february.db")
    store = Store(f"sqlite:///{path}")
    with store.transaction() as session:
        fill(session, begun[1].community)
        add(session, begun[1].neighbour, 1)
    store.close()
    return Path(path)


@pytest.fixture
def month(february: Path, begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Browsers]:
    """That company, with browsers for its people."""
    store = Store(f"sqlite:///{copy(february, tmp_path / 'month.db')}")
    yield Browsers(store, begun[1], tmp_path / "home")
    store.close()


def make(hands: Browsers, login: str = "manager", **changed: Any) -> str:
    """Somebody makes the report of February; the address of its page."""
    asked = {"place": hands.company.community.id, "period": FEBRUARY, **changed}
    return counted(hands, login, "/reports/new", asked)


def counted(hands: Browsers, login: str, path: str, asked: dict[str, Any]) -> str:
    """Somebody has a report counted, and waits; the address that the job's page goes on to."""
    sent = hands.browser(login).post(path, data=asked)
    assert sent.status_code == 303, sent.text
    hands.finish_jobs()
    over = hands.browser(login).get(sent.location, headers={"HX-Request": "true"})
    assert "HX-Redirect" in over.headers, over.text
    return over.headers["HX-Redirect"]


def newest(hands: Browsers) -> Report:
    with hands.store.reading() as session:
        found = session.scalars(select(Report).order_by(Report.id.desc())).first()
    assert found is not None
    hands.case_id = found.case_id or 0
    return found


def sign(hands: Browsers) -> Report:
    """The manager prepares it, regional quality checks it, headquarters sign it."""
    newest(hands)
    hands.do("manager", "prepare", **WRITTEN)
    hands.do("region_quality", "check", checked="ok")
    hands.do("board", "sign", signed="sign", word="三号楼电梯三月大修。")
    return newest(hands)


def soup(hands: Browsers, login: str, path: str) -> BeautifulSoup:
    answer = hands.browser(login).get(path)
    assert answer.status_code == 200, answer.status
    return BeautifulSoup(answer.data, "html.parser")


def words(part: Any) -> str:
    return " ".join(part.get_text(" ").split())


def row(page: BeautifulSoup, name: str) -> str:
    """The row of a figure, as it is read."""
    found = [
        words(each) for each in page.select("table.report tbody tr") if words(each.select_one("th")).startswith(name)
    ]
    assert found, name
    return found[0]


def test_a_month_is_prepared_checked_signed_and_stays_as_it_was(month: Browsers) -> None:
    page = make(month)
    shown = soup(month, "manager", page)
    assert "▲ 没有达标 75.0 %（30/40）" in row(shown, "响应及时率")
    assert "草稿，没有签发 · 报告第 1 版" in words(shown)
    signed = sign(month)
    seal_history(month.store, month.home / "seals.log")
    with month.store.transaction() as session:
        session.execute(update(CaseFact).values(first_response_seconds=60))
    shown = soup(month, "owner", page)
    assert "75.0 %（30/40）" in row(shown, "响应及时率"), "what was signed does not follow the complaints any more"
    said = words(shown)
    assert re.search(r"封存号 \d+（2026-03-02 09:00） · 报告第 1 版 · 与签发时一致", said)
    assert "三号楼电梯三月大修。" in said
    assert [words(each) for each in shown.select("dl.hands > div")] == [
        "编制 manager先生 2026-03-02 09:00",
        "审核 region_quality先生 2026-03-02 09:00",
        "签发 board先生 2026-03-02 09:00",
    ]
    assert month.browser("manager").post(f"{page}/count-again").status_code == 409
    assert len(signed.digest) == 64
    with month.store.transaction() as session:
        content = session.get_one(Report, signed.id).content
        content["figures"][0]["now"]["hit"] = 40
        session.execute(update(Report).values(content=content))
    assert "和签发时不一样了" in words(soup(month, "manager", page))


def test_a_correction_makes_revision_two_and_says_what_became_otherwise(month: Browsers) -> None:
    first = make(month)
    sign(month)
    with month.store.transaction() as session:
        late = CaseFact.first_response_seconds > 86_400
        session.execute(
            update(CaseFact).where(late, CaseFact.received_day < date(2026, 2, 6)).values(first_response_seconds=60)
        )
    client = month.browser("manager")
    refused = client.post(f"{first}/correct", data={"reason": " "}, follow_redirects=True)
    assert "请写明为什么要更正" in refused.text
    second = counted(month, "manager", f"{first}/correct", {"reason": "五件的首次联系补录了"})
    assert second != first
    sign(month)
    old, new = soup(month, "manager", first), soup(month, "manager", second)
    assert "75.0 %（30/40）" in row(old, "响应及时率")
    assert "这一版已经被更正" in words(old)
    assert "87.5 %（35/40）" in row(new, "响应及时率")
    differs = words(new.select_one("#differences table tbody"))
    assert "响应及时率 75.0 %（30/40） 87.5 %（35/40）" in differs
    assert "为什么更正： 五件的首次联系补录了" in words(new)
    assert "2026年2月月报（第 2 版）" in words(new.select_one("h1"))
    assert client.post(f"{first}/correct", data={"reason": "再来"}).status_code == 409


def test_nobody_checks_or_signs_what_they_prepared(month: Browsers) -> None:
    with month.store.transaction() as session:
        board = people.by_login(session, "board")
        assert board is not None
        people.hold(session, board, "project_manager", month.company.community)
        people.hold(session, board, "region_quality", month.company.region)
    make(month, "board")
    newest(month)
    month.do("board", "prepare", **WRITTEN)
    client = month.browser("board")
    assert month.inbox("board") == []
    with month.store.reading() as session:
        task = session.scalars(select(Task.id).where(Task.case_id == month.case_id, Task.state == "open")).one()
    assert client.post(f"/tasks/{task}", data={"checked": "ok"}).status_code == 404
    month.do("region_quality", "check", checked="ok")
    with month.store.reading() as session:
        task = session.scalars(select(Task.id).where(Task.case_id == month.case_id, Task.state == "open")).one()
    assert client.post(f"/tasks/{task}", data={"signed": "sign"}).status_code == 404
    assert newest(month).state == "sign"


def test_a_withdrawn_permission_counts_whatever_the_diagram_says(month: Browsers) -> None:
    make(month)
    newest(month)
    month.do("manager", "prepare", **WRITTEN)
    with month.store.transaction() as session:
        session.execute(delete(Permission).where(Permission.act == "report.check"))
    with month.store.reading() as session:
        task = session.scalars(select(Task.id).where(Task.case_id == month.case_id, Task.state == "open")).one()
    client = month.browser("region_quality")
    client.post(f"/tasks/{task}/claim")
    answer = client.post(f"/tasks/{task}", data={"checked": "ok"})
    assert answer.status_code == 422
    assert "您没有权限：审核报告" in answer.text
    assert newest(month).state == "check"


def test_another_community_sees_nothing_of_it(month: Browsers) -> None:
    page = make(month)
    client = month.browser("manager_2")
    for path in (page, f"{page}/report.pdf", f"{page}/cases/response/of"):
        assert client.get(path).status_code == 404
    for act in ("count-again", "correct", "workbook"):
        assert client.post(f"{page}/{act}", data={"reason": "x"}).status_code == 404
    assert "还没有报告" in client.get("/reports").text
    assert (
        client.post("/reports/new", data={"place": month.company.community.id, "period": FEBRUARY}).status_code == 404
    )
    assert month.browser("agent").get("/reports").status_code == 403
    assert client.get("/reports/999999").status_code == 404
    assert month.browser("manager").get(f"{page}/cases/response/everything").status_code == 404


def test_the_list_is_searched_and_filtered_and_says_why_it_is_empty(month: Browsers) -> None:
    client = month.browser("region_quality")
    assert "还没有报告" in client.get("/reports").text
    make(month)
    make(month, "manager_2", place=month.company.neighbour.id)
    assert "2026年2月 月报" in client.get("/reports?q=湖滨&kind=month&state=prepare").text
    assert "阳光里" not in words(soup(month, "region_quality", "/reports?q=湖滨").select_one("tbody"))
    assert "没有符合条件的报告" in client.get("/reports?state=signed").text
    again = month.browser("manager").post(
        "/reports/new", data={"place": month.company.community.id, "period": FEBRUARY}
    )
    assert again.status_code == 422
    assert "这份报告已经有了" in again.text
    soon = month.browser("manager").post(
        "/reports/new", data={"place": month.company.community.id, "period": "month:2026-03-01"}
    )
    assert soon.status_code == 422
    assert "请选择已经结束的一段时间" in soon.text


def test_each_number_opens_the_cases_that_it_counts(month: Browsers) -> None:
    page = make(month)
    shown = soup(month, "manager", page)
    link = shown.select_one("#psi table a")
    assert link is not None
    listed = soup(month, "manager", str(link["href"]))
    assert "响应及时率 30" in words(listed.select_one("h1"))
    assert len(listed.select("tbody tr")) == 25
    assert len(soup(month, "manager", f"{link['href']}?page=2").select("tbody tr")) == 5
    assert "工程 10" in words(soup(month, "manager", f"{page}/cases/late:engineering/hit").select_one("h1"))


def test_a_pdf_holds_its_fonts_and_its_text(month: Browsers) -> None:
    page = make(month)
    newest(month)
    month.do("manager", "prepare", prepared="ready", summary='#read("/etc/passwd") 𠮷 *x* \x07')
    answer = month.browser("manager").get(f"{page}/report.pdf")
    assert answer.mimetype == "application/pdf"
    read = b"".join(_unpacked(answer.data))
    assert b"/FontFile3" in answer.data + read, "the fonts are embedded"
    for sign in "阳光里响应及时率":
        assert f"{ord(sign):04X}".encode() in read.upper(), "what is shown can be searched and copied"


def _unpacked(pdf: bytes) -> Any:
    for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(each)
        except zlib.error:
            continue


def test_the_workbook_has_real_dates_and_gives_the_figures_exactly(month: Browsers) -> None:
    page = make(month)
    client = month.browser("manager")
    job = str(client.post(f"{page}/workbook").location)
    month.finish_jobs()
    with client.get(f"{job}/file") as answer:
        book = load_workbook(BytesIO(answer.data))
    assert book.sheetnames == ["指标", "报告", "事实"]
    head, *facts = book["事实"].iter_rows(values_only=True)
    assert len(facts) == 40
    received, hit, of = (head.index(each) for each in ("收到日期", "响应及时率 · 分子", "响应及时率 · 分母"))
    assert all(isinstance(each[received], datetime) for each in facts)
    assert (sum(each[hit] for each in facts), sum(each[of] for each in facts)) == (30, 40)
    _head, first, *_rest = book["指标"].iter_rows(values_only=True)
    assert first[4:7] == (30, 40, 0.75)


def test_a_report_that_cannot_be_counted_is_said_to_be_missing_and_the_others_are_made(
    month: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with month.store.transaction() as session:
        session.add(ReportPlan(kind="month", level="community", day=3))
    month.later(days=1)
    count = contents.count

    def broken(session: Session, place: Place, *rest: Any) -> Any:
        if place.id == month.company.community.id:
            raise ZeroDivisionError
        return count(session, place, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(contents, "count", broken)
        assert make_reports(month.store) == 1
    listed = month.browser("manager").get("/reports").text
    assert "到了日子还没出的：阳光里 2026年2月月报。" in listed
    assert make_reports(month.store) == 1
    assert "还没出" not in month.browser("manager").get("/reports").text


def test_reports_are_made_on_their_day_and_readers_are_told(month: Browsers) -> None:
    with month.store.transaction() as session:
        session.add(ReportPlan(kind="month", level="community", day=3))
        session.add_all(ReportReader(person_id=month.person(login).id) for login in ("manager", "manager_2"))
    assert make_reports(month.store) == 0, "it is the second"
    month.later(days=1)
    assert make_reports(month.store) == 2
    assert make_reports(month.store) == 0
    with month.store.reading() as session:
        mine = session.scalars(select(Report).where(Report.place_id == month.company.community.id)).one()
    month.case_id = mine.case_id or 0
    month.do("manager", "prepare", **WRITTEN)
    month.do("region_quality", "check", checked="ok")
    month.do("board", "sign", signed="sign")
    with month.store.reading() as session:
        told = session.scalars(select(Letter.to_ref).where(Letter.template == "report_signed")).all()
    assert told == [month.person("manager").id], "who may not see the report is not told of it"


def test_the_company_sets_days_and_readers(month: Browsers) -> None:
    client = month.browser("administrator")
    wrong = client.post("/reports/settings", data={"month_community": "31", "week_company": "x"})
    assert wrong.status_code == 422
    assert wrong.text.count("field-error") >= 2
    kept = client.post("/reports/settings", data={"month_community": "3", "more": month.person("manager").id})
    assert kept.status_code == 303
    page = soup(month, "administrator", "/reports/settings")
    assert page.select_one("#month_community")["value"] == "3"  # type: ignore[index]
    assert [words(each.parent) for each in page.select("input[name=reader]")] == ["manager先生"]
    assert month.browser("manager").get("/reports/settings").status_code == 403


def test_what_is_not_issued_is_said_and_can_be_made_again(month: Browsers) -> None:
    page = make(month)
    newest(month)
    month.do("manager", "prepare", prepared="drop", why_dropped="数据还没有补录完")
    assert "这份报告没有出。 数据还没有补录完" in words(soup(month, "manager", page))
    make(month)
    assert newest(month).revision == 2


def test_pressed_twice_one_report_is_counted_and_a_failure_says_why(month: Browsers) -> None:
    asked = {"place": month.company.community.id, "period": FEBRUARY}
    client = month.browser("manager")
    job = client.post("/reports/new", data=asked).location
    assert client.post("/reports/new", data=asked).location == job
    other = month.browser("region_quality").post("/reports/new", data=asked).location
    assert "排队中" in client.get(job).text
    assert month.finish_jobs() == 2
    assert "这份报告已经有了" in month.browser("region_quality").get(other).text
    with month.store.reading() as session:
        assert len(session.scalars(select(Report)).all()) == 1
    shown = client.get(job)
    assert "HX-Redirect" not in shown.headers, "who comes back to the job later stays there"
    assert 'href="/reports/1"' in shown.text


def test_a_report_that_cannot_be_made_does_not_stop_the_others(
    month: Browsers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def count(session: Any, place: Any, *rest: Any) -> Any:
        if place.id == month.company.community.id:
            raise OperationalError("select", {}, Exception("canceling statement due to statement timeout"))
        return real(session, place, *rest)

    real = contents.count
    monkeypatch.setattr(contents, "count", count)
    with month.store.transaction() as session:
        session.add(ReportPlan(kind="month", level="community", day=1))
    assert make_reports(month.store) == 1
    assert "statement timeout" in caplog.text


@pytest.mark.parametrize("form", [1, 2], ids=["signed with its lists unpacked", "signed as they are stored"])
def test_a_list_that_was_changed_after_signing_is_noticed(month: Browsers, form: int) -> None:
    page = make(month)
    with month.store.transaction() as session:
        report = session.scalars(select(Report)).one()
        report.content = {**report.content, "form": form}
    sign(month)
    assert "与签发时一致" in words(soup(month, "manager", page))
    with month.store.transaction() as session:
        session.execute(update(ReportCases).values(ids=kept_cases.pack(numpy.array([1])).ids))
    assert "和签发时不一样了" in words(soup(month, "manager", page))


def test_what_is_drawn_comes_from_what_was_kept(month: Browsers) -> None:
    page = make(month)
    sign(month)
    with month.store.transaction() as session:
        session.execute(update(CaseFact).values(first_response_seconds=60, received_day=date(2026, 1, 5)))
    shown = soup(month, "manager", page)
    response, _loop, _again, arrivals = (json.loads(each.text) for each in shown.select("#trend [data-chart-data]"))
    assert [each["name"] for each in response["points"]][::12] == ["25-02", "26-02"]
    assert [each["value"] for each in response["points"]] == [None] * 12 + [0.75]
    assert (arrivals["came"][-2:], arrivals["late"][-2:]) == ([0, 40], [0, 10])
    (causes,) = (json.loads(each.text) for each in shown.select("#causes [data-chart-data]"))
    assert [(each["value"], each["url"]) for each in causes["rows"]] == [(40, f"{page}/cases/cause:1004/of")]
    assert "26-02 75.0 %（30/40）" in words(shown.select_one("#trend table"))
    assert month.browser("manager").get(f"{page}/report.pdf?lang=en").mimetype == "application/pdf"


def test_a_report_counted_before_there_were_trends_is_still_shown(month: Browsers) -> None:
    page = make(month)
    with month.store.transaction() as session:
        report = session.scalars(select(Report)).one()
        report.content = {name: each for name, each in report.content.items() if name != "trend"}
    assert soup(month, "manager", page).select_one("#trend") is None
    assert month.browser("manager").get(f"{page}/report.pdf").mimetype == "application/pdf"


OUTSIDE = {"name": "阳光里业委会", "mail": "committee@example.com", "language": "zh"}


def test_people_outside_get_the_signed_report_as_a_file(month: Browsers) -> None:
    client, place = month.browser("administrator"), {"place": month.company.community.id}
    wrong = client.post(
        "/reports/settings/addresses", data={"place": "", "name": "", "mail": "a b@c", "language": "zh"}
    )
    assert wrong.status_code == 422
    assert wrong.text.count("field-error") == 3
    assert client.post("/reports/settings/addresses", data={**OUTSIDE, **place}).status_code == 303
    again = client.post("/reports/settings/addresses", data={**OUTSIDE, **place})
    assert (again.status_code, "已经在名单上" in again.text) == (422, True)
    neighbour = {"place": month.company.neighbour.id, "mail": "other@example.com"}
    assert client.post("/reports/settings/addresses", data={**OUTSIDE, **neighbour}).status_code == 303
    assert month.browser("manager").post("/reports/settings/addresses", data={**OUTSIDE, **place}).status_code == 403

    page = make(month)
    sign(month)
    post = MailWay("smtp://user:pw@127.0.0.1", "bihuan@example.com")
    sent: list[EmailMessage] = []
    post.send = lambda letters: sent.extend(map(post.message, letters)) or {}  # type: ignore[method-assign,func-returns-value]
    send_due(month.store, [post])
    (mail,) = (each for each in sent if "committee@example.com" in str(each["To"]))
    assert "other@example.com" not in "".join(str(each["To"]) for each in sent), "another place's report is not theirs"
    assert "附件是阳光里的2026年2月月报" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    (file,) = mail.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", f"{newest(month).number}-1.pdf")
    assert file.get_content().startswith(b"%PDF")
    assert "阳光里业委会 PDF 附件" in words(soup(month, "manager", page).select_one("#mailed"))
    assert "已交给邮件服务器" in words(soup(month, "manager", page).select_one("#mailed"))


def test_a_file_that_is_too_large_or_cannot_be_made_keeps_no_other_letter(
    month: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = month.browser("administrator")
    client.post("/reports/settings/addresses", data={**OUTSIDE, "place": month.company.community.id})
    make(month)
    sign(month)
    post = MailWay("smtp://user:pw@127.0.0.1", "bihuan@example.com")
    with month.store.transaction() as session:
        letter = session.scalars(select(Letter).where(Letter.template == "report_sent")).one()
        file = attachments.of(session, letter, "zh")
        assert file is not None
        to = Recipient("业委会", "zh", "committee@example.com")
        out = Outgoing(letter.key, letter.template, to, "月报", "附件是月报。", attachment=file)
        monkeypatch.setattr(attachments, "MOST_BYTES", 10)
        mail = post.message(out)
        assert not list(mail.iter_attachments())
        assert "文件太大，没有附上" in mail.get_content()
        monkeypatch.setattr(pdf, "render", broken)
        with pytest.raises(ValueError, match="PDF 没有做成"):
            post.message(out)
        session.execute(delete(ReportAddress))
        assert attachments.of(session, letter, "zh") is not None
    send_due(month.store, [LogWay()])
    with month.store.reading() as session:
        assert session.get_one(Letter, letter.id).state == "given_up", "nothing goes to an address that was removed"


def broken(*_any: Any) -> bytes:
    raise typst.TypstError("no font")
