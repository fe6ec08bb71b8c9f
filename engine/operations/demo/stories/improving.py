"""Improvements of recurring problems. Their figures and verdicts come from the complaints that were told."""

from collections.abc import Mapping, Sequence
from datetime import date

from engine.operations.demo import acts
from engine.operations.demo.copying import STANDS_AT
from engine.operations.demo.matter import Matter
from engine.operations.demo.stories.telling import story
from engine.operations.demo.timeline import Story
from engine.operations.demo.troubles import BINS_TOLD, DOORS_TOLD


def _ago(day: date) -> int:
    """Return how many days before the demo's moment that day is: its trouble ends on a day of the calendar."""
    return (STANDS_AT.date() - day).days


@story(days=26, at="09:30", site="CHY")
def lifts_at_night(m: Matter) -> Story:
    """A hot spot: the lifts of one building fail at night. The actions are being done."""
    m.complain("5-1-1001", "1001", "五栋电梯一到晚上十点以后就停，这个月第六次了，你们到底查不查原因")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer", "业主有记录：六次都在 22 点以后", after=0.5)
    yield from acts.looked_into(m, "engineer", "夜间电压偏高，变频器保护动作；白天正常", after=3)
    yield from acts.planned(m, "engineer", "调整变频器保护参数，夜间派人值守一周", cost=190)
    yield from acts.carried_out(m, "engineer", "参数已调，值守一周未停梯", after=20)
    yield from acts.told(m, "engineer", "参数已调整，夜里有人值守；根本原因我们立项继续查")
    yield from acts.called(m, 4)
    yield acts.hours(2)
    m.improve("engineering", "五栋电梯夜间停梯", "engineering", "equipment")
    whys = ("变频器保护停机", "夜间电压高", "变压器分接头按白天负荷调")
    yield from _planned(
        m, ("engineering", "engineer"), whys, "夜间小区负荷低，电压升到 242 V，变频器按出厂参数保护停机",
        goal={"goal_category": "1001", "goal_building": "5", "goal_hours": "night", "hoped": "70"}, window="12",
        what="与供电公司调低变压器分接头，夜间电压不超过 235 V",
        also="五栋两台变频器换保护范围更宽的型号",
    )  # fmt: skip
    yield acts.hours(24 * 6)
    m.do("engineer", "do_action", action_result="done", words="分接头已调，连续三晚测得 231 到 234 V")


@story(days=_ago(DOORS_TOLD), at="14:10", site="WTY")
def doors_that_stay_open(m: Matter) -> Story:
    """An improvement that worked, and has become the way to do it."""
    m.complain("2-1-302", "1006", "单元门一直敞着，推销的随便进，修过三次了")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer", "业主说每次修完两三周又坏", after=0.5)
    yield from acts.looked_into(m, "engineer", "闭门器选型过小，铁门太重", "supplier", after=2)
    yield from acts.planned(m, "engineer", "换大一号闭门器", cost=160)
    yield from acts.carried_out(m, "engineer", "已更换，开关 100 次正常", after=6)
    yield from acts.told(m, "engineer", "已换大一号的闭门器")
    yield from acts.called(m, 5)
    yield acts.hours(3)
    m.improve("engineering", "单元门关不上", "engineering", "supplier")
    whys = ("闭门器拉不动门", "闭门器小一号", "采购只看价钱")
    yield from _planned(
        m, ("engineering", "engineer"), whys, "采购按最低价买，闭门器承重与铁门不配",
        goal={"goal_category": "1006", "hoped": "70"}, window="16",
        what="五栋十个单元全部换 80 公斤级闭门器", also="闭门器承重写进采购清单",
    )  # fmt: skip
    yield acts.hours(24 * 22)
    m.do("engineer", "do_action", action_result="done", words="十个单元全部更换完毕")
    yield acts.hours(5)
    m.do("engineering", "do_action", action_result="done", words="采购清单已改，供应商已确认")
    yield from _checked(m, "写进设备选型标准，其他小区照此办理", "没有效果，先停下来重新找原因")


@story(days=_ago(BINS_TOLD), at="10:20", site="JNF")
def bins_not_collected(m: Matter) -> Story:
    """An improvement that did not work: what was done does not touch the cause."""
    m.complain("8-2-602", "2001", "八栋后面垃圾又堆到路上，一个月说了四次", "bins")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "cleaner", "业主要求早上七点前清完", after=0.5)
    yield from acts.looked_into(m, "cleaner", "清运公司一天只来一次，桶满得早", "procedure", after=2)
    yield from acts.planned(m, "cleaner", "当天加收一次，张贴投放提示", cost=120)
    yield from acts.carried_out(m, "cleaner", "已加收，提示已贴", after=5)
    yield from acts.told(m, "cleaner", "已加收一次，我们立项解决")
    yield from acts.called(m, 4)
    yield acts.hours(3)
    m.improve("cleaning", "七到九栋垃圾清运不及时", "cleaning", "procedure")
    whys = ("桶早上就满了", "投放集中在晚上", "一天只清一次")
    yield from _planned(
        m, ("cleaning", "cleaner"), whys, "住户投放时间集中，桶不够",
        goal={"goal_category": "2001", "hoped": "70"}, window="16",
        what="七到九栋张贴投放时间提示", also="约谈清运公司，要求准点",
    )  # fmt: skip
    yield acts.hours(24 * 5)
    m.do("cleaner", "do_action", action_result="done", words="三栋十二处提示已贴")
    yield acts.hours(24 * 2)
    m.do("cleaning", "do_action", action_result="done", words="已约谈，对方答应准点")
    yield from _checked(m, "提示和约谈有用，照此坚持", "提示改变不了一天只清一次；等年底续签合同时加一次清运")


def _planned(
    m: Matter, by: tuple[str, str], whys: Sequence[str], cause: str, *, goal: Mapping[str, str], window: str,
    what: str, also: str,
) -> Story:  # fmt: skip
    """The head (first of `by`) finds the cause, chooses what shall move and how long to watch, and sets two actions."""
    head, worker = by
    asked = {f"why_{number}": why for number, why in enumerate(whys, 1)}
    yield acts.hours(6)
    m.do(head, "root_cause", method="five_whys", cause="equipment", words=cause, **asked)
    yield acts.hours(3)
    m.do(head, "choose_measure", **{"measure": "per_homes", "goal_hours": "all", **goal})
    yield acts.hours(1)
    m.do(head, "agree_window", plan_ok="go_on", window=window)
    yield acts.hours(2)
    due = (m.here() + acts.hours(24 * 25)).date().isoformat()
    acts.set_actions(m, head, [(what, worker, due), (also, head, due)])


def _checked(m: Matter, better: str, no_better: str) -> Story:
    """The effect is computed when the window is over; quality looks at it, the manager decides by the verdict."""
    yield from m.until("check_effect", every=acts.hours(24), most=260)
    yield acts.hours(2)
    m.do("quality", "check_effect", words="看了背后的投诉，件数属实")
    yield acts.hours(3)
    worked = m.variables()["verdict"] == "worked"
    m.do(
        "manager", "decide_act", decision="standardise" if worked else "abandon", words=better if worked else no_better
    )
    if worked:
        yield acts.hours(5)
        m.do(
            "engineering", "make_standard", article="单元门闭门器的选型", situation="铁门重，闭门器拉不动，门关不严",
            to_do="单元铁门一律用 80 公斤级闭门器；验收时开关 100 次，门自己关严。",
        )  # fmt: skip
