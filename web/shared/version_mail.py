"""What changed between two versions as Markdown, for a mail."""

from dataclasses import dataclass, field

from flask import Response

from web.shared.version_changes import ShownFile, ShownPart, Side, words_of
from web.shell.language import gettext as _

SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\`*_[]<>#|~"})


@dataclass(slots=True)
class Markdown:
    """Lines of Markdown; what the files say is escaped."""

    lines: list[str] = field(default_factory=list)

    def add(self, file: ShownFile) -> None:
        """Add what changed in one file."""
        self.lines += [f"## {words_of(file.how)}{_('：')}{_escaped(file.title)}", ""]
        if file.unread:
            self.lines += [_("其中一个文件读不了，只能说它变了。"), ""]
        for each in file.changes:
            about = f" ({_escaped(each.about)})" if each.about else ""
            self.lines.append(f"- **{words_of(each.how)}** {_escaped(each.title)}{about}")
            self.lines += [f"  - {_escaped(part.label)}{_('：')}{_from_to(part)}" for part in each.parts]
        if file.more:
            self.lines.append(f"- {_('还有 {n} 处。', n=file.more)}")
        if file.quiet:
            names = _("、").join(_escaped(each.title or each.place) for each in file.quiet)
            self.lines.append(f"- {_('只是画到了别处：{names}', names=names)}")
        self.lines.append("")


def _from_to(part: ShownPart) -> str:
    return " → ".join(_escaped(each, " / ") or _("（没有）") for each in (part.before, part.after))


def _escaped(text: str, between_lines: str = " ") -> str:
    """A text as one line of Markdown: what stands in a file never becomes a heading or a list of the mail."""
    return between_lines.join(filter(None, map(str.strip, text.splitlines()))).translate(SPECIAL)


def as_markdown(title: str, old: Side, new: Side, files: list[ShownFile]) -> str:
    """The same as a text that can be mailed."""
    text = Markdown([f"# {_escaped(title)}", "", f"{_escaped(old.name)} → {_escaped(new.name)}", ""])
    for each in files:
        text.add(each)
    if not files:
        text.lines.append(_("两个版本完全相同，没有改动。"))
    return "\n".join(text.lines).rstrip() + "\n"


def markdown_file(text: str, name: str) -> Response:
    """The text as a file to download."""
    answer = Response(text, mimetype="text/markdown")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
