"""Pages of processes, decision tables, cases and incidents."""

from web.processes import case_list, decision_tables, incidents, library

__all__ = ["BLUEPRINTS", "case_list"]

BLUEPRINTS = (library.blueprint, decision_tables.blueprint, incidents.blueprint)
"""The list of cases is a page of the shared blueprint of cases."""
