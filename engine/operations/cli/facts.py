"""Commands about the facts that figures come from."""

import sys
from itertools import islice

import click
from sqlalchemy import func, select

from engine.complaints import facts as known
from engine.complaints.core.complaint import Complaint
from engine.measures import sums
from engine.operations.cli.root import Console, bihuan

SHOWN = 20
"""So many differences are printed."""


@bihuan.group()
def facts() -> None:
    """What figures are computed from."""


@facts.command()
@click.pass_obj
def rebuild(console: Console) -> None:
    """Work out all facts and sums anew. Needed after a change of the company's time zone, or if `check` finds any wrong."""
    with console.store.transaction() as session:
        known.begin_anew(session)
        sums.forget(session)
        last = session.scalar(select(func.max(Complaint.id))) or 0
    with click.progressbar(length=last, label="facts") as bar:
        known.build(console.store, told=lambda upto: bar.update(upto - bar.pos))
    days = sums.settle(console.store)
    console.say(f"指标的底数已重算，涉及 {days} 天。", f"All facts are worked out anew; {days} days.")


@facts.command()
@click.pass_obj
def check(console: Console) -> None:
    """Say where a fact differs from what the complaint's rows say, or a sum from the facts. Exit code 1 if any does."""
    with console.store.reading() as session:
        wrong = list(islice(known.differences(session), SHOWN))
        days = sums.wrong_days(session)
    for each in wrong:
        console.say(
            f"投诉 {each.complaint_id}：{each.name} 记为 {each.kept}，应为 {each.right}",
            f"complaint {each.complaint_id}: {each.name} is {each.kept}, should be {each.right}",
            fg="red",
        )
    for day in days:
        console.say(f"{day} 的合计不对", f"the sums of {day} are wrong", fg="red")
    if wrong or days:
        console.say("请运行 bihuan facts rebuild。", "Run bihuan facts rebuild.", fg="red")
        sys.exit(1)
    console.say("指标的底数与各件投诉一致：0 处不同。", "Facts agree with all complaints: 0 differences.", fg="green")
