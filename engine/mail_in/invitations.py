"""Invitations and appointments in a mail (RFC 5545, RFC 5546), as words.

Only what a person reads is taken: what, when, where. Rules of repetition and of time zones are not expanded, as those
of a stranger may never end.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.mail_in import decoding

MOST_EVENTS = 5
LONGEST = 200_000
LINE = re.compile(r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\";:]*))*):(.*)", re.DOTALL)
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
LENGTH = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:\d{1,5}S)?)?")

METHODS = {
    "REQUEST": ("会议邀请", "Invitation"),
    "PUBLISH": ("日程", "Appointment"),
    "CANCEL": ("会议取消", "Cancelled"),
    "COUNTER": ("建议改期", "Another time is proposed"),
    "REPLY": ("答复邀请", "Answer to an invitation"),
}
LABELS = (("SUMMARY", "主题", "What"), ("LOCATION", "地点", "Where"), ("ORGANIZER", "组织者", "Organiser"))
ANSWERS = {
    "ACCEPTED": ("接受", "accepted"),
    "DECLINED": ("谢绝", "declined"),
    "TENTATIVE": ("暂定", "tentative"),
    "DELEGATED": ("转给他人", "delegated"),
}
Field = tuple[Mapping[str, str], str]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One event: the method of its calendar and its fields."""

    method: str
    fields: Mapping[str, Field]

    @property
    def identity(self) -> tuple[str, str]:
        """What is the same in every copy of it."""
        return self.value("UID"), self.value("RECURRENCE-ID") or self.value("DTSTART")

    def value(self, name: str) -> str:
        """Return a field's text; empty for none."""
        return self.fields.get(name, ({}, ""))[1]

    def said(self, language: str, beside: str = "") -> str:
        """Return it in words, a line for each thing, without a description that stands `beside` it already.

        Times are as written, with their zone where that is named.
        """
        zh = language == "zh"
        title = METHODS.get(self.method, METHODS["PUBLISH"])[0 if zh else 1]
        lines = [f"【{title}】" if zh else f"[{title}]"]
        for name, *labels in LABELS:
            parameters, value = self.fields.get(name, ({}, ""))
            if said := (parameters.get("CN") or value.removeprefix("mailto:").removeprefix("MAILTO:")).strip():
                lines.append(f"{labels[0]}：{said}" if zh else f"{labels[1]}: {said}")
        if when := self._when():
            repeats = self.value("RRULE") and (" （重复）" if zh else " (repeated)")
            lines.insert(
                2 if self.value("SUMMARY") else 1, f"时间：{when}{repeats}" if zh else f"When: {when}{repeats}"
            )
        if (
            answer := ANSWERS.get(self.fields.get("ATTENDEE", ({}, ""))[0].get("PARTSTAT", ""))
        ) and self.method == "REPLY":
            lines.append(answer[0 if zh else 1])
        more = [said for name in ("DESCRIPTION", "COMMENT") if (said := self.value(name).strip())]
        lines += [each for each in more if decoding.seen(each) not in decoding.seen(beside)]
        return "\n".join(lines)

    def _when(self) -> str:
        begins, zone = _moment(self.fields.get("DTSTART") or self.fields.get("DUE"))
        if begins is None:
            return ""
        ends, _zone = _moment(self.fields.get("DTEND"))
        if ends is None and (length := LENGTH.fullmatch(self.value("DURATION"))):
            weeks, days, hours, minutes = (int(each or 0) for each in length.groups())
            ends = begins + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
        whole_days = "T" not in (self.value("DTSTART") or self.value("DUE"))
        if whole_days:
            last = ends - timedelta(days=1) if ends else begins  # the end of a day is not part of it
            return f"{begins:%Y-%m-%d}" + (f" – {last:%Y-%m-%d}" if last > begins else "")
        until = (
            "" if ends is None else f"–{ends:%H:%M}" if ends.date() == begins.date() else f" – {ends:%Y-%m-%d %H:%M}"
        )
        return f"{begins:%Y-%m-%d %H:%M}{until}" + (f" ({zone})" if zone else "")


MOMENTS = frozenset({"DTSTART", "DTEND", "DUE"})


def read(text: str, zone: ZoneInfo) -> list[Invitation]:
    """Return the events and tasks of a calendar; moments in UTC are told in `zone`."""
    found: list[Invitation] = []
    fields: dict[str, Field] | None = None
    method, depth = "", 0
    for name, parameters, value in _lines(text):
        kind = value.strip().upper()
        if name == "BEGIN" and kind in {"VEVENT", "VTODO"}:
            fields, depth = {}, 0
        elif name == "END" and kind in {"VEVENT", "VTODO"} and fields is not None:
            found.append(Invitation(method, fields))
            fields = None
        elif name in {"BEGIN", "END"}:
            depth += 1 if name == "BEGIN" else -1  # an alarm within it has fields of its own
        elif name == "METHOD":
            method = kind
        elif fields is not None and depth == 0:
            fields.setdefault(name, (parameters, _here(value, zone) if name in MOMENTS else _unescaped(value)))
    return found[:MOST_EVENTS]


def _lines(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return name, parameters and value of each line, folded ones joined."""
    whole = re.sub(r"\n[ \t]", "", text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n"))
    found = []
    for line in whole.split("\n"):
        if parts := LINE.fullmatch(line.strip()):
            said = re.findall(r";([A-Za-z0-9-]+)=(?:\"([^\"]*)\"|([^\";:]*))", parts[2])
            found.append((parts[1].upper(), {name.upper(): quoted or bare for name, quoted, bare in said}, parts[3]))
    return found


def _unescaped(value: str) -> str:
    signs = {"n": "\n", "N": "\n"}
    return decoding.plain(re.sub(r"\\(.)", lambda found: signs.get(found[1], found[1]), value))


def _here(value: str, zone: ZoneInfo) -> str:
    """Return a moment in UTC as one of `zone`; others as they are."""
    moment = MOMENT.fullmatch(value.strip())
    if moment is None or not moment[6]:
        return value.strip()
    try:
        at = datetime.strptime(value.strip()[:13], "%Y%m%dT%H%M").replace(tzinfo=UTC).astimezone(zone)
    except (ValueError, OverflowError):
        return value.strip()
    return f"{at:%Y%m%dT%H%M}00"


def _moment(field: Field | None) -> tuple[datetime | None, str]:
    """Return a moment as written, and the zone that it names."""
    if field is None or not (found := MOMENT.fullmatch(field[1])):
        return None, ""
    year, month, day, hour, minute = (int(each or 0) for each in found.groups()[:5])
    try:
        return datetime(year, month, day, hour, minute), field[0].get("TZID", "").strip("/")  # noqa: DTZ001
    except ValueError:
        return None, ""
