"""Read a text for signs of danger: patterns of who or what and what happens to them, and what speaks against each.

No store and no state: patterns and text in, signs out. Time grows with the length of the text only: a pattern is a list
of literal words, `...` in a word stands for at most six characters, and two words belong together only when few
characters lie between them.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

DANGER, GROUP, NOT = "danger", "group", "not"
FIGURE, MAYBE, QUESTION, PAST, OVER, TOPIC = "figure", "maybe", "question", "past", "over", "topic"
NOW, SELF = "now", "self"
AGAINST = (NOT, FIGURE, MAYBE, QUESTION, PAST, OVER, TOPIC)
"""What can speak against a sign, in the order in which it is looked for."""

KINDS = (DANGER, *AGAINST, NOW, SELF, GROUP)
NEAR = 12
"""Characters (of Latin script: words) between who or what and what happens; a comma counts as four."""

WINDOW = 80
MOST_MATCHES = 25
"""Matches of one pattern looked at in one piece of text."""

PARTS = re.compile(r"[、,，;；\n]+")
SENTENCE = re.compile(r"[。！？!?；;\n]+|\.(?=\s|$)")
BREAK = re.compile(r"[^\w\s'%-]+")
PIECE = re.compile(r".{1,300}(?:,|$)|.{1,300}")
"""A sentence without end is read in pieces, so that the time grows with its length only."""

SOON = 3
"""A danger is over when this sentence or one of the next says so; what was said before is about something else."""

SPACED = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
UNIT = re.compile(r"[a-z0-9'%.-]+|[^\s\x00-\x7f]|(,)")
UNDONE = re.compile("[没未不]|无法|别")
"""Before "got out" or "put out": not yet."""

BESIDE = 4
"""Characters between a figure of speech and the words that it concerns."""

FILLER = "人员|任何人|任何|有人|有|发现|发生|造成|出现|存在|闻到|看到|什么|真的|再|被|把|是|在|到|人|is|was|were|been|being|has|have|had|got|an|any|the|one|a|of|to|sign|signs|in|danger|our|my"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of the company: `what` happens, to `who` or what (empty: to anything). Words are separated by `、`."""

    kind: str
    name: str
    name_en: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern that matched words of a clause. `against`: the kind of exception that silences it, found in `because`."""

    name: str
    name_en: str
    clause: str
    words: tuple[str, ...]
    against: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a word stands in a sentence."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class _Danger:
    name: str
    name_en: str
    who: re.Pattern[str] | None
    what: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Compiled:
    dangers: tuple[_Danger, ...]
    markers: dict[str, re.Pattern[str]]
    negated: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    asks: bool
    marked: dict[str, list[Span]]

    def clause(self, at: Span) -> Span:
        start = self.text.rfind(",", 0, at.start) + 1
        end = self.text.find(",", at.end)
        end = len(self.text) if end < 0 else end
        return Span(start, end, self.text[start:end].strip())

    def marker(self, kind: str, within: Span | None = None) -> str:
        for each in self.marked.get(kind, ()):
            if within is None or (each.start >= within.start and each.end <= within.end):
                return each.word
        return ""


def words(listed: str) -> list[str]:
    """Return the words of a pattern's field."""
    return [each for part in PARTS.split(listed) if (each := " ".join(part.split()))]


@lru_cache(maxsize=500)
def read(text: str, patterns: tuple[Pattern, ...]) -> tuple[Sign, ...]:
    """Return the signs of danger in the text: those that nothing speaks against first.

    A page asks about the same words several times: as they are typed, as they are sent, as they are listed.
    """
    compiled = _compile(patterns)
    sentences = [_mark(plain, asks, compiled) for plain, asks in _sentences(text)]
    found = []
    for number, each in enumerate(sentences):
        over = next((word for later in sentences[number : number + SOON] if (word := later.marker(OVER))), "")
        found += [sign for danger in compiled.dangers if (sign := _sign(each, danger, over, compiled))]
    return tuple(sorted(found, key=lambda sign: bool(sign.against)))


# ---- the text --------------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return the text as words are compared: one width, small letters, straight apostrophes."""
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("‘", "'")


