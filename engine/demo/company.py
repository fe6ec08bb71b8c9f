"""The demo company: its places, its people, its homes. All invented."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import calendars, first_start, history, people, places, publishing
from engine.complaints import Household, households
from engine.history import Draft
from engine.people import Person
from engine.places import Place
from engine.roles import DEPARTMENTS

PASSWORD = "sunshine-lane"  # noqa: S105  for everybody, and only in demo mode
UNFINISHED, FINISHED = "demo_unfinished", "demo"
"""Codes of the company's place while it is being made and afterwards: they tell it from a real company."""

PHONE = "0571-00001234"

LATER = "legal"
"""The department that the company sets up only on the last day."""


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody of the staff, and the roles they hold: (place, role), the place a department's code or a level."""

    login: str
    name: str
    name_en: str
    roles: tuple[tuple[str, str], ...]


STAFF = (
    Post("agent", "周敏", "Zhou Min", (("desk", "agent"),)),
    Post("agent2", "吴倩", "Wu Qian", (("desk", "agent"),)),
    Post("desk", "郑岚", "Zheng Lan", (("desk", "head"),)),
    Post("dispatch", "冯涛", "Feng Tao", (("community", "dispatcher"),)),
    Post("engineer", "陈刚", "Chen Gang", (("engineering", "handler"),)),
    Post("engineer2", "褚伟", "Chu Wei", (("engineering", "handler"),)),
    Post("engineering", "卫国强", "Wei Guoqiang", (("engineering", "head"),)),
    Post("guard", "蒋勇", "Jiang Yong", (("security", "handler"),)),
    Post("security", "沈军", "Shen Jun", (("security", "head"),)),
    Post("cleaner", "韩梅", "Han Mei", (("cleaning", "handler"),)),
    Post("cleaning", "杨秀", "Yang Xiu", (("cleaning", "head"),)),
    Post("accountant", "陶然", "Tao Ran", (("finance", "handler"),)),
    Post("finance", "朱琳", "Zhu Lin", (("finance", "head"),)),
    Post("quality", "秦岚", "Qin Lan", (("quality", "head"), ("quality", "handler"))),
    Post("extras", "何洁", "He Jie", (("extras", "head"), ("contractors", "head"))),
    Post("manager", "施建平", "Shi Jianping", (("community", "project_manager"),)),
    Post("caller", "张欣", "Zhang Xin", (("community", "callback"), ("region", "callback"))),
    Post("region", "孔令华", "Kong Linghua", (("region", "region_quality"),)),
    Post("board", "曹文", "Cao Wen", (("company", "headquarters"),)),
    Post("owner", "严华", "Yan Hua", (("company", "process_owner"), ("company", "analyst"))),
    Post("admin", "金晓", "Jin Xiao", (("company", "administrator"), ("company", "privacy_officer"))),
)

LAWYER = Post("legal", "许明", "Xu Ming", (("legal", "head"), ("legal", "handler"), ("company", "lawyer")))

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


@dataclass(frozen=True, slots=True)
class Company:
    """What the stories need to know of it; `password`: the hash that everybody's log-in has."""

    root: Place
    region: Place
    community: Place
    people: dict[str, Person]
    password: str


def found(session: Session) -> Company:
    """Write the company, with the homes and the staff of its community, into an empty store."""
    first_start.furnish(session)
    calendars.seed(session)
    root = places.add(session, "company", None, UNFINISHED, "安居里物业", "Anjuli Property")
    region = places.add(session, "region", root, "east", "城东区域", "East of the city")
    community = places.add(session, "community", region, "YGL", "阳光里", "Sunshine Lane")
    for code in DEPARTMENTS:
        if code != LATER:
            places.add_department(session, community, code)
    root.phone = community.phone = PHONE
    calendars.change(session, community.id, _hours())
    _settle(session, community)
    company = Company(root, region, community, {}, people.HASHER.hash(PASSWORD))
    for post in STAFF:
        hire(session, company, post)
    publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
    history.add(session, history.company(session), [Draft("company.begun", company.people["admin"].id)])
    return company


def hire(session: Session, company: Company, post: Post) -> None:
    """Add somebody with their roles and the password of the demo."""
    person = people.add(session, post.login, post.name, name_en=post.name_en)
    person.password = company.password
    for place, role in post.roles:
        people.hold(session, person, role, _place(session, company, place))
    company.people[post.login] = person


def set_up_later(session: Session, company: Company) -> None:
    """The legal department begins to work, and the company has all nine."""
    place = places.add_department(session, company.community, LATER)
    facts = {"place": place.id, "kind": "department", "parent": company.community.id}
    by_id = company.people["admin"].id
    history.add(session, history.company(session), [Draft("place.added", by_id, None, facts)])
    hire(session, company, LAWYER)


def _place(session: Session, company: Company, word: str) -> Place:
    levels: Mapping[str, Place] = {"company": company.root, "region": company.region, "community": company.community}
    if word in levels:
        return levels[word]
    return next(each for each in places.departments(session, company.community.id) if each.code == word)


def _hours() -> dict[str, list[list[str]]]:
    return {**calendars.USUAL, "sat": [["09:00", "12:00"]]}


def _settle(session: Session, community: Place) -> None:
    """Six buildings of two units, six floors each with two homes on a floor."""
    number = 0
    for building in range(1, 7):
        for unit in (1, 2):
            for room in (f"{floor}0{door}" for floor in range(1, 7) for door in (1, 2)):
                number += 1
                session.add(_home(community, str(building), str(unit), room, number))
    session.flush()


def _home(community: Place, building: str, unit: str, room: str, number: int) -> Household:
    surname = SURNAMES[number * 7 % len(SURNAMES)]
    return Household(
        community_id=community.id,
        building=building,
        unit=unit,
        room=room,
        label=households.label(building, unit, room),
        name=f"{surname}{'女士' if number % 2 else '先生'}",
        phone=f"139{number:08d}",
    )
