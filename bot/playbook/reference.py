"""The playbook's reference for people, made from the schema: every setting, its default, what it means.

What must stay true: ``docs/playbook.md`` is what this writes; a test holds the two together.
"""

from bot.playbook.load import default_playbook, describe

HEAD = """# The playbook, line by line

`playbook.yaml` is your sales process. Change it and run `handraiser playbook check`; the running bot takes a valid
change within seconds, and refuses an invalid one with the line and the way out. What you leave out keeps its default.

Times are written `90s`, `3m`, `24h`, `21d`; times of day `"07:30"`; days `mon` to `sun`. § is the part of the process.

This page is made from the schema: `make docs`.
"""


def reference() -> str:
    """The page in Markdown."""
    parts = [HEAD]
    section = ""
    for path, value, description in describe(default_playbook()):
        top = path.split(".")[0]
        if top != section:
            section = top
            parts.append(f"\n## {top}\n\n| setting | default | what it means |\n|---|---|---|\n")
        parts.append(f"| `{path}` | {_cell(value)} | {_escape(description)} |\n")
    return "".join(parts)


def _cell(value: str) -> str:
    short = value if len(value) <= 90 else value[:89].rstrip() + "…"
    return f"`{_escape(short).replace('`', '')}`" if short else "–"


def _escape(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
