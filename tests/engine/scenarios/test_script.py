"""Scenario files are written by hand: what is wrong is said with its file, its step and what to do."""

import json
from typing import Any

import pytest

from engine.core.errors import Refused
from engine.scenarios import script

PATH = "bpmn/errand/scenarios/one.json"


def wrong(text: bytes) -> str:
    with pytest.raises(Refused) as refused:
        script.read(PATH, text)
    assert all(each.file == PATH for each in refused.value.findings)
    assert all(each.zh and each.en for each in refused.value.findings)
    return " ".join(each.zh for each in refused.value.findings)


def steps(*given: Any) -> bytes:
    return json.dumps({"title": "一个", "steps": given}).encode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'{"title": "x",\n "steps": [}', "第 2 行第 12 个字符"),
        ('{"title": "灯"'.encode("gbk"), "UTF-8"),
        (b"[]", "最外层应是"),
        (b'{"title": "", "steps": [{"start": "x"}]}', "请写 title"),
        (b'{"title": "x", "step": []}', "不认识 step"),
        (b'{"title": "x", "steps": []}', "1 到 200 步"),
        (b'{"title": ' + b"[" * 100_000, "括号嵌套太深"),
        (b'{"title": ' + b"9" * 5000 + b"}", "过长的数字"),
        (b'{"title": "\\ud800", "steps": [{"start": "x"}]}', "半个字符"),
        (b" " * 200_001, "200 kB"),
        (steps("x"), "第 1 步：这一步应是"),
        (steps({"start": "a"}, {"do": "b", "wait": "c"}), "第 2 步：一步只做一件事"),
        (steps({"do": "b"}), "还要写 by"),
        (steps({"do": "b", "by": "agent", "whit": {}}), "不认识 whit；可以写"),
        (steps({"do": "b", "by": 7}), "by 应是文字"),
        (steps({"start": "b", "with": []}), "with 应是{ }"),
        (steps({"start": "b", "then": {"waits": {}}}), "then 里不认识 waits"),
        (steps({"start": "b", "then": {"waiting": {"x": 1}}}), "waiting 应写成"),
        (steps({"start": "b", "then": {"variables": []}}), "variables 应是"),
        (steps({"start": "b", "then": 1}), "then 应是"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(text: bytes, said: str) -> None:
    assert said in wrong(text)


def test_all_that_is_wrong_in_several_files_is_said_at_once() -> None:
    found = script.wrong_with({PATH: b"[]", "bpmn/errand/scenarios/two.json": b"{}", "bpmn/errand/errand.bpmn": b"<"})
    assert {each.file for each in found} == {PATH, "bpmn/errand/scenarios/two.json"}


def test_what_is_written_reads_as_it_was() -> None:
    given = {
        "title": "先打电话",
        "title_en": "Call first",
        "steps": [
            {"complain": {"text": "灯坏了"}, "as": "first", "then": {"waiting": {"acknowledge": "desk"}}},
            {"note": "过一半", "wait": "resolve × 0.5", "of": "first"},
            {"then": {"letters": ["reminder", "…"], "ended": False}},
        ],
    }
    read = script.read(PATH, json.dumps(given).encode())
    assert script.read(PATH, script.written(read)) == read
    assert json.loads(script.written(read)) == given
