"""A plot being told: the matter, its dice, how long people take, and what has happened in it."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from engine.core import clock
from engine.operations.demo.matter import Matter
from engine.operations.demo.plots import Plot
from engine.operations.demo.timeline import MORNING, NIGHT, by_day

HANDLER = {
    "engineering": "engineer", "security": "guard", "cleaning": "cleaner", "finance": "accountant", "desk": "agent",
    "quality": "quality", "legal": "legal", "extras": "extras", "contractors": "extras",
}  # fmt: skip
LEADS = ("", "manager", "region", "board")
"""Who leads at each level above the department."""

AT_ONCE = frozenset({"critical", "urgent"})
"""Urgencies for which somebody comes at night and on Sundays."""

AT_THE_DESK = frozenset({"acknowledge", "confirm"})
"""Steps of the desk, which has somebody there on most nights."""

SLOWER_AT_NIGHT = 2.6
"""One electrician is on duty for all communities, and the lift company is an hour away."""

HOURS: Mapping[str, Mapping[str, float]] = {
    "acknowledge": {"critical": 0.03, "urgent": 0.05, "normal": 0.065, "complex": 0.07},
    "confirm": {"critical": 0.03, "urgent": 0.1, "normal": 0.2, "complex": 0.3},
    "accept": {"critical": 0.08, "urgent": 0.33, "normal": 2.4, "complex": 3},
    "contact": {"critical": 0.08, "urgent": 0.25, "normal": 1.2, "complex": 2},
    "investigate": {"critical": 0.5, "urgent": 1, "normal": 4, "complex": 20},
    "plan": {"critical": 0.5, "urgent": 0.6, "normal": 2.5, "complex": 14},
    "carry_out": {"critical": 3, "urgent": 3.6, "normal": 13, "complex": 60},
    "tell": {"critical": 0.3, "urgent": 0.5, "normal": 1.2, "complex": 2},
}
"""How long people usually take for a step, in hours; half of them take longer."""

SPREAD: Mapping[str, float] = {"acknowledge": 0.75, "confirm": 0.6, "accept": 0.6, "contact": 0.6, "carry_out": 0.95}
"""How far they differ: the standard deviation of the logarithm, 0.5 for other steps."""


class Plotted:
    """A plot being told."""

    def __init__(self, m: Matter, plot: Plot) -> None:
        self.m, self.plot, self.dice = m, plot, plot.draw()
        self.contacted = self.told = self.calls = self.pauses = 0
        self.renamed = False

    def some(self, name: str) -> str:
        """Return one of the theme's ways to say it."""
        return str(self.dice.choice(self.plot.theme[name]))

    def until(self, moment: datetime, at_night: float = 0.03) -> timedelta:
        """Return the pause until a moment, or until there is somebody again after it; `at_night`: how likely somebody
        is there then."""
        urgent = self.m.variables().get("urgency") in AT_ONCE
        there = moment if urgent or self.dice.random() < at_night else self._at_work(moment)
        return max(there - clock.now(), timedelta())

    def after(self, hours: float, spread: float = 0.5, at_night: float = 0.03) -> timedelta:
        """Return a pause of about so many hours, as busy people make it."""
        taken = hours * self.plot.pace * math.exp(self.dice.gauss(0, spread))
        return self.until(clock.now() + timedelta(seconds=int(taken * 3600)), at_night)

    def usual(self, step: str) -> timedelta:
        """Return the pause before a step, by the urgency of the complaint and the time of day."""
        hours = HOURS[step][str(self.m.variables().get("urgency") or "normal")]
        if not MORNING <= self.m.here().hour < NIGHT:
            hours *= SLOWER_AT_NIGHT
        return self.after(hours, SPREAD.get(step, 0.5), 0.6 if step in AT_THE_DESK else 0.03)

    def _at_work(self, moment: datetime) -> datetime:
        """Return when somebody does it: by day, and only on every other Sunday."""
        zone = self.m.stage.zone
        day = by_day(moment, zone)
        sunday = day.astimezone(zone).weekday() == 6
        return by_day(day + timedelta(days=1), zone) if sunday and self.dice.random() < 0.5 else day

    def whoever(self, element: str, **answers: Any) -> None:
        """The holder of the open task of this element does it."""
        self.m.do(of_group(self.m.groups(element)[0]), element, **answers)

    @property
    def lead(self) -> str:
        """Return who handles it now."""
        known = self.m.variables()
        level = int(known.get("level") or 0)  # type: ignore[call-overload]
        return LEADS[min(level, 3)] if level else HANDLER[str(known.get("department") or "desk")]


def of_group(group: str) -> str:
    """Return who does the tasks of a group."""
    known = {"project_manager": "manager", "region:region_quality": "region", "company:headquarters": "board"}
    department, _, role = group.split(":")[-1].partition("/")
    return known.get(group) or (department if role == "head" else HANDLER.get(department, department))
