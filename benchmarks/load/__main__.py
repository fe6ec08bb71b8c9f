"""Measure how many tasks a second the whole product completes over HTTP, used as people would use it.

    python -m benchmarks.load [--clients 8] [--seconds 20] [--store sqlite|postgresql] [--processes N]
                              [--against CHECKOUT]

Makes the demo company in a temporary folder, serves it with `bihuan serve` and lets clients work on it: they log in,
register complaints at the desk and carry them to their end, each a complaint of its own. One completion is four
requests: the complaint's page, the task's, the form, and the page after it. `--against` does the same with another
checkout, in turns (A B A B, a few seconds each), and ends with the ratios of both. Exits with 1 when a page was not
what it should be, or the record does not verify afterwards.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.load.databases import databases
from benchmarks.load.product import OWN, Product
from benchmarks.load.rounds import ROUND, Crew


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for. Raises `SystemExit` with 1 when anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--clients", type=int, default=8, help="how many work at a time")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long they work, all rounds together")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, help="handed on to `bihuan serve` of this checkout")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="another checkout of the product")
    asked = parser.parse_args(arguments)
    checkouts = {"this": OWN, **({"other": asked.against.resolve()} if asked.against else {})}
    with ExitStack() as opened:
        # Not below a folder that is closed to PostgreSQL's user.
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="bihuan-load-")))
        urls = opened.enter_context(databases(asked.store, list(checkouts)))
        products = [Product(name, each, folder / name, urls[name]) for name, each in checkouts.items()]
        with ExitStack() as serving:
            crews = [_crew(serving, each, asked) for each in products]
            rounds = max(len(products), round(asked.seconds / ROUND))
            for _ in range(rounds):
                for crew in crews:
                    crew.measure(asked.seconds / rounds)
        verified = [each.run("history", "verify") for each in products]
    print(f"# {asked.store}, {asked.clients} clients")
    if not _told(crews, verified):
        sys.exit(1)


def _crew(serving: ExitStack, product: Product, asked: argparse.Namespace) -> Crew:
    serving.enter_context(product.served(asked.processes if product.name == "this" else None))
    crew = Crew(product, asked.clients)
    serving.callback(crew.end)
    crew.begin(asked.seconds)
    return crew


def _told(crews: Sequence[Crew], verified: Sequence[bool]) -> bool:
    """Print the figures; return whether all went well."""
    for crew, sound in zip(crews, verified, strict=True):
        for line in crew.figures.lines(crew.product.name):
            print(line)
        print("  record verifies" if sound else "  record does NOT verify")
    if len(crews) > 1:
        this, other = (crew.figures for crew in crews)
        print(f"ratio {this.rate / (other.rate or 1):.2f} (this / other, completions/s)")
        print(f"ratio {this.cpu_ms / (other.cpu_ms or 1):.2f} (this / other, server CPU a request)")
    return all(verified) and not any(crew.figures.errors for crew in crews)


if __name__ == "__main__":
    main()
