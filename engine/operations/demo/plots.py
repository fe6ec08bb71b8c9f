"""Three months of ordinary complaints in every community: who complains of what, and how it goes.

Everything is drawn from one seed, so that the same months are told each time.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from engine.operations.demo.company import HOME, SITES, Site

SEED = 20260315
VOICES: dict[str, Any] = json.loads(Path(__file__).with_name("voices.json").read_text(encoding="utf-8"))
DAYS = 92

ENDS = {
    "called": 46, "online": 15, "unreached": 5, "partly": 4, "reopened": 4, "unfounded": 2, "withdrawn": 3,
    "late": 6, "overdue": 3, "on_the_spot": 8, "outside": 3, "praise": 1, "wish": 1, "merged": 2,
}  # fmt: skip
"""How complaints end, by weight. `late`: nobody speaks with the resident until a head supervises; `overdue`: solved
after the limit; `merged`: the same household complains again about the same."""

HOURS = (1, 1, 0, 0, 0, 1, 3, 7, 10, 11, 10, 7, 6, 6, 7, 7, 7, 8, 9, 11, 10, 8, 5, 2)
"""When people complain: weight of each hour of the day."""

FOR_LAWYERS = frozenset({"8002", "8003", "6003", "6004", "9003"})
"""Categories that involve the legal department."""

HOT_SPOT = ("CHY", "5")
"""A building whose lifts fail at night."""

HOT_SPOT_NIGHTS = 0.55
"""The number of such nights in the last two months."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A planned complaint: when, by whom, about what (a theme of the voices), and how it ends."""

    begins: datetime
    site: Site
    home: str
    category: str
    text: str
    theme: dict[str, Any]
    end: str
    by_phone: bool
    pace: float
    seed: int

    def draw(self) -> random.Random:
        """Return the dice of this complaint alone, so that changing one leaves the others as they are."""
        return random.Random(self.seed)  # noqa: S311  nothing here is secret


def plots(until: datetime, zone: tzinfo, days: int = DAYS) -> list[Plot]:
    """Return every complaint of the `days` before `until`, in order."""
    last = until.astimezone(zone).date()
    found = [plot for site in SITES for plot in _of_site(site, last, zone, days)]
    return sorted((each for each in found if each.begins < until and _can_be_told(each)), key=lambda each: each.begins)


def _can_be_told(plot: Plot) -> bool:
    """Return whether it can be told: Sunshine Lane has no lawyer until the last day, so legal matters get stuck."""
    return plot.site is not HOME or plot.category not in FOR_LAWYERS


def _of_site(site: Site, last: date, zone: tzinfo, days: int) -> Iterator[Plot]:
    dice = random.Random(f"{SEED}{site.code}")  # noqa: S311  nothing here is secret
    earlier: list[Plot] = []
    for back in range(days, 0, -1):
        day = last - timedelta(days=back)
        for _ in range(_how_many(dice, site, day)):
            plot = _plot(dice, site, day, zone, earlier)
            earlier = [*earlier[-60:], plot]
            yield plot
        if site.code == HOT_SPOT[0] and back < 62 and dice.random() < HOT_SPOT_NIGHTS:
            yield _lift_at_night(dice, site, day, zone)


def _how_many(dice: random.Random, site: Site, day: date) -> int:
    usual = site.a_day * (1.25 if day.weekday() == 0 else 0.8 if day.weekday() > 4 else 1)
    whole = int(usual)
    return whole + (dice.random() < usual - whole) + dice.choice((-1, 0, 0, 1))


def _plot(dice: random.Random, site: Site, day: date, zone: tzinfo, earlier: Sequence[Plot]) -> Plot:
    end = _weighed(dice, ENDS)
    if end == "merged":
        before = [each for each in earlier if "texts" in each.theme and (day - each.begins.date()).days <= 2]
        if before:
            same = dice.choice(before)
            return _of(dice, site, day, zone, same.home, same.theme, end)
        end = "called"
    repeats = [each for each in earlier if "texts" in each.theme and 6 <= (day - each.begins.date()).days <= 28]
    if repeats and end in ("called", "reopened") and dice.random() < 0.08:
        same = dice.choice(repeats)
        return _of(dice, site, day, zone, same.home, same.theme, end)
    themes = VOICES["themes"]
    theme = dice.choices(themes, [each["weight"] for each in themes])[0]
    return _of(dice, site, day, zone, site.some_home(dice), theme, end)


def _of(dice: random.Random, site: Site, day: date, zone: tzinfo, home: str, theme: dict[str, Any], end: str) -> Plot:
    hour = dice.choices(range(24), HOURS)[0]
    begins = datetime.combine(day, time(hour, dice.randrange(60), dice.randrange(60)), zone)
    building, unit, room = home.split("-")
    if theme.get("danger"):
        end = "called"
    category, text, theme = _matter(dice, theme, end)
    spoken = text.format(b=building, u=unit, f=room[:-2]) + ("" if end in ("praise", "wish") else _tail(dice))
    by_phone = end in ("on_the_spot", "praise", "wish") or (8 <= hour < 21 and dice.random() < 0.42)
    pace = dice.choice((0.6, 0.8, 1.0, 1.0, 1.3, 1.8))
    return Plot(begins, site, home, category, spoken, theme, end, by_phone, pace, dice.getrandbits(32))


def _matter(dice: random.Random, theme: dict[str, Any], end: str) -> tuple[str, str, dict[str, Any]]:
    """Return category, words and theme; matters settled at once, or not ours, have their own words."""
    if end == "on_the_spot":
        category, text, answer = dice.choice(VOICES["on_the_spot"])
        return category, text, {"answer": answer}
    if end == "outside":
        category, text, to, answer = dice.choice(VOICES["outside"])
        return category, text, {"answer": answer, "to": to}
    if end == "praise":
        return "5001", dice.choice(VOICES["praise"]), {"answer": "已记录并转告本人和主管，谢谢您"}
    if end == "wish":
        return "A001", dice.choice(VOICES["wishes"]), {"answer": "已记录，月底例会讨论后答复您"}
    return theme["category"], dice.choice(theme["texts"]), theme


def _lift_at_night(dice: random.Random, site: Site, day: date, zone: tzinfo) -> Plot:
    hour, minute = dice.choice(((22, 10), (22, 50), (23, 20), (23, 45)))
    begins = datetime.combine(day, time(hour, minute), zone) + timedelta(minutes=dice.randrange(30))
    floor = dice.randrange(5, 12)
    home = f"{HOT_SPOT[1]}-{dice.choice('12')}-{floor}0{dice.choice('12')}"
    text = dice.choice(
        (
            f"{HOT_SPOT[1]}栋电梯夜里又停了，加班回来爬{floor}楼",
            f"电梯又又又坏了，每次都是晚上十点以后，住{floor}楼的人怎么活",
            "半夜电梯门打不开，在里面按了十分钟铃，后来自己又好了",
            f"{HOT_SPOT[1]}栋电梯晚上咣当一声就停，第几次了？？",
        )
    )
    theme = next(each for each in VOICES["themes"] if each["category"] == "1001")
    end = dice.choice(("called", "online", "late", "reopened", "called"))
    return Plot(begins, site, home, "1001", text, theme, end, False, 1.3, dice.getrandbits(32))


def _tail(dice: random.Random) -> str:
    return str(dice.choice(VOICES["tails"]))


def _weighed(dice: random.Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]
