"""What happened to a message, in words: never more than is known."""

from engine.letters import Letter
from engine.letters.outbox import JOINED
from engine.letters.rows import (
    BOUNCED,
    DELIVERED,
    GIVEN_UP,
    HANDED_OVER,
    HELD,
    LOGGED,
    MANY,
    NO_WAY,
    OFF_DUTY,
    SAME,
    WAITING,
    WITHDRAWN,
)
from web.shell.formats import say_moment, zone
from web.shell.language import gettext as _
from web.shell.language import language

CHIPS = {DELIVERED: "done", WAITING: "soon", NO_WAY: "late", BOUNCED: "late", GIVEN_UP: "late"}


def context() -> dict[str, object]:
    """For templates: {{ letter_state(letter) }}, its chip, why, and how it waited or was joined."""
    found: dict[str, object] = {"letter_state": said, "letter_chip": chip_of, "letter_why": why, "letter_note": note}
    return {**found, "state_in_words": in_words}


def said(letter: Letter) -> str:
    """What happened to it."""
    if letter.state == HANDED_OVER and letter.way == "push":
        return _("已交给推送服务")
    return in_words(letter.state)


def in_words(state: str) -> str:
    """A state in words."""
    return {
        WAITING: _("等待发送"),
        HELD: _("先留着，到时再发"),
        JOINED: _("和别的合成一条"),
        NO_WAY: _("未送出：没有联系方式"),
        HANDED_OVER: _("已交给邮件服务器"),
        DELIVERED: _("送达"),
        BOUNCED: _("退信"),
        GIVEN_UP: _("放弃"),
        WITHDRAWN: _("放弃：不用再发"),
        LOGGED: _("只写进日志，没有送出"),
    }[state]


def note(letter: Letter) -> str:
    """Until when it is or was held and why, and with how many others it went; often nothing."""
    told = []
    if letter.held_for is not None and letter.held_until is not None:
        until = say_moment(letter.held_until.astimezone(zone()))
        told.append(
            {
                OFF_DUTY: _("收件人不当班，留到 {at}", at=until),
                SAME: _("刚发过同样的消息，留到 {at}", at=until),
                MANY: _("刚发过好几条，留到 {at} 合成一条", at=until),
            }[letter.held_for]
        )
    if letter.sent_at is not None and (letter.together or 1) > 1:
        told.append(_("和另外 {n} 条合成一条", n=(letter.together or 1) - 1))
    return _("；").join(told)


def chip_of(letter: Letter) -> str:
    """The state of its chip; one that waits after an attempt is late."""
    return "late" if letter.state == WAITING and letter.error else CHIPS.get(letter.state, "plain")


def why(letter: Letter) -> str:
    """The last reason, in the reader's language where there are both."""
    parts = (letter.error or "").split(" / ")
    return parts[0 if language() == "zh" else -1] if len(parts) == 2 else letter.error or ""
