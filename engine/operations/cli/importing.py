"""Commands that import files: complaints, households, people."""

import itertools
import os
import sys
from pathlib import Path

import click

from engine import importing
from engine.company import people
from engine.company.permissions import Reach
from engine.core.errors import Unclear
from engine.core.settings import secret
from engine.importing import Outcome, Wish, columns, keeping, meanings
from engine.operations.cli.company import people_group
from engine.operations.cli.complaints import complaints
from engine.operations.cli.root import Console, bihuan

SOME_REFUSED = 3
"""Exit code when the file was read and some of its rows were refused."""

EVERYWHERE = Reach(everything=True)
SHOWN = 20
SHOWN_ADDRESSES = 60

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
MEANS = click.option(
    "--means",
    "means",
    multiple=True,
    metavar="FIELD:WORD=MEANING",
    help="Say what a word of the file means (role:电工=handler); kept for later files.",
)
RETURN = click.option("--return-retired", is_flag=True, help="Use retired homes again that stand in the file.")
DRY = click.option("--dry-run", is_flag=True, help="Report what would happen, write nothing.")
COMMUNITY = click.option("--community", default="", help="Name or code of the community for rows that name none.")
MAP = click.option(
    "--map", "said", multiple=True, metavar="COLUMN=FIELD", help="Say what a column is; COLUMN= for none."
)
REFUSED = click.option(
    "--refused",
    "refused",
    type=click.Path(dir_okay=True, path_type=Path),
    help="Where refused rows go: a new file, or a folder. By default beside FILE.",
)


@complaints.command("import")
@FILE
@DRY
@COMMUNITY
@REFUSED
@click.option("--open", "open_all", is_flag=True, help="Start a case for rows older than 30 days too.")
@MAP
@MEANS
@click.pass_obj
def import_complaints(
    console: Console,
    file: Path,
    dry_run: bool,
    community: str,
    refused: Path | None,
    open_all: bool,
    said: tuple[str, ...],
    means: tuple[str, ...],
) -> None:
    """Import complaints from FILE (.xlsx, .csv, .csv.gz). Older than 30 days: as past, without a case.

    Refused rows are written, each with its reason, to a new file that can be corrected and imported. Exit code 0: all
    rows were imported or existed already; 3: some were refused.
    """
    wish = Wish("complaints", community, open_all, _said(said), means=_means(console, "complaints", means))
    _end(_look_in(console, file, wish, dry=dry_run, refused=refused))


@bihuan.group()
def households() -> None:
    """The homes of a community and who lives there."""


@households.command("import")
@FILE
@DRY
@COMMUNITY
@REFUSED
@RETURN
@MAP
@MEANS
@click.pass_obj
def import_households(
    console: Console,
    file: Path,
    dry_run: bool,
    community: str,
    refused: Path | None,
    return_retired: bool,
    said: tuple[str, ...],
    means: tuple[str, ...],
) -> None:
    """Import households from FILE (.xlsx, .csv). Importing again writes only changes."""
    meant = _means(console, "households", means)
    wish = Wish("households", community, said=_said(said), return_retired=return_retired, means=meant)
    _end(_look_in(console, file, wish, dry=dry_run, refused=refused))


@people_group.command("import")
@FILE
@DRY
@COMMUNITY
@REFUSED
@MAP
@MEANS
@click.pass_obj
@click.option("--mail", "mail_links", is_flag=True, help="Mail the one-time links to those who have an address.")
def import_people(
    console: Console,
    file: Path,
    dry_run: bool,
    community: str,
    refused: Path | None,
    mail_links: bool,
    said: tuple[str, ...],
    means: tuple[str, ...],
) -> None:
    """Import people with their roles from FILE, and print the one-time link of each."""
    meant = _means(console, "people", means)
    wish = Wish("people", community, said=_said(said), means=meant, mail_links=mail_links)
    outcome = _look_in(console, file, wish, dry=dry_run, refused=refused)
    for each in outcome.invited:
        where = each.mailed_to or people.link_address(console.settings.address, each.token)
        click.echo(f"{each.name}\t{each.login}\t{where}")
    _end(outcome)


