"""The compliance view as Markdown; whatever comes from a document is neutralised."""

from collections.abc import Iterator

from agents.compliance.values import (
    ComplianceView,
    FrameworkView,
    Ground,
    Item,
    ItemStanding,
    RiskQuestion,
)
from agents.evidence import Evidence
from agents.fence import neutralise

MOST_WORDS = 40
"""Of a quote; the rest is an ellipsis."""
MOST_GROUNDS = 12
"""Of an item; the rest is counted."""

_ANSWERS = {
    "indicated": "The text speaks for it",
    "hinted": "The text gives a hint, not more",
    "not_indicated": "Nothing that the review quotes speaks for it. That is no answer: somebody who "
    "knows the use gives it.",
}
_STANDINGS = {
    ItemStanding.ENGAGED: "engaged",
    ItemStanding.OPEN: "open",
    ItemStanding.EVIDENCED: "evidenced",
}
_LEGEND = (
    "Engaged: a finding refers to it. Open: a question does. Evidenced: the text shows something for "
    "it, which is no proof that it is met. What is not listed was not looked at, or nothing spoke of it."
)


def compliance_markdown(view: ComplianceView) -> str:
    """A section that starts with a heading of level 2; ends with a line end."""
    parts = ["## Compliance view", _inline(view.notice)]
    if not view.applies:
        return "\n\n".join([*parts, f"Not applied: {_inline(view.why)}."]) + "\n"
    named = ", ".join(f"{_inline(p.name)} ({_where(p.evidence[0])})" for p in view.ai)
    parts.append(f"{_inline(view.why)}: {named}.")
    if view.risk:
        parts.append("### EU AI Act: which class of risk?")
        parts += [_question(number, question) for number, question in enumerate(view.risk, 1)]
    parts.append(_LEGEND)
    numbers = {question.id: number for number, question in enumerate(view.risk, 1)}
    parts += [_framework(framework, numbers) for framework in view.frameworks]
    parts.append(_inline(f"Ids, titles and dates: catalogue {view.catalogue_version}."))
    return "\n\n".join(parts) + "\n"


def _question(number: int, question: RiskQuestion) -> str:
    answer = _ANSWERS[question.answer] + ("" if not question.signs else ":")
    lines = [f"**{number}. {_inline(question.title)}.** {_inline(question.question)}", "", answer]
    lines += [""] if question.signs else []
    for sign in question.signs:
        lines.append(f"- {_inline(sign.text)}")
        lines += [f"  - {_quoted(evidence)}" for evidence in sign.evidence]
    lines += ["", f"{_inline(question.consequence)} Dates:", ""]
    for duty in question.duties:
        lines.append(f"- {_inline(f'{duty.id} {duty.title}: {duty.applies_from}')}")
    return "\n".join(lines)


def _framework(framework: FrameworkView, numbers: dict[str, int]) -> str:
    parts = [
        f"### {_inline(framework.name)}",
        _inline(f"Version: {framework.version}. {framework.nature}"),
    ]
    if framework.items:
        parts.append("\n".join(line for item in framework.items for line in _item(item, numbers)))
    else:
        parts.append("Nothing in this review speaks of it.")
    if framework.checked:
        parts.append(f"How the list was checked: {_inline(framework.checked)}.")
    return "\n\n".join(parts)


def _item(item: Item, numbers: dict[str, int]) -> Iterator[str]:
    said = [f"**{_inline(f'{item.id} {item.title}')}**: {_STANDINGS[item.standing]}"]
    if item.only_if in numbers:
        said.append(f"only if question {numbers[item.only_if]} is answered with yes")
    if item.applies_from:
        said.append(f"from {_inline(item.applies_from)}")
    yield f"- {'; '.join(said)}"
    yield from (f"  - {_ground(ground)}" for ground in item.grounds[:MOST_GROUNDS])
    if len(item.grounds) > MOST_GROUNDS:
        yield f"  - and {len(item.grounds) - MOST_GROUNDS:,} more"


def _ground(ground: Ground) -> str:
    """A finding by its id and title; a statement by its quote."""
    places = ", ".join(_where(evidence) for evidence in ground.evidence)
    if ground.kind in ("control", "attribute"):
        return f"stated: {_quoted(ground.evidence[0])}"
    return f"{ground.kind} {_inline(ground.id)}: {_inline(ground.text)} ({places})"


def _quoted(evidence: Evidence) -> str:
    words = evidence.quote.split()
    text = " ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
    return f"{_where(evidence)} {_inline(f'“{text}”')}"


def _where(evidence: Evidence) -> str:
    last = f"-{evidence.line_end}" if evidence.line_end > evidence.line_start else ""
    return _inline(f"{evidence.path}:{evidence.line_start}{last}")


def _inline(text: str) -> str:
    """One line with nothing live in it."""
    return neutralise(" ".join(text.split()))
