"""The desk: registering calls and visits while people speak."""

from web.desk import after, beside, calls, form, mails, page, papers
from web.desk.parts import blueprint

__all__ = ["BLUEPRINTS", "after", "beside", "form", "page"]

BLUEPRINTS = (blueprint, papers.blueprint, mails.blueprint, calls.blueprint)
