"""Letters about a request: to whom those to its resident go, and where the staff see it."""

from sqlalchemy.orm import Session

from engine import letters
from engine.casework.cases import Case
from engine.core import secret_links
from engine.letters import Recipient
from engine.requests import rows
from engine.requests.rows import Request, RequestContact

KIND = "request"
"""Kind of recipient: the resident of a request."""


@letters.recipient(KIND)
def resident_of(session: Session, request_id: int, _case_id: int | None) -> Recipient | None:
    """Return the resident of a request; called when a message is sent."""
    request, contact = session.get(Request, request_id), session.get(RequestContact, request_id)
    if request is None or contact is None:
        return None
    return Recipient(contact.person_name, contact.language, contact.mail, contact.phone, address(request) or "")


def address(request: Request) -> str | None:
    """Return the link of a request's resident, or None where there is none or the program has no address."""
    return secret_links.address("/r/", request.number, request.link_turn) if request.secret_hash else None


def resident(session: Session, case: Case) -> tuple[str, int] | None:
    """Return the recipient of letters to the resident of a case; None when nobody asked, or nothing is known of them."""
    request = rows.about(session, case)
    contact = session.get(RequestContact, request.id) if request is not None else None
    return (KIND, contact.request_id) if contact is not None and (contact.phone or contact.mail) else None


def page(session: Session, case: Case) -> str | None:
    """Return the address of a case's page for the staff."""
    request = rows.about(session, case)
    return secret_links.page(f"/requests/{request.id}") if request is not None else None
