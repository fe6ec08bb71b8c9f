"""Posters with a QR code: choose where to put them up, each code knows its place, the browser prints them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import segno
from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from engine.company import logo, places
from engine.company.places import KnownPlace
from engine.complaints.homes import locations
from engine.complaints.homes.locations import Around, Spot
from engine.core.errors import NotFound
from web.shared import reachable_places
from web.shell import current
from web.shell.formats import name_of
from web.shell.guard import rule

blueprint = Blueprint("posters", __name__, url_prefix="/posters")

ACTS = ("complaint.register", "company.edit")
MOST = 300
SIZES: Mapping[str, int] = MappingProxyType({"a4": 1, "a5": 2, "card": 8})
"""Size → how many fit on a sheet of A4."""

POSTER = ("有事请说", "Tell us")
SCAN = ("扫码投诉、报修、咨询，不用注册", "Scan to complain, report or ask. No sign-up.")
CALL = ("24 小时电话", "Phone, day and night")
DANGER = ("有人被困、受伤，着火、漏气：先打电话，119 · 120 · 110", "Danger: call first")
"""The text of a poster, in both languages whatever the language of the page."""

WHERE = ("community", "buildings", "units", "lifts")


@dataclass(frozen=True, slots=True)
class Poster:
    """One poster: the place it names, the URL in its code, and the code as a picture."""

    spot: Spot
    url: str
    code: str


@blueprint.get("")
@rule(*ACTS)
def index() -> str:
    """Choose a community, its places and a size, with a preview of the sheet."""
    reading = current.reading()
    offered = communities(reading)
    community = chosen(offered, request.args.get("community", ""))
    known = locations.around(reading, community.id) if community else []
    where = [each for each in request.args.getlist("where") if each in WHERE or each in locations.THINGS]
    if "size" not in request.args and not where:  # not chosen yet, as opposed to nothing chosen
        where = usual(known)
    only = [each for each in request.args.getlist("building") if any(one.building == each for one in known)]
    size = request.args.get("size", "")
    wanted = places_of(community, known, where, only) if community else []
    return render_template(
        "posters/index.html",
        has_logo=logo.version(reading) is not None,
        communities=offered,
        community=community,
        known=known,
        where=where,
        only=only,
        size=size if size in SIZES else "a4",
        things=locations.THINGS,
        posters=[poster(each) for each in wanted[:MOST]],
        left_out=max(len(wanted) - MOST, 0),
        most=MOST,
        reachable=bool(current.settings().public_url),
        root=root(),
        phone=places.phone(reading, community) if community else "",
        called=name_of(community) if community else "",
        POSTER=POSTER,
        SCAN=SCAN,
        CALL=CALL,
        DANGER=DANGER,
    )


def usual(known: Sequence[Around]) -> list[str]:
    """The default places: one for the whole community, one at each entrance, one in each lift."""
    doors = "units" if not known or any(each.units for each in known) else "buildings"
    lifts = ["lifts"] if not known or any(each.lifts for each in known) else []
    return ["community", doors, *lifts]


def communities(reading: Session) -> list[KnownPlace]:
    """Communities for which this person may print posters: all, or those within their reach."""
    found = {each.id: each for act in ACTS for each in reachable_places.communities(reading, current.someone(), act)}
    return sorted(found.values(), key=lambda each: (each.name, each.id))


def chosen(offered: Sequence[KnownPlace], code: str) -> KnownPlace | None:
    """The community of that code, or the only one. Raises `NotFound` for one that is not theirs."""
    if not code:
        return offered[0] if len(offered) == 1 else None
    found = next((each for each in offered if each.code.casefold() == code.casefold()), None)
    if found is None:
        raise NotFound()
    return found


def places_of(community: KnownPlace, known: Sequence[Around], where: Sequence[str], only: Sequence[str]) -> list[Spot]:
    """Every chosen spot, building by building."""
    found = [Spot(community.code)] if "community" in where else []
    found += [Spot(community.code, thing=each) for each in locations.THINGS if each in where and each != "lift"]
    for each in known:
        if not only or each.building in only:
            found += of_building(community, each, where)
    return found


def of_building(community: KnownPlace, around: Around, where: Sequence[str]) -> list[Spot]:
    """The spots of one building: itself, its entrances, its lifts."""
    entrances = around.units or ("",)
    found = [Spot(community.code, around.building)] if "buildings" in where else []
    if "units" in where:
        found += [Spot(community.code, around.building, unit) for unit in around.units]
    if "lifts" in where and around.lifts:
        found += [Spot(community.code, around.building, unit, "lift") for unit in entrances]
    return found


def root() -> str:
    """The public address of the residents' pages."""
    return (current.settings().public_url or request.url_root).rstrip("/")


def poster(spot: Spot) -> Poster:
    """The poster of a spot."""
    url = root() + url_for("complain.show", at=spot.code)
    return Poster(spot, url, segno.make(url, error="m", micro=False).svg_data_uri(border=0, light="#fff"))
