"""The demo company: one community, its people, and complaints in all stages, told through the real engine."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.company.places import Place
from engine.company.roles import DEPARTMENTS, ROLES
from engine.core import clock, settings
from engine.core.errors import Conflict, Language
from engine.core.settings import Settings
from engine.core.store import Base, Store
from engine.operations import schedule
from engine.operations.demo import copying, months
from engine.operations.demo.company import (
    BRANCH,
    FINISHED,
    HOME,
    LAWYER,
    OTHERS,
    PASSWORD,
    SITES,
    STAFF,
    UNFINISHED,
    Post,
    found,
    set_up_later,
)
from engine.operations.demo.matter import Matter
from engine.operations.demo.plots import DAYS, plots
from engine.operations.demo.standing import Stage
from engine.operations.demo.stories import STORIES
from engine.operations.demo.timeline import Story, Timeline

__all__ = [
    "DAYS",
    "PASSWORD",
    "SIZE",
    "WHERE",
    "build",
    "compare",
    "copying",
    "is_there",
    "load",
    "logins",
    "steps",
    "tell",
]

SIZE = len(STORIES) + 2
"""How many steps of progress `build` reports: the company, each story, and its last department."""

WHERE = ZoneInfo("Asia/Shanghai")
BEGAN = timedelta(days=11)
LAST_DEPARTMENT = timedelta(hours=3)


def is_there(store: Store) -> bool:
    """Return whether the complete demo company is in this store."""
    with store.reading() as session:
        return _code(session) == FINISHED


def build(
    store: Store,
    of: Settings,
    told: Callable[[int], object] = lambda steps: None,
    *,
    days: int = 0,
    until: datetime | None = None,
) -> None:
    """Build the demo company from scratch; `told(steps)` reports progress. An earlier demo is deleted first.

    `days`: how many days of ordinary complaints come before the individual stories. `until`: where to stop, if not
    now.

    Raises `Conflict` outside demo mode and when the store holds a real company: neither is ever touched.
    """
    make_room(store, of)
    now = clock.now()
    began = now - max(BEGAN, timedelta(days=days + 1))
    with clock.at(began), store.transaction() as session:
        company = found(session)
        zone = calendars.of(session, company.community.id).zone
    told(1)
    stage = Stage(store, of, company, settings.secret(of, "links"), zone)
    timeline = Timeline(store, of, until or now, zone)
    timeline.add(now - LAST_DEPARTMENT, _last_department(stage))
    for telling in STORIES:
        if telling.begins(now, zone) > began:
            matter = Matter(stage, telling.site)
            timeline.add(telling.begins(now, zone), telling.teller(matter), sleeps=telling.at is not None)
        else:  # older than this company
            told(1)
    for plot in plots(now, zone, days):
        timeline.add(plot.begins, months.told(plot)(Matter(stage, plot.site)))
    timeline.play(told)
    with store.transaction() as session:
        session.get_one(Place, company.root.id).code = FINISHED
    schedule.seal_history(store, schedule.seals_log(of))


def steps() -> int:
    """Return how many steps of progress `tell` reports."""
    return SIZE + len(plots(copying.STANDS_AT, WHERE, DAYS))


def tell(store: Store, of: Settings, told: Callable[[int], object] = lambda steps: None) -> None:
    """Build the demo company as its copy has it: fifteen months up to a fixed moment, at which its clock then stands."""
    with clock.at(copying.STANDS_AT):
        build(store, of, told, days=DAYS)
    with store.transaction() as session:
        copying.turn_clock(session)


def compare(store: Store, of: Settings) -> list[str]:
    """Return where the company in the store, just built, differs from the copy."""
    with TemporaryDirectory() as folder:
        copying.write(store, of, Path(folder) / "told.tar.xz")
        return copying.differences(copying.COPY, Path(folder) / "told.tar.xz")


def load(store: Store, of: Settings, told: Callable[[int], object] = lambda rows: None) -> None:
    """Load the copy of the demo company into the store, and set its clock to the copy's moment.

    Raises `Conflict` like `build`, and when the copy's record does not verify.
    """
    make_room(store, of)
    copying.load(store, of, told)


def logins(language: Language) -> list[str]:
    """Return help for somebody who looks around: the password, and who can do what."""
    posts = (*STAFF, *OTHERS, LAWYER)
    widest = max(len(post.login) for post in posts)
    zh = language == "zh"
    first = f"演示账号(密码都是 {PASSWORD}):" if zh else f"Log-ins of the demo (password for all: {PASSWORD}):"
    named = [
        f"  {post.login:<{widest}}  {post.name if zh else post.name_en} · {_titles(post, language)}" for post in posts
    ]
    others = [
        f"  {site.name if zh else site.name_en}: " + ", ".join(site.login(post) for post, _ in BRANCH)
        for site in SITES
        if site is not HOME
    ]
    return [first, *named, *others]


def _titles(post: Post, language: Language) -> str:
    """Return titles such as Head of department (Engineering)."""
    said = []
    for place, role in post.roles:
        title = ROLES[role].name if language == "zh" else ROLES[role].name_en
        department = DEPARTMENTS.get(place)
        where = (department.name if language == "zh" else department.name_en) if department else ""
        said.append(f"{title}({where})" if where and language == "zh" else f"{title} ({where})" if where else title)
    return "、".join(said) if language == "zh" else ", ".join(said)


def _last_department(stage: Stage) -> Story:
    with stage.store.transaction() as session:
        set_up_later(session, stage.company)
    yield from ()


def _code(session: Session) -> str | None:
    return session.scalar(select(Place.code).where(Place.parent_id.is_(None)))


def make_room(store: Store, of: Settings) -> None:
    """Empty the store and the folder of files when they hold an earlier demo."""
    with store.transaction() as session:
        code = _code(session)
        if not of.demo:
            raise Conflict(
                zh="演示公司只能在演示模式下建立，请设置 BIHUAN_DEMO=true。",
                en="the demo company is made in demo mode only; set BIHUAN_DEMO=true.",
            )
        if code not in (None, FINISHED, UNFINISHED):
            raise Conflict(
                zh="这里已有一家真实的公司，演示不会动它。请用 BIHUAN_HOME 另选一个文件夹。",
                en="there is a real company here, which the demo never touches; choose another folder by BIHUAN_HOME.",
            )
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(delete(table))
    clock.set_offset(timedelta())
    shutil.rmtree(of.files, ignore_errors=True)
    schedule.seals_log(of).unlink(missing_ok=True)
