"""All clients of one product, working in rounds: between two of them the company's clock is advanced."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.load.browser import Line, Unexpected
from benchmarks.load.figures import Figures
from benchmarks.load.product import Product
from benchmarks.load.working import CALLBACK, Client, enter, expect

ROUND = 5.0
"""Seconds of work in a round, after which residents told a result are due for the callback."""

CLOCK = "/demo/clock"
TURN = "4 hours"
MOST_TURNS = 12
MOST_ERRORS = 20
"""More errors than this before measuring mean that there is nothing to measure."""


class Crew:
    """The clients of a product; `figures` sums up the measured rounds, and every error."""

    def __init__(self, product: Product, clients: int) -> None:
        self.product, self.figures = product, Figures()
        self._clients = [Client(number, product.port) for number in range(clients)]
        self._line = Line(product.port)

    def begin(self, seconds: float) -> None:
        """Log in, then work unmeasured until everybody has someone to call back, at most this long."""
        for client in self._clients:
            client.log_in()
        self._clock = enter(self._line, "admin")
        trial, until = Figures(), time.monotonic() + min(seconds, ROUND)

        def enough(client: Client) -> bool:
            return len(trial.errors) > MOST_ERRORS or (time.monotonic() > until and bool(client.told))

        self._work(trial, enough)
        self.figures.errors += trial.errors
        if len(trial.errors) > MOST_ERRORS:
            raise SystemExit("\n".join([f"{self.product.name}: nothing can be measured", *trial.errors]))

    def measure(self, seconds: float) -> None:
        """Measure one round of so many seconds."""
        self._let_hours_pass()
        cpu, own, begun = self.product.cpu(), time.process_time(), time.monotonic()
        self._work(self.figures, lambda _: time.monotonic() > begun + seconds)
        self.figures.seconds += time.monotonic() - begun
        self.figures.server_cpu += self.product.cpu() - cpu
        self.figures.client_cpu += time.process_time() - own

    def end(self) -> None:
        """Close all connections."""
        for client in self._clients:
            client.close()
        self._line.close()

    def _work(self, figures: Figures, enough: Callable[[Client], bool]) -> None:
        def play(client: Client) -> None:
            client.work(figures, lambda: enough(client))

        with ThreadPoolExecutor(len(self._clients)) as pool:
            list(pool.map(play, self._clients))

    def _let_hours_pass(self) -> None:
        """Advance the clock until everybody who was told a result may be called. Raises `Unexpected`."""
        for _ in range(MOST_TURNS):
            if all(client.is_due() for client in self._clients):
                return
            form = expect(self._clock.get(CLOCK), 200, CLOCK).form("csrf_token")
            expect(self._clock.post(CLOCK, form, {"step": TURN}), 303, CLOCK)
        raise Unexpected(f"{self.product.name}: after {MOST_TURNS} times {TURN} nobody waits for {CALLBACK.name}")
