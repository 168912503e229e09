"""The tag ``claim``: a condition on the results, beside the words that hold only if it is true.

A template says ``<% claim "best-line", lines.best.accuracy.value < 0.7 %>words<% endclaim %>``: a
name that no other claim of the page has, a condition, and what the page shows. Both are expressions
of Jinja. The words are running text. Where they begin is marked while a page is rendered, to find
the section in which they stand.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, cast

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from circles.report.claims import Claim, as_measured

Log = list[tuple[str, Any]]  # what a condition read, and what it found

_MARK = re.compile("\ue000([0-9]+)\ue001")  # the private use of these is in no text
_HEADING = re.compile(r"#{1,6} .*\{#([\w-]+)[^}]*\}\s*$")
_OPENING, _CLOSING = {"(", "[", "{"}, {")", "]", "}"}


class ClaimTag(Extension):
    """The tag ``claim``: it renders its words and notes whether its condition is true.

    The claims noted are those of one page at a time, between ``start`` and ``finish``.
    """

    tags = {"claim"}  # noqa: RUF012  # as Jinja declares it

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        self._page = ""
        self._claims: list[Claim] = []
        self._conditions: deque[str] = deque()  # of the template being parsed, not parsed yet

    @classmethod
    def of(cls, environment: jinja2.Environment) -> "ClaimTag":
        """Return the tag as ``environment`` has it."""
        return cast("ClaimTag", environment.extensions[cls.identifier])

    def start(self, page: str) -> None:
        """Begin the page ``page``."""
        self._page, self._claims = page, []

    def finish(self, text: str) -> tuple[str, list[Claim]]:
        """Return the page as it is written, from its rendered text, and its claims."""
        sections = _find_sections(text)
        claims = [
            replace(claim, section=sections.get(number))
            for number, claim in enumerate(self._claims)
        ]
        return _MARK.sub("", text), claims

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Note the conditions as they are written: the parser does not keep the text."""
        self._conditions = deque(_list_conditions(self.environment, source, name))
        return source

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """Return the nodes of one claim; the parser stands at its tag."""
        line = next(parser.stream).lineno
        name = parser.parse_expression()
        parser.stream.expect("comma")
        condition = parser.parse_expression()
        body = parser.parse_statements(("name:endclaim",), drop_needle=True)
        log = parser.free_identifier(line)
        place = nodes.Const((self._label(parser), line, self._conditions.popleft()))
        noted = self.call_method("note", [name, self._observed(condition, log), log, place])
        return [
            nodes.Assign(log, nodes.List([]), lineno=line),
            nodes.CallBlock(noted, [], [], body, lineno=line),
        ]

    def _label(self, parser: Parser) -> str:
        """Return what messages call the template that is parsed."""
        templates = getattr(self.environment.loader, "templates", None)
        known = templates.label(parser.filename) if templates and parser.filename else None
        return str(known or parser.name)

    def _observed(self, node: Any, log: nodes.InternalName) -> Any:
        """Return ``node`` with all that it reads going through ``observe``."""
        text = as_written(node)
        if text is not None and not isinstance(node, nodes.Const):
            return self.call_method("observe", [node, nodes.Const(text), log])
        for field, value in node.iter_fields():
            if isinstance(value, nodes.Node):
                setattr(node, field, self._observed(value, log))
            elif isinstance(value, list):
                setattr(node, field, [self._observed(item, log) for item in value])
        return node

    def observe(self, value: Any, text: str, log: Log) -> Any:
        """Return ``value``, which a condition reads as ``text``, and log it."""
        if not callable(value):  # neither a function nor what is undefined
            log.append((text, value))
        return value

    def note(
        self,
        name: object,
        condition: object,
        log: Log,
        place: tuple[str, int, str],
        caller: Callable[[], str],
    ) -> str:
        """Note a claim that is being rendered and return its words, with a sign before them.

        ``place`` is its template, its line and the text of its condition.
        """
        number, (template, line, text) = len(self._claims), place
        claim = Claim(
            name=self._full_name(name),
            page=self._page,
            template=template,
            line=line,
            condition=text,
            measured={read: as_measured(value) for read, value in log},
            words="",
            holds=bool(condition),
        )
        if any(other.name == claim.name for other in self._claims):
            raise jinja2.TemplateRuntimeError(f'two claims of one page are named "{claim.name}"')
        self._claims.append(claim)  # before any claim among its words
        words = caller()
        self._claims[number] = replace(claim, words=_on_one_line(words))
        return f"\ue000{number}\ue001{claim.mark(words)}"

    def _full_name(self, name: object) -> str:
        path = PurePosixPath(self._page)
        return f"{path.stem}-{name}" if len(path.parts) > 1 else f"{name}"


def _on_one_line(words: str) -> str:
    """Return rendered words without marks and line ends; non-breaking spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", _MARK.sub("", words)).strip(" ")


def _find_sections(text: str) -> dict[int, str | None]:
    """Return the label of the section in which each mark stands, by the number of the mark."""
    found: dict[int, str | None] = {}
    label = None
    for line in text.split("\n"):
        if heading := _HEADING.match(_MARK.sub("", line)):
            label = heading[1]
        for number in _MARK.findall(line):
            found.setdefault(int(number), label)
    return found


def _list_conditions(
    environment: jinja2.Environment, source: str, name: str | None
) -> Iterator[str]:
    """Yield the text of the condition of every claim in a template, in order."""
    tag: list[str] = []
    for _, kind, text in environment.lex(source, name):
        if kind == "block_begin":
            tag = []
        elif kind == "block_end":
            words = "".join(tag).split(None, 1)
            if words[:1] == ["claim"]:
                yield _after_first_comma(tag)
        else:
            tag.append(" " if kind == "whitespace" else text)


def _after_first_comma(tokens: list[str]) -> str:
    """Return what follows the first comma outside brackets."""
    depth = 0
    for place, text in enumerate(tokens):
        depth += (text in _OPENING) - (text in _CLOSING)
        if text == "," and not depth:
            return "".join(tokens[place + 1 :]).strip()
    return ""


def as_written(node: nodes.Node | None) -> str | None:
    """Return how a template says ``a.b["c"] | f(d)``, or None if ``node`` is of another form."""
    match node:
        case nodes.Const():
            return as_measured(node.value) if node.value is None else json.dumps(node.value)
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            parts, form = [as_written(node.node)], f"{{}}.{node.attr}"
        case nodes.Getitem(arg=nodes.Neg(node=nodes.Const(value=place))):
            parts, form = [as_written(node.node)], f"{{}}[-{place}]"
        case nodes.Getitem(arg=nodes.Const()):
            parts, form = [as_written(node.node), as_written(node.arg)], "{}[{}]"
        case nodes.Filter():
            given, form = _arguments(node)
            parts, form = (
                [as_written(node.node), *given],
                f"{{}} | {node.name}" + form * bool(given),
            )
        case nodes.Call():
            given, form = _arguments(node)
            parts, form = [as_written(node.node), *given], "{}" + form
        case _:
            return None
    return None if None in parts else form.format(*parts)


def _arguments(node: nodes.Filter | nodes.Call) -> tuple[list[str | None], str]:
    """Return how a template says each argument, and the form ``({}, key={})`` that they fill."""
    if node.dyn_args or node.dyn_kwargs:
        return [None], ""
    values = [*node.args, *(pair.value for pair in node.kwargs)]
    places = ["{}" for _ in node.args] + [f"{pair.key}={{}}" for pair in node.kwargs]
    return [as_written(value) for value in values], f"({', '.join(places)})"
