"""New complaints, and those the desk is working on."""

from engine.operations.demo import acts
from engine.operations.demo.matter import Matter
from engine.operations.demo.stories.telling import story
from engine.operations.demo.timeline import Story


@story(minutes=4)
def dark_stairs(m: Matter) -> Story:
    """Nobody has read it yet."""
    m.complain(
        "3-2-501", "1004", "三栋二单元五楼楼道灯又坏了，老人晚上下楼看不见，催了两次没人管", "lamp", wish="今晚之前换好"
    )
    yield from ()


@story(minutes=9)
def loud_upstairs(m: Matter) -> Story:
    """Anonymous, and nobody has read it yet."""
    m.complain("", "7001", "楼上每天半夜一两点拖椅子，能不能管一管", place_text="5栋1单元")
    yield from ()


@story(minutes=24)
def no_rubbish_collected(m: Matter) -> Story:
    """Acknowledged; waits to be judged."""
    m.complain("1-1-302", "2001", "西门的垃圾昨天一整天没收，苍蝇满天飞", "bins")
    yield from acts.acknowledged(m, after=8)


@story(minutes=38)
def wish_for_benches(m: Matter) -> Story:
    """A suggestion by phone; waits to be judged."""
    m.call("4-1-602", "2005", "建议在中心花园加两张长椅，带孩子的老人没地方坐", kind="suggestion", by="agent2")
    yield from ()


@story(hours=2)
def dirty_hall(m: Matter) -> Story:
    """With the department, which has not accepted it yet."""
    m.complain("2-1-201", "2004", "一楼大堂地面全是脚印，三天没拖了吧？物业费白交")
    yield from acts.taken_in(m)


@story(minutes=17)
def smell_of_gas(m: Matter) -> Story:
    """An emergency in full swing."""
    m.call("6-2-102", "1012", "楼道里有很重的燃气味！一楼最重", danger=True, place_text="6栋2单元一楼楼道")
    yield from acts.judged(m, after=2, urgency="critical", department="engineering")
    yield acts.minutes(4)
    m.do("engineer", "first_contact", contact="reached", said="已请住户开窗、不开灯，燃气公司抢修在路上")
    m.take("engineer2", "make_safe_now")


@story(days=1, at="10:05")
def car_park_pass(m: Matter) -> Story:
    """An enquiry, answered while the resident is on the phone."""
    m.call("5-2-401", "4003", "请问地下车位月卡多少钱，要带什么材料", kind="enquiry")
    yield from acts.judged(m, after=3, department="desk", way="on_the_spot")
    yield acts.minutes(3)
    m.do("agent", "settle", words="地下月卡每月 300 元，带行驶证和房产证到客服台办理", satisfied="yes")


@story(days=3, at="15:40")
def praise_for_the_guard(m: Matter) -> Story:
    """Praise, passed on at once."""
    m.call("1-2-601", "3006", "表扬东门蒋师傅，昨天下雨帮我把两大袋东西送到家门口", kind="praise", by="agent2")
    yield from acts.judged(m, "agent2", after=4, department="desk", way="on_the_spot")
    yield acts.minutes(6)
    m.do("agent2", "settle", words="已记录并转告安保部，谢谢您", satisfied="yes")
