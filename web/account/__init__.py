"""Logging in, one's own account, the first start, installing it on a phone."""

from web.account import account, browsers, first_start, installable, login

BLUEPRINTS = (
    first_start.blueprint,
    login.blueprint,
    account.blueprint,
    browsers.blueprint,
    installable.blueprint,
)
