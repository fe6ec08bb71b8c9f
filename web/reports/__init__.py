"""Pages of reports: the list, one report and its cases, what is printed and downloaded, and when they are made."""

from web.reports import case_list, files, making, page, settings

BLUEPRINTS = (page.blueprint, settings.blueprint)

__all__ = ["BLUEPRINTS", "case_list", "files", "making"]
