"""A report as a document: titles, notes and tables in one language, which page, PDF and workbook show alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.reports import drawings, periods, saying
from engine.reports.drawings import Drawing
from engine.reports.rows import Report
from engine.reports.trends import PSI

Say = Callable[[str, str], str]
Link = tuple[str, str]
"""Figure and part: the list of cases behind a number."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of a table. `behind`: its cases; `mark`: good or bad, where there is a target; `note`: smaller, below."""

    text: str
    behind: Link | None = None
    mark: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every column after the first `words` holds numbers."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document. `drawn`: its table only says exactly what `drawings` show, so a page folds it away."""

    code: str
    title: str
    notes: Sequence[str] = ()
    table: Table | None = None
    said: str = ""
    drawings: Sequence[Drawing] = ()
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report. `hands`: who did what, and when, as texts; `seal`: the line that stands on every page."""

    title: str
    place: str
    number: str
    language: str
    sections: Sequence[Section]
    hands: Sequence[tuple[str, str, str]] = ()
    seal: str = ""
    reason: str = ""
    stands: str = ""
    measured: Sequence[tuple[str, str]] = field(default=())


def of(
    report: Report,
    language: str,
    *,
    hands: Sequence[tuple[str, str, str]] = (),
    seal: str = "",
    stands: str = "",
) -> Document:
    """Return a report as a document in one language."""
    at = 0 if language == "zh" else 1
    content: Mapping[str, Any] = report.content

    def say(zh: str, en: str) -> str:
        return en if at else zh

    made = (_psi, _trend, _figures, _causes, _late, _repeats, _improvements, _flatters, _communities)
    sections = [each for make in made for each in make(content, say, at)]
    words = [
        Section("summary", say("这段时间的情况", "What happened"), said=report.summary),
        Section("word", say("经理的话", "A word of the manager"), said=report.word),
    ]
    return Document(
        title=periods.titled(report, language),
        place=content["place"]["name"][at],
        number=report.number,
        language=language,
        sections=[*(each for each in words if each.said), *sections],
        hands=hands,
        seal=seal,
        reason=report.reason,
        stands=stands,
        measured=[(each["name"][at], each["meaning"][at]) for each in content["figures"]],
    )


def _rows(content: Mapping[str, Any], codes: Callable[[str], bool], say: Say, at: int) -> Iterable[list[Cell]]:
    language = "en" if at else "zh"
    for each in content["figures"]:
        if not codes(each["code"]) or not any(each[part] and each[part]["of"] for part in ("now", "before", "year")):
            continue
        now, got = each["now"], saying.reached(each)
        late = now["immature"] if now else 0
        note = say(f"还有 {late} 件没到期", f"{late} not due yet") if late else ""
        out = now["excluded"] if now else 0
        name = Cell(each["name"][at], note=say(f"不计 {out} 件", f"{out} left out") if out else "")
        behind = (each["code"], "hit" if each["unit"] == "share" else "of")
        yield [
            name,
            Cell(saying.value(each, now, language), behind, {True: "good", False: "bad"}.get(got, ""), note),  # type: ignore[arg-type]
            Cell(saying.interval(each, now)),
            Cell(saying.target(each)),
            _then(each, each["before"], language),
            _then(each, each["year"], language),
        ]


def _then(figure: Mapping[str, Any], then: saying.Value | None, language: str) -> Cell:
    """How a figure changed, with what it was then."""
    was = saying.value(figure, then, language)
    return Cell(saying.change(figure, figure["now"], then, language), note="" if was == saying.NOTHING else was)


def _head(say: Say) -> list[str]:
    return [
        say("指标", "Measure"),
        say("本期", "This period"),
        say("95 % 区间", "95 % interval"),
        say("目标", "Target"),
        say("环比", "Period before"),
        say("同比", "Year before"),
    ]


def _psi(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    rows = list(_rows(content, lambda code: code in PSI, say, at))
    received = content["received"]
    notes = [say(f"本期收到投诉 {received} 件。", f"{received} complaints were received.")]
    yield Section("psi", say("三项主要指标（PSI）", "The three figures of the PSI"), notes, Table(_head(say), rows))


def _trend(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    if "trend" not in content:  # counted before there was one
        return
    lines, columns = drawings.lines(content, at), drawings.columns(content, at)
    rows = [
        [
            Cell(month.name),
            *(Cell(each.marks[number].told) for each in lines),
            Cell(month.told),
            Cell(f"{month.late:,}"),
        ]
        for number, month in enumerate(columns.marks)
    ]
    head = [say("月份", "Month"), *(each.title for each in lines), *columns.words]
    title = say("最近 13 个月", "The last 13 months")
    notes = [
        say(
            "空心点不足 30 件，或还有没到期的。虚线是目标。",
            "Hollow points: fewer than 30 cases, or some not due yet. Dashed: the target.",
        )
    ]
    yield Section("trend", title, notes, Table(head, rows), drawings=(*lines, columns), drawn=True)


def _figures(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    rows = list(_rows(content, lambda code: code not in PSI and not code.startswith("missed_"), say, at))
    before, year = content["before"][at], content["year"][at]
    notes = [
        say(f"环比：与{before}比。同比：与{year}比。", f"The period before is {before}, the year before {year}."),
        say("不足 30 件的只写件数，不写百分比。", "Of fewer than 30 only the counts are given, no percentage."),
    ]
    yield Section("figures", say("其余指标", "The other figures"), notes, Table(_head(say), rows))


def _causes(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    rows = [
        [
            Cell(each["name"][at]),
            Cell(f"{each['now']:,}", (f"cause:{each['code']}", "of")),
            Cell(f"{each['before']:,}"),
            Cell(f"{each['year']:,}"),
        ]
        for each in content["causes"]
    ]
    head = [say("类别", "Category"), say("本期", "This period"), content["before"][at], content["year"][at]]
    title = say("投诉最多的事", "Complained of most")
    yield Section("causes", title, (), Table(head, rows), drawings=[drawings.causes(content, at)] if rows else ())


def _late(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    limits = [
        [Cell(each["name"][at]), Cell(saying.value(each, each["now"], "en" if at else "zh"), (each["code"], "hit"))]
        for each in content["figures"]
        if each["code"].startswith("missed_")
    ]
    head = [say("哪个时限", "Limit"), say("没守住", "Missed")]
    yield Section("limits", say("哪些时限没有守住", "Limits that were missed"), (), Table(head, limits))
    late = content["late"]
    rows = [
        [Cell(each["name"][at]), Cell(saying.share(each["hit"], each["of"]), (f"late:{each['code']}", "hit"))]
        for each in late["departments"]
        if each["of"]
    ]
    head = [say("部门", "Department"), say("逾期办结", "Resolved late")]
    yield Section("late", say("谁手上逾期", "Late, by department"), (), Table(head, rows))
    rows = [
        [
            Cell(f"{each['since']:02}:00–{each['since'] + 6:02}:00"),
            Cell(saying.share(each["hit"], each["of"])),
        ]
        for each in late["bands"]
    ]
    head = [say("几点收到", "Received"), say("逾期办结", "Resolved late")]
    yield Section("hours", say("几点来的逾期多", "Late, by the hour received"), (), Table(head, rows))


def _repeats(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    rows = [
        [
            Cell(each["community"][at]),
            Cell(
                say(f"{each['building']}栋", f"Building {each['building']}")
                if each["building"].isdecimal()
                else each["building"]
            ),
            Cell(each["name"][at]),
            Cell(f"{each['cases']:,}", (f"repeat:{number}", "hit")),
        ]
        for number, each in enumerate(content["repeats"], 1)
    ]
    head = [
        say("小区", "Community"),
        say("楼栋", "Building"),
        say("类别", "Category"),
        say("再次投诉", "Complained again"),
    ]
    yield Section("repeats", say("重复投诉集中在哪里", "Where complaints come back"), (), Table(head, rows, 3))


def _improvements(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    rows = [
        [
            Cell(each["number"]),
            Cell(each["title"], note=each["department"][at]),
            Cell(each["stage"][at]),
            Cell(
                each["said"][at] or saying.NOTHING,
                note=" ".join(filter(None, (each["measure"][at], saying.effect(each["ratio"])))),
                mark={"worked": "good", "worse": "bad"}.get(each["verdict"], ""),
            ),
        ]
        for each in content["improvements"]
    ]
    head = [
        say("编号", "Number"),
        say("改进什么", "What is improved"),
        say("走到哪", "Stage"),
        say("算出来的效果", "Effect, as computed"),
    ]
    yield Section("improvements", say("改进", "Improvements"), (), Table(head, rows, 3))


def _flatters(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    rows = [
        [
            Cell(each["name"][at], note=each["why"][at]),
            Cell(saying.share(each["hit"], each["of"]), (f"flat:{each['code']}", "hit")),
        ]
        for each in content["flatters"]
    ]
    notes = [say("每一项都是要看一看的清单，不是指控。", "Each is a list of cases to look at, none an accusation.")]
    head = [say("看什么", "What to look at"), say("结案中有", "Of those closed")]
    yield Section("flatters", say("哪些会让数字好看", "What can make figures look better"), notes, Table(head, rows))


def _communities(content: Mapping[str, Any], say: Say, at: int) -> Iterable[Section]:
    if not content["communities"]:
        return
    known = {each["code"]: each for each in content["figures"]}
    codes = [code for code in (*PSI, "per_homes") if code in known]
    rows = [
        [
            Cell(each["name"][at]),
            *(Cell(saying.value(known[code], each["figures"].get(code), "en" if at else "zh")) for code in codes),
        ]
        for each in content["communities"]
    ]
    head = [say("小区", "Community"), *(known[code]["name"][at] for code in codes)]
    notes = [say("按名称列出，不排名次：差别多半在偶然之内。", "Not a ranking: most differences are within chance.")]
    yield Section("communities", say("各小区", "Communities"), notes, Table(head, rows))
