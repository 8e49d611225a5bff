"""Numbers for Prometheus: the web's door in a registry of its own, beside what the process counts (``telemetry``)."""

from datetime import datetime

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Counters and gauges of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter(
            "handraiser_intake_events",
            "Events that came in over the web, by sender and what became of them.",
            ("sender", "result"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "handraiser_intake_seconds",
            "From the whole request read to the answer, committed.",
            ("sender",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.outbox = Gauge("handraiser_outbox_items", "Notices by state.", ("state",), registry=self.registry)
        self.oldest = Gauge(
            "handraiser_outbox_oldest_seconds", "Age of the oldest notice that waits.", registry=self.registry
        )
        self.overdue = Gauge(
            "handraiser_due_late_seconds", "How late the most overdue due time is.", registry=self.registry
        )
        self.overdue_items = Gauge(
            "handraiser_due_late_items", "Due times that are past and not done.", registry=self.registry
        )
        self.dead = Gauge(
            "handraiser_outbox_dead_items",
            "Notices of the last seven days that Slack will never take.",
            registry=self.registry,
        )
        self.dead_counted_at: datetime | None = None
        """When that was counted last (protocol time): each time is a walk through a month's notices."""
        self.open_leads = Gauge("handraiser_open_leads", "Leads that are open.", registry=self.registry)

    def text(self) -> bytes:
        """The exposition format, with the deliveries of this process and its own memory and time."""
        return generate_latest(self.registry) + generate_latest(REGISTRY)