def _sentences(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each sentence with its clauses separated by commas, and whether it ends as a question."""
    said, start = plain(text), 0
    for mark in (*SENTENCE.finditer(said), None):
        sentence = said[start : mark.start() if mark else len(said)]
        if sentence.strip():
            asks = bool(mark and "?" in mark.group())
            clauses = SPACED.sub(",", BREAK.sub(",", " ".join(sentence.split())))
            yield from ((piece, asks) for piece in PIECE.findall(clauses))
        start = mark.end() if mark else start


def _mark(text: str, asks: bool, compiled: _Compiled) -> _Sentence:
    marked = {kind: _spans(pattern, text) for kind, pattern in compiled.markers.items()}
    ended = [each for each in marked.get(OVER, ()) if not UNDONE.search(text, max(0, each.start - 3), each.start)]
    now = [each for each in marked.get(NOW, ()) if not any(_overlap(each, other) for other in ended)]
    return _Sentence(text, asks, {**marked, OVER: ended, NOW: now})


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _spans(pattern: re.Pattern[str], text: str) -> list[Span]:
    return [Span(each.start(), each.end(), each.group()) for each in pattern.finditer(text)]


# ---- the patterns ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _compile(patterns: tuple[Pattern, ...]) -> _Compiled:
    groups = {plain(each.name): words(each.what) for each in patterns if each.kind == GROUP}
    dangers = [
        _Danger(each.name, each.name_en, _either(words(each.who), groups), what)
        for each in patterns
        if each.kind == DANGER and (what := _either(words(each.what), groups))
    ]
    markers = {}
    for kind in (*AGAINST, NOW, SELF):
        listed = [word for each in patterns if each.kind == kind for word in words(each.what)]
        if pattern := _either(listed, groups):
            markers[kind] = pattern
    negated = markers.pop(NOT, None)
    filler = _either([word for listed in groups.values() for word in listed], {})
    between = f"(?:{FILLER}|{filler.pattern if filler else FILLER}|\\s)"
    return _Compiled(tuple(dangers), markers, re.compile(f"({negated.pattern}){between}{{0,5}}$") if negated else None)


def _either(listed: Sequence[str], groups: dict[str, list[str]]) -> re.Pattern[str] | None:
    """Return an expression for any of the words, the longest first; `[name]` stands for the words of a group."""
    known = [each for word in listed for each in groups.get(plain(word).strip("[]"), [word] if word else [])]
    forms = sorted({plain(word) for word in known}, key=lambda word: (-len(word), word))
    return re.compile("|".join(_literal(form) for form in forms)) if forms else None


def _literal(word: str) -> str:
    parts = (re.escape(part).replace(r"\#", "[0-9一二三四五六七八九十两几半]{1,4}") for part in word.split("..."))
    whole = "[^,]{0,6}?".join(parts)
    before = r"(?<![a-z])" if word[:1].isascii() and word[:1].isalpha() else ""
    after = r"(?![a-z])" if word[-1:].isascii() and word[-1:].isalpha() else ""
    return f"{before}{whole}{after}"


# ---- a sign, and what speaks against it ------------------------------------------------------------------------------


def _sign(sentence: _Sentence, danger: _Danger, over: str, compiled: _Compiled) -> Sign | None:
    """Return the first match that nothing speaks against, else the first match."""
    silenced = None
    for match in islice(_matches(sentence.text, danger), MOST_MATCHES):
        first, last = min(match, key=lambda span: span.start), max(match, key=lambda span: span.end)
        whole = Span(first.start, last.end, "")
        clause = sentence.clause(whole)
        against, because = _against(sentence, match, whole, clause, over, compiled)
        spoken = tuple(each.word for each in sorted(match, key=lambda span: span.start))
        sign = Sign(danger.name, danger.name_en, clause.word, spoken, against, because)
        if not against:
            return sign
        silenced = silenced or sign
    return silenced


def _matches(text: str, danger: _Danger) -> Iterator[tuple[Span, ...]]:
    whats = _spans(danger.what, text)
    if danger.who is None:
        yield from ((what,) for what in whats)
        return
    whos = _spans(danger.who, text) if whats else []
    starts = [who.start for who in whos]
    for what in whats:
        for who in whos[bisect_left(starts, what.start - WINDOW) : bisect_left(starts, what.end + WINDOW)]:
            if _near(text, who, what):
                yield (who, what)


def _near(text: str, one: Span, other: Span) -> bool:
    left, right = (one, other) if one.start < other.start else (other, one)
    if left.end > right.start:
        return False
    return sum(4 if unit.group(1) else 1 for unit in UNIT.finditer(text, left.end, right.start)) <= NEAR


def _against(
    sentence: _Sentence, match: tuple[Span, ...], whole: Span, clause: Span, over: str, compiled: _Compiled
) -> tuple[str, str]:
    """Return the kind of exception that silences the match and its words, or two empty strings."""
    for span in match:
        before = sentence.text[max(0, span.start - 24) : span.start].rpartition(",")[2]
        if compiled.negated and (no := compiled.negated.search(before)):
            return NOT, no.group(1)
    beside = Span(max(clause.start, whole.start - BESIDE), min(clause.end, whole.end + BESIDE), "")
    for figure in sentence.marked.get(FIGURE, ()):
        if _overlap(figure, beside):
            return FIGURE, figure.word
    if sentence.marker(NOW, clause):
        return "", ""
    if maybe := sentence.marker(MAYBE, Span(clause.start, whole.end, "")):
        return MAYBE, maybe
    asked = sentence.marker(QUESTION) or ("?" if sentence.asks else "")
    if asked and not sentence.marker(NOW) and not sentence.marker(SELF):
        return QUESTION, asked
    for kind, said in ((PAST, sentence.marker(PAST)), (OVER, over), (TOPIC, sentence.marker(TOPIC))):
        if said:
            return kind, said
    return "", ""
