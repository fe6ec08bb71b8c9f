"""What people do in a story, through the pages: every form is sent over HTTP, as from a browser."""

import io
import re
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.schedule import run_jobs
from tests.stories.company import Company
from tests.stories.hands import Hands, Photo
from tests.web.logged_in import log_in
from web import create_app
from web.residents.follow import MESSAGES

RECEIPT = re.compile(r"/c/(\w+)/receipt")
SECRET = re.compile(r"/c/(\w+)")
ASKED = frozenset({"kind", "about", "person_name", "place_text", "phone", "wish"})
"""What the resident's page asks for besides text and category."""

TASK = re.compile(r'href="/tasks/(\d+)"')


def jpeg() -> bytes:
    """A small photo."""
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(drawn, "JPEG")
    return drawn.getvalue()


class Browsers(Hands):
    """The same hands, each in its own browser."""

    def __init__(self, store: Store, company: Company, home: Path) -> None:
        super().__init__(store, company)
        self.home = home
        self.app = create_app(Settings(home=home, demo=True), store)
        self.app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=True, WTF_CSRF_ENABLED=False)
        self.visitor = self.app.test_client()
        self.open: dict[str, FlaskClient] = {}
        self.photo = jpeg()

    def finish_jobs(self) -> int:
        """The schedule runs what was requested; return how many jobs."""
        return run_jobs(self.store, Settings(home=self.home, demo=True))

    # --- the resident, who has no account

    def complain(self, text: str = "楼道灯坏了三天，晚上看不清", category: str = "1004", **more: Any) -> None:
        """A resident fills in the page; what the page does not ask for goes through the engine instead."""
        if more.keys() - ASKED:
            super().complain(text, category, **more)
            return
        typed = {
            "community": self.company.community.code,
            "kind": "complaint",
            "area": category[:2],
            "category": category,
            "text": text,
            "place_text": "3栋2单元",
            "phone": "13800001234",
            **more,
        }
        sent = self.visitor.post("/complain", data=typed, content_type="multipart/form-data")
        assert sent.status_code == 303, said(sent)
        self.secret = RECEIPT.findall(sent.location)[0]
        with self.store.reading() as session:
            self.complaint_id = links.enter(session, self.secret).id
        self._know()
        assert self.number in self.visitor.get(sent.location).text

    def _say(self, act: str, **typed: object) -> None:
        offered = self.visitor.get(f"/c/{self.secret}/{act}")
        assert offered.status_code == 200, said(offered)
        sent = self.visitor.post(f"/c/{self.secret}/{act}", data=typed)
        assert sent.status_code == 303, said(sent)

    def accept_plan(self) -> None:
        """The resident agrees."""
        self._say("plan", accepted="yes")

    def object_to_plan(self, words: str = "时间太晚了") -> None:
        """The resident does not agree."""
        self._say("plan", accepted="no", words=words)

    def answer(self, score: int, outcome: str, words: str = "") -> None:
        """The resident answers the callback online."""
        self._say("callback", score=score, outcome=outcome, words=words)

    def appeal(self, words: str = "我有照片为证") -> None:
        """The resident appeals."""
        self._say("appeal", words=words)

    def want_supervisor(self, words: str) -> None:
        """The resident asks for a supervisor."""
        self._say("supervisor", words=words)

    def withdraw(self) -> None:
        """The resident withdraws it."""
        self._say("withdrawal", words="自己解决了")

    def offers(self) -> frozenset[str]:
        """The links of the resident's page."""
        page = self.visitor.get(f"/c/{self.secret}").text
        return frozenset(message for act, message in MESSAGES.items() if f"/c/{self.secret}/{act}" in page)

    def resident_reads(self) -> list[str]:
        """The text of the resident's page, line by line."""
        page = self.visitor.get(f"/c/{self.secret}")
        assert page.status_code == 200, page.status
        return [line.strip() for line in re.sub(r"<[^>]+>", "\n", page.text).splitlines() if line.strip()]

    # --- the staff

    def browser(self, login: str) -> FlaskClient:
        """The browser in which somebody is logged in."""
        if login not in self.open:
            made, person = self.app.test_client(), self.person(login)
            log_in(made, person)
            self.open[login] = made
        return self.open[login]

    def _listed(self, login: str) -> set[int]:
        page = self.browser(login).get("/inbox")
        assert page.status_code == 200, page.status
        return {int(found) for found in TASK.findall(page.text)}

    def call(self, login: str = "agent", text: str = "来电反映楼道灯坏", category: str = "1004", **more: Any) -> None:
        """Somebody calls, and the desk registers it on its page."""
        typed = {
            "channel": "phone",
            "kind": "complaint",
            "category": category,
            "text": text,
            "place_text": "3栋2单元",
            "phone": "13800001234",
            "households": "1",
            **self._sent(more),
        }
        sent = self.browser(login).post("/desk", data=typed)
        assert sent.status_code == 303, said(sent)
        self.complaint_id = int(sent.location.rpartition("/")[2])
        self._know()
        page = self.browser(login).get(sent.location).text
        self.secret = SECRET.findall(page)[0]

    def _know(self) -> None:
        with self.store.reading() as session:
            complaint = session.get_one(Complaint, self.complaint_id)
            self.number, self.case_id = complaint.number, complaint.case_id or 0

    def inbox(self, login: str) -> list[str]:
        """The tasks of this complaint on the inbox page."""
        listed = self._listed(login)
        return sorted(self.step_of(task) for task in self._open_tasks() if task.id in listed)

    def do(self, login: str, element: str, **answers: Any) -> None:
        """Somebody finds a task in the inbox, claims it, fills in its form and sends it."""
        listed = self._listed(login)
        found = [task.id for task in self._open_tasks() if self.step_of(task) == element and task.id in listed]
        assert found, f"{login} finds no {element}: {self.inbox(login)}"
        client, address = self.browser(login), f"/tasks/{found[0]}"
        assert client.post(f"{address}/claim").status_code == 303
        sent = client.post(address, data=self._sent(answers), content_type="multipart/form-data")
        assert sent.status_code == 303, said(sent)

    def on_page(self, login: str, act: str, **typed: str) -> int:
        """Somebody sends a form of the complaint's page; returns the status."""
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
    """The text of an unexpected page, without markup."""
    return f"{page.status}: " + re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))[-1500:]
