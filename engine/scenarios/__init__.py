"""Scenarios: ways through a process, written beside its diagram, played with the real engine before it is published.

`script` reads and writes the files, `moments` their moments; `company` is the small throw-away company with its cast;
`acts` does what a step says (`working` tasks, `asking` requests, `filling` forms), `standing` compares, `playing` plays one scenario and `rehearsing` all; `coverage` says
what none walks; `publishing` is the job. Importing this package registers that job.
"""

from engine.scenarios import coverage, publishing, rehearsing
from engine.scenarios.script import wrong_with

__all__ = ["coverage", "publishing", "rehearsing", "wrong_with"]
