"""Repairs with one safe answer: the copy runs, and keeps all contents of the file."""

import pytest

from engine.bpmn import diagrams, mending
from engine.bpmn.checking import Available, opening
from tests.engine.bpmn.diagrams.sketch import TASK, bpmn, flows, straight
from tests.engine.bpmn.mending.contents import lost

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
PLAIN = straight(TASK.format(id="a"))
GATEWAY = '<exclusiveGateway id="g" name="贵吗？"/>'
AMOUNT = '<scriptTask id="t"><script>amount = 7</script></scriptTask>'
NOTHING = Available()


def errors(text: bytes) -> list[str]:
    return [each.en for each in opening.judge("p.bpmn", text, NOTHING).findings if each.level == "error"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (bpmn(START + TASK.format(id="a") + END + flows("s>a", "a>e"), process='id="p" isExecutable="false"'), "does not run"),
        (bpmn(START + GATEWAY + TASK.format(id="a") + END + flows("s>g", "g>a if =1 &gt; 2", "g>e", "a>e")), "no condition"),
        (straight(TASK.format(id="a")).replace(b'id="s_a"', b'id="e"'), "stands 2 times"),
        (straight(TASK.format(id="a")).replace(b'<sequenceFlow id="a_e"', b"<sequenceFlow"), "has no id"),
        (bpmn(START + AMOUNT + GATEWAY + END + flows("s>t", "t>g", "g>e if ${amount &gt; 5}") + TASK.format(id="a") + flows("g>a", "a>e")), 'in FEEL it reads "=amount > 5"'),
        (b'<?xml version="1.0" encoding="UTF-8"?>' + PLAIN.decode().encode("gb18030"), "seems to be gb18030"),
        (b'<?xml version="1.0" encoding="UTF-16"?>' + PLAIN, "seems to be utf-8"),
        (b'\n <?xml version="1.0" encoding="UTF-8"?>' + PLAIN, "before the XML declaration"),
        (b"<!DOCTYPE definitions>" + PLAIN, "DOCTYPE"),
    ],
)  # fmt: skip
def test_what_has_one_safe_answer_is_mended(text: bytes, what: str) -> None:
    assert any(what in error for error in errors(text))
    mended = mending.repair(text)
    assert mended.done
    assert opening.judge("p.bpmn", mended.text, NOTHING).word == "runs", errors(mended.text)
    assert lost(opening.open_file("p.bpmn", text).text, mended.text) == []


def test_what_has_to_be_there_at_the_start_is_no_safe_answer() -> None:
    text = bpmn(
        START + GATEWAY + END + flows("s>g", "g>e if =amount &gt; 5") + TASK.format(id="a") + flows("g>a", "a>e")
    )
    mended = mending.repair(text)
    assert errors(mended.text) == [
        '"amount" has to be there at the start, but nothing here sets it. Set it by the form of a task before, or by a '
        "script task."
    ]


def test_files_in_utf_16_and_gbk_that_say_so_are_read_as_they_are() -> None:
    for encoding in ("UTF-16", "GBK"):
        text = f'<?xml version="1.0" encoding="{encoding}"?>'.encode(encoding) + PLAIN.decode().encode(
            encoding
        ).removeprefix(b"\xff\xfe")
        assert opening.judge("p.bpmn", text, NOTHING).word == "runs"
        assert diagrams.read(text).process.name == "流程"


def test_several_flows_out_of_a_task_leave_by_a_parallel_gateway() -> None:
    text = bpmn(START + TASK.format(id="a") + TASK.format(id="b") + TASK.format(id="c") + flows("s>a", "a>b", "a>c"))
    assert any("all are taken at once" in each.en for each in opening.judge("p.bpmn", text, NOTHING).findings)
    mended = mending.repair(text)
    diagram = diagrams.read(mended.text)
    (out,) = diagram.outgoing["a"]
    assert diagram.node[out.target].kind == "parallelGateway"
    assert {flow.target for flow in diagram.outgoing[out.target]} == {"b", "c"}
    assert lost(text, mended.text) == []


def test_nothing_is_written_where_nothing_is_to_be_mended() -> None:
    assert mending.repair(PLAIN) == mending.Mended(PLAIN, ())
    assert mending.repair(b"hello").done == ()
    assert mending.sketch(b"hello", NOTHING).done == ()


def test_a_flow_and_a_task_of_one_id_are_told_apart() -> None:
    text = straight(TASK.format(id="a")).replace(b'id="a_e"', b'id="a"').replace(b"<userTask", b'<userTask default="a"')
    mended = mending.repair(text)
    diagram = diagrams.read(mended.text)
    (out,) = diagram.outgoing["a"]
    assert out.id != "a"
    assert diagram.node["a"].default == out.id
    assert diagram.node["a"].kind == "userTask"


def test_two_tasks_of_one_id_stay_as_nobody_can_tell_which_is_meant() -> None:
    text = bpmn(START + TASK.format(id="a") + TASK.format(id="a") + END + flows("s>a", "a>e"))
    assert mending.repair(text).done == ()
    assert any("stands 2 times" in error for error in errors(text))
