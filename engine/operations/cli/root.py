"""The group of commands: settings and store opened once, errors printed kindly, exit codes kept."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from engine.core import private, settings
from engine.core.errors import BihuanError, Conflict, Invalid, Language, WrongSettings
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations import schema

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@dataclass
class Console:
    """What every command needs: the settings, the store, and the user's language."""

    @cached_property
    def settings(self) -> Settings:
        """Return the settings, checked."""
        return settings.load()

    @cached_property
    def store(self) -> Store:
        """Return the store, in its newest shape. Raises `WrongSettings` when it has to be migrated first."""
        self.require_newest_shape()
        return self.bare_store

    def require_newest_shape(self) -> None:
        """Raise `WrongSettings` when the store has to be migrated first."""
        if not schema.is_current(self.bare_store):
            raise WrongSettings(
                zh="数据库还没有建好或版本较旧，请先运行 bihuan migrate。",
                en="the database is missing or has an older schema; run `bihuan migrate` first.",
            )

    @cached_property
    def bare_store(self) -> Store:
        """Return the store, whatever its shape. Raises `WrongSettings` when there can be no home folder."""
        try:
            private.make(self.settings)
        except OSError as broken:
            raise WrongSettings(
                zh=f"无法建立文件夹 {self.settings.home}:{broken.strerror}。请检查 BIHUAN_HOME。",
                en=f"the folder {self.settings.home} cannot be made: {broken.strerror}. Check BIHUAN_HOME.",
            ) from None
        return Store(self.settings.store_url, turnable=self.settings.demo)

    def close(self) -> None:
        """Close the store, if it was opened."""
        if "bare_store" in vars(self):
            self.bare_store.close()

    @property
    def language(self) -> Language:
        """Return Chinese if the terminal's locale is Chinese, otherwise English."""
        locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        return "zh" if locale.lower().startswith("zh") else "en"

    def say(self, zh: str, en: str, **style: Any) -> None:
        """Print one line in the user's language."""
        click.secho(zh if self.language == "zh" else en, **style)


class KindGroup(click.Group):
    """A group whose commands end with a sentence and exit code 1 after an error of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; print our own errors in words instead of a traceback."""
        try:
            return super().invoke(ctx)
        except BihuanError as error:
            _tell(error)
        except OperationalError as error:
            reason = str(error.orig).strip()
            _tell(Conflict(zh=f"数据库无法使用：{reason}", en=f"The database cannot be used: {reason}"))
        sys.exit(1)


def _tell(error: BihuanError) -> None:
    language = Console().language
    click.secho(error.text(language), fg="red", err=True)
    if isinstance(error, Invalid):
        for field, said in error.fields.items():
            click.secho(f"  {field}: {said[language == 'en']}", fg="red", err=True)


@click.group(cls=KindGroup, context_settings=CONTEXT)
@click.version_option(package_name="bihuan", prog_name="bihuan")
@click.pass_context
def bihuan(context: click.Context) -> None:
    """Bihuan (闭环): complaints of a property-management company, each seen through to a verified end."""
    context.obj = Console()
    context.call_on_close(context.obj.close)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Whatever it makes is its owner's alone."""
    private.begin()
    bihuan.main(args=arguments, prog_name="bihuan")
