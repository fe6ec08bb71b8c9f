"""Numbers the company sets: what makes a repeat or a group, how many tasks are too many, when alarms go further up."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.casework.cases.domain import FEWEST_TASKS, MOST_TASKS
from engine.core import memo
from engine.core.errors import Invalid, NotFound
from engine.core.memo import remembered
from engine.core.store import Base


@dataclass(frozen=True, slots=True)
class KnownThreshold:
    """A threshold that the product knows: its default and its description."""

    value: int
    least: int
    most: int
    zh: str
    en: str

    def said(self, language: str = "zh") -> str:
        """Return its description in one language."""
        return self.zh if language == "zh" else self.en


KNOWN: Mapping[str, KnownThreshold] = {
    "repeat_days": KnownThreshold(
        30, 1, 365, "几天内同一住户同类投诉算重复", "Days within which a household's same matter repeats"
    ),
    "place_days": KnownThreshold(
        30, 1, 365, "登记时列出同一单元几天内的投诉", "Days of a building's complaints shown at the desk"
    ),
    "group_hours": KnownThreshold(
        48, 1, 720, "几小时内的同类投诉可归为一组", "Hours within which the same matter makes a group"
    ),
    "idle_days": KnownThreshold(
        5, 1, 90, "几天没有任何进展算停滞", "Days without anything done that make a complaint stuck"
    ),
    "mails_a_day": KnownThreshold(
        10, 1, 200, "一个邮箱一天最多受理并答复几封新来信", "New mails of one address taken and answered in a day"
    ),
    "open_tasks": KnownThreshold(
        MOST_TASKS, FEWEST_TASKS, 1000, "一个案件最多同时打开几个任务", "Tasks that one case may have open at once"
    ),
    "group_households": KnownThreshold(3, 2, 1000, "几户反映同一问题提示归组", "Households that make a group"),
    "refusals": KnownThreshold(
        2, 1, 20, "部门第几次退单时请上级定由谁办", "Refusals by departments at which a supervisor is asked"
    ),
    "alarm_repeat": KnownThreshold(
        1, 1, 60, "险情没人说“我去”时，每几分钟再通知一次", "Minutes between two calls of an alarm that nobody answers"
    ),
    "alarm_next": KnownThreshold(
        3,
        1,
        120,
        "几分钟没人去，就同时通知本部门其他人和安保",
        "Minutes until an alarm calls the rest and security too",
    ),
    "alarm_above": KnownThreshold(
        6,
        1,
        240,
        "几分钟没人去，就同时通知项目经理和区域",
        "Minutes until an alarm calls project manager and region too",
    ),
    "danger_likeness": KnownThreshold(
        50,
        30,
        100,
        "没写到危险的说法，但整段话像有危险：像到百分之几时先请客服核实",
        "Percent by which a text without danger patterns must read like danger for the desk to confirm it first",
    ),
    "alarms_per_sender": KnownThreshold(
        3,
        1,
        100,
        "同一网络地址或邮箱一小时内最多几件直接报警",
        "Emergencies an hour from one address that raise an alarm",
    ),
    "alarms_per_place": KnownThreshold(
        3, 1, 100, "同一栋楼一小时内最多几件直接报警", "Emergencies an hour at one building that raise an alarm"
    ),
    "warning_most": KnownThreshold(
        20, 0, 500, "每周最多几条预警，最强的优先（0：停用预警）", "Warnings a week, strongest first (0: none at all)"
    ),
    "warning_fewest": KnownThreshold(
        3, 1, 100, "一周至少几件才预警", "Complaints in a week that it takes for a warning"
    ),
    "warning_day": KnownThreshold(
        1, 1, 7, "星期几查看上周有没有预警（1：星期一）", "Day on which last week is looked at for warnings (1: Monday)"
    ),
    "warning_hour": KnownThreshold(8, 0, 23, "那天几点起查看", "Hour from which last week is looked at on that day"),
    "warning_past": KnownThreshold(
        0,
        0,
        1,
        "导入的历史投诉算不算进“平常”（1：算，0：不算）",
        "Whether imported past complaints say what is usual (1: yes)",
    ),
    "improvement_hour": KnownThreshold(
        6, 0, 23, "每天几点按规则表自动立项改进", "Hour of the day at which improvements begin by the table"
    ),
    "improvement_most": KnownThreshold(
        1,
        0,
        50,
        "一个小区一天最多自动立项几项，最强的优先（0：不自动立项）",
        "Improvements that begin by themselves in a community a day, strongest first (0: none)",
    ),
    "improvement_span": KnownThreshold(
        90, 7, 366, "自动立项看最近几天的投诉", "Days of complaints that improvements begin from by themselves"
    ),
    "improvement_place_span": KnownThreshold(
        30, 7, 366, "同一栋楼反复投诉，看最近几天", "Days of complaints of one building looked at for that"
    ),
    "improvement_quiet": KnownThreshold(
        180,
        0,
        1096,
        "改进结束几天内，同一小区同一类不再自动立项",
        "Days after an improvement ended in which none of its kind begins there by itself",
    ),
    "homes_middle": KnownThreshold(
        300, 1, 100_000, "指标按小区大小分：多少户起算中等小区", "Homes from which a community is a middle-sized one"
    ),
    "homes_large": KnownThreshold(
        1000, 2, 100_000, "指标按小区大小分：多少户起算大小区", "Homes from which a community is a large one"
    ),
    "target_response": KnownThreshold(
        95, 0, 100, "指标目标：响应及时率至少百分之几（0：不设）", "Target: percent answered within 24 hours (0: none)"
    ),
    "target_loop": KnownThreshold(
        90, 0, 100, "指标目标：闭环率至少百分之几（0：不设）", "Target: percent of closed loops (0: none)"
    ),
    "target_second": KnownThreshold(
        5,
        0,
        100,
        "指标目标：二次投诉率最多百分之几（0：不设）",
        "Target: at most this percent second complaints (0: none)",
    ),
    "target_solved": KnownThreshold(
        80, 0, 100, "指标目标：解决率至少百分之几（0：不设）", "Target: percent solved (0: none)"
    ),
    "target_satisfied": KnownThreshold(
        85, 0, 100, "指标目标：满意率至少百分之几（0：不设）", "Target: percent satisfied (0: none)"
    ),
    "target_in_time": KnownThreshold(
        0, 0, 100, "指标目标：按时办结率至少百分之几（0：不设）", "Target: percent resolved in time (0: none)"
    ),
}
"""Defaults by code. Sources: a second complaint within 30 days, three households go to headquarters (industry
defaults); an emergency is called out again each minute, to the next after three and further up after six, so that
somebody can be there within the 20 minutes of the table `limits`; closed loop, second complaints and satisfaction as
the PSI index wants them; the others are our own."""


class Threshold(Base):
    """A threshold changed by the company."""

    __tablename__ = "thresholds"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


@dataclass
class Read:
    """The thresholds read by a session."""

    values: dict[str, int] | None = None


def of(session: Session) -> dict[str, int]:
    """Return every threshold by code, with the company's changes: one statement a session."""
    kept = remembered(session, Read)
    if kept.values is None:
        own = {row.code: row.value for row in session.scalars(select(Threshold))}
        kept.values = {code: own.get(code, known.value) for code, known in KNOWN.items()}
    return kept.values


def open_tasks(session: Session) -> int:
    """Return how many tasks one case may have open at once."""
    return of(session)["open_tasks"]


def change(session: Session, code: str, value: int) -> None:
    """Set one threshold. Raises `NotFound` for an unknown code, `Invalid` naming it when the value is out of bounds.

    The caller checks the permission and writes the entry in the company's record.
    """
    known = KNOWN.get(code)
    if known is None:
        raise NotFound
    if not known.least <= value <= known.most:
        raise Invalid(
            {
                code: (
                    f"“{known.zh}”：请填 {known.least} 到 {known.most} 之间的整数。",
                    f"“{known.en}”: a whole number from {known.least} to {known.most}.",
                )
            }
        )
    row = session.get(Threshold, code)
    if row is None:
        session.add(Threshold(code=code, value=value))
    else:
        row.value = value
    memo.forget(session)
    session.flush()
