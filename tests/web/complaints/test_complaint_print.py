"""A whole case in print: text, limits, who did what, history; the phone only as the reader may see it."""

from sqlalchemy import select

from engine.history import Entry
from tests.stories import acts
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, of, soup, spoken, words

__all__ = ["begun", "hands", "lamp", "spoken"]


def test_the_whole_case_stands_on_paper(lamp: Browsers) -> None:
    acts.planned(lamp)
    page = soup(lamp, "manager", f"{of(lamp)}/print")
    said = words(page)
    for part in (
        lamp.number,
        "楼道灯坏了三天",
        "138****1234",
        "受理确认",
        "制定方案",
        "谁办了什么",
        "2026-03-02 09:00",
    ):
        assert part in said, part
    assert "13800001234" not in said
    assert page.select("article table")
    assert soup(lamp, "manager", f"{of(lamp)}/print", diagram="yes").select("[data-diagram], .diagram")


def test_the_phone_is_printed_once_and_that_is_recorded(lamp: Browsers) -> None:
    where = f"{of(lamp)}/print"
    sent = lamp.browser("manager").post(f"{of(lamp)}/phone", data={"back": where})
    assert sent.location == where
    assert "13800001234" in words(soup(lamp, "manager", where))
    assert "13800001234" not in words(soup(lamp, "manager", where))
    with lamp.store.reading() as session:
        assert all(each.by_id for each in session.scalars(select(Entry).where(Entry.kind == "phone.shown")))


def test_who_may_not_see_it_cannot_print_it(lamp: Browsers) -> None:
    assert lamp.browser("manager_2").get(f"{of(lamp)}/print").status_code == 404
