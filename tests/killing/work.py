"""A company whose people finish tasks over HTTP as fast as they can: the load while processes are killed."""

import http.client
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.tasks import Task
from engine.company import people, permissions, places
from engine.processes import versions

PASSWORD = secrets.token_urlsafe(12)
ROUNDS = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">'
    '<process id="rounds" isExecutable="true">'
    '<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="again"/>'
    '<userTask id="again" name="再来一次" camunda:candidateGroups="engineering"/>'
    '<sequenceFlow id="f2" sourceRef="again" targetRef="more"/>'
    '<exclusiveGateway id="more" default="f3"/>'
    '<sequenceFlow id="f3" sourceRef="more" targetRef="again"/>'
    '<sequenceFlow id="f4" sourceRef="more" targetRef="e"><conditionExpression>false</conditionExpression></sequenceFlow>'
    '<endEvent id="e"/></process></definitions>'
)
"""An endless chain of tasks: each finished one opens the next."""


def furnish(session: Session, hands: int) -> list[int]:
    """Write the company into an empty store, with a case for each of its people; the ids of the first tasks."""
    permissions.seed(session)
    root = places.add(session, "company", None, "company", "阳光物业")
    region = places.add(session, "region", root, "east", "华东")
    community = places.add(session, "community", region, "ygl", "阳光里")
    works = places.add_department(session, community, "engineering")
    versions.store(session, "rounds", {"bpmn/rounds/rounds.bpmn": ROUNDS.encode()})
    for number in range(hands):
        person = people.add(session, f"hand{number}", f"工人{number}", password=PASSWORD)
        people.hold(session, person, "handler", works)
        cases.start(session, "rounds", {}, business_key=f"round {number}", place_id=community.id)
    return list(session.scalars(select(Task.id).order_by(Task.id)))


class Gone(Exception):
    """The answer is missing or cannot be trusted."""


@dataclass
class Hand:
    """One person at one browser who keeps doing the open task of one case."""

    port: int
    login: str
    task: int
    following: Callable[[int], int]
    """The task that is open in the case of a task."""
    acknowledged: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _cookies: dict[str, str] = field(default_factory=dict)
    _logged_in: bool = False
    _line: http.client.HTTPConnection | None = None

    def work(self, stopped: Callable[[], bool]) -> None:
        """Finish task after task. After a failure, open the page again, as people do."""
        while not stopped():
            try:
                self._finish() if self._logged_in else self._log_in()
            except (OSError, http.client.HTTPException, Gone) as lost:
                self._hang_up()
                if isinstance(lost, Gone):
                    self.refused.append(str(lost))
                time.sleep(0.05)
        self._hang_up()

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None

    def _log_in(self) -> None:
        _status, _headers, page = self._ask("GET", "/login")
        status, _headers, _page = self._ask(
            "POST", "/login", {"csrf_token": token(page), "login": self.login, "password": PASSWORD}
        )
        if status != 303:
            raise Gone(f"log-in of {self.login}: {status}")
        self._logged_in = True

    def _finish(self) -> None:
        status, headers, page = self._ask("GET", f"/tasks/{self.task}")
        if status != 200:
            raise Gone(f"task {self.task}: {status}")
        if 'id="task-form"' not in page:  # finished earlier, but the answer was lost: the next one is in the inbox
            self.task = self.following(self.task)
            return
        status, headers, _page = self._ask("POST", f"/tasks/{self.task}", {"csrf_token": token(page), "then": "next"})
        if status != 303:
            raise Gone(f"finishing {self.task}: {status}")
        self.acknowledged.append(self.task)
        self.task = number(headers.get("Location", "")) or self.following(self.task)

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self._line.request(method, path, urlencode(form) if form else None, headers)
        answer = self._line.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, dict(answer.getheaders()), page


def token(page: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if found is None:
        raise Gone("a page without a form")
    return found[1]


def number(address: str) -> int | None:
    """The task that an address leads to."""
    found = re.search(r"/tasks/(\d+)", address)
    return int(found[1]) if found else None
