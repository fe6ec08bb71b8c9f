"""Tell what somebody wrote now from what their mail program quoted, whichever program it was."""

import re
from dataclasses import dataclass

REST = "─" * 8
"""Stands before an answered mail that HTML marks as going on to the end."""

LONGEST_HEAD = 300

WROTE = (
    r"(?:wrote|writes|schrieb|schreibt|a écrit|écrivait|escribi[óo]|ha scritto|escreveu|schreef|skrev|napisał\(?a?\)?"
    r"|写道|寫道|來信|来信|写到|のメッセージ|wrote on)"
)
DATE = r"(?:\d{1,4}\s*[年./-]|\d{1,2}[.,]?\s+\w{3,10}\.?,?\s+\d{4}|\w{3,10}\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}:\d{2})"
CITES = re.compile(
    rf"(?:(?:On|At|Am|Le|El|Il|Em|Op|Den|W dniu|在|于|於)\s?.{{0,30}}?{DATE}.{{0,200}}?{WROTE}.{{0,150}}[:：]"
    rf"|.{{0,150}}?[<(（＜]?[^\s<>@]+@[^\s<>@]+.{{0,100}}?{WROTE}.{{0,80}}[:：]"
    rf"|.{{0,100}}?(?:于|在|於)\s?\d{{4}}\s*[年/-].{{0,80}}?{WROTE}\s*[:：]"
    r"|\d{4}[年/.-]\s*\d{1,2}[月/.-]\s*\d{1,2}.{0,40}?\d{1,2}[:：時时]\d{0,2}.{1,120}<[^\s<>@]+@[^\s<>@]+>\s*[:：])",
    re.IGNORECASE,
)
"""The line, or up to three, that says who wrote what follows."""

BEGUN = re.compile(r"(?:On|At|Am|Le|El|Il|Em|Op|Den|W dniu|在|于|於)\s?.{0,30}?\d", re.IGNORECASE)
"""What the first of several such lines holds, unlike the words above them."""

NAMED = re.compile(r"@|\d{4}.{0,40}\d{1,2}\s?[:：hH時时]\s?\d{2}|\d{1,2}[:：]\d{2}.{0,40}\d{4}")
"""What such a line holds when it was a program that wrote it."""

ORIGINAL = re.compile(
    r"[-_—=*─\s]{2,}(?:(?:the )?original(?: e-?mail| message)?|originalnachricht|ursprüngliche (?:nachricht|e-?mail)"
    r"|message d['’]origine|message (?:original|initial)|mensaje original|mensagem original|messaggio originale"
    r"|oorspronkelijk bericht|reply message|原始邮件|原始郵件|原邮件|原郵件|原始信件|邮件原件|邮件原文|回复的原邮件|回复的邮件|回复邮件"
    r"|元のメッセージ|原文)(?:信息|内容)?\s*[-_—=*─\s]{2,}[:：]?",
    re.IGNORECASE,
)
PASSED_ON = re.compile(
    r"(?:[-_—=*─\s]{2,}\s*(?:forwarded (?:e-?mail|message|by .{1,60})|weitergeleitete (?:nachricht|e-?mail)"
    r"|message transféré|mensaje reenviado|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht"
    r"|转发的?邮件(?:信息)?|转发的?信息|轉寄的?郵件|轉寄的?信件|転送(?:された)?メッセージ)\s*[-_—=*─\s]{2,}[:：]?"
    r"|(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-?mail)"
    r"|début (?:du message|du courriel|de l['’]e-?mail) (?:réexpédié|transféré)|inicio del mensaje reenviado"
    r"|(?:下面|以下)是(?:被)?转发的邮件|開始轉寄郵件|以下是轉寄的郵件|転送されたメッセージ)\s*[:：])",
    re.IGNORECASE,
)
"""The line above a mail that is passed on: what follows is what the sender wants to say."""

FIRST = "from|发件人|寄件者|寄件人|發件人|von|de|da|van|差出人|送信者|från|fra"
FURTHER = (
    "sent|date|to|cc|subject|reply-?to|importance|发送时间|发件时间|发送日期|日期|时间|收件人|抄送|主题|重要性|傳送時間"
    "|寄件日期|發送時間|收件者|收件人|副本|主旨|主題|gesendet|datum|an|kopie|betreff|envoyé|date|à|objet|enviado(?:el)?"
    "|fecha|para|asunto|inviato|a|oggetto|verzonden|aan|onderwerp|送信日時|送信日|日時|日付|宛先|件名"
)
LABEL_FIRST = re.compile(rf"(?:{FIRST})[:：]", re.IGNORECASE)
LABEL_FURTHER = re.compile(rf"({FURTHER})[:：]", re.IGNORECASE)
LABEL_SENT = re.compile("(?:sent|gesendet|发送时间)[:：]", re.IGNORECASE)
BARE = re.compile(r"(?:原始邮件|原始郵件|original(?: message| e-?mail)?|[-_—=*─]{3,})\s*[:：]?", re.IGNORECASE)
"""Lines that stand above the head of a quoted mail in some programs, and mean nothing alone."""

