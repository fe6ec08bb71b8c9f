import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from engine.company import people, permissions, places
from engine.company.permissions import ACTS, Permission, Reach
from engine.company.places import Place
from engine.company.roles import ROLES
from engine.core.errors import Conflict, NotFound, NotPermitted
from engine.core.store import Store


class Firm:
    """A company with two regions, two communities in the first, one in the second."""

    def __init__(self, session: Session) -> None:
        permissions.seed(session)
        self.session = session
        self.company = places.add(session, "company", None, "yg", "阳光物业")
        self.east, self.west = (places.add(session, "region", self.company, code, code) for code in ("east", "west"))
        self.home = places.add(session, "community", self.east, "ygl", "阳光里")
        self.near = places.add(session, "community", self.east, "hyy", "和悦园")
        self.far = places.add(session, "community", self.west, "tsy", "听松苑")
        self.desk, self.repairs = (places.add_department(session, self.home, c) for c in ("desk", "engineering"))
        self.quality = places.add_department(session, self.east, "quality")

    def one(self, role: str, place: Place) -> people.Person:
        person = people.add(self.session, f"{role}-{place.id}", role)
        people.hold(self.session, person, role, place)
        return person

    def reach(self, role: str, place: Place, act: str) -> Reach:
        return permissions.reach(self.session, self.one(role, place), act)


@pytest.fixture
def firm(session: Session) -> Firm:
    return Firm(session)


def test_the_defaults_speak_of_what_there_is() -> None:
    roles = {role for role, _act, _scope in permissions.defaults()}
    acts = {act for _role, act, _scope in permissions.defaults()}
    assert roles == set(ROLES)
    assert acts == set(ACTS)


def test_seeding_twice_changes_nothing(firm: Firm) -> None:
    assert permissions.seed(firm.session) == 0


def test_a_handler_reaches_the_department_only(firm: Firm) -> None:
    reach = firm.reach("handler", firm.repairs, "task.work")
    assert reach.covers(firm.repairs.path)
    assert not reach.covers(firm.desk.path)
    assert not reach.covers(firm.home.path)
    assert reach.ids == {firm.repairs.id}


def test_an_agent_sees_the_community_and_works_at_the_desk(firm: Firm) -> None:
    agent = firm.one("agent", firm.desk)
    seen = permissions.reach(firm.session, agent, "complaint.see")
    assert seen.covers(firm.home.path)
    assert seen.covers(firm.repairs.path)
    assert not seen.covers(firm.near.path)
    assert not permissions.reach(firm.session, agent, "task.work").covers(firm.repairs.path)


def test_a_region_reaches_its_communities(firm: Firm) -> None:
    reach = firm.reach("region_quality", firm.east, "complaint.see")
    assert reach.covers(firm.home.path)
    assert reach.covers(firm.near.path)
    assert reach.covers(firm.quality.path)
    assert not reach.covers(firm.far.path)
    assert not reach.covers(firm.company.path)


def test_a_role_reaches_the_place_where_it_is_held_whatever_the_scope(firm: Firm) -> None:
    assert firm.reach("callback", firm.east, "complaint.see").covers(firm.near.path)
    assert firm.reach("headquarters", firm.company, "supervise").everything


def test_own_is_said_apart(firm: Firm) -> None:
    reach = firm.reach("handler", firm.repairs, "complaint.pause")
    assert reach.own
    assert reach
    assert not reach.covers(firm.repairs.path)


def test_nobody_reaches_nothing(firm: Firm) -> None:
    person = people.add(firm.session, "new", "新人")
    assert not permissions.reach(firm.session, person, "task.work")
    with pytest.raises(KeyError):
        permissions.reach(firm.session, person, "task.eat")


def test_reach_is_a_condition_on_queries(each_store: Store) -> None:
    with each_store.transaction() as session:
        firm = Firm(session)

        def seen(role: str, place: Place) -> set[str]:
            condition = permissions.within(firm.reach(role, place, "complaint.see"), Place.id)
            return set(session.scalars(select(Place.code).where(condition, Place.kind == "community")))

        assert seen("region_quality", firm.east) == {"ygl", "hyy"}
        assert seen("headquarters", firm.company) == {"ygl", "hyy", "tsy"}
        assert seen("project_manager", firm.far) == {"tsy"}
        assert seen("administrator", firm.company) == set()


def test_reach_costs_two_statements_a_session(firm: Firm) -> None:
    person = firm.one("region_quality", firm.east)
    firm.session.flush()
    statements: list[str] = []
    event.listen(firm.session.get_bind(), "before_cursor_execute", lambda *said: statements.append(said[2]))
    for act in ACTS:
        permissions.reach(firm.session, person, act)
    assert len(statements) == 2


def test_a_role_given_or_ended_counts_at_once(firm: Firm) -> None:
    person = firm.one("handler", firm.repairs)
    assert not permissions.reach(firm.session, person, "supervise")
    holding = people.hold(firm.session, person, "head", firm.repairs)
    assert permissions.reach(firm.session, person, "supervise").covers(firm.repairs.path)
    people.release(firm.session, holding)
    assert not permissions.reach(firm.session, person, "supervise")


def test_what_one_may_not_know_of_is_not_found(firm: Firm) -> None:
    handler = firm.one("handler", firm.repairs)
    permissions.require(firm.session, handler, "task.work", firm.repairs.id)
    with pytest.raises(NotPermitted, match="assign"):
        permissions.require(firm.session, handler, "task.assign", firm.repairs.id)
    with pytest.raises(NotFound):
        permissions.require(firm.session, handler, "task.assign", firm.desk.id)
    with pytest.raises(NotFound):
        permissions.require(firm.session, handler, "task.see", 999)


def test_the_table_rules_not_the_defaults(firm: Firm) -> None:
    firm.session.add(Permission(role="handler", act="complaint.see", scope="region"))
    firm.session.flush()
    assert firm.reach("handler", firm.repairs, "complaint.see").covers(firm.near.path)


def test_the_last_administrator_stays(firm: Firm) -> None:
    first = firm.one("administrator", firm.company)
    permissions.keep_editor(firm.session)
    people.retire(firm.session, first)
    with pytest.raises(Conflict):
        permissions.keep_editor(firm.session)
