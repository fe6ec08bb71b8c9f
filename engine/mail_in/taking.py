"""What becomes of one mail: a complaint, an addition to one, or nothing; recorded once, even after interruptions."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session

from engine import complaints, files, letters
from engine.company import places, public_pages
from engine.company.places import Place
from engine.complaints.core import categories, links
from engine.complaints.core.complaint import Complaint
from engine.complaints.intake import danger
from engine.complaints.intake.registration import LONGEST, Concern
from engine.complaints.limits import thresholds
from engine.complaints.resident import resident_acts
from engine.core import clock, parsing, throttle
from engine.core.errors import BihuanError, Throttled
from engine.core.parsing import Busy
from engine.core.store import Store
from engine.files import Prepared
from engine.letters import Letter
from engine.mail_in import reading
from engine.mail_in.parts import Attached
from engine.mail_in.reading import Mail
from engine.mail_in.rows import (
    AGAIN,
    COMPLAINT,
    FAILED,
    JOINED,
    LONGEST_EXCERPT,
    PASSED_OVER,
    RETURNED,
    UNDECIDED,
    WAITING,
    ReceivedMail,
)

MOST_FROM_SENDER = 20
MOST_OF_ALL = 300
"""The most complaints by mail in an hour, without words of danger: from one address (others are flagged) and altogether
(others wait)."""

WINDOW = timedelta(hours=1)
DAY = timedelta(days=1)

log = logging.getLogger("bihuan.mail_in")


@dataclass(frozen=True, slots=True)
class Here:
    """What is needed of the installation: the key of links and phones, the folder of files, its own addresses, its
    clocks' zone."""

    key: bytes
    files: Path
    own: Sequence[str]
    zone: ZoneInfo = reading.USUAL_ZONE


@dataclass(frozen=True, slots=True)
class Found:
    """A mail in the mailbox; `whole`: all of it was fetched."""

    uid: int
    validity: int
    content: bytes
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Attachments:
    """The files of a mail that may be kept, and the names of the others."""

    kept: Sequence[Prepared]
    left_out: Sequence[str]


def take(store: Store, here: Here, found: Found) -> tuple[ReceivedMail, bool]:
    """Read a mail and do what it asks for, once; return what became of it, and whether that is new.

    A mail that cannot be processed is recorded with the reason, as is one whose content the store does not take; only
    other errors of the store are raised, and `Busy`.
    """
    try:
        mail = reading.read(found.content, here.own, here.zone)
    except Busy:
        raise
    except Exception as broken:  # whatever somebody sent, later mails must be read
        return _failed(store, found, None, _said(broken)), True
    if not found.whole:
        return _failed(store, found, mail, "too_large"), True
    try:
        alarming = _alarms(store, mail)
        if (known := store.attempt(lambda session: _seen_before(session, found, mail, alarming))) is not None:
            return known
        attached = _look_through(store, mail.attached)
        return store.attempt(lambda session: _take(session, here, found, mail, attached, alarming))
    except DataError as broken:  # the mail's fault: the next round would fail at it again
        return _failed(store, found, mail, _said(broken)), True
    except (DBAPIError, Busy):
        raise
    except Exception as broken:
        if not isinstance(broken, BihuanError):
            log.exception("a mail could not be processed")
        return _failed(store, found, mail, _said(broken)), True


def _said(broken: Exception) -> str:
    if isinstance(broken, BihuanError):
        return f"{broken.text('zh')} / {broken.text('en')}"
    return f"{type(broken).__name__}: {broken}"[:500]


def _alarms(store: Store, mail: Mail) -> bool:
    """Return whether the words of a mail would alarm: a long one takes seconds, in which others must be able to write."""
    parsing.require_unlocked()
    if mail.automatic:
        return False  # nobody asks
    with store.reading() as session:
        return danger.found(session, mail.subject, mail.text)


def _seen_before(session: Session, found: Found, mail: Mail, alarming: bool) -> tuple[ReceivedMail, bool] | None:
    """Return what became of a mail that was read before or is passed over; count any other, before it is worked on."""
    row = _received(session, mail)
    if row is not None and row.outcome not in UNDECIDED:
        return row, False
    if row is not None and row.outcome == AGAIN:  # somebody wants it read again
        return None
    if mail.automatic:
        if mail.report is not None and (ours := letters.returns.note(session, mail.report)):
            return _write(session, found, mail, PASSED_OVER, RETURNED, _of_letter(session, ours[0])), True
        return _write(session, found, mail, PASSED_OVER, mail.automatic), True
    if alarming:  # no flood of others keeps it from the desk
        return None
    throttle.count(session, f"mail:{mail.sender}", most=MOST_FROM_SENDER, within=WINDOW)
    try:
        throttle.count(session, "mails", most=MOST_OF_ALL, within=WINDOW)
    except Throttled:
        return _write(session, found, mail, WAITING, "waiting"), True
    return None


