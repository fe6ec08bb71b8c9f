"""When a resident may be called: three slots a day, none in rest hours."""

from datetime import datetime, time, timedelta, tzinfo

SLOTS = (time(9, 30), time(14, 30), time(18, 30))
"""Slot starts. They avoid midday (12 to 14), evening after 20:30 and night."""

BREATH = timedelta(hours=1)
"""The minimum time between telling a resident the result, or failing to reach them, and the next call."""


def following(moment: datetime, zone: tzinfo) -> datetime:
    """Return the slot after `moment`.

    Consecutive slots differ in their time of day, so that three attempts always cover at least two kinds of slot.
    """
    ready = (moment + BREATH).astimezone(zone)
    for ahead in range(2):
        day = ready.date() + timedelta(days=ahead)
        for begins in SLOTS:
            slot = datetime.combine(day, begins, zone)
            if slot >= ready:
                return slot
    raise AssertionError("the next day has slots")
