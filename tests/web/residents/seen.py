"""What a resident sends and sees."""

import re
from io import BytesIO

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine.complaints.core.complaint import Complaint
from engine.core.store import Store

PHONE = "13812345678"
CHINESE = re.compile(r"[一-鿿]+")


def read(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.data, "html.parser")


def words(answer: TestResponse) -> str:
    return read(answer).find("main").get_text(" ", strip=True)


def typed(**other: object) -> dict[str, object]:
    """What a resident sends."""
    usual: dict[str, object] = {
        "community": "YGL",
        "kind": "repair",
        "area": "10",
        "category": "1004",
        "text": "三楼的灯不亮了",
        "place_text": "3栋2单元",
        "phone": PHONE,
        "sent_as": "a-random-word",
    }
    return {name: value for name, value in {**usual, **other}.items() if value is not None}


def send(client: FlaskClient, **other: object) -> TestResponse:
    return client.post("/complain", data=typed(**other), content_type="multipart/form-data")


def sent(store: Store) -> list[Complaint]:
    with store.reading() as session:
        return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def photo(color: str = "red") -> BytesIO:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), color).save(drawn, "JPEG")
    drawn.seek(0)
    return drawn
