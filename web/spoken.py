"""Templates compiled for one language: what never changes within it is worked out once, not on every page."""

from collections.abc import Callable, Mapping
from gettext import NullTranslations
from typing import Any

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup


class Spoken(Environment):
    """`fixed` are functions of one string whose answers stay the same as long as the program runs."""

    def __init__(self, catalog: NullTranslations, fixed: Mapping[str, Callable[[str], str]], **how: Any):
        super().__init__(**how)
        # As Jinja's own gettext does: sentences are ours, and a doubled percent sign becomes one.
        said = lambda text: Markup(catalog.gettext(text)) % {}  # noqa: E731, S704 - a call in a table
        self._known: dict[str, Callable[[str], Any]] = {"_": said}
        self._known |= {name: lambda text, call=call: call(text) for name, call in fixed.items()}  # type: ignore[misc]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _Worked(self._known).visit(tree)
        return tree


class _Worked(NodeTransformer):
    """Puts the answer in the place of `_("…")` and `static("…")`. A sentence with a gap stays a call."""

    def __init__(self, known: Mapping[str, Callable[[str], Any]]) -> None:
        self._known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        plain = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if plain and isinstance(node.node, nodes.Name) and node.node.name in self._known:
            said = node.args[0]
            if isinstance(said, nodes.Const) and isinstance(said.value, str):
                return nodes.Const(self._known[node.node.name](said.value), lineno=node.lineno)
        return node
