"""What the processes count, for ``/metrics``."""

from prometheus_client import Counter, Histogram

DELIVERED = Counter("handraiser_deliveries_total", "Outbox items by kind and what became of them", ["kind", "verdict"])
DELIVERY_AGE = Histogram(
    "handraiser_delivery_age_seconds",
    "From the commit of a notice to Slack's answer",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
