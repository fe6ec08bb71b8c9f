"""Which of several texts of one mail its sender wrote: alternatives, copies, and what programs put beside them."""

import re
from collections.abc import Sequence

from engine.mail_in import decoding

PLACEHOLDER = re.compile(
    r"(?=.*(?:html|rich text|超文本|网页|浏览器|瀏覽器|browser|navigateur|navegador|mime))"
    r"(?=.*(?:client|reader|viewer|program|software|mail ?app|multi-?part|browser|客户端|客戶端|邮箱|郵箱|软件|程序|浏览器|瀏覽器"
    r"|mailprogramm|messagerie|navigateur|navegador|cliente|メール|ソフト))"
    r"(?=.*(?:support|display|view|show|enable|format|不支持|无法|不能|查看|显示|請使用|请使用|请用|unterstützt|anzeig|darstell"
    r"|affich|prend pas|visualiz|compatible|表示|対応|this is a))",
    re.IGNORECASE | re.DOTALL,
)
"""Says only that the program that shows it should show the other part."""

FOOTER = re.compile(
    r"scanned (?:for|by)|virus-?free|checked (?:for|by) .{0,40}virus|avast|病毒|杀毒|保密信息|机密信息|保密(?:声明|提示)|免责声明"
    r"|仅限于?.{0,10}(?:收件人|使用)|disclaimer|confidential.{0,200}(?:intended|recipient|addressee)|vertraulich|confidentiel"
    r"|confidencialidad|unsubscribe|退订",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_FOOTER = 1_500
LONGEST_PLACEHOLDER = 300


def one_of(texts: Sequence[str]) -> str:
    """Return the text of a `multipart/alternative` (RFC 2046, 5.1.4): the last is the best, unless it says less.

    Alternatives that have nothing in common are none: both are kept, as one of them is what somebody wrote.
    """
    visible = [each for each in texts if decoding.seen(each)]
    real = [each for each in visible if not says_nothing(each)] or visible
    if not real:
        return ""
    best = real[-1]
    for other in reversed(real[:-1]):
        shared = _shared(best, other)
        if shared < 0.3:
            best = f"{best}\n\n{other}"
        elif len(decoding.seen(other)) > 1.2 * len(decoding.seen(best)):
            best = other
    return best


def all_of(texts: Sequence[str]) -> str:
    """Return the texts of a `multipart/mixed` one after the other, without those that another one contains."""
    kept: list[str] = []
    for each in texts:
        said = decoding.seen(each)
        if not said or any(said in decoding.seen(other) for other in kept):
            continue
        kept = [other for other in kept if decoding.seen(other) not in said] + [each]
    return "\n\n".join(each.strip("\n") for each in kept)


def says_nothing(text: str) -> bool:
    """Whether a program wrote all of a text: asking for another program, or a footer."""
    size = len(decoding.seen(text))
    return (size <= LONGEST_PLACEHOLDER and PLACEHOLDER.search(text) is not None) or (
        size <= LONGEST_FOOTER and _is_footer(text)
    )


def _is_footer(text: str) -> bool:
    """Whether every paragraph of a text belongs to a footer."""
    paragraphs = [each for each in re.split(r"\n\s*\n|\n[-_=*]{3,}\s*\n", f"\n{text}\n") if decoding.seen(each)]
    return bool(paragraphs) and all(FOOTER.search(each) or re.fullmatch(r"[-_=*\s]+", each) for each in paragraphs)


def _shared(one: str, other: str) -> float:
    """Return how much of the shorter text the longer one contains, from 0 to 1, by pairs of neighbouring signs."""
    first, second = _pairs(one), _pairs(other)
    least = min(len(first), len(second))
    return len(first & second) / least if least else 1.0


def _pairs(text: str) -> set[str]:
    said = decoding.seen(text)[:20_000]
    return {said[at : at + 2] for at in range(len(said) - 1)}
