"""Names of kinds, channels, outcomes and scores in other systems' files."""

import re
from collections.abc import Mapping

from engine.complaints.core.codes import CHANNELS, KINDS, OUTCOMES, STATUSES, URGENCIES, Words
from engine.importing.cleaning import key


def _known(words: Words, more: Mapping[str, str]) -> dict[str, str]:
    said = {key(text): code for code, pair in words.items() for text in (code, *pair)}
    return said | {key(name): code for code, names in more.items() for name in names.split(",")}


KIND = _known(
    KINDS,
    {
        "enquiry": "咨询类,询问,问询,inquiry,question,求决咨询",
        "repair": "报修类,维修,保修,repair request,maintenance,service request",
        "complaint": "投诉类,投诉举报,举报,求助,求决,complaints,grievance",
        "suggestion": "建议类,意见,意见建议,suggestions,proposal",
        "praise": "表扬类,感谢,compliment,thanks",
    },
)
URGENCY = _known(
    URGENCIES, {"critical": "非常紧急,highest", "urgent": "高,high,加急", "normal": "普通,正常,低,low,medium"}
)
CHANNEL = _known(
    CHANNELS,
    {
        "web": "网站,网络,微信,公众号,小程序,app,线上,online,web,website,internet,mobile,wechat,在线",
        "phone": "电话,热线,呼叫中心,400,call,telephone,call center",
        "visit": "前台,上门,现场,窗口,walk in,in person,front desk",
        "paper": "信件,书面,意见箱,来信,letter",
        "group": "微信群,群,业主微信群,wechat group",
        "mail": "邮箱,电子邮件,email",
        "hotline": "12345,市长热线,政务热线,市民热线,311",
        "office": "街道,住建局,住建,信访,政府,社区居委会,居委会,street office",
    },
)
OUTCOME = _known(
    OUTCOMES,
    {
        "solved": "解决,已经解决,是,已完成并解决,resolved,fixed,done,yes",
        "unsolved": "没有解决,无法解决,否,not resolved,unresolved,no",
        "partly_solved": "部分完成,partially resolved",
        "unfounded": "虚假,不属实,查无实据,误报,not justified",
        "withdrawn": "撤回,撤销,已撤诉,已撤销,cancelled,canceled",
        "passed_on": "转办,已转办,转交,超出职责,referred,forwarded",
        "merged": "重复,重复投诉,合并,已合并,duplicate,closed duplicate,closed as duplicate",
    },
)
OVER = {
    key(each)
    for each in [
        "已办结",
        "办结",
        "已结案",
        "结案",
        "已关闭",
        "关闭",
        "已完成",
        "完成",
        "已处理",
        "已解决",
        "已归档",
        "归档",
        "closed",
        "resolved",
        "completed",
        "done",
        "finished",
    ]
}
"""A status that means closed, without an outcome."""

RUNNING = {
    key(each)
    for each in (
        *(name for code, names in STATUSES.items() if code != "closed" for name in names),
        *[
            "在办",
            "办理中",
            "待办",
            "待处理",
            "未处理",
            "未完成",
            "未办结",
            "未结案",
            "未关闭",
            "进行中",
            "处置中",
            "已受理",
            "已派单",
            "待受理",
            "待回访",
            "新建",
        ],
        *("open", "new", "pending", "in progress", "in process", "assigned", "started", "on hold", "not closed"),
    )
}
"""A status that means not closed."""

YES = {
    key(each)
    for each in [
        "是",
        "已",
        "有",
        "对",
        "y",
        "yes",
        "true",
        "1",
        "已办结",
        "办结",
        "已完成",
        "完成",
        "已结案",
        "已关闭",
        "closed",
        "done",
    ]
}
NO = {
    key(each)
    for each in [
        "否",
        "未",
        "没",
        "没有",
        "不",
        "n",
        "no",
        "false",
        "0",
        "x",
        "未办结",
        "未完成",
        "未结案",
        "未关闭",
        "待办",
        "open",
    ]
}
SIGNS = {"√": True, "✓": True, "✔": True, "☑": True, "×": False, "✗": False, "☐": False}

SCORES = {
    key(name): score
    for score, names in {
        5: "非常满意,很满意,十分满意,very satisfied,excellent",
        4: "满意,较满意,比较满意,satisfied,good",
        3: "一般,基本满意,neutral,ok,average",
        2: "不满意,不太满意,较不满意,dissatisfied,poor",
        1: "非常不满意,很不满意,very dissatisfied,bad",
    }.items()
    for name in names.split(",")
}


def code(known: Mapping[str, str], said: str) -> str:
    """Return the code of a file's word; "" when unknown."""
    return known.get(key(said), "") if said else ""


def yes(said: str) -> bool | None:
    """Return whether a cell says yes or no; None when it says neither."""
    if said.strip() in SIGNS:
        return SIGNS[said.strip()]
    return True if key(said) in YES else False if key(said) in NO else None


def score(said: str) -> int | None:
    """Return one to five, from a number, stars or words; None when not recognised."""
    if not said:
        return None
    found = re.fullmatch(r"([1-5])(?:\.0+)?\s*(?:分|星|/5|stars?)?", said.strip(), re.IGNORECASE)
    if found:
        return int(found[1])
    if set(said.strip()) == {"★"} and len(said.strip()) <= 5:
        return len(said.strip())
    return SCORES.get(key(said))
