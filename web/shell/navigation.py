"""Navigation: the links of the header, and for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from engine.company import logo, places
from web.shell import administration_map, current
from web.shell.addresses import asset
from web.shell.formats import name_of
from web.shell.language import gettext as _


@dataclass(frozen=True, slots=True)
class Way:
    """A link of the header."""

    name: str
    url: str
    icon: str
    here: bool


WAYS: tuple[tuple[str, str | tuple[str, ...], str, Callable[[], str]], ...] = (
    ("inbox.index", "task.work", "inbox", lambda: _("待办")),
    ("desk.index", "complaint.register", "desk", lambda: _("登记来电")),
    ("complaints.index", "complaint.see", "complaints", lambda: _("投诉")),
    ("figures.index", "figures.see", "figures", lambda: _("指标")),
    ("requests.index", "request.see", "requests", lambda: _("事项")),
    ("improvements.index", "improvement.see", "improvements", lambda: _("改进")),
    ("knowledge.index", "knowledge.see", "knowledge", lambda: _("知识")),
    ("reports.index", "report.see", "reports", lambda: _("报告")),
    ("warnings.index", "warning.see", "warnings", lambda: _("预警")),
    ("processes.index", "process.see", "processes", lambda: _("流程")),
    ("incidents.index", "incident.see", "incidents", lambda: _("异常")),
    ("settings.index", administration_map.ACTS, "settings", lambda: _("管理")),
)
"""Endpoint, required act (or one of several), icon, name. A link whose page does not exist is not shown."""


ROOMS = {
    "processes": ("planned", "process_rights", "publications", "studio"),
    "figures": ("measures", "late", "durations", "repeats", "flattering", "clocks"),
    "reports": ("report_settings",),
}
"""Other pages that belong to a link: how the names of their blueprints begin."""


def install(app: Flask) -> None:
    """Provide the links to the layout."""

    demo = app.extensions["bihuan"].settings.demo

    def known() -> dict[str, Any]:
        return {
            "ways": ways(app),
            "may": current.may,
            "person": current.person(),
            "has_page": app.view_functions.get,
            "company_name": company_name,
            "mark": mark,
            "is_demo": demo,
        }

    app.context_processor(known)


def company_name() -> str:
    """The company's name, for the head of every page; the product's while there is none, or no store to ask."""
    try:
        company = places.known_company(current.reading())
    except SQLAlchemyError:
        return _("闭环")
    return name_of(company) if company else _("闭环")


def mark() -> str:
    """The address of the company's logo; of the product's while there is none, or no store to ask."""
    try:
        version = logo.version(current.reading())
    except SQLAlchemyError:
        version = None
    return url_for("logo.show", version=version) if version else asset("icon.svg")


def ways(app: Flask) -> list[Way]:
    """The links that this person may follow."""
    return [
        Way(name(), url_for(endpoint), icon, is_here(endpoint))
        for endpoint, acts, icon, name in WAYS
        if endpoint in app.view_functions and any(map(current.may, acts if isinstance(acts, tuple) else (acts,)))
    ]


def is_here(endpoint: str) -> bool:
    """Whether the page belongs to this link: all pages of administration belong to theirs."""
    own = endpoint.partition(".")[0]
    here = request.blueprint or ""
    if here == own or here.startswith(ROOMS.get(own, ())):
        return True
    others = {endpoint.partition(".")[0] for endpoint, *_more in WAYS}
    return own == "settings" and request.blueprint in administration_map.BLUEPRINTS - others


def home() -> str:
    """Where a logged-in person starts: their first page, or what has to be set up first."""
    if administration_map.beginning() is not None:
        return url_for("settings.index")
    found = ways(current_app)
    return found[0].url if found else url_for("account.show")
