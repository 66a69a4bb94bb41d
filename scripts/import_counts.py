"""Counts the modules, imports and import cycles of each layer: `.venv/bin/python scripts/import_counts.py`.

A unit is a package or a module directly below a layer. import-linter fails on cycles and on upward imports (see
pyproject.toml); this prints the numbers.
"""

import sys
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

LAYERS = ("models", "summarizer", "service")
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Prints a line for each layer, and one for imports from a lower layer into a higher one."""
    sys.path.insert(0, str(ROOT))
    graph = grimp.build_graph(*LAYERS)
    for layer in LAYERS:
        modules = graph.find_descendants(layer)
        top_level = [name for name in graph.find_children(layer) if not graph.find_children(name)]
        edges = imports(graph, modules)
        unit_edges = {edge for edge in ((unit(a), unit(b)) for a, b in edges) if edge[0] != edge[1]}
        print(
            f"{layer:10}  {len(modules)} modules ({len(top_level)} at the top level), {len(edges)} imports, "
            f"{len(unit_edges)} between units, cycles: {cycle(unit_edges) or cycle(edges) or 'none'}"
        )
    print(f"upward imports: {sum(is_upward(a, b) for a, b in imports(graph, graph.modules))}")


def imports(graph: grimp.ImportGraph, modules: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs of importer and imported module, both among `modules`."""
    included = set(modules)
    return {(a, b) for a in included for b in graph.find_modules_directly_imported_by(a) if b in included}


def unit(module: str) -> str:
    """The first two parts of a dotted name."""
    return ".".join(module.split(".")[:2])


def cycle(edges: Iterable[tuple[str, str]]) -> str:
    """One import cycle, or an empty string."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for importer, imported in edges:
        sorter.add(importer, imported)
    try:
        sorter.prepare()
    except CycleError as error:
        return " <- ".join(error.args[1])
    return ""


def is_upward(importer: str, imported: str) -> bool:
    """Whether an import leads from a lower layer to a higher one."""
    return LAYERS.index(importer.split(".", maxsplit=1)[0]) < LAYERS.index(imported.split(".", maxsplit=1)[0])


if __name__ == "__main__":
    main()
