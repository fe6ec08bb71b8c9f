"""When a resident may be called: three slots a day, none of them in rest hours."""

from datetime import datetime, time, timedelta, tzinfo

SLOTS = (time(9, 30), time(14, 30), time(18, 30))
"""Beginnings of the slots. They keep clear of midday (12 to 14), evening after 20:30 and night."""

BREATH = timedelta(hours=1)
"""A resident who was told the result, or could not be reached, is left alone this long at least."""


def following(moment: datetime, zone: tzinfo) -> datetime:
    """The slot after `moment`.

    Slots in a row differ in their time of day, so that three attempts always fall into at least two kinds of slot.
    """
    ready = (moment + BREATH).astimezone(zone)
    for ahead in range(2):
        day = ready.date() + timedelta(days=ahead)
        for begins in SLOTS:
            slot = datetime.combine(day, begins, zone)
            if slot >= ready:
                return slot
    raise AssertionError("the next day has slots")
