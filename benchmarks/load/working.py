"""One client: a community's people who register complaints and carry them step by step to their end."""

import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.load.browser import Browser, Line, Page, Unexpected
from benchmarks.load.figures import Figures

PASSWORD = "sunshine-lane"
NOW = re.compile(r'data-now="([^"]+)"')
LAST_NUMBER = re.compile(r"/(\d+)(?:\?|$)")
SOLVED = "已解决"


@dataclass(frozen=True, slots=True)
class Step:
    """A task: its name, whose it is, what is filled in (`NOW`, `TODAY`: the company's time)."""

    name: str
    post: str
    answers: Mapping[str, str]


WAY = (
    Step("确认研判", "agent", {"way": "department"}),
    Step("部门接单", "engineer", {}),
    Step("首次联系", "engineer", {"contact": "reached", "said": "业主说明了情况"}),
    Step(
        "调查与定责",
        "engineer",
        {"looked_at": "site", "facts": "灯具老化", "finding": "own_fault", "responsible": "engineering"}
        | {"cause": "equipment"},
    ),
    Step(
        "制定方案",
        "engineer",
        {"steps": "更换灯具", "start_on": "TODAY", "finish_on": "TODAY", "cost": "100", "consent": "not_needed"},
    ),
    Step("实施", "engineer", {"done_at": "NOW", "words": "已更换"}),
    Step("告知结果", "engineer", {"told_how": "phone", "words": "已修好"}),
)
"""From the resident's call to telling them the result."""

CALLBACK = Step("电话回访", "caller", {"call_result": "reached", "outcome": "solved", "score": "5"})
"""The end, by somebody who did not do the work, once residents may be called."""

SITES = (
    {"agent": "agent", "engineer": "engineer", "caller": "caller"},
    {"agent": "chy-agent", "engineer": "chy-engineer", "caller": "caller"},
    {"agent": "wty-agent", "engineer": "wty-engineer", "caller": "caller2"},
    {"agent": "jnf-agent", "engineer": "jnf-engineer", "caller": "caller2"},
)
"""Post → log-in, in each community of the demo company. Each has a second engineer, whose log-in ends with 2."""


@dataclass
class Case:
    """A complaint that a client works on; `done`: how many steps are done."""

    path: str
    done: int = 0


def home(number: int) -> str:
    """Return the address of a client: its own where all of 127.0.0.0/8 is this machine."""
    return f"127.0.1.{number % 250 + 1}" if sys.platform == "linux" else "127.0.0.1"


