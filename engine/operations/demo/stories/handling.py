"""Complaints being handled by departments, one story for each point on the way."""

from engine.operations.demo import acts
from engine.operations.demo.matter import Matter
from engine.operations.demo.stories.telling import story
from engine.operations.demo.timeline import Story


@story(hours=6)
def car_across_the_lane(m: Matter) -> Story:
    """Accepted; the first call did not get through."""
    m.complain("3-1-401", "4002", "一辆红车天天停在消防通道上，门口保安看见也不管", "car", place_text="3栋北侧消防通道")
    yield from acts.taken_in(m)
    yield acts.hours(1)
    m.do("guard", "accept_work")
    yield acts.minutes(30)
    m.do("guard", "first_contact", contact="not_reached")


@story(hours=4)
def water_on_the_roof(m: Matter) -> Story:
    """The department says that it is not theirs; the dispatcher has it."""
    m.complain("4-2-602", "2003", "顶楼平台积水长青苔，一股臭味")
    yield from acts.taken_in(m)
    yield acts.hours(1)
    m.do("cleaner", "accept_work", objected=True, objection="not_ours", objection_words="是地漏堵了，要工程来通")


@story(days=1, at="08:35")
def gate_that_beeps(m: Matter) -> Story:
    """Objected to, sent on to another department, and looked into there."""
    m.complain("2-2-302", "3002", "西门门禁一晚上滴滴响，吵得睡不着")
    yield from acts.taken_in(m)
    yield acts.hours(1)
    m.do("guard", "accept_work", objected=True, objection="not_ours", objection_words="闭门器坏了，安保修不了")
    yield acts.minutes(40)
    m.do(
        "dispatch", "redispatch", department="engineering", support=["security"], words="门体归工程，安保夜里先手动关门"
    )
    yield from acts.in_contact(m, "engineer", "业主说夜里十一点以后最响")
    m.take("engineer", "investigate")


@story(days=1, at="09:10")
def water_from_above(m: Matter) -> Story:
    """Two parties and three departments; those that support it are at work."""
    m.complain(
        "5-1-401",
        "7002",
        "楼上卫生间漏水，我家吊顶都泡了，找楼上不开门，找你们推来推去",
        "leak",
        wish="找到漏点，楼上赔偿",
    )
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "agent2", "业主请先上门查漏点，楼上住户只有晚上在家")
    yield from acts.looked_into(
        m, "agent2", "双方都听了：楼上地漏周边有明显渗水，防水层老化", "building", "outside_cause", after=2
    )


@story(days=2, at="14:20")
def drain_to_be_replaced(m: Matter) -> Story:
    """The plan costs more than the department may decide: the project manager has it."""
    m.complain("6-1-101", "1005", "一楼下水返臭水，厨房都没法进人了！！", "leak")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer2", "业主很着急，家里有小孩")
    yield from acts.looked_into(m, "engineer2", "主管断裂下沉，须开挖更换约 6 米", photos=(), improve=True)
    yield acts.hours(1)
    m.do("cleaner", "assist", assist_result="done", words="已清淤、消毒，临时加了一天两次清扫")
    yield from acts.planned(m, "engineer2", "开挖更换 6 米主管，恢复地面，两天完工", cost=4200, days=3)


@story(days=3, at="09:50")
def cracked_facade(m: Matter) -> Story:
    """A plan beyond the region's authority: the lawyer is heard before headquarters decides."""
    m.complain("2-1-602", "1009", "外墙瓷砖空鼓掉下来一块，幸好没砸到人", place_text="2栋东侧外墙")
    yield from acts.taken_in(m, urgency="complex")
    yield from acts.in_contact(m, "engineer", "业主要求尽快围挡并给出维修时间")
    yield from acts.looked_into(m, "engineer", "东侧外墙空鼓约 40 平方米，已拉围挡", "building", after=4)
    yield acts.hours(2)
    m.do("agent", "assist", assist_result="done", words="已在 2 栋张贴提示，通知到户")
    yield from acts.planned(m, "engineer", "吊篮作业铲除空鼓并修补 40 平方米，同步做全楼敲检", cost=26000, days=12)


@story(days=1, at="11:15")
def light_at_the_gate(m: Matter) -> Story:
    """The resident has been asked whether the plan will do."""
    m.complain("1-1-101", "1004", "南门口两盏路灯不亮，晚上黑漆漆的", "lamp")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer2", "业主希望换亮一点的灯")
    yield from acts.looked_into(m, "engineer2", "灯杆内线路进水")
    yield from acts.planned(
        m, "engineer2", "更换两盏灯具并重做接线，明天上午 9 点到 11 点施工，届时短时停电", cost=180, consent="ask"
    )


@story(days=2, at="10:30")
def noisy_pump(m: Matter) -> Story:
    """The resident did not like the plan; there has to be another."""
    m.complain("4-1-101", "1002", "水泵房半夜嗡嗡响，一楼根本睡不着", urgency="normal", by="agent2", channel="visit")
    yield from acts.judged(m, "agent2", urgency="normal")
    yield from acts.in_contact(m, "engineer", "业主说从上周换泵以后开始响")
    yield from acts.looked_into(m, "engineer", "新泵减振垫没有装到位")
    yield from acts.planned(m, "engineer", "下月检修时一并加装减振垫", cost=150, days=25, consent="ask")
    yield acts.hours(3)
    m.refuse("要等一个月？不同意，这周就得弄好")


