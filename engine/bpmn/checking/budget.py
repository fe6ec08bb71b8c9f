"""How long a check may take."""

import time

LOOK = 0.05
"""Seconds between two looks at the processor's clock, which is slow to read on some machines."""


class Budget:
    """CPU seconds of this thread, whatever else the machine does: a busy machine must not refuse what runs."""

    def __init__(self, seconds: float, within: "Budget | None" = None) -> None:
        self._until = time.thread_time() + seconds
        if within is not None:
            self._until = min(self._until, within._until)
        self._next_look = time.monotonic() + min(LOOK, seconds)

    @property
    def spent(self) -> bool:
        """Return whether it is used up."""
        now = time.monotonic()
        if now < self._next_look:
            return False
        self._next_look = now + LOOK
        if time.thread_time() < self._until:
            return False
        self._next_look = now
        return True
