"""No page is half translated: every page is opened in English; any Chinese on it must be people's own text."""

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from bs4.element import PreformattedString
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.operations import metadata
from tests.web.every_page import WHO, Pages, opened

pytestmark = pytest.mark.slow

CHINESE = re.compile(r"[一-鿿][一-鿿，。、；：？！（）“”·\d]*")
OURS = re.compile(r"闭环|中文|简体中文")
"""The product's name, and the link to the other language."""

SHOWN = ("alt", "title", "aria-label", "placeholder", "data-name")
ENGLISH = {"name": "name_en", "title": "title_en", "zh": "en"}
"""Columns whose Chinese an English page must not show if the row has English in the other column."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Every page."""
    with opened(tmp_path_factory) as found:
        yield found


def own_words(session: Session) -> str:
    """Stored text without an English version."""
    said: list[str] = []
    for table in metadata.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            said += [_plain(value) for name, value in row.items() if not row.get(ENGLISH.get(name, ""))]
    return "\n".join(said)


def _plain(value: object) -> str:
    return value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)


def test_an_english_page_holds_no_chinese_of_ours(pages: Pages) -> None:
    left: dict[str, str] = {}
    with pages.store.reading() as session:
        own = own_words(session)
    for login in WHO:
        client = pages.of(login)
        for address in pages.addresses():
            answer = client.get(address, query_string={"lang": "en"})
            if answer.status_code == 200 and answer.mimetype == "text/html":
                left |= dict.fromkeys(_chinese(answer.text, own), f"{address} ({login or 'nobody'})")
    assert not left, "\n".join(f"{place}: {said}" for said, place in sorted(left.items(), key=lambda each: each[1]))


def _chinese(page: str, own: str) -> Iterator[str]:
    """Chinese on a page that is not people's own text."""
    shown = BeautifulSoup(page, "html.parser")
    for each in shown.select("script, style, textarea, [lang^=zh], .bjs-container"):
        each.decompose()
    texts = [text for text in shown.find_all(string=True) if not isinstance(text, PreformattedString)]
    texts += [str(tag[name]) for tag in shown.find_all(True) for name in SHOWN if tag.get(name)]
    for text in texts:
        for run in CHINESE.findall(OURS.sub("", str(text))):
            if run.strip("，。、；：？！（）“”·") not in own:
                yield run