PASSING = re.compile(
    r"\s*[\[【(（]?(?:fwd?|fw|wg|tr|rv|enc|i|doorst|vs|转发|转寄|轉寄|転送)\s*[\]】)）]?\s*[:：]", re.IGNORECASE
)
ANSWERING = re.compile(
    r"\s*[\[【(（]?(?:re|aw|antw(?:ort)?|sv|rép|resp?|odp|回复|回覆|答复|答覆|返信)(?:\s*[\[(（]?\d{1,3}[\])）]?)?\s*[:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody wrote now, and what their program quoted below or between."""

    words: str
    quoted: str


def split(text: str, *, passed_on: bool = False, answer: bool = True) -> Told:
    """Tell words from quotations. `passed_on`: the subject says that the mail below is passed on, so that it counts as
    said; `answer`: the mail answers another, so that even a single line after `>` is a quotation.
    """
    lines = text.split("\n")
    quoting = answer or sum(line.startswith(">") for line in lines) > 1
    words: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(lines):
        kind, size = _head(lines, at)
        if kind == "passed on" or (kind and passed_on):
            words += [re.sub(r"^(?:> ?)+", "", line) for line in lines[at:] if line != REST]
            break
        if kind == "rest":
            quoted += [line for line in lines[at:] if line != REST]
            break
        if kind == "cites":
            quoted += lines[at : at + size]
            at, quoting = at + size, True
            continue
        marked = lines[at].startswith(">" if quoting else "> ")
        (quoted if marked else words).append(lines[at])
        at += 1
    return Told(_tidy(words), _tidy(quoted))


def is_head(start: str) -> bool:
    """Whether these first words introduce a quotation."""
    lines = [line for line in start.split("\n") if line.strip()][:12]
    return any(_head(lines, at)[0] for at in range(min(3, len(lines))))


def passes_on(start: str) -> bool:
    """Whether these first words introduce a mail that is passed on."""
    return any(PASSED_ON.fullmatch(line.strip()) for line in start.split("\n")[:4])


def _head(lines: list[str], at: int) -> tuple[str, int]:
    """Return what the line begins, and how many lines that takes: `cites` (marked lines follow), `rest` (all that
    follows is quoted), `passed on`, or empty.
    """
    line = lines[at].strip()
    if not line or line.startswith(">") or len(line) > LONGEST_HEAD:
        return "", 1
    if PASSED_ON.fullmatch(line):
        return "passed on", 1
    if line == REST or ORIGINAL.fullmatch(line):
        return "rest", 1
    below = at + 1
    if BARE.fullmatch(line):
        below = next((place for place in range(at + 1, len(lines)) if lines[place].strip()), at)
    if _is_block(lines, below if BARE.fullmatch(line) else at):
        return "rest", 1
    return _cites(lines, at)


def _is_block(lines: list[str], at: int) -> bool:
    """Whether the head of a mail is spelt out here: who sent it, and at least two more of when, to whom and what."""
    nearby = [re.sub(r"[\s*\u3000]", "", line.lstrip("|•·- ")) for line in lines[at : at + 12] if line.strip()]
    if nearby and LABEL_SENT.match(nearby[0]):
        nearby = nearby[1:]
    if not nearby or not LABEL_FIRST.match(nearby[0]):
        return False
    return len({found[1].casefold() for line in nearby[1:9] if (found := LABEL_FURTHER.match(line))}) >= 2


def _cites(lines: list[str], at: int) -> tuple[str, int]:
    joined = ""
    for size in (1, 2, 3):
        if size == 2 and not (BEGUN.match(joined) or re.search("[<＜@]", joined)):
            break
        if at + size > len(lines) or not lines[at + size - 1].strip() or lines[at + size - 1].startswith(">"):
            break
        joined = f"{joined} {lines[at + size - 1].strip()}".strip()[: LONGEST_HEAD + 1]
        if not joined.endswith((":", "：")) or not CITES.fullmatch(joined):
            continue
        following = next((line for line in lines[at + size :] if line.strip()), "")
        if following.startswith(">"):
            return "cites", size
        return ("rest", size) if NAMED.search(joined) else ("", 1)
    return "", 1


def _tidy(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
