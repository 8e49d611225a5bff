"""The examples of the pages work as they stand there."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from bot.domain.enroll_line import read_enroll
from bot.domain.terms import Intent
from bot.domain.touch_line import read_line
from bot.intake.form import HONEYPOT, as_command, sort_fields
from bot.intake.standard import EventIn, proven
from bot.playbook.load import default_playbook
from tests.docs.test_docs import PAGES, typed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
INTAKE = PAGES["docs/intake.md"]
LINES = sorted({" ".join(words) for _, words in typed("/touch")} - {"", "help", "undo"})
FAKE_CURL = """#!{python}
import json, sys
headers = dict(one.split(": ", 1) for flag, one in zip(sys.argv, sys.argv[1:]) if flag == "-H")
body = next(one for flag, one in zip(sys.argv, sys.argv[1:]) if flag == "-d")
print(json.dumps([headers, body]))
"""


def block(begins: str) -> str:
    """The indented block of the intake page that begins so, without its indent."""
    lines = INTAKE.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"    {begins}"))
    end = next((i for i in range(at, len(lines)) if lines[i] and not lines[i].startswith("    ")), len(lines))
    return "\n".join(line.removeprefix("    ") for line in lines[at:end]).strip() + "\n"


def is_proven(headers: dict[str, str], body: str) -> bool:
    return proven((SECRET,), {name.lower(): value for name, value in headers.items()}, body.encode())


@pytest.mark.parametrize("line", LINES)
def test_a_line_after_touch_is_understood_without_a_question(line: str) -> None:
    draft = read_line(line, datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "Europe/Berlin")
    assert draft.complete, draft.questions


@pytest.mark.parametrize("line", sorted({" ".join(words) for _, words in typed("/enroll")} - {"", "help"}))
def test_a_line_after_enroll_names_somebody(line: str) -> None:
    read = read_enroll(line)
    assert read.people
    assert bool(read.reason) == any(word in line for word in ("because", "anyway"))


def test_the_json_of_the_intake_page_is_an_event() -> None:
    event = EventIn.model_validate_json(block('{"id": "evt_1", "occurred_at"'))
    assert event.intent is Intent.TRIAL_REQUEST
    assert event.consent.basis in default_playbook().compliance.consent_bases
    assert not event.model_extra


def test_the_python_of_the_intake_page_signs_what_is_accepted(tmp_path: Path) -> None:
    shown = block("import json, os")
    posts = "answer = urlopen("
    assert posts in shown
    script = tmp_path / "send.py"
    script.write_text(shown[: shown.index(posts)] + "print(json.dumps([headers, body]))\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], env={"INTAKE_SECRET": SECRET}, capture_output=True, text=True, check=True
    )
    headers, body = json.loads(done.stdout)
    assert is_proven(headers, body)
    assert not is_proven(headers, body + " ")
    EventIn.model_validate_json(body)


@pytest.mark.skipif(not shutil.which("openssl"), reason="there is no openssl here")
def test_the_shell_of_the_intake_page_signs_what_is_accepted(tmp_path: Path) -> None:
    curl = tmp_path / "curl"
    curl.write_text(FAKE_CURL.format(python=sys.executable), encoding="utf-8")
    curl.chmod(0o755)
    done = subprocess.run(
        ["sh", "-ec", block("BODY=")],
        env={"INTAKE_SECRET": SECRET, "PATH": f"{tmp_path}:/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    headers, body = json.loads(done.stdout)
    assert is_proven(headers, body)
    EventIn.model_validate_json(body)


def test_every_field_of_the_example_form_is_known() -> None:
    names = re.findall(r'name="([^"]+)"', block("<form"))
    known, extra = sort_fields((name, "something") for name in names if name != HONEYPOT)
    assert HONEYPOT in names
    assert {"email", "message", "intent", "nonce", "redirect"} <= set(known)
    assert not extra


@pytest.mark.parametrize("page", ["README.md", "docs/intake.md"])
def test_the_example_lead_of_a_page_is_hot(page: str) -> None:
    sent = re.search(r'curl -d "email=.*?/intake/form', PAGES[page], re.DOTALL)
    assert sent is not None
    pairs = [pair for data in re.findall(r'-d "([^"]+)"', sent[0]) for pair in parse_qsl(data)]
    command = as_command(*sort_fields(pairs), b"", "")
    assert command.intent in default_playbook().inbound.hot_intents
    assert command.person.email
    assert command.message
