"""The demo company as loaded: fifteen months in four communities, verified, and equal to one created anew."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import history
from engine.company import people
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import Joining
from engine.core import clock
from engine.core.settings import Settings, secret
from engine.core.store import ClockOffset, Store
from engine.history import Entry
from engine.improvement import Improvement
from engine.operations import demo
from engine.operations.schedule import seals_log

pytestmark = pytest.mark.long

FIRST_DAYS = demo.copying.STANDS_AT - timedelta(days=demo.DAYS - 3)


@pytest.fixture
def session(loaded: Path) -> Iterator[Session]:
    """A reading session on the loaded company."""
    store = Store(Settings(home=loaded).store_url)
    with store.reading() as reading:
        yield reading
    store.close()


def test_it_is_a_company_of_four_communities_and_fifteen_months(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Complaint)) >= 2_000
    assert session.scalar(select(func.count()).select_from(Place).where(Place.kind == "community")) == 4
    assert session.scalar(select(func.count()).select_from(Place).where(Place.kind == "region")) == 2
    assert session.scalar(select(func.count()).select_from(Person)) >= 60
    first, last = session.execute(select(func.min(Complaint.received_at), func.max(Complaint.received_at))).one()
    assert (last - first).days >= 455
    assert set(session.scalars(select(Complaint.outcome).distinct())) >= {
        "solved", "solved_unreached", "partly_solved", "unsolved", "unfounded", "withdrawn", "passed_on",
        "enquiry_answered", "merged", None,
    }  # fmt: skip
    assert session.scalar(select(func.max(Complaint.round))) == 4
    assert set(session.scalars(select(Joining.kind).distinct())) >= {"group", "repeat"}
    assert len(session.scalars(select(Improvement)).all()) >= 5


def test_its_hot_spot_are_lifts_at_night_in_one_building(session: Session) -> None:
    zone = demo.WHERE
    lifts = session.execute(
        select(Complaint.place_text, Complaint.received_at)
        .join(Place, Place.id == Complaint.community_id)
        .where(Complaint.category == "1001", Place.code == "CHY")
    )
    there = [at.astimezone(zone).hour >= 22 for place, at in lifts if place.startswith("5栋")]
    assert len(there) >= 20
    assert sum(there) > len(there) * 0.7


def test_its_record_verifies_and_its_links_open_with_the_key_of_this_installation(
    loaded: Path, session: Session
) -> None:
    of = Settings(home=loaded)
    assert history.count(session) > 20_000
    assert history.verify(session, seals_log(of), lambda entries: None) == []
    complaint = session.scalars(select(Complaint).where(Complaint.phone != "").limit(1)).one()
    key = secret(of, "links")
    assert links.enter(session, links.secret(key, complaint.number)).id == complaint.id
    assert complaint.phone_hash == links.phone_hash(key, complaint.phone)


def test_its_clock_stands_where_it_was_told(loaded: Path, session: Session) -> None:
    turned = timedelta(seconds=session.get_one(ClockOffset, 1).seconds)
    assert abs(datetime.now(UTC) + turned - demo.copying.STANDS_AT) < timedelta(hours=1)
    store = Store(Settings(home=loaded).store_url)
    assert people.authenticate(store, "agent", demo.PASSWORD, "127.0.0.1").name == "周敏"
    store.close()


def test_told_anew_its_first_days_are_the_same(session: Session, store: Store, tmp_path: Path) -> None:
    with clock.at(demo.copying.STANDS_AT):
        demo.build(store, Settings(home=tmp_path, demo=True), days=demo.DAYS, until=FIRST_DAYS)
    with store.reading() as anew:
        told, kept = _told(anew, FIRST_DAYS), _told(session, FIRST_DAYS)
    assert len(told) > 100
    assert told == kept


def _told(session: Session, until: datetime) -> list[tuple[object, ...]]:
    asked = select(Entry.case_id, Entry.number, Entry.at, Entry.kind, Entry.element, Entry.by_id, Entry.facts)
    return [tuple(row) for row in session.execute(asked.where(Entry.at <= until, Entry.case_id > 0).order_by(Entry.id))]
