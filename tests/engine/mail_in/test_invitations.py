"""Invitations say what, when and where."""

from zoneinfo import ZoneInfo

import pytest

from engine.mail_in import reading
from tests.engine.mail_in.making import mail, multi, page, part, plain

pytestmark = pytest.mark.fault(15)

SAID = "泵房太吵，请工程部来人"


def calendar(*lines: str, method: str = "REQUEST") -> str:
    alarm = ("BEGIN:VALARM", "DESCRIPTION:Reminder", "TRIGGER:-PT15M", "END:VALARM")
    zone = ("BEGIN:VTIMEZONE", "TZID:x", "BEGIN:STANDARD", "DTSTART:16010101T000000", "END:STANDARD", "END:VTIMEZONE")
    event = ("BEGIN:VEVENT", "UID:1", *alarm, *lines, "END:VEVENT")
    return "\r\n".join(["BEGIN:VCALENDAR", f"METHOD:{method}", *zone, *event, "END:VCALENDAR", ""])


def read(text: str, kind: str = "text/calendar; charset=utf-8; method=REQUEST") -> str:
    body = multi("alternative", plain(SAID), page(f"<p>{SAID}</p>"), part(kind, text))
    return reading.read(mail(body, "Subject: x"), zone=ZoneInfo("Asia/Shanghai")).text


def test_what_when_and_where_stand_below_the_words() -> None:
    lines = ("DTSTART;TZID=Asia/Shanghai:20261120T093000", "DTEND;TZID=Asia/Shanghai:20261120T103000")
    more = (
        "SUMMARY:泵房",
        " 噪声",
        "LOCATION:4 号楼\\, 大厅",
        f"DESCRIPTION:{SAID}",
        "ORGANIZER;CN=周:mailto:z@x.test",
    )
    assert read(calendar(*lines, *more)) == (
        f"{SAID}\n\n【会议邀请】\n主题：泵房噪声\n时间：2026-11-20 09:30–10:30 (Asia/Shanghai)\n地点：4 号楼, 大厅\n组织者：周"
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("DTSTART:20261120T013000Z", "DTEND:20261120T023000Z"), "2026-11-20 09:30–10:30"),
        (("DTSTART:20261120T013000Z", "DURATION:PT1H30M"), "2026-11-20 09:30–11:00"),
        (("DTSTART:20261120T153000Z", "DTEND:20261120T173000Z"), "2026-11-20 23:30 – 2026-11-21 01:30"),
        (("DTSTART;VALUE=DATE:20261120",), "2026-11-20"),
        (("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261121"), "2026-11-20"),
        (("DTSTART;VALUE=DATE:20261120", "DTEND;VALUE=DATE:20261123"), "2026-11-20 – 2026-11-22"),
        (("DTSTART:20261120T093000",), "2026-11-20 09:30"),
        (
            ('DTSTART;TZID="China Standard Time":20261120T093000', "RRULE:FREQ=SECONDLY"),
            "2026-11-20 09:30 (China Standard Time) （重复）",
        ),
    ],
)
def test_times_are_those_of_the_company_unless_the_invitation_names_a_zone(lines: tuple[str, ...], said: str) -> None:
    assert f"时间：{said}\n" in read(calendar(*lines, "LOCATION:大厅")) + "\n"


@pytest.mark.parametrize(
    ("method", "said"),
    [("CANCEL", "【会议取消】"), ("PUBLISH", "【日程】"), ("COUNTER", "【建议改期】"), ("REPLY", "【答复邀请】")],
)
def test_the_method_is_said(method: str, said: str) -> None:
    assert said in read(calendar("ATTENDEE;PARTSTAT=DECLINED:mailto:a@b.test", method=method))
    assert ("谢绝" in read(calendar("ATTENDEE;PARTSTAT=DECLINED:mailto:a@b.test", method=method))) == (
        method == "REPLY"
    )


def test_an_invitation_alone_is_the_text_and_its_copies_count_once() -> None:
    text = calendar("DTSTART;VALUE=DATE:20261120", "SUMMARY:Meeting", "DESCRIPTION:Please come\\nto the hall")
    alone = part("text/calendar; charset=utf-8", text)
    copy = part('application/ics; name="invite.ics"', text, 'Content-Disposition: attachment; filename="invite.ics"')
    for body in (alone, multi("mixed", multi("alternative", alone), copy)):
        found = reading.read(mail(body, "Subject: x"))
        assert found.text == "[Invitation]\nWhat: Meeting\nWhen: 2026-11-20\nPlease come\nto the hall"
        assert found.attached == ()


@pytest.mark.parametrize(
    "text", ["", "BEGIN:VEVENT", "nonsense\r\n" * 5, "BEGIN:VEVENT\r\nDTSTART:99999999T999999Z\r\nEND:VEVENT"]
)
def test_a_broken_calendar_stops_nothing(text: str) -> None:
    assert read(text).startswith(SAID)
