"""The shipped process 装修申请: every way from the application to its end."""

from datetime import timedelta

import pytest

from engine.core import clock
from engine.operations.schedule import fire_timers
from engine.requests import resident
from tests.engine.requests.acting import Acting
from tests.stories.hands import Hands


@pytest.fixture
def acting(hands: Hands) -> Acting:
    found = Acting(hands.store, hands.company)
    found.open()
    return found


def told(acting: Acting) -> list[str]:
    """What the resident reads of the past."""
    with acting.store.reading() as session:
        return [each.zh for each in resident.standing(session, acting.request).happened]


def test_from_the_application_to_the_deposit_returned(acting: Acting) -> None:
    acting.start()
    acting.do("agent", "review", complete="no", missing="请补施工单位执照")
    assert list(acting.open_tasks()) == ["supply"]
    acting.answer("supply", words="已补")
    acting.do("agent2", "review", complete="yes")
    acting.do("engineering_head", "approve", approved="yes", words="不动承重墙")
    acting.do("accountant", "take_deposit", paid_on="2026-03-03", receipt_number="R-1")
    clock.turn(timedelta(days=14, hours=1))
    assert fire_timers(acting.store) == 1
    acting.do("engineer", "patrol", patrol_result="fine")
    acting.answer("works", finished_on="2026-03-20")
    acting.do("engineer2", "inspect", outcome="mend", words="窗台没有收口")
    acting.answer("mended", words="已收口")
    acting.do("engineer2", "inspect", outcome="damage", cost=350, words="电梯轿厢划伤")
    acting.do("manager", "confirm_deduction", deduction=300, words="划痕不深，少扣一点")
    acting.do("accountant", "pay_back", returned_on="2026-03-22", refund_number="T-1")
    case = acting.case()
    assert (case.status, case.ended_in) == ("ended", "end_done")
    with acting.store.reading() as session:
        assert resident.enter(session, acting.secret).ended_at == case.ended_at
    assert told(acting) == [
        *("已收到", "资料还不齐", "您补充了资料", "资料齐全", "方案已通过", "押金已收，可以开工", "您报了完工"),
        *("需要整改", "您报了整改完成", "验收完成", "扣款已核定", "押金已退"),
    ]


def test_a_plan_that_is_refused_ends_it_and_says_why(acting: Acting) -> None:
    acting.start(structural=True)
    acting.do("agent", "review", complete="yes")
    assert acting.open_tasks()["approve"].role == "project_manager"
    acting.do("manager", "approve", approved="no", words="承重墙不能动")
    assert acting.case().ended_in == "end_refused"
    with acting.store.reading() as session:
        standing = resident.standing(session, acting.request)
        assert [(each.zh, each.told) for each in standing.happened[-1:]] == [("方案没有通过", "承重墙不能动")]
        assert standing.ended is not None
        assert standing.ended.said("en") == "Not approved"


def test_nothing_is_deducted_where_all_is_well(acting: Acting) -> None:
    acting.start("agent")
    acting.do("agent", "review", complete="yes")
    acting.do("engineering_head", "approve", approved="yes", words="好")
    acting.do("accountant", "take_deposit", paid_on="2026-03-03", receipt_number="R-1")
    acting.answer("works", finished_on="2026-03-20")
    acting.do("engineer", "inspect", outcome="passed", words="合格")
    assert list(acting.open_tasks()) == ["pay_back"]
