"""Functions on strings. Positions count characters (code points) from 1, negative ones from the end."""

from decimal import Decimal

import re2

from engine.feel.bounds import Run
from engine.feel.builtins.registry import builtin
from engine.feel.patterns import compiled

SEARCH = 20  # steps charged for a pattern search, besides the length of the text


def whole(number: Decimal) -> int | None:
    """Return the number as a Python int, when it is whole and not absurdly large."""
    return int(number) if number == number.to_integral_value() and abs(number) < 10**12 else None


@builtin("string length", "string: string")
def _length(run: Run, string: str) -> Decimal:
    return Decimal(len(string))


@builtin("substring", "string: string, start position: number, length: number?")
def _substring(run: Run, string: str, start: Decimal, length: Decimal | None = None) -> str | None:
    first = int(start) if abs(start) < 10**9 else 0
    if first == 0 or abs(first) > len(string) or (length is not None and length < 1):
        return None
    begin = first - 1 if first > 0 else len(string) + first
    end = len(string) if length is None else begin + int(min(length, Decimal(len(string))))
    return string[begin:end]


@builtin("upper case", "string: string")
def _upper(run: Run, string: str) -> str:
    return string.upper()


@builtin("lower case", "string: string")
def _lower(run: Run, string: str) -> str:
    return string.lower()


@builtin("trim", "string: string")
def _trim(run: Run, string: str) -> str:
    return string.strip()


@builtin("substring before", "string: string, match: string")
def _before(run: Run, string: str, match: str) -> str:
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after", "string: string, match: string")
def _after(run: Run, string: str, match: str) -> str:
    if not match:
        return string
    return string.partition(match)[2]


@builtin("contains", "string: string, match: string")
def _contains(run: Run, string: str, match: str) -> bool:
    return match in string


@builtin("starts with", "string: string, match: string")
def _starts(run: Run, string: str, match: str) -> bool:
    return string.startswith(match)


@builtin("ends with", "string: string, match: string")
def _ends(run: Run, string: str, match: str) -> bool:
    return string.endswith(match)


@builtin("string join", "list: list, delimiter: string?")
@builtin("string join", "list: list, delimiter: string, prefix: string, suffix: string")
def _join(
    run: Run, list: list[object], delimiter: str | None = None, prefix: str | None = None, suffix: str | None = None
) -> str | None:
    if not all(item is None or isinstance(item, str) for item in list):
        return None
    joined = (delimiter or "").join(item for item in list if isinstance(item, str))
    text = (prefix or "") + joined + (suffix or "") if list else ""
    run.made_text(len(text))
    return text


@builtin("split", "string: string, delimiter: string")
def _split(run: Run, string: str, delimiter: str) -> list[str] | None:
    pattern = compiled(delimiter, "")
    if pattern is None or pattern.fullmatch(""):
        return None
    run.spend(SEARCH + len(string) // 8)
    parts = [string[start:end] for start, end in between(pattern, string)]
    run.made_list(len(parts))
    return parts


def between(pattern: "re2._Regexp", string: str) -> list[tuple[int, int]]:
    """Return the parts of the string between the matches."""
    at, stretches = 0, []
    for match in pattern.finditer(string):
        stretches.append((at, match.start()))
        at = match.end()
    return [*stretches, (at, len(string))]


@builtin("matches", "input: string, pattern: string, flags: string?")
def _matches(run: Run, input: str, pattern: str, flags: str | None = None) -> bool | None:
    found = compiled(pattern, flags or "")
    run.spend(SEARCH + len(input) // 8)
    return None if found is None else found.search(input) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags: string?")
def _replace(run: Run, input: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    found = compiled(pattern, flags or "")
    pieces = None if found is None else template(replacement, found.groups)
    if found is None or pieces is None or found.search("") is not None:
        return None
    run.spend(SEARCH + len(input) // 8)
    at, out, length = 0, [], 0
    for match in found.finditer(input):
        put = "".join(piece if isinstance(piece, str) else match.group(piece) or "" for piece in pieces)
        out += [input[at : match.start()], put]
        length += len(put)
        run.made_text(length)
        at = match.end()
    out.append(input[at:])
    return "".join(out)


def template(replacement: str, groups: int) -> list[str | int] | None:
    """Parse a replacement: text, and numbers of groups ($1); \\$ and \\\\ stand for themselves."""
    pieces: list[str | int] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        following = replacement[at + 1 : at + 2]
        if char == "\\":
            if following not in ("\\", "$"):
                return None
            pieces.append(following)
            at += 2
        elif char == "$":
            if not (following.isascii() and following.isdigit()):
                return None
            number, at = int(following), at + 2
            while replacement[at : at + 1].isdigit() and number * 10 + int(replacement[at]) <= groups:
                number, at = number * 10 + int(replacement[at]), at + 1
            pieces.append(number if number <= groups else "")
        else:
            pieces.append(char)
            at += 1
    return pieces
