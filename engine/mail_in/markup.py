"""HTML of a mail as text: what its reader sees, with quoted parts marked by `>` as in plain text."""

import re
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree, html

from engine.mail_in import quoting

LONGEST = 1_000_000
LONGEST_STYLE = 1_000

BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "dt", "dd", "pre", "blockquote"}
    | {"table", "ul", "ol", "dl", "section", "article", "header", "footer", "center", "address", "body", "fieldset"}
)
CELLS = frozenset({"td", "th"})
UNSEEN = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "select", "textarea", "object", "svg", "math"}
)

QUOTES = re.compile(
    r"\b(?:gmail_quote(?:_container)?|yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|isreplycontent"
    r"|ntes-\w+-quote|includetail|mailquote|quote_?content|xm_mail_oringinal_describe|foxmail_quote)\b"
)
"""Classes and ids by which mailers mark what they quote: Gmail, Yahoo, Proton, Zoho, 网易, QQ, Foxmail."""

REST_QUOTED = re.compile(
    r"\b(?:divrplyfwdmsg|appendonsend|olk_src_body_section|mail-editor-reference-message-container)\b"
)
"""Classes and ids that come before an answered mail, which then goes on to the end: Outlook."""

OUTLOOK_LINE = re.compile(r"border-top:solid#(?:b5c4df|e1e1e1)1\.0pt")
HIDING = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|(?<![-\w])opacity:0(?![.\d])|text-indent:-\d{3,}"
    r"|(?:max-)?height:0(?:px)?;.*overflow:hidden|overflow:hidden;.*(?:max-)?height:0(?:px)?(?:;|$)"
)
NO_SIZE = re.compile(r"font-size:0(?![.\d])|font:0(?:px|pt)?[/;]")
SIZED = re.compile(r"font-size:|(?<![-\w])font:")
COLOUR = re.compile(r"(?<![-\w])color:([^;!]+)")
PAPER = re.compile(r"(?<![-\w])background(?:-color|-image)?:(?!none|transparent|inherit|initial|#fff(?:fff)?\b|white)")
WHITE = frozenset({"#fff", "#ffffff", "white", "rgb(255,255,255)", "rgba(255,255,255,1)"})


@dataclass(slots=True)
class Text:
    """Lines as they are put together; `quoted`: how many open elements mark a quotation."""

    lines: list[str] = field(default_factory=list)
    line: str = ""
    quoted: int = 0

    def say(self, words: str, *, kept: bool) -> None:
        """Add words; `kept`: with their line breaks."""
        first, *more = words.split("\n") if kept else [re.sub(r"\s+", " ", words)]
        self.line += first
        for each in more:
            self.end()
            self.line = each

    def end(self) -> None:
        """Begin a new line."""
        said = " ".join(self.line.split())
        self.lines.append(f"> {said}".rstrip() if self.quoted else said)
        self.line = ""


@dataclass(frozen=True, slots=True)
class Look:
    """How words look within an element: what it hands down to those inside it."""

    tiny: bool = False
    white: bool = False
    on_paper: bool = False
    kept: bool = False

    @property
    def visible(self) -> bool:
        """Whether words can be seen at all; white ones only on a colour."""
        return not self.tiny and (self.on_paper or not self.white)


def text_of(markup: str) -> str:
    """Return the visible text of HTML: no markup, no scripts, nothing hidden, a line for each block."""
    parser = html.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(markup[:LONGEST].replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.ParseError, AssertionError):  # nothing in it
        return ""
    lines = _walk(root, _hiding_rules(root))
    return re.sub(r"\n(?:>?\n){2,}", "\n\n", "\n".join(lines)).strip()


def charset_of(markup: bytes) -> str | None:
    """Return the charset that HTML says it is in; None when it does not."""
    found = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,30})", markup[:4096], re.IGNORECASE)
    return found[1].decode("ascii") if found else None


