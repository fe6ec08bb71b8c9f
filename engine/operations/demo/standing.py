"""How a complaint of the demo stands, for those who tell what happens next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from sqlalchemy import select

from engine import complaints
from engine.casework import cases, tasks
from engine.casework.cases import Case, Wait
from engine.complaints.limits import deadlines
from engine.core import clock
from engine.core.errors import BihuanError
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.demo.company import Company, Site
from engine.operations.demo.timeline import Story

HOUR = timedelta(hours=1)
LONGEST_WAIT = 24 * 12


class Lost(BihuanError):
    """A story of the demo cannot go on: it no longer fits the diagrams, or a server on the same store interferes."""

    zh = "演示故事无法继续：{where}。如果有服务正在使用同一个文件夹，请先停止它，再运行一次。"
    en = "a story of the demo cannot go on: {where}. If a server runs on the same folder, stop it first and try again."


@dataclass(frozen=True, slots=True)
class Stage:
    """What the stories need to play."""

    store: Store
    settings: Settings
    company: Company
    key: bytes
    zone: tzinfo


class Standing:
    """One complaint as it stands: its number, its case, what is open."""

    def __init__(self, stage: Stage, site: Site) -> None:
        self.stage, self.store, self.site = stage, stage.store, site
        self.community = stage.company.communities[site.code]
        self.number = ""
        self.id = self.case_id = 0

    @property
    def open(self) -> set[str]:
        """Return the elements of the open tasks."""
        with self.store.reading() as session:
            return {each.element for each in tasks.of_case(session, self.case_id) if each.state == "open"}

    def groups(self, element: str) -> list[str]:
        """Return the groups with an open task of this element."""
        with self.store.reading() as session:
            return [
                each.group
                for each in tasks.of_case(session, self.case_id)
                if each.state == "open" and each.element == element
            ]

    @property
    def waits(self) -> set[str]:
        """Return the names of the awaited messages."""
        with self.store.reading() as session:
            return set(session.scalars(select(Wait.name).where(Wait.case_id == self.case_id)))

    @property
    def ended(self) -> bool:
        """Return whether its case has ended, or has stopped and waits for a manager."""
        with self.store.reading() as session:
            return session.get_one(Case, self.case_id).status != "running"

    def until(self, element: str, *, every: timedelta = HOUR, most: int = LONGEST_WAIT) -> Story:
        """Let time pass until the task is there, checking `every` so often, `most` times."""
        for _ in range(most):
            if element in self.open:
                return
            yield every
        raise Lost(where=f"{self.number}: {element} never came, open is {sorted(self.open)}")

    def variables(self) -> Mapping[str, object]:
        """Return the variables that steer it now."""
        with self.store.reading() as session:
            return cases.variables(session, session.get_one(Case, self.case_id))

    def here(self) -> datetime:
        """Return the local time of the community."""
        return clock.now().astimezone(self.stage.zone)

    def used_up(self, kind: str, share: str) -> datetime | None:
        """Return when `share` of its limit of that kind is used up, None when none runs."""
        with self.store.reading() as session:
            return deadlines.at(session, complaints.find(session, self.id), kind, Decimal(share))
