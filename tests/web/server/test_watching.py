"""Monitoring of the installation, and what people see when the store or the disk fails."""

import errno
import io
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from engine.company.people import Person
from engine.core import logs, outages, settings
from engine.core.errors import WrongSettings
from engine.core.outages import DiskFull, StoreAway
from engine.core.settings import Settings
from engine.core.store import Limits, Store
from engine.files import file as files
from engine.operations import schedule
from tests import serving
from tests.serving import BIHUAN, HERE
from tests.web.conftest import Company
from tests.web.logged_in import log_in
from web import create_app
from web.server import bridge, page_process
from web.server.bridge import Body

pytestmark = pytest.mark.slow

Browser = Callable[[Person | None], FlaskClient]
AWAY = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_all_processes_are_added_up_and_every_line_names_its_request(empty_file: Path, tmp_path: Path) -> None:
    shutil.copy(empty_file, tmp_path / "bihuan.db")
    with serving.serving(tmp_path, "--processes", "2", poll_seconds="1", log_format="json") as served:
        asked = 20
        for number in range(asked):
            served.get("/login?secret=1", headers={"X-Request-ID": f"try-{number}"})
        figures = served.get("/metrics")[1]
        counted = re.search(r'bihuan_request_seconds_count{method="GET",route="/login",status="303"} (\S+)', figures)
        assert counted is not None
        assert float(counted[1]) == asked
        for each in ("bihuan_store_up 1.0", "bihuan_outbox_age_seconds 0.0", "bihuan_incidents_open 0.0"):
            assert each in figures
        serving.within(10, lambda: 'bihuan_loops_total{loop="fire_timers",outcome="done"}' in served.get("/metrics")[1])
        assert served.get("/healthz") == (200, "ok\n")
        assert served.get("/readyz") == (200, "ok\n")
        lines = [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{")]
        said = [line for line in lines if line["request"].startswith("try-")]
        assert len(said) == asked
        assert {line["process"] for line in said} <= {"pages 1", "pages 2"}
        assert said[0]["message"].startswith("GET /login 303 in ")
        assert "secret" not in served.log.read_text()


def test_an_id_that_could_write_lines_of_its_own_is_not_taken_over(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "a.b-c_1"}).headers["X-Request-ID"] == "a.b-c_1"
    for bad in ("two words", "x" * 65, "ü", "a;b"):
        assert client.get("/healthz", headers={"X-Request-ID": bad}).headers["X-Request-ID"] != bad


def test_figures_are_for_this_machine_and_for_who_has_the_token(settings: Settings, store: Store) -> None:
    app = create_app(replace(settings, metrics_token="let-me-in"), store)
    client = app.test_client()
    for around in ({"REMOTE_ADDR": "10.0.0.7"}, {"REMOTE_ADDR": "127.0.0.1", bridge.STRIPPED: True}):
        assert client.get("/metrics", environ_base=around).status_code == 403
        token = {"Authorization": "Bearer let-me-in"}
        assert client.get("/metrics", environ_base=around, headers=token).status_code == 200
        assert client.get("/metrics", environ_base=around, headers={"Authorization": "Bearer "}).status_code == 403
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200


def test_a_store_of_an_older_shape_is_not_ready(settings: Settings, store: Store) -> None:
    with store.transaction() as session:
        session.execute(text("update alembic_version set version_num = 'older'"))
    answer = create_app(settings, store).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "bihuan migrate" in answer.text


def test_a_store_that_is_away_is_said_in_words(settings: Settings) -> None:
    client = create_app(settings, Store(AWAY)).test_client()
    for language, words, again in (("zh", "暂时连不上数据库", "再试一次"), ("en", "cannot be reached", "Try again")):
        answer = client.get("/c/some-link?a=1", headers={"Accept-Language": language})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "10"
        assert words in answer.text
        assert again in answer.text
        assert 'href="/c/some-link?a=1"' in answer.text
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    assert "bihuan_store_up 0.0" in client.get("/metrics").text


def test_the_schedule_tells_of_a_store_that_is_away_without_traces(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(AWAY)
    for loop in schedule.loops(store, settings):
        if loop.name in {"fire_timers", "send_letters", "seal_history"}:
            schedule._kept_alive(loop)()
    found = [record for record in caplog.records if record.name == "engine.operations.schedule"]
    assert len(found) == 3
    assert all("cannot be reached" in record.getMessage() and not record.exc_info for record in found)


def test_the_same_failure_is_one_line_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    written = io.StringIO()
    handler = logs.Sparing(written)
    handler.setFormatter(logs.Text())
    log = logging.Logger("test")
    log.addHandler(handler)
    for number in range(1279):
        log.error("the store is away (%d)", number)
    assert len(written.getvalue().splitlines()) == 1
    log.info("something else")
    now += 1
    log.info("and more")
    assert "1278 more like: the store is away (0)" in written.getvalue()
    log.error("the store is away (%d)", 7)
    assert len(written.getvalue().splitlines()) == 5


def test_a_full_disk_under_the_database_is_said_in_words(client: FlaskClient, store: Store, company: Company) -> None:
    @event.listens_for(store.engine, "begin")
    def _no_room(connection) -> None:  # type: ignore[no-untyped-def]
        there = connection.exec_driver_sql("pragma page_count").scalar()
        connection.exec_driver_sql(f"pragma max_page_count = {there}")

    for number in range(1000):  # each log-in attempt adds a row, until the disk is full
        around = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}
        answer = client.post("/login", data={"login": f"nobody{number}", "password": "guess"}, environ_base=around)
        if answer.status_code != 422:
            break
    assert answer.status_code == 507
    assert "磁盘已满" in answer.text
    assert client.get("/login").status_code == 200


def test_a_full_disk_under_what_is_sent_is_said_in_words(client: FlaskClient) -> None:
    with open("/dev/full", "r+b", buffering=0) as disk:
        body = Body(1000, file=disk)
        body.add(b"photo")
    assert body.lost is not None
    for language, words in (("zh", "磁盘已满"), ("en", "disk of the server is full")):
        answer = client.post("/login", environ_base={bridge.LOST: body.lost}, headers={"Accept-Language": language})
        assert answer.status_code == 507
        assert words in answer.text


def test_a_file_for_which_there_was_no_room_is_not_in_the_way_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    target = tmp_path / "photo.jpg"
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space") as refused:
            files._write(target, b"photo")
    assert isinstance(outages.of(refused.value), DiskFull)
    assert list(tmp_path.iterdir()) == []
    files._write(target, b"photo")
    assert target.read_bytes() == b"photo"


def test_administrators_are_warned_before_the_disk_is_full(
    settings: Settings, store: Store, company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    def page(wanted: int, role: str) -> str:
        app = create_app(replace(settings, disk_free_mb=wanted), store)
        client = app.test_client()
        log_in(client, company.people[role])
        return client.get("/settings").text

    assert "磁盘快满了" in page(10**9, "administrator")
    assert "磁盘快满了" not in page(1, "administrator")
    assert "磁盘快满了" not in page(10**9, "agent")
    schedule.look_at_disk(replace(settings, disk_free_mb=10**9))
    assert "nearly full" in caplog.text


def test_postgres_keeps_nobody_waiting_for_ever(postgres_url: str) -> None:
    store = Store(postgres_url, limits=Limits(2, statement_seconds=1, lock_seconds=3))
    with store.reading() as session:
        assert session.execute(text("show lock_timeout")).scalar() == "3s"
    with pytest.raises(DBAPIError) as slow, store.reading() as session:
        session.execute(text("select pg_sleep(30)"))
    assert isinstance(outages.of(slow.value), StoreAway)
    store.close()


def test_whatever_is_asked_for_fits_what_postgres_has() -> None:
    for processes in range(1, 33):
        for threads in (1, 2, 8, 64):
            own = page_process.share(Settings(), processes, threads)
            assert 1 <= own.threads <= threads
            assert own.connections >= 2 * own.threads
            assert processes * own.connections + schedule.SHARE <= 80


def test_a_worker_ends_when_it_is_told_to(empty_file: Path, tmp_path: Path) -> None:
    shutil.copy(empty_file, tmp_path / "bihuan.db")
    environment = {**os.environ, "BIHUAN_HOME": str(tmp_path), "BIHUAN_POLL_SECONDS": "1"}
    with (tmp_path / "log").open("wb") as said:
        worker = subprocess.Popen([*BIHUAN, "worker"], cwd=HERE, env=environment, stdout=said, stderr=said)
    try:
        serving.within(30, lambda: b"Ctrl+C" in (tmp_path / "log").read_bytes())
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()  # one that does not start in time is not left to the tests that follow
        worker.wait()


def test_a_format_that_does_not_exist_is_refused() -> None:
    with pytest.raises(WrongSettings, match="text or json"):
        settings.build({"log_format": "xml"})
