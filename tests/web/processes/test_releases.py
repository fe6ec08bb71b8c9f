"""An owner takes what came with the product, or an earlier version, in the browser."""

import pytest
from flask.testing import FlaskClient

from engine.core.store import Store
from engine.processes import publishing, released, versions
from tests.web.conftest import Company
from tests.web.processes.test_processes import FILES, numbers, owner, published, words

pytestmark = [pytest.mark.slow, pytest.mark.fault(28)]

__all__ = ["owner", "published"]

HASTE = "bpmn/repair/haste.dmn"


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, store: Store, published: None) -> dict[str, bytes]:
    """The product ships the sample process; the first version came from there. Tests change the next release."""
    files = dict(FILES)
    monkeypatch.setattr(publishing, "shipped", lambda: {"repair": files})
    with store.transaction() as session:
        released.note(session, "repair", files)
    return files


def files_now(store: Store) -> dict[str, bytes]:
    with store.reading() as session:
        newest = versions.latest(session, "repair")
        assert newest is not None
        return versions.files_of(session, newest.id)


def test_an_earlier_version_is_used_again_with_a_reason(
    store: Store, company: Company, published: None, owner: FlaskClient
) -> None:
    other = {**FILES, "forms/repair/judge.json": FILES["forms/repair/judge.json"] + b"\n"}
    with store.transaction() as session:
        versions.store(session, "repair", other)
    assert "恢复这一版" not in owner.get("/processes/repair/2").text
    assert "恢复这一版" in owner.get("/processes/repair/1").text
    verdict = owner.post("/processes/repair/1/again").location
    assert "可以发布" in words(owner.get(verdict))
    assert owner.post(f"{verdict}/publish", data={"note": ""}).status_code == 422
    assert owner.post(f"{verdict}/publish", data={"note": "新版的表单用不惯"}).status_code == 303
    assert numbers(store) == [3]
    assert files_now(store) == FILES


def test_a_release_keeps_the_company_s_change_and_says_so(
    store: Store, company: Company, shipped: dict[str, bytes], owner: FlaskClient
) -> None:
    assert "看看会有什么变化" not in owner.get("/processes").text
    form = FILES["forms/repair/judge.json"]
    with store.transaction() as session:
        versions.store(session, "repair", {**FILES, "forms/repair/judge.json": form + b"\n"})
    shipped[HASTE] = FILES[HASTE] + b"\n"
    for page in ("/processes", "/processes/repair/2"):
        assert "看看会有什么变化" in owner.get(page).text
    verdict = owner.post("/processes/repair/release").location
    told = words(owner.get(verdict))
    assert "只有本公司改过，保留 表单“判断是否急修”" in told
    assert f"改动 {HASTE}" in told
    assert owner.post(f"{verdict}/publish", data={"note": "新版本"}).status_code == 303
    assert files_now(store) == {**FILES, HASTE: shipped[HASTE], "forms/repair/judge.json": form + b"\n"}
    assert "看看会有什么变化" not in owner.get("/processes").text


def test_only_publishers_can_propose(
    store: Store, company: Company, shipped: dict[str, bytes], browser: object, client: FlaskClient
) -> None:
    agent = browser(company.people["agent"])  # type: ignore[operator]
    for path in ("/processes/repair/release", "/processes/repair/1/again"):
        assert agent.post(path).status_code == 403
    assert numbers(store) == [1]
