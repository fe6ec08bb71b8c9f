"""Letters to browsers, by a push service of our own on this machine: read as a browser would, lost ones removed."""

import base64
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import http_ece
import pytest
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from sqlalchemy import select

from engine import letters
from engine.company import people
from engine.core import clock, connections
from engine.core.errors import Invalid
from engine.core.settings import Settings
from engine.core.store import Store
from engine.letters import Letter, browsers, push
from engine.letters.browsers import Browser, Subscription

pytestmark = pytest.mark.slow

FACTS = {"number": "YGL-1", "community": {"zh": "阳光里", "en": "Sunshine"}, "category": None, "page": "/alarms/7"}


def plain(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@dataclass
class Service:
    """A push service and one browser of its own. `answers`: statuses for the next messages."""

    url: str
    key: ec.EllipticCurvePrivateKey
    auth: bytes
    answers: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def subscription(self, name: str = "one") -> Subscription:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Subscription(f"{self.url}/push/{name}", plain(point), plain(self.auth))

    def read(self) -> list[dict[str, str]]:
        return [
            json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth)) for _, body in self.taken
        ]


@pytest.fixture
def service() -> Iterator[Service]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = found.answers.pop(0) if found.answers else 201
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{found.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Service(f"http://127.0.0.1:{server.server_port}", ec.generate_private_key(ec.SECP256R1()), os.urandom(16))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", push_anywhere=True)


def subscribed(store: Store, service: Service) -> int:
    with store.transaction() as session:
        letters.seed(session)
        person = people.add(session, "chen", "陈师傅")
        return browsers.add(session, person, service.subscription(), "Chrome · Android", anywhere=True).id


def put(store: Store, browser: int, key: str = "1", template: str = "alarm") -> None:
    with store.transaction() as session:
        letters.put(session, key, template, (browsers.KIND, browser), FACTS)


def state(store: Store, key: str = "1") -> Letter:
    with store.reading() as session:
        return session.scalars(select(Letter).where(Letter.key == key)).one()


@pytest.mark.fault(1)
def test_a_browser_can_read_it_and_its_push_service_knows_who_sends(
    store: Store, service: Service, settings: Settings
) -> None:
    put(store, subscribed(store, service))
    assert letters.send_due(store, letters.ways(settings)) == 1
    (said,) = service.read()
    assert said == {
        "title": "险情！阳光里，谁能去？",
        "body": "阳光里 YGL-1，有人可能有危险，还没有人去。能去请马上点“我去”。",
        "page": "/alarms/7",
    }
    head = service.taken[0][0]
    assert (head["urgency"], head["ttl"], head["content-encoding"]) == ("high", "600", "aes128gcm")
    assert Vapid02.verify(head["authorization"])
    assert f"k={push.public_key(settings)}" in head["authorization"]
    sent = state(store)
    assert (sent.way, sent.sent_at, sent.error) == ("push", clock.now(), None)


def test_the_key_is_made_at_first_use_and_stays(settings: Settings) -> None:
    first = push.public_key(settings)
    assert len(base64.urlsafe_b64decode(first + "=")) == 65
    assert push.public_key(settings) == first
    assert (settings.home / "secrets" / "push").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_removed_and_not_tried_again(
    store: Store, service: Service, settings: Settings, status: int
) -> None:
    put(store, subscribed(store, service))
    service.answers = [status]
    letters.send_due(store, letters.ways(settings))
    lost = state(store)
    assert (lost.sent_at, lost.due_at) == (None, None)
    assert lost.error is not None
    assert "the browser is gone" in lost.error
    with store.reading() as session:
        assert session.scalars(select(Browser)).all() == []


def test_what_a_push_service_refuses_says_so_and_is_tried_again(
    store: Store, service: Service, settings: Settings
) -> None:
    put(store, subscribed(store, service))
    service.answers = [503]
    letters.send_due(store, letters.ways(settings))
    waits = state(store)
    assert waits.sent_at is None
    assert waits.error is not None
    assert "503" in waits.error
    clock.turn(timedelta(minutes=1))
    assert letters.send_due(store, letters.ways(settings)) == 1
    assert state(store).error is None


def test_no_redirect_is_followed(store: Store, service: Service, settings: Settings) -> None:
    put(store, subscribed(store, service))
    service.answers = [302]
    assert letters.send_due(store, letters.ways(settings)) == 0
    assert len(service.taken) == 1
    assert state(store).sent_at is None


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/a",
        "https://127.0.0.1/a",
        "https://10.1.2.3/a",
        "https://[::1]/a",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/a",
        "https://push.internal/a",
        "https://user:word@push.example.com/a",
        "https://push.example.com:8443/a",
        "file:///etc/passwd",
        "https://[bad/a",
        "https://127.1/a",
        "https://0x7f.0.0.1/a",
        "https://127.0.0.1./a",
        "https://[64:ff9b::127.0.0.1]/a",
    ],
)
def test_only_public_push_services_with_https_are_kept(store: Store, service: Service, endpoint: str) -> None:
    given = service.subscription()
    with store.transaction() as session:
        person = people.add(session, "chen", "陈师傅")
        with pytest.raises(Invalid):
            browsers.add(session, person, Subscription(endpoint, given.p256dh, given.auth), "x")


