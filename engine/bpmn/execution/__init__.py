"""Running BPMN: a parsed version, a state and one act give a new state and all that waits now.

The only part of the house that knows SpiffWorkflow. It knows no tables, no people and no clock of its own: what the
world has to answer comes in as `World`. How diagrams are understood beyond what the standard leaves no choice about:

- Variables belong to the process: all its tokens read and write one set. An instance of a multi-instance has a set of
  its own inside that, a called process one of its own altogether. `loopCounter` is 1 for the first instance. Results
  of instances come out in the order of the items; instances that were cut short give none.
- Tokens move until none can move by itself, oldest first. Conditional events are looked at before the next token moves
  whenever a variable was written or such an event began to wait; they go off when their condition has become true
  since then. Inclusive gateways are looked at when all others stand still.
- An inclusive gateway waits for a token elsewhere that can reach one of its empty incoming flows round the gateway,
  unless that token can reach a filled one too. A token inside an activity can also leave by its boundary events.
- Events that do not interrupt may go off again, except a timer without repetition. Missed repetitions of a timer count
  as made: it goes off once and its next moment lies ahead.
- A signal is heard at once by everything in the case that waits for it, and is told to the caller for other cases. A
  message is only told: the caller delivers it.
- An error that nothing catches ends the whole case with kind "error"; one from a service task fails the step instead.
  An escalation that nothing catches does no more than be told.
- A terminate end event ends its own process or sub-process (of a multi-instance: that instance) and nothing around it.
- Withdrawing a task (`CancelTask`) ends its path there.
"""

from engine.bpmn.execution.acts import (
    Act,
    Broadcast,
    CancelCase,
    CancelTask,
    Change,
    Complete,
    Deliver,
    Fire,
    Retime,
    Start,
    act_from_json,
    act_to_json,
)
from engine.bpmn.execution.element import Element
from engine.bpmn.execution.outcome import Ended, Happened, OpenTask, Outcome, Thrown, WaitingMessage, WaitingTimer
from engine.bpmn.execution.program import Program, parse
from engine.bpmn.execution.step import step, variables_of
from engine.bpmn.execution.world import BpmnError, Work, World
from engine.core.errors import NotWaiting, StepFailed, TooManySteps

__all__ = [
    "Act",
    "BpmnError",
    "Broadcast",
    "CancelCase",
    "CancelTask",
    "Change",
    "Complete",
    "Deliver",
    "Element",
    "Ended",
    "Fire",
    "Happened",
    "NotWaiting",
    "OpenTask",
    "Outcome",
    "Program",
    "Retime",
    "Start",
    "StepFailed",
    "Thrown",
    "TooManySteps",
    "WaitingMessage",
    "WaitingTimer",
    "Work",
    "World",
    "act_from_json",
    "act_to_json",
    "parse",
    "step",
    "variables_of",
]