@story(days=2, at="16:00")
def waiting_for_a_lift_part(m: Matter) -> Story:
    """Paused: the manufacturer has to send a part."""
    m.complain("3-1-602", "1001", "三栋一单元电梯停了两天，六楼老人下不了楼", "lift")
    yield from acts.taken_in(m, households=2)
    yield from acts.in_contact(m, "engineer", "业主说老人周四要去医院", after=0.5)
    yield from acts.looked_into(m, "engineer", "门机板烧毁，厂家配件须 4 天到货", "supplier", after=2)
    yield acts.minutes(40)
    m.pause("engineering", "third_party", 5, "等电梯厂家门机板，已下加急单，周四安排人员陪护老人就医")


@story(days=2, at="08:20")
def broken_swing(m: Matter) -> Story:
    """Being carried out."""
    m.complain("1-2-202", "2005", "儿童乐园秋千链子断了，孩子差点摔着", place_text="中心花园儿童乐园")
    yield from acts.taken_in(m, department="engineering")
    yield from acts.in_contact(m, "engineer", "业主希望其他器材也查一遍")
    yield from acts.looked_into(m, "engineer", "链条锈蚀断裂，已先拆下")
    yield from acts.planned(m, "engineer", "更换链条，全部器材检查一遍", cost=160)
    yield acts.hours(1)
    m.take("engineer", "carry_out")


@story(days=2, at="09:00")
def weeds_by_the_path(m: Matter) -> Story:
    """Done; the resident has yet to be told."""
    m.complain("6-1-502", "2005", "绿化带杂草比人高，蚊子多得吓人")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "cleaner", "业主主要担心蚊虫")
    yield from acts.looked_into(m, "cleaner", "西侧绿化带漏剪一个月", "procedure")
    yield from acts.planned(m, "cleaner", "两天内修剪并消杀一次")
    yield from acts.carried_out(m, "cleaner", "已修剪清运，喷药消杀", after=5)


@story(hours=26)
def rude_at_the_gate(m: Matter) -> Story:
    """About somebody of the staff: quality looks into it, not their own department."""
    m.complain("2-2-501", "5001", "昨晚回家忘带门卡，门岗态度恶劣，问都不问就吼我", about="staff")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "quality", "业主要求当事人道歉")


@story(hours=30)
def about_the_head(m: Matter) -> Story:
    """About a head of department: the project manager leads."""
    m.complain("4-2-301", "5004", "工程主管答应上周五来修，放我鸽子两次，电话也不接", about="head")
    yield from acts.taken_in(m, department="engineering")
    yield from acts.in_contact(m, "manager", "业主讲了两次约定的时间，要一个说法")


@story(days=5, at="09:40")
def done_badly(m: Matter) -> Story:
    """Opened again: the callback said that it is not solved, now the project manager leads."""
    m.complain("5-2-202", "1005", "卫生间顶上滴水，报修过了")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer", "业主说滴水是夜里最厉害")
    yield from acts.looked_into(m, "engineer", "楼上地漏接口松动")
    yield acts.hours(1)
    m.do("cleaner", "assist", assist_result="done", words="已清理积水")
    yield from acts.planned(m, "engineer", "重新打胶密封接口", cost=60)
    yield from acts.carried_out(m, "engineer", "已重新打胶")
    yield from acts.told(m, "engineer", "接口已密封，请观察")
    yield from acts.called(m, 2, "unsolved", reason="当天晚上又滴了，等于没修")
    yield from acts.in_contact(m, "manager", "业主要求换人来修，并给出书面时间", after=3)


@story(days=3, at="13:30")
def nobody_at_home(m: Matter) -> Story:
    """Called twice without an answer; the third attempt is still to come."""
    m.complain("3-2-102", "1006", "单元门刷卡十次有八次刷不开")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer2", "业主说下雨天更明显")
    yield from acts.looked_into(m, "engineer2", "读卡器受潮")
    yield from acts.planned(m, "engineer2", "更换读卡器", cost=190)
    yield from acts.carried_out(m, "engineer2", "读卡器已换，试刷 20 次正常")
    yield from acts.told(m, "engineer2", "读卡器已更换")
    yield from acts.missed(m)
    yield from acts.missed(m)


@story(days=1, at="08:05")
def bins_that_smell(m: Matter) -> Story:
    """Done and told; soon somebody calls back."""
    m.complain("1-1-502", "2002", "楼下垃圾桶又臭又漏汤，天天从旁边过要憋气", "bins")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "cleaner", "业主希望换成带盖的桶", after=0.5)
    yield from acts.looked_into(m, "cleaner", "桶体开裂", after=1)
    yield from acts.planned(m, "cleaner", "换两个带盖新桶，每天冲洗", cost=180, after=0.5)
    yield from acts.carried_out(m, "cleaner", "新桶已到位，地面已冲洗", "bins", after=3)
    yield from acts.told(m, "cleaner", "已换带盖新桶，每天冲洗一次")


@story(hours=5)
def faces_at_the_door(m: Matter) -> Story:
    """An incident: when it was judged, the company had no legal department yet to send it to."""
    m.complain("6-2-402", "B001", "刚在门口登记完就接到装修公司电话，我的号码是不是你们卖的")
    yield from acts.taken_in(m)
