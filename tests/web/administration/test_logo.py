"""The company's logo: on every page, on posters, in mails; nobody else changes it, and nothing else is taken for one."""

from collections.abc import Callable
from email.message import EmailMessage
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image

from engine import letters
from engine.company.people import Person
from engine.core.store import Store
from engine.letters import letterhead
from engine.letters.people import Recipient
from engine.letters.ways import MailWay, Outgoing
from tests.web.conftest import Company

pytestmark = pytest.mark.fault(31)
Browser = Callable[[Person | None], FlaskClient]


def picture(size: tuple[int, int] = (1200, 600)) -> tuple[BytesIO, str]:
    out = BytesIO()
    Image.new("RGBA", size, (0, 120, 60, 120)).save(out, "PNG")
    return BytesIO(out.getvalue()), "标志.png"


@pytest.fixture
def admin(browser: Browser, company: Company, store: Store) -> FlaskClient:
    with store.transaction() as session:
        letters.seed(session)
    return browser(company.people["administrator"])


def mark(client: FlaskClient, path: str) -> str:
    found = BeautifulSoup(client.get(path).data, "html.parser").select_one(".brand-mark")
    assert found is not None
    return str(found["src"])


def test_a_logo_stands_on_the_pages_of_strangers_and_staff_and_can_be_removed(
    admin: FlaskClient, browser: Browser
) -> None:
    stranger = browser(None)
    assert "icon.svg" in mark(stranger, "/login")
    assert admin.post("/logo", data={"logo": picture()}).status_code == 303
    address = mark(stranger, "/login")
    assert address == mark(admin, "/account")
    shown = stranger.get(address)
    assert Image.open(BytesIO(shown.data)).size == (480, 240)
    assert "immutable" in shown.headers["Cache-Control"]

    admin.post("/logo", data={"logo": picture((300, 300))})
    assert mark(stranger, "/login") != address
    assert "immutable" not in stranger.get(address).headers["Cache-Control"]

    admin.post("/logo/remove")
    assert "icon.svg" in mark(stranger, "/login")
    assert stranger.get(address).status_code == 404
    record = admin.get("/record").get_data(as_text=True)
    assert record.count("修改了公司标志") == 2
    assert "去掉了公司标志" in record


def test_it_is_on_posters(admin: FlaskClient) -> None:
    sheet = "/posters?community=YGL&where=community&size=a4"
    assert "poster-mark" not in admin.get(sheet).get_data(as_text=True)
    admin.post("/logo", data={"logo": picture()})
    assert "poster-mark" in admin.get(sheet).get_data(as_text=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.4 \n%%EOF", "请选择图片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "没有上传"),
        (b"", "没有上传"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(admin: FlaskClient, content: bytes, said: str) -> None:
    answer = admin.post("/logo", data={"logo": (BytesIO(content), "标志.png")})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert "icon.svg" in mark(admin, "/account")


def test_only_who_may_change_the_company_changes_its_logo(browser: Browser, company: Company) -> None:
    for who in ("agent", "project_manager"):
        client = browser(company.people[who])
        assert client.get("/logo").status_code == 403
        assert client.post("/logo", data={"logo": picture()}).status_code == 403
        assert client.post("/logo/remove").status_code == 403


def sent(store: Store, language: str) -> EmailMessage:
    with store.reading() as session:
        head = letterhead.of(session)
    to = Recipient("王敏", language, "wang@example.test")
    way = MailWay("smtp://127.0.0.1:9", "bihuan@example.test")
    return way.message(
        Outgoing("k", "receipt", to, "已收到", "您好 <王敏>：\nhttps://example.test/c/1?a=1&b=2", head=head)
    )


def test_mails_carry_the_name_and_the_logo(admin: FlaskClient, store: Store) -> None:
    plain = sent(store, "en")
    assert plain["From"].addresses[0].display_name == "Sunshine"
    assert plain.get_content().rstrip().endswith("\n\nSunshine")

    admin.post("/logo", data={"logo": picture()})
    mail = sent(store, "zh")
    assert mail["From"].addresses[0].display_name == "阳光物业"
    words, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert words is not None
    assert page is not None
    assert "https://example.test/c/1?a=1&b=2" in words.get_content()
    html = BeautifulSoup(page.get_content(), "html.parser")
    assert "您好 <王敏>：" in html.get_text()
    assert [each["href"] for each in html.select("a")] == ["https://example.test/c/1?a=1&b=2"]
    logos = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert [f"cid:{each['Content-ID'].strip('<>')}" for each in logos] == [html.img["src"]]  # type: ignore[index]
