"""What a stranger sends to the studio to make it stop: refused in words, and quickly."""

import io
import time
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.bpmn import diagrams
from engine.company.permissions import Permission
from engine.core.errors import Unclear
from engine.core.store import Store
from engine.processes import versions
from engine.processes.rights import ProcessRight
from engine.scenarios import moments
from tests.engine.scenarios.errand import DIAGRAM, FORM, PATH, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, soup, words


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


def test_a_diagram_of_very_many_elements_is_refused_at_once(owner: FlaskClient) -> None:
    many = "".join(f'<task id="x{n}" name="x{n}"/>' for n in range(8000))
    _keep(owner, DIAGRAM.replace("</process>", f"{many}</process>").encode())
    for page in ("findings", "differences"):
        began = time.thread_time()
        assert owner.get(f"/studio/errand/{page}").status_code == 200
        assert time.thread_time() - began < 4
    assert "上限是 500 个" in owner.get("/studio/errand/findings").json["findings"][0]["said"]  # type: ignore[index]


def test_sub_processes_within_sub_processes_cost_little() -> None:
    deep = "".join(f'<subProcess id="s{n}">' for n in range(240)) + "</subProcess>" * 240
    diagram = diagrams.read(DIAGRAM.replace("</process>", f"{deep}</process>").encode())
    began = time.thread_time()
    assert max(len(diagram.phases(node.id)) for node in diagram.nodes) == 239
    assert time.thread_time() - began < 0.5


@pytest.mark.parametrize(
    ("was", "put"),
    [
        ('id="errand"', f'id="{"e" * 81}"'),
        ('"judge"', f'"{"j" * 201}"'),
        ('camunda:formKey="judge"', f'camunda:formKey="{"f" * 81}"'),
        ('"security"', f'"security{", desk" * 40}"'),
    ],
)
def test_ids_that_no_store_has_room_for_are_said(was: str, put: str) -> None:
    said = [each.zh for each in diagrams.findings(diagrams.read(DIAGRAM.replace(was, put).encode()))]
    assert any("太长：最多" in each for each in said)


def test_a_very_long_name_of_a_process_is_cut(store: Store) -> None:
    with store.transaction() as session:
        version = versions.store(session, "errand", files(DIAGRAM.replace("跑腿", "跑" * 5000)))
        assert len(version.name) == 200


EVIL = """"><img src=x onerror=alert(1)></script><script>alert(2)</script>"""


def test_names_from_files_are_words_on_every_page(owner: FlaskClient) -> None:
    typed = EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    _keep(owner, DIAGRAM.replace('name="', f'name="{typed}').encode())
    form = str(FORM).replace("'", '"').replace("急", EVIL.replace('"', '\\"'))
    kept = owner.post("/studio/errand/files/forms/errand/judge.json", data=form.encode(), headers={"X-Seen": "1"})
    assert kept.status_code == 200
    at = {"file": PATH, "element": "judge", "named": EVIL, "text": EVIL}
    assert owner.post("/studio/errand/comments", data=at).status_code == 303
    verdict = owner.post("/studio/errand/propose").location
    for page in ("", "/comments", "/differences", "/forms", "/forms/judge", "/forms/judge/preview"):
        _harmless(owner, f"/studio/errand{page}")
    _harmless(owner, f"/studio/errand/comments/at?file={PATH}&element=judge")
    _harmless(owner, verdict)
    mail = owner.get("/studio/errand/differences.md").text
    assert "<img" not in mail.replace("\\<", "")


def _harmless(owner: FlaskClient, page: str) -> None:
    answer = owner.get(page)
    assert answer.status_code == 200, page
    assert "onerror" in answer.text, page
    assert not soup(answer).select("img[src=x], [onerror]"), page
    assert "alert(2)" not in [each.string for each in soup(answer).select("script")], page


def test_a_name_of_several_lines_stays_within_its_line_of_a_mail(owner: FlaskClient) -> None:
    _keep(owner, DIAGRAM.replace('name="马上去"', 'name="马上&#10;&#10;1. 请点 https://example.com"').encode())
    mail = owner.get("/studio/errand/differences.md").text
    assert not [line for line in mail.splitlines() if line.startswith("1.")]


