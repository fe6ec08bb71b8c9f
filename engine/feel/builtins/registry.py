"""How built-in functions are declared and called: by position or by name, in one or several forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from engine.feel.bounds import Run
from engine.feel.timeline import own
from engine.feel.values import LIST, NUMBER, decimal, kind

ANY = "any"
NOT_GIVEN = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kind: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One way to call a function; `code` gets the run and then the arguments."""

    parameters: tuple[Parameter, ...]
    least: int
    variadic: bool
    code: Callable[..., object]

    def fit(self, arguments: Sequence[object]) -> list[object] | None:
        """Return the arguments as the code takes them, or None when they do not match this form."""
        count = len(arguments)
        if self.variadic:
            return [list(arguments)] if count >= self.least else None
        if not self.least <= count <= len(self.parameters):
            return None
        fitted = []
        for argument, parameter in zip(arguments, self.parameters, strict=False):
            value = fit(argument, parameter)
            if value is NOT_GIVEN:
                return None
            fitted.append(value)
        return fitted

    def order(self, arguments: Mapping[str, object]) -> list[object] | None:
        """Return named arguments in the order of the parameters, or None when the names are not those of this form."""
        names = [parameter.name for parameter in self.parameters]
        if not arguments.keys() <= set(names):
            return None
        given = [arguments.get(name, NOT_GIVEN) for name in names]
        while given and given[-1] is NOT_GIVEN and self.parameters[len(given) - 1].optional:
            given.pop()
        return [None if value is NOT_GIVEN else value for value in given]


def fit(argument: object, parameter: Parameter) -> object:
    """Return the argument as this parameter takes it, or NOT_GIVEN when it cannot."""
    wanted = parameter.kind
    if wanted == ANY:
        return argument
    if argument is None:
        return None if parameter.optional else NOT_GIVEN
    what = kind(argument)
    if what == wanted:
        return decimal(argument) if what == NUMBER else own(argument)
    if wanted == LIST:
        return [argument]
    if isinstance(argument, list) and len(argument) == 1 and kind(argument[0]) == wanted:
        return fit(argument[0], parameter)
    return NOT_GIVEN


@dataclass(frozen=True, slots=True)
class Builtin:
    """A built-in function with all its forms. A call that matches none is null, as the standard says."""

    name: str
    forms: list[Form] = field(default_factory=list)

    def call(self, run: Run, arguments: Sequence[object]) -> object:
        for form in self.forms:
            fitted = form.fit(arguments)
            if fitted is not None:
                return form.code(run, *fitted)
        return None

    def call_by_name(self, run: Run, arguments: Mapping[str, object]) -> object:
        for form in self.forms:
            ordered = form.order(arguments)
            fitted = None if ordered is None else form.fit(ordered)
            if fitted is not None:
                return form.code(run, *fitted)
        return None


BUILTINS: dict[str, Builtin] = {}
Code = TypeVar("Code", bound=Callable[..., object])


def builtin(name: str, signature: str) -> Callable[[Code], Code]:
    """Declare a form. Signature: `string: string, length: number?` (? is optional), or `*list: any` for any number."""

    def declare(code: Code) -> Code:
        parameters = tuple(map(_parameter, filter(None, signature.split(", "))))
        least = sum(not parameter.optional for parameter in parameters)
        form = Form(parameters, least, signature.startswith("*"), code)
        BUILTINS.setdefault(name, Builtin(name)).forms.append(form)
        return code

    return declare


def _parameter(text: str) -> Parameter:
    name, _, wanted = text.removeprefix("*").partition(": ")
    return Parameter(name, wanted.removesuffix("?"), wanted.endswith("?"))
