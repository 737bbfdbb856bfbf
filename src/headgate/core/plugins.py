"""Find plug-ins: files in a package's folder, and entry points of other packages."""

from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Any


def names(package: str) -> tuple[str, ...]:
    """Names of the plug-ins of `package`, sorted, without importing any of them."""
    foreign = {point.name for point in entry_points(group=package)}
    return tuple(sorted(own_names(package) | foreign))


def own_names(package: str) -> frozenset[str]:
    """Names of those that are files of `package` itself, and nobody else's."""
    return frozenset(module.name for module in iter_modules(import_module(package).__path__))


def load(package: str, name: str, attribute: str) -> Any:
    """Import one plug-in and return its object.

    Raises:
        KeyError: No plug-in of that name.
    """
    for module in iter_modules(import_module(package).__path__):
        if module.name == name:
            return getattr(import_module(f"{package}.{name}"), attribute)
    for point in entry_points(group=package, name=name):
        return point.load()
    raise KeyError(name)


def load_all(package: str, attribute: str) -> dict[str, Any]:
    """Import every plug-in of `package`, by name."""
    return {name: load(package, name, attribute) for name in names(package)}
