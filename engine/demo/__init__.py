"""The demo company: one community, its people, and complaints in all stages, told through the real engine."""

import shutil
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import calendars, clock, schedule, settings
from engine.db import Base, Store
from engine.demo.company import FINISHED, LAWYER, PASSWORD, STAFF, UNFINISHED, Post, found, set_up_later
from engine.demo.matter import Matter, Stage
from engine.demo.stories import STORIES
from engine.demo.timeline import Story, Timeline
from engine.errors import Conflict, Language
from engine.places import Place
from engine.roles import DEPARTMENTS, ROLES
from engine.settings import Settings

__all__ = ["PASSWORD", "SIZE", "build", "is_there", "logins"]

SIZE = len(STORIES) + 2
"""How many steps of progress `build` tells: the company, each story, and its last department."""

BEGAN = timedelta(days=11)
LAST_DEPARTMENT = timedelta(hours=3)


def is_there(store: Store) -> bool:
    """Whether the demo company was made, completely, in this store."""
    with store.reading() as session:
        return _code(session) == FINISHED


def build(store: Store, of: Settings, told: Callable[[int], object] = lambda steps: None) -> None:
    """Make the demo company from the beginning; `told(steps)` as it goes on. An earlier demo is thrown away first.

    Raises `Conflict` outside demo mode and when the store holds a real company: neither is ever touched.
    """
    _make_room(store, of)
    now = clock.now()
    with clock.at(now - BEGAN), store.transaction() as session:
        company = found(session)
        zone = calendars.of(session, company.community.id).zone
    told(1)
    stage = Stage(store, of, company, settings.secret(of, "links"))
    timeline = Timeline(store, of, now, zone)
    timeline.add(now - LAST_DEPARTMENT, _last_department(stage))
    for telling in STORIES:
        timeline.add(telling.begins(now, zone), telling.teller(Matter(stage)), sleeps=telling.at is not None)
    timeline.play(told)
    with store.transaction() as session:
        session.get_one(Place, company.root.id).code = FINISHED
    schedule.seal_history(store, schedule.seals_log(of))


def logins(language: Language) -> list[str]:
    """What to tell somebody who wants to look around: password, and who can do what."""
    posts = (*STAFF, LAWYER)
    widest = max(len(post.login) for post in posts)
    if language == "zh":
        return [f"演示账号(密码都是 {PASSWORD}):"] + [
            f"  {post.login:<{widest}}  {post.name} · {_titles(post, 'zh')}" for post in posts
        ]
    return [f"Log-ins of the demo (password for all: {PASSWORD}):"] + [
        f"  {post.login:<{widest}}  {post.name_en} · {_titles(post, 'en')}" for post in posts
    ]


def _titles(post: Post, language: Language) -> str:
    """Head of department (Engineering), ..."""
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


def _make_room(store: Store, of: Settings) -> None:
    """Empty the store and the folder of files when what is there is an earlier demo."""
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
