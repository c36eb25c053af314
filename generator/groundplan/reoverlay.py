"""What other answers mean for an overlay, which is the team's.

The difference is between what a first overlay would have said with the old answers and
what it would say with the new ones. It is brought in by whole actions.
"""

import yaml

from .errors import ContractError
from .growth import effect, extended
from .reader import Json, parse

_NAME = "contracts/overlay.yaml"


def reoverlaid(text: str, before: str, after: str) -> str:
    """The team's overlay with what is different between two first ones.

    Raises ContractError where that has to be done by hand.
    """
    if before == after:
        return text
    if text == before:
        return after
    plain = text.replace("\r\n", "\n")
    old, new, present = map(_actions, (before, after, plain))
    known = list(map(_key, present))
    gone = set(map(_key, old)) - set(map(_key, new))
    there = {*map(_key, old), *known}
    kept = _without(plain, [n for n, key in enumerate(known) if key in gone])
    coming = [action for action in new if _key(action) not in there]
    if coming:
        kept = extended(parse(kept, _NAME), kept, coming)
    expected = [action for action in present if _key(action) not in gone]
    if _actions(kept) != expected + coming:
        raise ContractError(_NAME, "its actions cannot be told apart")
    return kept.replace("\n", "\r\n") if "\r\n" in text else kept


def dropped(text: str, renewed: str, before: str) -> list[str]:
    """The lines of a team that are in its overlay no more.

    `before` is the first overlay: its lines are not the team's.
    """
    there = {line.strip() for line in (renewed + "\n" + before).splitlines()}
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and line not in there]


def _key(action: Json) -> str:
    return effect(action) if isinstance(action, dict) else repr(action)


def _actions(text: str) -> list[Json]:
    actions = parse(text, _NAME).data.get("actions") or []
    return actions if isinstance(actions, list) else []


def _without(text: str, numbers: list[int]) -> str:
    """The text without some of its actions, each of which begins on a line of its own.

    Raises ContractError.
    """
    if not numbers:
        return text
    root = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)  # it has been read
    items = next(node for key, node in root.value if key.value == "actions")
    if not isinstance(items, yaml.SequenceNode) or items.flow_style:
        raise ContractError(_NAME, "its actions are not one below the other")
    lines = text.splitlines(keepends=True)
    for number in sorted(numbers, reverse=True):
        node = items.value[number]
        first = node.start_mark.line
        del lines[first : _last(node) + 1]
        # the blank line that had set it apart from what was before
        if 0 < first < len(lines) and not (lines[first - 1] + lines[first]).strip():
            del lines[first]
    return "".join(lines)


def _last(node: yaml.Node) -> int:
    """The last line that a node has something on."""
    if isinstance(node, yaml.ScalarNode) or not node.value:
        end: int = node.end_mark.line
        return end if node.end_mark.column else end - 1
    last = node.value[-1]
    if isinstance(node, yaml.CollectionNode) and node.flow_style:
        return int(node.end_mark.line)
    return _last(last[1] if isinstance(last, tuple) else last)
