"""The company of the stories serves here too."""

from tests.stories.conftest import begun, hands

__all__ = ["begun", "hands"]
