"""Is somebody in danger? From the answer to the question, from what was written, and from the category.

What follows from them is the decision table `danger` of the company, evaluated when a complaint is registered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.complaints.core.codes import CHANNELS, URGENCIES
from engine.complaints.core.meaning import PROCESS
from engine.complaints.intake import danger_likeness, danger_patterns, danger_reading
from engine.complaints.intake.danger_reading import Sign
from engine.complaints.limits import thresholds
from engine.processes import topics, versions

TABLE = "danger"
ANSWERS = ("", "yes", "no", "unsure")
"""Answers to "is anybody hurt, trapped or in danger now?"; empty: not answered."""

CATEGORY, WORDS, LIKE = "category", "words", "like"
"""Why there may be danger: by the category, by a pattern's words, because the whole reads like it."""

ALARM, CONFIRM = "alarm", "confirm"
UNLIKE_TABLE: Mapping[tuple[str, str], str] = {
    ("unsure", ""): CONFIRM,
    ("unsure", WORDS): CONFIRM,
    ("no", WORDS): CONFIRM,
    ("unsure", LIKE): CONFIRM,
    ("", LIKE): CONFIRM,
}
"""What follows for a process that was published before it had the table; otherwise yes or any sign alarms."""


topics.asks(
    TABLE,
    of=PROCESS,
    reads=("danger", "urgency"),
    given=("answer", "signs", "channel"),
    codes={"answer": ANSWERS, "signs": ("", CATEGORY, WORDS, LIKE), "channel": CHANNELS},
)


@dataclass(frozen=True, slots=True)
class Judged:
    """`danger`: alarm at once. `doubt`: the desk confirms first. `urgency`: what it is registered with, if anything."""

    danger: bool = False
    doubt: bool = False
    urgency: str | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """By how many percent a text reads like danger, and the parts of it that speak most for that."""

    percent: int
    parts: tuple[str, ...]


def signs(session: Session, *texts: str) -> Sequence[Sign]:
    """Return the signs of danger in what was written, those that nothing speaks against first."""
    return danger_reading.read("\n".join(texts), danger_patterns.in_use(session))


def found(session: Session, *texts: str) -> bool:
    """Return whether the words alone would alarm."""
    return any(not sign.against for sign in signs(session, *texts))


def likeness(session: Session, *texts: str) -> Likeness | None:
    """Return how much what was written reads like danger, if it does by as much as the company asks for."""
    text = "\n".join(texts)
    percent = round(100 * danger_likeness.chance(text))
    if percent < thresholds.of(session)["danger_likeness"]:
        return None
    return Likeness(percent, danger_likeness.loudest(text))


def preset(signs: Sequence[Sign]) -> str:
    """Return the answer to start the question with: yes where the words alone would alarm, else none."""
    return "yes" if signs and not signs[0].against else ""


def judge(session: Session, answer: str, channel: str, *texts: str, category: bool = False) -> Judged:
    """Return what follows from the answer (see `ANSWERS`), the channel (`file` for a row of a file), what was written,
    and whether the category means danger."""
    sign = CATEGORY if category else WORDS if found(session, *texts) else ""
    if not sign and answer != "no" and likeness(session, *texts) is not None:
        sign = LIKE
    model = versions.tables_today(session, PROCESS).get(TABLE)
    if model is None:
        alarms = answer == "yes" or bool(sign)
        said = UNLIKE_TABLE.get((answer, sign), ALARM if alarms else "")
        return _judged({"danger": said})
    value = model.decide(TABLE, {"answer": answer, "signs": sign, "channel": channel}, {}).value
    return _judged(
        value if isinstance(value, Mapping) else {"danger": CONFIRM if sign == LIKE else ALARM if sign else ""}
    )


def _judged(decided: Mapping[str, object]) -> Judged:
    said, urgency = decided.get("danger"), decided.get("urgency")
    doubt = said == CONFIRM
    return Judged(
        said == ALARM,
        doubt,
        urgency if isinstance(urgency, str) and urgency in URGENCIES else "urgent" if doubt else None,
    )
