"""Play all scenarios of several processes, and say what differs and what would make them hold."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.core.store import Store
from engine.processes import publishing, versions
from engine.scenarios import company, playing
from engine.scenarios.company import Rows
from engine.scenarios.playing import Place, Played
from engine.scenarios.script import read_all, written

Processes = Mapping[str, Mapping[str, bytes]]
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How all scenarios went."""

    played: tuple[Played, ...] = ()

    @property
    def differing(self) -> tuple[Played, ...]:
        """Return the ones that did not go as expected."""
        return tuple(each for each in self.played if not each.holds)

    @property
    def walked(self) -> frozenset[Place]:
        """Return every element and flow that some scenario passed."""
        return frozenset(place for each in self.played for place in each.walked)

    @property
    def facts(self) -> list[dict[str, Any]]:
        """Return what differs, as plain JSON."""
        return playing.facts_of(self.played)

    @property
    def mark(self) -> str:
        """Return a value that is equal when the same differs: what was accepted is what was shown."""
        return hashlib.sha256(json.dumps(self.facts, sort_keys=True).encode()).hexdigest()[:32]

    def accepted(self) -> dict[str, dict[str, bytes]]:
        """Return the differing scenarios as they would hold, by process and path; b"" for one of which no step can
        be done, to be dropped."""
        found: dict[str, dict[str, bytes]] = {}
        for each in self.differing:
            found.setdefault(versions.process_of(each.scenario.path), {})[each.scenario.path] = (
                written(each.found) if each.found.steps else b""
            )
        return found


def gather(store: Store | None, folder: Path | None = None) -> tuple[dict[str, dict[str, bytes]], Rows]:
    """Return the processes of a folder, with those that we ship around them; or, of a live store, what is published
    there and what that company added. Raises `Refused` when there is nothing."""
    if folder is not None:
        ours = {process: dict(files) for process, files in publishing.shipped().items()}
        around = {process: versions.without_scenarios(files) for process, files in ours.items()}
        return around | publishing.read_folder(folder), {}
    assert store is not None, "one of the two is given"
    with store.reading() as session:
        return company.processes_of(session), company.own(session)


def write_accepted(folder: Path, rehearsal: Rehearsal) -> list[tuple[str, bytes]]:
    """Write the differing scenarios into a folder as they would hold; return path and text of each."""
    done = [each for files in rehearsal.accepted().values() for each in sorted(files.items())]
    for path, text in done:
        if text:
            (folder / path).write_bytes(text)
        else:
            (folder / path).unlink()
    return done


def rehearse(processes: Processes, added: Rows | None = None, told: Told = lambda done, of: None) -> Rehearsal:
    """Play every scenario of these processes. `added`: what a live company added to its settings (`company.own`).

    `told(done, of)` is called after each. Raises `Refused` when a scenario cannot be read.
    """
    scenarios = [each for files in processes.values() for each in read_all(files)]
    if not scenarios:
        return Rehearsal()
    names = playing.names_of(processes)
    played = []
    with company.founded(processes, added) as small:
        for number, each in enumerate(scenarios):
            told(number, len(scenarios))
            played.append(playing.play(small, each, names))
    told(len(scenarios), len(scenarios))
    return Rehearsal(tuple(played))
