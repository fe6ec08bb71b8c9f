"""The desk's pages belong together."""

from flask import Blueprint

from web import wording

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
blueprint.context_processor(wording.context)
