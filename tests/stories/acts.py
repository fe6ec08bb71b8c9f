"""Sequences of steps shared by many stories."""

from datetime import timedelta

from engine.core import clock
from tests.stories.hands import Hands, Photo

PHOTO = [Photo()]


def acknowledged(hands: Hands) -> None:
    """A complaint about a lamp was received and acknowledged by the desk."""
    hands.complain()
    hands.do("agent", "acknowledge", told_how="phone")


def judged(hands: Hands, *, way: str = "department", **changed: object) -> None:
    """The desk has confirmed the triage; `changed`: its corrections."""
    said = {
        "kind": "complaint",
        "category": "1004",
        "urgency": "normal",
        "department": "engineering",
        "households": 1,
        "way": way,
    }
    hands.do("agent", "confirm_triage", **{**said, **changed})


def in_contact(hands: Hands, by: str = "engineer") -> None:
    """The department has accepted it and contacted the resident."""
    hands.do(by, "accept_work")
    hands.do(by, "first_contact", contact="reached", said="业主说明了情况")


def planned(
    hands: Hands, by: str = "engineer", *, finding: str = "own_fault", cost: int = 100, consent: str = "ask"
) -> None:
    """It was investigated and there is a plan."""
    investigated(hands, by, finding=finding)
    for other in ("engineer", "guard", "cleaner", "contractor"):
        if "assist" in hands.inbox(other):
            hands.do(other, "assist", assist_result="done", words="已配合")
    today = (clock.now() + timedelta(hours=8)).date()  # there
    days = {"start_on": str(today), "finish_on": str(today + timedelta(days=3))}
    hands.do(by, "plan", steps="更换灯具", cost=cost, consent=consent, **days)


def investigated(hands: Hands, by: str = "engineer", *, finding: str = "own_fault") -> None:
    """Somebody visited the site."""
    answers = {"looked_at": ["site"], "facts": "灯具老化", "finding": finding, "cause": "equipment"}
    if finding == "own_fault":
        answers["responsible"] = "engineering"
    hands.do(by, "investigate", **answers)


def done(hands: Hands, by: str = "engineer") -> None:
    """The plan was carried out and the resident told."""
    hands.do(by, "carry_out", done_at="2026-03-02T09:00", words="已更换")
    hands.do(by, "tell_result", told_how="phone", words="已修好")


def handled(hands: Hands) -> None:
    """From submission to the result, without complications."""
    acknowledged(hands)
    judged(hands)
    in_contact(hands)
    planned(hands)
    hands.accept_plan()
    done(hands)


def called(hands: Hands, by: str = "caller", *, score: int = 5, outcome: str = "solved", reason: str = "") -> None:
    """The callback was due and the resident was reached."""
    hands.until("call_resident", hours=1)
    said = {"reason": reason} if reason else {}
    hands.do(by, "call_resident", call_result="reached", outcome=outcome, score=score, **said)
