"""Pages of places, people, roles, hours and households."""

from web.company import (
    buildings,
    calendar_files,
    calendars,
    households,
    leaving,
    organisation,
    people,
    permissions,
    roles,
)

BLUEPRINTS = (
    organisation.blueprint,
    buildings.blueprint,
    households.blueprint,
    people.blueprint,
    leaving.blueprint,
    roles.blueprint,
    permissions.blueprint,
    calendars.blueprint,
    calendar_files.blueprint,
)
