"""Convert one typed answer to a value, or to a message that says what is wrong with it."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

import re2

from engine.core import clock, phones
from engine.core.errors import BihuanError
from engine.forms.definition import Choice, Field, Limits

LONGEST_TEXT = 200
LONGEST_AREA = 4000
_NUMBER = re2.compile(r"[+-]?\d{1,15}(?:\.\d{1,9})?")
_EMAIL = re2.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_YEARS = range(1900, 2200)

APART = timedelta(minutes=10)
"""By how much a phone's clock, or a moment filled in some minutes ago, may differ from ours."""


class BadAnswer(BihuanError):
    """An answer that cannot be accepted."""

    zh = "{zh}"
    en = "{en}"

    @property
    def both(self) -> tuple[str, str]:
        """Return what to do about it, in Chinese and English."""
        return self.text("zh"), self.text("en")


def clean(typed: str) -> str:
    """Return typed text with one kind of line break, without control characters and lone surrogates."""
    lines = typed.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) not in {"Cc", "Cs"})
    return kept.strip()


def words(field: Field, typed: str) -> str | None:
    """Return text within its length and format; one line unless it is an area."""
    text = clean(typed) if field.kind == "textarea" else " ".join(clean(typed).split())
    if not text:
        return None
    limits = field.limits
    longest = limits.longest or (LONGEST_AREA if field.kind == "textarea" else LONGEST_TEXT)
    if len(text) > longest:
        raise BadAnswer(
            zh=f"最多 {longest} 个字，现在有 {len(text)} 个。",
            en=f"At most {longest} characters; there are {len(text)}.",
        )
    if limits.shortest and len(text) < limits.shortest:
        raise BadAnswer(zh=f"至少写 {limits.shortest} 个字。", en=f"At least {limits.shortest} characters.")
    if limits.kind == "phone":
        return _phone(text, limits)
    if limits.kind == "email":
        _matching(_EMAIL, text, limits, "邮箱地址不对，请再核对一遍。", "This is not a mail address; please check it.")
    if limits.pattern is not None:
        _matching(re2.compile(limits.pattern), text, limits, "格式不对。", "This is not in the expected format.")
    return text


def _phone(text: str, limits: Limits) -> str:
    if phones.is_complete(text) and not phones.is_doubtful(text):
        return phones.tidy(text)
    if limits.message:
        raise BadAnswer(zh=limits.message.zh, en=limits.message.text("en"))
    if phones.is_doubtful(text):
        count = len(phones.digits(text))
        raise BadAnswer(
            zh=f"手机号是 {phones.MOBILE} 位，这里有 {count} 位，请再核对一遍。",
            en=f"A mobile number has {phones.MOBILE} digits; this has {count}. Please check it.",
        )
    raise BadAnswer(zh="电话号码不对，请再核对一遍。", en="This is not a phone number; please check it.")


def number(field: Field, typed: str) -> int | Decimal | None:
    """Return a number as people type it: full-width digits and thousands separators are accepted."""
    plain = unicodedata.normalize("NFKC", typed).strip().replace(",", "").removeprefix("¥").strip()
    if not plain:
        return None
    if not _NUMBER.fullmatch(plain):
        raise BadAnswer(zh="请填数字，如 120 或 3.5。", en="Enter a number such as 120 or 3.5.")
    fraction = len(plain.partition(".")[2])
    if field.digits is not None and fraction > field.digits:
        raise BadAnswer(
            zh="请填整数。" if field.digits == 0 else f"最多 {field.digits} 位小数。",
            en="Enter a whole number." if field.digits == 0 else f"At most {field.digits} decimal places.",
        )
    value = Decimal(plain)
    _within(value, field.limits)
    return value if fraction else int(plain)


def day(field: Field, typed: str, zone: tzinfo) -> date | None:
    """Return a calendar day, as a date field sends it (2026-03-01)."""
    if not typed.strip():
        return None
    try:
        value = date.fromisoformat(typed.strip())
    except ValueError:
        raise BadAnswer(zh="请填日期，如 2026-03-01。", en="Enter a date such as 2026-03-01.") from None
    today = clock.now().astimezone(zone).date()
    _within_dates(value, field)
    if field.not_past and value < today:
        raise BadAnswer(zh="不能早于今天。", en="It cannot be before today.")
    if field.not_future and value > today:
        raise BadAnswer(zh="不能晚于今天。", en="It cannot be after today.")
    return value


def moment(field: Field, typed: str, zone: tzinfo) -> datetime | None:
    """Return a day and time typed in the company's zone (2026-03-01T09:30), aware and in UTC."""
    if not typed.strip():
        return None
    try:
        value = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise BadAnswer(
            zh="请填日期和时间，如 2026-03-01 09:30。", en="Enter a date and time such as 2026-03-01 09:30."
        ) from None
    local = value if value.tzinfo else value.replace(tzinfo=zone)
    _within_dates(local.date(), field)
    if field.not_past and local < clock.now() - APART:
        raise BadAnswer(zh="不能早于现在。", en="It cannot be in the past.")
    if field.not_future and local > clock.now() + APART:
        raise BadAnswer(
            zh="不能晚于现在，请填实际发生的时间。", en="It cannot be in the future; give the time when it happened."
        )
    return local.astimezone(UTC)


