"""Counts the files, imports, circles and upward imports of each floor: `.venv/bin/python scripts/rooms.py`.

A room is a package or a module directly under a floor. `import-linter` (see pyproject.toml) fails on circles and on
upward imports; this prints the figures.
"""

import sys
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

FLOORS = ("models", "summarizer", "service")
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Prints one line a floor, and one for imports that go up a floor."""
    sys.path.insert(0, str(ROOT))
    graph = grimp.build_graph(*FLOORS)
    for floor in FLOORS:
        files = graph.find_descendants(floor)
        beside = [name for name in graph.find_children(floor) if not graph.find_children(name)]
        edges = imports(graph, files)
        rooms = {edge for edge in ((room(a), room(b)) for a, b in edges) if edge[0] != edge[1]}
        print(
            f"{floor:10}  {len(files)} modules ({len(beside)} at the top), {len(edges)} imports, "
            f"{len(rooms)} between rooms, circles: {cycle(rooms) or cycle(edges) or 'none'}"
        )
    print(f"imports up a floor: {sum(up(a, b) for a, b in imports(graph, graph.modules))}")


def imports(graph: grimp.ImportGraph, modules: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs of importer and imported, both among `modules`."""
    inside = set(modules)
    return {(a, b) for a in inside for b in graph.find_modules_directly_imported_by(a) if b in inside}


def room(module: str) -> str:
    """The first two parts of a dotted name."""
    return ".".join(module.split(".")[:2])


def cycle(edges: Iterable[tuple[str, str]]) -> str:
    """One circle of imports, or nothing."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for importer, imported in edges:
        sorter.add(importer, imported)
    try:
        sorter.prepare()
    except CycleError as error:
        return " <- ".join(error.args[1])
    return ""


def up(importer: str, imported: str) -> bool:
    """Whether an import goes from a lower floor to a higher one."""
    return FLOORS.index(importer.split(".", maxsplit=1)[0]) < FLOORS.index(imported.split(".", maxsplit=1)[0])


if __name__ == "__main__":
    main()
