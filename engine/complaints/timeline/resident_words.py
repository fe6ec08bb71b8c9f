"""What residents read of a complaint's status: the staff's codes in everyday words."""

from engine.complaints.core.codes import Words

STATUSES: Words = {
    "registered": ("已收到，等客服确认", "Received; the service desk will confirm it with you"),
    "judging": ("客服正在弄清是什么事", "The service desk is finding out what it is about"),
    "answering": ("客服正在答复您", "The service desk is answering you"),
    "passing_on": ("正在转给管这件事的单位", "It is being passed on to the organisation in charge of such matters"),
    "making_safe": ("正在派人排除危险", "Somebody is being sent to make it safe"),
    "dispatched": ("已安排{who}处理", "Given to {who}"),
    "contacting": ("{who}正在联系您", "{who} is getting in touch with you"),
    "investigating": ("{who}正在调查", "{who} is looking into it"),
    "planning": ("{who}正在制定处理方案", "{who} is making a plan"),
    "plan_offered": ("等您看方案、告诉我们是否同意", "Waiting for your answer to the plan"),
    "carrying_out": ("{who}正在动手处理", "{who} is doing the work"),
    "joined": ("和反映同一问题的其他住户一起处理", "Handled together with other reports of the same problem"),
    "calling_back": ("办完了，想听听您满不满意", "Done; we would like to hear whether you are satisfied"),
    "replying": ("办完了，正在答复转来的单位", "Done; the office that passed it on is being answered"),
    "asking_rest": ("正在了解还有什么没办好", "We are finding out what is still open"),
    "checking_unfounded": ("正在复查调查的结果", "The findings are being reviewed"),
    "appeal_open": ("您可以申诉", "You can appeal"),
    "appeal": ("正在复核您的申诉", "Your appeal is being reviewed"),
    "explaining": ("总部正在给您写书面说明", "Headquarters is writing you an explanation"),
    "handling": ("正在处理", "It is being handled"),
    "closed": ("已经结束", "Closed"),
}
"""`{who}`: the name of the department or person in charge."""

DANGER_SETTLED: Words = {
    "complaint.danger_confirmed": ("核实有危险，马上派人", "There is danger: somebody is sent at once"),
    "complaint.danger_called": ("核实有危险，已打电话叫人", "There is danger: help was telephoned for"),
    "complaint.danger_ruled_out": (
        "核实没有危险，按平常的时限办理",
        "There is no danger; it is handled within the usual limits",
    ),
}
"""What the desk found out about danger, by kind of entry: the promises change with it."""

SOMEBODY = ("负责的部门", "the department in charge")

OUTCOMES: Words = {
    "solved": ("已解决", "Solved"),
    "solved_unreached": ("已办完，打电话没有联系上您", "Done; we could not reach you by phone"),
    "partly_solved": ("部分解决", "Partly solved"),
    "unsolved": ("没有解决", "Not solved"),
    "unfounded": ("调查认为不属实", "Found to be unfounded"),
    "withdrawn": ("您已撤回", "Withdrawn by you"),
    "passed_on": ("已转给其他单位", "Passed on to another organisation"),
    "enquiry_answered": ("已经答复您", "You have been answered"),
    "merged": ("与先前的一件合并处理", "Handled together with an earlier report"),
    "unknown": ("结果没有留下记录", "The outcome was not recorded"),
}

PROMISES: Words = {
    "acknowledge": ("客服受理", "The service desk confirms it"),
    "on_site": ("到现场", "Somebody is on site"),
    "first_response": ("负责的人和您谈", "The person in charge speaks with you"),
    "plan": ("告诉您方案", "You are told the plan"),
    "resolve": ("办完并告诉您结果", "Done, and you are told the result"),
    "callback": ("回访，问您满不满意", "We call back and ask whether you are satisfied"),
    "reply": ("答复转来的单位", "The office that passed it on is answered"),
}
"""What a limit means to a resident, on their own page and on the public one."""

PAUSED: Words = {"complainant": ("等您答复或约时间", "waiting for your answer or a time that suits you")}
"""Default reasons that mention the resident in the third person; others use the company's name for them."""


def status(code: str, in_charge: str, language: str) -> str:
    """Return the status in a sentence. `in_charge`: the name of the person or department in charge, if known."""
    known = STATUSES.get(code, STATUSES["handling"])
    said = known[0 if language == "zh" else 1].format(who=in_charge or SOMEBODY[0 if language == "zh" else 1])
    return said[:1].upper() + said[1:]
