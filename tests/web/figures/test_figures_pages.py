"""The pages of figures: numbers with what stands behind them, permission, baselines, the wall screen, the command."""

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from sqlalchemy import delete, event, select, update

from engine.company.permissions import Permission
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.history import Entry
from engine.measures.frozen import FrozenBaseline
from engine.measures.scopes import PEOPLE
from engine.operations.cli import Console
from engine.operations.cli.measures import measures
from tests.stories import acts
from tests.stories.pages import Browsers
from tests.web.figures.past_facts import many, today
from tests.web.lamp import begun, hands, lamp, soup, spoken, words

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands", "lamp", "spoken"]

PAGES = ("", "/late", "/durations", "/places", "/places?by=asset", "/flattering", "/flattering/unreached", "/response")
SPAN = {"span": "twelve"}


def data(page: BeautifulSoup) -> list[dict[str, Any]]:
    return [json.loads(each.text) for each in page.select("[data-chart-data]")]


def test_a_number_is_shown_with_its_interval_its_target_and_its_cases(lamp: Browsers) -> None:
    many(lamp.store)
    page = soup(lamp, "manager", "/figures", **SPAN)
    card = page.select_one(".measure-card")
    assert card is not None
    said = words(BeautifulSoup(str(card), "html.parser"))
    assert "响应及时率 90.0%" in said
    assert "88.2% – 91.6%" in said
    assert "1,080 / 1,200" in said
    assert "≥ 95%" in said
    assert "没达到" in said
    hit = card.select_one("a[href*='part=hit']")
    assert hit is not None
    assert "measure=response" in str(hit["href"])
    few = words(soup(lamp, "manager", "/figures/response", span="week"))
    assert "件数太少" not in few
    assert "件数太少" in words(soup(lamp, "manager", "/figures/response", span="day"))


def test_every_page_opens_and_its_charts_have_the_same_numbers_as_a_table(lamp: Browsers) -> None:
    acts.planned(lamp)
    many(lamp.store)
    for path in PAGES:
        where, _, asked = path.partition("?")
        page = soup(
            lamp, "manager", f"/figures{where}", **SPAN, **dict(each.split("=") for each in asked.split("&") if each)
        )
        for chart in page.select("[data-chart]"):
            assert chart.select("tbody tr"), path
            assert chart.select_one("[data-chart-drawing][aria-hidden=true]") is not None
    drawn = data(soup(lamp, "manager", "/figures/response", **SPAN))
    assert [each["kind"] for each in drawn] == ["control", "bars"]
    assert sum(each["baseline"] for each in drawn[0]["points"]) == 22  # thirty weeks but the last eight
    assert not any(each["signal"] for each in drawn[0]["points"])


def test_what_hardly_ever_happens_is_shown_by_the_days_between(lamp: Browsers) -> None:
    many(lamp.store, 30, 1, more=lambda number: {"received_day": today() - timedelta(days=10 * (number + 1))})
    page = soup(lamp, "manager", "/figures/per_homes", **SPAN)
    assert words(page.select_one("#trend figcaption")) == "两次之间隔几天"
    drawn = data(page)[0]
    assert {each["value"] for each in drawn["points"][:29]} == {9}
    assert (drawn["points"][-1]["open"], drawn["points"][-1]["n"]) == (True, "到现在 0 天没有")
    assert page.select_one("#trend form, #trend nav") is None
    many_more = soup(lamp, "manager", "/figures/response", **SPAN)
    assert words(many_more.select_one("#trend figcaption")) == "走势", "shares are compared by week"


def test_figures_are_for_who_may_see_them_and_of_their_places(lamp: Browsers) -> None:
    assert lamp.browser("agent").get("/figures").status_code == 403
    assert not soup(lamp, "agent", "/complaints").select("a[href='/figures']")
    assert soup(lamp, "manager", "/complaints").select("a[href='/figures']")
    assert lamp.browser("manager").get("/figures/no-such-measure").status_code == 404
    assert lamp.browser("manager").get("/figures/flattering/no-such-check").status_code == 404
    many(lamp.store)
    assert "1,200 件在内" in words(soup(lamp, "manager", "/figures/response", **SPAN))
    with lamp.store.transaction() as session:
        session.execute(update(CaseFact).values(community_id=lamp.company.neighbour.id))
    assert "1,200" not in words(soup(lamp, "manager", "/figures/response", **SPAN))


