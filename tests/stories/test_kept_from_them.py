"""People whom a complaint is about find no page of it: not the complaint, its tasks, files or diagrams."""

import pytest

from tests.stories import acts
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow


def test_no_page_of_a_complaint_leads_the_person_it_is_about_to_it(hands: Browsers) -> None:
    head = hands.person("engineering_head")
    hands.call("agent", "这位师傅态度恶劣", "5001", about="staff", about_person=head.id)
    acts.judged(hands, category="5001", about="staff")
    task = hands.now().open["accept_work"].id
    for login, status in (("engineering_head", 404), ("desk_head", 200)):
        browser = hands.browser(login)
        assert browser.get(f"/complaints/{hands.complaint_id}").status_code == status
        assert hands.number in browser.get("/complaints").text or status == 404
    for address in (f"/tasks/{task}", f"/cases/{hands.case_id}/files/bpmn/complaint/complaint.bpmn"):
        assert hands.browser("engineering_head").get(address).status_code == 404, address
    assert hands.number not in hands.browser("engineering_head").get("/complaints").text
    assert hands.number not in hands.browser("engineering_head").get("/inbox").text
