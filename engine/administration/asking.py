"""The company's callback questions and pause reasons: their wording and limits."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.administration import wording
from engine.administration.recording import differing, record, require
from engine.company.people import Person
from engine.complaints.limits.pauses import OURS as OUR_REASONS
from engine.complaints.limits.pauses import ReasonRow, reasons
from engine.complaints.resident import callback_questions
from engine.complaints.resident.callback_questions import OURS, QuestionRow, ScaleRow
from engine.core import clock
from engine.core.errors import Invalid, NotFound

MOST_DAYS = 730


def reword(session: Session, by: Person, code: str, zh: str, en: str, asked: bool) -> None:
    """Change a question's wording and whether it is asked; questions that steer are always asked. Raises `Invalid`."""
    require(session, by)
    if code not in OURS.questions:
        raise NotFound()
    wrong = wording.names(zh, en, callback_questions.LONGEST)
    if wrong:
        raise Invalid({f"{code}_{'zh' if name == 'name' else 'en'}": said for name, said in wrong.items()})
    now = callback_questions.of(session).questions[code]
    row = session.get(QuestionRow, code) or QuestionRow(code=code)
    row.zh, row.en, row.asked = zh.strip(), en.strip(), asked or now.always
    session.add(row)
    before = {"zh": now.zh, "en": now.en, "asked": now.asked}
    if changed := differing(before, {"zh": row.zh, "en": row.en, "asked": row.asked}):
        record(session, by, "question.changed", {"question": code, "changed": changed})


def rescale(session: Session, by: Person, words: Mapping[int, tuple[str, str]]) -> None:
    """Rename the scores from 1 to 5. Raises `Invalid`."""
    require(session, by)
    wrong = {
        f"scale_{score}_zh": ("请填写，最多 30 个字。", "Needed, at most 30 characters.")
        for score, (zh, en) in words.items()
        if not zh.strip() or len(zh) > 30 or len(en) > 40
    }
    if wrong:
        raise Invalid(wrong)
    now = callback_questions.of(session).scale
    changed: dict[str, list[object]] = {}
    for score in OURS.scale.keys() & words.keys():
        zh, en = words[score][0].strip(), words[score][1].strip()
        row = session.get(ScaleRow, score) or ScaleRow(score=score)
        row.zh, row.en = zh, en
        session.add(row)
        if now[score] != (zh, en):
            changed[str(score)] = [" / ".join(now[score]), f"{zh} / {en}"]
    if changed:
        record(session, by, "scale.changed", {"changed": changed})


def keep_reason(session: Session, by: Person, code: str, zh: str, en: str, days: str, *, new: bool = False) -> None:
    """Add or change a pause reason: its words and its maximum in days. Raises `Invalid`, `NotFound`."""
    require(session, by)
    known = reasons(session)
    wrong = {**wording.names(zh, en, 40), **(wording.code(code) if new else {})}
    if new and code in known:
        wrong["code"] = ("这个代码已用过，请换一个。", "This code is taken, choose another.")
    if not days.isdecimal() or len(days) > 4 or not 1 <= int(days) <= MOST_DAYS:
        wrong["days"] = (f"请填写 1 到 {MOST_DAYS} 天。", f"Give 1 to {MOST_DAYS} days.")
    if not new and code not in known:
        raise NotFound()
    if wrong:
        raise Invalid(wrong)
    _write_ours(session)
    row = session.get(ReasonRow, code) or ReasonRow(
        code=code, position=(session.scalar(select(func.max(ReasonRow.position))) or 0) + 1
    )
    was = known.get(code)
    before = {"zh": was.zh, "en": was.en, "days": was.most.days} if was else {}
    row.zh, row.en, row.most_days = zh.strip(), en.strip(), int(days)
    session.add(row)
    if changed := differing(before, {"zh": row.zh, "en": row.en, "days": row.most_days}):
        record(
            session, by, "pause_reason.added" if new else "pause_reason.changed", {"reason": code, "changed": changed}
        )


def retire_reason(session: Session, by: Person, code: str, *, back: bool = False) -> None:
    """Retire a pause reason, or (`back`) bring it back; running pauses keep it."""
    require(session, by)
    _write_ours(session)
    row = session.get(ReasonRow, code)
    if row is None:
        raise NotFound()
    if (row.retired_at is None) != back:
        row.retired_at = None if back else clock.now()
        record(session, by, "pause_reason.returned" if back else "pause_reason.retired", {"reason": code})


def _write_ours(session: Session) -> None:
    """Copy the defaults to the company's rows at its first change."""
    there = set(session.scalars(select(ReasonRow.code)))
    for number, each in enumerate(OUR_REASONS.values(), 1):
        if each.code not in there:
            row = ReasonRow(code=each.code, zh=each.zh, en=each.en, most_days=each.most.days, position=number)
            session.add(row)
    session.flush()
