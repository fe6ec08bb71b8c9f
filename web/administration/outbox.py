"""The outbox: whether each way of sending works, what waits, and what reached nobody."""

from flask import Blueprint, render_template, request

from engine import letters
from engine.letters.outbox import JOINED, SHOWN
from engine.letters.rows import STATES, UNREACHED, WAITING
from web.administration.mailbox import ACT, require
from web.shared import letter_states
from web.shared.case_letters import name_of_text
from web.shell import current
from web.shell.guard import rule

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")
blueprint.context_processor(letter_states.context)

CHOICES = (*STATES, JOINED)


@blueprint.get("")
@rule(ACT)
def index() -> str:
    """How it stands, and the letters in one state, newest first; `before` continues after the last one shown."""
    session = current.reading()
    require(session)
    state, before = request.args.get("state", WAITING), request.args.get("before", "")
    state = state if state in CHOICES else WAITING
    rows = letters.outbox.of_state(session, state, int(before) if before.isdecimal() and len(before) < 10 else None)
    return render_template(
        "outbox/index.html",
        outbox=letters.outbox.read(session),
        unreached=letters.outbox.unreached(session),
        has_mail=bool(current.settings().smtp_url),
        state=state,
        states=CHOICES,
        troubled=UNREACHED,
        rows=rows[:SHOWN],
        more=rows[SHOWN - 1].id if len(rows) > SHOWN else None,
        name_of_text=lambda code: name_of_text(session, code),
    )
