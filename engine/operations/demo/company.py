"""The demo company: its places, its people, its homes. All invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from random import Random

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine import history
from engine.company import calendars, people, places, rosters
from engine.company.people import Person
from engine.company.places import Place
from engine.company.roles import DEPARTMENTS
from engine.complaints.homes import households
from engine.complaints.homes.households import Household
from engine.history import NewEntry
from engine.operations import first_start
from engine.processes import publishing

PASSWORD = "sunshine-lane"  # noqa: S105  for everybody, and only in demo mode
UNFINISHED, FINISHED = "demo_unfinished", "demo"
"""Codes of the company's place while it is built and afterwards: they tell it from a real company."""

PHONE = "0571-00001234"

AT_THE_TOP = ("quality", "extras")
"""Departments of the company for all communities; the first community also has its own, with the same people."""

LATER = "legal"
"""The department that Sunshine Lane gets only on the last day; the other communities share a lawyer from the start."""


@dataclass(frozen=True, slots=True)
class Post:
    """A member of the staff and their roles: (place, role), the place being a department's code or a level."""

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
    Post("caller3", "陆瑶", "Lu Yao", (("region", "callback"),)),
    Post("region", "孔令华", "Kong Linghua", (("region", "region_quality"),)),
    Post("board", "曹文", "Cao Wen", (("company", "headquarters"),)),
    Post("owner", "严华", "Yan Hua", (("company", "process_owner"), ("company", "analyst"))),
    Post("assessor", "顾明", "Gu Ming", (("company", "assessor"),)),
    Post("admin", "金晓", "Jin Xiao", (("company", "administrator"), ("company", "privacy_officer"))),
)

OTHERS = (
    Post("region2", "薛凯", "Xue Kai", (("region", "region_quality"),)),
    Post("caller2", "雷静", "Lei Jing", (("region", "callback"),)),
)
"""Staff of the second region as a whole."""

BRANCH = (
    ("agent", (("desk", "agent"),)),
    ("desk", (("desk", "head"),)),
    ("dispatch", (("community", "dispatcher"),)),
    ("engineer", (("engineering", "handler"),)),
    ("engineer2", (("engineering", "handler"),)),
    ("engineering", (("engineering", "head"),)),
    ("guard", (("security", "handler"),)),
    ("security", (("security", "head"),)),
    ("cleaner", (("cleaning", "handler"),)),
    ("cleaning", (("cleaning", "head"),)),
    ("finance", (("finance", "head"), ("finance", "handler"))),
    ("manager", (("community", "project_manager"),)),
)
"""Staff of each of the other communities; quality and value-added services belong to the company."""

NAMES = {
    "CHY": (
        ("方芳", "Fang Fang"), ("俞兰", "Yu Lan"), ("任杰", "Ren Jie"), ("袁斌", "Yuan Bin"), ("柳强", "Liu Qiang"),
        ("酆明", "Feng Ming"), ("鲍勇", "Bao Yong"), ("史磊", "Shi Lei"), ("唐英", "Tang Ying"), ("费霞", "Fei Xia"),
        ("廉静", "Lian Jing"), ("岑建", "Cen Jian"),
    ),
    "WTY": (
        ("贺敏", "He Min"), ("倪红", "Ni Hong"), ("汤浩", "Tang Hao"), ("滕飞", "Teng Fei"), ("殷俊", "Yin Jun"),
        ("罗平", "Luo Ping"), ("毕勇", "Bi Yong"), ("郝军", "Hao Jun"), ("邬琴", "Wu Qin"), ("安娜", "An Na"),
        ("常青", "Chang Qing"), ("乐天", "Le Tian"),
    ),
    "JNF": (
        ("于洁", "Yu Jie"), ("时雨", "Shi Yu"), ("傅强", "Fu Qiang"), ("皮军", "Pi Jun"), ("卞涛", "Bian Tao"),
        ("齐伟", "Qi Wei"), ("康健", "Kang Jian"), ("伍刚", "Wu Gang"), ("余秀", "Yu Xiu"), ("元梅", "Yuan Mei"),
        ("卜颖", "Bu Ying"), ("顾诚", "Gu Cheng"),
    ),
}  # fmt: skip

ROSTER = (
    ("engineer", range(6), 8, 18),
    ("engineer2", range(7), 12, 21),
    ("engineering", range(5), 8, 17),
)
"""Shifts of every engineering department: who, on which weekdays (0: Monday), from and until which hour. Nobody is on
duty at night."""

LAWYER = Post("legal", "许明", "Xu Ming", (("company", "lawyer"),))

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


@dataclass(frozen=True, slots=True)
class Site:
    """One community: its buildings, units of a building, floors, doors on a floor, and how much its residents complain.

    `west`: it belongs to the second region. Log-ins of its staff begin with `prefix`. `per_100_homes`: complaints a
    month in an ordinary season.
    """

    code: str
    name: str
    name_en: str
    west: bool
    prefix: str
    buildings: int
    units: int
    floors: int
    doors: int
    per_100_homes: float

    @property
    def homes(self) -> int:
        """Return how many homes it has."""
        return self.buildings * self.units * self.floors * self.doors

    def some_home(self, dice: Random, building: int = 0) -> str:
        """Return a home as people write it: 3-2-501; `building`: in this one."""
        where = building or dice.randint(1, self.buildings)
        unit, floor, door = (dice.randint(1, most) for most in (self.units, self.floors, self.doors))
        return f"{where}-{unit}-{floor}{door:02d}"

    def login(self, post: str) -> str:
        """Return the log-in of the holder of that post for this community."""
        if any(post == each for each, _ in BRANCH) and self.prefix:
            return f"{self.prefix}{post}"
        if self.prefix and post == "accountant":
            return f"{self.prefix}finance"
        return f"{post}2" if self.west and post in ("caller", "region") else post


