"""Paper forms: printed in batches for a community; a code on each sheet leads back to the desk's form."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.company import permissions
from engine.company.people import Person
from engine.company.permissions import within
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.core.errors import Conflict, Invalid, NotFound
from engine.core.store import Base
from engine.history import NewEntry

ACT = "complaint.register"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs that are never confused with each other. 31 is prime, so the check sign detects every single wrong sign and
every swap of two."""

LENGTH = 6
MOST_SHEETS = 200
IN_ADDRESS = re.compile(r"[/=]([0-9A-Za-z]{3}-?[0-9A-Za-z]{4})/?$")


class Batch(Base):
    """Sheets printed together."""

    __tablename__ = "paper_batches"
    __table_args__ = (Index("ix_paper_batches_community_id_printed_at", "community_id", "printed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    printed_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sheets: Mapped[int]


class Paper(Base):
    """One sheet. `complaint_id`: the complaint on it, once the desk has registered it."""

    __tablename__ = "papers"

    code: Mapped[str] = mapped_column(String(LENGTH + 1), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("paper_batches.id"), index=True)
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), unique=True)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with the community it was printed for."""

    paper: Paper
    batch: Batch

    @property
    def said(self) -> str:
        """Return its code in readable form: ABC-DEFG."""
        return spelt(self.paper.code)


def spelt(code: str) -> str:
    """Return a code with a dash, as printed on the sheet."""
    return f"{code[:3]}-{code[3:]}"


def check_sign(code: str) -> str:
    """Return the last sign of a code: the sum of the others weighted by position, modulo 31."""
    total = sum((place + 1) * ALPHABET.index(sign) for place, sign in enumerate(code))
    return ALPHABET[total % len(ALPHABET)]


def read_code(typed: str) -> str:
    """Return the code in typed or scanned text, which may be a whole address. Raises `Invalid` naming the field
    `paper`."""
    found = IN_ADDRESS.search(typed.strip())
    code = re.sub(r"[\s\-]", "", found.group(1) if found else typed).upper()
    known = len(code) == LENGTH + 1 and all(each in ALPHABET for each in code)
    if not known or check_sign(code[:-1]) != code[-1]:
        raise Invalid(
            {
                "paper": (
                    "表单编码不对：应为 7 位字母数字，如 ABC-DEFG，印在二维码下面。请核对后再输。",
                    "This is not a form code: 7 signs such as ABC-DEFG, printed below the QR code. Please check it.",
                )
            }
        )
    return code


def find(session: Session, code: str) -> Sheet:
    """Return the sheet with this code. Checks no permission: a resident may scan it. Raises `NotFound`."""
    row = session.execute(
        select(Paper, Batch).join(Batch, Batch.id == Paper.batch_id).where(Paper.code == code)
    ).first()
    if row is None:
        raise NotFound
    return Sheet(*row)


def print_batch(session: Session, by: Person, community_id: int, sheets: int) -> Batch:
    """Create a batch of new codes.

    Raises `Invalid` for a count out of bounds, `NotFound` where `by` may not register complaints.
    """
    permissions.require(session, by, ACT, community_id)
    if not 1 <= sheets <= MOST_SHEETS:
        raise Invalid(
            {"sheets": (f"一次最多 {MOST_SHEETS} 张，至少 1 张。", f"At least one sheet, at most {MOST_SHEETS}.")}
        )
    batch = Batch(community_id=community_id, printed_at=clock.now(), by_id=by.id, sheets=sheets)
    session.add(batch)
    session.flush()
    session.add_all(Paper(code=code, batch_id=batch.id) for code in _fresh(session, sheets))
    facts = {"batch": batch.id, "place": community_id, "sheets": sheets}
    history.add(session, history.company(session), [NewEntry("papers.printed", by.id, None, facts)])
    session.flush()
    return batch


def _fresh(session: Session, number: int) -> list[str]:
    codes: set[str] = set()
    while len(codes) < number:
        made = {"".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(number - len(codes))}
        whole = {code + check_sign(code) for code in made}
        codes |= whole - set(session.scalars(select(Paper.code).where(Paper.code.in_(whole))))
    return sorted(codes)


def find_batch(session: Session, person: Person, batch_id: int) -> Batch:
    """Return a batch of a community where `person` may register complaints. Raises `NotFound`."""
    reach = permissions.reach(session, person, ACT)
    found = session.scalar(select(Batch).where(Batch.id == batch_id, within(reach, Batch.community_id)))
    if found is None:
        raise NotFound
    return found


def codes(session: Session, batch: Batch) -> list[str]:
    """Return the codes of its sheets, in order."""
    return list(session.scalars(select(Paper.code).where(Paper.batch_id == batch.id).order_by(Paper.code)))


def returned(session: Session, batch_ids: list[int]) -> dict[int, int]:
    """Return how many sheets of each batch have come back: one statement."""
    came = select(Paper.batch_id, func.count()).where(Paper.batch_id.in_(batch_ids), Paper.complaint_id.is_not(None))
    return {batch_id: int(number) for batch_id, number in session.execute(came.group_by(Paper.batch_id))}


def take_in(session: Session, code: str, complaint: Complaint) -> None:
    """Record a sheet's complaint. Raises `Conflict` when it was registered before, `NotFound` for no sheet."""
    sheet = find(session, code)
    if sheet.paper.complaint_id not in (None, complaint.id):
        raise Conflict(
            zh=f"表单 {sheet.said} 已经登记过。",
            en=f"The form {sheet.said} has been registered already.",
        )
    sheet.paper.complaint_id = complaint.id
    session.flush()
