"""Forms: one JSON definition, read once, checked here, drawn by the web from the same value."""

from engine.forms.checking import Checked, Choices
from engine.forms.definition import LISTS, Choice, Field, Limits, Words
from engine.forms.form import Form
from engine.forms.reading import read

__all__ = ["LISTS", "Checked", "Choice", "Choices", "Field", "Form", "Limits", "Words", "read"]
