"""What a diagram says in formulas, as sentences that people fill in, and back.

    moments.read("PT24H")                        # When("after", number="24", unit="hours")
    moments.write(When("working_days", number="3"), "timer")    # Written("=working_days(3)", "timeDate")
    conditions.read('=urgency = "critical" and score <= 2')     # Group("and", (Part(…), Part(…)))

Reading returns None for what is not written this way. A sentence always writes what it was read from, or means the same:
the formulas' trees are compared.
"""

from engine.bpmn.sentences import conditions, moments
from engine.bpmn.sentences.conditions import Group, Part
from engine.bpmn.sentences.moments import When, Written

__all__ = ["Group", "Part", "When", "Written", "conditions", "moments"]
