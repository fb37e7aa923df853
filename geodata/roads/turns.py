"""Turn restrictions: what one may not enter coming from somewhere, over a node or over ways.

A search over junctions forgets where it came from. So an arc that arrives under a restriction
ends at a copy of its junction, from which only the allowed arcs leave (Caldwell, 1961, kept
local); where the restriction goes on over a way, so do the copies.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from files.arrays import BoolArray, FloatArray, IntArray
    from geodata.roads.streets import Streets


CAR_EXCEPTIONS: Final = frozenset({"motorcar", "motor_vehicle"})
SIREN_EXCEPTIONS: Final = frozenset({"emergency", "psv", "motorcar", "motor_vehicle"})


class Arc(NamedTuple):
    """One direction of a chain."""

    chain: int
    backward: bool

    @property
    def turned(self) -> Arc:
        """The chain driven the other way."""
        return Arc(self.chain, not self.backward)


class BoundTurn(NamedTuple):
    """A turn restriction by junction.

    Attributes
    ----------
    kind
        `no_left_turn`, `only_straight_on` and the like.
    ways
        OpenStreetMap ways from the first to the one turned into.
    over
        Junctions where each way gives over to the next, one fewer.
    except_for
        Vehicles that are free to turn.
    """

    kind: str
    ways: tuple[int, ...]
    over: tuple[int, ...]
    except_for: frozenset[str]


@dataclass(frozen=True, slots=True)
class Turns:
    """Where arcs end, what leaves the copies of junctions, and what turning costs, in turns.

    Attributes
    ----------
    nodes
        Number of junctions, nodes of further streets there, and copies, in this order.
    forward_end, backward_end
        Node or copy where each chain ends, driven forward and backward, shape (chains,).
    side_tail, side_head
        Turns paid where a chain is entered or left at either end, shape (chains,).
    junction, street, between
        Junction, node of a further street there, and turns between, shape (streets,).
    copy
        Copy that an exit leaves, shape (exits,).
    chain, backward
        Chain that the exit enters, and whether from its head, shape (exits,).
    end
        Node or copy where it ends, shape (exits,).
    across
        Turns paid besides those at the sides, shape (exits,).
    car, siren
        Whether the exit is open to each, shape (exits,).
    """

    nodes: int
    forward_end: IntArray
    backward_end: IntArray
    side_tail: FloatArray
    side_head: FloatArray
    junction: IntArray
    street: IntArray
    between: FloatArray
    copy: IntArray
    chain: IntArray
    backward: BoolArray
    end: IntArray
    across: FloatArray
    car: BoolArray
    siren: BoolArray


class ChainEnds:
    """Both ends of the chains: junction, and OpenStreetMap way of the piece there.

    Parameters
    ----------
    tail, head
        Junctions, shape (chains,).
    tail_way, head_way
        Ways, shape (chains,).
    car, siren
        Whether each may drive onto a chain at its tail and at its head, a pair of shape (chains,).
    """

    def __init__(
        self,
        tail: IntArray,
        head: IntArray,
        tail_way: IntArray,
        head_way: IntArray,
        car: tuple[BoolArray, BoolArray],
        siren: tuple[BoolArray, BoolArray],
    ) -> None:
        self.tail, self.head = tail, head
        self.tail_way, self.head_way = tail_way, head_way
        self.car, self.siren = car, siren
        at = np.concatenate([head, tail])
        self._order = np.argsort(at, kind="stable")
        self._sorted = at[self._order]

    def arriving(self, node: int) -> list[Arc]:
        """Return the arcs that end at a junction."""
        first, last = np.searchsorted(self._sorted, [node, node + 1])
        arms = np.sort(self._order[first:last]).tolist()
        return [Arc(arm % len(self.tail), arm >= len(self.tail)) for arm in arms]

    def leaving(self, node: int) -> list[Arc]:
        """Return the arcs that start at a junction."""
        return [arc.turned for arc in self.arriving(node)]

    def end(self, arc: Arc) -> int:
        """Return the junction where an arc ends."""
        return int((self.tail if arc.backward else self.head)[arc.chain])

    def way_on_arrival(self, arc: Arc) -> int:
        """Return the way one is on when the arc ends."""
        return int((self.tail_way if arc.backward else self.head_way)[arc.chain])

    def way_on_leaving(self, arc: Arc) -> int:
        """Return the way one is on when the arc starts."""
        return int((self.head_way if arc.backward else self.tail_way)[arc.chain])

    def open_to(self, arc: Arc) -> tuple[bool, bool]:
        """Return whether a car and an ambulance may drive onto an arc."""
        car, siren = self.car[arc.backward], self.siren[arc.backward]
        return bool(car[arc.chain]), bool(siren[arc.chain])


def restrict_turns(ends: ChainEnds, streets: Streets, restrictions: Iterable[BoundTurn]) -> Turns:
    """Apply turn restrictions.

    Parameters
    ----------
    ends
        Ends of the chains.
    streets
        Streets at the junctions.
    restrictions
        By junction.

    Returns
    -------
    Turns

    Notes
    -----
    An `only_...` over ways binds at the end of the last of them: before, one may still leave.
    """
    bound = _Bound(ends, streets, list(restrictions))
    bound.follow()
    forward_end, backward_end = streets.head.copy(), streets.tail.copy()
    for (arc, under_way), copy in bound.copies.items():
        if under_way == bound.starting(arc):
            (backward_end if arc.backward else forward_end)[arc.chain] = copy
    exits = bound.exits
    chain = np.array([one.arc.chain for one in exits], dtype=np.int64)
    backward = np.array([one.arc.backward for one in exits], dtype=bool)
    end = np.array([one.end for one in exits], dtype=np.int64)
    usual = np.where(backward, backward_end[chain], forward_end[chain])
    return Turns(
        nodes=streets.nodes + len(bound.copies),
        forward_end=forward_end,
        backward_end=backward_end,
        side_tail=streets.side_tail,
        side_head=streets.side_head,
        junction=streets.junction,
        street=streets.node,
        between=streets.turns,
        copy=np.array([one.copy for one in exits], dtype=np.int64),
        chain=chain,
        backward=backward,
        end=np.where(end == _USUAL_END, usual, end),
        across=np.array([one.across for one in exits], dtype=float),
        car=np.array([one.car for one in exits], dtype=bool),
        siren=np.array([one.siren for one in exits], dtype=bool),
    )


_USUAL_END: Final = -1


class _Step(NamedTuple):
    """How far one is on the way of a restriction: which, and on which of its ways."""

    restriction: int
    way: int


_UnderWay = frozenset[_Step]


class _Exit(NamedTuple):
    copy: int
    arc: Arc
    end: int
    across: float
    car: bool
    siren: bool


@dataclass
class _Bound:
    """Copies of junctions, by the arc that arrives and the restrictions it is under way of."""

    ends: ChainEnds
    streets: Streets
    restrictions: list[BoundTurn]
    copies: dict[tuple[Arc, _UnderWay], int] = field(default_factory=dict)
    exits: list[_Exit] = field(default_factory=list)
    _starts: dict[tuple[int, int], list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for number, one in enumerate(self.restrictions):
            self._starts[one.over[0], one.ways[0]].append(number)

    def starting(self, arc: Arc) -> _UnderWay:
        """Return the restrictions that begin at the end of an arc."""
        at = (self.ends.end(arc), self.ends.way_on_arrival(arc))
        return frozenset(_Step(number, 0) for number in self._starts.get(at, ()))

    def follow(self) -> None:
        """Make a copy for every arc that arrives under a restriction, and all that leaves it."""
        waiting = [
            (arc, under_way)
            for node in sorted({one.over[0] for one in self.restrictions})
            for arc in self.ends.arriving(node)
            if (under_way := self.starting(arc))
        ]
        for state in waiting:
            self._copy(state)
        for arc, under_way in waiting:  # grows as copies lead on to copies
            copy, node = self.copies[arc, under_way], self.ends.end(arc)
            for way_out in self.ends.leaving(node):
                on = self._under_way(under_way, arc, way_out)
                end = _USUAL_END
                if on:
                    state = (way_out, on | self.starting(way_out))
                    if state not in self.copies:
                        waiting.append(state)
                    end = self._copy(state)
                car, siren = self._open_to(under_way, arc, way_out)
                across = self.streets.between(self._street_on(arc), self._street_of(way_out))
                self.exits.append(_Exit(copy, way_out, end, across, car, siren))

    def _copy(self, state: tuple[Arc, _UnderWay]) -> int:
        return self.copies.setdefault(state, self.streets.nodes + len(self.copies))

    def _street_on(self, arc: Arc) -> int:
        """Return the node of the street an arc arrives by."""
        return int((self.streets.tail if arc.backward else self.streets.head)[arc.chain])

    def _street_of(self, arc: Arc) -> int:
        """Return the node of the street an arc leaves by."""
        return self._street_on(arc.turned)

    def _under_way(self, steps: _UnderWay, arc: Arc, way_out: Arc) -> _UnderWay:
        """Return what one is still under way of after leaving by an arc."""
        node, way = self.ends.end(arc), self.ends.way_on_leaving(way_out)
        on = set()
        for step in steps:
            one = self.restrictions[step.restriction]
            ahead = step.way + 1 if node == one.over[step.way] else step.way
            is_via = 0 < ahead < len(one.ways) - 1
            if is_via and way == one.ways[ahead] and way_out != arc.turned:
                on.add(_Step(step.restriction, ahead))
        return frozenset(on)

    def _open_to(self, steps: _UnderWay, arc: Arc, way_out: Arc) -> tuple[bool, bool]:
        """Return whether a car and an ambulance may leave by an arc."""
        node, way = self.ends.end(arc), self.ends.way_on_leaving(way_out)
        car = siren = True
        if way_out == arc.turned and any(step.way > 0 for step in steps):
            return False, False  # round on a way between and back is no way to get by a ban
        for step in steps:
            one = self.restrictions[step.restriction]
            is_last = step.way == len(one.over) - 1
            if is_last and node == one.over[-1] and _banned(one, way, way_out == arc.turned):
                binds_car, binds_siren = self._binds(one)
                car = car and (not binds_car or bool(one.except_for & CAR_EXCEPTIONS))
                siren = siren and (not binds_siren or bool(one.except_for & SIREN_EXCEPTIONS))
        return car, siren

    def _binds(self, one: BoundTurn) -> tuple[bool, bool]:
        """Return whether a car and an ambulance can do what a restriction says.

        Where the one turn that is allowed leads to a road that is not there, doesn't touch or is
        closed, as extracts that were cut have them, the others are not banned.
        """
        if not one.kind.startswith("only_"):
            return True, True
        allowed = [
            self.ends.open_to(arc)
            for arc in self.ends.leaving(one.over[-1])
            if self.ends.way_on_leaving(arc) == one.ways[-1]
        ]
        return any(car for car, _ in allowed), any(siren for _, siren in allowed)


def _banned(one: BoundTurn, way: int, turns_round: bool) -> bool:  # noqa: FBT001 - a fact
    """Return whether a restriction bans going on by a way."""
    came_by, to_way = one.ways[-2], one.ways[-1]
    if one.kind == "no_u_turn" and len(one.over) == 1:
        return turns_round or (way == to_way != came_by)
    if one.kind.startswith("only_"):
        return way != to_way
    # on a way that runs through the junction, `no_*` onto itself is not about going on
    return way == to_way and (way != came_by or turns_round)
