"""Closed complaints, one story for each way to end."""

from engine.operations.demo import acts
from engine.operations.demo.matter import Matter
from engine.operations.demo.stories.telling import story
from engine.operations.demo.timeline import Story


@story(days=7, at="19:40")
def shut_in_the_lift(m: Matter) -> Story:
    """An emergency from the first call to a solved end, with an improvement behind it."""
    m.call("2-2-602", "1011", "电梯卡在四楼，我妈和孩子在里面！快点！", danger=True, place_text="2栋2单元电梯")
    yield from acts.judged(m, after=2, urgency="critical", department="engineering")
    yield acts.minutes(6)
    m.do("engineer", "first_contact", contact="reached", said="已与轿厢内通话安抚，维保 15 分钟到")
    yield acts.minutes(18)
    arrived = (m.here() - acts.minutes(14)).strftime("%Y-%m-%dT%H:%M")
    m.do(
        "engineer2",
        "make_safe_now",
        arrived_at=arrived,
        injured="no",
        measures="盘车放人，两人平安，电梯停用待检",
        urgency="urgent",
        photos=["lift"],
    )
    yield from acts.looked_into(m, "engineer", "曳引轮抱闸间隙超差", after=2, improve=True)
    yield acts.minutes(30)
    m.do("guard", "assist", assist_result="done", words="现场警戒，陪同家属")
    yield from acts.planned(m, "engineer", "维保单位调整抱闸并做全套制动试验", cost=190, after=0.5)
    yield from acts.carried_out(m, "engineer", "制动试验合格，恢复运行", "lift", after=9)
    yield from acts.told(m, "engineer", "已修好并做完制动试验，向老人和孩子致歉")
    yield from acts.called(m, 4)


@story(days=6, at="09:15")
def dark_garage(m: Matter) -> Story:
    """Solved, and the resident says so on the phone."""
    m.complain("3-1-102", "1004", "地库B区灯坏了一半，倒车看不清", "lamp", wish="换成感应灯")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer", "业主说 B12 到 B20 最暗")
    yield from acts.looked_into(m, "engineer", "灯管老化，共 14 支不亮")
    yield from acts.planned(m, "engineer", "更换 14 支 LED 灯管", cost=190, consent="ask")
    yield acts.hours(2)
    m.accept()
    yield from acts.carried_out(m, "engineer", "14 支灯管已换，照度正常", "lit")
    yield from acts.told(m, "engineer", "地库 B 区已全部更换为 LED 灯管")
    yield from acts.called(m, 5)


@story(days=5, at="18:25")
def package_room(m: Matter) -> Story:
    """Solved, and the resident says so online."""
    m.complain("6-2-201", "3006", "快递柜旁边没人管，包裹堆一地还丢了一个")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "guard", "业主丢的是一双鞋，已找回")
    yield from acts.looked_into(m, "guard", "晚高峰无人看守", "procedure")
    yield from acts.planned(m, "guard", "17 到 20 点加一个岗")
    yield from acts.carried_out(m, "guard", "已加岗，遗失包裹已在邻居处找回")
    yield from acts.told(m, "guard", "晚高峰已加岗，包裹已送到您家")
    yield acts.hours(2)
    m.answer("solved", 4, "处理得还行，希望能坚持")


@story(days=8, at="10:10")
def dripping_tap(m: Matter) -> Story:
    """Solved as far as anybody knows: three calls, and nobody answered."""
    m.complain("4-2-102", "1010", "公共水龙头滴水，修了又滴")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer2", "业主说修过两次")
    yield from acts.looked_into(m, "engineer2", "阀芯磨损，前次只换了垫片")
    yield from acts.planned(m, "engineer2", "整体更换龙头", cost=45)
    yield from acts.carried_out(m, "engineer2", "龙头已整体更换")
    yield from acts.told(m, "engineer2", "龙头已换新")
    for _ in range(3):
        yield from acts.missed(m)


