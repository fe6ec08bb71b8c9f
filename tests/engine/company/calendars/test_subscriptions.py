"""Calendars that are subscribed to: fetched once a day, replaced by the next fetch, own days win, nothing private."""

import socket
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select

from engine.company import calendars, places
from engine.company.calendars import CalendarSubscription, fetching, subscriptions
from engine.company.calendars.fetching import NotFetched
from engine.core import clock, connections
from engine.core.store import Store
from engine.history import Entry
from tests.engine.company.calendars.test_ics import event, file


class Office:
    """A calendar on a server: what it answers next, and what it was asked."""

    def __init__(self) -> None:
        self.status, self.content, self.tag, self.moved = 200, b"", '"1"', ""
        self.asked: list[dict[str, str]] = []
        office = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                office.asked.append({name.lower(): said for name, said in self.headers.items()})
                same = self.headers.get("If-None-Match") == office.tag and office.status == 200
                self.send_response(304 if same else office.status)
                self.send_header("ETag", office.tag)
                if office.moved:
                    self.send_header("Location", office.moved)
                self.end_headers()
                if not same:
                    self.wfile.write(office.content)

            def log_message(self, *said: object) -> None:
                """Be quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_port}/days.ics"

    def offers(self, *days: str) -> None:
        """Have these days off from now on."""
        self.content = file(*[event(f"SUMMARY:放假{day}", f"DTSTART;VALUE=DATE:{day}") for day in days])
        self.tag = f'"{hash(days)}"'


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def subscribed(store: Store, office: Office) -> Store:
    """A company whose calendar takes its days from that office."""
    return subscribe(store, office)


def subscribe(store: Store, office: Office) -> Store:
    with store.transaction() as session:
        places.add(session, "company", None, "company", "集团")
        calendars.seed(session)
        calendar = calendars.nearest(session, None)
        assert calendar is not None
        row = subscriptions.subscribe(session, calendar, "webcal://days.example.com/days.ics", "closed")
        assert row.address == "https://days.example.com/days.ics"
        row.address = office.address
    return store


def fetch(store: Store) -> CalendarSubscription:
    """Fetch what is due, and return how the subscription stands."""
    while subscriptions.fetch_next(store, anywhere=True):
        pass
    with store.reading() as session:
        return session.scalars(select(CalendarSubscription)).one()


def off(store: Store) -> list[str]:
    with store.reading() as session:
        calendar = calendars.nearest(session, None)
        assert calendar is not None
        return [f"{day:%m-%d}" for day, each in calendars.differing(session, calendar).items() if not each.hours]


def test_days_are_replaced_by_the_next_fetch_and_own_days_win(subscribed: Store, office: Office) -> None:
    office.offers("20260303", "20260304")
    assert fetch(subscribed).fetched_at == clock.now()
    assert off(subscribed) == ["03-03", "03-04"]
    with subscribed.transaction() as session:
        calendar = calendars.nearest(session, None)
        assert calendar is not None
        calendars.except_day(session, calendar, date(2026, 3, 4), [["09:00", "10:00"]], "值班")
    office.offers("20260304", "20260305")
    fetch(subscribed)
    assert len(office.asked) == 1, "once a day"
    clock.turn(timedelta(days=1))
    fetch(subscribed)
    assert off(subscribed) == ["03-05"]
    with subscribed.reading() as session:
        assert calendars.of(session, None).on(date(2026, 3, 4)) != ()
        assert [each.facts["days"] for each in session.scalars(select(Entry)) if each.kind == "calendar.fetched"] == [
            2,
            2,
        ]


def test_what_has_not_changed_is_not_sent_again(subscribed: Store, office: Office) -> None:
    office.offers("20260303")
    fetch(subscribed)
    clock.turn(timedelta(days=1))
    assert fetch(subscribed).fetched_at == clock.now()
    assert office.asked[1]["if-none-match"] == office.tag
    assert off(subscribed) == ["03-03"]


@pytest.mark.slow
def test_days_are_fetched_on_postgresql_too(postgres_store: Store, office: Office) -> None:
    office.offers("20260303", "20260304")
    fetch(subscribe(postgres_store, office))
    assert off(postgres_store) == ["03-03", "03-04"]
    assert not subscriptions.fetch_next(postgres_store, anywhere=True)


@pytest.mark.parametrize(
    ("status", "content", "said"),
    [
        (404, b"", "404"),
        (500, b"", "500"),
        (200, b"<html>", "BEGIN:VCALENDAR"),
        (200, b"BEGIN:VCALENDAR\r\n" + b"x" * 2_000_000, "1 MB"),
    ],
)
def test_a_failure_is_said_and_what_was_fetched_stays(
    subscribed: Store, office: Office, status: int, content: bytes, said: str
) -> None:
    office.offers("20260303")
    fetch(subscribed)
    office.status, office.content, office.tag = status, content, '"new"'
    clock.turn(timedelta(days=1))
    row = fetch(subscribed)
    assert said in row.failed[0]
    assert (row.fetched_at or clock.now()) < clock.now()
    assert off(subscribed) == ["03-03"]
    office.status = 200
    office.offers("20260306")
    clock.turn(timedelta(hours=3))
    assert fetch(subscribed).failed == []
    assert off(subscribed) == ["03-06"]


def test_a_subscription_that_ends_takes_its_days_with_it(subscribed: Store, office: Office) -> None:
    office.offers("20260303")
    fetch(subscribed)
    with subscribed.transaction() as session:
        calendar = calendars.nearest(session, None)
        assert calendar is not None
        subscriptions.end(session, calendar)
    assert off(subscribed) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://days.example.com/x.ics",
        "https://127.0.0.1/x.ics",
        "https://10.0.0.8/x.ics",
        "https://[::1]/x.ics",
        "https://169.254.169.254/latest",
        "https://localhost/x.ics",
        "https://me:secret@days.example.com/x.ics",
        "https://days.example.com:8443/x.ics",
        "file:///etc/passwd",
        "https://127.1/x.ics",
        "",
        f"https://days.example.com/{'x' * 500}",
    ],
)
def test_only_public_addresses_are_taken(address: str) -> None:
    with pytest.raises(NotFetched) as refused:
        fetching.cleaned(address)
    assert "https://" in refused.value.text("zh")
    with pytest.raises(NotFetched):
        fetching.fetch(address if len(address) < 500 else "https://")


def test_a_name_that_leads_into_the_companys_network_is_not_followed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.8", 443))
    monkeypatch.setattr(connections.socket, "getaddrinfo", lambda *asked, **more: [inside])
    with pytest.raises(NotFetched) as refused:
        fetching.fetch("https://days.example.com/x.ics")
    assert refused.value.text("zh") == "没有连上这个地址。"


def test_redirects_are_followed_a_few_times(office: Office) -> None:
    office.status, office.moved = 302, "/again.ics"
    with pytest.raises(NotFetched):
        fetching.fetch(office.address, anywhere=True)
    assert len(office.asked) == 4
