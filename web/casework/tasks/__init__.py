"""One task: what it is about, its form, and what can be done with it."""

from web.casework.tasks import completing, giving, going, photos, typing
from web.casework.tasks.page import blueprint

__all__ = ["blueprint", "completing", "giving", "going", "photos", "typing"]
