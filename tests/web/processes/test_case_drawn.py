"""A case on its diagrams: not part of its pages, but loaded when it scrolls near, for those who may see it."""

from tests.stories import acts
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, of, soup, spoken, words

__all__ = ["begun", "hands", "lamp", "spoken"]


def place_of(hands: Browsers, login: str, page: str) -> str:
    """The address from which a page loads its diagrams; also its link for browsers without scripts."""
    (place,) = soup(hands, login, page).select("[data-diagrams-at]")
    link = place.select_one("a")
    assert link is not None
    assert link["href"] == place["data-diagrams-at"]
    return str(link["href"])


def test_the_pages_lead_to_the_drawing_and_to_the_same_in_words(lamp: Browsers) -> None:
    task = lamp.now().open["investigate"].id
    whole = place_of(lamp, "manager", of(lamp))
    page = soup(lamp, "manager", whole)
    drawn = page.select_one("#diagram-complaint [data-diagram]")
    assert drawn is not None
    assert "调查与定责" in words(page.select_one(".diagram-steps"))  # type: ignore[arg-type]
    assert lamp.browser("manager").get(drawn["data-xml"]).data.startswith(b"<?xml")
    assert page.select_one("header.top") is not None
    part = lamp.browser("manager").get(whole, headers={"HX-Request": "true"}).text
    assert "data-diagram" in part
    assert "<html" not in part
    alone = lamp.browser("engineer").get(place_of(lamp, "engineer", f"/tasks/{task}")).text
    assert 'id="diagram-complaint"' in alone
    assert "On the diagram" in lamp.browser("manager").get(f"{whole}?lang=en").text


def test_who_may_not_see_the_case_does_not_find_its_drawing(lamp: Browsers) -> None:
    at = place_of(lamp, "manager", of(lamp))
    for headers in ({}, {"HX-Request": "true"}):
        assert lamp.browser("manager_2").get(at, headers=headers).status_code == 404
    assert lamp.app.test_client().get(at).status_code == 303


def test_who_the_complaint_is_about_does_not_find_its_drawing(hands: Browsers) -> None:
    head = hands.person("engineering_head")
    hands.call("agent", "这位师傅态度恶劣", "5001", about="staff", about_person=head.id)
    acts.judged(hands, category="5001", about="staff")
    at = f"/cases/{hands.case_id}/diagrams"
    assert hands.browser("engineering_head").get(at).status_code == 404
    assert hands.browser("desk_head").get(at).status_code == 200
