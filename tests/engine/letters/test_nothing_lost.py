"""Whatever is written to whom and when: nobody is told a thing twice in an hour, and nothing is lost."""

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine import letters
from engine.company import absences
from engine.company.people import Person
from engine.core import clock
from engine.core.store import Store
from engine.letters import Letter, Outgoing, rules
from engine.letters.rows import GIVEN_UP, HANDED_OVER
from engine.letters.ways import mail_id
from tests.engine.letters.post import Post, china, hire, put

pytestmark = pytest.mark.slow

TEMPLATES = ("dispatch", "mentioned", "commented", "escalation", "alarm", "alert")
HOUR = timedelta(hours=1)


class Fickle(Post):
    """A way that refuses some letters, and keeps when it took the others."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance, self.at = chance, list[tuple[datetime, Outgoing]]()

    def send(self, given: list[Outgoing]) -> dict[str, str]:
        failed = {letter.key: "421 try later" for letter in given if self.chance.random() < 0.1}
        self.at += [(clock.now(), letter) for letter in given if letter.key not in failed]
        return failed


def live(store: Store, chance: random.Random) -> Fickle:
    """Two days of letters at random, in bursts, and a pass of the schedule every few minutes; then a quiet week."""
    staff = [hire(store, f"p{number}") for number in range(3)]
    post, number, moment = Fickle(chance), 0, china("2 08:00")
    with store.transaction() as session:
        rules.choose(session, staff[0], always=True)
        first, second = (session.get_one(Person, each) for each in staff[:2])
        with clock.at(moment):
            absences.add(session, second, first, china("2 20:00"), china("3 12:00"), first)
    while moment < china("11 12:00"):
        with clock.at(moment):
            for _ in range(chance.choice((0, 0, 1, 2, 12)) if moment < china("4 08:00") else 0):
                put(store, chance.choice(staff), str(number), chance.choice(TEMPLATES), chance.randrange(8))
                number += 1
            letters.send_due(store, [post])
        moment += timedelta(minutes=chance.randrange(1, 30) if moment < china("4 18:00") else 240)
    return post


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_told_a_thing_twice_in_an_hour_and_nothing_is_lost(store: Store, seed: int) -> None:
    post = live(store, random.Random(seed))
    with store.reading() as session:
        rows = session.scalars(select(Letter)).all()
        at_once = rules.of(session).at_once
    assert all(row.state == HANDED_OVER or (row.state == GIVEN_UP and row.error) for row in rows)
    of_mail = Counter(row.mail_id for row in rows if row.state == HANDED_OVER)
    assert of_mail == {mail_id(out.key): of_mail[mail_id(out.key)] for _, out in post.at}  # each in exactly one
    assert len(post.at) == len(of_mail)
    assert all(row.together == of_mail[row.mail_id] for row in rows if row.state == HANDED_OVER)

    sent_at = {mail_id(out.key): (moment, out.to.person_id) for moment, out in post.at}
    told, messages = defaultdict(set), defaultdict(set)
    for row in rows:
        if row.state == HANDED_OVER and row.template not in at_once:
            moment, reader = sent_at[row.mail_id or ""]
            told[reader, row.template, row.about].add(moment)
            messages[reader].add((moment, row.mail_id))
    for moments in told.values():
        assert all(after - before >= HOUR for before, after in zip(sorted(moments), sorted(moments)[1:], strict=False))
    for found in messages.values():
        times = sorted(moment for moment, _ in found)
        assert all(after - before >= HOUR for before, after in zip(times, times[5:], strict=False))
