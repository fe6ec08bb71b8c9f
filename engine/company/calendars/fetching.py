"""Fetches calendar files from addresses of the internet."""

from dataclasses import dataclass
from urllib.parse import urljoin

import requests
import urllib3

from engine.company.calendars.ics import LARGEST
from engine.core.connections import Anywhere, PublicOnly, is_allowed
from engine.core.errors import BihuanError

TIMEOUT = (3, 6)  # seconds, to connect and from one byte of the answer to the next
MOST_MOVES = 3
"""Redirects that are followed; each address is judged like the first."""

LONGEST = 500
"""Characters of an address."""

OK, NOT_MODIFIED, MOVED = 200, 304, frozenset({301, 302, 303, 307, 308})


class NotFetched(BihuanError):
    """There was no calendar file to be had."""

    zh = "{zh}"
    en = "{en}"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `content`: None where nothing has changed; `tag` and `changed` are to be sent next time."""

    content: bytes | None
    tag: str
    changed: str


def cleaned(address: str) -> str:
    """Return an address as it is fetched: `webcal:` stands for https. Raises `NotFetched` for one that is not allowed."""
    text = address.strip()
    if text.lower().startswith("webcal://"):
        text = f"https://{text[len('webcal://') :]}"
    if len(text) > LONGEST or not is_allowed(text, anywhere=False):
        raise NotFetched(
            zh=f"地址要以 https:// 开头，在公网上，最多 {LONGEST} 个字。",
            en=f"The address has to begin with https://, be on the internet, and have at most {LONGEST} characters.",
        )
    return text


def fetch(address: str, tag: str = "", changed: str = "", *, anywhere: bool = False) -> Fetched:
    """Return what stands at an address, within a time and a size. `anywhere`: also plain or private ones, for tests.

    Raises `NotFetched`. Whoever gives the address does not learn what stands in the company's network: an address that
    is not public looks like one where nobody answers.
    """
    head = {"Accept": "text/calendar", "Accept-Encoding": "identity"}
    head |= {name: said for name, said in (("If-None-Match", tag), ("If-Modified-Since", changed)) if said}
    try:
        with _session(anywhere=anywhere) as session:
            for _ in range(MOST_MOVES + 1):
                if not is_allowed(address, anywhere=anywhere):
                    break
                with session.get(address, headers=head, timeout=TIMEOUT, stream=True, allow_redirects=False) as answer:
                    if answer.status_code not in MOVED:
                        return _read(answer, tag, changed)
                    address = urljoin(address, answer.headers.get("Location", ""))
    except (urllib3.exceptions.HTTPError, OSError, ValueError):
        pass
    raise NotFetched(zh="没有连上这个地址。", en="This address could not be reached.")


def _read(answer: requests.Response, tag: str, changed: str) -> Fetched:
    if answer.status_code == NOT_MODIFIED:
        return Fetched(None, tag, changed)
    if answer.status_code != OK:
        raise NotFetched(zh=f"对方回答 {answer.status_code}。", en=f"The other side answered {answer.status_code}.")
    content = answer.raw.read(LARGEST + 1, decode_content=False)
    return Fetched(content, answer.headers.get("ETag", "")[:200], answer.headers.get("Last-Modified", "")[:60])


def _session(*, anywhere: bool) -> requests.Session:
    made = requests.Session()
    for scheme in ("http://", "https://"):
        made.mount(scheme, Anywhere() if anywhere else PublicOnly())
    return made
