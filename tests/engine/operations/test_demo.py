"""The demo company: complaints in all stages, an intact record, and no effect on a real company."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import func, select

from engine import history
from engine.casework import tasks
from engine.casework.cases import Case, Incident, retry
from engine.company import people
from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import pauses
from engine.core import clock
from engine.core.errors import Conflict
from engine.core.settings import Settings
from engine.core.store import Store
from engine.files import File
from engine.improvement import Improvement
from engine.letters import Letter
from engine.operations import demo, first_start
from engine.operations.schedule import seals_log

pytestmark = pytest.mark.long

NIGHT = datetime(2026, 3, 28, 19, 30, tzinfo=UTC)
"""3:30 on a Sunday morning in Shanghai: the hardest time for stories that start now."""


@pytest.fixture(scope="module")
def home(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the demo company, created once."""
    folder = tmp_path_factory.mktemp("demo")
    copy(empty_file, folder / "bihuan.db")
    steps: list[int] = []
    of = Settings(home=folder, demo=True)
    store = Store(of.store_url, turnable=True)
    with clock.at(NIGHT):
        assert not demo.is_there(store)
        demo.build(store, of, steps.append)
        assert demo.is_there(store)
    assert sum(steps) == demo.SIZE
    store.close()
    return folder


@pytest.fixture
def shop(home: Path) -> Iterator[Store]:
    """The demo's store, at the moment it was created."""
    store = Store(Settings(home=home).store_url, turnable=True)
    with clock.at(NIGHT):
        yield store
    store.close()


def test_every_stage_and_every_end_is_there(shop: Store) -> None:
    with shop.reading() as session:
        found = list(session.scalars(select(Complaint)))
        paused = [each for each in found if pauses.present(session, each)]
        with_photos = session.scalar(select(func.count(func.distinct(File.complaint_id))))
    assert len(found) >= 30
    assert {each.outcome for each in found if not each.is_open} == {
        "solved",
        "solved_unreached",
        "partly_solved",
        "unsolved",
        "unfounded",
        "withdrawn",
        "passed_on",
        "enquiry_answered",
        "merged",
    }
    assert {each.status for each in found} >= {
        "registered",
        "judging",
        "dispatched",
        "contacting",
        "investigating",
        "planning",
        "plan_offered",
        "carrying_out",
        "calling_back",
        "appeal_open",
        "making_safe",
        "closed",
    }
    assert any(each.round == 2 and each.is_open for each in found)
    assert any(each.support for each in found)
    assert len(paused) == 1
    assert with_photos is not None
    assert with_photos > 5


def test_somebody_supervises_on_every_rung(shop: Store) -> None:
    with shop.reading() as session:
        for login in ("engineering", "manager", "region", "board"):
            person = people.by_login(session, login)
            assert person is not None
            assert "supervise" in {task.element for task in session.scalars(tasks.inbox(session, person))}, login


def test_everybody_printed_can_log_in_with_the_password_printed(shop: Store) -> None:
    said = demo.logins("en")
    assert demo.PASSWORD in said[0]
    assert len(demo.logins("zh")) == len(said)
    assert people.authenticate(shop, "agent", demo.PASSWORD, "127.0.0.1").name == "周敏"
    with shop.reading() as session:
        printed = set(re.findall(r"[a-z][a-z0-9-]+", " ".join(said)))
        assert set(session.scalars(select(people.Person.login))) <= printed


def test_the_record_verifies_and_every_letter_went_out_or_waits_for_somebodys_duty(shop: Store, home: Path) -> None:
    with shop.reading() as session:
        assert history.count(session) > 300
        assert history.verify(session, seals_log(Settings(home=home)), lambda entries: None) == []
        unsent = session.scalars(select(Letter).where(Letter.sent_at.is_(None))).all()
        assert {each.state for each in unsent} <= {"held", "withdrawn"}
        assert {each.to_kind for each in unsent} <= {"person"}


def test_the_one_incident_goes_on_when_it_is_tried_again(shop: Store) -> None:
    with shop.transaction() as session:
        incident = session.scalars(select(Incident)).one()
        board = people.by_login(session, "admin")
        assert board is not None
        retry(session, incident.id, board)
    with shop.reading() as session:
        case = session.get_one(Case, incident.case_id)
        assert case.status == "running"
        assert [each.element for each in tasks.of_case(session, case.id) if each.state == "open"] == ["accept_work"]


def test_improvements_have_begun(shop: Store) -> None:
    with shop.reading() as session:
        assert {each.stage for each in session.scalars(select(Improvement))} == {"plan", "do"}


def test_a_real_company_is_never_touched(store: Store, tmp_path: Path) -> None:
    with store.transaction() as session:
        first_start.begin(session, company="某物业", login="boss", name="王", password="long enough 1")
    with pytest.raises(Conflict):
        demo.build(store, Settings(home=tmp_path, demo=True))
    with store.reading() as session:
        assert session.scalar(select(Place.name).where(Place.parent_id.is_(None))) == "某物业"


def test_only_in_demo_mode(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="BIHUAN_DEMO"):
        demo.build(store, Settings(home=tmp_path))
