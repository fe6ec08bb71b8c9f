"""The company's name and logo, which every mail carries."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

from sqlalchemy.orm import Session

from engine.company import logo, places
from engine.company.logo import Picture

LOGO = "logo@company"
"""Content-ID of the logo within a mail."""

_LINK = re.compile(r"https?://[^\s<>&\"]+(?:&amp;[^\s<>&\"]+)*")
"""An address within text that was escaped."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The company's name in both languages, and its logo if it has one."""

    name: str = ""
    name_en: str = ""
    logo: Picture | None = None

    def said(self, language: str) -> str:
        """Return the company's name in this language."""
        return self.name_en if language == "en" and self.name_en else self.name


def of(session: Session) -> Letterhead:
    """Return the company's letterhead; an empty one before there is a company."""
    company = places.known_company(session)
    if company is None:
        return Letterhead()
    return Letterhead(company.name, company.name_en or "", logo.picture(session))


def fill(mail: EmailMessage, text: str, head: Letterhead, language: str) -> None:
    """Write the text under the letterhead: plain, and as a page where there is a logo to show."""
    name = head.said(language)
    mail.set_content(f"{text}\n\n{name}\n" if name else text)
    if head.logo is None:
        return
    mail.add_alternative(_page(text, name, language), subtype="html")
    _, kind = head.logo.type.split("/")
    page = mail.get_payload(1)
    page.add_related(head.logo.content, "image", kind, cid=f"<{LOGO}>", disposition="inline")  # type: ignore[union-attr]


def _page(text: str, name: str, language: str) -> str:
    said = _LINK.sub(r'<a href="\g<0>">\g<0></a>', escape(text)).replace("\n", "<br>\n")
    return (
        f'<!doctype html><html lang="{"en" if language == "en" else "zh-CN"}">'
        '<body style="font-family: sans-serif; line-height: 1.6">'
        f'<p><img src="cid:{LOGO}" alt="" height="40" style="vertical-align: middle"> <strong>{escape(name)}</strong></p>'
        f"<p>{said}</p></body></html>"
    )
