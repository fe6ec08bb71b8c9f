"""A resident on a phone: the whole path in a real browser, with and without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from engine.core.settings import Settings
from tests.browsing import serving
from tests.stories import acts
from tests.stories.hands import Hands
from tests.web.residents.seen import photo

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}

TOO_SMALL = """() => [...document.querySelectorAll('main a, main button, main input, main textarea, main label')]
    .filter((each) => !each.matches('label') || each.querySelector('input'))
    .filter((each) => !each.closest('label') || each.matches('label'))
    .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1 && box.height < 44)
    .map(([said]) => said)"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the pages."""
    with serving(app) as found:
        yield found


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A phone; it must report no errors."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=request.param)
    context.set_default_timeout(5_000)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "console", lambda said: wrong.append(said.text) if said.type == "error" and "422" not in said.text else None
    )
    yield opened
    context.close()
    assert wrong == []


def test_complaining_from_a_phone(page: Page, address: str, tmp_path: Path, settings: Settings) -> None:
    picture = tmp_path / "灯.jpg"
    picture.write_bytes(photo().getvalue())
    page.goto(address)
    page.get_by_role("link", name=re.compile("我要投诉")).click()
    for answer in ("阳光里", "投诉", "工程维修"):
        page.get_by_role("link", name=re.compile(f"^{answer}")).click()
    page.get_by_label("公共照明").check()
    page.get_by_label("发生了什么").fill("三楼的灯不亮了")
    page.locator("#f-evidence").set_input_files(picture)
    page.get_by_label("联系电话").fill("13812345678")
    page.get_by_role("button", name="提交").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("有 1 处需要修改")
    expect(page.get_by_label("发生了什么")).to_have_value("三楼的灯不亮了")
    page.get_by_label("具体位置").fill("3栋2单元")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我们收到了，谢谢您")
    page.get_by_role("button", name="查看进展").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("客服受理")
    expect(page.locator(".own-files img")).to_have_attribute("alt", "灯.jpg")


@pytest.mark.parametrize("page", [False], indirect=True, ids=["no scripts"])
def test_saying_how_it_turned_out(page: Page, address: str, hands: Hands) -> None:
    acts.handled(hands)
    page.goto(f"{address}/c/{hands.secret}")
    page.get_by_role("button", name="评价处理结果").click()
    page.get_by_label("未解决").check()
    page.locator("#score input[value='1']").check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("#words-error")).to_contain_text("哪里没有做好")
    page.get_by_label("想说的话").fill("还是不亮")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("status")).to_contain_text("谢谢您的评价")
    expect(page.locator("main")).to_contain_text("第 2 次处理")


def test_large_enough_for_old_eyes_and_big_thumbs(chromium: Browser, address: str, hands: Hands) -> None:
    acts.handled(hands)
    form, mine = "/complain?community=YGL&kind=complaint&area=10", f"/c/{hands.secret}"
    paths = ["/", "/complain?community=YGL", "/complain?community=YGL&kind=repair", "/lost-link", form]
    paths += [f"{mine}{path}" for path in ("", "/receipt", "/callback", "/withdrawal", "/words")]
    for language, some in (("zh-CN", paths), ("en", ["/", form, mine])):
        context = chromium.new_context(viewport=PHONE, locale=language)
        page = context.new_page()
        for path in some:
            page.goto(address + path)
            assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px", path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            assert page.evaluate(TOO_SMALL) == [], path
        context.close()


@pytest.mark.fault(26)
def test_one_question_at_a_time_and_afterwards_only_what_was_wrong(page: Page, address: str, hands: Hands) -> None:
    page.goto(f"{address}/complain?community=YGL&kind=complaint&area=10")
    page.get_by_role("button", name="大字版").click()
    kinds, words = page.get_by_label("电梯故障"), page.get_by_label("发生了什么")
    if not page.locator("form.one-by-one").count():  # without scripts everything is on one page
        expect(words).to_be_visible()
        return
    onward, needed = page.get_by_role("button", name="下一步"), page.get_by_text("请先回答这一题")
    onward.click()
    expect(needed).to_be_visible()
    kinds.check()
    expect(needed).to_be_hidden()
    expect(words).to_be_hidden()
    for _question in range(2):
        onward.click()
        if words.is_visible():
            onward.click()
            expect(needed).to_be_visible()
            words.fill("电梯停在三楼")
        expect(kinds).to_be_hidden()
    place, phone = page.get_by_label("具体位置"), page.get_by_label("联系电话")
    while onward.is_visible():
        if place.is_visible():
            place.fill("x" * 99)
        onward.click()
    page.get_by_role("button", name="提交").click()
    expect(needed).to_be_visible()
    expect(phone).to_be_visible()
    phone.fill("1381234567")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("处需要修改")).to_be_visible()
    expect(words).to_be_hidden()
    phone.fill("13812345678")
    expect(words).to_be_hidden()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="我们收到了")).to_be_visible()


@pytest.mark.fault(26)
@pytest.mark.parametrize("page", [True], indirect=True, ids=["scripts"])
def test_too_large_a_video_and_a_tenth_photo_are_refused_before_they_are_sent(
    page: Page, address: str, tmp_path: Path
) -> None:
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.url) if each.url.endswith("/complain/files") else None)
    page.goto(f"{address}/complain?community=YGL&kind=complaint&area=10")
    video = tmp_path / "走廊.mp4"
    with video.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    page.locator("#f-evidence").set_input_files(video)
    expect(page.locator("[data-refused]")).to_have_text("“走廊.mp4”有 51 MB，最大 50 MB，没有添加。")
    assert sent == []
    pictures = [tmp_path / f"{number}.jpg" for number in range(10)]
    for each in pictures:
        each.write_bytes(photo().getvalue())
    page.locator("#f-evidence").set_input_files(pictures)
    expect(page.locator("[data-refused]")).to_have_text("最多 9 个文件，“9.jpg”没有添加。")
    expect(page.locator(".brought [type=hidden]")).to_have_count(9)
    assert len(sent) == 9


@pytest.mark.fault(24)
@pytest.mark.parametrize("page", [True], indirect=True, ids=["scripts"])
def test_a_text_over_the_limit_is_counted_and_not_cut(page: Page, address: str) -> None:
    page.goto(f"{address}/complain?community=YGL&kind=complaint&area=10")
    words = page.get_by_label("发生了什么")
    words.fill("吵" * 1990)
    expect(page.get_by_text("还能写 10 个字")).to_be_visible()
    words.fill("吵" * 2003)
    expect(words).to_have_value("吵" * 2003)
    expect(page.get_by_text("多了 3 个字，最多 2000 个")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("最多 2000 个字，现在有 2003 个")
    expect(words).to_have_value("吵" * 2003)


@pytest.mark.parametrize("page", [True], indirect=True, ids=["scripts"])
def test_a_phone_that_closes_the_page_loses_neither_words_nor_photos(page: Page, address: str, tmp_path: Path) -> None:
    picture = tmp_path / "灯.jpg"
    picture.write_bytes(photo().getvalue())
    page.goto(f"{address}/complain?community=YGL&kind=complaint&area=10")
    page.get_by_label("发生了什么").fill("三楼的灯不亮了")
    page.locator("#f-evidence").set_input_files(picture)
    expect(page.locator(".brought [type=hidden]")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("发生了什么")).to_have_value("三楼的灯不亮了")
    expect(page.locator(".brought [type=hidden]")).to_have_count(1)
    expect(page.locator(".brought img")).to_have_js_property("naturalWidth", 40)
