"""The words of the compliance view."""

from enum import StrEnum
from typing import Literal

from agents.evidence import Evidence
from agents.values import Value

NOTICE = (
    "This is not legal advice. It lists what a design review shows for these texts; whether and how "
    "they apply is decided by people who know the use, the market and the law."
)


class ItemStanding(StrEnum):
    """How an item stands in this review; the first that holds, in this order."""

    ENGAGED = "engaged"
    """A finding refers to it."""
    OPEN = "open"
    """A question refers to it."""
    EVIDENCED = "evidenced"
    """The text shows something for it, and nothing speaks against."""


class Ground(Value):
    """Why an item is listed."""

    kind: Literal["finding", "question", "mitigated", "control", "attribute"]
    id: str
    """Id of the finding, question or mitigated candidate, or of the attribute; empty for a control."""
    text: str
    evidence: tuple[Evidence, ...]
    """Never empty."""


class Item(Value):
    """One article, subcategory or control, listed because something in the review speaks of it."""

    reference: str
    """`eu-ai-act/Art.14`."""
    id: str
    title: str
    standing: ItemStanding
    applies_from: str = ""
    """EU AI Act only: as the catalogue states it."""
    only_if: str = ""
    """EU AI Act only: id of the risk question on which the duty depends; empty where on none."""
    grounds: tuple[Ground, ...]
    """Findings first, then questions, mitigated candidates and statements."""


class FrameworkView(Value):
    """What a review shows for one text; `items` is empty where nothing in it speaks of any."""

    key: str
    name: str
    version: str
    nature: str
    """In one sentence: whom the text binds."""
    checked: str
    """How far the catalogue's list of ids, titles and dates was verified."""
    items: tuple[Item, ...]


class Sign(Value):
    """What in the text speaks for a risk class."""

    text: str
    weight: Literal["strong", "weak"]
    evidence: tuple[Evidence, ...]


class Duty(Value):
    """An article of the class, and from when it applies."""

    reference: str
    id: str
    title: str
    applies_from: str


class RiskQuestion(Value):
    """A question about the class of the use under the EU AI Act, with what speaks for a yes."""

    id: str
    title: str
    question: str
    answer: Literal["indicated", "hinted", "not_indicated"]
    """`not_indicated` is no "no": only what the review quotes is looked at."""
    signs: tuple[Sign, ...]
    consequence: str
    """What follows from a yes."""
    duties: tuple[Duty, ...]


class AiPart(Value):
    """A component that makes this a design with AI."""

    component_id: str
    name: str
    kind: str
    evidence: tuple[Evidence, ...]


class ComplianceView(Value):
    """The whole view; without AI in the design everything is empty but `why` and `notice`."""

    applies: bool
    why: str
    notice: str = NOTICE
    catalogue_version: str
    ai: tuple[AiPart, ...] = ()
    risk: tuple[RiskQuestion, ...] = ()
    frameworks: tuple[FrameworkView, ...] = ()
