"""Who outside of the company is mailed the signed reports of a place, as a file: they cannot open our pages."""

import re
from collections.abc import Mapping

import typst
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import letters
from engine.company import places
from engine.core.errors import Conflict, Invalid, NotFound
from engine.core.store import Base
from engine.letters import Letter, Recipient
from engine.letters.attachments import Attachment, attached_to
from engine.reports import issued, pdf
from engine.reports.making import LEVELS
from engine.reports.rows import Report

TEMPLATE, RECIPIENT = "report_sent", "report_address"
LONGEST_NAME, LONGEST_MAIL = 60, 254
MOST = 100
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


class ReportAddress(Base):
    """Somebody outside who is mailed the signed reports of one place, in their language."""

    __tablename__ = "report_addresses"
    __table_args__ = (UniqueConstraint("place_id", "mail"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    mail: Mapped[str] = mapped_column(String(LONGEST_MAIL))
    language: Mapped[str] = mapped_column(String(2))


def every(session: Session) -> list[ReportAddress]:
    """Return all of them, by place and name."""
    order = ReportAddress.place_id, ReportAddress.name, ReportAddress.id
    return list(session.scalars(select(ReportAddress).order_by(*order)))


def add(session: Session, place_id: int, typed: Mapping[str, str]) -> ReportAddress:
    """Add an address. Raises `Invalid` naming the fields, `Conflict` for a second time or too many. The caller checks."""
    name, mail, language = (typed[each].strip() for each in ("name", "mail", "language"))
    wrong: dict[str, tuple[str, str]] = {}
    place = places.known(session).get(place_id)
    if place is None or place.kind not in LEVELS or place.retired_at is not None:
        wrong["place"] = ("请选择哪里的报告。", "Please choose whose reports.")
    if not name or len(name) > LONGEST_NAME:
        wrong["name"] = (
            f"请写收件人，最多 {LONGEST_NAME} 个字。",
            f"Say who it is, in at most {LONGEST_NAME} characters.",
        )
    if not _MAIL.fullmatch(mail) or len(mail) > LONGEST_MAIL:
        wrong["mail"] = (
            "请填一个邮箱地址，例如 name@example.com。",
            "Give one mail address, such as name@example.com.",
        )
    if wrong:
        raise Invalid(wrong)
    there = every(session)
    if len(there) >= MOST:
        raise Conflict(zh=f"最多 {MOST} 个地址，请先删除不用的。", en=f"At most {MOST} addresses; remove some first.")
    if any(each.place_id == place_id and each.mail == mail for each in there):
        raise Conflict(zh="这个邮箱已经在名单上。", en="This address is on the list already.")
    found = ReportAddress(place_id=place_id, name=name, mail=mail, language="en" if language == "en" else "zh")
    session.add(found)
    session.flush()
    return found


def remove(session: Session, address_id: int) -> None:
    """Remove an address: nothing more is sent to it, not even what waits. Raises `NotFound`. The caller checks."""
    found = session.get(ReportAddress, address_id)
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()


def put(session: Session, report: Report, facts: Mapping[str, object]) -> None:
    """Put a letter for each address of the report's place."""
    for each in session.scalars(select(ReportAddress).where(ReportAddress.place_id == report.place_id)):
        key = f"{report.number}:{TEMPLATE}:{each.id}"
        letters.put(session, key, TEMPLATE, (RECIPIENT, each.id), facts, report.case_id)


@letters.recipient(RECIPIENT)
def _found(session: Session, address_id: int, _case_id: int | None) -> Recipient | None:
    each = session.get(ReportAddress, address_id)
    return Recipient(each.name, each.language, each.mail) if each is not None else None


@attached_to(TEMPLATE)
def _attachment(session: Session, letter: Letter, language: str) -> Attachment | None:
    report = session.scalar(select(Report).where(Report.case_id == letter.case_id))
    if report is None:
        return None
    document = issued.document_of(session, report, language)

    def make() -> bytes:
        try:
            return pdf.render(document)
        except typst.TypstError as broken:
            raise ValueError(f"PDF 没有做成 / the PDF could not be made: {broken}") from broken

    return Attachment(f"{report.number}-{report.revision}.pdf", make)
