"""Many expressions with both answers, the generator's coverage, and the unexplained differences."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.differential import listing
from tests.differential.comparing import Difference, differences
from tests.differential.inventing import FORMS, GRAMMAR, Inventor, Part
from tests.differential.listing import Known
from tests.differential.peer import Peer
from tests.differential.phrases import CONTEXT

AT_A_TIME = 200
EVERY = 10  # every tenth expression is a unary test


@dataclass
class Report:
    """The result."""

    count: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    explained: Counter[Known] = field(default_factory=Counter)
    unexplained: list[Difference] = field(default_factory=list)

    @property
    def uncovered(self) -> list[str]:
        """Grammar rules and function forms that no expression used."""
        return sorted((GRAMMAR | FORMS) - {label.removesuffix(" named") for label in self.seen} - self.seen.keys())


def invented(seed: int, count: int) -> Iterator[tuple[str, Part]]:
    inventor = Inventor(seed)
    for number in range(count):
        if number % EVERY == EVERY - 1:
            yield "tests", inventor.tests()
        else:
            yield "expression", inventor.next()


def run(seed: int, count: int) -> Report:
    """Compare that many expressions from this seed."""
    report, entries = Report(), listing.read()
    parts = list(invented(seed, count))
    with Peer(CONTEXT) as peer:
        for start in range(0, count, AT_A_TIME):
            for difference in differences(parts[start : start + AT_A_TIME], peer):
                entry = next((each for each in entries if each.explains(difference)), None)
                if entry is None:
                    report.unexplained.append(difference)
                else:
                    report.explained[entry] += 1
    report.count = count
    report.seen = Counter(part.label for _, whole in parts for part in whole.walk())
    return report
