"""Where the ontology, data and queries are, and what identifies a state of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Inputs:
    """The folders a graph is compiled from.

    In a checkout they stand beside the package; in an installed wheel they are inside it.
    """

    root: Path

    @classmethod
    def default(cls) -> Inputs:
        """Give the inputs that came with this installation."""
        inside = _PACKAGE / "resources"
        return cls(inside if inside.is_dir() else _PACKAGE.parent)

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def queries(self) -> Path:
        return self.root / "queries"

    @property
    def shapes(self) -> Path:
        return self.root / "ontology" / "shapes.ttl"

    @property
    def ontology(self) -> list[Path]:
        """The Turtle files that go into the graph; shapes are for `kg check` alone."""
        return sorted(path for path in (self.root / "ontology").glob("*.ttl") if path != self.shapes)

    @property
    def rules(self) -> list[Path]:
        return sorted((self.queries / "rules").glob("*.rq"))

    @property
    def checks(self) -> list[Path]:
        return sorted((self.queries / "checks").glob("*.rq"))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything a compiled graph depends on: inputs, and the code that compiles."""
        code = [path for floor in ("facts", "graph") for path in sorted((_PACKAGE / floor).rglob("*.py"))]
        digest = hashlib.sha256()
        asked = sorted(self.queries.glob("*.rq"))
        for path in [
            *sorted(self.data.glob("*.csv")),
            *self.ontology,
            *self.rules,
            *asked,
            _PACKAGE / "__init__.py",
            *code,
        ]:
            digest.update(f"{path.parent.name}/{path.name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()
