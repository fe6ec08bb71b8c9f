"""What the domain reads by name is promised: a name misspelt in a form, a table or an expression is an error naming it."""

from dataclasses import replace

import pytest

from engine.bpmn.checking import Available, look
from engine.operations import metadata
from engine.processes import form_uses, publishing
from tests.engine.bpmn.diagrams.sketch import straight

WHOLE = {path: text for files in publishing.shipped().values() for path, text in files.items()}
COMPLAINT = "bpmn/complaint/complaint.bpmn"


@pytest.mark.parametrize(
    ("path", "old", "new", "said"),
    [
        # answers that the domain reads
        ("forms/complaint/plan.json", '"steps"', '"stesp"', '"steps". Did you mean "stesp"'),
        ("forms/improvement/root_cause.json", '"words"', '"wrods"', '"words". Did you mean "wrods"'),
        ("forms/improvement/actions.json", '"key": "what"', '"key": "waht"', '"what". Did you mean "waht"'),
        ("forms/improvement/do_action.json", '"action_result"', '"action_resutl"', '"action_result"'),
        ("forms/refurbishment/apply.json", '"mail"', '"mial"', 'Did you mean "mail"'),
        # tables that it asks by name, and the codes that it asks them with
        ("bpmn/complaint/danger.dmn", '<decision id="danger"', '<decision id="dagner"', '"danger". Did you mean "dagner"'),
        ("bpmn/complaint/ladder.dmn", '<decision id="ladder"', '<decision id="lader"', '"ladder". Did you mean "lader"'),
        ("bpmn/complaint/danger.dmn", '"words"', '"wrods"', 'Did you mean "words"'),
        ("bpmn/complaint/danger.dmn", 'not("file")', 'not("flie")', 'Did you mean "file"'),
        # codes and names in expressions
        (COMPLAINT, '=approver = "within"', '=approver = "wihtin"', '"approver" can only be'),
        (COMPLAINT, 'outcome = "solved"', 'outcome = "sovled"', '"outcome" can only be'),
        (COMPLAINT, '=reply.to = "office"', '=reply.to = "offcie"', '"reply.to" can only be'),
        (COMPLAINT, '=reply.to = "office"', '=erply.to = "office"', 'Did you mean "reply"'),
        (COMPLAINT, '=if department = "desk"', '=if department = "esk"', '"esk". Did you mean "desk"'),
        # what is set or offered beside almost the same that is read
        ("forms/complaint/approve_cost.json", '"value": "yes"', '"value": "aes"', "Did you mean yes?"),
        (COMPLAINT, "why = if press", "hy = if press", 'Did you mean "why"?'),
        (COMPLAINT, 'source="why" target="why"', 'source="why" target="wy"', 'Did you mean "why"?'),
        ("bpmn/complaint/escalations.dmn", '"press"', '"ptess"', 'never "ptess"'),
        # places
        ("bpmn/complaint/replies.dmn", '"hangzhou"', '"hangzuo"', '"hangzuo". Did you mean "hangzhou"'),
    ],
)  # fmt: skip
def test_what_is_asked_by_name_is_there(path: str, old: str, new: str, said: str) -> None:
    assert metadata.NOUNS
    process, text = path.split("/")[1], WHOLE[path].decode()
    assert old in text
    broken = {**WHOLE, path: text.replace(old, new, 1).encode()}
    known = replace(publishing.known(), regions=frozenset({"hangzhou", "shanghai"}))
    found = [each.en for each in look(broken, known, about=process) if each.level == "error"]
    assert any(said in each for each in found), found


def test_a_plain_start_by_people_brings_no_variables() -> None:
    drawn = straight('<scriptTask id="a"><script>x = price * 2</script></scriptTask>')
    people = '<extensionElements><camunda:properties><camunda:property name="started_by" value="agent"/>'
    started = drawn.replace(
        b'<startEvent id="s"/>',
        f'<startEvent id="s">{people}</camunda:properties></extensionElements></startEvent>'.encode(),
    )
    known = Available(topics={})
    levels = {
        what: [each.level for each in look({"bpmn/p/p.bpmn": text}, known) if '"price"' in each.en]
        for what, text in {"called": drawn, "started": started}.items()
    }
    assert levels == {"called": ["warning"], "started": ["error"]}


def test_the_form_editor_says_that_the_product_reads_a_key() -> None:
    files = publishing.shipped()["improvement"]
    kinds = {
        key: {use.kind for use in form_uses.of_answer(files, "improvement", "actions", key)} for key in ("what", "note")
    }
    assert "system" in kinds["what"]
    assert kinds["note"] == set()