SITES = (
    Site("YGL", "阳光里", "Sunshine Lane", False, "", 14, 4, 6, 4, 2.5),
    Site("CHY", "翠湖苑", "Emerald Lake Court", False, "chy-", 10, 4, 11, 4, 2.4),
    Site("WTY", "梧桐院", "Sycamore Court", True, "wty-", 5, 2, 11, 6, 2.3),
    Site("JNF", "江南府", "Riverside Mansions", True, "jnf-", 12, 3, 18, 4, 1.6),
)
HOME = SITES[0]


@dataclass(frozen=True, slots=True)
class Company:
    """What the stories need of the company; `password`: the hash of everybody's password."""

    root: Place
    regions: tuple[Place, Place]
    communities: Mapping[str, Place]
    people: dict[str, Person]
    password: str

    @property
    def community(self) -> Place:
        """Return the community where the individual stories happen."""
        return self.communities[HOME.code]


def found(session: Session) -> Company:
    """Write the company, with its communities, their homes and their staff, into an empty store."""
    first_start.furnish(session)
    calendars.seed(session)
    root = places.add(session, "company", None, UNFINISHED, "安居里物业", "Anjuli Property")
    east = places.add(session, "region", root, "east", "城东区域", "East of the city")
    west = places.add(session, "region", root, "west", "城西区域", "West of the city")
    for code in AT_THE_TOP:
        places.add_department(session, root, code)
    root.phone = PHONE
    communities = {site.code: _open(session, site, west if site.west else east) for site in SITES}
    company = Company(root, (east, west), communities, {}, people.HASHER.hash(PASSWORD))
    for post in STAFF:
        hire(session, company, post)
    for post in OTHERS:
        hire(session, company, post, west)
    hire(session, company, LAWYER)
    for site in SITES[1:]:
        _staff(session, company, site)
        _has_lawyer(session, company, communities[site.code])
    publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
    history.add(session, history.company(session), [NewEntry("company.begun", company.people["admin"].id)])
    for site in SITES:
        _put_on_duty(session, company, site)
    return company


def _open(session: Session, site: Site, region: Place) -> Place:
    community = places.add(session, "community", region, site.code, site.name, site.name_en)
    lacks = (LATER,) if site is HOME else (*AT_THE_TOP, "contractors")
    for code in DEPARTMENTS:
        if code not in lacks:
            places.add_department(session, community, code)
    community.phone = PHONE
    calendars.change(session, community.id, _hours())
    _settle(session, community, site)
    return community


def _staff(session: Session, company: Company, site: Site) -> None:
    community = company.communities[site.code]
    for (post, roles), (name, name_en) in zip(BRANCH, NAMES[site.code], strict=True):
        hire(session, company, Post(site.login(post), name, name_en, roles), community)


def _put_on_duty(session: Session, company: Company, site: Site) -> None:
    place = _place(session, company, "engineering", company.communities[site.code])
    for post, weekdays, begins, ends in ROSTER:
        person, by = company.people[site.login(post)], company.people["admin"]
        rosters.add(session, by, place, person, role=None, weekdays=weekdays, begins=begins * 60, ends=ends * 60)


def hire(session: Session, company: Company, post: Post, around: Place | None = None) -> None:
    """Add a person with their roles, held in or around `around`, and the demo's password."""
    person = people.add(session, post.login, post.name, name_en=post.name_en)
    person.password = company.password
    for place, role in post.roles:
        people.hold(session, person, role, _place(session, company, place, around or company.community))
    if post.login in AT_THE_TOP:
        for _, role in post.roles[:2]:
            people.hold(session, person, role, _place(session, company, post.login, company.root))
    company.people[post.login] = person


def set_up_later(session: Session, company: Company) -> None:
    """Add the legal department of Sunshine Lane, its ninth."""
    place = places.add_department(session, company.community, LATER)
    facts = {"place": place.id, "kind": "department", "parent": company.community.id}
    by_id = company.people["admin"].id
    history.add(session, history.company(session), [NewEntry("place.added", by_id, None, facts)])
    _has_lawyer(session, company, company.community)


def _has_lawyer(session: Session, company: Company, community: Place) -> None:
    for role in ("head", "handler"):
        people.hold(session, company.people[LAWYER.login], role, _place(session, company, LATER, community))


def _place(session: Session, company: Company, word: str, around: Place) -> Place:
    """Return the department of that code at `around`, or its parent of the named level."""
    if word == "company":
        return company.root
    if word == "community":
        return around
    if word == "region":
        return around if around.kind == "region" else places.find(session, around.region_id or 0)
    return next(each for each in places.departments(session, around.id) if each.code == word)


def _hours() -> dict[str, list[list[str]]]:
    return {**calendars.USUAL, "sat": [["09:00", "12:00"]]}


def _settle(session: Session, community: Place, site: Site) -> None:
    """Add its homes."""
    counts = (site.buildings, site.units, site.floors, site.doors)
    doors = product(*(range(1, count + 1) for count in counts))
    numbered = enumerate(doors, SITES.index(site) * 10_000 + 1)
    session.execute(
        insert(Household),
        [
            _home(community, str(building), str(unit), f"{floor}{door:02d}", number)
            for number, (building, unit, floor, door) in numbered
        ],
    )


def _home(community: Place, building: str, unit: str, room: str, number: int) -> dict[str, object]:
    surname = SURNAMES[number * 7 % len(SURNAMES)]
    return {
        "community_id": community.id,
        "building": building,
        "unit": unit,
        "room": room,
        "label": households.label(building, unit, room),
        "name": f"{surname}{'女士' if number % 2 else '先生'}",
        "phone": f"139{number:08d}",
    }
