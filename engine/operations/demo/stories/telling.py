"""The list of stories, and when each began."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from engine.operations.demo.company import HOME, SITES, Site
from engine.operations.demo.matter import Matter
from engine.operations.demo.timeline import Story

Teller = Callable[[Matter], Story]


@dataclass(frozen=True, slots=True)
class Telling:
    """A story and its beginning: so long ago, or so many days ago at a time of day."""

    teller: Teller
    ago: timedelta
    at: time | None
    site: Site

    def begins(self, now: datetime, zone: tzinfo) -> datetime:
        """Return the moment at which it begins when it is told now."""
        moment = now - self.ago
        if self.at is None:
            return moment
        return datetime.combine(moment.astimezone(zone).date(), self.at, zone)


STORIES: list[Telling] = []


def story(at: str = "", site: str = HOME.code, **ago: float) -> Callable[[Teller], Teller]:
    """Register the decorated story: `days=3, at="09:20"`, or `minutes=40`; `site`: the code of its community."""

    def enter(teller: Teller) -> Teller:
        where = next(each for each in SITES if each.code == site)
        STORIES.append(Telling(teller, timedelta(**ago), time.fromisoformat(at) if at else None, where))
        return teller

    return enter
