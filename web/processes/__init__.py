"""Pages of processes, decision tables, cases and incidents."""

from web.processes import (
    case_help,
    case_list,
    case_moves,
    comparing,
    decision_tables,
    incidents,
    library,
    publications,
    uploading,
)

__all__ = ["BLUEPRINTS", "case_list", "comparing", "uploading"]

BLUEPRINTS = (
    case_help.blueprint,
    case_moves.blueprint,
    library.blueprint,
    decision_tables.blueprint,
    incidents.blueprint,
    publications.blueprint,
)
"""The list of cases is a page of the shared blueprint of cases; uploading and comparing have their pages in that of the library."""
