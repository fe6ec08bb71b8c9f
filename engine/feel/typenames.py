"""The grammar of type names, as `instance of` and parameters write them."""

from engine.feel import syntax
from engine.feel.cursor import Cursor

LONG_TYPES = ("years and months duration", "days and time duration", "date and time")


class TypeNames(Cursor):
    """A cursor that reads types."""

    def type(self) -> syntax.Type:
        with self.deeper():
            for long in LONG_TYPES:
                words = long.split()
                if all(self.peek(i).text == word for i, word in enumerate(words)):
                    return syntax.Type(self.take(len(words)))
            if self.sees("null"):
                self.advance()
                return syntax.Type("Null")
            name = self.take(1) if self.sees("function") else self.qualified()
            if not self.accept("<"):
                return syntax.Type(name)
            return self.generic(name)

    def generic(self, name: str) -> syntax.Type:
        inner: list[syntax.Type] = []
        fields: list[str] = []
        while not self.sees(">"):
            if name == "context":
                fields.append(self.name_until(":"))
                self.expect(":")
            inner.append(self.type())
            if not self.accept(","):
                break
        self.expect(">")
        if name == "function" and self.accept("->"):
            inner.append(self.type())
        return syntax.Type(name, tuple(inner), tuple(fields))

    def qualified(self) -> str:
        name = self.name()
        while self.accept("."):
            name += "." + self.name()
        return name