@pytest.mark.parametrize("process", ["new", "import", "uploads", "Errand"])
def test_an_id_that_is_an_address_or_differs_in_capitals_only_is_refused(owner: FlaskClient, process: str) -> None:
    page = owner.post("/studio/new", data={"process": process, "name": "x"})
    assert page.status_code == 422
    assert "换" in words(page)
    brought = {"process": process, "files": (io.BytesIO(DIAGRAM.encode()), "x.bpmn")}
    refused = owner.post("/processes/upload", data=brought, content_type="multipart/form-data")
    assert refused.status_code == 422


def test_files_whose_names_differ_in_capitals_only_are_not_both_kept(owner: FlaskClient) -> None:
    upper = "/studio/errand/files/bpmn/errand/Errand.bpmn"
    refused = owner.post(upper, data=DIAGRAM.encode(), headers={"X-Seen": "0"})
    assert refused.status_code == 422
    assert "大小写不算不同" in refused.json["said"]  # type: ignore[index]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("errand", "Errand"):
            archive.writestr(f"bpmn/errand/{name}.bpmn", DIAGRAM)
    brought = {"files": (io.BytesIO(packed.getvalue()), "x.zip")}
    refused = owner.post("/processes/upload", data=brought, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "大小写不算不同" in words(refused)
    back = owner.post("/studio/errand/files/bpmn/errand/a\u202egpj.bpmn", data=b"x", headers={"X-Seen": "0"})
    assert back.status_code == 422


def test_no_form_is_sent_from_another_site(owner: FlaskClient, app: Flask) -> None:
    """Every page that changes something wants the token of a form of ours."""
    app.config["WTF_CSRF_ENABLED"] = True
    adapter = app.url_map.bind("localhost")
    for each in app.url_map.iter_rules():
        if "POST" in (each.methods or ()) and each.endpoint.startswith(("studio", "processes", "planned", "process_")):
            given = {name: 1 if "id" in name or name == "number" else "errand" for name in each.arguments}
            answer = owner.post(adapter.build(each.endpoint, given), data={"note": "x"})
            assert answer.status_code == 400, each.rule


def test_a_form_of_somebody_else_s_session_is_not_taken(
    owner: FlaskClient, app: Flask, browser: Browser, company: Company
) -> None:
    token = soup(owner.get("/studio/errand")).select_one("[name=csrf_token]")
    assert token
    app.config["WTF_CSRF_ENABLED"] = True
    stranger = browser(company.people["administrator"])
    stranger.get("/")
    for client, status in ((stranger, 400), (owner, 303)):
        assert client.post("/studio/errand/discard", data={"csrf_token": token["value"]}).status_code == status


def test_who_may_draft_another_process_reaches_nothing_of_this_one(
    owner: FlaskClient, app: Flask, store: Store
) -> None:
    with store.transaction() as session:
        session.add(Permission(role="analyst", act="process.draft", scope="company"))
        session.add(ProcessRight(process="errand", act="process.draft", role="analyst"))
    adapter = app.url_map.bind("localhost")
    tried = 0
    for each in app.url_map.iter_rules():
        if each.endpoint.startswith("studio") and "process" in each.arguments:
            given = {name: 1 if "id" in name or name == "number" else "errand" for name in each.arguments}
            given |= {"path": PATH} if "path" in given else {}
            for method in {"GET", "POST"} & (each.methods or set()):
                answer = owner.open(
                    adapter.build(each.endpoint, given), method=method, data={"note": "x"}, headers={"X-Seen": "1"}
                )
                refused = answer.status_code in {403, 404} or "没有权限" in str(answer.get_json(silent=True))
                assert refused, (method, each.rule, answer.status_code)
                tried += 1
    assert tried > 30


def _keep(owner: FlaskClient, content: bytes) -> None:
    kept = owner.post(f"/studio/errand/files/{PATH}", data=content, headers={"X-Seen": "1"})
    assert kept.status_code == 200
