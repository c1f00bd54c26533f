"""The numbers of the service in Prometheus' text format, read from the rows at each scrape."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.db import now
from service.metrics.spending import spent_by_installation
from service.models import ModelTotal, Review
from service.reviews.waiting import UNFINISHED
from service.settings import Settings

Numbers = dict[tuple[str, ...], float]


class _Read(Collector):
    """Metrics that were read already: the text is made when the transaction is over."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def text(session: Session, settings: Settings) -> bytes:
    """All metrics, as a scrape gets them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Read([*models(session), *waits(session), *budgets(session, settings)]))
    return generate_latest(registry)


def models(session: Session) -> Iterable[Metric]:
    """Calls, tokens and cost by model and installation, since the beginning."""
    labels = ("installation", "model")
    requests = CounterMetricFamily(
        "lintel_model_requests", "Calls of models by finished steps.", labels=labels
    )
    tokens = CounterMetricFamily(
        "lintel_model_tokens",
        "Tokens: input that was neither read from nor written to the cache, cached, written, output.",
        labels=(*labels, "class"),
    )
    cost = CounterMetricFamily("lintel_model_cost_usd", "Cost at list price.", labels=labels)
    for row in session.scalars(select(ModelTotal)):
        key = (str(row.installation_id), row.model)
        requests.add_metric(key, row.requests)
        cost.add_metric(key, row.cost_usd)
        plain = row.input_tokens - row.cached_tokens - row.written_tokens
        for kind, count in (
            ("input", max(plain, 0)),
            ("cached", row.cached_tokens),
            ("written", row.written_tokens),
            ("output", row.output_tokens),
        ):
            tokens.add_metric((*key, kind), count)
    return requests, tokens, cost


def waits(session: Session) -> Iterable[Metric]:
    """Reviews that cannot go on now, by what they wait for."""
    unfinished = select(func.count()).select_from(Review).where(Review.state.in_(UNFINISHED))
    for_model = session.scalar(unfinished.where(Review.waiting_since.is_not(None)))
    for_money = session.scalar(
        unfinished.where(Review.waiting_since.is_(None), Review.due_at > now())
    )
    found = GaugeMetricFamily(
        "lintel_reviews_waiting", "Reviews that wait for a model or for money.", labels=("for",)
    )
    found.add_metric(("model",), for_model or 0)
    found.add_metric(("budget",), for_money or 0)
    return (found,)


def budgets(session: Session, settings: Settings) -> Iterable[Metric]:
    """The limit, and what each installation has spent of it today (UTC)."""
    limit = GaugeMetricFamily(
        "lintel_installation_budget_usd_per_day",
        "Limit of one installation in one UTC day; 0 for none.",
        value=settings.installation_usd_per_day,
    )
    today = GaugeMetricFamily(
        "lintel_installation_spent_today_usd",
        "Cost at list price in this UTC day.",
        labels=("installation",),
    )
    for installation_id, usd in spent_by_installation(session, now()).items():
        today.add_metric((str(installation_id),), usd)
    return limit, today
