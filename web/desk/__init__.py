"""The desk: writing down who calls or comes, while they speak."""

from web.desk import after, beside, form, page, papers
from web.desk.parts import blueprint

__all__ = ["BLUEPRINTS", "after", "beside", "form", "page"]

BLUEPRINTS = (blueprint, papers.blueprint)