@dataclass
class Client:
    """The people whom one client plays, with one line for all of them, and the complaints due for the callback."""

    number: int
    port: int
    told: list[Case] = field(default_factory=list)
    _case: Case | None = None
    _acting: str = ""
    _calls: int = 0

    def __post_init__(self) -> None:
        self._line, self._figures = Line(self.port, home(self.number)), Figures()
        self._browsers: dict[str, Browser] = {}
        site, second = SITES[self.number % len(SITES)], self.number // len(SITES) % 2
        self._logins = {**site, "engineer": site["engineer"] + ("2" if second else "")}

    def log_in(self) -> None:
        """Log everybody in, once. Raises `Unexpected`."""
        for post, login in self._logins.items():
            self._browsers[post] = enter(self._line, login)

    def work(self, figures: Figures, enough: Callable[[], bool]) -> None:
        """Call back those who are due, then work on one complaint after the other until told to stop."""
        self._figures = figures
        due, self.told = self.told, []
        while not enough():
            try:
                if due:
                    self._finish(due.pop())
                else:
                    self._carry_on()
            except (Unexpected, OSError, ValueError) as wrong:
                self._figures.fail(f"client {self.number}, {self._acting}: {type(wrong).__name__} {wrong}")
                self._case = None
        self.told += due

    def is_due(self) -> bool:
        """Return whether everybody who was told a result may be called now; nothing of this is measured."""
        browser = self._browsers[CALLBACK.post]
        return not self.told or _task(browser.get(self.told[-1].path), CALLBACK) is not None

    def close(self) -> None:
        """Close the connection."""
        self._line.close()

    # ---- the way -------------------------------------------------------------------------------------------------

    def _carry_on(self) -> None:
        if self._case is None:
            self._case = self._register()
            return
        case, step = self._case, WAY[self._case.done]
        self._complete(case, step)
        case.done += 1
        if case.done == len(WAY):
            self.told.append(case)
            self._case = None

    def _register(self) -> Case:
        """A resident calls and the desk registers it."""
        self._take_turn("agent", waiting=False)
        self._calls += 1
        page = self._get("registration", "/desk")
        answers = {
            "category": "1004",
            "text": f"来电反映楼道灯坏，第 {self.number}-{self._calls} 次",
            "place_text": f"{self.number % 9 + 1}栋{self._calls % 4 + 1}单元",
            "phone": f"137{self.number:03d}{self._calls:05d}",
        }
        sent = self._post("registration", "/desk", page, answers)
        found = LAST_NUMBER.search(sent.location)
        if found is None:
            raise Unexpected(f"registered, but led to {sent.location}")
        return Case(f"/complaints/{found[1]}")

    def _finish(self, case: Case) -> None:
        self._complete(case, CALLBACK)
        if SOLVED not in self._get("complaint", case.path).text:
            raise Unexpected(f"{case.path} is not solved after the callback")
        self._figures.close()

    def _complete(self, case: Case, step: Step) -> None:
        """Complete one task with the pages around it: complaint, task, completion, next."""
        self._take_turn(step.post, waiting=True)
        task = _task(self._get("complaint", case.path), step)
        if task is None:
            raise Unexpected(f"{case.path} does not wait for {step.name}")
        page = self._get("task", task)
        sent = self._post("completion", task, page, _answers(step, page))
        following = self._get("next", sent.location)
        if f"“{step.name}”已完成" not in following.text:
            raise Unexpected(f"{task} ({step.name}) does not say that it is completed")

    def _take_turn(self, post: str, *, waiting: bool) -> None:
        """Somebody begins to act, with a look into their inbox; `waiting`: it must not be empty."""
        if self._acting != post:
            self._acting = post
            inbox = self._get("inbox", "/inbox")
            if waiting and "/tasks/" not in inbox.text:
                raise Unexpected("nothing waits in the inbox")

    # ---- measured requests ---------------------------------------------------------------------------------------

    def _get(self, kind: str, path: str) -> Page:
        begun = time.perf_counter()
        page = self._browsers[self._acting].get(path)
        self._figures.took(kind, time.perf_counter() - begun)
        return expect(page, 200, path)

    def _post(self, kind: str, path: str, page: Page, answers: Mapping[str, str]) -> Page:
        form = page.form(*(answers or ("then",)))
        begun = time.perf_counter()
        sent = self._browsers[self._acting].post(path, form, answers)
        self._figures.took(kind, time.perf_counter() - begun)
        return expect(sent, 303, path)


def enter(line: Line, login: str) -> Browser:
    """Return a browser in which somebody has logged in. Raises `Unexpected`."""
    browser = Browser(line)
    page = expect(browser.get("/login"), 200, "/login")
    said = {"login": login, "password": PASSWORD}
    expect(browser.post("/login", page.form(*said), said), 303, f"/login as {login}")
    return browser


def expect(page: Page, status: int, path: str) -> Page:
    """Return the page, if it has that status. Raises `Unexpected` with its text."""
    if page.status != status:
        alert = re.search(r'role="alert".*?</', page.text, re.DOTALL) or re.search(r"<h1.*?</h1>", page.text, re.DOTALL)
        words = re.sub(r"<[^>]*>|\s+", " ", alert[0])[:200] if alert else ""
        raise Unexpected(f"{path}: {page.status} instead of {status} {words}")
    return page


def _task(page: Page, step: Step) -> str | None:
    found = re.search(rf'href="(/tasks/\d+)"[^>]*>(?:\s*<[^>]+>)*\s*{step.name}', page.text)
    return found[1] if found else None


def _answers(step: Step, page: Page) -> dict[str, str]:
    found = NOW.search(page.text)
    now = found[1] if found else ""
    moments = {"NOW": now, "TODAY": now[:10]}
    return {key: moments.get(value, value) for key, value in step.answers.items()}
