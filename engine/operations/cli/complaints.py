"""Commands about complaints."""

import click
from sqlalchemy import func, select

from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import word_index
from engine.operations.cli.root import Console, bihuan


@bihuan.group()
def complaints() -> None:
    """Complaints, many at a time."""


@complaints.command()
@click.pass_obj
def index(console: Console) -> None:
    """Rebuild the word index of complaints. Needed only when the search finds too little."""
    with console.store.transaction() as session:
        total = session.scalar(select(func.count()).select_from(Complaint)) or 0
        with click.progressbar(length=total, label="complaints") as bar:
            count = word_index.rebuild(session, bar.update)
    console.say(f"{count} 件投诉已可搜索。", f"{count} complaints can be found.")
