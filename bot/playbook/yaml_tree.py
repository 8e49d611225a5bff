"""YAML text to plain data plus the line of every key, collecting problems instead of stopping at the first.

What must stay true: whatever text comes in, the answer is data or problems with lines, never an exception, and
never more work than the text is long (no aliases, bounded size and depth).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from bot.playbook.problems import Path, Problem, dotted

MAX_CHARACTERS = 500_000
MAX_DEPTH = 20


@dataclass
class Tree:
    """What a text says: plain ``data``, the 1-based line of each path, and what is wrong with the text itself."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Return the line of ``path``, or of the nearest thing around it that the text has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_tree(text: str) -> Tree:
    """Parse ``text``; syntax errors, duplicate keys and aliases become problems."""
    tree = Tree()
    if len(text) > MAX_CHARACTERS:
        tree.problems.append(
            Problem(1, "", f"the file has more than {MAX_CHARACTERS} characters", "Is it the right file?")
        )
        return tree
    try:
        tree.problems.extend(_refused_events(text))
        if tree.problems:
            return tree
        yaml = YAML(typ="safe", pure=True)
        node = yaml.compose(text)
        tree.lines[()] = 1
        tree.data = _build(node, (), tree, yaml) if node is not None else {}
    except MarkedYAMLError as error:
        tree.problems.append(_syntax_problem(error))
    except (YAMLError, ValueError) as error:
        tree.problems.append(
            Problem(_line_at(text, error), "", "there is a character YAML does not allow", "Remove it.")
        )
    return tree


def _line_at(text: str, error: Exception) -> int:
    position = getattr(error, "position", None)
    return text.count("\n", 0, position) + 1 if isinstance(position, int) else 1


def _refused_events(text: str) -> Iterator[Problem]:
    depth = documents = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent):
            yield Problem(line, "", f"*{event.anchor} points elsewhere", "Write the value out instead of pointing.")
        elif isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                yield Problem(line, "", "a second document begins", "Remove the line with ---.")
                return
        elif isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                yield Problem(line, "", "the text is nested too deeply", "Look for brackets left open.")
                return
        elif isinstance(event, CollectionEndEvent):
            depth -= 1


def _syntax_problem(error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark is not None else 1
    said = " ".join((error.problem or "this cannot be read").split())
    fix = "Check indentation, colons and quotes on this line and the one before."
    if "\\t" in said or "'\t'" in (error.problem or ""):
        said, fix = "a tab stands where spaces belong", "Indent with spaces."
    elif "mapping values are not allowed" in said:
        fix = "Put quotes around a value that holds a colon, or check the indentation."
    return Problem(line, "", f"YAML cannot read this: {said}", fix)


def _build(node: Any, path: Path, tree: Tree, yaml: YAML) -> Any:
    if isinstance(node, MappingNode):
        return _mapping(node, path, tree, yaml)
    if isinstance(node, SequenceNode):
        items = []
        for index, child in enumerate(node.value):
            tree.lines[(*path, index)] = child.start_mark.line + 1
            items.append(_build(child, (*path, index), tree, yaml))
        return items
    return _scalar(node, path, tree, yaml)


def _mapping(node: MappingNode, path: Path, tree: Tree, yaml: YAML) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            tree.problems.append(Problem(line, dotted(path), "a key must be a word", "Write key: value."))
            continue
        # The text of the key as written: NO is Norway and 10 is a name, not a number.
        key = str(key_node.value)
        here = (*path, key)
        if key in result:
            tree.problems.append(
                Problem(
                    line,
                    dotted(here),
                    f"it stands here a second time, first on line {tree.lines[here]}",
                    "Keep one of the two.",
                )
            )
            continue
        tree.lines[here] = line
        result[key] = _build(value_node, here, tree, yaml)
    return result


def _scalar(node: ScalarNode, path: Path, tree: Tree, yaml: YAML) -> Any:
    try:
        return yaml.constructor.construct_object(node)
    except (ConstructorError, ValueError, TypeError, KeyError, IndexError, OverflowError):
        tree.problems.append(
            Problem(node.start_mark.line + 1, dotted(path), f"{node.value!r} cannot be read", "Put quotes around it.")
        )
        return None
