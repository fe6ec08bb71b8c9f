"""One task: what it is about, its form, and what can be done with it."""

from web.tasks import completing, giving, going, photos, typing
from web.tasks.page import blueprint

__all__ = ["blueprint", "completing", "giving", "going", "photos", "typing"]
