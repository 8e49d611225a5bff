"""Walking the schema: which type stands at a path, which fields it has, what bounds it sets.

What must stay true: works for every field of `Playbook` without knowing any by name.
"""

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Interval, Le, Lt
from pydantic.fields import FieldInfo

from bot.playbook.problems import Path
from bot.playbook.schema import Playbook, Section

Bounds = tuple[float | int | None, float | int | None]


def section_of(annotation: Any) -> type[Section] | None:
    """Return the section class behind an annotation, if it is one (also ``Section | None``)."""
    annotation = _bare(annotation)
    return annotation if isinstance(annotation, type) and issubclass(annotation, Section) else None


def at(path: Path) -> tuple[Any, list[Any]] | None:
    """Return the annotation at ``path`` and its metadata, or None where the schema has nothing."""
    annotation: Any = Playbook
    metadata: list[Any] = []
    for part in path:
        step = _step(annotation, part)
        if step is None:
            return None
        annotation, metadata = step
    return annotation, metadata


def fields_at(path: Path) -> dict[str, FieldInfo]:
    """Return the fields of the section at ``path``; empty if no section stands there."""
    found = at(path)
    section = section_of(found[0]) if found else None
    return dict(section.model_fields) if section else {}


def choices_at(path: Path) -> tuple[str, ...]:
    """Return the keys a table at ``path`` may have, if they are a fixed set."""
    found = at(path)
    if found is None:
        return ()
    bare = _bare(found[0])
    if get_origin(bare) in (dict, Mapping) or bare is Mapping:
        key = _bare(get_args(bare)[0])
        if get_origin(key) is Literal:
            return tuple(str(choice) for choice in get_args(key))
    return ()


def bounds_at(path: Path) -> Bounds:
    """Return the least and largest allowed number at ``path``; None where there is no bound."""
    found = at(path)
    low: float | int | None = None
    high: float | int | None = None
    for item in found[1] if found else []:
        for part in item.__iter__() if isinstance(item, Interval) else [item]:
            if isinstance(part, Ge | Gt):
                low = _number(part.ge if isinstance(part, Ge) else part.gt)
            elif isinstance(part, Le | Lt):
                high = _number(part.le if isinstance(part, Le) else part.lt)
    return low, high


def _number(value: Any) -> float | int | None:
    return value if isinstance(value, int | float) else None


def _step(annotation: Any, part: str | int) -> tuple[Any, list[Any]] | None:
    section = section_of(annotation)
    if section is not None:
        info = section.model_fields.get(str(part))
        if info is None:
            return None
        inner, metadata = _peel(info.annotation)
        return inner, [*info.metadata, *metadata]
    bare = _bare(annotation)
    args = get_args(bare)
    if get_origin(bare) is tuple and args and isinstance(part, int):
        return _peel(args[0])
    if get_origin(bare) is Mapping or bare is Mapping or (args and len(args) == 2 and isinstance(part, str)):
        return _peel(args[1])
    return None


def _peel(annotation: Any) -> tuple[Any, list[Any]]:
    metadata: list[Any] = []
    while get_origin(annotation) is Annotated:
        inner, *found = get_args(annotation)
        for item in found:
            metadata.extend(item.metadata if isinstance(item, FieldInfo) else [item])
        annotation = inner
    return annotation, metadata


def _bare(annotation: Any) -> Any:
    annotation, _ = _peel(annotation)
    if get_origin(annotation) in (Union, types.UnionType):
        kept = [arg for arg in get_args(annotation) if arg is not type(None)]
        return _bare(kept[0]) if len(kept) == 1 else annotation
    return annotation
