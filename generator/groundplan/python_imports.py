"""The imports of a generated module, in the order that linters want."""


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


def _import_order(name: str) -> tuple[int, str]:
    """ruff's order within an import: CONSTANTS, Classes, functions."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)
