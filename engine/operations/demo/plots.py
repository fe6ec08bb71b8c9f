"""Fifteen months of ordinary complaints in every community: who complains of what, and how it goes.

Everything is drawn from one seed, so that the same months are told each time.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from engine.operations.demo import seasons, troubles
from engine.operations.demo.company import HOME, SITES, Site
from engine.operations.demo.troubles import Trouble

SEED = 20260315
VOICES: dict[str, Any] = json.loads(Path(__file__).with_name("voices.json").read_text(encoding="utf-8"))
DAYS = 457

ENDS = {
    "called": 50, "online": 15, "unreached": 5, "partly": 4, "reopened": 4, "unfounded": 3, "withdrawn": 3,
    "late": 3, "overdue": 4, "paused": 2, "paused_late": 1, "renamed": 1, "on_the_spot": 8, "outside": 3, "praise": 1,
    "wish": 1, "merged": 2,
}  # fmt: skip
"""How complaints end, by weight. `late`: nobody speaks with the resident until a head supervises; `overdue`: solved
after the limit; `paused_late`: paused when most of the limit is gone; `renamed`: its category is changed once it is
late; `merged`: the same household complains again about the same."""

FOR_LAWYERS = frozenset({"8002", "8003", "6003", "6004", "9003"})
"""Categories that involve the legal department."""


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
        today = [_plot(dice, site, day, zone, earlier) for _ in range(seasons.how_many(dice, _usual(site, day)))]
        for trouble in troubles.on(day, site):
            many = seasons.how_many(dice, trouble.a_month / troubles.MONTH)
            today += [_troubled(dice, trouble, site, day, zone) for _ in range(many)]
        if not troubles.quiet(site, day, last):
            earlier = [*earlier[-60:], *today]
            yield from today


def _usual(site: Site, day: date) -> float:
    """Return how many complaints come on average on such a day."""
    themes = VOICES["themes"]
    usual: float = sum(each["weight"] for each in themes)
    now: float = sum(each["weight"] * seasons.weight(each["category"], day) for each in themes)
    a_day = site.homes * site.per_100_homes / 100 / troubles.MONTH
    return a_day * seasons.WEEKDAYS[day.weekday()] * now / usual


def _plot(dice: random.Random, site: Site, day: date, zone: tzinfo, earlier: Sequence[Plot]) -> Plot:
    end = _weighed(dice, ENDS)
    if end == "merged":
        before = [each for each in earlier if "texts" in each.theme and (day - each.begins.date()).days <= 2]
        if before:
            same = dice.choice(before)
            return _of(dice, site, day, zone, same.home, same.theme, end)
        end = "called"
    repeats = [each for each in earlier if "texts" in each.theme and 6 <= (day - each.begins.date()).days <= 28]
    if repeats and end in ("called", "reopened") and dice.random() < 0.06:
        same = dice.choice(repeats)
        return _of(dice, site, day, zone, same.home, same.theme, end)
    themes = VOICES["themes"]
    theme = dice.choices(themes, [each["weight"] * seasons.weight(each["category"], day) for each in themes])[0]
    return _of(dice, site, day, zone, site.some_home(dice), theme, end)


def _of(dice: random.Random, site: Site, day: date, zone: tzinfo, home: str, theme: dict[str, Any], end: str) -> Plot:
    if theme.get("danger"):
        end = "called"
    category, text, theme = _matter(dice, theme, end)
    begins = _moment(dice, day, seasons.hour(dice, category), zone)
    spoken = _spoken(text, home) + ("" if end in ("praise", "wish") else str(dice.choice(VOICES["tails"])))
    by_phone = end in ("on_the_spot", "praise", "wish") or (8 <= begins.hour < 21 and dice.random() < 0.42)
    if end in ("on_the_spot", "praise", "wish"):  # while the desk is there to answer
        begins = begins.replace(hour=9 + begins.hour % 9)
    return Plot(begins, site, home, category, spoken, theme, end, by_phone, _pace(dice), dice.getrandbits(32))


def _troubled(dice: random.Random, trouble: Trouble, site: Site, day: date, zone: tzinfo) -> Plot:
    home = trouble.some_home(dice, site)
    begins = _moment(dice, day, trouble.some_hour(dice), zone)
    theme = next(each for each in VOICES["themes"] if each["category"] == trouble.category)
    end = dice.choice(("called", "called", "called", "online", "online", "late", "reopened", "unreached"))
    by_phone = 8 <= begins.hour < 21 and dice.random() < 0.42
    pace = _pace(dice) * (1.5 if trouble in troubles.BURSTS else 1)
    text = _spoken(dice.choice(trouble.texts), home)
    return Plot(begins, site, home, trouble.category, text, theme, end, by_phone, pace, dice.getrandbits(32))


def _moment(dice: random.Random, day: date, hour: int, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(hour, dice.randrange(60), dice.randrange(60)), zone)


def _pace(dice: random.Random) -> float:
    return dice.choice((0.6, 0.8, 1.0, 1.0, 1.3, 1.8))


def _spoken(text: str, home: str) -> str:
    building, unit, room = home.split("-")
    return text.format(b=building, u=unit, f=room[:-2])


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


def _weighed(dice: random.Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]
