"""The values of a format as SQL texts, wherever a file keeps them."""

import re

from msgspec import Struct

from headgate.traffic.database import quoted
from headgate.traffic.format import Format, Names
from headgate.traffic.layout import Layout, items_relation
from headgate.traffic.registry import plain_name

NUMBERS = (
    *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"),
    *("requests", "cost_usd"),
)
TEXTS = ("at", "until", *NUMBERS, "model", "prefix_blocks")
SEEN_FIRST = ("at", "until")
"""Of JSON rows: these are asked for only if the first rows have them."""


class Field(Struct, frozen=True, kw_only=True):
    """A value that the file has."""

    sql: str
    label: str
    """As the file calls it."""


class Fields:
    """Looks names up in a layout; remembers which members it needs of each JSON row."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._actual = {plain_name(name): name for name in reversed(layout.names)}
        self._paths: dict[str, int] = {}

    def field(self, names: Names) -> Field | None:
        """The first of `names` that has a value in a row; `None` if the file knows none."""
        found = [each for each in map(self._one, names) if each is not None]
        if not found:
            return None
        texts = ", ".join(each.sql for each in found)
        return Field(sql=f"coalesce({texts})", label=self._label(names))

    def sees(self, names: Names) -> bool:
        """Whether the first rows of the file have one of `names`."""
        return any(plain_name(name) in self._actual for name in names)

    def relation(self) -> str:
        """SQL of what the fields refer to, with `record` and `is_broken`; after all lookups."""
        if self._layout.container == "csv":
            return (
                "(SELECT row_number() OVER () AS record, false AS is_broken, *"
                f" FROM {self._layout.relation})"
            )
        paths = "[" + ", ".join(quoted(path) for path in self._paths) + "]::VARCHAR[]"
        return (
            "(SELECT record, v, v IS NULL AS is_broken FROM (SELECT record,"
            f" TRY(json_extract_string(item, {paths})) AS v FROM {items_relation(self._layout)}))"
        )

    def _label(self, names: Names) -> str:
        known = (self._actual.get(plain_name(name)) for name in names)
        return next((name for name in known if name), re.split(r"[{]", names[0])[0])

    def _one(self, name: str) -> Field | None:
        path, _, pattern = name.removesuffix("}").partition("{")
        text = self._column(path) if self._layout.container == "csv" else self._member(path)
        if text is None:
            return None
        sql = _sum_of_members(text, pattern) if pattern else f"nullif(trim({text}), '')"
        return Field(sql=sql, label=name)

    def _column(self, path: str) -> str | None:
        plain = [plain_name(name) for name in self._layout.names]
        if plain_name(path) in plain:
            return f"c{plain.index(plain_name(path))}"
        root, _, inner = path.partition(".")
        if not inner or plain_name(root) not in plain:
            return None
        cell = f"c{plain.index(plain_name(root))}"
        return f"TRY(json_extract_string({cell}, {quoted(_json_path(inner))}))"

    def _member(self, path: str) -> str:
        actual = self._actual.get(plain_name(path), path)
        if '"' in actual or "\\" in actual:
            actual = path
        place = self._paths.setdefault(_json_path(actual), len(self._paths) + 1)
        return f"v[{place}]"


def texts_relation(layout: Layout, form: Format) -> tuple[str, dict[str, str]]:
    """SQL that yields each row's values as texts, and what the file calls them."""
    fields = Fields(layout)
    found = {}
    for name in TEXTS:
        names = getattr(form, name)
        field = fields.field(names)
        if field and (name not in SEEN_FIRST or fields.sees(names)):
            found[name] = field
    left_out = _left_out(fields, form)
    columns = ", ".join(
        f"{found[name].sql if name in found else 'NULL::VARCHAR'} AS {name}_text" for name in TEXTS
    )
    sql = f"(SELECT record, is_broken, {left_out} AS left_out, {columns} FROM {fields.relation()})"
    return sql, {name: field.label for name, field in found.items()}


def _left_out(fields: Fields, form: Format) -> str:
    cases = []
    for rule in form.left_out:
        field = fields.field(rule.names)
        if field and (rule.never or fields.sees(rule.names)):
            value = f"lower(coalesce({field.sql}, ''))"
            values = ", ".join(quoted(each.lower()) for each in rule.only or rule.never)
            test = f"{value} {'NOT ' if rule.only else ''}IN ({values})"
            cases.append(f"WHEN {test} THEN {quoted(rule.reason)}")
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


def _json_path(dotted: str) -> str:
    return "$" + "".join(f'."{part}"' for part in dotted.split("."))


def _sum_of_members(text: str, pattern: str) -> str:
    members = f"list_filter(json_keys(({text})), lambda k: regexp_matches(k, {quoted(pattern)}))"
    values = (
        f"list_transform({members}, lambda k: try_cast(json_extract_string(({text}), k) AS DOUBLE))"
    )
    return f"TRY(list_sum({values})::VARCHAR)"
