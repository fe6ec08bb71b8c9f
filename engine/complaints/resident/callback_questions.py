"""The questions of a callback: the company words them, the codes that steer are fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base
from engine.forms import Choice, Field, Form, Words

LONGEST = 60


class QuestionRow(Base):
    """A question as this company words it, or has retired it."""

    __tablename__ = "questions"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    zh: Mapped[str] = mapped_column(String(60))
    en: Mapped[str] = mapped_column(String(80), default="")
    asked: Mapped[bool] = mapped_column(default=True)


class ScaleRow(Base):
    """The company's name for a score from 1 to 5."""

    __tablename__ = "scale"

    score: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    zh: Mapped[str] = mapped_column(String(30))
    en: Mapped[str] = mapped_column(String(40), default="")


@dataclass(frozen=True, slots=True)
class Question:
    """A question by its fixed code. `always`: a decision depends on it, so it cannot be retired."""

    code: str
    zh: str
    en: str
    always: bool = False
    asked: bool = True

    def said(self, language: str) -> str:
        """Return its wording in one language."""
        return self.zh if language == "zh" else self.en or self.zh


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a callback asks: questions by code, and the names of the scores, the best first."""

    questions: Mapping[str, Question]
    scale: Mapping[int, tuple[str, str]]

    @property
    def rated(self) -> Mapping[str, tuple[str, str]]:
        """Return the active separate ratings as (Chinese, English)."""
        shown = {code: each for code, each in self.questions.items() if each.asked and not each.always}
        return {code: (each.zh, each.en or each.zh) for code, each in shown.items()}


OURS = Asked(
    MappingProxyType(
        {
            each.code: each
            for each in (
                Question("outcome", "问题解决了吗？", "Is the problem solved?", always=True),
                Question("score", "总的来说，您打几分？", "Overall, how satisfied are you?", always=True),
                Question("speed", "处理速度", "Speed"),
                Question("attitude", "服务态度", "Staff attitude"),
                Question("result", "处理结果", "Result"),
            )
        }
    ),
    MappingProxyType(
        {
            5: ("很满意", "Very satisfied"),
            4: ("满意", "Satisfied"),
            3: ("一般", "Neither"),
            2: ("不满意", "Dissatisfied"),
            1: ("很不满意", "Very dissatisfied"),
        }
    ),
)
"""Defaults until the company changes them."""


def of(session: Session) -> Asked:
    """Return this company's questions; two statements."""
    rows = {row.code: row for row in session.scalars(select(QuestionRow))}
    scale = {row.score: (row.zh, row.en) for row in session.scalars(select(ScaleRow))}
    questions = {
        code: replace(ours, zh=rows[code].zh, en=rows[code].en, asked=rows[code].asked or ours.always)
        if code in rows
        else ours
        for code, ours in OURS.questions.items()
    }
    return Asked(MappingProxyType(questions), MappingProxyType({**OURS.scale, **scale}))


def as_asked(session: Session, form: Form) -> Form:
    """Return a form with this company's wording if it asks for a score; any other form stays as published."""
    return reword(form, of(session)) if form.field("score") and form.field("outcome") else form


def reword(form: Form, asked: Asked) -> Form:
    """Return the form in the company's words, without the retired questions."""
    kept = (each for each in form.fields if each.key not in asked.questions or asked.questions[each.key].asked)
    return replace(form, fields=tuple(_reworded(each, asked) for each in kept))


def _reworded(field: Field, asked: Asked) -> Field:
    if field.key not in asked.questions:
        return field
    question = asked.questions[field.key]
    return replace(field, label=Words(question.zh, question.en or question.zh), choices=_scaled(field.choices, asked))


def _scaled(choices: Sequence[Choice], asked: Asked) -> tuple[Choice, ...]:
    found = []
    for each in choices:
        said = asked.scale.get(int(each.text)) if each.text.isdecimal() else None
        found.append(replace(each, label=Words(f"{each.text} {said[0]}", f"{each.text} {said[1]}")) if said else each)
    return tuple(found)
