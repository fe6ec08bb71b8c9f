"""Look for warnings: once a week by the schedule, or when a manager asks."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from engine import history, jobs
from engine.company import calendars, permissions
from engine.company.people import Person
from engine.complaints import facts
from engine.complaints.limits import thresholds
from engine.core import clock
from engine.core.errors import Conflict
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import NewEntry
from engine.jobs import Job, Result, Told
from engine.processes import versions
from engine.warnings import finding
from engine.warnings.finding import WEEK, Signal
from engine.warnings.opening import PROCESS, Became, open_warning
from engine.warnings.queries import ACT
from engine.warnings.rows import WarningLook

KIND = "look_for_warnings"


def last_week(session: Session) -> date:
    """Return the Monday of the last week that is over, in the company's time zone."""
    today = clock.now().astimezone(calendars.of(session, None).zone).date()
    return today - timedelta(days=today.weekday()) - WEEK


def is_off(session: Session) -> bool:
    """Return whether the company wants no warnings."""
    return thresholds.of(session)["warning_most"] == 0


def is_published(session: Session) -> bool:
    """Return whether there is a process for warnings."""
    return versions.latest(session, PROCESS) is not None


def is_due(session: Session) -> bool:
    """Return whether the last week has not been looked at, though the day and hour for it have come."""
    week = last_week(session)
    if is_off(session) or session.get(WarningLook, week) is not None:
        return False
    if not is_published(session) or not facts.are_complete(session):
        return False
    set_to, zone = thresholds.of(session), calendars.of(session, None).zone
    day = week + WEEK + timedelta(days=set_to["warning_day"] - 1)
    return clock.now() >= datetime.combine(day, time(set_to["warning_hour"]), zone).astimezone(UTC)


def require_possible(session: Session) -> None:
    """Raise `Conflict` when warnings are switched off, their process was never published, or facts are being built."""
    if is_off(session):
        raise Conflict(
            zh="预警已停用：“提醒界限”里每周预警数是 0。改成大于 0 再查看。",
            en="Warnings are switched off: their number a week is 0 (reminder thresholds). Set a higher one first.",
        )
    if not is_published(session):
        raise Conflict(
            zh="还没有发布“预警巡查”流程（warning）。请流程负责人先发布它。",
            en="The process of warnings (warning) was never published. A process owner has to publish it first.",
        )
    if not facts.are_complete(session):
        raise Conflict(
            zh="升级后正在整理以往的投诉，整理完才能比较。请过一会儿再试。",
            en="After the upgrade past complaints are still being counted. Please try again in a while.",
        )


def ask(session: Session, by: Person) -> Job:
    """Have the last week looked at soon. Raises `NotPermitted`, `Conflict`."""
    if not permissions.reach(session, by, ACT):
        raise permissions.refusal(ACT)
    require_possible(session)
    return jobs.ask(session, KIND, {}, by=by)


@jobs.kind(KIND, zh="查看有没有新预警", en="Look for warnings")
def _run(store: Store, _settings: Settings, job: Job, told: Told) -> Result:
    with store.reading() as session:
        require_possible(session)
    looked = look(store, by_id=job.by_id, told=told)
    return Result(facts={name: looked[name] for name in ("charts", "opened", "left_out")})


def _silent(done: int, of: int) -> None:
    """Tell nobody how far it is."""


def look(store: Store, *, by_id: int | None = None, told: Told = _silent) -> dict[str, int]:
    """Look at the last week and open warnings, the strongest first and at most so many as the company wants.

    Each is opened in a transaction of its own. Looked at twice, or begun again after a worker died, nothing is opened
    twice. Return how many charts there were and what became of those that stood out.
    """
    with store.snapshot() as session:
        week, set_to = last_week(session), dict(thresholds.of(session))
        found = finding.find(session, week, fewest=set_to["warning_fewest"], past=bool(set_to["warning_past"]))
    became: Counter[Became] = Counter()
    for number, signal in enumerate(found.signals):
        told(number, len(found.signals))
        may_open = became["opened"] + became["there"] < set_to["warning_most"]
        became[store.attempt(lambda session, signal=signal, may_open=may_open: _open(session, signal, may_open))] += 1  # type: ignore[misc]
    counts = {
        "charts": found.charts,
        "signals": len(found.signals),
        "opened": became["opened"] + became["there"],
        "repeated": became["repeated"],
        "left_out": became["left_out"],
    }
    store.attempt(lambda session: _keep(session, week, by_id, counts))
    return counts


def _open(session: Session, signal: Signal, may_open: bool) -> Became:
    return open_warning(session, signal, may_open=may_open)[0]


def _keep(session: Session, week: date, by_id: int | None, counts: dict[str, int]) -> None:
    row = session.get(WarningLook, week) or WarningLook(week=week)
    row.at, row.by_id = clock.now(), by_id
    for name, count in counts.items():
        setattr(row, name, count)
    session.add(row)
    told = {"week": week.isoformat(), **counts, "warned": counts["opened"]}
    del told["opened"]
    history.add(session, history.company(session), [NewEntry("warnings.looked", by_id, None, told)])
    session.flush()
