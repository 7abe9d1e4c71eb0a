"""Layouts in pure Python: the same scene has the same plan on every machine, and nothing is drawn at random."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from kg.faces.diagrams.scene import Scene


def placed(scene: Scene) -> Scene:
    """Give a scene its plan, by the layout that its form names."""
    layout = import_module(f"{__name__}.{scene.form}")
    return replace(scene, plan=layout.plan(scene))
