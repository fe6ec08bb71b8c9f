"""Where the cases of a scenario stand after a step, beside what was expected."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case, Incident
from engine.casework.tasks import Task, is_open
from engine.company import calendars
from engine.complaints.core.complaint import Complaint
from engine.core.errors import BihuanError
from engine.letters import Letter
from engine.scenarios import listings, moments
from engine.scenarios.acts import Play
from engine.scenarios.listings import Listing, Names, in_words, said_of
from engine.scenarios.script import Step

NEARLY = timedelta(minutes=1)
"""Moments this near count as the same: a step takes no time in a scenario, but seconds are cut off."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected: what of (`waiting`, …), and a sentence in Chinese and English."""

    what: str
    zh: str
    en: str


@dataclass(slots=True)
class Found:
    """The differences after a step, and the expectation that would hold: the same things spoken of, as they are."""

    differences: list[Difference] = field(default_factory=list)
    then: dict[str, Any] = field(default_factory=dict)

    def compare(self, what: str, expected: Any, found: Any, zh: str, en: str) -> None:
        """Note a difference, unless there is none."""
        if expected == found:
            self.then[what] = expected
            return
        self.then[what] = found
        self.differences.append(Difference(what, zh, en))


@dataclass(frozen=True, slots=True)
class Seen:
    """What was there before a step, so that only what is new counts."""

    letter: int = 0
    incident: int = 0


def seen(session: Session) -> Seen:
    """Return what is there now."""
    letter, incident = session.scalar(select(func.max(Letter.id))), session.scalar(select(func.max(Incident.id)))
    return Seen(letter or 0, incident or 0)


def look(session: Session, play: Play, step: Step, before: Seen, names: Names) -> Found:
    """Compare where the cases stand with what a step expects. Nothing that it does not speak of is compared, except
    that no step may have failed."""
    found, then = Found(), step.then
    _incidents(session, found, then, before, names)
    if "waiting" in then:
        _listing("waiting", listings.waiting(session, play, step), found, names)
    if "letters" in then:
        _listing("letters", listings.letters(session, then["letters"], before.letter), found, names)
    if not then.keys() & {"variables", "due", "status", "outcome", "ended"}:
        return found
    case = session.get_one(Case, play.subject(step.subject).case_id)
    if "variables" in then:
        _variables(session, case, found, then["variables"])
    if "due" in then:
        _due(session, case, found, then["due"], names)
    if "ended" in then:
        _ended(case, found, then["ended"], names)
    _complaint(session, play, step, found)
    return found


LISTED: Mapping[str, tuple[str, str]] = {
    "waiting": ("应在等{}，实际在等{}", "expected to wait: {}; waiting: {}"),
    "letters": ("应发出{}，实际发出{}", "expected letters: {}; sent: {}"),
}


def _listing(what: str, listing: Listing, found: Found, names: Names) -> None:
    should, is_so = in_words(listing.expected, names), in_words(listing.there, names)
    zh, en = (LISTED[what][language].format(should[language], is_so[language]) for language in (0, 1))
    found.compare(what, listing.expected, listing.then, zh, en)


def _incidents(session: Session, found: Found, then: Mapping[str, Any], before: Seen, names: Names) -> None:
    failed = session.scalars(select(Incident).where(Incident.id > before.incident).order_by(Incident.id)).all()
    elements = sorted({each.element or "" for each in failed})
    expected = then.get("incident", [])
    expected = sorted([expected] if isinstance(expected, str) else expected)
    if elements == expected:
        if expected:
            found.then["incident"] = then["incident"]
        return
    found.then["incident"] = elements
    zh = (
        "；".join(f"{said_of(each.element, names)[0]} 出错停下：{each.zh}" for each in failed) or "应出错停下的没有出错"
    )
    en = (
        "; ".join(f"{said_of(each.element, names)[1]} failed: {each.en}" for each in failed)
        or "no step failed as expected"
    )
    found.differences.append(Difference("incident", zh, en))


