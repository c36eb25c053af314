"""Where the schemas of two documents differ in what they allow, as sentences."""

import json
from collections.abc import Iterator
from typing import Any, Final

from schema_forms import Alternative, Forms

LONGEST: Final = 400


class Comparison:
    """Compares schemas of the contract with those of the service, in one direction.

    A pair is compared where it occurs first: recursive schemas come to an end, and what
    is wrong with a shared one is said once.
    """

    def __init__(self, contract: Forms, service: Forms) -> None:
        self.contract = contract
        self.service = service
        self.seen: set[str] = set()

    def differences(self, left: Any, right: Any, at: str) -> Iterator[str]:
        """How a schema of the contract and one of the service differ, from `at` on."""
        pair = json.dumps([left, right], sort_keys=True, default=str)
        if pair in self.seen:
            return
        self.seen.add(pair)
        lefts = self.contract.alternatives(left)
        rights = self.service.alternatives(right)
        if len(lefts) > 1 or len(rights) > 1:
            lefts, rights = self._unmatched(lefts, rights)
        if len(lefts) == len(rights) == 1:
            yield from self._alternative(lefts[0], rights[0], at)
        elif lefts or rights:
            yield told(at, lefts or "nothing else", rights or "nothing else")

    def defaults(self, left: Any, right: Any, at: str) -> Iterator[str]:
        """Whether both schemas have the same default."""
        one = self.contract.said(left, "default")
        other = self.service.said(right, "default")
        if str(one) != str(other) and (
            # that of an object is told with the defaults inside of it
            not isinstance(one, dict)
            or not isinstance(other, dict)
            or other | one != other
        ):
            yield told(f"{at}/default", one, other)

    def _unmatched(
        self, lefts: list[Alternative], rights: list[Alternative]
    ) -> tuple[list[Alternative], list[Alternative]]:
        """The alternatives of each side that the other does not have."""
        same = [
            (one, other)
            for one in lefts
            for other in rights
            if self._are_same(one, other)
        ]
        matched = {id(one) for pair in same for one in pair}
        return (
            [one for one in lefts if id(one) not in matched],
            [one for one in rights if id(one) not in matched],
        )

    def _are_same(self, left: Alternative, right: Alternative) -> bool:
        trial = Comparison(self.contract, self.service)
        trial.seen = set(self.seen)
        return next(trial._alternative(left, right, ""), None) is None

    def _alternative(
        self, left: Alternative, right: Alternative, at: str
    ) -> Iterator[str]:
        for keyword in sorted((left.keys() | right.keys()) - {"inside"}):
            if left.get(keyword) != right.get(keyword):
                yield told(f"{at}/{keyword}", left.get(keyword), right.get(keyword))
        ours, theirs = left.get("inside", {}), right.get("inside", {})
        for place in sorted(ours.keys() | theirs.keys()):
            one, other = ours.get(place, True), theirs.get(place, True)
            inner = f"{at}/{place}"
            if not place.startswith("properties/"):
                yield from self.differences(one, other, inner)
            elif place not in ours or place not in theirs:
                yield told(inner, ours.get(place), theirs.get(place))
            else:
                yield from self.differences(one, other, inner)
                if place.removeprefix("properties/") not in left["required"]:
                    yield from self.defaults(one, other, inner)


def told(at: str, left: object, right: object) -> str:
    """A difference in words."""
    return f"{at}: the contract has {shown(left)}, the service {shown(right)}"


def shown(value: object) -> str:
    """A value as JSON, cut where it gets long; None is nothing."""
    if value is None:
        return "nothing"
    if not isinstance(value, str):
        value = json.dumps(value, sort_keys=True, default=str)
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}..."
