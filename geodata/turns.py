"""Turn restrictions: what one may not enter coming from somewhere.

A search over junctions forgets where it came from. So an arc that arrives under a restriction ends
at a copy of its junction, from which only the allowed arcs leave (Caldwell, 1961, kept local).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.osm import Restriction

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

CAR_EXCEPTIONS: Final = frozenset({"motorcar", "motor_vehicle"})
SIREN_EXCEPTIONS: Final = frozenset({"emergency", "psv", "motorcar", "motor_vehicle"})


class Arc(NamedTuple):
    """One direction of a chain."""

    chain: int
    backward: bool


@dataclass(frozen=True, slots=True)
class Turns:
    """Where arcs end, and what leaves the copies of junctions.

    Attributes
    ----------
    nodes
        Number of junctions and copies; copies come last.
    forward_end, backward_end
        Junction or copy where each chain ends, driven forward and backward, shape (chains,).
    copy
        Copy that an exit leaves, shape (exits,).
    chain, backward
        Chain that the exit enters, and whether from its head, shape (exits,).
    car, siren
        Whether the exit is open to each, shape (exits,).
    """

    nodes: int
    forward_end: IntArray
    backward_end: IntArray
    copy: IntArray
    chain: IntArray
    backward: BoolArray
    car: BoolArray
    siren: BoolArray


@dataclass(frozen=True, slots=True)
class ChainEnds:
    """Both ends of the chains: junction, and OpenStreetMap way of the piece there."""

    tail: IntArray
    head: IntArray
    tail_way: IntArray
    head_way: IntArray

    def arriving(self, node: int) -> list[Arc]:
        """Return the arcs that end at a junction."""
        ahead = [Arc(int(chain), backward=False) for chain in np.flatnonzero(self.head == node)]
        back = [Arc(int(chain), backward=True) for chain in np.flatnonzero(self.tail == node)]
        return ahead + back

    def way_on_arrival(self, arc: Arc) -> int:
        """Return the way one is on when the arc ends."""
        return int((self.tail_way if arc.backward else self.head_way)[arc.chain])

    def way_on_leaving(self, arc: Arc) -> int:
        """Return the way one is on when the arc starts."""
        return int((self.head_way if arc.backward else self.tail_way)[arc.chain])


def restrict_turns(
    ends: ChainEnds, nodes: int, restrictions: Iterable[tuple[int, Restriction]]
) -> Turns:
    """Apply turn restrictions.

    Parameters
    ----------
    ends
        Ends of the chains.
    nodes
        Number of junctions.
    restrictions
        Each with the junction it is over.

    Returns
    -------
    Turns
    """
    by_node: dict[int, list[Restriction]] = defaultdict(list)
    for node, restriction in restrictions:
        by_node[node].append(restriction)
    forward_end, backward_end = ends.head.copy(), ends.tail.copy()
    exits: list[tuple[int, int, bool, bool, bool]] = []
    copies = nodes
    for node, over_node in sorted(by_node.items()):
        arriving = ends.arriving(node)
        leaving = [Arc(chain, not backward) for chain, backward in arriving]
        for arc in arriving:
            way = ends.way_on_arrival(arc)
            binding = [restriction for restriction in over_node if restriction.from_way == way]
            if not binding:
                continue
            (backward_end if arc.backward else forward_end)[arc.chain] = copies
            for way_out in leaving:
                car, siren = _open_to(ends.way_on_leaving(way_out), arc, way_out, binding)
                exits.append((copies, way_out.chain, way_out.backward, car, siren))
            copies += 1
    table = np.array(exits, dtype=np.int64).reshape(-1, 5)
    return Turns(
        nodes=copies,
        forward_end=forward_end,
        backward_end=backward_end,
        copy=table[:, 0],
        chain=table[:, 1],
        backward=table[:, 2].astype(bool),
        car=table[:, 3].astype(bool),
        siren=table[:, 4].astype(bool),
    )


def _open_to(way: int, arc: Arc, way_out: Arc, binding: list[Restriction]) -> tuple[bool, bool]:
    """Return whether a car and an ambulance may leave onto a way under some restrictions."""
    turns_round = arc.chain == way_out.chain and arc.backward != way_out.backward
    car = siren = True
    for restriction in binding:
        if restriction.kind == "no_u_turn":
            banned = turns_round or (way == restriction.to_way != restriction.from_way)
        elif restriction.kind.startswith("only_"):
            banned = way != restriction.to_way
        else:
            # on a way that runs through the junction, `no_*` onto itself is not about going on
            banned = way == restriction.to_way and (way != restriction.from_way or turns_round)
        if banned:
            car = car and bool(restriction.except_for & CAR_EXCEPTIONS)
            siren = siren and bool(restriction.except_for & SIREN_EXCEPTIONS)
    return car, siren
