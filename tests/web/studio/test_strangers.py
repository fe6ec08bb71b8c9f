"""What a stranger sends to the studio to make it stop: refused in words, and quickly."""

import time

import pytest
from flask.testing import FlaskClient

from engine.core.errors import Unclear
from engine.scenarios import moments


def test_a_moment_of_many_spaces_is_refused_at_once() -> None:
    began = time.thread_time()
    with pytest.raises(Unclear):
        moments.read("a" + " " * 5000 + "××")
    assert time.thread_time() - began < 0.1


def test_a_file_of_nothing_but_beginnings_does_not_hold_up_the_editor(owner: FlaskClient) -> None:
    kept = owner.post("/studio/errand/files/bpmn/errand/x.dmn", data=b"<decision " * 100_000, headers={"X-Seen": "0"})
    assert kept.status_code == 200
    began = time.thread_time()
    assert owner.get("/studio/errand").status_code == 200
    assert time.thread_time() - began < 3


def test_half_a_character_and_numbers_too_large_are_no_errors_of_ours(owner: FlaskClient) -> None:
    half = b'{"what": "formula", "text": "= \\ud800"}'
    answer = owner.post("/studio/errand/sentences", data=half, content_type="application/json")
    assert answer.status_code in {400, 422}
    whole = b'{"what": "formula", "text": "\\ud83d\\ude00"}'
    assert owner.post("/studio/errand/sentences", data=whole, content_type="application/json").status_code == 200
    assert owner.get("/studio/errand/comments?before=92233720368547758080").status_code == 200