def _of_letter(session: Session, letter: Letter) -> Complaint | None:
    return session.scalar(select(Complaint).where(Complaint.case_id == letter.case_id)) if letter.case_id else None


def _received(session: Session, mail: Mail) -> ReceivedMail | None:
    return session.scalar(select(ReceivedMail).where(ReceivedMail.key == mail.key))


def _look_through(store: Store, attached: Sequence[Attached]) -> Attachments:
    """Look through the attached files; those not permitted are only named."""
    with store.reading() as session:
        allowed = files.limits.of(session)
    kept, left_out = list[Prepared](), list[str]()
    for each in attached:
        try:
            kept.append(files.prepare(BytesIO(each.content), each.name, allowed))
        except files.BadFile:
            left_out.append(each.name[:40])
    return Attachments(kept, left_out)


def _take(
    session: Session, here: Here, found: Found, mail: Mail, attached: Attachments, alarming: bool
) -> tuple[ReceivedMail, bool]:
    row = _received(session, mail)
    if row is not None and row.outcome not in UNDECIDED:  # another worker was quicker
        return row, False
    earlier = _meant(session, mail)
    mine = earlier is not None and mail.vouched and earlier.mail == mail.sender
    if earlier is not None and mine and earlier.is_open:
        left_out = _keep(session, here, earlier, attached)
        words = "\n".join(filter(None, (_notes(mail), mail.text[: links.LONGEST_WORDS - 400], left_out)))
        resident_acts.add(session, earlier, words, len(mail.attached), channel="mail")
        return _write(session, found, mail, JOINED, "", earlier), True
    answered = (row is not None and row.outcome == AGAIN) or not _answered_enough(session, mail)
    if not answered and not alarming:
        return _write(session, found, mail, PASSED_OVER, "many"), True
    if not answered:  # somebody may be forging it: registered, but the address gets no letter
        mail = replace(mail, notes=mail.notes | {"unanswered"})
    complaint = _register(session, here, mail, attached, earlier, mine)
    return _write(session, found, mail, COMPLAINT, "", complaint), True


def _answered_enough(session: Session, mail: Mail) -> bool:
    """Count a mail that would be answered; return whether its address had enough of that today.

    So neither two machines that answer each other, nor somebody who writes in the name of others, get far.
    """
    try:
        most = thresholds.of(session)["mails_a_day"]
        throttle.count(session, f"answered:{_answer_to(session, mail)}", most=most, within=DAY)
    except Throttled:
        return True
    return False


def _meant(session: Session, mail: Mail) -> Complaint | None:
    """Return the complaint whose number is in the subject, or whose letter is answered."""
    asked = select(Complaint)
    if mail.number:
        return session.scalar(asked.where(Complaint.number == mail.number))
    return session.scalar(asked.where(Complaint.case_id == mail.case_id)) if mail.case_id is not None else None


def _register(
    session: Session, here: Here, mail: Mail, attached: Attachments, earlier: Complaint | None, mine: bool
) -> Complaint:
    """Register a new complaint. Another resident's complaint number is only mentioned."""
    last = _known(session, mail)
    community = _community(session, mail, last) or places.unassigned(session)
    concern = Concern(
        community_id=community.id,
        household_id=last.household_id if last is not None and last.community_id == community.id else None,
        text=_words(mail, earlier, mine),
        category=categories.standard(session),
        channel="mail",
        person_name=mail.name,
        mail="" if "unanswered" in mail.notes else _answer_to(session, mail),
        anonymous=True,
        language=mail.language,
        sent_as=f"mail:{mail.key}"[:64],
        sender=mail.sender,
    )
    complaint = complaints.register(session, concern, key=here.key).complaint
    if earlier is not None and mine:
        complaint.repeat_of_id = earlier.id
    if left_out := _keep(session, here, complaint, attached):
        complaint.text = f"{complaint.text[: LONGEST - 400]}\n\n{left_out}"
    return complaint


def _answer_to(session: Session, mail: Mail) -> str:
    """Return whom the answer goes to: never an address that a community gives to residents."""
    ours = public_pages.place_of_mail(session, mail.answer_to) is not None
    return mail.sender if ours else mail.answer_to


