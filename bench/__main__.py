"""``python -m bench [touch alert delivery lists clicks pipeline start] [--quick]``: measure, print a table, keep it."""

import argparse
import asyncio
import sys

from bench import alert, clicks, delivery, lists, pipeline, start, touch
from bench.figures import Part, facts, keep, say, table
from bench.processes import BenchError

PARTS = {
    "touch": touch,
    "alert": alert,
    "delivery": delivery,
    "lists": lists,
    "clicks": clicks,
    "pipeline": pipeline,
    "start": start,
}


async def measured(names: list[str], *, quick: bool) -> list[Part]:
    """The parts one after the other; each ends what it started."""
    return [await PARTS[name].measure(PARTS[name].QUICK if quick else PARTS[name].WHOLE) for name in names]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Figures, each beside what it is compared to.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all where none is named")
    parser.add_argument("--quick", action="store_true", help="a minute, to see that it works")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    about = facts(given.quick)
    try:
        parts = asyncio.run(measured(given.parts or list(PARTS), quick=given.quick))
    except BenchError as error:
        say(str(error))
        return 1
    say(table(parts, about))
    if not given.quick and not given.parts:
        keep(parts, about)
    return 0


if __name__ == "__main__":
    sys.exit(main())
