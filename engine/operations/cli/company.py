"""Commands about the company and its people: init, people add, demo."""

import sys
from typing import IO

import click
from sqlalchemy.orm import Session

from engine.company import people, places
from engine.company.people import Person
from engine.core.errors import NotFound, Unclear
from engine.operations import demo as demo_company
from engine.operations import first_start, schema
from engine.operations.cli.root import Console, bihuan
from engine.operations.demo import known_passwords


@bihuan.command()
@click.option("--company", prompt="公司名称 / name of the company", help="Name of the company.")
@click.option("--login", prompt="管理员账号 / administrator's login", help="Log-in of the first administrator.")
@click.option("--name", prompt="管理员姓名 / administrator's name", help="Name of the first administrator.")
@click.option(
    "--password-file", type=click.File(encoding="utf-8"), help="File with the password; asked for when not given."
)
@click.pass_obj
def init(console: Console, company: str, login: str, name: str, password_file: IO[str] | None) -> None:
    """The first start of a real, empty company: the company, its calendar, the first administrator, our processes."""
    password = ask_password(password_file, "管理员密码 / administrator's password")
    schema.migrate(console.bare_store)
    with console.store.transaction() as session:
        first_start.begin(session, company=company, login=login, name=name, password=password)
    console.say(
        "公司已建好。运行 bihuan serve，用管理员账号登录；第一页会告诉您先做什么。",
        "The company is set up. Run `bihuan serve` and log in as the administrator; the first page says what to do first.",
    )


def ask_password(file: IO[str] | None, asked: str) -> str:
    """Return the first line of a file, or what is typed unseen: a command line is read by every account."""
    if file is not None:
        return file.readline().rstrip("\r\n")
    typed: str = click.prompt(asked, hide_input=True, confirmation_prompt=True)
    return typed


@bihuan.group("people")
def people_group() -> None:
    """The people who work with it."""


@people_group.command("add")
@click.argument("login")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, help="role@place-code, such as head@YGL/engineering; may be given several times."
)
@click.option("--phone", default="", help="Phone number.")
@click.option("--mail", default="", help="Mail address.")
@click.pass_obj
def add_person(console: Console, login: str, name: str, roles: tuple[str, ...], phone: str, mail: str) -> None:
    """Add a person and print the one-time link with which they set a password."""
    with console.store.transaction() as session:
        person = people.add(session, login, name, phone=phone, mail=mail)
        for each in roles:
            _hold(session, person, each)
        token = people.reset_link(session, person, None)
    click.echo(people.link_address(console.settings.address, token))


def _hold(session: Session, person: Person, text: str) -> None:
    role, _, code = text.partition("@")
    try:
        place = places.by_code(session, code)
    except NotFound:
        raise Unclear(
            zh=f"“{text}”里没有可用的单位代码，请写成 角色@单位，如 head@YGL/engineering。",
            en=f"“{text}” names no place; write role@place-code, such as head@YGL/engineering.",
        ) from None
    people.hold(session, person, role, place)


@bihuan.command()
@click.option("--fresh", is_flag=True, help="Start over, even if the demo company exists.")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Play its fifteen months through the engine (a quarter of an hour) instead of loading them.",
)
@click.option("--keep", is_flag=True, help="With --rebuild: keep what was told as the copy that is loaded from now on.")
@click.option("--compare", is_flag=True, help="With --rebuild: say whether it equals the copy; exit code 1 if not.")
@click.option("--new-password", is_flag=True, help="Ask for a password in place of the one that everybody knows.")
@click.option("--password-file", type=click.File(encoding="utf-8"), help="The same, with the password in this file.")
@click.pass_obj
def demo(
    console: Console,
    fresh: bool,
    rebuild: bool,
    keep: bool,
    compare: bool,
    new_password: bool,
    password_file: IO[str] | None,
) -> None:
    """Make the demo company, fifteen months of complaints in all stages, and print its log-ins.

    If it exists already, only print them.
    """
    schema.migrate(console.bare_store)
    store = console.store
    if new_password or password_file:
        replace_known_passwords(console, password_file)
        return
    if rebuild:
        _rebuild(console, keep=keep, compare=compare)
    elif fresh or not demo_company.is_there(store):
        with click.progressbar(length=demo_company.copying.size(), label="demo") as bar:
            demo_company.load(store, console.settings, told=bar.update)
    for line in demo_company.logins(console.language):
        click.echo(line)


def replace_known_passwords(console: Console, file: IO[str] | None = None) -> None:
    """Ask for the new password of the demo's people, or read it from a file, and set it."""
    password = ask_password(file, "演示账号的新密码 / new password of the demo's people")
    with console.store.transaction() as session:
        count = known_passwords.replace(session, password)
    console.say(f"已修改 {count} 个账号的密码。", f"The password of {count} accounts was changed.")


def _rebuild(console: Console, *, keep: bool, compare: bool) -> None:
    with click.progressbar(length=demo_company.steps(), label="demo") as bar:
        demo_company.tell(console.store, console.settings, told=bar.update)
    if compare and (differing := demo_company.compare(console.store, console.settings)):
        for each in differing:
            click.echo(each)
        sys.exit(1)
    if keep:
        demo_company.copying.write(console.store, console.settings)
