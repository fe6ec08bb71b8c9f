"""Baselines that stay: what was usual when somebody said "this is usual", until somebody moves it with a reason.

One that moved with every new week would follow a slow change, and no signal would ever be seen.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.company import permissions
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Invalid
from engine.core.store import Base
from engine.history import NewEntry
from engine.measures import charts
from engine.measures.charts import FEWEST, Baseline, Kind, Point

ACT = "figures.baseline"
LONGEST_REASON = 500


class FrozenBaseline(Base):
    """What is usual for a measure, by weeks or months (`step`), in one cut ("community=3&category=01"; "": all).

    From the points of `since` to before `until`; its numbers are kept, so that later corrections do not move it.
    The newest row of a measure, step and cut holds.
    """

    __tablename__ = "baselines"
    __table_args__ = (Index("ix_baselines_measure_cut", "measure", "cut", "step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(30))
    cut: Mapped[str] = mapped_column(String(200))
    step: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    since: Mapped[date]
    until: Mapped[date]
    centre: Mapped[float]
    spread: Mapped[float]
    widest: Mapped[float]
    count: Mapped[float]
    size: Mapped[float]
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]

    @property
    def usual(self) -> Baseline:
        """Return it as charts read it."""
        kind: Kind = "share" if self.kind == "share" else "rate"
        return Baseline(kind, self.centre, self.spread, self.widest, self.count, self.size, self.points)


def of(session: Session, measure: str, cut: str, step: str) -> list[FrozenBaseline]:
    """Return the baselines of a measure in one cut, the one that holds first."""
    asked = select(FrozenBaseline).where(
        FrozenBaseline.measure == measure, FrozenBaseline.cut == cut, FrozenBaseline.step == step
    )
    return list(session.scalars(asked.order_by(FrozenBaseline.id.desc()).limit(20)))


def freeze(
    session: Session,
    measure: str,
    cut: str,
    step: str,
    kind: Kind,
    points: list[tuple[date, Point]],
    until: date,
    *,
    reason: str,
    by: Person,
) -> FrozenBaseline:
    """Keep what these points make usual from now on. Raises `Invalid` without a reason or with too few points."""
    if not permissions.reach(session, by, ACT):
        raise permissions.refusal(ACT)
    wrong: dict[str, tuple[str, str]] = {}
    if not reason.strip() or len(reason) > LONGEST_REASON:
        wrong["reason"] = (
            f"请写明为什么，最多 {LONGEST_REASON} 个字。",
            f"Please say why, in at most {LONGEST_REASON} characters.",
        )
    if len([each for _day, each in points if each.size > 0]) < FEWEST:
        wrong["since"] = (f"基线至少要 {FEWEST} 个点。", f"A baseline needs at least {FEWEST} points.")
    if wrong:
        raise Invalid(wrong)
    usual = charts.baseline(kind, [each for _day, each in points])
    kept = FrozenBaseline(
        measure=measure, cut=cut, step=step, kind=kind, since=points[0][0], until=until, centre=usual.centre,
        spread=usual.spread, widest=usual.widest, count=usual.count, size=usual.size, points=usual.points,
        reason=reason.strip(), by_id=by.id, at=clock.now(),
    )  # fmt: skip
    session.add(kept)
    session.flush()
    facts = {"measure": measure, "cut": cut, "step": step, "since": kept.since, "until": until}
    history.add(session, history.company(session), [NewEntry("baseline.moved", by.id, facts=facts, note=kept.reason)])
    return kept
