"""Monthly reports: counted, prepared, checked and signed by different people."""

from engine.operations.demo import acts
from engine.operations.demo.matter import Matter
from engine.operations.demo.stories.telling import story
from engine.operations.demo.timeline import Story


def _signed(m: Matter, place: str, people: tuple[str, str, str], summary: str, word: str) -> Story:
    """The report of the month before goes through three pairs of hands; `people`: who prepares, checks and signs."""
    prepares, checks, signs = people
    m.report(place)
    yield acts.minutes(95)
    m.do(prepares, "prepare", prepared="ready", summary=summary)
    yield acts.hours(20)
    m.do(checks, "check", checked="ok")
    yield acts.hours(4)
    m.do(signs, "sign", signed="sign", word=word)


COMMUNITY = ("manager", "region", "board")
REGION = ("region", "owner", "board")


@story(days=45, at="09:10")
def september_of_the_community(m: Matter) -> Story:
    """Sunshine Lane's report of the month before last."""
    yield from _signed(
        m, "community", COMMUNITY,
        "投诉以工程类为主；逾期的多数是傍晚以后收到、第二天才有人去看的。已请工程部把晚班排到九点。",
        "同意。晚班试行一个月，下月看逾期有没有少。",
    )  # fmt: skip


@story(days=14, at="09:20")
def october_of_the_community(m: Matter) -> Story:
    """Sunshine Lane's report of the last month."""
    yield from _signed(
        m, "community", COMMUNITY,
        "晚班已排到九点，夜里收到的仍要等到早上。楼道灯反复损坏已立项改进。",
        "夜间急修先由区域值班电工支援，改进按期复核。",
    )  # fmt: skip


@story(days=12, at="10:00")
def october_of_the_region(m: Matter) -> Story:
    """The report of the region east of the city for the last month."""
    yield from _signed(
        m, "region", REGION,
        "三项指标都没有达到目标，二次投诉差得最多。两个小区逾期的都集中在工程，收到时间多在傍晚和夜里。",
        "请就二次投诉提一项改进，下月报告里说进展。",
    )  # fmt: skip
