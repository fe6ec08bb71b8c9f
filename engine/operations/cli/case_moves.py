"""`bihuan process move`: running cases of a process to another version."""

import sys
from collections.abc import Sequence

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import jobs
from engine.administration import case_moves
from engine.administration.case_moves import Stands, Wanted
from engine.bpmn.execution import Plan
from engine.company import people
from engine.company.people import Person
from engine.company.places import Place
from engine.core.errors import Unclear
from engine.operations.cli.process import process
from engine.operations.cli.root import Console

SOME_STAYED = 3
"""Exit code when some cases could not be moved."""


@process.command("move")
@click.argument("name")
@click.option("--as", "login", required=True, help="The log-in of the person who moves them; their permissions count.")
@click.option("--since", multiple=True, type=int, metavar="NUMBER", help="Only cases on this version (several times).")
@click.option("--to", type=int, metavar="NUMBER", help="The version they go to; by default the newest.")
@click.option("--community", default="", help="Only cases of this community: its code or name.")
@click.option("--number", default="", help="Only cases whose number begins so.")
@click.option("--stopped", is_flag=True, help="Only cases that a failure has stopped.")
@click.option("--map", "steps", multiple=True, metavar="OLD=NEW", help="Where a step goes; OLD= ends its path there.")
@click.option("--retime", is_flag=True, help="Work out timers and due dates anew.")
@click.option("--reason", default="", help="Why; recorded in the history of each case.")
@click.option("--dry-run", is_flag=True, help="Really move each case and take it back; say which cannot and why.")
@click.pass_obj
def move(console: Console, /, name: str, login: str, dry_run: bool, reason: str, **asked: object) -> None:
    """Move running cases of the process NAME to another version.

    Exit code 0: all were moved (or could be); 3: some could not, and stay as they were.
    """

    def begin(session: Session) -> tuple[Person, Wanted, list[Stands]]:
        by = people.by_login(session, login)
        if by is None:
            raise Unclear(zh=f"没有登录名「{login}」。", en=f'there is nobody with the log-in "{login}".')
        wanted = wanted_by(session, by, name, **asked)  # type: ignore[arg-type]
        case_moves.check(session, by, wanted, reason, trial=dry_run)
        return by, wanted, case_moves.survey(session, by, wanted)

    by, wanted, found = console.store.attempt(begin)
    for each in found:
        tell(console, each)
    facts = {**wanted.facts(), "reason": reason.strip(), "trial": dry_run}
    job = jobs.run_now(console.store, console.settings, case_moves.KIND, facts, lambda done, of: None, by=by)
    sys.exit(conclude(console, job))


def wanted_by(
    session: Session, by: Person, name: str, *, since: Sequence[int], to: int | None, community: str, number: str,
    stopped: bool, steps: Sequence[str], retime: bool,
) -> Wanted:  # fmt: skip
    """Return which cases the options mean. Raises `Unclear` for a community that there is not, `NotFound`."""
    running = case_moves.running(session, by, name)
    pins = tuple(each.pin for each in running if not since or each.number in since)
    plan = Plan({old.strip(): new.strip() for old, _, new in (each.partition("=") for each in steps)}, retime)
    place = None
    if community:
        named = select(Place).where(Place.kind == "community")
        place = next((each for each in session.scalars(named) if community in (each.code, each.name)), None)
        if place is None:
            raise Unclear(zh=f"没有小区「{community}」。", en=f'there is no community "{community}".')
    pin = case_moves.pin_of(session, name, to)
    return Wanted(name, pins, pin, place.id if place else None, number, stopped, plan)


def tell(console: Console, each: Stands) -> None:
    """Print what stands at one step, and where it goes."""
    name = each.element.name or each.element.id
    counts = f"{each.tasks} / {each.timers} / {each.messages}"
    if each.goes_to is not None:
        to = (each.goes_to.name or each.goes_to.id, each.goes_to.name or each.goes_to.id)
    else:
        to = ("到此为止", "its path ends") if each.ends else ("没有去处，留下", "nowhere to go: stays")
    zh = f"  {name}（{each.element.id}）：任务/定时/消息 {counts} → {to[0]}"
    console.say(zh, f"  {name} ({each.element.id}): tasks/timers/messages {counts} → {to[1]}")


def conclude(console: Console, job: jobs.Job) -> int:
    """Print how it went; return the exit code."""
    if job.state != "done":
        raise Unclear(zh=job.zh, en=job.en)
    told = job.outcome
    for _, number, zh, en in told["why"]:
        console.say(f"  {number}：{zh}", f"  {number}: {en}", fg="yellow")
    moved, stayed = told["moved"] + told["stopped"], told["stayed"]
    verb = ("能移", "can be moved") if told["trial"] else ("已移动", "moved")
    zh = f"{verb[0]} {moved} 件，留下 {stayed} 件，别人已移 {told['already']} 件"
    console.say(zh, f"{moved} {verb[1]}, {stayed} stay, {told['already']} were there already", bold=True)
    return SOME_STAYED if stayed else 0