def listed(lamp: Browsers, link: Any, login: str = "manager") -> BeautifulSoup:
    """The list of complaints that a number leads to."""
    where, _, query = str(link["href"]).partition("?")
    return soup(lamp, login, where, **dict(parse_qsl(query)))


def test_people_are_a_cut_by_name_that_leads_to_their_cases(lamp: Browsers) -> None:
    ids = lamp.company.people
    both = [ids["engineer"].id, ids["guard"].id]
    many(lamp.store, more=lambda number: {"person_id": both[number % 40 == 0]})
    cut = soup(lamp, "manager", "/figures/response", by="person", **SPAN).select("#cut tbody tr")
    assert [words(each).split()[0] for each in cut] == ["engineer先生", "guard先生", "没有经办人"]
    assert "1,170" in words(cut[0])
    assert "30" in words(cut[1])
    link = cut[0].select_one("a")
    assert link is not None
    drawn = data(soup(lamp, "manager", "/figures/response", by="person", **SPAN))[-1]
    assert [each["name"] for each in drawn["rows"]] == ["engineer先生", "guard先生"], "nobody is drawn with a few cases"
    cases = listed(lamp, link)
    assert "1,170" in words(cases)
    assert "经办人 engineer先生" in words(cases)
    theirs = soup(lamp, "manager", "/figures/response", person=both[1], **SPAN)
    assert "0.0%" in words(theirs)
    hit = theirs.select_one(".part-links a[href*='part=of']")
    assert hit is not None
    assert listed(lamp, hit).select_one(".head-count").text == "30"  # type: ignore[union-attr]
    few = words(soup(lamp, "manager", "/figures/response", person=both[1], span="day"))
    assert "件数太少" in few
    assert [each["value"] for each in theirs.select("select[name=person] option")][1:] == [*map(str, both), "0"]


def test_a_persons_chart_marks_nothing_from_fewer_than_thirty_cases_and_says_so(lamp: Browsers) -> None:
    ids = lamp.company.people
    many(lamp.store, more=lambda number: {"person_id": ids["guard" if number % 40 == 0 else "engineer"].id})
    few = soup(lamp, "manager", "/figures/response", person=ids["guard"].id, **SPAN)
    assert "基线里只有 22 件，不到 30 件" in words(few.select_one("#trend"))
    assert not any(each["low"] is not None or each["signal"] for each in data(few)[0]["points"])
    english = soup(lamp, "manager", "/figures/response", person=ids["guard"].id, lang="en", **SPAN)
    assert "The baseline holds only 22 cases, fewer than 30" in words(english.select_one("#trend"))
    enough = soup(lamp, "manager", "/figures/response", person=ids["engineer"].id, lang="zh", **SPAN)
    assert "暂以最近 8 点之前的 22 个点为准" in words(enough.select_one("#trend"))


def test_hours_and_buildings_lead_to_exactly_their_cases(lamp: Browsers) -> None:
    many(lamp.store, more=lambda number: {"building": ("3", "12", "")[number % 3], "received_hour": number % 24})
    for way, of, said in (
        ("building", "", "没有楼栋"),
        ("building", "12", "楼栋 12"),
        ("hour", "7", "7 点到 8 点收到"),
    ):
        cut = soup(lamp, "manager", "/figures/response", by=way, **SPAN)
        links = {link["href"]: link for link in cut.select("#cut tbody a")}
        wanted = f"{way}={of or 'none'}"
        [link] = [each for address, each in links.items() if wanted in str(address).split("?")[1].split("&")]
        cases = listed(lamp, link)
        number = cases.select_one(".head-count")
        assert number is not None
        counts = link.find_parent("tr").select("td")[-1].text  # type: ignore[union-attr]
        assert re.findall(r"[\d,]+", counts)[-1] == number.text
        assert said in words(cases)


