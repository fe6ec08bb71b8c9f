"""Who hears of a complaint, what became of each message, and whom to call when it did not arrive."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine import letters
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.core import clock, secret_links
from engine.core.settings import Settings
from engine.letters import Letter, Outgoing, Recipient
from tests.stories import acts
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow


class Mail:
    """A mail server that takes everything, or is away."""

    name = "mail"

    def __init__(self, *, away: bool = False) -> None:
        self.away, self.sent = away, list[Outgoing]()

    def reaches(self, to: Recipient) -> bool:
        return "@" in to.mail

    def send(self, given: list[Outgoing]) -> dict[str, str]:
        if self.away:
            return dict.fromkeys((each.key for each in given), "connection refused")
        self.sent += given
        return {}


def with_mail(hands: Browsers, *logins: str) -> None:
    with hands.store.transaction() as session:
        for login in logins:
            wanted = Person.id == hands.person(login).id
            session.execute(update(Person).where(wanted).values(mail=f"{login}@example.test"))


def page(hands: Browsers, login: str, path: str) -> str:
    answer = hands.browser(login).get(path)
    assert answer.status_code == 200, path
    return answer.text


@pytest.mark.fault(22)
def test_a_result_that_did_not_arrive_is_told_to_the_desk_until_somebody_has_called(hands: Browsers) -> None:
    hands.complain()  # with a phone, without a mail address
    acts.handled(hands)
    letters.send_due(hands.store, letters.ways(Settings()))
    mine = page(hands, "agent", f"/complaints/{hands.complaint_id}")
    assert "未送出：没有联系方式" in mine
    assert "已发出" not in mine
    assert "业主没有收到消息，请打电话告知" in mine
    assert "位业主没有收到决定" in page(hands, "agent", "/inbox")
    assert "位业主没有收到决定" in page(hands, "agent", "/desk")
    assert "位业主没有收到决定" not in page(hands, "engineer", "/inbox")
    calls = page(hands, "agent", "/desk/calls")
    assert hands.number in calls
    assert "方案确认" in calls
    assert "13800001234" not in calls  # until seeing it was recorded
    hands.browser("agent").post(f"/complaints/{hands.complaint_id}/phone", data={"back": "/desk/calls"})
    assert "tel:13800001234" in page(hands, "agent", "/desk/calls")
    assert hands.browser("agent_2").post(f"/desk/calls/{hands.complaint_id}/told").status_code in (403, 404)
    hands.browser("agent").post(f"/desk/calls/{hands.complaint_id}/told")
    assert hands.number not in page(hands, "agent", "/desk/calls")
    assert "已打电话告知业主" in "\n".join(hands.staff_reads())


@pytest.mark.fault(22)
def test_a_result_told_by_telephone_needs_no_call(hands: Browsers) -> None:
    hands.complain()
    acts.handled(hands)
    letters.send_due(hands.store, letters.ways(Settings()))
    assert "方案确认" in page(hands, "agent", "/desk/calls")
    assert "<strong>结果</strong>" not in page(hands, "agent", "/desk/calls")  # the engineer told it by phone


@pytest.mark.fault(25)
def test_a_new_complaint_is_mailed_to_the_desk_with_a_link_and_when_late_to_the_manager(
    hands: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_links, "_door", secret_links.Door(b"k" * 32, "https://care.example.test"))
    with_mail(hands, "agent", "manager")
    hands.complain()
    mail = Mail()
    letters.send_due(hands.store, [mail])
    (told,) = [each for each in mail.sent if each.to.mail == "agent@example.test"]
    assert told.subject == f"新投诉 {hands.number} 等您受理"
    assert "请在 3月2日 09:15 前受理" in told.text
    assert f"https://care.example.test/complaints/{hands.complaint_id}" in told.text
    assert "manager" not in {each.to.mail.partition("@")[0] for each in mail.sent}

    hands.later(minutes=16)
    late = Mail()
    letters.send_due(hands.store, [late])
    assert {each.to.mail for each in late.sent} == {"agent@example.test", "manager@example.test"}
    for each in late.sent:
        assert each.subject == f"{hands.number} 过了受理时限，还没有人受理"
        assert "应在 3月2日 09:15 前由人受理" in each.text
        assert f"https://care.example.test/complaints/{hands.complaint_id}" in each.text


def test_the_case_tells_that_a_message_waits_for_the_morning_and_that_it_did(hands: Browsers) -> None:
    with_mail(hands, "agent", "manager")
    hands.later(hours=13)  # 22:00
    hands.complain()
    letters.send_due(hands.store, [Mail()])
    case = f"/complaints/{hands.complaint_id}"
    assert "收件人不当班，留到 明天 07:30" in page(hands, "manager", case)
    assert "收件人不当班，留到 明天 07:30" in page(hands, "manager", f"{case}/print")
    hands.later(hours=10)
    mail = Mail()
    letters.send_due(hands.store, [mail])
    assert "new_complaint" in {each.template for each in mail.sent}
    assert "收件人不当班，留到 今天 07:30" in page(hands, "manager", case)


@pytest.mark.fault(25)
def test_a_complaint_that_the_desk_takes_down_is_no_news_to_it(hands: Browsers) -> None:
    hands.call()
    assert "new_complaint" not in hands.letters()


@pytest.mark.fault(25)
def test_the_public_page_promises_what_the_diagram_does(hands: Browsers) -> None:
    promised = hands.visitor.get(f"/p/{hands.company.community.code}").text
    assert "过了受理的时间还没有人受理，马上上报项目经理。" in promised


@pytest.mark.fault(25)
def test_a_mail_server_that_is_away_stands_on_the_pages_of_administrators(hands: Browsers) -> None:
    with_mail(hands, "agent")
    hands.complain()
    letters.send_due(hands.store, [Mail(away=True)])
    assert "邮件发不出去" in page(hands, "administrator", "/settings")
    outbox = page(hands, "administrator", "/outbox")
    assert "邮件发不出去" in outbox
    assert "connection refused" in outbox
    assert "新投诉待受理" in outbox
    assert hands.browser("manager").get("/outbox").status_code in (403, 404)
    assert "未送出" in page(hands, "administrator", "/outbox?state=no_way")
    with clock.at(clock.now() + timedelta(hours=1)):
        letters.send_due(hands.store, [Mail()])
    assert "邮件发不出去" not in page(hands, "administrator", "/settings")
    with hands.store.reading() as session:
        mine = select(Letter.state).where(Letter.template == "new_complaint", Letter.to_ref == hands.person("agent").id)
        assert session.scalar(mine) == "handed_over"
        assert session.get(Complaint, hands.complaint_id) is not None
