"""Late complaints, and who supervises them now."""

from engine.operations.demo import acts
from engine.operations.demo.matter import Matter
from engine.operations.demo.stories.telling import story
from engine.operations.demo.timeline import Story


@story(hours=21)
def barrier_that_stays_open(m: Matter) -> Story:
    """Four fifths of the first response are gone: the head supervises."""
    m.complain("2-1-502", "1006", "东门道闸抬着不落三天了，外面的车随便进")
    yield from acts.taken_in(m)


@story(hours=28)
def bicycles_in_the_stairs(m: Matter) -> Story:
    """The first response is late: the project manager supervises."""
    m.complain("5-1-202", "3005", "楼道里又停电瓶车充电，飞线从四楼拉下来，出事谁负责？？", place_text="5栋1单元楼道")
    yield from acts.taken_in(m)


@story(hours=39)
def lift_that_stops(m: Matter) -> Story:
    """Half as long again as the limit for solving it: the region supervises."""
    m.complain("4-1-402", "1001", "电梯一天停三回，每次都要等半小时", "lift")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer2", "业主说开门时会抖一下", after=0.5)
    yield from acts.looked_into(m, "engineer2", "门锁触点接触不良，须厂家复核", "equipment")


@story(hours=22)
def no_water_in_three_buildings(m: Matter) -> Story:
    """Many households and the local paper: headquarters supervises, however much time is left."""
    m.call("3-2-301", "1002", "三栋四栋五栋从早上停水到现在，通知都没有，报社的人都来问了", by="agent2")
    yield from acts.judged(m, "agent2", after=5, households=86, press=True)
    yield from acts.in_contact(m, "engineer", "业主要求送水，并说明何时恢复", after=0.4)
    yield from acts.looked_into(m, "engineer", "加压泵控制柜烧毁，备用泵未切换成功", after=1)


@story(hours=23)
def hurried_along(m: Matter) -> Story:
    """The head has supervised already: it is to be done next."""
    m.complain("1-2-402", "1003", "家里跳闸，客厅没电，物业电工说好下午来没来", urgency="normal")
    yield from acts.acknowledged(m)
    yield from acts.judged(m, urgency="normal")
    yield from m.until("supervise")
    yield acts.minutes(12)
    m.do("engineering", "supervise", action="speed_up", reason="业主家里有病人，今天必须上门")
