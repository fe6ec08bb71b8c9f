"""Whether a change worked: what was usual, how long it takes to know, and the verdict, by a rule stated before.

The rule and its sources: docs/proof.md. Everything but `readings.read` is plain computing.
"""

from engine.measures.proof import baseline, judging, readings, windows
from engine.measures.proof.judging import Verdict
from engine.measures.proof.question import Question
from engine.measures.proof.readings import Readings

__all__ = ["Question", "Readings", "Verdict", "baseline", "judging", "readings", "windows"]
