"""The domain's codes in the language of the page: {{ say("kind", complaint.kind) }}."""

from collections.abc import Mapping

from engine.complaints import plain, words
from engine.improvement import words as improvement_words
from web.language import language

TABLES: Mapping[str, words.Words] = {
    "channel": words.CHANNELS,
    "kind": words.KINDS,
    "urgency": words.URGENCIES,
    "about": words.ABOUT,
    "outcome": words.OUTCOMES,
    "deadline": words.DEADLINES,
    "pause": words.PAUSE_REASONS,
    "status": words.STATUSES,
    "rated": words.RATED,
    "plain outcome": plain.OUTCOMES,
    "promise": plain.PROMISES,
    "stage": improvement_words.STAGES,
    "result": improvement_words.OUTCOMES,
    "cause": improvement_words.CAUSES,
    "measure": improvement_words.MEASURES,
}


def say(table: str, code: str | None) -> str:
    """How people say a code."""
    return words.said(TABLES[table], code, language())


def every(table: str) -> list[tuple[str, str]]:
    """All codes of a table with their words, to choose from."""
    return [(code, say(table, code)) for code in TABLES[table]]


def context() -> dict[str, object]:
    """For templates: `@blueprint.context_processor`."""
    return {"say": say, "every": every}
