"""What the tests of the compliance view share: three designs, and the view of each."""

import asyncio

from agents.catalogue.loader import load, ordered_references
from agents.compliance.values import ComplianceView, FrameworkView, Item, RiskQuestion
from agents.compliance.view import compliance
from agents.findings import Draft, Finding, Question
from agents.system import SystemModel
from tests.support import design_change, offline_draft

PATH = "docs/design/assistant.md"

HR = """# Screening assistant

## Overview

The screening assistant helps recruiters in hiring. Candidates upload a CV through the careers portal on the
internet. The portal sends each CV to the screening service. The screening service calls the ranking model,
which scores every applicant. Applicants below the threshold are automatically rejected.

## Components

| Component | Purpose |
| --- | --- |
| Careers portal | Web app for applicants |
| Screening service | Parses CVs and calls the ranking model |
| Ranking model | Machine learning model trained on past hiring decisions |
| Applicant database | Stores CVs and scores, personal data of applicants |

## Data flow

The screening service writes scores of the ranking model to the applicant database. Every score of the model is
logged with the model version, and the logs are kept for twelve months.
"""

CHAT = """# Chat assistant

## Overview

Customers open the web app over the internet. The web app sends user messages to the assistant service. The
assistant service calls the hosted LLM at OpenAI.

## Data flow

The assistant service reads help articles from the vector index and adds them to the prompt. Prompts and answers
are written to the log store. The assistant service masks e-mail addresses before it calls the LLM.
"""

SHOP = """# Web shop

## Overview

Customers open the web shop over the internet. The web shop calls the order service over TLS. The order service
writes orders to the PostgreSQL database and calls the Stripe payment API. The monitoring agent ships logs to the
log store. Recruiting for the shop is done elsewhere.

## Security

The order service authenticates customers with session cookies. Every order is logged.
"""


def draft_of(text: str) -> Draft:
    """The offline analyst's draft of a design."""
    return asyncio.run(offline_draft(design_change(text)))


def view_of(text: str) -> ComplianceView:
    """The compliance view of that draft."""
    return compliance(draft_of(text), load())


def only(
    draft: Draft,
    *findings: Finding,
    questions: tuple[Question, ...] = (),
    system: SystemModel | None = None,
) -> Draft:
    """The draft with these findings and questions, this model if one is given, and nothing settled."""
    update = {"findings": findings, "questions": questions, "mitigated": ()}
    return draft.model_copy(update=update | ({"system": system} if system is not None else {}))


def found(draft: Draft, threat_id: str) -> Finding:
    """A finding of this threat, on the draft's first quote."""
    threat = load().threats[threat_id]
    return draft.findings[0].model_copy(
        update={
            "id": f"{threat_id}@here",
            "threat_id": threat_id,
            "title": threat.title,
            "references": ordered_references(threat),
            "also": (),
        }
    )


def asked(draft: Draft, threat_id: str) -> Question:
    """A question about this threat, on the draft's first quote."""
    return Question(
        id=f"ask-{threat_id}@here",
        text=load().threats[threat_id].review_question,
        why="The document is silent.",
        threat_ids=(threat_id,),
        evidence=draft.system.components[0].evidence[:1],
    )


def risk(view: ComplianceView, id_: str) -> RiskQuestion:
    """One risk question."""
    return next(question for question in view.risk if question.id == id_)


def framework(view: ComplianceView, key: str) -> FrameworkView:
    """One framework."""
    return next(f for f in view.frameworks if f.key == key)


def item(view: ComplianceView, reference: str) -> Item | None:
    """One item, or None where nothing speaks of it."""
    items = framework(view, reference.partition("/")[0]).items
    return next((i for i in items if i.reference == reference), None)
