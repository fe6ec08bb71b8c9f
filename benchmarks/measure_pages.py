"""The page of a report and the wall screen, requested through the application in a company of many facts."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from benchmarks import many_facts
from benchmarks.many_facts import NOW, PASSWORD, SHANGHAI
from engine.casework import cases
from engine.company import places
from engine.company.people import Person
from engine.company.places import Place
from engine.core import clock
from engine.core.settings import Settings, secret
from engine.core.store import Store
from engine.core.throttle import Attempt
from engine.history import NewEntry
from engine.measures import walls
from engine.reports import Report, contents, following, making, periods, queries
from web import create_app


def medians(store: Store, folder: Path, times: int) -> Iterator[tuple[str, float]]:
    """Yield each page with the median of its milliseconds; the first request, which fills caches, does not count."""
    settings = Settings(home=folder)
    with clock.at(NOW + timedelta(minutes=1)):  # the cases of NOW are over
        asked = _addresses(store, settings)
        with store.transaction() as session:  # the clock stands still: earlier log-ins were all just now
            session.execute(delete(Attempt))
        app = create_app(settings, store)
        app.config["WTF_CSRF_ENABLED"] = False
        browser = app.test_client()
        browser.post("/login", data={"login": "board", "password": PASSWORD})
        for name, address in asked.items():
            taken = [_milliseconds(lambda address=address: browser.get(address).status_code) for _ in range(times + 1)]  # type: ignore[misc]
            yield name, statistics.median(taken[1:])


def _milliseconds(ask: Callable[[], int]) -> float:
    begun = time.perf_counter()
    status = ask()
    if status != 200:
        raise SystemExit(f"a page answered {status}")
    return (time.perf_counter() - begun) * 1000


def _addresses(store: Store, settings: Settings) -> Mapping[str, str]:
    with store.reading() as session:
        company, board = places.company(session), many_facts.reaching_all(session)
        region = session.scalars(select(Place).where(Place.kind == "region")).first() or company
        community = session.get_one(Place, many_facts.first_community(session))
    key = secret(settings, "links")
    found = {"report": f"/reports/{_report(store, company, board)}"}
    for place in (company, region, community):
        with store.transaction() as session:
            link = walls.make(session, place.id, place.kind, key=key, by=board)
            found[f"wall of the {place.kind}"] = f"/wall/{walls.secret(key, link)}"
    return found


def _report(store: Store, place: Place, by: Person) -> int:
    """Return a signed report of the last month, made now if it is not there yet."""
    period = periods.last("month", NOW.astimezone(SHANGHAI).date())
    with store.reading() as session:
        there = queries.newest(session, place.id, period)
        if there is not None:
            return there.id
        begun = time.process_time()
        counted = contents.count(session, place, period)
        received, seconds = counted.content["received"], time.process_time() - begun
    print(f"report of {received:,} cases: counted in {seconds:.1f} s of CPU", flush=True)

    def write(session: Session) -> Report:
        made = making.make(session, place, period, counted, by=by)
        made.state, made.signed_at, made.signed_by_id = "signed", clock.now(), by.id
        signed = {"digest": following.digest(session, made)}
        cases.record(session, made.case_id or 0, NewEntry("report.signed", by.id, None, signed))
        return made

    return store.attempt(write).id
