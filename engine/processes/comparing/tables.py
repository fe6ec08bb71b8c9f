"""Compare the decision tables of two files, row by row and cell by cell."""

from collections.abc import Iterator, Mapping

from engine.feel import dmn
from engine.feel.dmn import Decision, Rule
from engine.forms import Words
from engine.processes.comparing.changes import Change, How, Part, moved, part, plain

Column = tuple[str, Words]
"""The code of a column (what it asks, or the name of what it gives) and its name."""


def between(old: bytes, new: bytes) -> tuple[Words, list[Change], list[Change]]:
    """Return the names of the tables, then the changed columns and rows of each table. Raises `BadXml`, `FeelError`."""
    before, after = dmn.read(old).decisions, dmn.read(new).decisions
    changes = []
    for key in dict.fromkeys([*after, *before]):
        if key not in before or key not in after:
            how: How = "added" if key in after else "removed"
            changes.append(Change(how, key, _named((after if key in after else before)[key]), "table"))
        elif before[key] != after[key]:
            changes += _of_table(before[key], after[key])
    named = [_named(each) for each in after.values()]
    return Words("、".join(each.zh for each in named), ", ".join(each.en for each in named)), changes, []


def _of_table(was: Decision, now: Decision) -> Iterator[Change]:
    parts = part("name", Words("名称", "name"), _named(was), _named(now))
    parts += part("hit_policy", Words("几条命中时", "if several match"), plain(was.hit_policy), plain(now.hit_policy))
    if was.table is None or now.table is None:
        parts += part("logic", Words("内容", "content"), _logic(was), _logic(now))
    if parts:
        yield Change("changed", now.id, _named(now), "table", tuple(parts), _named(now))
    yield from _columns(was, now)
    yield from _rows(was, now)


def _named(decision: Decision) -> Words:
    name = decision.label or decision.name or decision.id
    return Words(name, decision.said(name, "en"))


def _logic(decision: Decision) -> Words:
    return plain(getattr(decision.logic, "text", None) or ("表格 / table" if decision.table else decision.logic))


# ---- columns ---------------------------------------------------------------------------------------------------------


def _columns_of(decision: Decision) -> list[Column]:
    asked = [(each.text, each.label or each.text) for each in decision.inputs]
    given = [(f"= {each.name}", each.label or each.name) for each in decision.outputs]
    return [(code, Words(label, decision.said(label, "en"))) for code, label in [*asked, *given]]


def _columns(was: Decision, now: Decision) -> Iterator[Change]:
    before, after = dict(_columns_of(was)), dict(_columns_of(now))
    for code in dict.fromkeys([*after, *before]):
        if code not in before or code not in after:
            how: How = "added" if code in after else "removed"
            yield Change(how, code, after.get(code) or before[code], "column", (), _named(now))
        elif before[code] != after[code]:
            said = Part("name", Words("名称", "name"), before[code], after[code])
            yield Change("changed", code, after[code], "column", (said,), _named(now))


# ---- rows ------------------------------------------------------------------------------------------------------------


def _rows(was: Decision, now: Decision) -> Iterator[Change]:
    same = _pairs(was, now)
    elsewhere = moved([each.id for each in was.rules], list(same.values()))
    columns = dict(_columns_of(was)) | dict(_columns_of(now))
    old = {rule.id: rule for rule in was.rules}
    for rule in now.rules:
        before = old.get(same.get(rule.id, ""))
        parts = tuple(_cells(columns, _cells_of(was, before) if before else {}, _cells_of(now, rule)))
        if before is None:
            yield Change("added", rule.id, Words(), "row", parts, _named(now), now=rule.number)
        elif before.id in elsewhere:
            yield Change("moved", rule.id, Words(), "row", parts, _named(now), was=before.number, now=rule.number)
        elif parts:
            yield Change("changed", rule.id, Words(), "row", parts, _named(now), was=before.number, now=rule.number)
    kept = set(same.values())
    for gone in was.rules:
        if gone.id not in kept:
            parts = tuple(_cells(columns, _cells_of(was, gone), {}))
            yield Change("removed", gone.id, Words(), "row", parts, _named(now), was=gone.number)


def _pairs(was: Decision, now: Decision) -> dict[str, str]:
    """Return the id of the old row of each row: the same id, as editors keep it, else the same cells."""
    known = {rule.id for rule in was.rules}
    found = {rule.id: rule.id for rule in now.rules if rule.id in known}
    left: dict[tuple[str, ...], list[str]] = {}
    for rule in reversed(was.rules):
        if rule.id not in found:
            left.setdefault((*rule.inputs, *rule.outputs), []).append(rule.id)
    return {
        rule.id: found.get(rule.id) or left[key].pop()
        for rule in now.rules
        for key in [(*rule.inputs, *rule.outputs)]
        if rule.id in found or left.get(key)
    }


def _cells_of(decision: Decision, rule: Rule) -> dict[str, Words]:
    codes = [code for code, _name in _columns_of(decision)]
    cells = dict(zip(codes, map(plain, map(_cell, [*rule.inputs, *rule.outputs])), strict=False))
    note = " ".join(filter(None, rule.notes))
    return cells | {"": Words(note, " ".join(decision.said(each, "en") for each in rule.notes if each))}


def _cell(text: str) -> str:
    return "" if text.strip() == "-" else text.strip()


def _cells(columns: Mapping[str, Words], was: Mapping[str, Words], now: Mapping[str, Words]) -> Iterator[Part]:
    for code, label in {**columns, "": Words("说明", "note")}.items():
        yield from part(code, label, was.get(code, Words()), now.get(code, Words()))
