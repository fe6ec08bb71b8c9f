"""Who may start what and where; whose the case is; what the store, the record and the diagram know of a resident."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.casework import cases
from engine.company import absences
from engine.core import clock, secret_links
from engine.core.errors import Conflict, NotFound, NotPermitted
from engine.history import Entry
from engine.letters import Letter, send_due
from engine.letters.ways import LogWay
from engine.operations.schedule import fire_timers
from engine.processes import start_events, versions
from engine.requests import access, lists, notices, opened, own_link, resident, starters, starting
from engine.requests.lists import Filters
from engine.requests.rows import Request, RequestContact
from engine.requests.starting import Wish
from tests.engine.requests import drawings
from tests.engine.requests.acting import PROCESS, Acting
from tests.stories.company import KEY
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


@pytest.fixture
def acting(hands: Hands) -> Acting:
    return Acting(hands.store, hands.company)


def where(acting: Acting, login: str, started_by: str) -> set[str]:
    """The codes of the communities where somebody may start what these groups may."""
    acting.publish("mine", drawings.diagram("mine", drawings.people(started_by)))
    with acting.store.reading() as session:
        event = start_events.plain(session, "mine")
        assert event is not None
        return {each.code for each in starters.communities(session, acting.person(login), event)}


@pytest.mark.parametrize(
    ("login", "started_by", "codes"),
    [
        ("agent", "agent", {"YGL"}),
        ("agent", "desk", {"YGL"}),
        ("agent_2", "desk", {"HBY"}),
        ("engineer", "engineering", {"YGL"}),
        ("engineer", "engineering/head", set()),
        ("engineering_head", "engineering/head", {"YGL"}),
        ("manager", "project_manager", {"YGL"}),
        ("region_quality", "region:region_quality", {"YGL", "HBY"}),
        ("board", "company:headquarters", {"YGL", "HBY"}),
        ("agent", "engineering, security/head", set()),
    ],
)
def test_who_would_have_the_task_of_a_group_may_start(
    acting: Acting, login: str, started_by: str, codes: set[str]
) -> None:
    assert where(acting, login, started_by) == codes


def test_nobody_else_starts_it_even_by_a_made_up_request(acting: Acting) -> None:
    acting.publish("mine", drawings.diagram("mine", drawings.people("engineering/head")))
    with pytest.raises(NotPermitted):
        acting.start("engineer", "mine")
    wish = Wish("mine", acting.company.neighbour.id)
    with pytest.raises(NotPermitted):
        acting.store.attempt(
            lambda session: starting.start(session, wish, key=KEY, by=acting.person("engineering_head"))
        )


def test_a_substitute_starts_what_the_absent_person_may(acting: Acting) -> None:
    assert where(acting, "cleaner", "engineering/head") == set()
    away, instead, by = (acting.person(each) for each in ("engineering_head", "cleaner", "administrator"))
    until = clock.now() + timedelta(days=2)
    acting.store.attempt(lambda session: absences.add(session, away, instead, clock.now(), until, by))
    clock.turn(timedelta(hours=1))
    assert where(acting, "cleaner", "engineering/head") == {"YGL"}


def test_residents_start_only_what_the_company_has_opened_and_the_diagram_lets_them(acting: Acting) -> None:
    with pytest.raises(NotFound):
        acting.start()
    acting.open()
    assert acting.start().secret
    acting.publish("inside", drawings.diagram("inside", drawings.people("agent")))
    with pytest.raises(Conflict):
        acting.open("inside")
    with pytest.raises(NotFound):
        acting.start(process="inside")
    by = acting.person("administrator")
    acting.store.attempt(lambda session: opened.switch(session, PROCESS, on=False, by=by))
    with pytest.raises(NotFound):
        acting.start()
    with pytest.raises((NotPermitted, NotFound)):
        acting.store.attempt(lambda session: opened.switch(session, PROCESS, on=True, by=acting.person("manager")))


def test_neither_state_nor_record_know_who_asked(acting: Acting) -> None:
    acting.open()
    acting.start()
    with acting.store.reading() as session:
        assert set(cases.variables(session, acting.case())) >= {"kind", "deposit", "number", "by_resident"}
        said = " ".join(str(each) for each in session.scalars(select(Entry.facts)))
        state = " ".join(str(each) for each in cases.variables(session, acting.case()).values())
        letters = " ".join(str(each.facts) for each in session.scalars(select(Letter)))
    for secret in ("王小明", "13812345678", "wang@example.test", "3栋2单元501", "敲掉厨房的墙"):
        assert secret not in said + state + letters
    with acting.store.reading() as session:
        kept = session.get_one(RequestContact, acting.request.id)
        assert (kept.person_name, kept.phone, kept.text) == ("王小明", "13812345678", "敲掉厨房的墙")
        assert session.scalar(select(Request.secret_hash)) == secret_links.hash_of(acting.secret)


def test_the_resident_is_told_by_letters_of_any_process(acting: Acting) -> None:
    acting.open()
    acting.start()
    acting.do("agent", "review", complete="no", missing="执照")
    with acting.store.reading() as session:
        sent = list(session.scalars(select(Letter).where(Letter.case_id == acting.request.case_id).order_by(Letter.id)))
        assert [(each.template, each.to_kind, each.to_ref) for each in sent] == [
            ("request_receipt", notices.KIND, acting.request.id),
            ("request_asks", notices.KIND, acting.request.id),
        ]
        assert sent[1].facts["said"] == {
            "zh": "资料还不齐，请补充。",
            "en": "Some papers are missing; please add them.",
        }
        assert sent[1].facts["process"] == {"zh": "装修申请", "en": "Refurbishment"}
    assert send_due(acting.store, [LogWay()]) >= 2


def test_what_was_sent_twice_is_one_case(acting: Acting) -> None:
    acting.open()
    wish = Wish(PROCESS, acting.company.community.id, acting.filled(), sent_as="a page")
    first = acting.store.attempt(lambda session: starting.start(session, wish, key=KEY))
    again = acting.store.attempt(lambda session: starting.start(session, wish, key=KEY))
    assert (first.request.id, first.secret) == (again.request.id, again.secret)


def test_a_resident_who_answers_twice_is_told_that_it_is_done(acting: Acting) -> None:
    acting.open()
    acting.start()
    acting.do("agent", "review", complete="no", missing="执照")
    task_id = acting.open_tasks()["supply"].id
    acting.answer("supply", words="补了")
    with pytest.raises(Conflict):
        acting.store.attempt(
            lambda session: resident.answer(session, resident.enter(session, acting.secret), task_id, {}, {})
        )


def test_a_link_opens_only_its_own_request_and_ends_when_replaced(acting: Acting) -> None:
    acting.open()
    acting.start()
    other = acting.start()
    acting.do("agent", "review", complete="no", missing="执照")
    task_id = acting.open_tasks()["supply"].id
    first = acting.store.attempt(
        lambda session: starting.start(session, Wish(PROCESS, acting.company.community.id, acting.filled()), key=KEY)
    )
    with pytest.raises(NotFound):
        acting.store.attempt(
            lambda session: resident.answer(session, resident.enter(session, first.secret), task_id, {}, {})
        )
    fresh = acting.store.attempt(
        lambda session: own_link.renew(session, resident.enter(session, other.secret), key=KEY)
    )
    with acting.store.reading() as session:
        assert resident.enter(session, fresh).id == other.request.id
        with pytest.raises(NotFound):
            resident.enter(session, other.secret)
        with pytest.raises(NotFound):
            resident.enter(session, "")


def test_a_withdrawal_ends_it_and_a_lapse_is_told(acting: Acting) -> None:
    acting.open()
    acting.start()
    offers = "withdraw_refurbishment"
    acting.store.attempt(
        lambda session: resident.send(session, resident.enter(session, acting.secret), offers, "不装了")
    )
    assert acting.case().ended_in == "end_withdrawn"
    with pytest.raises(Conflict):
        acting.store.attempt(lambda session: resident.send(session, resident.enter(session, acting.secret), offers, ""))
    acting.start()
    acting.do("agent", "review", complete="no", missing="执照")
    clock.turn(timedelta(days=14, minutes=1))
    fire_timers(acting.store)
    assert acting.case().ended_in == "end_lapsed"


@pytest.mark.parametrize(
    ("login", "sees", "phone"),
    [
        ("agent", True, True),
        ("agent_2", False, False),
        ("manager", True, True),
        ("engineer", False, False),
        ("assessor", True, False),
        ("administrator", False, False),
    ],
)
def test_who_sees_a_request_follows_place_and_tasks(acting: Acting, login: str, sees: bool, phone: bool) -> None:
    acting.start("agent")
    person = acting.hire("assessor", "assessor") if login == "assessor" else acting.person(login)
    with acting.store.reading() as session:
        may = access.may(session, person, acting.request.id, [access.SEE, access.SEE_PHONE])
    assert may == {act for act, able in ((access.SEE, sees), (access.SEE_PHONE, phone)) if able}


def test_who_has_a_task_of_it_sees_it(acting: Acting) -> None:
    acting.start("agent")
    acting.do("agent", "review", complete="yes")
    acting.do("engineering_head", "approve", approved="yes", words="好")
    with acting.store.reading() as session:
        for login, sees in (("engineer", True), ("accountant", True), ("guard", False)):
            may = access.may(session, acting.person(login), acting.request.id, [access.SEE])
            assert bool(may) == sees, login


def test_it_is_found_by_number_phone_name_and_home_but_only_within_reach(acting: Acting) -> None:
    acting.start("agent")
    with acting.store.reading() as session:
        for words in (acting.request.number[:9].lower(), "138 1234 5678", "小明", "3栋2单元"):
            found = lists.page(session, acting.person("agent"), Filters(words), KEY, number=1, size=25)
            assert [row.id for row in found.rows] == [acting.request.id], words
            assert not lists.page(session, acting.person("agent_2"), Filters(words), KEY, number=1, size=25).rows
        assert not lists.page(session, acting.person("agent"), Filters("%"), KEY, number=1, size=25).rows


def test_a_process_without_a_name_shows_its_id(acting: Acting) -> None:
    acting.publish("nameless", drawings.diagram("nameless", drawings.people("agent")))
    with acting.store.reading() as session:
        version = versions.latest(session, "nameless")
        assert version is not None
        assert (version.name, version.said("en")) == ("nameless", "nameless")
