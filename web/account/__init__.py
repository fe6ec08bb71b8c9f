"""Logging in, one's own account, the first start."""

from web.account import account, first_start, login

BLUEPRINTS = (
    first_start.blueprint,
    login.blueprint,
    account.blueprint,
)
