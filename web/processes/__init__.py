"""Pages of processes, decision tables, cases and incidents."""

from web.processes import case_list, decision_tables, incidents, library, uploading

__all__ = ["BLUEPRINTS", "case_list", "uploading"]

BLUEPRINTS = (library.blueprint, decision_tables.blueprint, incidents.blueprint)
"""The list of cases is a page of the shared blueprint of cases; uploading has its pages in that of the library."""
