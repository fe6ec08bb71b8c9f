"""Numbers of a report in words: never a share without its counts, and no percentage of too few."""

from collections.abc import Mapping
from typing import Any

NOTHING = "—"

Value = Mapping[str, Any]


def value(figure: Mapping[str, Any], found: Value | None, language: str) -> str:
    """Return a figure with what it is out of: 92.3 % (36/39), 1.42 (57), 4.3 (31), ¥320 (12)."""
    if found is None or (not found["of"] and not found["hit"]):
        return NOTHING
    unit, known, hit = figure["unit"], found["value"], found["hit"]
    behind = (
        f"{hit:,.0f}"
        if unit == "per_100_homes"
        else f"{hit:,.0f}/{found['of']:,}"
        if unit == "share"
        else f"{found['of']:,}"
    )
    if known is None:
        return behind if unit in ("share", "per_100_homes") else _few(found["of"], language)
    said = _number(unit, known)
    return f"{said}（{behind}）" if language == "zh" else f"{said} ({behind})"


def _few(of: int, language: str) -> str:
    return f"只有 {of} 件" if language == "zh" else f"only {of}"


def _number(unit: str, known: float) -> str:
    if unit in ("share", "time"):
        return f"{known * 100:.1f} %"
    if unit == "yuan":
        return f"¥{known:,.0f}"
    return f"{known:.2f}"


def interval(figure: Mapping[str, Any], found: Value | None) -> str:
    """Return from where to where chance alone could have moved it: 84.1 to 96.5 %."""
    if found is None or found["low"] is None:
        return NOTHING
    if figure["unit"] == "share":
        return f"{found['low'] * 100:.1f}–{found['high'] * 100:.1f} %"
    return f"{found['low']:.2f}–{found['high']:.2f}"


def change(figure: Mapping[str, Any], now: Value | None, then: Value | None, language: str) -> str:
    """Return how much a figure changed: points of a share, otherwise a share of what it was."""
    if now is None or then is None or now["value"] is None or then["value"] is None:
        return NOTHING
    apart = now["value"] - then["value"]
    if figure["unit"] in ("share", "time"):
        return f"{apart * 100:+.1f} " + ("点" if language == "zh" else "pts")
    return f"{apart / then['value'] * 100:+.0f} %" if then["value"] else NOTHING


def target(figure: Mapping[str, Any]) -> str:
    """Return the target with its direction: ≥ 90 %."""
    if figure["target"] is None:
        return NOTHING
    sign = {"more": "≥ ", "less": "≤ "}.get(figure["better"], "")
    return sign + (f"{figure['target'] * 100:g} %" if figure["unit"] == "share" else f"{figure['target']:g}")


def reached(figure: Mapping[str, Any]) -> bool | None:
    """Return whether the target was reached; None without one, or with too few cases to say."""
    now = figure["now"]
    if figure["target"] is None or now is None or now["value"] is None:
        return None
    return bool(now["value"] >= figure["target"] if figure["better"] == "more" else now["value"] <= figure["target"])


def share(hit: int, of: int) -> str:
    """Return a share with its counts, or counts alone where there are few."""
    return f"{hit:,}/{of:,}" if of < 30 else f"{hit / of * 100:.1f} % ({hit:,}/{of:,})"


def effect(ratio: float | None) -> str:
    """Return a ratio of after to before as a change in percent, "" where there is none: −38 %."""
    return "" if ratio is None else f"{ratio - 1:+.0%}".replace("-", "−").replace("%", " %")
