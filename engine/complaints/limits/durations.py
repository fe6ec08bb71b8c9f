"""Durations as tables and forms write them (ISO 8601)."""

import re
from datetime import timedelta

from engine.core.errors import Unclear

ISO = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def length_of(value: object) -> timedelta | None:
    """Return a duration from ISO text (`PT15M`, `P3D`), a duration unchanged, or None. Raises `Unclear` for anything
    else."""
    if value is None or isinstance(value, timedelta):
        return value
    found = ISO.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        raise Unclear(
            zh=f"“{value}”不是时长。请写成 PT15M（15 分钟）、PT24H 或 P3D（3 天）这样的形式。",
            en=f"“{value}” is not a duration. Write, for example, PT15M (15 minutes), PT24H or P3D (3 days).",
        )
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
