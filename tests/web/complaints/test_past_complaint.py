"""The page of a complaint from before the company used Bihuan."""

from datetime import timedelta

from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, soup, words

__all__ = ["begun", "hands"]


def test_nothing_is_said_that_a_past_complaint_never_had(hands: Browsers) -> None:
    hands.complain()
    with hands.store.transaction() as session:
        first = session.get_one(Complaint, hands.complaint_id)
        home = Household(community_id=first.community_id, building="3", unit="1", room="501", label="3-1-501")
        session.add(home)
        session.flush()
        midnight = first.received_at.replace(year=2024, hour=16, minute=0, second=0, microsecond=0)
        past = Complaint(
            number="YGL-240506-0001",
            secret_hash="f" * 64,
            community_id=first.community_id,
            household_id=home.id,
            place_text="阳光里3栋1单元501",
            text="楼下很吵",
            channel="file",
            kind="complaint",
            category=first.category,
            received_at=midnight,
            closed_at=midnight + timedelta(days=1),
            outcome="solved",
            past=True,
        )
        session.add(past)
        session.flush()
        past_id = past.id
    page = soup(hands, "agent", f"/complaints/{past_id}")
    told = words(page)
    assert "楼下很吵" in told
    for said in ("还没有派单", "还没有开始计时", "在流程图上", "业主的链接", "这户以前的投诉", "00:00"):
        assert said not in told, said
    facts = [each.text for each in page.select("dl.facts dd")]
    assert not any("3栋1单元501" in each for each in facts)  # the home's own name says it
    assert any("3-1-501" in each for each in facts)
