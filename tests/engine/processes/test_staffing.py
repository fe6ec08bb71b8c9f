"""Who would get each task, by community: what nobody holds somewhere is said with the communities."""

from engine.company import people, permissions, places
from engine.company.places import Place
from engine.core.store import Store
from engine.processes import staffing
from tests.engine.bpmn.diagrams.sketch import straight


def task(groups: str) -> dict[str, bytes]:
    return {"bpmn/p/p.bpmn": straight(f'<userTask id="a" name="看" camunda:candidateGroups="{groups}"/>')}


def found(store: Store, groups: str, hold: dict[str, str], communities: int = 2) -> list[str]:
    """What is said of a task for `groups` in a company where `hold` gives roles at places."""
    with store.transaction() as session:
        permissions.seed(session)
        root = places.add(session, "company", None, "yg", "阳光物业")
        region = places.add(session, "region", root, "east", "华东")
        at: dict[str, Place] = {"company": root, "region": region}
        for number in range(communities):
            home = places.add(session, "community", region, f"c{number}", f"小区{number}")
            at[f"c{number}"] = home
            at[f"c{number}/desk"] = places.add_department(session, home, "desk")
        for number, (place, role) in enumerate(hold.items()):
            people.hold(session, people.add(session, f"p{number}", f"人{number}"), role, at[place])
        session.flush()
        staffed = staffing.staffing(session, task(groups))
        return [each.zh for each in staffing.findings(session, staffed)]


def test_a_role_held_everywhere_is_no_finding(store: Store) -> None:
    assert found(store, "desk/agent", {"c0/desk": "agent", "c1/desk": "agent"}) == []


def test_where_nobody_holds_it_the_community_is_named(store: Store) -> None:
    (told,) = found(store, "desk/agent", {"c0/desk": "agent"})
    assert told.startswith("小区1：")
    assert "“客服 首接人”" in told


def test_one_at_the_region_serves_all_its_communities(store: Store) -> None:
    assert found(store, "region:callback", {"region": "callback"}) == []


def test_many_communities_are_counted(store: Store) -> None:
    (told,) = found(store, "desk/head", {}, communities=7)
    assert "等 7 个小区" in told


def test_each_group_that_an_expression_writes_out_is_looked_at(store: Store) -> None:
    told = found(
        store,
        "=if urgent then &quot;desk/head&quot; else &quot;desk/agent&quot;",
        {"c0/desk": "head", "c1/desk": "head"},
    )
    assert len(told) == 1
    assert "首接人" in told[0]


def test_what_a_resident_answers_needs_nobody(store: Store) -> None:
    assert found(store, "resident", {}) == []
