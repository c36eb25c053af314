"""The imports of a generated module, in the order that linters want."""

import re
from collections.abc import Iterable


class Imports:
    """Collects the imports of one module."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def add(self, module: str, name: str) -> None:
        self._names.setdefault(module, set()).add(name)

    def names(self, module: str) -> set[str]:
        """What is imported from a module."""
        return self._names.get(module, set())

    def drop(self, module: str, names: set[str]) -> None:
        """Forget names that turn out to be the module's own."""
        kept = self._names.pop(module, set()) - names
        if kept:
            self._names[module] = kept

    def lines(self) -> str:
        """All imports in the order linters want: stdlib, third party, own."""
        sections: dict[int, list[str]] = {}
        for name in sorted(self._names.get("", ())):
            sections.setdefault(0, []).append(f"import {name}")
        for module in sorted((m for m in self._names if m), key=_module_order):
            names = ", ".join(sorted(self._names[module], key=_import_order))
            section = _module_order(module)[0]
            sections.setdefault(section, []).append(f"from {module} import {names}")
        return "\n\n".join("\n".join(sections[key]) for key in sorted(sections))


_STANDARD = frozenset({"collections", "datetime", "decimal", "typing", "uuid"})


def _module_order(module: str) -> tuple[int, int, str]:
    """Section, then the farthest parent first, then the name."""
    dots = len(module) - len(module.lstrip("."))
    if dots:
        return (2, -dots, module)
    return (0 if module.partition(".")[0] in _STANDARD else 1, 0, module)


def exported(names: Iterable[str]) -> list[str]:
    """Names in the order that ruff wants in `__all__`."""
    return sorted(names, key=lambda name: (_kind(name), _natural(name)))


def _import_order(name: str) -> tuple[object, ...]:
    """ruff's order within an import, which looks at the case last."""
    return _kind(name), _natural(name.lower()), _natural(name)


def _kind(name: str) -> int:
    """CONSTANTS come first, then Classes, then functions."""
    if len(name) > 1 and name.isupper():
        return 0
    return 1 if name[:1].isupper() else 2


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """What puts `Item2` before `Item10`; a number with leading zeros is a text."""
    return tuple(
        (
            (2, ord(part), "")
            if not part.isdigit()
            else (0, 0, part) if part.startswith("0") else (1, len(part), part)
        )
        for part in _PARTS.findall(name)
    )


_PARTS = re.compile(r"[0-9]+|[^0-9]")
