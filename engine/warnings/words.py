"""The codes of warnings and their names, in Chinese and English."""

from collections.abc import Mapping

STAGES: Mapping[str, tuple[str, str]] = {
    "look": ("待研判", "To be looked at"),
    "patrol": ("巡查中", "On patrol"),
    "decide": ("定措施", "To be decided"),
    "ended": ("已结束", "Ended"),
}

RESULTS: Mapping[str, tuple[str, str]] = {
    "no_patrol": ("不用巡查", "No patrol needed"),
    "nothing": ("没有发现问题", "Nothing found"),
    "put_right": ("发现问题，已处理", "Found and put right"),
    "improved": ("发现问题，已立项改进", "Found, an improvement was started"),
}
"""What an end of the diagram can count as."""

HITS: Mapping[str, tuple[str, str]] = {
    "yes": ("命中", "Hit"),
    "no": ("未命中", "No hit"),
    "open": ("未满 14 天", "14 days not over"),
}

FARTHEST_FIRST = ("decide", "patrol", "look")
"""Statuses of a warning by open task: `status` in the diagram."""

PATROL = "patrol"
"""What the task of a patrol counts as; its form says in `found` whether there was something (yes, no)."""

FOUND = ("yes", "no")
