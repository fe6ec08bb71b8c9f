"""The desk: writing down who calls or comes, while they speak."""

from web.desk import after, beside, form, page
from web.desk.parts import blueprint

__all__ = ["after", "beside", "blueprint", "form", "page"]
