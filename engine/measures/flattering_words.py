"""What can make figures look better than they are, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ALWAYS = 10
"""So many answers of one caller, all of them five, are noticed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at: its words, and why it matters."""

    code: str
    name: tuple[str, str]
    why: tuple[str, str]


CHECKS: Mapping[str, Check] = MappingProxyType({each.code: each for each in (
    Check(
        "unreached", ("没有打通回访就结案", "Closed without a reached callback"),
        ("没有问到业主，就不知道有没有解决。打了三次没通是可以的，多了要看看。",
         "Nobody asked the resident whether it is solved. Three failed attempts are allowed; many of them are worth a look."),
    ),
    Check(
        "own_department", ("经办部门的人自己回访", "Called back by the handling department"),
        ("回访应由没有经办的人做，自己问自己的，分数偏高。",
         "Callbacks are for people who did not handle the case; answers given to the handlers are kinder."),
    ),
    Check(
        "always_five", ("一个人打的回访全是 5 分", "Every answer of one caller is a five"),
        (f"同一个回访人 {ALWAYS} 个以上的回答全是 5 分。可能真好，也可能没有问。",
         f"{ALWAYS} or more answers taken by one caller, all fives. It may be true, or nobody was asked."),
    ),
    Check(
        "together", ("一分钟内一起结案", "Closed within a minute of each other"),
        ("同一小区一分钟内结了两件以上（合并、随办的除外），像是成批点掉的。",
         "Two or more of one community closed within a minute (merged and joined ones aside) look like clearing a list."),
    ),
    Check(
        "just_before", ("压着时限告知结果", "Result told just before the limit"),
        ("到期前 10 分钟内告知的。个别正常，成堆就要看是不是先点完再做。",
         "Told within the last ten minutes. One is normal; many may mean that it was ticked first and done later."),
    ),
    Check(
        "late_pause", ("快到期才暂停", "Paused when the limit was nearly over"),
        ("时限过了 80 % 以后才开始的暂停。", "Pauses begun after 80 % of the limit."),
    ),
    Check(
        "recategorised", ("逾期以后改了分类", "Category changed after it was late"),
        ("改分类可能改时限。度量用的时限不变，但要看为什么改。",
         "Another category may have another limit. The measured limit stays; why it was changed is worth a look."),
    ),
    Check(
        "unfounded", ("定为不实", "Found unfounded"),
        ("不实的不算未解决。按小区和按经办人看占比，明显高的看几件。",
         "Unfounded ones do not count as unsolved. Look at some where their share is clearly higher."),
    ),
)})  # fmt: skip
