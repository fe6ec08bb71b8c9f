"""Improvements under way: recurring problems, and whether the measures worked."""

from engine.operations.demo import acts
from engine.operations.demo.matter import Matter
from engine.operations.demo.stories.telling import story
from engine.operations.demo.timeline import Story


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
    yield from _planned(
        m,
        "夜间小区负荷低，电压升到 242 V，变频器按出厂参数保护停机",
        baseline=17,
        target=3,
        what="与供电公司调低变压器分接头，夜间电压不超过 235 V",
        also="五栋两台变频器换保护范围更宽的型号",
    )
    yield acts.hours(24 * 6)
    m.do("engineer", "do_action", action_result="done", words="分接头已调，连续三晚测得 231 到 234 V")


@story(days=40, at="14:10", site="WTY")
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
    yield from _planned(
        m, "采购按最低价买，闭门器承重与铁门不配", baseline=12, target=2, days=21,
        what="五栋十个单元全部换 80 公斤级闭门器", also="闭门器承重写进采购清单",
    )  # fmt: skip
    yield acts.hours(24 * 4)
    m.do("engineer", "do_action", action_result="done", words="十个单元全部更换完毕")
    yield acts.hours(5)
    m.do("engineering", "do_action", action_result="done", words="采购清单已改，供应商已确认")
    yield from m.until("check_effect", every=acts.hours(24), most=24)
    yield acts.hours(2)
    m.do("quality", "check_effect", measured=1, words="三周内只有一次，且是人为撞坏")
    yield acts.hours(3)
    m.do("manager", "decide_act", decision="standardise", words="写进设备选型标准，其他小区照此办理")


def _planned(m: Matter, why: str, *, baseline: int, target: int, what: str, also: str, days: int = 30) -> Story:
    yield acts.hours(6)
    m.do("engineering", "root_cause", method="five_whys", cause="equipment", words=why)
    yield acts.hours(3)
    check_on = (m.here() + acts.hours(24 * days)).date().isoformat()
    m.do(
        "engineering", "measure_plan", measure="complaints", better="lower", baseline=baseline, target=target,
        check_on=check_on, words="按月数这一处的投诉和报修",
    )  # fmt: skip
    yield acts.hours(2)
    due = (m.here() + acts.hours(24 * 14)).date().isoformat()
    m.do(
        "engineering", "actions", what_1=what, owner_1=m.site.login("engineer"), due_1=due, more_1=True, what_2=also,
        owner_2=m.site.login("engineering"), due_2=due,
    )  # fmt: skip
