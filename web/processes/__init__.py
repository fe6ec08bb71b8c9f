"""Pages of processes, decision tables, cases and incidents."""

from web.processes import (
    case_help,
    case_list,
    case_moves,
    clocks,
    comparing,
    decision_tables,
    incidents,
    library,
    planned,
    process_list,
    process_rights,
    publications,
    standing,
    uploading,
)

__all__ = ["BLUEPRINTS", "case_list", "comparing", "process_list", "standing", "uploading"]

BLUEPRINTS = (
    case_help.blueprint,
    case_moves.blueprint,
    clocks.blueprint,
    library.blueprint,
    decision_tables.blueprint,
    incidents.blueprint,
    planned.blueprint,
    process_rights.blueprint,
    publications.blueprint,
)
"""The list of cases is a page of the shared blueprint of cases; the list of processes, uploading and comparing have theirs in that of
the library."""
