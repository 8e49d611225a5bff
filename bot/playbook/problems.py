"""What is wrong with a playbook, in words for the person who wrote it."""

from dataclasses import dataclass

Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """Write a path as people read it: ``scoring.employees[2].points``."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


@dataclass(frozen=True)
class Problem:
    """One thing wrong: the 1-based line, where in the playbook, what is wrong and the way out."""

    line: int
    path: str
    message: str
    fix: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.path}" if self.path else f"line {self.line}"
        return f"{where}: {self.message.rstrip('.')}. {self.fix}"


class PlaybookError(Exception):
    """The playbook cannot be used; ``str()`` has a line for each problem, in the order of the file."""

    def __init__(self, problems: list[Problem], name: str = "playbook.yaml") -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.path))
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return "\n".join(f"{self.name} {problem}" for problem in self.problems)
