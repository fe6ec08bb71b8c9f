"""What an improvement wants to know: which measure shall move, where, and by how much."""

import math
from dataclasses import dataclass

from engine.measures.charts import Kind
from engine.measures.control import KINDS
from engine.measures.definitions import MEASURES


@dataclass(frozen=True, slots=True)
class Question:
    """A measure (a share or a rate per home), the place, what narrows it, and the hoped-for change.

    `by`: how much better, as a part (0.4: 40 % fewer complaints; for shares, of their odds). `hours`: "night" counts
    what was received from 20:00 to 6:00 only.
    """

    measure: str
    community_id: int
    by: float
    category: str = ""
    building: str = ""
    hours: str = ""

    @property
    def kind(self) -> Kind:
        """Return whether it is a share or a rate."""
        return KINDS[MEASURES[self.measure].unit]

    @property
    def hoped(self) -> float:
        """Return the hoped-for change as a logarithm, for the better."""
        return -math.log1p(-self.by)

    @property
    def sign(self) -> int:
        """Return -1 where less is better, 1 where more is."""
        return 1 if MEASURES[self.measure].better == "more" else -1
