"""The compliance view of one finished review."""

from agents.catalogue.loader import Catalogue
from agents.compliance.items import framework_views
from agents.compliance.passages import ai_parts
from agents.compliance.risk import risk_questions
from agents.compliance.rules import rules
from agents.compliance.values import ComplianceView
from agents.findings import Draft

NO_AI = "no AI component was found"
_BECAUSE = {
    "not_a_design": ": the text was not read as a design",
    "too_little_information": ": the text says too little about the design",
}


def compliance(draft: Draft, catalogue: Catalogue) -> ComplianceView:
    """What the review shows for the EU AI Act, the NIST AI RMF and ISO/IEC 42001; pure.

    Every item has a reason with evidence of the draft; nothing is listed because it might apply.
    Only what the draft quotes is looked at, not the documents again. Empty, with the reason in
    `why`, where the design has no AI.
    """
    known = rules()
    ai = ai_parts(draft, known)
    if not ai:
        why = NO_AI + _BECAUSE.get(draft.outcome, "")
        return ComplianceView(applies=False, why=why, catalogue_version=catalogue.version)
    count = "1 AI component was" if len(ai) == 1 else f"{len(ai)} AI components were"
    return ComplianceView(
        applies=True,
        why=f"{count} found",
        catalogue_version=catalogue.version,
        ai=ai,
        risk=risk_questions(draft, catalogue, known, ai),
        frameworks=framework_views(draft, catalogue, known, ai),
    )
