"""Designs made up for the growth measure: each has names, parts and sentences of its own."""

import random
from collections.abc import Iterator

_TOPICS = (
    "invoice", "parcel", "claims", "tariff", "roster", "warranty", "meter", "harvest", "fleet",
    "booking", "grant", "recipe", "survey", "ticketing", "payroll", "museum", "clinic", "library",
    "auction", "timber", "ferry", "orchard", "rental", "translation", "permit", "archive",
    "dispatch", "tuition", "vineyard", "catalogue", "weather", "subsidy", "courier", "seating",
)  # fmt: skip
_PARTS = (
    "intake", "router", "scorer", "portal", "ledger", "planner", "mailer", "importer", "matcher",
    "resolver", "watcher", "exporter", "editor", "pricing", "search", "reporter", "gateway",
    "scheduler", "renderer", "checker",
)  # fmt: skip
_STORES = ("PostgreSQL", "Redis", "Amazon S3", "MongoDB", "Kafka", "Elasticsearch", "DynamoDB")
_PARTNERS = ("a payment provider", "a mapping service", "a credit bureau", "a parcel carrier")
_PEOPLE = ("customers", "field staff", "partners", "auditors", "visitors", "branch managers")
_DATA = (
    "addresses of customers", "bank details", "photographs of damage", "opening hours",
    "access tokens", "medical notes", "prices", "delivery slots", "contact details", "drawings",
)  # fmt: skip
_FLOW = (
    "The {a} calls the {b} over TLS and passes {data}.",
    "{People} upload {data} to the {a}, which hands them to the {b}.",
    "The {a} writes {data} to {store}.",
    "Every night the {b} reads {data} from {store} and sends a summary to the {a}.",
    "The {a} asks {partner} for {data} and keeps the answer for {n} minutes.",
    "When the {b} does not answer within {n} seconds, the {a} tries again.",
    "{People} open the {a} in a browser and see {data} of their own region.",
    "The {b} publishes a message for each change, and the {a} consumes it from {store}.",
    "{People} sign in to the {a}, whose pages load {data} from the {b}.",
    "A job in the {b} copies {data} older than {n} days from {store} to cold storage.",
    "The {a} receives webhooks from {partner} and queues {data} for the {b}.",
    "Mails with {data} arrive at the {a}; their attachments go to {store}.",
)
_CONTROL = (
    "The {a} authenticates each caller with a token that expires after {n} minutes.",
    "Requests to the {b} are limited to {n} a second for each client.",
    "The {a} checks that the record belongs to the branch of the caller.",
    "All access to {data} is logged, and the log is kept for {n} months.",
    "Encryption of {data} in {store} will be added in a later phase.",
    "The {b} does not validate {data} that come from the {a}.",
    "Keys of the {a} are rotated every {n} days.",
    "Backups of {store} are restored once a quarter to prove that they work.",
    "Only {people} with a second factor may change {data} in the {a}.",
    "If the {b} is down, the {a} shows {data} that are up to {n} minutes old.",
    "The {a} and the {b} share one service account for {store}.",
    "Links to {data} are signed and end after {n} minutes.",
)
_AROUND = (
    "We looked at two other ways to split the work and kept this one because {people} need answers "
    "within {n} seconds.",
    "The load is highest on Mondays, when about {n} thousand requests arrive in an hour.",
    "An earlier version kept {data} in spreadsheets, which nobody could search.",
    "The team of the {a} is on call; the {b} follows in the second year.",
    "Terms are explained in the glossary of the {topic} group, which meets every {n} weeks.",
    "It is not a goal to replace the screens that {people} use today.",
    "A trial with {n} branches showed that most questions concern {data}.",
    "The {b} may be moved to another region as soon as the contract with {partner} allows it.",
    "Two engineers built the first {a} in {n} days, and most of that code is gone.",
    "Before the season begins, {people} rehearse with {data} of the year before.",
    "Whether {partner} stays after {n} months is open, so the {b} hides who it is.",
    "Screens of the {a} follow the style guide, which asks for {n} pixels around {data}.",
)
_HEADINGS = ("Data flow", "Operation", "Decisions", "Security", "Roll-out", "Limits", "Interfaces")
_PARAGRAPH = 5
"""Sentences of a paragraph, at most."""
_WHOLE = 2_000
"""Words of one design."""


def text(words: int) -> str:
    """At least this many words of Markdown: one design of about 2,000 words after another."""
    designs: list[str] = []
    count = 0
    while count < words:
        designs.append("\n".join(_design(len(designs), min(_WHOLE, words - count))))
        count += len(designs[-1].split())
    return "\n\n".join(designs)


def design(words: int) -> str:
    """At least this many words of Markdown about one system, however long it is."""
    return "\n".join(_design(0, words))


def _design(number: int, words: int) -> Iterator[str]:
    pick = random.Random(number)  # noqa: S311 - the same designs on every run are the point
    topic = _TOPICS[number % len(_TOPICS)]
    title = f"{topic} {number // len(_TOPICS) + 1}" if number >= len(_TOPICS) else topic
    parts = [f"{title} {part}" for part in pick.sample(_PARTS, 8)]
    opening = [f"# The {title} platform\n", "## Parts\n", "| Part | Purpose |", "| --- | --- |"]
    opening += [f"| {p} | Handles {pick.choice(_DATA)} for {pick.choice(_PEOPLE)} |" for p in parts]
    opening += ["\n```mermaid", "flowchart LR", *_arrows(pick, parts), "```"]
    yield from opening
    count = sum(len(line.split()) for line in opening)
    while count < words:
        heading = f"\n## {pick.choice(_HEADINGS)} of the {pick.choice(parts)}\n"
        paragraph = " ".join(_sentences(pick, parts, topic))
        count += len(heading.split()) + len(paragraph.split())
        yield from (heading, paragraph)


def _arrows(pick: random.Random, parts: list[str]) -> Iterator[str]:
    for number in range(4):
        first, second = pick.sample(parts, 2)
        yield f"  a{number}[{first}] -->|{pick.choice(_DATA)}| b{number}[{second}]"


def _sentences(pick: random.Random, parts: list[str], topic: str) -> Iterator[str]:
    for _ in range(pick.randint(2, _PARAGRAPH)):
        first, second = pick.sample(parts, 2)
        people = pick.choice(_PEOPLE)
        yield pick.choice((*_FLOW, *_CONTROL, *_AROUND)).format(
            a=first,
            b=second,
            data=pick.choice(_DATA),
            store=pick.choice(_STORES),
            partner=pick.choice(_PARTNERS),
            people=people,
            People=people.capitalize(),
            topic=topic,
            n=pick.randint(2, 90),
        )
