"""What is out of the ordinary at one place: something that fails again and again, or everything at once.

A trouble is only a number of complaints more. Whether an improvement of it worked is for those who count them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from engine.operations.demo import seasons
from engine.operations.demo.company import Site

MONTH = 30.4


@dataclass(frozen=True, slots=True)
class Trouble:
    """More complaints of a category at a community (at these buildings, at these hours) from a day on, until another.

    `a_month`: how many on average; `texts`: what people say, with the building, the unit and the floor as b, u and f.
    """

    name: str
    site: str
    category: str
    since: date
    until: date
    a_month: float
    texts: tuple[str, ...]
    buildings: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()

    def some_hour(self, dice: Random) -> int:
        """Return the hour of one of its complaints."""
        return dice.choice(self.hours) if self.hours else seasons.hour(dice, self.category)

    def some_home(self, dice: Random, site: Site) -> str:
        """Return the home of one of its complaints."""
        return site.some_home(dice, dice.choice(self.buildings) if self.buildings else 0)


LIFTS_AT_NIGHT = Trouble(
    "lifts at night", "CHY", "1001", date(2026, 7, 27), date(2026, 12, 31), 13.0,
    (
        "{b}栋电梯夜里又停了，加班回来爬{f}楼",
        "电梯又又又坏了，每次都是晚上十点以后，住{f}楼的人怎么活",
        "半夜电梯门打不开，在里面按了十分钟铃，后来自己又好了",
        "{b}栋电梯晚上咣当一声就停，第几次了？？",
    ),
    buildings=(5,), hours=(22, 22, 23, 23, 23, 0),
)  # fmt: skip
"""The lifts of one building fail at night; its improvement is under way."""

DOORS_TOLD, DOORS_MENDED = date(2026, 1, 12), date(2026, 2, 10)
DOORS_THAT_STAY_OPEN = Trouble(
    "doors that stay open", "WTY", "1006", date(2025, 8, 16), DOORS_MENDED, 6.0,
    (
        "{b}栋{u}单元门又关不上了，敞了一夜",
        "单元门修了又坏，推销的随便进，{b}栋{u}单元",
        "门关不严，风一吹就开，上个月才修过",
    ),
)  # fmt: skip
"""Nearly over with larger closers on all doors: an improvement that worked."""

DOORS_SINCE = Trouble(
    "doors mended", "WTY", "1006", DOORS_MENDED, date(2026, 12, 31), 0.25, DOORS_THAT_STAY_OPEN.texts
)  # fmt: skip

BINS_TOLD = date(2026, 2, 24)
BINS_NOT_COLLECTED = Trouble(
    "bins not collected", "JNF", "2001", date(2025, 8, 16), date(2026, 12, 31), 6.0,
    (
        "{b}栋后面的垃圾又没人收，堆到路上了",
        "早上八点垃圾桶就满了，{b}栋天天这样",
        "垃圾一天收一次根本不够，又满出来了",
    ),
    buildings=(7, 8, 9),
)  # fmt: skip
"""As before after a poster and a talk with the contractor: an improvement that did not work."""

STORM = (
    "昨晚大雨，{f}楼飘窗往里灌水，地板泡了",
    "台风把{b}栋屋面吹开了，顶层滴水",
    "地下车库进水了！{b}栋下面的坡道没有挡水板",
    "雨水管断了，水全浇在{f}楼阳台上",
)
BURSTS = (
    *(
        Trouble(f"storm at {code}", code, "1005", date(2026, 8, 11), date(2026, 8, 13), many * MONTH / 2, STORM)
        for code, many in (("YGL", 8), ("CHY", 9), ("WTY", 4), ("JNF", 12))
    ),
    Trouble(
        "a lift that fails for a week", "CHY", "1001", date(2026, 5, 18), date(2026, 5, 25), 12 * MONTH / 7,
        ("{b}栋电梯又停了，才修好半天", "电梯停了第三天，{f}楼老人下不来", "{b}栋{u}单元电梯到底还修不修"),
        buildings=(2,), hours=(7, 7, 8, 12, 17, 18, 18, 19),
    ),
    Trouble(
        "a water main in the frost", "JNF", "1002", date(2026, 1, 21), date(2026, 1, 22), 16 * MONTH,
        ("{b}栋没水了，大冷天连口热水都没有", "水管爆了，{b}栋门口结了一地冰", "停水一点通知都没有，{f}楼一滴都没有"),
        buildings=(1, 2, 3, 4), hours=(6, 6, 7, 7, 7, 8, 8, 9, 10),
    ),
)  # fmt: skip
"""Much at once: a storm, a lift, a burst main."""

TROUBLES: Sequence[Trouble] = (LIFTS_AT_NIGHT, DOORS_THAT_STAY_OPEN, DOORS_SINCE, BINS_NOT_COLLECTED, *BURSTS)


def on(day: date, site: Site) -> Iterator[Trouble]:
    """Yield the troubles of a community on that day."""
    yield from (each for each in TROUBLES if each.site == site.code and each.since <= day < each.until)


def quiet(site: Site, day: date, last: date) -> bool:
    """Return whether only the individual stories happen there on that day: the first community's last ten days."""
    return not site.prefix and last - day <= timedelta(days=10)