# ---- variables, moments, the end -------------------------------------------------------------------------------------


def _variables(session: Session, case: Case, found: Found, expected: Mapping[str, Any]) -> None:
    there = cases.variables(session, case)
    actual = {name: plain(there.get(name)) for name in expected}
    wrong = [name for name in expected if expected[name] != actual[name]]
    zh = "；".join(f"{name} 应是 {_json(expected[name])}，实际是 {_json(actual[name])}" for name in wrong)
    en = "; ".join(f"{name} should be {_json(expected[name])} and is {_json(actual[name])}" for name in wrong)
    found.compare("variables", dict(expected), actual, zh, en)


def plain(value: object) -> Any:
    """Return a variable as JSON has it: whole numbers as such, moments and lengths as text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def _json(value: Any) -> str:
    return "空" if value is None else str(value)


def _due(session: Session, case: Case, found: Found, expected: Mapping[str, Any], names: Names) -> None:
    zone = calendars.of(session, case.place_id).zone
    waiting = {task.element: task.due_at for task in session.scalars(select(Task).where(is_open()))}
    actual, zh, en = dict(expected), [], []
    for name, wanted in expected.items():
        due, said = waiting.get(name), said_of(name, names)
        moment, why = _moment(session, case, str(wanted))
        if due is not None and moment is not None and abs(due - moment) < NEARLY:
            continue
        is_due = due.astimezone(zone).strftime("%Y-%m-%d %H:%M") if due else ""
        should = moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""
        actual[name] = is_due
        zh.append(f"“{said[0]}”应在 {wanted}（{should or why[0]}）到期，实际是 {is_due or '没有期限'}")
        en.append(f"“{said[1]}” should be due at {wanted} ({should or why[1]}) and is due {is_due or 'never'}")
    found.compare(
        "due", dict(expected), {name: text for name, text in actual.items() if text}, "；".join(zh), "; ".join(en)
    )


def _moment(session: Session, case: Case, text: str) -> tuple[datetime | None, tuple[str, str]]:
    try:
        return moments.of(session, case, text), ("", "")
    except BihuanError as unclear:
        return None, (unclear.text("zh"), unclear.text("en"))


def _ended(case: Case, found: Found, expected: Any, names: Names) -> None:
    end = case.ended_in or True if case.status != "running" else False
    same = end is not False if expected is True else expected in _ends(end, names)
    actual = expected if same else end
    zh = f"应{_how(expected, names)[0]}，实际{_how(end, names)[0]}"
    en = f"expected: {_how(expected, names)[1]}; it {_how(end, names)[1]}"
    found.compare("ended", expected, actual, zh, en)


def _ends(end: Any, names: Names) -> Iterator[Any]:
    yield end
    if isinstance(end, str):
        yield from names.get(end, ())


def _how(end: Any, names: Names) -> tuple[str, str]:
    if end is False:
        return "还没有结束", "has not ended"
    if end is True:
        return "已结束", "ended"
    zh, en = said_of(str(end), names)
    return f"以“{zh}”结束", f"ended with “{en}”"


def _complaint(session: Session, play: Play, step: Step, found: Found) -> None:
    complaint_id = play.subject(step.subject).complaint_id
    row = session.get(Complaint, complaint_id) if complaint_id is not None else None
    for what, zh in (("status", "状态"), ("outcome", "结果")):
        if what in step.then:
            expected, actual = step.then[what], getattr(row, what, None)
            said = f"{zh}应是 {_json(expected)}，实际是 {_json(actual)}"
            found.compare(what, expected, actual, said, f"{what} should be {expected} and is {actual}")


def words_of(differences: Iterable[Difference], language: str = "zh") -> str:
    """Return differences in one sentence each."""
    return (
        "；".join(each.zh for each in differences) if language == "zh" else "; ".join(each.en for each in differences)
    )