@story(days=7, at="11:00")
def children_at_noon(m: Matter) -> Story:
    """Partly solved: the head closes it and notes what is left."""
    m.complain("1-1-402", "7001", "广场舞音响中午也放，孩子睡不了午觉")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "agent", "业主只求中午安静")
    yield from acts.looked_into(m, "agent", "双方都听了：舞队同意 12 到 14 点停", "outside", "outside_cause")
    yield acts.hours(1)
    m.do("guard", "assist", assist_result="done", words="中午加一次巡查劝阻")
    yield from acts.planned(m, "agent", "与舞队约定时间和音量，张贴提示")
    yield from acts.carried_out(m, "agent", "约定已签，提示已贴")
    yield from acts.told(m, "agent", "中午已停，音量限 60 分贝")
    yield from acts.called(m, 3, "partly_solved")
    yield acts.hours(2)
    m.do("caller", "ask_rest", left="傍晚音量还是偏大", wish_now="accept")
    yield acts.hours(2)
    m.do("desk", "decide_rest", rest="close", words="业主认可中午已解决；傍晚音量列入巡查")


@story(days=9, at="09:30")
def shade_of_the_tree(m: Matter) -> Story:
    """Opened again three times, and unsolved in the end: headquarters explains why."""
    m.complain("6-1-202", "2005", "楼前大树挡光，冬天一整天晒不到太阳，要求砍掉")
    yield from acts.taken_in(m)
    for by, words in (
        ("cleaner", "修剪外围枝条"),
        ("manager", "请园林公司疏枝"),
        ("region", "会同社区再疏枝一次"),
        ("board", "逐户走访，书面征求意见"),
    ):
        yield from acts.in_contact(m, by, "业主坚持要求移走", after=0.5)
        yield from acts.looked_into(
            m, by, "该树属登记在册的古树，依法不得砍伐移植", "outside", "outside_cause", after=0.5
        )
        if by != "cleaner":
            yield acts.minutes(20)
            m.do("cleaner", "assist", assist_result="done", words="配合现场作业")
        yield from acts.planned(m, by, words, after=0.5)
        yield from acts.carried_out(m, by, f"已{words}", after=2)
        yield from acts.told(m, by, f"已{words}，采光略有改善")
        yield from acts.called(m, 2, "unsolved", reason="光线还是不够，我要求砍掉")
    yield acts.hours(4)
    m.do(
        "board",
        "explain_unsolved",
        unsolved_reason="law",
        explanation="该树为登记在册的古树，按规定不得砍伐、移植。我们已三次疏枝，每年冬季前再疏一次，敬请谅解。",
    )


@story(days=10, at="14:00")
def fee_that_was_right(m: Matter) -> Story:
    """Unfounded, and seven days have passed without an appeal."""
    m.complain("2-1-302", "6001", "你们多收我三个月物业费，退钱！", wish="退款")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "accountant", "业主记得去年已一次付清")
    yield from _found_unfounded(m, "accountant", "核对三年流水，无重复收费；业主付的是前一年度")
    yield acts.hours(1)
    m.do("finance", "head_confirms", head_agrees="yes", words="账目清楚", evidence=["sheet"])
    yield from _checked(m, "流水与票据一致")


@story(days=3, at="09:25")
def camera_that_works(m: Matter) -> Story:
    """Found unfounded; the resident can still appeal."""
    m.complain("5-2-601", "3001", "监控是不是摆设？电动车电瓶被偷了查不到", place_text="5栋车棚")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "guard", "业主说是上周三晚上")
    yield from _found_unfounded(m, "guard", "当晚录像完整，已交派出所；摄像机工作正常")
    yield acts.hours(1)
    m.do("security", "head_confirms", head_agrees="yes", words="录像已移交警方", evidence=["sheet"])
    yield from _checked(m, "录像可以回放")


@story(days=4, at="17:10")
def parcel_found(m: Matter) -> Story:
    """Withdrawn by the resident in the middle of the work."""
    m.complain("3-2-602", "4005", "车在小区里被刮了，要看监控", "car")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "guard", "业主请求调取前晚录像")
    yield acts.hours(3)
    m.withdraw("是家里人自己蹭的，不好意思，撤了吧")


