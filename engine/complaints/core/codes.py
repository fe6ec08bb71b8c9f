"""The codes of the domain and their names in Chinese and English."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

CHANNELS: Words = {
    "web": ("网上", "Online"),
    "phone": ("来电", "Phone"),
    "visit": ("来访", "Visit"),
    "paper": ("纸质表单", "Paper form"),
    "group": ("业主群", "Owners' group"),
    "mail": ("邮件", "E-mail"),
    "hotline": ("12345 热线", "12345 hotline"),
    "office": ("街道/住建等部门", "Street or housing office"),
    "file": ("文件导入", "Read from a file"),
}

OFFICIAL = frozenset({"hotline", "office"})
"""Channels of outside offices, which are owed a reply by a deadline of its own."""

KINDS: Words = {
    "enquiry": ("咨询", "Enquiry"),
    "repair": ("报修", "Repair"),
    "complaint": ("投诉", "Complaint"),
    "suggestion": ("建议", "Suggestion"),
    "praise": ("表扬", "Praise"),
}

URGENCIES: Words = {
    "critical": ("特急", "Critical"),
    "urgent": ("紧急", "Urgent"),
    "normal": ("一般", "Normal"),
    "complex": ("复杂", "Complex"),
}

ABOUT: Words = {
    "": ("未涉及具体人员", "Nobody in particular"),
    "staff": ("工作人员", "A member of staff"),
    "head": ("部门主管", "The head of a department"),
    "project_manager": ("项目经理", "The project manager"),
    "region": ("区域", "The region"),
    "headquarters": ("总部", "Headquarters"),
}

DANGER_KINDS: Words = {
    "danger": ("危险", "Danger"),
    "not": ("否定", "Denied"),
    "figure": ("夸张、比方、别的词", "Figure of speech or another word"),
    "maybe": ("如果、怕", "If, or fear"),
    "question": ("询问", "Question"),
    "past": ("以前的事", "Earlier event"),
    "over": ("已经过去", "Over"),
    "topic": ("说的是别的", "About something else"),
    "now": ("正在发生", "Happening now"),
    "self": ("亲身遇到、求助", "At first hand, or asking for help"),
    "group": ("词组", "Group of words"),
}
"""Kinds of danger patterns, in the order of `danger_reading.KINDS`."""

OUTCOMES: Words = {
    "solved": ("已解决", "Solved"),
    "solved_unreached": ("已解决·未接通", "Solved (not reached)"),
    "partly_solved": ("部分解决", "Partly solved"),
    "unsolved": ("未解决", "Unsolved"),
    "unfounded": ("不实", "Unfounded"),
    "withdrawn": ("撤诉", "Withdrawn"),
    "passed_on": ("转外部", "Passed on"),
    "enquiry_answered": ("咨询已答复", "Enquiry answered"),
    "merged": ("重复合并", "Merged"),
    "unknown": ("结果不详", "Outcome unknown"),
}

DEADLINES: Words = {
    "acknowledge": ("受理", "Acknowledge"),
    "first_response": ("首次响应", "First response"),
    "plan": ("方案", "Plan"),
    "resolve": ("解决", "Resolve"),
    "callback": ("回访", "Callback"),
    "reply": ("回复来件单位", "Reply to the office"),
}

WHYS: Words = {
    "time": ("时限用掉了一部分", "A share of the limit is used"),
    "many": ("多户反映同一件事", "Several households have the same matter"),
    "press": ("有媒体关注", "Media interest"),
    "ungrouped": ("几户报了同一件事，还没有归组", "Several households reported the same matter, not grouped yet"),
    "refused": ("部门一再退单", "Departments declined it again"),
    "unsolved": ("业主说没办好", "The resident says it is not solved"),
    "appeal": ("业主申诉成立", "The resident's appeal was upheld"),
    "repeat": ("同一住户又投诉同一类事", "The same home complained of the same again"),
    "asked": ("业主要求上级处理", "The resident asks for a supervisor"),
}
"""Why somebody further up supervises: columns of the table `escalations`."""

PAUSE_REASONS: Words = {
    "complainant": ("等待投诉人", "Waiting for the complainant"),
    "third_party": ("等待第三方", "Waiting for a third party"),
    "repair_fund": ("等待维修资金", "Waiting for the repair fund"),
    "owners_vote": ("等待业主表决", "Waiting for the owners' vote"),
    "weather": ("天气原因", "Weather"),
}

STATUSES: Words = {
    "registered": ("已登记，待受理", "Registered, not yet acknowledged"),
    "judging": ("研判中", "In triage"),
    "answering": ("当场答复中", "Being answered"),
    "passing_on": ("转外部中", "Being passed on"),
    "making_safe": ("应急处置中", "Being made safe"),
    "dispatched": ("已派单，待接单", "Dispatched, not yet accepted"),
    "contacting": ("联系业主中", "Contacting the resident"),
    "investigating": ("调查中", "Being investigated"),
    "planning": ("制定方案中", "Making a plan"),
    "plan_offered": ("待业主确认方案", "Waiting for the resident's answer to the plan"),
    "carrying_out": ("实施中", "Carrying out the plan"),
    "joined": ("随牵头件一并处理", "Handled with its lead complaint"),
    "calling_back": ("回访中", "Callback"),
    "replying": ("待回复来件单位", "Reply to the office owed"),
    "asking_rest": ("核实遗留问题中", "Asking what is still open"),
    "checking_unfounded": ("复核认定中", "Finding under review"),
    "appeal_open": ("可申诉", "Open to appeal"),
    "appeal": ("申诉复核中", "Appeal under review"),
    "explaining": ("总部说明中", "Explanation by headquarters"),
    "handling": ("处理中", "Being handled"),
    "closed": ("已结案", "Closed"),
}

CORRECTED: Words = {
    "community": ("小区", "community"),
    "household": ("住户", "household"),
    "kind": ("性质", "kind"),
    "category": ("分类", "category"),
    "place_text": ("位置", "place"),
    "person_name": ("称呼", "name"),
    "phone": ("电话", "phone"),
}
"""What can be corrected after a complaint was registered."""

RATED: Words = {
    "speed": ("处理速度", "Speed"),
    "attitude": ("服务态度", "Staff attitude"),
    "result": ("处理结果", "Result"),
}


def said(words: Words, code: str | None, language: str = "zh") -> str:
    """Return the name of `code`; a code missing from the table is returned as it is."""
    pair = words.get(code or "")
    if pair is None:
        return code or ""
    return pair[0] if language == "zh" else pair[1]
