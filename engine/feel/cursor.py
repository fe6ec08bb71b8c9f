"""Walk along the tokens: what is here, what must be here, which name begins here, which names are bound."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from engine.feel import bounds
from engine.feel.errors import BadExpression, BoundReached
from engine.feel.tokens import KEYWORDS, PART, START, Token, tokenize

SIGN_NAMES = {
    ")": ("右括号", "a closing bracket )"),
    "(": ("左括号", "an opening bracket ("),
    "]": ("右方括号", "a closing bracket ]"),
    "}": ("右花括号", "a closing brace }"),
    "{": ("左花括号", "an opening brace {"),
    ":": ("冒号", "a colon :"),
}
NEVER_IN_NAMES = "()[]{},:"  # a name that is not in quotes holds none of these
Names = dict[str, list[tuple[tuple[str, ...], str]]]  # by first token: the tokens, and how the name is written


def index(names: Iterable[str]) -> Names:
    """Index names of several tokens by their first one, the longest first."""
    found: Names = {}
    for name in names:
        words = () if name.isidentifier() else _words(name)
        if len(words) > 1:
            found.setdefault(words[0], []).append((words, name))
    for several in found.values():
        several.sort(key=_longest)
    return found


def _words(name: str) -> tuple[str, ...]:
    """Return the tokens of a name; none where it holds what no expression can, so that it cannot be written in one."""
    try:
        return tuple(token.text for token in tokenize(name)[:-1])
    except (BadExpression, BoundReached):
        return ()


def merge(outer: Names, inner: Names) -> Names:
    """Merge both indexes, the longest first."""
    merged = dict(outer)
    for first, several in inner.items():
        merged[first] = sorted([*several, *merged.get(first, ())], key=_longest)
    return merged


def _longest(name: tuple[tuple[str, ...], str]) -> int:
    return -len(name[0])


class Cursor:
    """The tokens of one text and the position in them; the names used and bound so far."""

    def __init__(self, text: str, known: Names) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.at = 0
        self.token: Token = self.tokens[0]
        self.depth = 0
        self.known = known
        self.bound: list[frozenset[str]] = []
        self.filters = 0
        self.names: set[str] = set()
        self.fields: set[str] = set()
        self.calls: set[str] = set()

    # -- tokens ----------------------------------------------------------------------------------------------------

    def advance(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.at += 1
            self.token = self.tokens[self.at]
        return token

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def sees(self, *texts: str) -> bool:
        """Return whether one of these signs or keywords is here."""
        return self.token.text in texts and self.token.kind in ("sign", "keyword")

    def accept(self, text: str) -> bool:
        if self.sees(text):
            self.advance()
            return True
        return False

    def expect(self, text: str) -> Token:
        if not self.sees(text):
            zh, en = SIGN_NAMES.get(text, (f" {text}", f'"{text}"'))
            self.fail(f"缺少{zh}", f"{en} is missing")
        return self.advance()

    def fail(self, zh: str, en: str, token: Token | None = None) -> NoReturn:
        raise BadExpression((token or self.token).start + 1, zh, en)

    def unexpected(self) -> NoReturn:
        if self.token.kind == "end":
            self.fail("公式没有写完", "the expression ends too early")
        self.fail(f"这里不应出现 {self.token.text}", f'unexpected "{self.token.text}"')

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.depth += 1
        if self.depth > bounds.DEPTH:
            raise BoundReached("depth", bounds.DEPTH)
        yield
        self.depth -= 1

    # -- names -----------------------------------------------------------------------------------------------------

    def name(self) -> str:
        """Read the name that begins here: the longest known one, or as many adjacent words as there are."""
        words = 0
        while self.peek(words).kind == "name" and not (words and self.asks_type(words)):
            words += 1
        if words == 1 and self.token.text not in self.known:
            return self.advance().text
        for known, spelling in self.known.get(self.token.text, ()):
            if len(known) < words:
                break
            if all(self.peek(i).text == word for i, word in enumerate(known)):
                self.take(len(known))
                return spelling
        if words == 0:
            self.fail("这里应当是一个名称", "a name was expected here")
        return self.take(words)

    def asks_type(self, ahead: int) -> bool:
        """Return whether `instance of` is this many tokens ahead, and so ends a name."""
        return self.peek(ahead).text == "instance" and self.peek(ahead + 1).text == "of"

    def begins_known(self) -> bool:
        """Return whether a known name of several tokens begins here, though its first is a keyword."""
        return self.token.kind == "keyword" and any(
            all(self.peek(i).text == word for i, word in enumerate(known))
            for known, _ in self.known.get(self.token.text, ())
        )

    def take(self, count: int) -> str:
        """Take the next tokens as one name, with single spaces where the text has any."""
        start, end = self.token.start, self.peek(count - 1).end
        self.at += count
        self.token = self.tokens[self.at]
        if count == 1:
            return self.tokens[self.at - 1].text
        return " ".join(self.text[start:end].split())

    def name_until(self, *stops: str) -> str:
        """Read a name of any words and signs, up to one of these (a key, a parameter, a variable of a loop)."""
        count = 0
        while self.peek(count).text not in stops and self.peek(count).kind in ("name", "keyword", "sign", "number"):
            if self.peek(count).text in NEVER_IN_NAMES or count > 30:
                break
            count += 1
        if count == 0 or self.token.kind in ("number", "sign"):
            self.fail("这里应当是一个名称", "a name was expected here")
        return self.take(count)

    def named(self) -> bool:
        """Return whether `name:` is here, as in a call with named arguments; the name may hold signs."""
        if self.sees("for", "some", "every"):  # `for x: type in` is no name
            return False
        count = 0
        while (
            self.peek(count).kind in ("name", "keyword", "number", "sign")
            and self.peek(count).text not in NEVER_IN_NAMES
        ):
            count += 1
        return self.token.kind in ("name", "keyword") and self.peek(count).text == ":"

    # -- what is bound ---------------------------------------------------------------------------------------------

    @contextmanager
    def binding(self, names: Iterable[str]) -> Iterator[None]:
        """Bind these names inside the block as the expression's own."""
        names = frozenset(names)
        before = self.known
        special = [name for name in names if not guessable(name)]
        if special:
            self.known = merge(before, index(special))
        self.bound.append(names)
        yield
        self.bound.pop()
        self.known = before

    def bind(self, name: str) -> None:
        """Bind one more name in the innermost binding."""
        self.bound[-1] |= {name}
        if not guessable(name) and not set(name) & set(NEVER_IN_NAMES):
            self.known = merge(self.known, index([name]))

    def use(self, name: str) -> None:
        """Record that a variable is read: an outer one unless it is bound; in a filter possibly an item's field."""
        if not any(name in names for names in self.bound):
            (self.fields if self.filters else self.names).add(name)


def guessable(name: str) -> bool:
    """Return whether a name needs no declaration: adjacent words, none of them a number, sign or keyword."""
    return all(WORD.fullmatch(word) and word not in KEYWORDS for word in name.split())


WORD = re.compile(rf"[{START}][{PART}]*")