@pytest.mark.fault(1)
@pytest.mark.parametrize("to", ["127.0.0.1", "10.1.2.3", "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:10.1.2.3"])
def test_nobody_connects_where_a_name_leads_into_the_network(
    store: Store, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    assert refused(store, service, tmp_path, monkeypatch, to) == (push.UNREACHED, [])


@pytest.mark.fault(1)
@pytest.mark.parametrize("broken", [ConnectionRefusedError("refused"), TimeoutError("timed out"), OSError("no route")])
def test_what_stands_behind_an_address_is_not_told(
    store: Store, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: OSError
) -> None:
    said, tried = refused(store, service, tmp_path, monkeypatch, "93.184.215.14", broken)
    assert said == push.UNREACHED
    assert tried == ["93.184.215.14"], "the address that was judged"


def refused(
    store: Store, service: Service, home: Path, patch: pytest.MonkeyPatch, to: str, broken: OSError | None = None
) -> tuple[str | None, list[str]]:
    """Send to a name that leads to an address; return what is kept of it, and the addresses that were connected to."""
    tried: list[str] = []

    def connect(address: tuple[str, int], *_more: object, **_named: object) -> socket.socket:
        tried.append(address[0])
        raise broken or OSError

    browser = subscribed(store, service)
    with store.transaction() as session:
        session.get_one(Browser, browser).endpoint = "https://push.example.com/a"
    family = socket.AF_INET6 if ":" in to else socket.AF_INET
    patch.setattr(socket, "getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", (to, 443))])
    patch.setattr(urllib3.util.connection, "create_connection", connect)
    put(store, browser)
    assert letters.send_due(store, letters.ways(Settings(home=home))) == 0
    return state(store).error, tried


@dataclass
class Slow:
    """A push service that answers every message with `start` and then with one byte after the other, up to a bound."""

    url: str
    drops: int = 0


@contextmanager
def slow(start: bytes, most: int) -> Iterator[Slow]:
    over = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            with suppress(OSError):
                self.wfile.write(start)
                while found.drops < most and not over.wait(0.05):
                    found.drops += 1
                    self.wfile.write(b"x")
                self.wfile.write(b"\r\n\r\n")
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Slow(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield found
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def both(store: Store, service: Service, other: str) -> None:
    """Two letters: one to a browser of the service, one to a browser that is somewhere else."""
    first = subscribed(store, service)
    with store.transaction() as session:
        chen = people.by_login(session, "chen")
        assert chen is not None
        given = replace(service.subscription(), endpoint=f"{other}/push/slow")
        second = browsers.add(session, chen, given, "Firefox · Linux", anywhere=True).id
    put(store, second, "slow")
    put(store, first, "good")


@pytest.mark.fault(1)
def test_the_body_of_an_answer_is_not_waited_for(store: Store, service: Service, settings: Settings) -> None:
    with slow(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n", 60) as other:
        both(store, service, other.url)
        assert letters.send_due(store, letters.ways(settings)) == 2
        assert other.drops < 40, "it had not ended"
    assert (state(store, "slow").error, state(store, "good").error) == (None, None)


@pytest.mark.fault(1)
@pytest.mark.parametrize("which", ["LONGEST", "TOGETHER"])
def test_a_slow_answer_holds_up_nobody(
    store: Store, service: Service, settings: Settings, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    monkeypatch.setattr(connections if which == "LONGEST" else push, which, 0.5)
    with slow(b"HTTP/1", 60) as other:
        both(store, service, other.url)
        assert letters.send_due(store, letters.ways(settings)) == 1
        assert other.drops < 40, "it had not ended"
    assert state(store, "slow").error == push.UNREACHED
    assert state(store, "good").sent_at == clock.now()


def test_the_same_browser_belongs_to_whoever_used_it_last_and_others_cannot_remove_it(
    store: Store, service: Service
) -> None:
    browser = subscribed(store, service)
    with store.transaction() as session:
        other = people.add(session, "liu", "刘工")
        again = browsers.add(session, other, service.subscription(), "Chrome · Android", anywhere=True)
        assert (again.id, again.person_id) == (browser, other.id)
        chen = people.by_login(session, "chen")
        assert chen is not None
        assert browsers.of(session, [chen.id]) == []


def test_alarms_go_first_and_are_never_combined(store: Store, service: Service, settings: Settings) -> None:
    browser = subscribed(store, service)
    with store.transaction() as session:
        chen = people.by_login(session, "chen")
        assert chen is not None
        for number in range(60):
            letters.put(session, f"old {number}", "alert", ("person", chen.id), FACTS)
    clock.turn(timedelta(seconds=1))
    put(store, browser, "alarm")
    with store.transaction() as session:
        letters.put(session, "alarm by mail", "alarm", ("person", chen.id), FACTS)
    taken: list[str] = []

    class Seen:
        name = "seen"

        def reaches(self, to: letters.Recipient) -> bool:
            return True

        def send(self, these: list[letters.Outgoing]) -> dict[str, str]:
            taken.extend(each.key for each in these)
            return {}

    letters.send_due(store, [Seen()])
    assert set(taken[:2]) == {"alarm", "alarm by mail"}