def _notes(mail: Mail) -> str:
    """Return what readers should know about a mail's wrapping; empty for nothing."""
    zh, said = mail.language == "zh", []
    if "encrypted" in mail.notes:
        said.append(
            "（邮件的一部分已加密，无法读取。）" if zh else "(Part of the mail is encrypted and cannot be read.)"
        )
    if "signed" in mail.notes:
        said.append(
            "（邮件带有数字签名，系统没有核验。）"
            if zh
            else "(The mail is digitally signed; the signature was not verified.)"
        )
    if "unanswered" in mail.notes:
        said.append(
            f"（{mail.answer_to} 今天来信很多，可能有人冒用，这一件没有答复。）"
            if zh
            else f"(Many mails today name {mail.answer_to}, perhaps forged; this one was not answered.)"
        )
    return "\n".join(said)


def _words(mail: Mail, earlier: Complaint | None, mine: bool) -> str:
    language = mail.language
    said = mail.text or ("（邮件没有正文）" if language == "zh" else "(The mail has no text.)")
    text = f"{mail.subject}\n\n{said}" if mail.subject else said
    if earlier is not None and mine:
        note = f"（接续 {earlier.number}）" if language == "zh" else f"(Follows {earlier.number}.)"
    elif earlier is not None or mail.number:
        number = mail.number or (earlier.number if earlier else "")
        note = (
            f"（来信提到 {number}，但不是从登记该件的邮箱发出的，所以单独受理。）"
            if language == "zh"
            else f"(The mail names {number} but does not come from the address of that matter, so it stands on its own.)"
        )
    else:
        note = ""
    cut = "\n…（正文过长，其余见邮箱。）" if language == "zh" else "\n… (The rest of it is in the mailbox.)"
    note = "\n".join(filter(None, (note, _notes(mail))))
    room = LONGEST - len(note) - len(cut) - 450
    return "\n".join(filter(None, (note, text if len(text) <= room else text[:room] + cut)))


def _community(session: Session, mail: Mail, last: Complaint | None) -> Place | None:
    """Return a mail's community: the one it was addressed to, that of the sender's last complaint, the only one."""
    open_ones = {each.id: each for each in places.communities(session)}
    codes = {each.code.casefold(): each for each in open_ones.values()}
    for address in mail.to:
        place_id = public_pages.place_of_mail(session, address)
        community = open_ones.get(place_id or 0) or codes.get(address.partition("@")[0].partition("+")[2])
        if community is not None:
            return community
    if last is not None and last.community_id in open_ones:
        return open_ones[last.community_id]
    if len(open_ones) == 1:
        return next(iter(open_ones.values()))
    return None


def _known(session: Session, mail: Mail) -> Complaint | None:
    """Return the sender's last complaint; None when somebody else may have written, as a web site does for visitors."""
    if not mail.vouched or mail.sender != mail.answer_to:
        return None
    mine = select(Complaint).where(Complaint.mail == mail.sender).order_by(Complaint.id.desc()).limit(1)
    return session.scalar(mine)


def _keep(session: Session, here: Here, complaint: Complaint, attached: Attachments) -> str:
    """Store the permitted files; return a note naming the others."""
    for each in attached.kept:
        files.keep(session, here.files, each, place_id=complaint.community_id, complaint_id=complaint.id)
    if not attached.left_out:
        return ""
    named = "、".join(attached.left_out)[:250]
    return f"（未收录的附件：{named}）" if complaint.language == "zh" else f"(Attachments not taken: {named})"


def _write(
    session: Session,
    found: Found,
    mail: Mail | None,
    outcome: str,
    reason: str,
    complaint: Complaint | None = None,
    *,
    key: str = "",
) -> ReceivedMail:
    key = mail.key if mail else key
    row = session.scalar(select(ReceivedMail).where(ReceivedMail.key == key)) or ReceivedMail(key=key)
    row.at, row.outcome, row.reason = clock.now(), outcome, reason
    row.sender, row.subject = (mail.sender, mail.subject[:200]) if mail else ("", "")
    row.uid, row.validity = found.uid, found.validity
    row.complaint_id = complaint.id if complaint else None
    row.quoted, row.words, row.seen_at = mail.quoted if mail and complaint else "", "", None
    if mail is not None and complaint is None:  # the desk looks at it
        here = _community(session, mail, _known(session, mail))
        row.words, row.community_id = mail.text[:LONGEST_EXCERPT], here.id if here else None
    session.add(row)
    session.flush()
    return row


def _failed(store: Store, found: Found, mail: Mail | None, reason: str) -> ReceivedMail:
    key = mail.key if mail else reading.key_of_unread(found.content)
    try:
        return store.attempt(lambda session: _write(session, found, mail, FAILED, reason, key=key))
    except (DataError, UnicodeError):  # it may be its sender or subject that the store does not take
        return store.attempt(lambda session: _write(session, found, None, FAILED, reason, key=key))
