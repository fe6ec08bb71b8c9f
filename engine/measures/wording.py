"""What each measure is called and what it means, in Chinese and English; the conditions are in `definitions`."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """A measure in words. `why_excluded`: why cases are left out, empty where none are."""

    name: Words
    meaning: Words
    why_excluded: Words = ("", "")


NOT_CALLED: Words = (
    "撤诉、合并、转出、咨询当场答复或不实：不回访",
    "withdrawn, merged, passed on, an enquiry answered or unfounded: nobody is called back",
)

SAID: Mapping[str, Said] = MappingProxyType(
    {
        "response": Said(
            ("响应及时率", "Answered within 24 hours"),
            (
                "收到后 24 个自然小时内，经办部门就诉求本身联系上业主的件数 ÷ 当期收到的件数。受理确认、自动回执不算。",
                "Complaints whose handler spoke with the resident about the matter within 24 hours of receipt ÷ complaints"
                " received. Acknowledgement and automatic receipt do not count.",
            ),
            (
                "24 小时内就撤诉、合并、转出或当场答复",
                "withdrawn, merged, passed on or answered on the spot within the 24 hours",
            ),
        ),
        "loop": Said(
            ("闭环率（全部）", "Closed loop (of all that ended)"),
            (
                "有结果、有反馈、有回访（或三次未接通）且各轮解决和回访都在时限内的件数 ÷ 当期“解决时限加 3 天回访期”到期的件数。"
                "暂停和延期不改变计算用的时限。撤诉、合并、转出的也算在分母里。",
                "Complaints with an outcome, feedback and a callback (or three attempts), all resolve and callback limits"
                " kept in every round ÷ complaints whose resolve limit plus three days for the callback ended. Pauses and"
                " extensions do not move the limit counted by. Withdrawn, merged and passed-on ones are in the denominator.",
            ),
        ),
        "loop_handled": Said(
            ("闭环率（经办理）", "Closed loop (of what was handled)"),
            (
                "同“闭环率（全部）”，但分母只算经办理、要回访的件。",
                "As “closed loop (of all that ended)”, out of those that were handled and owed a callback.",
            ),
            NOT_CALLED,
        ),
        "second_home": Said(
            ("二次投诉率（同户）", "Second complaints (household)"),
            (
                "当期结案的件中，被重开，或结案后 30 天内同一住户就同一二级分类再投诉的件数 ÷ 当期结案件数。30 天满了才公布。",
                "Complaints closed in the period that were reopened, or followed within 30 days by the same household in the"
                " same category ÷ complaints closed. Known once the 30 days are over.",
            ),
        ),
        "second_place": Said(
            ("二次投诉率（同处）", "Second complaints (place)"),
            (
                "同“二次投诉率（同户）”，但同一栋楼任何一户就同一分类再投诉也算。看电梯、门禁等公用设施用这个；"
                "入户的事，同一栋楼的两件未必是同一件事。",
                "As “second complaints (household)”, but anybody of the same building counts. Made for lifts, doors and"
                " other shared equipment; inside homes two of a building need not be the same matter.",
            ),
        ),
        "solved": Said(
            ("解决率", "Solved"),
            (
                "最后一次回访业主说“已解决”的件数 ÷ 最后一次回访在当期、接通了的件数。",
                "Complaints whose resident said “solved” in the last answer ÷ complaints last answered in the period.",
            ),
        ),
        "satisfied": Said(
            ("满意率（最后一次）", "Satisfied (last answer)"),
            (
                "最后一次打分为 4 或 5 分的件数 ÷ 最后一次打分在当期的件数。重开过的只看最后一次，比“每一次”好看。",
                "Complaints last scored 4 or 5 ÷ complaints last scored in the period. Of reopened ones only the last score"
                " counts, which looks better than “every answer”.",
            ),
        ),
        "satisfied_every": Said(
            ("满意率（每一次）", "Satisfied (every answer)"),
            ("当期每一次打分中 4 或 5 分的 ÷ 当期打分次数。", "Scores of 4 or 5 ÷ all scores given in the period."),
        ),
        "score": Said(
            ("平均分（最后一次）", "Score (last answer)"),
            (
                "最后一次打分在当期的件，最后一次打分（1 到 5）的平均。",
                "Mean of the last score, 1 to 5, of complaints last scored in the period.",
            ),
        ),
        "coverage": Said(
            ("回访覆盖率", "Callbacks that reached somebody"),
            (
                "最后一轮回访接通（或业主网上回答）的件数 ÷ 当期结案、该回访的件数。",
                "Complaints whose resident answered in the last round, by telephone or online ÷ complaints closed in the"
                " period that owe a callback.",
            ),
            NOT_CALLED,
        ),
        "in_time": Said(
            ("按时办结率", "Resolved in time"),
            (
                "各轮都在解决时限内告知结果的件数 ÷ 当期解决时限到期的件数（重开的按最后一轮）。暂停和延期不改变计算用的时限。",
                "Complaints whose result was told within the resolve limit in every round ÷ complaints whose resolve limit,"
                " that of the last round, ended in the period. Pauses and extensions do not move the limit counted by.",
            ),
            ("时限没到就不用办了（撤诉、合并等）", "nothing was owed any more before the limit was over"),
        ),
        "escalated": Said(
            ("升级率", "Escalated"),
            (
                "有人督办过，或升一级重开过的件数 ÷ 当期收到的件数。",
                "Complaints that somebody had to supervise, or that were led one step up ÷ complaints received.",
            ),
        ),
        "returned": Said(
            ("退单率", "Declined by the department"),
            (
                "部门退过单的件数 ÷ 当期收到的件数。",
                "Complaints that a department declined at least once ÷ complaints received.",
            ),
        ),
        "unfounded": Said(
            ("不实率", "Found unfounded"),
            (
                "以“不实”结案的件数 ÷ 当期收到的件数。",
                "Complaints that ended as unfounded ÷ complaints received.",
            ),
        ),
        "dispatched_once": Said(
            ("改派准确率", "Dispatched right at once"),
            (
                "只派过一次的件数 ÷ 当期收到、派过单的件数。退单后重派、督办改派都算再派。",
                "Complaints dispatched only once ÷ complaints received in the period that were dispatched. Declined ones"
                " dispatched again and those that a supervisor reassigned were dispatched more than once.",
            ),
        ),
        "per_homes": Said(
            ("百户投诉量", "Complaints per 100 homes a month"),
            (
                "当期收到的投诉 ÷（登记在册的住户 ÷ 100 × 月数）。咨询、报修、建议、表扬不算。",
                "Complaints received ÷ (registered homes ÷ 100 × months). No repairs, enquiries, suggestions or praise.",
            ),
        ),
        "paused": Said(
            ("暂停占比", "Time paused"),
            (
                "当期结案的件，暂停的时间 ÷ 从收到到结案的时间。",
                "Of complaints closed in the period: time paused ÷ time from receipt to the end.",
            ),
        ),
        **{
            f"missed_{kind}": Said(
                (f"{zh}超时率", f"{en} limit missed"),
                (
                    f"任何一轮没有在{zh}时限内做到的件数 ÷ 当期{zh}时限到期的件数（不止一个的按最后一个）。",
                    f"Complaints that missed the limit “{en.lower()}” in any round ÷ complaints whose limit, the last one if"
                    " several, ended in the period.",
                ),
                ("时限没到就不用办了", "nothing was owed any more before the limit was over"),
            )
            for kind, zh, en in (
                ("acknowledge", "受理", "Acknowledge"),
                ("first_response", "首次响应", "First response"),
                ("plan", "方案", "Plan"),
                ("resolve", "解决", "Resolve"),
                ("callback", "回访", "Callback"),
            )
        },
        "cost_planned": Said(
            ("方案花费", "Planned cost"),
            (
                "当期结案、各轮方案都填了花费的件：方案花费的合计和每件平均。",
                "Of complaints closed in the period whose plans all named a cost: the sum, and the mean.",
            ),
            ("没有填方案花费", "no planned cost was said"),
        ),
        "cost_actual": Said(
            ("实际花费", "Actual cost"),
            (
                "当期结案、各轮都填了实际花费的件：实际花费的合计和每件平均。没填的多，合计就偏小。",
                "Of complaints closed in the period whose actual cost was said in each round: the sum, and the mean. Where"
                " many did not say, the sum is too small.",
            ),
            ("没有填实际花费", "no actual cost was said"),
        ),
    }
)
