"""What people do in a story, through the pages: every answer goes through HTTP, as a browser would send it."""

import io
import re
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from engine.db import Store
from engine.settings import Settings
from tests.stories.company import Company
from tests.stories.hands import Hands, Photo
from web import create_app

TASK = re.compile(r'href="/tasks/(\d+)"')


def jpeg() -> bytes:
    """A small photo."""
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(drawn, "JPEG")
    return drawn.getvalue()


class Browsers(Hands):
    """The same hands, each in a browser of its own."""

    def __init__(self, store: Store, company: Company, home: Path) -> None:
        super().__init__(store, company)
        self.app = create_app(Settings(home=home, demo=True), store)
        self.app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True, WTF_CSRF_ENABLED=False)
        self.open: dict[str, FlaskClient] = {}
        self.photo = jpeg()

    def browser(self, login: str) -> FlaskClient:
        """The browser in which somebody is logged in."""
        if login not in self.open:
            made, person = self.app.test_client(), self.person(login)
            with made.session_transaction() as kept:
                kept["person"], kept["key"] = person.id, person.session_key
            self.open[login] = made
        return self.open[login]

    def _listed(self, login: str) -> set[int]:
        page = self.browser(login).get("/inbox")
        assert page.status_code == 200, page.status
        return {int(found) for found in TASK.findall(page.text)}

    def inbox(self, login: str) -> list[str]:
        """What the inbox page lists, of this complaint."""
        listed = self._listed(login)
        return sorted(task.element for task in self._open_tasks() if task.id in listed)

    def do(self, login: str, element: str, **answers: Any) -> None:
        """Somebody finds a task in the inbox, takes it, fills in its form and sends it."""
        listed = self._listed(login)
        found = [task.id for task in self._open_tasks() if task.element == element and task.id in listed]
        assert found, f"{login} finds no {element}: {self.inbox(login)}"
        client, address = self.browser(login), f"/tasks/{found[0]}"
        assert client.post(f"{address}/claim").status_code == 303
        sent = client.post(address, data=self._sent(answers), content_type="multipart/form-data")
        assert sent.status_code == 303, said(sent)

    def on_page(self, login: str, act: str, **typed: str) -> int:
        """Somebody sends a form of the complaint's page; the status that comes back."""
        return self.browser(login).post(f"/complaints/{self.complaint_id}/{act}", data=typed).status_code

    def _sent(self, answers: dict[str, Any]) -> dict[str, Any]:
        return {key: self._typed(value) for key, value in answers.items()}

    def _typed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._typed(each) for each in value]
        if isinstance(value, Photo):
            return (io.BytesIO(self.photo), value.filename)
        return "true" if value is True else str(value)


def said(page: TestResponse) -> str:
    """What a page that was not what it should be tells: its words without the markup."""
    return f"{page.status}: " + re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))[-1500:]
