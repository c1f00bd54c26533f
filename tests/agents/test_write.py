"""What people read: short comments on the right lines, summaries, and a diagram, all inert."""

import asyncio
import re

import pytest

from agents.analysts.lexical import LexicalAnalyst
from agents.analysts.lexical import judge as judging
from agents.analysts.lexical.diagram import MAX_NODES, diagram
from agents.catalogue.loader import load
from agents.findings import Finding, Question, Truth, Writing
from agents.steps import judge as step
from agents.steps.write import write
from agents.system import Standing
from tests.agents.designs import PATH, Design, candidate, shop
from tests.agents.test_fence import is_inert

AUTHN = "missing-endpoint-authentication"
NEGATED = "The Order API does no authentication, says @octocat in #1."


def findings(design: Design, *threats: str) -> tuple[Finding, ...]:
    reading = design.reading()
    judgements = [judging.judge(candidate(t, "order-api"), reading) for t in threats]
    return step.to_findings(judgements, reading)


def written(design: Design, *threats: str, questions: tuple[Question, ...] = ()) -> Writing:
    found = findings(design, *threats)
    return asyncio.run(write(found, questions, (), design.reading(), LexicalAnalyst()))


def negated() -> Design:
    return shop(NEGATED).control("octocat", Standing.NEGATED, "order-api")


def test_a_comment_names_place_reason_change_and_question() -> None:
    (comment,) = written(shop(), AUTHN).comments
    threat = load().threats[AUTHN]
    assert (comment.path, comment.line_start, comment.line_end) == (PATH, 3, 3)
    assert comment.body.startswith("**Endpoint reachable without authentication (Order API)**")
    assert "takes input from Customers over the internet (line 3)" in comment.body
    assert threat.recommended_controls[0].rstrip(".") in comment.body
    assert threat.review_question in comment.body
    assert threat.description not in comment.body
    assert comment.body.splitlines()[-1].startswith("<sub>API2:2023 Broken Authentication · ")
    assert comment.body.splitlines()[-1].count("·") == 2


def test_a_quote_is_shown_inert_where_the_text_says_it() -> None:
    (comment,) = written(negated(), AUTHN).comments
    assert comment.line_start == 6
    quote = next(line for line in comment.body.splitlines() if line.startswith("> "))
    assert "`@octocat`" in quote
    assert "`#1`" in quote


def test_everything_posted_is_inert() -> None:
    writing = written(negated(), AUTHN, "application-denial-of-service")
    for comment in writing.comments:
        rest = re.sub(r"</?sub>|^> ", "", comment.body, flags=re.MULTILINE)
        assert is_inert(rest), rest
    rows = [
        row for row in writing.summary.splitlines() if row.startswith("| ") and "---" not in row
    ]
    assert all(is_inert(row.replace("|", " ")) for row in rows)


@pytest.mark.parametrize("threat", sorted(load().threats))
def test_every_comment_is_short_and_has_no_filler(threat: str) -> None:
    for comment in written(negated(), threat).comments:
        assert 30 <= len(comment.body.split()) <= 125, comment.body
        assert not re.search(r"as an ai|great|please note|it is important|\{\{|None", comment.body)
        assert ".." not in comment.body


def test_owasp_llm_2026_comes_first_and_2025_not_at_all() -> None:
    design = shop("The Helper is a language model.").part("Helper", "llm")
    (comment,) = written(design, "direct-prompt-injection").comments
    last = comment.body.splitlines()[-1]
    assert last.startswith("<sub>LLM01:2026")
    assert "2025" not in last


def test_a_question_comment_asks() -> None:
    design = shop()
    reading = design.reading()
    unknown = judging.judge(
        candidate("broken-object-authorisation", "order-api", Truth.TRUE, Truth.UNKNOWN), reading
    )
    questions = step.to_questions((unknown,), reading)
    (comment,) = written(design, questions=questions).comments
    assert comment.about == questions[0].id
    assert questions[0].text in comment.body


def test_the_summary_counts_and_says_what_was_read() -> None:
    summary = written(negated(), AUTHN, "application-denial-of-service").summary
    assert summary.startswith("**2 findings** (")
    assert "| Severity | Finding | Where |" in summary
    assert f"{PATH} line 6" in summary
    assert f"- {PATH}: 6 lines," in summary
    assert f"catalogue {load().version}, offline analyst 1" in summary
    assert written(shop()).summary.startswith("**Nothing material found**.")
    assert written(Design("Notes.")).summary.startswith("**Not a design**")


def test_the_brief_is_a_few_plain_sentences() -> None:
    brief = written(negated(), AUTHN).brief
    assert 3 <= len(re.findall(r"[.](?:\s|$)", brief)) <= 5
    assert "|" not in brief
    assert "found no security problem" in written(shop()).brief


def test_the_diagram_escapes_labels_and_marks_boundaries() -> None:
    design = shop('Evil "]; click n1 <script> sends orders.')
    design.part('Evil "]; click n1 <script>', "third_party_api")
    evil = design.system.components[-1].id
    design.flow(evil, "order-api", "sends orders", ("partner",))
    text = diagram(design.reading())
    assert text.startswith("flowchart LR")
    assert 'subgraph z1["Outside"]' in text
    assert "-.->" in text
    assert "-->" in text
    assert "script>" not in text
    assert text.count('"') % 2 == 0
    assert all(re.fullmatch(r'[^"]*("[^"\[\]<>{}|;]*"[^"]*)*', line) for line in text.splitlines())


def test_the_diagram_has_a_limit_and_may_be_empty() -> None:
    names = [f"Worker {number:02}" for number in range(40)]
    design = Design("\n".join(f"{name} calls Worker 00." for name in names))
    for name in names:
        design.part(name, "service")
    for name in names[1:]:
        id_ = name.lower().replace(" ", "-")
        design.flow(id_, "worker-00", f"{name} calls")
    drawn = diagram(design.reading())
    assert len(re.findall(r'^    n\d+\["Worker', drawn, re.MULTILINE)) == MAX_NODES
    assert "15 components" in drawn
    assert diagram(Design("Nothing.").reading()) == ""
