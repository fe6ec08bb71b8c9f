"""DMN: decision tables and graphs, read from the files that dmn-js, Camunda Modeler and others write.

    model = dmn.read(path.read_bytes())
    decided = model.decide("triage", {"category": "电梯", "danger": True})
    decided.value, decided.rules    # what was decided, and by which rows (from 1)

A table with one output gives a value, with several a dict; hit policies with many hits give lists.
"""

from engine.feel.dmn.boxes import Input, Output, Rule, Table
from engine.feel.dmn.checking import Finding, check
from engine.feel.dmn.deciding import Decided
from engine.feel.dmn.graph import Decision
from engine.feel.dmn.model import Model
from engine.feel.dmn.reading import BILINGUAL, parse, read

__all__ = [
    "BILINGUAL",
    "Decided",
    "Decision",
    "Finding",
    "Input",
    "Model",
    "Output",
    "Rule",
    "Table",
    "check",
    "parse",
    "read",
]
