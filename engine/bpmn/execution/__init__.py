"""Execute BPMN: a parsed version, a state and one act give a new state and everything that waits now.

The only package that uses SpiffWorkflow. It uses no tables, people or clock: `World` answers what a step asks of
the outside. Where the standard leaves a choice, diagrams are interpreted as follows:

- Variables belong to the process: all its tokens read and write one set. An instance of a multi-instance has its own
  set inside that, a called process an entirely separate one. `loopCounter` is 1 for the first instance. Results of
  instances are in the order of the items; cancelled instances give none.
- Tokens move until none can move by itself, oldest first. Conditional events are checked before the next token moves
  whenever a variable was written or such an event began to wait; they fire when their condition has become true since
  then. Inclusive gateways are checked when nothing else can move.
- An inclusive gateway waits for a token elsewhere that can reach one of its empty incoming flows without passing the
  gateway, unless that token can also reach a filled one. A token inside an activity can also leave by boundary events.
- Non-interrupting events may fire again, except a timer without repetition. Missed repetitions of a timer count as
  made: it fires once and its next moment is in the future.
- A signal is received at once by everything in the case that waits for it, and reported to the caller for other cases.
  A message is only reported: the caller delivers it.
- An error that nothing catches ends the whole case with kind "error"; one from a service task fails the step instead.
  An escalation that nothing catches is only reported.
- An event sub-process can begin from the beginning of what is around it until nothing else goes on there; interrupting,
  it takes the place of all that, other event sub-processes included, and when it ends, what is around it is done. What
  is around waits for those still running. One that does not interrupt can begin again, also while it runs. It sees the
  variables of what is around it, and does not catch errors and escalations thrown inside it. Boundary events of what is
  around it stay on. Errors and escalations go to the event sub-processes beside them first, then to the border.
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
    Put,
    Retime,
    Start,
    act_from_json,
    act_to_json,
)
from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import shown
from engine.bpmn.execution.moving import CannotMove, move
from engine.bpmn.execution.outcome import Ended, Happened, OpenTask, Outcome, Thrown, WaitingMessage, WaitingTimer
from engine.bpmn.execution.program import Program, parse
from engine.bpmn.execution.promises import ENDS, Plan
from engine.bpmn.execution.standing import Held, Looked, Standing, look, places
from engine.bpmn.execution.step import step, variables_of
from engine.bpmn.execution.world import BpmnError, Work, World
from engine.core.errors import NotWaiting, StepFailed, TooManySteps

__all__ = [
    "ENDS",
    "Act",
    "BpmnError",
    "Broadcast",
    "CancelCase",
    "CancelTask",
    "CannotMove",
    "Change",
    "Complete",
    "Deliver",
    "Element",
    "Ended",
    "Fire",
    "Happened",
    "Held",
    "Looked",
    "NotWaiting",
    "OpenTask",
    "Outcome",
    "Plan",
    "Program",
    "Put",
    "Retime",
    "Standing",
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
    "look",
    "move",
    "parse",
    "places",
    "shown",
    "step",
    "variables_of",
]
