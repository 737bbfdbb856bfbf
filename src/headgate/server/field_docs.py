"""What the fields of a struct mean: the strings beneath them in the source, for descriptions."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise


def field_docs(struct: type) -> dict[str, str]:
    """The string beneath each field that has one; nothing where the source is not there."""
    try:
        source = textwrap.dedent(inspect.getsource(struct))
    except OSError:
        return {}
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.ClassDef)
    return dict(_documented(definition.body))


def _documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield field.target.id, " ".join(text.split())
