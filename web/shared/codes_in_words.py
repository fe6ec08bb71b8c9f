"""The domain's codes in the language of the page: {{ say("kind", complaint.kind) }}."""

from collections.abc import Mapping
from functools import cache

from engine.complaints.core import codes
from engine.complaints.timeline import resident_words
from engine.improvement import words as improvement_words
from engine.warnings import words as warning_words
from web.shell.language import language

TABLES: Mapping[str, codes.Words] = {
    "channel": codes.CHANNELS,
    "kind": codes.KINDS,
    "urgency": codes.URGENCIES,
    "about": codes.ABOUT,
    "danger": codes.DANGER_KINDS,
    "outcome": codes.OUTCOMES,
    "deadline": codes.DEADLINES,
    "why": codes.WHYS,
    "pause": codes.PAUSE_REASONS,
    "status": codes.STATUSES,
    "rated": codes.RATED,
    "plain outcome": resident_words.OUTCOMES,
    "promise": resident_words.PROMISES,
    "stage": improvement_words.STAGES,
    "result": improvement_words.OUTCOMES,
    "cause": improvement_words.CAUSES,
    "typed measure": improvement_words.TYPED,
    "verdict": improvement_words.VERDICTS,
    "origin": improvement_words.ORIGINS,
    "goal hours": improvement_words.HOURS,
    "warning stage": warning_words.STAGES,
    "warning result": warning_words.RESULTS,
    "hit": warning_words.HITS,
}


def say(table: str, code: str | None) -> str:
    """A code in words."""
    return codes.said(TABLES[table], code, language())


def every(table: str) -> list[tuple[str, str]]:
    """All codes of a table with their words, as choices."""
    return _every(table, language())


@cache
def _every(table: str, language: str) -> list[tuple[str, str]]:
    return [(code, codes.said(TABLES[table], code, language)) for code in TABLES[table]]


def context() -> dict[str, object]:
    """For templates: `@blueprint.context_processor`."""
    return {"say": say, "every": every}