def test_who_may_not_see_people_gets_neither_the_cut_nor_the_list(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        session.execute(delete(Permission).where(Permission.act == PEOPLE))
    page = soup(lamp, "manager", "/figures/response", **SPAN)
    assert not page.select("select[name=person]")
    assert "经办人" not in words(page)
    for path in (
        "/figures?person=1",
        "/figures/response?by=person",
        "/figures/flattering?person=1",
        "/complaints?person=1",
    ):
        assert lamp.browser("manager").get(path).status_code == 403, path


def test_past_complaints_are_added_where_they_suffice_and_the_page_says_to_what(lamp: Browsers) -> None:
    many(lamp.store, more=lambda number: {"past": number % 2 == 0})
    with lamp.store.transaction() as session:
        session.execute(update(Complaint).where(Complaint.id >= 1000, Complaint.id % 2 == 0).values(past=True))
    without = soup(lamp, "manager", "/figures/per_homes", **SPAN)
    assert without.select_one("input[name=past]:not([checked])") is not None
    assert "历史投诉 600 件" not in words(without)
    page = soup(lamp, "manager", "/figures/per_homes", past="with", **SPAN)
    assert "其中导入的历史投诉 600 件" in words(page)
    link = page.select_one(".part-links a[href*='part=hit']")
    assert link is not None
    cases = listed(lamp, link)
    assert cases.select_one(".head-count").text == "1,200"  # type: ignore[union-attr]
    assert cases.select_one("select[name=past] option[value=with][selected]") is not None
    every = words(soup(lamp, "manager", "/figures", past="with", **SPAN))
    assert "百户投诉量 （历史 600 件）" in every
    assert "响应及时率 （历史" not in every
    assert "不含历史投诉" in words(soup(lamp, "manager", "/figures/response", past="with", **SPAN))
    assert "600 件在内" in words(soup(lamp, "manager", "/figures/response", past="with", **SPAN))
    assert "不算导入的历史投诉" in words(soup(lamp, "manager", "/figures/late", past="with", **SPAN))


def test_a_figure_of_communities_of_one_size_leads_to_its_cases(lamp: Browsers) -> None:
    many(lamp.store)
    page = soup(lamp, "board", "/figures/response", size="small", **SPAN)
    link = page.select_one(".part-links a[href*='part=of']")
    assert link is not None
    cases = listed(lamp, link, "board")
    assert cases.select_one(".head-count").text == "1,200"  # type: ignore[union-attr]
    assert cases.select_one("select[name=size] option[value=small][selected]") is not None
    assert soup(lamp, "board", "/complaints", size="large").select_one(".head-count").text == "0"  # type: ignore[union-attr]


def test_a_baseline_stays_until_it_is_moved_with_a_reason(lamp: Browsers) -> None:
    many(lamp.store)
    address = "/figures/response/baseline?span=twelve"
    assert lamp.browser("manager").post(address, data={}).status_code == 403
    days = {"from": str(today() - timedelta(weeks=31)), "to": str(today() - timedelta(weeks=10))}
    without = lamp.browser("board").post(address, data={**days, "reason": " "})
    assert without.status_code == 422
    assert "请写明为什么" in without.text
    few = {"from": str(today() - timedelta(weeks=3)), "to": str(today()), "reason": "试"}
    assert "至少要 12 个点" in lamp.browser("board").post(address, data=few).text
    kept = lamp.browser("board").post(address, data={**days, "reason": "换了派单规则"})
    assert kept.status_code == 303
    page = soup(lamp, "board", "/figures/response", **SPAN)
    assert "换了派单规则" in words(page)
    assert "基线" in words(page)
    with lamp.store.reading() as session:
        assert session.scalars(select(FrozenBaseline.centre)).one() == pytest.approx(0.9)
        assert session.scalars(select(Entry.facts).where(Entry.kind == "baseline.moved")).one()["measure"] == "response"


def test_late_complaints_are_told_by_the_step_that_held_them(lamp: Browsers) -> None:
    acts.investigated(lamp)
    lamp.later(days=20)
    page = soup(lamp, "manager", "/figures/late")
    said = words(page)
    assert "解决时限到期 1 件，逾期 1 件" in said
    assert "制定方案 · 工程" in said
    held = page.select_one("figure.chart tbody a[href*='held=']")
    assert held is not None
    assert page.select("[data-chart-data]")
    listed = lamp.browser("manager").get(str(held["href"]).partition("#")[0])
    assert BeautifulSoup(listed.data, "html.parser").select(f"a[href='/complaints/{lamp.complaint_id}']")


def test_a_close_without_a_reached_callback_is_worth_a_look(hands: Browsers) -> None:
    acts.handled(hands)
    for _ in range(3):
        hands.until("call_resident", days=2)
        hands.do("caller", "call_resident", call_result="no_answer")
    assert hands.now().status == "closed"
    page = soup(hands, "manager", "/figures/flattering")
    counted = {each.select_one("h2").text: each.select_one("strong").text for each in page.select(".check-list li")}  # type: ignore[union-attr]
    assert counted["没有打通回访就结案"] == "1"
    assert counted["压着时限告知结果"] == "0"
    assert soup(hands, "manager", "/figures/flattering/unreached").select(f"a[href='/complaints/{hands.complaint_id}']")


def test_the_screen_in_the_hall_shows_figures_without_names_until_its_link_is_withdrawn(lamp: Browsers) -> None:
    many(lamp.store)
    admin = lamp.browser("administrator")
    assert admin.post("/walls", data={"name": "", "place": "1"}).status_code == 422
    assert admin.post("/walls", data={"name": "大堂", "place": "1"}).status_code == 303
    page = soup(lamp, "administrator", "/walls")
    link = page.select_one("a[href*='/wall/']")
    assert link is not None
    path = "/wall/" + str(link["href"]).rpartition("/")[2]
    stranger = lamp.app.test_client()
    shown = stranger.get(path)
    assert shown.status_code == 200
    assert shown.headers["Refresh"] == "60"
    assert "正在办" in shown.text
    assert "响应及时率" in shown.text
    for name in ("楼道", "先生", lamp.number):
        assert name not in shown.text
    assert stranger.get("/wall/" + "a" * 26).status_code == 404
    out = page.select_one("form[action$='/withdraw']")
    assert out is not None
    assert admin.post(str(out["action"])).status_code == 303
    assert stranger.get(path).status_code == 404
    assert lamp.browser("manager").get("/walls").status_code == 403


def test_the_command_says_what_the_page_says(lamp: Browsers) -> None:
    many(lamp.store)
    console = Console()
    vars(console)["store"] = lamp.store
    days = ["--since", str(today() - timedelta(days=300)), "--until", str(today())]
    ran = CliRunner().invoke(measures, [*days, "--json"], obj=console)
    assert ran.exit_code == 0, ran.output
    response = json.loads(ran.output)[0]
    assert (response["measure"], response["hit"], response["of"]) == ("response", 1080, 1200)
    assert response["value"] == pytest.approx(0.9)
    other = CliRunner().invoke(measures, [*days, "--community", "nowhere"], obj=console)
    assert other.exit_code == 2
    assert "nowhere" in other.output


def test_no_page_asks_more_with_more_cases(lamp: Browsers) -> None:
    asked: list[str] = []
    event.listen(lamp.store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def statements() -> dict[str, int]:
        found = {}
        for path in PAGES:
            asked.clear()
            soup(lamp, "manager", f"/figures{path.partition('?')[0]}", **SPAN)
            found[path] = len(asked)
        return found

    many(lamp.store, weeks=4, each=10)
    statements()  # what is kept in memory
    few = statements()
    with lamp.store.transaction() as session:
        session.execute(delete(CaseFact).where(CaseFact.complaint_id >= 1000))
        session.execute(delete(Complaint).where(Complaint.id >= 1000))
    many(lamp.store, weeks=30, each=40)
    statements()
    assert statements() == few
    assert max(few.values()) <= 80