def require_order(value: object, earlier: object, fields: Sequence[Field], field: Field) -> None:
    """Check that a date is not before that of the field which it names (`notBefore`)."""
    if isinstance(value, date) and isinstance(earlier, date) and value < earlier:
        label = next(each.label for each in fields if each.key == field.not_before)
        zh, en = f"不能早于“{label.zh}”。", f"It cannot be before “{label.text('en')}”."
        raise BadAnswer(zh=zh, en=en)


def require_other(value: object, taken: object, fields: Sequence[Field], field: Field) -> None:
    """Check that nothing is chosen which the named field has already (`otherThan`)."""
    if taken is not None and taken in (value if isinstance(value, list) else [value]):
        label = next(each.label for each in fields if each.key == field.other_than)
        zh, en = f"不能与“{label.zh}”相同。", f"It cannot be the same as “{label.text('en')}”."
        raise BadAnswer(zh=zh, en=en)


def chosen(typed: str, offered: tuple[Choice, ...]) -> object:
    """Return the value of the choice; None for none."""
    if not typed:
        return None
    for choice in offered:
        if choice.text == typed:
            return choice.value
    raise BadAnswer(zh="这个选项不存在或已停用，请重新选择。", en="This choice does not exist any more; choose again.")


def several(field: Field, typed: list[str], offered: tuple[Choice, ...]) -> list[object]:
    """Return the ticked values, each once, in the order they are offered."""
    ticked = set(typed)
    if unknown := ticked - {choice.text for choice in offered}:
        chosen(min(unknown), offered)
    values = [choice.value for choice in offered if choice.text in ticked]
    count(field.limits, len(values), "项", "choices")
    return values


def count(limits: Limits, found: int, zh: str, en: str) -> None:
    """Check how many were chosen, listed or attached; none at all is a matter of `required`."""
    if found and isinstance(limits.smallest, Decimal) and found < limits.smallest:
        raise BadAnswer(
            zh=f"至少要有 {limits.smallest} {zh}。", en=f"At least {limits.smallest} {_some(limits.smallest, en)}."
        )
    if isinstance(limits.largest, Decimal) and found > limits.largest:
        raise BadAnswer(zh=f"最多 {limits.largest} {zh}。", en=f"At most {limits.largest} {_some(limits.largest, en)}.")


def missing(field: Field) -> BadAnswer:
    """Return the message of an empty required field."""
    if field.limits.message:
        return BadAnswer(zh=field.limits.message.zh, en=field.limits.message.text("en"))
    zh, en = _stopped(field.label.zh, "。"), _stopped(field.label.text("en"), ".")
    if field.kind in {"select", "radio", "checklist"}:
        return BadAnswer(zh=f"请选择：{zh}", en=f"Please choose: {en}")
    if field.kind == "checkbox":
        return BadAnswer(zh=f"请勾选：{zh}", en=f"Please tick: {en}")
    if field.kind == "filepicker":
        return BadAnswer(zh=f"请添加文件：{zh}", en=f"Please add a file: {en}")
    return BadAnswer(zh=f"请填写：{zh}", en=f"Please fill in: {en}")


def _stopped(words: str, stop: str) -> str:
    """Return a label with its own question mark, or with a full stop."""
    return words if words.endswith(("？", "?", "！", "!")) else words + stop


def _matching(pattern: object, text: str, limits: Limits, zh: str, en: str) -> None:
    if not pattern.fullmatch(text):  # type: ignore[attr-defined]
        raise BadAnswer(zh=limits.message.zh or zh, en=limits.message.text("en") or en)


def _within(value: Decimal, limits: Limits) -> None:
    if isinstance(limits.smallest, Decimal) and value < limits.smallest:
        raise BadAnswer(zh=f"不能小于 {limits.smallest}。", en=f"It cannot be below {limits.smallest}.")
    if isinstance(limits.largest, Decimal) and value > limits.largest:
        raise BadAnswer(zh=f"不能大于 {limits.largest}。", en=f"It cannot be above {limits.largest}.")


def _within_dates(value: date, field: Field) -> None:
    earliest, latest = field.limits.smallest, field.limits.largest
    if value.year not in _YEARS:
        raise BadAnswer(zh="年份不对，请再核对一遍。", en="The year cannot be right; please check it.")
    if isinstance(earliest, date) and value < earliest:
        raise BadAnswer(zh=f"不能早于 {earliest}。", en=f"It cannot be before {earliest}.")
    if isinstance(latest, date) and value > latest:
        raise BadAnswer(zh=f"不能晚于 {latest}。", en=f"It cannot be after {latest}.")


def _some(number: Decimal, plural: str) -> str:
    return plural.removesuffix("s") if number == 1 else plural
