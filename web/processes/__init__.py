"""Pages of processes, decision tables, cases and incidents."""

from web.processes import case_list, decision_tables, incidents, library

BLUEPRINTS = (
    library.blueprint,
    decision_tables.blueprint,
    case_list.blueprint,
    incidents.blueprint,
)