def _walk(root: html.HtmlElement, rules: frozenset[str]) -> list[str]:
    text, looks = Text(), [Look()]
    quotes: list[html.HtmlElement] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, node in walker:
        name = str(node.tag).rpartition(":")[2]
        if event == "end":
            if quotes and quotes[-1] is node:
                text.end()
                quotes.pop()
                text.quoted -= 1
            elif name in BLOCKS and name != "br" and text.line:
                text.end()
            text.line += " " if name in CELLS else ""
            looks.pop()
            if node.tail and looks[-1].visible:
                text.say(node.tail, kept=looks[-1].kept)
            continue
        style = re.sub(r"\s+", "", (node.get("style") or "")[:LONGEST_STYLE]).casefold()
        looks.append(_look(node, name, style, looks[-1]))
        if name in UNSEEN or _hidden(node, style, rules):
            walker.skip_subtree()
            continue
        marks = f"{node.get('class') or ''} {node.get('id') or ''} {name}".casefold()
        if name in BLOCKS and (text.line or name == "br"):
            text.end()
        if REST_QUOTED.search(marks) or (OUTLOOK_LINE.search(style) and quoting.is_head(_start(node))):
            text.lines.append(quoting.REST)
        elif _quotes(node, name, marks, style):
            quotes.append(node)
            text.quoted += 1
        if node.text and looks[-1].visible:
            text.say(node.text, kept=looks[-1].kept)
    text.end()
    return text.lines


def _look(node: html.HtmlElement, name: str, style: str, around: Look) -> Look:
    said = COLOUR.search(style)
    colour = said[1] if said else re.sub(r"\s", "", node.get("color") or "").casefold() or None
    return Look(
        tiny=bool(NO_SIZE.search(style)) if SIZED.search(style) else around.tiny,
        white=colour in WHITE if colour else around.white,
        on_paper=around.on_paper or bool(PAPER.search(style) or node.get("bgcolor") or node.get("background")),
        kept=around.kept or name == "pre" or "white-space:pre" in style,
    )


def _hidden(node: html.HtmlElement, style: str, rules: frozenset[str]) -> bool:
    if node.get("hidden") is not None or HIDING.search(style):
        return True
    names = [f".{each}" for each in (node.get("class") or "").split()]
    return bool(rules) and not rules.isdisjoint([*names, f"#{node.get('id')}"])


def _hiding_rules(root: html.HtmlElement) -> frozenset[str]:
    """Return the classes and ids that the mail's own style sheets hide on every screen."""
    sheets = " ".join(each.text or "" for each in root.iter("style"))[:100_000]
    flat = re.sub(r"@[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL))
    found = [
        selector.strip()
        for selectors, rule in re.findall(r"([^{}]{1,300})\{([^{}]{0,2000})\}", flat)
        if re.search(r"display:none|visibility:hidden", re.sub(r"\s+", "", rule).casefold())
        for selector in selectors.split(",")
    ]
    return frozenset(each for each in found if re.fullmatch(r"[.#][\w-]+", each))


def _quotes(node: html.HtmlElement, name: str, marks: str, style: str) -> bool:
    """Whether an element holds what another mail said; a mail that is passed on is no quotation."""
    marked = QUOTES.search(marks) is not None
    if name == "blockquote" and not marked:
        line = re.search(r"border-left(?:-\w+)?:(?!none|0)|border-width:\w+\w+\w+[1-9]", style)
        marked = node.get("type") == "cite" or node.get("cite") is not None or line is not None
        marked = marked or quoting.is_head(_start(node))
    return marked and not quoting.passes_on(_start(node))


def _start(node: html.HtmlElement) -> str:
    """Return the first words within an element."""
    found = [
        words for each in islice(node.iter(), 60) for words in (each.text, each.tail if each is not node else None)
    ]
    lines = (" ".join((each or "").split()) for each in found)
    return "\n".join(line for line in lines if line)[:1_000]
