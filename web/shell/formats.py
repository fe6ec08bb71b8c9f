"""How pages format things: times, money, phones, names."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from flask import Flask
from markupsafe import Markup, escape

from engine.company import places
from engine.core import clock
from web.shell import current
from web.shell.language import gettext as _
from web.shell.language import language

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SOON = timedelta(hours=2)
MARKS = {"late": "▲", "soon": "◆", "in_time": "○", "done": "✓", "paused": "‖"}


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """What remains of a limit: text, and the state late | soon | in_time | done."""

    text: str
    state: str

    @property
    def mark(self) -> str:
        """The icon shape that goes with the state's colour."""
        return MARKS[self.state]

    def __html__(self) -> str:
        mark = f'<span aria-hidden="true">{self.mark}</span>'
        return f'<span class="chip chip-{self.state}">{mark} {escape(self.text)}</span>'


def install(app: Flask) -> None:
    """Register the template filters."""
    app.jinja_env.filters.update(
        moment=moment,
        time_of_day=time_of_day,
        day=day,
        duration=duration,
        time_left=time_left,
        money=money,
        phone=phone,
        mail=mail,
        name_of=name_of,
    )
    app.jinja_env.globals.update(time_left=time_left, name_of=name_of, now=clock.now, MARKS=MARKS)


def zone() -> ZoneInfo:
    """The time zone of pages."""
    return ZoneInfo(current.settings().timezone)


def moment(at: datetime | None) -> Markup:
    """A `time` element: 今天 18:40, 昨天 18:40, 11月20日 18:40; the exact time on hover and focus."""
    if at is None:
        return Markup("")
    local = at.astimezone(zone())
    exact, words = local.isoformat(timespec="seconds"), escape(say_moment(local))
    return Markup(f'<time datetime="{exact}" title="{exact[:10]} {exact[11:19]}">{words}</time>')  # noqa: S704 - escaped


def say_moment(local: datetime) -> str:
    """A local time in words."""
    time = f"{local:%H:%M}"
    apart = (local.date() - clock.now().astimezone(local.tzinfo).date()).days
    if apart == 0:
        return _("今天 {time}", time=time)
    if apart == -1:
        return _("昨天 {time}", time=time)
    return _("明天 {time}", time=time) if apart == 1 else f"{day(local)} {time}"


def time_of_day(at: datetime) -> str:
    """A time of today without the day: 18:40."""
    return f"{at.astimezone(zone()):%H:%M}"


def day(at: date | datetime | None) -> str:
    """A date: 11月20日 in this year, 2025年11月20日 otherwise."""
    if at is None:
        return ""
    local = at.astimezone(zone()) if isinstance(at, datetime) else at
    same_year = local.year == clock.now().astimezone(zone()).year
    if language() == "en":
        return f"{local.day} {MONTHS[local.month - 1]}" + ("" if same_year else f" {local.year}")
    return ("" if same_year else f"{local.year}年") + f"{local.month}月{local.day}日"


def duration(length: timedelta | None) -> str:
    """A duration in its two largest units: 3 小时 20 分， 2 天 4 小时."""
    if length is None:
        return ""
    minutes = int(abs(length).total_seconds() // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if not minutes:
        return _("不到 1 分钟")
    parts = [(days, _("{n} 天", n=days)), (hours, _("{n} 小时", n=hours)), (rest, _("{n} 分", n=rest))]
    first = next(index for index, (amount, _words) in enumerate(parts) if amount)
    return " ".join(words for amount, words in parts[first : first + 2] if amount)


def limit(length: timedelta, latest: timedelta | None = None, *, working: bool) -> str:
    """A limit in words, in working time or not: 3 个工作日，最晚 7 天."""
    days, rest = divmod(length, timedelta(days=1))
    hours = length // timedelta(hours=1)
    if working and days and not rest:
        said = _("{n} 个工作日", n=days)
    elif working and timedelta(hours=hours) == length:
        said = _("{n} 个工作小时", n=hours)
    else:
        said = _whole(length)
    return said if latest is None else _("{limit}，最晚 {latest}", limit=said, latest=_whole(latest))


def _whole(length: timedelta) -> str:
    """A duration in one unit where that is usual: 24 小时 rather than 1 天."""
    hours = length / timedelta(hours=1)
    return _("{n} 小时", n=int(hours)) if 24 <= hours < 72 and hours == int(hours) else duration(length)


def time_left(due: datetime | None, started: datetime | None = None, done: datetime | None = None) -> TimeLeft | None:
    """What is left until `due`. `done`: when it was met.

    Soon: the last third of a limit of a few hours, the last fifth of a longer one; without `started` two hours.
    """
    if due is None:
        return None
    if done is not None:
        if done <= due:
            return TimeLeft(_("按时完成"), "done")
        return TimeLeft(_("完成，晚了 {time}", time=duration(done - due)), "late")
    left = due - clock.now()
    if left <= timedelta():
        return TimeLeft(_("逾期 {time}", time=duration(left)), "late")
    whole = due - started if started is not None else None
    near = max(whole / 5, min(whole / 3, SOON)) if whole is not None else SOON
    return TimeLeft(_("还剩 {time}", time=duration(left)), "soon" if left <= near else "in_time")


def money(amount: Decimal | int | float | None) -> str:
    """Yuan with separators: ¥1,234.50, ¥1,200."""
    if amount is None:
        return ""
    exact = Decimal(str(amount)).quantize(Decimal("0.01"))
    return f"¥{exact:,.0f}" if exact == exact.to_integral_value() else f"¥{exact:,.2f}"


def phone(number: str | None) -> str:
    """A phone number with its middle hidden: 138****5678."""
    if not number:
        return ""
    if len(number) >= 8:
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 1) + number[-2:]


def mail(address: str | None) -> str:
    """A mail address with most of its name hidden: w***@example.cn."""
    name, at, domain = (address or "").rpartition("@")
    return f"{name[:1]}***{at}{domain}" if at else ""


def name_of(thing: object) -> str:
    """The name of a place, person, role or department (also by code, as the resident) in the language of the page."""
    found = _coded(thing) if isinstance(thing, str) else thing
    if thing == places.RESIDENT:
        return _("业主")
    if found is None:
        return str(thing or "")
    name, name_en = getattr(found, "name", ""), getattr(found, "name_en", "")
    return str((name_en if language() == "en" else name) or name or name_en or escape(str(thing)))


def _coded(code: str) -> object:
    known = current.known()
    return known.roles.get(code) or known.departments.get(code)
