"""What happened to a message, in words: never more than is known."""

from engine.letters import Letter
from engine.letters.rows import BOUNCED, DELIVERED, GIVEN_UP, HANDED_OVER, LOGGED, NO_WAY, WAITING, WITHDRAWN
from web.shell.language import gettext as _
from web.shell.language import language

CHIPS = {DELIVERED: "done", WAITING: "soon", NO_WAY: "late", BOUNCED: "late", GIVEN_UP: "late"}


def context() -> dict[str, object]:
    """For templates: {{ letter_state(letter) }}, its chip and why."""
    return {"letter_state": said, "letter_chip": chip_of, "letter_why": why, "state_in_words": in_words}


def said(letter: Letter) -> str:
    """What happened to it."""
    if letter.state == HANDED_OVER and letter.way == "push":
        return _("已交给推送服务")
    return in_words(letter.state)


def in_words(state: str) -> str:
    """A state in words."""
    return {
        WAITING: _("等待发送"),
        NO_WAY: _("未送出：没有联系方式"),
        HANDED_OVER: _("已交给邮件服务器"),
        DELIVERED: _("送达"),
        BOUNCED: _("退信"),
        GIVEN_UP: _("放弃"),
        WITHDRAWN: _("放弃：不用再发"),
        LOGGED: _("只写进日志，没有送出"),
    }[state]


def chip_of(letter: Letter) -> str:
    """The state of its chip; one that waits after an attempt is late."""
    return "late" if letter.state == WAITING and letter.error else CHIPS.get(letter.state, "plain")


def why(letter: Letter) -> str:
    """The last reason, in the reader's language where there are both."""
    parts = (letter.error or "").split(" / ")
    return parts[0 if language() == "zh" else -1] if len(parts) == 2 else letter.error or ""
