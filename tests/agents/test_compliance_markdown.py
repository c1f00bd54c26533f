"""The compliance view as Markdown: complete, honest, and with nothing live in it."""

import pytest

from agents.catalogue.loader import load
from agents.compliance.markdown import MOST_WORDS, compliance_markdown
from agents.compliance.values import NOTICE
from agents.compliance.view import compliance
from agents.findings import Draft, Mitigated
from agents.system import Standing
from tests.agents.compliance import CHAT, HR, SHOP, asked, draft_of, found, only, view_of
from tests.agents.test_fence import ATTACKS, HARMLESS, LIVE, Rendered

KNOWN = load()
OURS = HARMLESS | {"h2", "h3", "ul", "li"}
"""Tags that the section itself brings."""


@pytest.fixture(scope="module")
def hr() -> Draft:
    return draft_of(HR)


def rendered(draft: Draft) -> str:
    return compliance_markdown(compliance(draft, KNOWN))


def is_inert(markdown: str) -> bool:
    """Nothing but our own headings and lists, and nothing that GitHub makes live."""
    page = Rendered(markdown)
    return page.tags <= OURS and not any(LIVE.search(text) for text in page.texts)


def test_it_says_everything_of_the_view(hr: Draft) -> None:
    view = compliance(hr, KNOWN)
    text = compliance_markdown(view)
    assert text.startswith(f"## Compliance view\n\n{NOTICE}\n")
    assert text.endswith("\n")
    for framework in view.frameworks:
        assert f"\n### {framework.name}\n" in text
        for item in framework.items:
            assert f"**{item.id} {item.title}**: {item.standing}" in text
            assert item.applies_from in text
            assert all(ground.id in text for ground in item.grounds)
    for number, question in enumerate(view.risk, 1):
        assert f"**{number}. {question.title}.** {question.question}" in text
        assert all(
            f"- {d.id} {d.title}: {d.applies_from}\n" in text + "\n" for d in question.duties
        )
    assert (
        "docs/design/assistant.md:5 “The screening assistant helps recruiters in hiring.”" in text
    )


def test_a_duty_names_the_question_it_hangs_on(hr: Draft) -> None:
    draft = hr.model_copy(update={"findings": (found(hr, "missing-human-oversight"),)})
    text = rendered(draft)
    wanted = (
        "**Art.14 Human oversight**: engaged; only if question 2 is answered with yes; from 2027"
    )
    assert wanted in text
    assert "**Annex III High-risk use list**: engaged; from 2027-12-02\n" in text


def test_silence_is_no_answer(hr: Draft) -> None:
    text = rendered(hr)
    start = text.index("**1. Prohibited practice.**")
    assert "That is no answer" in text[start : text.index("**2.")]
    assert "That is no answer" not in text[text.index("**2.") : text.index("**3.")]


def test_the_notice_stands_where_nothing_applies_too() -> None:
    text = compliance_markdown(view_of(SHOP))
    assert text == (f"## Compliance view\n\n{NOTICE}\n\nNot applied: no AI component was found.\n")


def test_a_framework_of_which_nothing_speaks_says_so(hr: Draft) -> None:
    silent = hr.system.model_copy(update={"controls": (), "attributes": ()})
    assert rendered(only(hr, system=silent)).count("Nothing in this review speaks of it.") == 3


def test_a_long_quote_is_cut(hr: Draft) -> None:
    words = "Every score is logged " + "word " * 100
    control = hr.system.controls[0]
    quote = control.evidence.model_copy(update={"quote": words})
    said = control.model_copy(update={"evidence": quote, "standing": Standing.IN_FORCE})
    text = rendered(
        hr.model_copy(update={"system": hr.system.model_copy(update={"controls": (said,)})})
    )
    assert "Every score is logged " + "word " * (MOST_WORDS - 4) + "…”" in text


def test_many_grounds_are_counted_not_printed(hr: Draft) -> None:
    control = hr.system.controls[0]
    many = tuple(
        control.model_copy(
            update={"evidence": control.evidence.model_copy(update={"note": str(n)})}
        )
        for n in range(2000)
    )
    text = rendered(only(hr, system=hr.system.model_copy(update={"controls": many})))
    assert len(text) < 60_000
    assert "  - and 1,98" in text


def hostile(draft: Draft, text: str) -> Draft:
    """The draft with this text wherever a document or a person could have put it."""

    def evidence(quote: str) -> dict[str, object]:
        first = draft.system.components[0].evidence[0]
        return {"evidence": (first.model_copy(update={"quote": quote, "path": f"docs/{text}"}),)}

    model = next(c for c in draft.system.components if c.kind == "ml_model")
    part = model.model_copy(update={"name": text, **evidence(f"It is used for hiring. {text}")})
    control = draft.system.controls[0]
    quote = f"Every score of the model is logged. {text}"
    said = control.model_copy(
        update={"text": quote, "evidence": control.evidence.model_copy(update={"quote": quote})}
    )
    finding = found(draft, "missing-human-oversight").model_copy(
        update={"id": f"x@{text}", "title": text, **evidence(text)}
    )
    question = asked(draft, "direct-prompt-injection").model_copy(
        update={"id": f"ask-{text}", "text": text, **evidence(text)}
    )
    settled = Mitigated(
        id=text,
        threat_id="provider-model-change",
        title=text,
        component_id=model.id,
        component_name=text,
        reason=text,
        evidence=finding.evidence,
    )
    system = draft.system.model_copy(update={"components": (part,), "controls": (said,)})
    update = {
        "system": system,
        "findings": (finding,),
        "questions": (question,),
        "mitigated": (settled,),
    }
    return draft.model_copy(update=update)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_a_document_is_live(hr: Draft, attack: str) -> None:
    assert is_inert(rendered(hostile(hr, attack)))


def test_the_same_text_is_live_where_it_is_not_neutralised(hr: Draft) -> None:
    assert is_inert(rendered(hr))
    assert not is_inert(rendered(hr) + "\nping @octocat\n")
    assert not is_inert(rendered(hr) + "\n[x](https://evil.example)\n")


def test_it_stands_everywhere_where_it_could(hr: Draft) -> None:
    assert rendered(hostile(hr, "Zanzibar")).count("Zanzibar") > 10


def test_a_hostile_name_from_a_real_document() -> None:
    text = CHAT.replace("hosted LLM", "hosted LLM <b>@ops</b>")
    text = text.replace("help articles", "help articles of https://evil.example/x [a](b)")
    assert is_inert(compliance_markdown(view_of(text)))


def test_it_is_the_same_every_time(hr: Draft) -> None:
    assert rendered(hr) == rendered(draft_of(HR))
