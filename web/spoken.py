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
        said = lambda text, **gaps: Markup(catalog.gettext(text)) % gaps  # noqa: E731, S704 - in a table
        self._known: dict[str, Callable[..., Any]] = {"_": said, **fixed}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _Worked(self._known).visit(tree)
        return tree


class _Worked(NodeTransformer):
    """Puts the answer in the place of `_("…")` and `static("…")`, when all they are given stands there."""

    def __init__(self, known: Mapping[str, Callable[..., Any]]) -> None:
        self._known = known

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        call = self._known.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        given = [*node.args, *(pair.value for pair in node.kwargs)]
        if call is None or node.dyn_args or node.dyn_kwargs or len(node.args) != 1:
            return node
        if not all(isinstance(value, nodes.Const) and isinstance(value.value, str) for value in given):
            return node
        gaps = {pair.key: pair.value.value for pair in node.kwargs}  # type: ignore[attr-defined]
        return nodes.Const(call(node.args[0].value, **gaps), lineno=node.lineno)  # type: ignore[attr-defined]
