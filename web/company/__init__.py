"""Pages of places, people, roles, hours and households."""

from web.company import buildings, calendars, households, leaving, organisation, people, permissions, roles

BLUEPRINTS = (
    organisation.blueprint,
    buildings.blueprint,
    households.blueprint,
    people.blueprint,
    leaving.blueprint,
    roles.blueprint,
    permissions.blueprint,
    calendars.blueprint,
)
