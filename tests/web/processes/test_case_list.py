"""The list of cases of every process: filters, links to what each is about, export."""

import csv
import io

from engine.operations.schedule import run_jobs
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, soup, spoken, words

__all__ = ["begun", "hands", "lamp", "spoken"]


def numbers(hands: Browsers, login: str = "manager", **asked: str) -> list[str]:
    return [each.get_text(strip=True) for each in soup(hands, login, "/cases", **asked).select("td.card-title")]


def test_cases_are_found_and_lead_to_what_they_are_about(lamp: Browsers) -> None:
    assert numbers(lamp) == [lamp.number]
    assert (
        numbers(lamp, q=lamp.number[:6].lower())
        == numbers(lamp, process="complaint", status="running")
        == [lamp.number]
    )
    assert numbers(lamp, status="ended") == numbers(lamp, q="X") == numbers(lamp, since="2030-01-01") == []
    assert numbers(lamp, until="2026-03-02", community=str(lamp.company.community.id), process="bad") == [lamp.number]
    assert soup(lamp, "manager", "/cases").select_one("td.card-title a")["href"] == f"/complaints/{lamp.complaint_id}"
    assert numbers(lamp, "manager_2") == []
    assert lamp.browser("agent").get("/cases").status_code == 403
    assert "没有符合条件的案件" in words(soup(lamp, "manager", "/cases", status="stopped"))


def test_they_are_exported(lamp: Browsers) -> None:
    manager = lamp.browser("manager")
    sent = manager.post("/cases/export?status=running", data={"format": "csv"})
    assert run_jobs(lamp.store, lamp.app.extensions["bihuan"].settings) == 1
    assert "共 1 件" in manager.get(sent.location).text
    with manager.get(f"{sent.location}/file") as fetched:
        rows = list(csv.DictReader(io.StringIO(fetched.data.decode("utf-8-sig"))))
    assert [(row["编号"], row["状态"], row["结束"]) for row in rows] == [(lamp.number, "进行中", "")]
