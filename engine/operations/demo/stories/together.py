"""Joined complaints, and those that came in by other channels than page or phone."""

from datetime import timedelta

from engine.core import clock
from engine.operations.demo import acts
from engine.operations.demo.matter import Matter
from engine.operations.demo.stories.telling import story
from engine.operations.demo.timeline import Story


@story(days=1, at="18:40")
def cold_water_in_one_building(m: Matter) -> Story:
    """Three homes without hot water on one evening: one leads, two follow."""
    m.complain("4-1-501", "1008", "四栋热水器都打不着，楼里水是凉的，洗不了澡")
    yield from acts.taken_in(m)
    yield acts.minutes(9)
    others = [m.another(), m.another()]
    others[0].call("4-1-302", "1008", "家里没热水了，是不是你们关的")
    yield from acts.judged(others[0])
    yield acts.minutes(21)
    others[1].complain("4-2-601", "1008", "没有热水！！孩子要洗澡")
    yield from acts.acknowledged(others[1])
    yield from acts.judged(others[1])
    yield acts.minutes(12)
    m.lead("dispatch", *others, note="同一台换热机组，一起处理")
    yield from acts.in_contact(m, "engineer", "业主说整栋都没有", after=0.3)
    yield from acts.looked_into(m, "engineer", "换热站循环泵跳停，备用泵未投", after=1)
    yield from acts.planned(m, "engineer", "先投备用泵恢复供热水，再修主泵", cost=180, after=0.3)


@story(days=4, at="12:15")
def said_twice(m: Matter) -> Story:
    """Reported on the page and again on the phone: merged, and handled once."""
    m.complain("2-2-101", "2006", "一楼下水口爬出好多蟑螂，厨房不敢进")
    yield from acts.taken_in(m)
    yield acts.minutes(40)
    again = m.another()
    again.call("2-2-101", "2006", "中午在网上反映过蟑螂的事，怎么没人回电话")
    yield from acts.judged(again)
    yield acts.minutes(5)
    again.merge_into("agent", m, note="同一户同一件事，业主电话催问")
    yield from acts.in_contact(m, "cleaner", "业主希望先处理厨房", after=0.4)
    yield from acts.looked_into(m, "cleaner", "检查井内有虫源", "procedure", after=1)
    yield from acts.planned(m, "cleaner", "检查井投药，整个单元喷洒一次", cost=150, after=0.5)
    yield from acts.carried_out(m, "cleaner", "已投药喷洒，两周后复查", after=6)
    yield from acts.told(m, "cleaner", "已消杀，两周后再来一次")
    yield from acts.called(m, 5)


@story(days=2, at="10:20")
def through_the_hotline(m: Matter) -> Story:
    """Passed on by the city's hotline: its office is owed a reply by a date of its own."""
    m.call(
        "1-1-601", "7005", "市民反映：周日早上七点楼上装修砸墙，多次向物业反映无果",
        by="agent2", channel="hotline", reference="SD-2611-40718", source="12345 热线",
        reply_by=clock.now() + timedelta(days=5),
    )  # fmt: skip
    yield from acts.judged(m, "agent2")
    yield from acts.in_contact(m, "agent", "业主要求装修户写保证", after=0.5)
    yield from acts.looked_into(m, "agent", "装修户周末施工，未报备", "outside", "outside_cause", after=2)


@story(days=1, at="09:05")
def written_on_paper(m: Matter) -> Story:
    """Handed in at the front desk on the company's form."""
    m.call(
        "3-1-201", "2005", "（纸质表单）楼前香樟遮住了窗，白天也要开灯，请修剪。字写得不好，请谅解。",
        channel="paper", wish="修剪靠窗的枝条",
    )  # fmt: skip
    yield from acts.judged(m)
    yield from acts.in_contact(m, "cleaner", "老人耳背，约了上门", after=1)


@story(hours=3)
def from_the_owners_group(m: Matter) -> Story:
    """Said in the owners' group and entered by the desk."""
    m.call("5-1-602", "3003", "群里多人说：5栋北侧消防通道被搬家车堵了", channel="group", source="阳光里业主一群")
    yield from acts.judged(m)
