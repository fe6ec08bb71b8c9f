"""The figures: the three of the PSI index first, the others in four views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, render_template

from engine.company.people import Person
from engine.measures import figures, targets
from engine.measures import past as past_complaints
from engine.measures.definitions import MEASURES
from engine.measures.measure import Measure, Part, Value
from engine.measures.scopes import SEE
from web.figures import asking, case_links, words
from web.figures.asking import Asked
from web.figures.words import Change
from web.shared import charts, codes_in_words
from web.shell import current
from web.shell.guard import rule

blueprint = Blueprint("figures", __name__, url_prefix="/figures")
blueprint.context_processor(codes_in_words.context)

TREND = timedelta(weeks=26)


@dataclass(frozen=True, slots=True)
class Shown:
    """One measure of the page, with the same of the period before and of a year ago."""

    measure: Measure
    value: Value
    target: float | None
    before: Change | None
    year_ago: Change | None
    trend: Sequence[str] = ()

    @property
    def state(self) -> str:
        """Whether the target is met: done, soon (chance leaves it open), late, or "" without one."""
        return words.against(self.measure, self.value, self.target)


@blueprint.get("")
@rule(SEE)
def index() -> str:
    """Every measure of a period, with its interval, its target, and what moved."""
    asked = asking.read()
    me, every = current.someone(), list(MEASURES)
    shown = values(me, asked, every)
    for code in (code for each in words.PSI for code in each):
        shown[code] = with_trend(me, asked, shown[code])
    return render_template(
        "figures/index.html",
        psi=[[shown[code] for code in each] for each in words.PSI],
        views=[(code, name, [shown[each] for each in mine]) for code, name, mine in words.views()],
        words=words,
        past=past(me, asked, every),
        all_measures=MEASURES,
        link=lambda measure, part: link(asked, measure, part),
        **asking.choices(asked),
    )


def link(asked: Asked, measure: str, part: Part) -> str:
    """Where a number leads."""
    return case_links.of(asked, measure, part)


def past(person: Person, asked: Asked, codes: Sequence[str]) -> dict[str, int]:
    """How many imported past complaints each measure counts, where they were asked for."""
    if not asked.scope.past:
        return {}
    return past_complaints.counted(current.reading(), person, codes, asked.scope, asked.since, asked.until)


def values(person: Person, asked: Asked, codes: Sequence[str]) -> dict[str, Shown]:
    """The measures of the period, compared with the one before and that of a year ago."""
    session = current.reading()

    def of(since: date, until: date) -> dict[str, dict[str, Value]]:
        return figures.values(session, person, codes, asked.scope, since, until)

    now, before, year_ago = of(asked.since, asked.until), of(*asked.before()), of(*asked.year_ago())
    found = {}
    for code in codes:
        measure = MEASURES[code]
        value = now[code][""]
        last, same = (words.change(measure, value, each[code][""]) for each in (before, year_ago))
        found[code] = Shown(measure, value, targets.of(session, measure), last, same)
    return found


def with_trend(person: Person, asked: Asked, shown: Shown) -> Shown:
    """The same with a small line of its last half year, by week; weeks that have not matured are left out."""
    code = shown.measure.code
    begin = asked.until - TREND
    series = figures.series(
        current.reading(), person, code, asked.scope, begin - timedelta(days=begin.weekday()), asked.until, "week"
    )
    numbers = [each.hit / each.size if each.size and not each.immature else None for _day, each in series]
    return Shown(shown.measure, shown.value, shown.target, shown.before, shown.year_ago, charts.sparkline(numbers))
