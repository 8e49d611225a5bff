"""Reading a playbook: text to `Playbook`, or problems that name the line and the way out.

What must stay true: a section or key left out of a team's file has its value from ``default.yaml``; nothing but
`PlaybookError` leaves `load_text`; every problem found is told at once, not one by one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from functools import cache, lru_cache
from io import StringIO
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML

from bot.playbook.explain import explain
from bot.playbook.problems import Path, PlaybookError, Problem, dotted
from bot.playbook.schema import Playbook, Section
from bot.playbook.schema.base import format_duration, format_time
from bot.playbook.walk import section_of
from bot.playbook.yaml_tree import Tree, read_tree

__all__ = [
    "PlaybookError",
    "Problem",
    "default_playbook",
    "default_text",
    "describe",
    "dump",
    "fingerprint",
    "load_file",
    "load_text",
]


def default_text() -> str:
    """Return ``default.yaml`` as it is shipped, comments and all."""
    return FilePath(__file__).with_name("default.yaml").read_text(encoding="utf-8")


@cache
def default_playbook() -> Playbook:
    """Return the defaults of the process; the same frozen object each time."""
    return Playbook.model_validate(_default_data())


@cache
def _default_data() -> dict[str, Any]:
    tree = read_tree(default_text())
    if tree.problems:
        raise PlaybookError(tree.problems, "default.yaml")
    data: dict[str, Any] = tree.data
    return data


def load_file(path: FilePath | str) -> Playbook:
    """Read a playbook file (UTF-8). Raises `PlaybookError`, also when the file is missing or not text."""
    file = FilePath(path)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise _file_problem(file, "there is no such file", "Set PLAYBOOK to its path.") from None
    except UnicodeDecodeError:
        raise _file_problem(file, "this is not UTF-8 text", "Save it as UTF-8.") from None
    except OSError as error:
        raise _file_problem(
            file, f"it cannot be read ({error.strerror})", "Check the path and who may read it."
        ) from None
    return load_text(text, file.name)


def _file_problem(file: FilePath, message: str, fix: str) -> PlaybookError:
    return PlaybookError([Problem(1, "", message, fix)], str(file))


def load_text(text: str, name: str = "playbook.yaml") -> Playbook:
    """Read a playbook; ``name`` is how problems call the text. Raises `PlaybookError` with every problem found.

    The same text is the same frozen object: what a start reads from a file and from the database is one.
    """
    read = _read(text)
    if isinstance(read, Playbook):
        return read
    raise PlaybookError(list(read), name)


@lru_cache(maxsize=4)
def _read(text: str) -> Playbook | tuple[Problem, ...]:
    tree = read_tree(text)
    if isinstance(tree.data, dict):
        merged = _merged(Playbook, _default_data(), tree.data)
        try:
            playbook = Playbook.model_validate(merged)
        except ValidationError as error:
            tree.problems.extend(explain(error, tree))
        else:
            if not tree.problems:
                return playbook
    elif not tree.problems:
        tree.problems.append(_not_a_mapping(tree))
    return tuple(tree.problems)


def _not_a_mapping(tree: Tree) -> Problem:
    what = "a list" if isinstance(tree.data, list) else "a single value"
    return Problem(tree.line(()), "", f"this is {what}, not a playbook", "Begin with a section, like inbound:.")


def _merged(section: type[Section], default: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Lay what a team wrote over the defaults: sections key by key, tables and lists as a whole."""
    result = dict(default)
    for key, value in given.items():
        info = section.model_fields.get(key)
        inner = section_of(info.annotation) if info else None
        if inner is not None and value is None and key in default:
            continue  # "inbound:" with everything below it commented out
        if inner is not None and isinstance(value, dict):
            below = default.get(key)
            result[key] = _merged(inner, below if isinstance(below, dict) else {}, value)
        else:
            result[key] = value
    return result


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a playbook's text, hex: which version this is."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def dump(playbook: Playbook) -> str:
    """Write a playbook as YAML without comments; `load_text` reads it back as an equal one."""
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(playbook.model_dump(mode="json", exclude_none=True), stream)
    return stream.getvalue()


def describe(playbook: Playbook) -> list[tuple[str, str, str]]:
    """List every setting as (path, value as written in the file, description), in the order of the schema."""
    return list(_described(playbook, ()))


def _described(section: BaseModel, path: Path) -> Iterator[tuple[str, str, str]]:
    for key, info in type(section).model_fields.items():
        value = getattr(section, key)
        if isinstance(value, BaseModel):
            yield from _described(value, (*path, key))
        else:
            yield dotted((*path, key)), _shown(value), info.description or ""


def _shown(value: Any) -> str:
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, time):
        return format_time(value)
    if isinstance(value, tuple | list):
        return ", ".join(_shown(item) for item in value) or "(none)"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_shown(item)}" for key, item in value.items()) or "(none)"
    if isinstance(value, BaseModel):
        parts = ((key, getattr(value, key)) for key in type(value).model_fields)
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in parts if item not in (None, "")) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "(none)" if value is None or value == "" else str(value)
