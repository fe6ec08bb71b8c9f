"""A form of a draft as its editor shows it: the list of its fields, the one that is open, what is wrong with each."""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from engine import forms
from engine.core.errors import Finding, Refused
from engine.forms import Choice, Words, foreign, properties, sentences
from engine.forms.reading import ALIASES, KINDS
from engine.forms.sentences import Part, Sentence
from engine.forms.source import At, Component, Source
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import form_words

PLACE = re.compile(r"components\[(\d+)\](?:\.components\[(\d+)\])?")
KIN: tuple[tuple[str, ...], ...] = (("text", "textarea"), ("date", "datetime"), ("radio", "select", "checklist"))
"""Kinds that one can be made of the other without losing what was set."""


def kind_of(component: Component) -> str:
    """The kind of a field as we call it; as it is written where there is none of that name."""
    given = str(component.get("type", ""))
    return ALIASES.get(given, given)


def label_of(component: Component) -> Words:
    """What a field asks, else its key."""
    given = component.get("text" if kind_of(component) == "note" else "label") or component.get("text")
    found = Words(properties.words(given, "zh"), properties.words(given, "en"))
    return found or Words(str(component.get("key") or _("（没有名称）")))


@dataclass(frozen=True)
class Card:
    """One field in the list."""

    at: At
    component: Component
    findings: tuple[Finding, ...] = ()
    inner: tuple["Card", ...] = ()
    when: str = ""

    @property
    def place(self) -> str:
        """Its place as it is sent: 3, or 3.1 in a group."""
        return ".".join(map(str, self.at))

    @property
    def number(self) -> str:
        """Its number as people count."""
        return ".".join(str(each + 1) for each in self.at)

    @property
    def kind(self) -> str:
        """Its kind; one that we do not have is kept as it is."""
        return kind_of(self.component)

    @property
    def is_known(self) -> bool:
        """Whether there is a kind of that name."""
        return self.kind in KINDS

    @property
    def label(self) -> Words:
        """What it asks."""
        return label_of(self.component)

    @property
    def problems(self) -> list[str]:
        """What prevents publishing, in words: which part of the field, and what is wrong with it."""
        named, zh = form_words.parts(), language() == "zh"
        said = []
        for each in self.errors:
            part = named.get(PLACE.sub("", each.place).partition("[")[0].removeprefix("."), "")
            words = each.zh if zh else each.en
            said.append(_("{part}：{words}", part=part, words=words) if part else words)
        return said

    @property
    def foreign(self) -> list[str] | None:
        """What would be taken out to write it as it is written here; None where it is."""
        return foreign.translate(copy.deepcopy(self.component)) if foreign.is_foreign(self.component) else None

    @property
    def required(self) -> bool:
        """Whether it has to be answered."""
        return properties.shown(self.component, "validate.required") == "true"

    @property
    def lacks_english(self) -> bool:
        """Whether a text of it has no English."""
        names = ("label", "help", "text", "unit", "validate.message")
        texts = [self.component, *({"label": each.get("label")} for each in properties.choices_of(self.component))]
        return any(_lacks(each, name) for each in texts for name in names)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What prevents publishing."""
        return tuple(each for each in self.findings if each.level == "error")


def _lacks(component: Component, name: str) -> bool:
    return bool(properties.shown(component, f"{name}.zh")) and not properties.shown(component, f"{name}.en")


@dataclass(frozen=True)
class FormView:
    """A form with everything that its editor shows. `others`: fields of the process's other forms, by key."""

    source: Source
    content: bytes
    others: Mapping[str, Component] = field(default_factory=dict)
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong with the form."""
        try:
            return forms.read(self.content).findings
        except Refused as refused:
            return tuple(refused.findings)

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """Its fields, in order."""
        return tuple(
            self._card((at,), each, tuple(self._inside(at, each)))
            for at, each in enumerate(self.source.fields)
            if isinstance(each, dict)
        )

    @property
    def every(self) -> list[Card]:
        """All of them, those of repeated groups too."""
        return [each for outer in self.cards for each in (outer, *outer.inner)]

    @property
    def foreign(self) -> list[str] | None:
        """What would be taken out to write the whole form as it is written here; None where it is."""
        source = Source(self.content)
        dropped = foreign.translate_form(source)
        return dropped if source.data != self.source.data else None

    @property
    def general(self) -> tuple[Finding, ...]:
        """What is wrong with the form as a whole."""
        return tuple(each for each in self.findings if not PLACE.match(each.place) and each.level == "error")

    @property
    def title(self) -> Words:
        """Its title."""
        given = self.source.data.get("title")
        return Words(properties.words(given, "zh"), properties.words(given, "en"))

    def find(self, place: str) -> Card | None:
        """The card at a place, as it is sent."""
        return next((each for each in self.every if each.place == place), None)

    def _inside(self, at: int, group: Component) -> list[Card]:
        inner = group.get("components")
        listed = inner if isinstance(inner, list) else []
        return [self._card((at, below), each, ()) for below, each in enumerate(listed) if isinstance(each, dict)]

    def _card(self, at: At, component: Component, inner: tuple[Card, ...]) -> Card:
        return Card(at, component, tuple(self._at.get(at, ())), inner, self._when(component))

    @cached_property
    def _at(self) -> dict[At, list[Finding]]:
        found: dict[At, list[Finding]] = {}
        for each in self.findings:
            if place := PLACE.match(each.place):
                found.setdefault(tuple(int(number) for number in place.groups() if number), []).append(each)
        return found

    # conditions

    @cached_property
    def own(self) -> dict[str, Component]:
        """The form's fields by key."""
        return {str(each["key"]): each for at, each in self.source.walk() if "key" in each}

    def asked_before(self, card: Card) -> dict[str, Component]:
        """The fields that a condition of this one may read: those above it, by key."""
        above = [each for each in self.every if each.at < card.at and len(each.at) <= len(card.at)]
        near = [each for each in above if len(each.at) == 1 or each.at[0] == card.at[0]]
        askable = [each for each in near if each.kind in sentences.RELATIONS and each.component.get("key")]
        return {str(each.component["key"]): each.component for each in askable if each.at != card.at[:1]}

    def choices(self, component: Component) -> list[tuple[str, str]]:
        """What can be chosen in a field: value and label."""
        named = component.get("valuesFrom")
        if isinstance(named, str):
            return [(each.text, each.label.text(language())) for each in self.lists.get(named, ()) if each.text]
        every: list[dict[str, Any]] = properties.choices_of(component)
        return [(str(each.get("value", "")), label_of(each).text(language())) for each in every]

    def completed(self, chosen: Sentence) -> Sentence:
        """A sentence as it was chosen, with a relation and a value that its fields know."""
        return replace(chosen, parts=tuple(self._completed(each) for each in chosen.parts))

    def _completed(self, part: Part) -> Part:
        component = self.own.get(part.field) or self.others.get(part.field) or {}
        known = sentences.RELATIONS.get(kind_of(component), (part.relation or "=",))
        relation = part.relation if part.relation in known else known[0]
        if relation in sentences.WITHOUT_VALUE:
            return Part(part.field, relation)
        offered = [value for value, _label in self.choices(component)]
        value = part.value if not offered or part.value in offered else offered[0]
        return Part(part.field, relation, value or ("0" if kind_of(component) == "number" else ""))

    def _when(self, component: Component) -> str:
        given = component.get("shownIf")
        if not isinstance(given, str):
            return ""
        said = sentences.read(given)
        return self.said(said) if said else _("较复杂，打开看")

    def said(self, sentence: Sentence) -> str:
        """A condition in the page's language."""
        joint = _("，并且") if sentence.joined == "and" else _("，或者")
        return joint.join(self._said(each) for each in sentence.parts)

    def _said(self, part: Part) -> str:
        component = self.own.get(part.field) or self.others.get(part.field) or {}
        label = label_of(component).text(language()) if component else part.field
        value = dict(self.choices(component)).get(part.value, part.value)
        verb = form_words.relations().get(part.relation, part.relation)
        if part.relation in sentences.WITHOUT_VALUE:
            return _("“{field}”{verb}", field=label, verb=verb)
        return _("“{field}”{verb}“{value}”", field=label, verb=verb, value=value)
