"""The list of complaints: found, filtered, late first, counted, exported."""

import csv
import io

from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, numbers, soup, spoken, words

__all__ = ["begun", "hands", "lamp", "spoken"]


def test_complaints_are_found_and_filtered(lamp: Browsers) -> None:
    lamp_number = lamp.number
    lamp.call(text="电梯里有人被困", category="1011", phone="13911112222", place_text="1栋电梯")
    lift = lamp.number
    assert set(numbers(lamp)) == {lamp_number, lift}
    assert numbers(lamp, q="139 1111 2222") == [lift]
    assert numbers(lamp, q="三天") == [lamp_number]
    assert numbers(lamp, q=lift.lower()) == [lift]
    assert numbers(lamp, urgency="critical") == [lift]
    assert numbers(lamp, category="10", department="engineering") == numbers(lamp)
    assert numbers(lamp, channel="phone", kind="complaint", state="open") == [lift]
    assert numbers(lamp, state="closed") == []
    assert numbers(lamp, community="999999", sort="nonsense", page="77", urgency="odd") == []
    assert "没有符合条件的投诉" in lamp.browser("manager").get("/complaints?q=%25").text
    assert numbers(lamp, category="D0") == []
    assert lamp.browser("manager").get("/complaints?_scheme=x&endpoint=y&_external=1&page=2").status_code == 200
    assert numbers(lamp, "manager_2") == []


def test_what_is_late_comes_first_and_is_counted(lamp: Browsers) -> None:
    late = lamp.number
    lamp.later(days=9)
    lamp.call(text="路灯不亮")
    assert numbers(lamp) == [late, lamp.number]
    assert numbers(lamp, state="late") == [late]
    page = soup(lamp, "manager", "/complaints")
    figures = {each.get_text(" ", strip=True) for each in page.select(".figure")}
    assert {"1 逾期", "2 未结", "0 已结", "2 全部"} <= figures
    assert "▲ 逾期" in words(page)


def test_an_empty_list_says_what_will_come(hands: Browsers) -> None:
    assert "还没有投诉" in hands.browser("manager").get("/complaints").text


def test_the_export_holds_no_formula_and_no_phone(hands: Browsers) -> None:
    hands.complain(text='=HYPERLINK("http://x")')
    hands.call(text="  @SUM(A1)")
    listed = soup(hands, "manager", "/complaints", kind="complaint")
    answer = hands.browser("manager").get(next(each["href"] for each in listed.select("a[download]")))
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {row["事由"][:2] for row in rows} == {"'@", "'="}
    assert {row["电话"] for row in rows} == {"138****1234"}
    assert hands.number in {row["编号"] for row in rows}
    assert "attachment" in answer.headers["Content-Disposition"]
