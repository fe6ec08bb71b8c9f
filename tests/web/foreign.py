"""Things of the other region, one for each name that an address may carry.

Whoever adds a page with a new `<int:name>` or `<name>` in its address adds how to make a foreign one here. Texts and
names in it hold `FOREIGN_NAME`: no page may show these words to somebody whose roles lie in the first region.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy.orm import Session

from engine import clock, people
from engine.uploads import Upload
from tests.web.conftest import FOREIGN_NAME, Company

Maker = Callable[[Session, Company], object]


def person_id(_session: Session, company: Company) -> int:
    assert company.foreigner is not None
    return company.foreigner.id


def holding_id(session: Session, company: Company) -> int:
    return people.holdings(session, person_id(session, company))[0].id


def upload_id(session: Session, company: Company) -> str:
    """Files that the foreigner brought for publishing."""
    assert company.foreigner is not None
    kept = Upload(
        process="repair",
        content=b"",
        findings=[["error", "", "", FOREIGN_NAME, FOREIGN_NAME]],
        runs=False,
        by_id=company.foreigner.id,
        at=clock.now(),
    )
    session.add(kept)
    session.flush()
    return kept.id


FOREIGN: Mapping[str, Maker] = MappingProxyType(
    {
        "person_id": person_id,
        "holding_id": holding_id,
        "place_id": lambda _session, company: company.other_community.id,
        "token": lambda _session, _company: "no-such-token",
        "process": lambda _session, _company: "repair",
        "number": lambda _session, _company: 1,
        "path": lambda _session, _company: "bpmn/repair/repair.bpmn",
        "upload_id": upload_id,
        "filename": lambda _session, _company: "css/theme.css",
    }
)
"""Name in an address -> how to make its foreign value."""

FIELDS: Mapping[str, Maker] = MappingProxyType(
    {
        "place": lambda _session, company: company.other_departments["engineering"].id,
        "place_id": lambda _session, company: company.other_departments["engineering"].id,
        "community": lambda _session, company: company.other_community.id,
        "community_id": lambda _session, company: company.other_community.id,
        "person": person_id,
        "role": lambda _session, _company: "handler",
    }
)
"""Name of a query parameter or form field -> its foreign value; sent along with every request."""
