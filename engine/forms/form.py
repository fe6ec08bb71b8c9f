"""A published form: shown, checked, and drawn from one value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from engine.core.errors import Finding
from engine.feel import Expression
from engine.forms.checking import CHINA, Checked, Choices, blank, check, offering
from engine.forms.definition import Field, Words

DONE = Words("完成", "Done")


@dataclass(frozen=True, slots=True)
class Form:
    """A title, fields, and the label of the button."""

    title: Words
    fields: tuple[Field, ...]
    submit: Words = DONE
    findings: tuple[Finding, ...] = ()  # warnings; errors are refused at reading

    def check(
        self,
        submitted: Any,
        files: Any = None,
        context: Mapping[str, object] | None = None,
        choices: Choices | None = None,
        *,
        zone: tzinfo = CHINA,
    ) -> Checked:
        """Check what was sent against this form; see `checking.check`."""
        return check(self.fields, submitted, files, context, choices, zone=zone)

    def blank(
        self,
        context: Mapping[str, object] | None = None,
        values: Mapping[str, object] | None = None,
        *,
        zone: tzinfo = CHINA,
    ) -> Checked:
        """Return the untouched form; see `checking.blank`."""
        return blank(self.fields, context, values, zone=zone)

    def field(self, key: str) -> Field | None:
        """Return the field with this key, at the top level."""
        return next((each for each in self.fields if each.key == key), None)

    def offering(self, known: Mapping[str, object], zone: tzinfo = CHINA) -> "Form":
        """Return the form with the choices that these variables of the process allow, and words about the others."""
        return replace(self, fields=tuple(offering(each, known, zone) for each in self.fields))

    @property
    def every(self) -> Iterator[Field]:
        """Yield every field, those of repeated groups too."""
        for outer in self.fields:
            yield outer
            yield from outer.fields

    @property
    def steering(self) -> frozenset[str]:
        """Return the keys that become variables of the process."""
        return frozenset(each.key for each in self.fields if each.steers)

    @property
    def names(self) -> frozenset[str]:
        """Return the process variables in the form's expressions: a default may read the one of its own field."""
        asked = {each.key for each in self.every}
        read: set[str] = set()
        for each in self.every:
            read |= each.shown_if.names - asked if each.shown_if else frozenset()
            read |= each.default.names if isinstance(each.default, Expression) else frozenset()
            read |= {name for choice in each.choices if choice.shown_if for name in choice.shown_if.names}
        return frozenset(read)
