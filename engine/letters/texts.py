"""The texts of messages: only fields in braces are filled in; parts with unknown values are dropped."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.core import memo
from engine.core.errors import Unclear
from engine.core.memo import remembered
from engine.letters.rows import Template

LONGEST_SUBJECT, LONGEST = 200, 4000

SHIPPED = Path(__file__).parent / "templates.json"
FIELDS = frozenset(
    "name number community category department task due link hours level lead count list process said".split()  # noqa: SIM905
)
"""Fields of a text. Its sentence in `[[double brackets]]` is dropped with a field that is not known."""

_FIELD = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


@cache
def shipped() -> Mapping[str, Any]:
    """Return the default texts: {code: {"name": {zh, en}, "zh": {"subject", "text"}, "en": …}}."""
    read: Mapping[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return read


def codes() -> frozenset[str]:
    """Return the codes of all messages."""
    return frozenset(shipped())


def decisions() -> frozenset[str]:
    """Return the codes of messages to residents that tell what was decided: whom they did not reach is called."""
    return frozenset(code for code, text in shipped().items() if text.get("decision"))


def for_staff() -> list[str]:
    """Return the codes of messages to members of the staff that can wait, in order."""
    return [code for code, text in shipped().items() if text.get("staff")]


def disturbing() -> frozenset[str]:
    """Return the codes of messages that reach people off duty, unless the company wants it otherwise."""
    return frozenset(code for code, text in shipped().items() if text.get("disturbs"))


def reminders() -> frozenset[str]:
    """Return the codes of messages that only remind of a task: without it they mislead."""
    return frozenset(code for code, text in shipped().items() if text.get("reminds"))


def seed(session: Session) -> None:
    """Insert the default text for every code and language that has none yet."""
    known = {tuple(row) for row in session.execute(select(Template.code, Template.language))}
    for code, text in shipped().items():
        for language in ("zh", "en"):
            if (code, language) not in known:
                name = text["name"][language]
                session.add(Template(code=code, language=language, name=name, **text[language]))
    session.flush()


@dataclass
class Read:
    """The texts that a session has read, by code and language."""

    texts: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


def find(session: Session, code: str, language: str) -> tuple[str, str]:
    """Return subject and text of a message: the company's or the default. Raises `Unclear` for an unknown code.

    Read once a session: many letters say the same.
    """
    kept = remembered(session, Read).texts
    if (code, language) not in kept:
        kept[code, language] = _find(session, code, language)
    return kept[code, language]


def _find(session: Session, code: str, language: str) -> tuple[str, str]:
    row = session.scalar(select(Template).where(Template.code == code, Template.language == language))
    if row is not None:
        return row.subject, row.text
    if code not in shipped():
        raise Unclear(zh=f"没有代码为“{code}”的消息模板。", en=f"There is no message template “{code}”.")
    ours = shipped()[code][language]
    return ours["subject"], ours["text"]


def change(session: Session, code: str, language: str, subject: str, text: str) -> Template:
    """Change a text. Raises `Unclear` for an unknown field, or an empty text."""
    unknown = sorted({name for name in _FIELD.findall(subject + text) if name not in FIELDS})
    if unknown:
        known = "、".join(sorted(FIELDS))
        raise Unclear(
            zh=f"模板里没有“{{{unknown[0]}}}”这个字段，可用的有：{known}。",
            en=f"There is no field “{{{unknown[0]}}}”； there are: {known}.",
        )
    if len(subject) > LONGEST_SUBJECT or len(text) > LONGEST:
        raise Unclear(
            zh=f"标题最多 {LONGEST_SUBJECT} 个字，正文最多 {LONGEST} 个。",
            en=f"A subject has at most {LONGEST_SUBJECT} characters, a text {LONGEST:,}.",
        )
    if not subject.strip() or not text.strip():
        raise Unclear(zh="标题和正文都要填写。", en="Subject and text are both needed.")
    row = session.scalar(select(Template).where(Template.code == code, Template.language == language))
    if row is None:
        name = shipped()[code]["name"][language] if code in shipped() else code
        row = Template(code=code, language=language, name=name)
        session.add(row)
    row.subject, row.text = " ".join(subject.split()), text.strip()
    session.flush()
    memo.forget(session)
    return row


def fill(text: str, facts: Mapping[str, object], language: str, zone: tzinfo) -> str:
    """Return `text` filled in; a sentence in double brackets only when all its fields are known."""
    known = {name: _said(value, language, zone) for name, value in facts.items() if value not in (None, "")}

    def optional(found: re.Match[str]) -> str:
        inner = found.group(1)
        return inner if all(name in known for name in _FIELD.findall(inner)) else ""

    return _FIELD.sub(lambda found: known.get(found.group(1), "—"), _OPTIONAL.sub(optional, text)).strip()


def kept(facts: Mapping[str, object]) -> dict[str, Any]:
    """Return facts for storage: moments are marked, so that each reader gets them in their own format."""
    return {
        name: {"at": value.isoformat()} if isinstance(value, datetime) else _plain(value)
        for name, value in facts.items()
    }


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | bool | int | Mapping) else str(value)


def _said(value: object, language: str, zone: tzinfo) -> str:
    if isinstance(value, Mapping) and "at" in value:
        local = datetime.fromisoformat(str(value["at"])).astimezone(zone)
        if language == "zh":
            return f"{local.month}月{local.day}日 {local:%H:%M}"
        return f"{local.day} {local:%b %H:%M}"
    if isinstance(value, Mapping):  # words in both languages
        return str(value.get(language) or value.get("zh") or "")
    return str(value)
