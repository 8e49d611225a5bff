"""What the web's door needs, built once by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.clocks import Clock
from bot.db.queries.vital_signs import SILENT_AFTER
from bot.db.session import Database
from bot.intake.metrics import Metrics

MAX_BYTES = 256 * 1024


def _yes() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class IntakeDeps:
    """Database, clocks and secrets of the intake.

    ``intake_secrets``: ``whsec_…``, two while rotating. ``form_keys``: the last part of ``/intake/form/{key}``, beside
    those that ``bot.intake.form.form_key`` derives from the secrets.
    ``allowed_redirects``: origins (``https://www.example.com``) or prefixes a form may send people on to.
    ``slack_ok`` and ``migrated`` answer from memory, at once: ``/readyz`` asks them.
    """

    database: Database
    clock: Clock
    intake_secrets: tuple[str, ...] = ()
    form_keys: tuple[str, ...] = ()
    allowed_redirects: tuple[str, ...] = ()
    slack_ok: Callable[[], bool] = _yes
    migrated: Callable[[], bool] = _yes
    max_bytes: int = MAX_BYTES
    tick_max_age: float = SILENT_AFTER
    metrics: Metrics = field(default_factory=Metrics)