@story(days=4, at="08:50")
def street_lamp(m: Matter) -> Story:
    """Not the company's to mend: told, and passed on."""
    m.complain("1-2-301", "D002", "小区门外市政路灯不亮，过马路很危险", "lamp", place_text="南门外人行道")
    yield from acts.taken_in(m, way="outside")
    yield acts.hours(1)
    m.do(
        "agent",
        "pass_on",
        passed_to="authority",
        told_how="phone",
        words="门外路灯由市政负责，已代您报修并登记，两天内有人联系您",
        evidence=["sheet"],
    )


@story(days=6, at="16:45")
def slow_reply(m: Matter) -> Story:
    """Solved late: supervised on the way, and the limit stays missed."""
    m.complain("4-2-401", "9004", "APP 缴费扣了两次钱，一直不退")
    yield from acts.taken_in(m)
    yield from m.until("supervise")
    yield acts.hours(1)
    m.do("finance", "supervise", action="take_over", reason="我来对账")
    yield acts.hours(6)
    m.do("finance", "accept_work")
    yield acts.minutes(20)
    m.do("finance", "first_contact", contact="reached", said="业主提供了两条扣款短信")
    yield from acts.looked_into(m, "finance", "支付回调重复入账", "procedure")
    yield from acts.planned(m, "finance", "当天退回重复款项", cost=0)
    yield from acts.carried_out(m, "finance", "已原路退回 412.50 元", after=2)
    yield from acts.told(m, "finance", "重复扣款已退回，请查收")
    yield from acts.called(m, 4)


@story(days=9, at="10:40")
def lamps_again_and_again(m: Matter) -> Story:
    """Solved, and the beginning of an improvement that is being carried out."""
    m.complain("3-2-201", "1004", "楼道灯三个月坏四次，你们就不能一次修好？", "lamp")
    yield from acts.taken_in(m)
    yield from acts.in_contact(m, "engineer", "业主要求彻底解决")
    yield from acts.looked_into(m, "engineer", "同批灯具质量差，半年坏了 31 盏")
    yield from acts.planned(m, "engineer", "本单元全部换新", cost=200)
    yield from acts.carried_out(m, "engineer", "本单元 12 盏全部更换", "lit")
    yield from acts.told(m, "engineer", "整个单元都换了新灯")
    yield from acts.called(m, 5)
    yield acts.hours(3)
    m.improve("engineering", "楼道灯反复损坏：换一批，还是换一种做法", "engineering", "equipment")
    yield acts.hours(5)
    m.do(
        "engineering", "root_cause", method="five_whys", cause="equipment", words="采购只比单价，没有要求质保年限",
        why_1="灯坏得快", why_2="同一批质量差", why_3="采购只比单价",
    )  # fmt: skip
    yield acts.hours(2)
    goal = {"measure": "per_homes", "goal_category": "1004", "goal_hours": "all", "hoped": "50"}
    m.do("engineering", "choose_measure", **goal)
    yield acts.hours(1)
    m.do("engineering", "agree_window", plan_ok="go_on", window="26")
    yield acts.hours(1)
    due = (m.here() + acts.hours(24 * 14)).date().isoformat()
    todo = [("三栋试装新灯具，质保五年", "engineer", due), ("改采购要求：质保不少于三年", "engineering", due)]
    acts.set_actions(m, "engineering", todo)
    yield acts.hours(30)
    m.do("engineering", "do_action", action_result="done", words="采购要求已改并通知供应商")


def _found_unfounded(m: Matter, by: str, facts: str) -> Story:
    yield acts.hours(3)
    m.do(
        by,
        "investigate",
        looked_at=["records", "people"],
        facts=facts,
        finding="unfounded",
        cause="outside",
        evidence=["sheet"],
    )


def _checked(m: Matter, words: str) -> Story:
    yield acts.hours(2)
    m.do("quality", "quality_confirms", quality_agrees="yes", words=words, evidence=["sheet"])
    yield acts.hours(1)
    m.do("quality", "process_check", process_state="sound", words="按流程核对，没有漏洞")
