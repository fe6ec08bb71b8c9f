"""A week's hours as people write them: shifts in any order, also over midnight. Stored hours belong to one day each."""

from collections.abc import Mapping, Sequence

from engine.company.calendars.calendar import WEEKDAYS

MIDNIGHT = "24:00"

Week = dict[str, list[list[str]]]


def parted(week: Mapping[str, Sequence[Sequence[str]]]) -> Week:
    """Return a week as it is stored: a shift that ends at an earlier time than it begins goes on until the next day.

    What is no time stays as it is and is refused by whoever stores it.
    """
    found: Week = {day: [] for day in WEEKDAYS}
    for number, day in enumerate(WEEKDAYS):
        for opens, closes in week.get(day, ()):
            if opens and closes and closes < opens:
                found[day].append([opens, MIDNIGHT])
                found[WEEKDAYS[(number + 1) % 7]].append(["00:00", closes])
            else:
                found[day].append([opens, closes])
    return {day: sorted(spans) for day, spans in found.items()}


def joined(week: Mapping[str, Sequence[Sequence[str]]]) -> Week:
    """Return a stored week with its nights as shifts over midnight, which `parted` takes apart again."""
    found: Week = {day: [list(each) for each in week.get(day, ())] for day in WEEKDAYS}
    for number, day in enumerate(WEEKDAYS):
        late, early = week.get(day, ()), week.get(WEEKDAYS[(number + 1) % 7], ())
        if late and early and late[-1][1] == MIDNIGHT and early[0][0] == "00:00" and early[0][1] < late[-1][0]:
            found[day][-1][1] = early[0][1]
            found[WEEKDAYS[(number + 1) % 7]].remove(list(early[0]))
    return found
