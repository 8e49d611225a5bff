"""The web's door as routes; the composition root mounts them beside Slack's."""

from functools import partial

from starlette.routing import BaseRoute, Route

from bot.intake import form, health, standard
from bot.intake.deps import IntakeDeps
from bot.intake.edge import guarded

__all__ = ["IntakeDeps", "routes"]


def routes(deps: IntakeDeps) -> list[BaseRoute]:
    """All of ``/intake``, and the addresses that say how we are."""
    return [
        Route("/intake/standard", guarded(deps, standard.SENDER, standard.receive), methods=["POST"]),
        Route("/intake/form/{key}", guarded(deps, form.SENDER, form.receive), methods=["POST"]),
        Route("/healthz", health.healthz, methods=["GET"]),
        Route("/readyz", partial(health.readyz, deps), methods=["GET"]),
        Route("/metrics", partial(health.metrics, deps), methods=["GET"]),
    ]
