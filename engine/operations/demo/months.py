"""The course of an ordinary complaint: the holder of its open task does it, until it has ended as its plot says."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from math import exp
from typing import Any

from engine.core.errors import Conflict, NotPermitted
from engine.operations.demo import callbacks
from engine.operations.demo.matter import Matter
from engine.operations.demo.plots import VOICES, Plot
from engine.operations.demo.plotted import Plotted, of_group
from engine.operations.demo.standing import Lost
from engine.operations.demo.timeline import Story

STEPS = 120
"""More acts than any plot needs: a story with more is in a loop."""

Doing = Callable[[Plotted], Story]


def told(plot: Plot) -> Callable[[Matter], Story]:
    """Tell the story of a plot."""

    def tell(m: Matter) -> Story:
        danger = bool(plot.theme.get("danger"))
        kind = {"on_the_spot": "enquiry", "praise": "praise", "wish": "suggestion"}.get(plot.end, "complaint")
        if plot.by_phone:
            m.call(plot.home, plot.category, plot.text, kind=kind, danger=danger)
        else:
            m.complain(plot.home, plot.category, plot.text, *_pictures(plot), kind=kind, danger=danger)
        yield timedelta(minutes=1)
        yield from _play(Plotted(m, plot))

    return tell


def _pictures(plot: Plot) -> tuple[str, ...]:
    """Return a photo in some of the stories."""
    known = {"1001": "lift", "1004": "lamp", "1005": "leak", "2001": "bins", "4002": "car"}
    return (known[plot.category],) if plot.category in known and plot.seed % 9 == 0 else ()


def _play(told: Plotted) -> Story:
    """Play until it has ended; what nobody of this company may do stays undone, as in life."""
    with suppress(Lost, Conflict, NotPermitted):
        yield from _acts(told)


def _acts(told: Plotted) -> Story:
    for _ in range(STEPS):
        open_now = told.m.open
        doing = next((each for name, each in ACTS.items() if name in open_now), None)
        if doing is not None:
            yield from doing(told)
        elif told.m.waits & WAITS.keys():
            yield from next(WAITS[name] for name in WAITS if name in told.m.waits)(told)
        elif told.m.ended:
            return
        else:
            yield told.until(told.m.here() + timedelta(hours=3))


# ---- the desk


def _acknowledge(told: Plotted) -> Story:
    yield told.usual("acknowledge")
    told.m.do("agent", "acknowledge", told_how=told.m.way("message"))


def _confirm(told: Plotted) -> Story:
    yield told.usual("confirm")
    known = told.m.variables()
    said: dict[str, Any] = {name: known[name] for name in ("kind", "category", "urgency", "department", "households")}
    way = {"on_the_spot": "on_the_spot", "praise": "on_the_spot", "wish": "on_the_spot", "outside": "outside"}
    said["way"] = way.get(told.plot.end, "department")
    said["department"] = said["department"] or "desk"
    told.m.do("agent", "confirm_triage", **said)
    if told.plot.end == "merged" and (earlier := told.m.earlier()) is not None:
        yield told.after(0.1)
        told.m.merge_into("agent", earlier, note="同一户同一件事")


def _settle(told: Plotted) -> Story:
    yield told.after(0.08)
    told.m.do("agent", "settle", words=told.plot.theme["answer"], satisfied="yes")


def _pass_on(told: Plotted) -> Story:
    yield told.after(1.5)
    told.m.do(
        "agent", "pass_on", passed_to=told.plot.theme.get("to", "authority"), told_how=told.m.way("phone"),
        words=told.plot.theme["answer"],
    )  # fmt: skip


# ---- the department


def _make_safe(told: Plotted) -> Story:
    yield timedelta(minutes=17)
    arrived = (told.m.here() - timedelta(minutes=9)).strftime("%Y-%m-%dT%H:%M")
    element = next(each for each in ("make_safe_now", "make_safe") if told.m.groups(each))
    told.whoever(
        element, arrived_at=arrived, injured="no", urgency="urgent",
        measures="已放人，均平安，电梯停用待检", photos=["lift"],
    )  # fmt: skip


def _accept(told: Plotted) -> Story:
    if told.plot.end == "late" and not told.contacted:
        yield from told.m.until("supervise")
        yield told.after(0.5)
        for group in told.m.groups("supervise")[:1]:
            told.m.do(of_group(group), "supervise", action="speed_up", reason="业主等得太久，请马上联系")
    yield told.usual("accept")
    told.m.do(told.lead, "accept_work")


def _contact(told: Plotted) -> Story:
    yield told.usual("contact")
    told.contacted += 1
    told.m.do(told.lead, "first_contact", contact="reached", said=told.some("said"), preferred="phone")
    if told.plot.end == "withdrawn":
        yield told.after(2)
        told.m.withdraw(told.dice.choice(("已经好了，不用管了", "是我看错了，撤了吧", "家里人自己处理了")))


def _investigate(told: Plotted) -> Story:
    yield told.usual("investigate")
    finding = told.plot.theme.get("finding", "own_fault")
    if told.plot.end == "unfounded" and not told.told:
        told.m.do(
            told.lead, "investigate", looked_at=["records", "people"], facts="调取记录核对，情况与反映不符，已当面说明",
            finding="unfounded", cause="outside", evidence=["sheet"],
        )  # fmt: skip
        return
    more = {"responsible": told.m.variables()["department"]} if finding == "own_fault" else {}
    told.m.do(
        told.lead, "investigate", looked_at=["site", "people"], facts=told.some("facts"), finding=finding,
        cause=told.plot.theme["cause"], **more,
    )  # fmt: skip


def _assist(told: Plotted) -> Story:
    yield told.after(1)
    for group in told.m.groups("assist"):
        told.m.do(of_group(group), "assist", assist_result="done", words="已配合现场处理")


def _plan(told: Plotted) -> Story:
    yield told.usual("plan")
    today = told.m.here().date()
    cost = round(told.dice.choice(told.plot.theme.get("cost", [0])) * told.dice.uniform(0.8, 1.25) / 5) * 5
    asks = told.dice.random() < 0.2 and told.m.variables()["urgency"] not in ("critical", "urgent")
    told.m.do(
        told.lead, "plan", steps=told.some("steps"), start_on=today.isoformat(),
        finish_on=(today + timedelta(days=2)).isoformat(), cost=cost,
        consent="ask" if asks else "not_needed",
    )  # fmt: skip


def _approve(told: Plotted) -> Story:
    yield told.after(2)
    for group in told.m.groups("approve"):
        told.m.do(of_group(group), "approve", approved="yes")


def _carry_out(told: Plotted) -> Story:
    if not told.told:
        yield from _hindered(told)
    yield told.usual("carry_out")
    done_at = (told.m.here() - timedelta(minutes=20)).strftime("%Y-%m-%dT%H:%M")
    told.m.do(told.lead, "carry_out", done_at=done_at, words=told.some("done"), **_spent(told))


def _hindered(told: Plotted) -> Story:
    """Something comes between plan and work, or somebody makes its lateness look better."""
    if told.plot.end == "overdue":
        yield told.after(60)
    elif told.plot.end in ("paused", "paused_late") and not told.pauses:
        told.pauses += 1
        if told.plot.end == "paused_late" and (almost := told.m.used_up("resolve", "0.88")):
            yield told.until(almost)
        days = told.dice.choice((2, 3, 5))
        told.m.pause("manager", "third_party", days, "等厂家配件，已催发货")
        yield told.after(days * 20, 0.2)
    elif told.plot.end == "renamed" and not told.renamed and (due := told.m.used_up("resolve", "1")):
        told.renamed = True
        yield told.until(due + timedelta(hours=told.dice.uniform(1, 9)))
        others = [each["category"] for each in VOICES["themes"] if each["department"] == told.plot.theme["department"]]
        told.m.rename("dispatch", told.dice.choice([each for each in others if each != told.plot.category]), "重新归类")


def _spent(told: Plotted) -> dict[str, float]:
    """Return what it really cost, which most people write down."""
    planned = float(str(told.m.variables().get("cost") or 0))
    if told.dice.random() < 0.3:
        return {}
    return {"actual_cost": round(planned * exp(told.dice.gauss(0.02, 0.16)), 2)}


def _approve_cost(told: Plotted) -> Story:
    yield told.after(2)
    told.whoever("approve_cost", approved="yes", words="现场情况比预计复杂，属实")


def _tell(told: Plotted) -> Story:
    yield told.usual("tell")
    told.told += 1
    told.m.do(told.lead, "tell_result", told_how=told.m.way("phone"), words=told.some("told"))
    if told.plot.end == "online":
        yield told.after(5, 0.8)
        if "resident_answer" in told.m.waits:
            score = callbacks.score(told)
            kind = ("", "", "挺快的", "谢谢师傅", "可以") if score > 2 else callbacks.UNHAPPY
            told.m.answer("solved", score, told.dice.choice(kind))


# ---- what is left


def _ask_rest(told: Plotted) -> Story:
    yield told.after(2)
    told.m.do("caller", "ask_rest", left="还有一处没弄好，业主可以接受", wish_now="accept")


def _decide_rest(told: Plotted) -> Story:
    yield told.after(3)
    told.whoever("decide_rest", rest="close", words="余下部分列入巡查，业主已同意")


def _explain_unsolved(told: Plotted) -> Story:
    yield told.after(3)
    told.whoever(
        "explain_unsolved", unsolved_reason="demand",
        explanation="我们已几次上门处理，仍达不到您的要求；现状和能做到的已逐项写明，请您谅解，以后每季度再看一次。",
    )  # fmt: skip


# ---- unfounded


def _head_confirms(told: Plotted) -> Story:
    yield told.after(2)
    told.whoever("head_confirms", head_agrees="yes", words="材料清楚", evidence=["sheet"])


def _quality_confirms(told: Plotted) -> Story:
    yield told.after(3)
    told.whoever("quality_confirms", quality_agrees="yes", words="核对无误", evidence=["sheet"])


def _process_check(told: Plotted) -> Story:
    yield told.after(3)
    told.whoever("process_check", process_state="sound", words="流程没有漏洞")


# ---- the resident


def _plan_answer(told: Plotted) -> Story:
    yield told.after(2)
    if "plan_answer" in told.m.waits:  # nobody has gone ahead without an answer meanwhile
        told.m.accept()


ACTS: Mapping[str, Doing] = {
    "acknowledge": _acknowledge, "make_safe": _make_safe, "confirm_triage": _confirm, "make_safe_now": _make_safe, "settle": _settle,
    "pass_on": _pass_on, "accept_work": _accept, "first_contact": _contact, "investigate": _investigate,
    "assist": _assist, "plan": _plan, "approve": _approve, "approve_cost": _approve_cost, "carry_out": _carry_out, "tell_result": _tell,
    "call_resident": callbacks.call, "ask_rest": _ask_rest, "decide_rest": _decide_rest, "explain_unsolved": _explain_unsolved, "head_confirms": _head_confirms,
    "quality_confirms": _quality_confirms, "process_check": _process_check,
}  # fmt: skip
WAITS: Mapping[str, Doing] = {"plan_answer": _plan_answer}