def _means(console: Console, kind: str, given: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Return what words mean, by field and word; a meaning is written as its code or name. Raises `Unclear`."""
    found: dict[tuple[str, str], str] = {}
    with console.store.reading() as session:
        for each in given:
            word, _, wished = each.rpartition("=")
            field, colon, word = word.partition(":")
            if not colon or field not in meanings.FIELDS:
                known = "、".join(meanings.FIELDS)
                raise Unclear(
                    zh=f"--means 要写成“字段:词=含义”，而不是“{each}”。字段有：{known}。",
                    en=f"--means is written “field:word=meaning”, not “{each}”. Fields: {known}.",
                )
            offered = meanings.options(session, kind, field, EVERYWHERE)
            found[field, word] = next((code for code, *names in offered if wished in (code, *names)), wished)
        meanings.require(session, kind, found, EVERYWHERE)
    return found


def _said(given: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        column, sign, field = each.rpartition("=")
        if not sign:
            raise Unclear(
                zh=f"--map 要写成“列名=字段”，而不是“{each}”。", en=f"--map is written “column=field”, not “{each}”."
            )
        found[column.strip()] = field.strip()
    return found


def _look_in(console: Console, file: Path, wish: Wish, *, dry: bool, refused: Path | None) -> Outcome:
    content = file.read_bytes()
    opened = importing.open_file(content, file.name, wish)
    columns.require(opened.kind, opened.table.head, opened.columns)
    key = secret(console.settings, "links")
    kept = None if dry else console.store.attempt(lambda session: keeping.note(session, wish, file.name, content))
    with click.progressbar(length=opened.table.about, label=file.name, file=sys.stderr) as bar:

        def told(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        try:
            outcome = importing.run(console.store, opened, wish, key=key, dry=dry, told=told, import_id=kept)
        except BaseException:
            if kept is not None:
                console.store.attempt(lambda session: keeping.fail(session, kept))
            raise
    if kept is not None:
        console.store.attempt(lambda session: keeping.settle(session, kept, outcome))
        console.store.attempt(lambda session: meanings.keep(session, wish.means))
    _tell(console, outcome, dry=dry)
    if outcome.refused is not None and not dry:
        _write_refused(console, file, outcome, refused)
    return outcome


def _tell(console: Console, outcome: Outcome, *, dry: bool) -> None:
    chinese = console.language == "zh"
    for fault in outcome.faults[:SHOWN]:
        where = f"第 {fault.row} 行" if chinese else f"row {fault.row}"
        column = f" [{fault.column}]" if fault.column else ""
        click.secho(f"{where}{column}: {fault.text(console.language)}", fg="yellow")
    if len(outcome.faults) > SHOWN:
        left = len(outcome.faults) - SHOWN
        console.say(f"……还有 {left} 处，见未导入的文件。", f"… and {left} more, in the file of refused rows.")
    for zh, en, count in outcome.notes:
        console.say(f"注意：{zh}（{count}）", f"Note: {en} ({count})")
    _tell_addresses(console, outcome)
    for field, word, count, meant in outcome.told["words"]:
        if not meant:
            hint = f"--means {field}:{word}=…"
            console.say(
                f"不认识的词：{word}（{count} 行），可写 {hint}", f"Unknown word: {word} ({count} rows); say {hint}"
            )
    named = ", ".join(f"{column} → {field}" for field, column in outcome.columns.items())
    console.say(f"识别的列：{named}", f"Columns: {named}")
    if dry:
        console.say("只是试读，没有写入任何内容。", "Only checked; nothing was written.")
    click.secho(importing.summary(outcome.counts, console.language), bold=True)


def _tell_addresses(console: Console, outcome: Outcome) -> None:
    """Show the addresses that come out, beside what the file says: the first ones, and those written otherwise."""
    shown = outcome.told["addresses"]
    if shown:
        console.say("文件里的地址 → 导入成：", "Addresses in the file → as they are taken in:")
    for row, written, made, how in shown[:SHOWN_ADDRESSES]:
        mark = {"changed": "≠", "joined": "="}.get(how, " ")
        click.echo(f"  {mark} {row}\t{written}\t→ {made}")
    if len(shown) > SHOWN_ADDRESSES:
        console.say(
            f"  ……写法不同的共 {outcome.told['otherwise']} 行。",
            f"  … {outcome.told['otherwise']} written otherwise in all.",
        )


def _write_refused(console: Console, file: Path, outcome: Outcome, wished: Path | None) -> None:
    """Write the refused rows to a new file: they hold personal data and were perhaps corrected already."""
    stem = file.name
    for ending in (".gz", ".csv", ".xlsx"):
        stem = stem.removesuffix(ending)
    usual = f"{stem}.refused{outcome.ending}"
    target = file.with_name(usual) if wished is None else wished / usual if wished.is_dir() else wished
    try:
        target = _new_file(target, outcome.refused or b"")
    except OSError:  # beside a file in a folder that is only to be read: with what the company keeps
        if wished is not None:
            raise
        target = _new_file(console.settings.home / usual, outcome.refused or b"")
    console.say(
        f"未导入的行在 {target}，改好后可再导入。", f"Refused rows are in {target}; correct them and import that file."
    )


def _new_file(wished: Path, content: bytes) -> Path:
    """Write a file that only its owner can read, under the first free name: x.csv, x-2.csv, x-3.csv."""
    for count in itertools.count(1):
        target = wished if count == 1 else wished.with_name(f"{wished.stem}-{count}{wished.suffix}")
        try:
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
                made.write(content)
        except FileExistsError:
            continue
        return target
    raise AssertionError("there is always another number")


def _end(outcome: Outcome) -> None:
    if outcome.counts["refused"]:
        sys.exit(SOME_REFUSED)
