"""The desk's pages belong together."""

from flask import Blueprint

from web.shared import codes_in_words

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
blueprint.context_processor(codes_in_words.context)
