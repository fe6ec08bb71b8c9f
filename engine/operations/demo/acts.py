"""Parts that many stories share, with the pauses that people make."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from engine.operations.demo.matter import Matter
from engine.operations.demo.timeline import Story


def minutes(number: int) -> timedelta:
    """Return this many minutes."""
    return timedelta(minutes=number)


def hours(number: float) -> timedelta:
    """Return this many hours."""
    return timedelta(hours=number)


def acknowledged(m: Matter, by: str = "agent", after: int = 6) -> Story:
    """The desk calls and says that the complaint is in."""
    yield minutes(after)
    m.do(by, "acknowledge", told_how=m.way("message"))


def judged(m: Matter, by: str = "agent", after: int = 7, **changed: Any) -> Story:
    """The desk confirms the triage; `changed`: its corrections."""
    yield minutes(after)
    known = m.variables()
    said = {name: known[name] for name in ("kind", "category", "urgency", "department", "households")}
    if known["about"]:
        said["about"] = known["about"]
    m.do(by, "confirm_triage", **{**said, "way": "department", **changed})


def taken_in(m: Matter, by: str = "agent", **changed: Any) -> Story:
    """Acknowledged and judged."""
    yield from acknowledged(m, by)
    yield from judged(m, by, **changed)


def in_contact(m: Matter, by: str, said: str, after: float = 1) -> Story:
    """The department accepts it and speaks with the resident."""
    yield hours(after)
    m.do(by, "accept_work")
    yield minutes(25)
    m.do(by, "first_contact", contact="reached", said=said, preferred="phone")


def looked_into(
    m: Matter, by: str, facts: str, cause: str = "equipment", finding: str = "own_fault", after: float = 3, **more: Any
) -> Story:
    """Somebody goes and looks."""
    yield hours(after)
    if finding == "own_fault":
        more = {"responsible": m.variables()["department"], **more}
    m.do(by, "investigate", looked_at=["site", "people"], facts=facts, cause=cause, finding=finding, **more)


def planned(
    m: Matter, by: str, steps: str, cost: int = 0, days: int = 2, consent: str = "not_needed", after: float = 1
) -> Story:
    """There is a plan."""
    yield hours(after)
    today = m.here().date()
    m.do(
        by,
        "plan",
        steps=steps,
        start_on=today.isoformat(),
        finish_on=(today + timedelta(days=days)).isoformat(),
        cost=cost,
        consent=consent,
    )


def carried_out(m: Matter, by: str, words: str, *photos: str, after: float = 4) -> Story:
    """It is done."""
    yield hours(after)
    done_at = (m.here() - minutes(20)).strftime("%Y-%m-%dT%H:%M")
    m.do(by, "carry_out", done_at=done_at, words=words, **({"photos": list(photos)} if photos else {}))


def told(m: Matter, by: str, words: str) -> Story:
    """The resident hears the result."""
    yield minutes(30)
    m.do(by, "tell_result", told_how=m.way("phone"), words=words, view="content")


def called(m: Matter, score: int = 5, outcome: str = "solved", by: str = "caller", **more: Any) -> Story:
    """The slot comes and the resident is reached."""
    yield from m.until("call_resident")
    yield minutes(20)
    m.do(
        by,
        "call_resident",
        call_result="reached",
        outcome=outcome,
        score=score,
        speed=score,
        attitude=max(score, 3),
        result=score,
        **more,
    )


def missed(m: Matter, by: str = "caller") -> Story:
    """The slot comes and nobody answers."""
    yield from m.until("call_resident")
    yield minutes(15)
    m.do(by, "call_resident", call_result="no_answer")


def set_actions(m: Matter, head: str, planned: Sequence[tuple[str, str, str]]) -> None:
    """The head of department sets actions: what, who (a part of the site's cast) and by which day."""
    typed: dict[str, Any] = {}
    for number, (what, owner, due) in enumerate(planned):
        row = {"what": what, "owner": m.site.login(owner), "due": due}
        typed |= {f"actions.{number}.{name}": value for name, value in row.items()}
    m.do(head, "set_actions", **typed)
