"""How high each node of a column stands: as near to what it is tied to as its neighbours let it."""

from __future__ import annotations

from collections.abc import Sequence


def packed(wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Give places in the order given, at least a gap apart, whose weighted squared distance to those wanted is least.

    `gaps[i]` is the least distance from place i to place i + 1, one fewer than places. Isotonic regression by pooling
    adjacent violators: Ayer and others (1955).
    """
    if not wanted:
        return []
    offset, offsets = 0.0, [0.0]
    for gap in gaps:
        offset += gap
        offsets.append(offset)
    blocks: list[tuple[float, float, int]] = []
    for want, weight, off in zip(wanted, weights, offsets, strict=True):
        total, mass, count = (want - off) * weight, weight, 1
        while blocks and blocks[-1][0] * mass > total * blocks[-1][1]:
            before, heavy, many = blocks.pop()
            total, mass, count = total + before, mass + heavy, count + many
        blocks.append((total, mass, count))
    means = [total / mass for total, mass, count in blocks for _ in range(count)]
    return [mean + off for mean, off in zip(means, offsets, strict=True)]
