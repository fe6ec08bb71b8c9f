"""What the diagram's panel asks the server for: choices, sentences, findings, mending, comments."""

from flask.testing import FlaskClient

from tests.engine.scenarios.errand import DIAGRAM
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser

PATH = "bpmn/errand/errand.bpmn"
KEPT = f"/studio/errand/files/{PATH}"
FOUND = "/studio/errand/findings"


def keep(owner: FlaskClient, text: str) -> None:
    assert owner.post(KEPT, data=text.encode(), headers={"X-Seen": "1"}).status_code == 200


def found(owner: FlaskClient, address: str = FOUND) -> dict[str, dict[str, object]]:
    """What was found, by the element's name."""
    answer = owner.get(address).json
    assert answer
    return {each["name"]: each for each in answer["findings"]}


def test_the_panel_offers_what_exists(owner: FlaskClient) -> None:
    offered = owner.get("/studio/errand/choices").json
    assert offered
    assert {"value": "engineering", "said": "工程"} in offered["departments"]
    assert [(each["value"], each["said"]) for each in offered["forms"]] == [("judge", "急不急")]
    urgent = next(each for each in offered["fields"] if each["name"] == "urgent")
    assert (urgent["said"], urgent["kind"]) == ("急", "truth")
    notify = next(each for each in offered["topics"] if each["value"] == "notify")
    template = next(each for each in notify["inputs"] if each["name"] == "template")
    assert template["needed"]
    assert {"value": "receipt", "said": "受理回执"} in template["values"]


def test_the_panel_speaks_english_too(owner: FlaskClient) -> None:
    offered = owner.get("/studio/errand/choices?lang=en").json
    assert offered
    assert {"value": "engineering", "said": "Engineering"} in offered["departments"]


SENTENCES: tuple[tuple[dict[str, object], str, str, str], ...] = (
    ({"what": "timer", "sentence": {"kind": "working_days", "number": "3"}}, "=working_days(3)", "timeDate", ""),
    ({"what": "due", "sentence": {"kind": "after", "number": "", "unit": "hours"}}, "", "", "请填写整数"),
    ({"what": "timer", "text": "two hours"}, "two hours", "", "看不懂这个时间"),
    ({"what": "condition", "text": "=urgent and"}, "=urgent and", "", "第 "),
    ({"what": "formula", "text": "=working_day(3)"}, "=working_day(3)", "", "是不是“working_days”"),
    ({"what": "script", "text": "a = 1\nb"}, "a = 1\nb", "", "第 2 行"),
)
"""What is asked; the text, the tag, and what is wrong."""


def test_sentences_are_written_and_checked(owner: FlaskClient) -> None:
    for asked, text, tag, wrong in SENTENCES:
        answer = owner.post("/studio/errand/sentences", json=asked).json
        assert answer
        assert (answer["text"], answer.get("tag", "")) == (text, tag)
        assert wrong in answer["wrong"]
        assert bool(answer["wrong"]) == bool(wrong)


def test_a_condition_comes_back_as_sentences(owner: FlaskClient) -> None:
    answer = owner.post("/studio/errand/sentences", json={"what": "condition", "text": "=urgent = true"}).json
    assert answer
    assert answer["sentence"]["parts"] == [{"field": "urgent", "relation": "=", "value": "true", "kind": "truth"}]


def test_nonsense_is_answered_in_words(owner: FlaskClient) -> None:
    for sent in (
        b"",
        b"[]",
        b'{"what": "timer", "sentence": {"kind": 5}}',
        b'{"text": {"a": 1}}',
        b'{"text": "\\u0000"}',
    ):
        answer = owner.post("/studio/errand/sentences", data=sent, content_type="application/json")
        assert answer.status_code in {200, 422}
        assert answer.json
        assert answer.json["wrong"] or b"u0000" in sent


def test_what_is_wrong_is_found_while_one_draws(owner: FlaskClient) -> None:
    keep(owner, DIAGRAM.replace('"security"', '"securty"').replace('formKey="judge"', 'formKey="juge"'))
    now = found(owner)
    assert "是不是「security」" in str(now["马上去"]["said"])
    assert (now["马上去"]["file"], now["马上去"]["place"], now["马上去"]["level"]) == (PATH, "hurry", "error")
    assert "是不是「judge」" in str(now["看急不急"]["said"])


def test_a_role_that_nobody_holds_and_what_is_never_reached_are_found(owner: FlaskClient) -> None:
    keep(owner, DIAGRAM.replace('"security"', '"legal/head"').replace('sourceRef="gw_urgent" targetRef="hurry"', 'sourceRef="gw_urgent" targetRef="walk"'))  # fmt: skip
    answer = owner.get(FOUND).json
    assert answer
    said = " ".join(each["said"] for each in answer["findings"] if each["place"] == "hurry")
    assert "阳光里" in said
    assert "到不了这里" in said


def test_only_playing_shows_what_stops_on_the_way(owner: FlaskClient) -> None:
    keep(owner, DIAGRAM.replace("<conditionExpression>=urgent<", "<conditionExpression>=if urgent then 5 else 6<"))
    looked, played = owner.get(FOUND).json, owner.get(f"{FOUND}?play=1").json
    assert looked
    assert played
    more = [each for each in played["findings"] if each["played"]]
    assert more
    assert not any(each["played"] for each in looked["findings"])


def test_what_has_one_safe_answer_is_mended_without_being_kept(owner: FlaskClient) -> None:
    broken = DIAGRAM.replace(' default="not_urgent"', "")
    keep(owner, broken)
    assert found(owner)["not_urgent"]["mends"]
    answer = owner.post("/studio/errand/findings/mend", data=broken.encode()).json
    assert answer
    assert 'default="not_urgent"' in answer["text"]
    assert [(each["place"], "默认流" in each["said"]) for each in answer["done"]] == [("gw_urgent", True)]
    assert b"default=" not in owner.get(KEPT).data
    nonsense = owner.post("/studio/errand/findings/mend", data=b"\xff<not").json
    assert nonsense
    assert nonsense["text"] != answer["text"]


def test_a_broken_file_has_a_finding_of_its_own(owner: FlaskClient) -> None:
    keep(owner, "<not")
    answer = owner.get(FOUND).json
    assert answer
    assert any(each["file"] == PATH and each["level"] == "error" for each in answer["findings"])
    assert owner.get("/studio/errand/choices").status_code == 200


def test_who_may_not_draft_is_told_nothing(owner: FlaskClient, browser: Browser, company: Company) -> None:
    manager = browser(company.people["project_manager"])
    assert owner.get(FOUND).status_code == 200
    for address in ("choices", "findings", "comments", "comments/at", "comments/counts"):
        assert manager.get(f"/studio/errand/{address}").status_code == 403
    for address in ("sentences", "mend", "comments", "comments/1/replies", "comments/1/state"):
        assert manager.post(f"/studio/errand/{address}").status_code == 403
