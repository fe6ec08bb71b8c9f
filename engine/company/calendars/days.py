"""Days out of what people answered: a day, or a moment whose day depends on where it is."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo


def day_of(value: object, zone: Callable[[], tzinfo]) -> date | None:
    """Return the day of a date or moment, as value or as stored text, in `zone`; None for anything else.

    `zone` is asked only for a moment.
    """
    if not isinstance(value, date):
        try:
            value = datetime.fromisoformat(str(value)) if len(str(value)) > 10 else date.fromisoformat(str(value))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return value
    return (value.astimezone(zone()) if value.tzinfo is not None else value).date()
