"""The Markdown report: complete, verbatim where it quotes, inert everywhere else."""

from agents.evidence import Evidence, Label
from agents.findings import (
    Coverage,
    DocumentCoverage,
    Draft,
    Finding,
    Mitigated,
    RoadControl,
    RoadVerdict,
    Severity,
)
from agents.system import Sighting, SystemModel
from service.exports.markdown import review_markdown
from tests.drafts import draft, finding

QUOTE = "refunds without approval"


def report(*findings: Finding, **fields: object) -> str:
    """The report of the small draft with these findings and fields."""
    return review_markdown(draft().model_copy(update={"findings": findings, **fields}))


def evidence(quote: str, label: Label = Label.STATED, note: str = "") -> Evidence:
    """Evidence on lines 3 to 4 of a file."""
    return Evidence(path="d.md", line_start=3, line_end=4, quote=quote, label=label, note=note)


def with_(one: Finding, **fields: object) -> Finding:
    """The finding with other fields."""
    return one.model_copy(update=fields)


def test_a_finding_has_all_its_parts() -> None:
    one = with_(
        finding("refund@tool", QUOTE),
        title="Money leaves",
        question="Who approves?",
        references=tuple(f"cwe/CWE-{n}" for n in range(1, 8)),
        component_id="tool",
        component_name="Refund tool",
        rank=1,
    )
    text = report(one)
    quoted = one.evidence[0]
    assert "**Outcome:** 1 finding (1 high), 1 question. **Risk tier:**" in text
    assert "### 1. Money leaves\n\n**High** · Refund tool · likelihood 4 × impact 4" in text
    assert "Because of the text." in text
    assert f"`{quoted.path}:{quoted.line_start}` (stated)\n\n```text\n{quoted.quote}\n```" in text
    assert "**Change:** Change it." in text
    assert "**Question:** Who approves?" in text
    assert "**References:** cwe/CWE-1, cwe/CWE-2, cwe/CWE-3, cwe/CWE-4, cwe/CWE-5\n" in text


def test_beyond_the_cap_there_is_one_line() -> None:
    one = finding("a@b", QUOTE)
    two = with_(finding("c@d", QUOTE, Severity.LOW), title="Second", for_author=False)
    text = report(one, two)
    rest = text.split("## Further findings")[1].split("##")[0].strip()
    assert rest == f"- **Low** Second (`{two.evidence[0].path}:{two.evidence[0].line_start}`)"
    assert "Second" not in text.split("## Further findings")[0]
    assert "1 high, 1 low" in text


def test_a_quote_is_verbatim_and_cannot_leave_its_fence() -> None:
    quote = "```\n@everyone ![x](http://e.example/p)\n````"
    one = with_(finding("a@b", QUOTE), evidence=(evidence(quote),))
    assert f"`d.md:3-4` (stated)\n\n`````text\n{quote}\n`````" in report(one)


def test_nothing_live_outside_of_quotes() -> None:
    bad = "@octocat <script> [x](http://e.example) ![y](z)"
    one = with_(
        finding("a@b", QUOTE),
        title=bad,
        why=bad,
        change=bad,
        question=bad,
        component_id="c",
        component_name=bad,
        evidence=(evidence("q", Label.ABSENT, bad),),
    )
    text = report(one)
    assert text.count("`@octocat`") == 6
    assert " @octocat" not in text
    assert "[x](" not in text.replace("\\[", "")
    assert "![y](" not in text.replace("\\[", "")
    assert " <script>" not in text
    assert "(not said here: " in text


def test_nothing_steers_the_terminal() -> None:
    quote = "red \x1b[31m back \u202e \x9b2J"
    one = with_(finding("a@b", QUOTE), evidence=(evidence(quote),), why=quote)
    text = report(one, brief="\x1b]0;title\x07")
    assert not {"\x1b", "\u202e", "\x9b", "\x07"} & set(text)


def test_many_quotes_are_named_not_shown() -> None:
    many = tuple(evidence(f"quote {n}").model_copy(update={"line_start": n}) for n in range(1, 5))
    text = report(with_(finding("a@b", QUOTE), evidence=many))
    assert "quote 3" in text
    assert "quote 4" not in text
    assert "Also: `d.md:4`." in text


def test_roads_say_which_controls_are_missing() -> None:
    controls = (
        RoadControl(id="PR-01.C1", text="One gateway", shown=True, evidence=evidence("gateway")),
        RoadControl(id="PR-01.C2", text="Budgets", shown=False),
    )
    road = RoadVerdict(
        pattern_id="PR-01", name="Gateway", status="partly", reason="Half.", controls=controls
    )
    text = report(roads=(road,))
    assert "- **Partly:** PR-01 Gateway. Half.\n" in text
    assert "  - One gateway: shown, `d.md:3-4`\n  - Budgets: missing\n" in text


def test_a_control_that_the_text_denies_is_not_shown() -> None:
    control = RoadControl(id="C1", text="One gateway", shown=False, evidence=evidence("no gateway"))
    road = RoadVerdict(
        pattern_id="PR-01", name="Gateway", status="deviates", reason="No.", controls=(control,)
    )
    assert "  - One gateway: denied, `d.md:3-4`\n" in report(roads=(road,))


def test_roads_in_place_have_their_verification_as_open_tasks() -> None:
    steps = ("Try a direct\ncall", "[x] @octocat")
    for status, shown in (
        ("adopted", True),
        ("partly", True),
        ("deviates", False),
        ("recommended", False),
    ):
        road = RoadVerdict.model_validate(
            {
                "pattern_id": "PR-01",
                "name": "Gateway",
                "status": status,
                "reason": "So.",
                "controls": (),
                "verification": steps,
            }
        )
        tasks = "  - [ ] Try a direct call\n  - [ ] \\[x\\] `@octocat`\n"
        assert (tasks in report(roads=(road,))) is shown
        assert ("- [ ]" in report(roads=(road,))) is shown


def test_what_is_mitigated_has_one_line_with_the_quote() -> None:
    item = Mitigated(
        id="cleartext-transport@api",
        threat_id="cleartext-transport",
        title="Data travels\n# open",
        component_id="api",
        component_name="API <b>",
        reason="The text names `TLS`.",
        evidence=(evidence("All calls use ``TLS``\r\n  1.3 @octocat."), evidence("more")),
    )
    bare = item.model_copy(update={"component_name": "", "evidence": ()})
    section = report(mitigated=(item, bare)).split("## Mitigated, with the quote\n\n")[1]
    assert section.split("\n\n")[0].split("\n") == [
        "- Data travels # open, API \\<b>: The text names `TLS`. "
        "```All calls use ``TLS`` 1.3 @octocat.``` (`d.md:3-4`)",
        "- Data travels # open: The text names `TLS`.",
    ]
    assert "Mitigated" not in report()


def test_a_long_quote_on_a_line_is_cut() -> None:
    item = Mitigated(
        id="t@c",
        threat_id="t",
        title="T",
        component_id="c",
        component_name="C",
        reason="R.",
        evidence=(evidence("word " * 200),),
    )
    line = report(mitigated=(item,)).split("quote\n\n")[1].split("\n")[0]
    assert line.endswith("word…` (`d.md:3-4`)")
    assert len(line) < 340


def test_sightings_are_one_line_under_what_was_read() -> None:
    seen = [Sighting(name=f"Zorb {n}", count=n, evidence=evidence("q")) for n in range(1, 15)]
    text = report(system=SystemModel(sightings=tuple(seen[:2])))
    read = text.split("## What was read")[1].split("##")[0]
    assert "vocabulary does not know: `Zorb 1` (1 sentence), `Zorb 2` (2 sentences).\n" in read
    many = report(system=SystemModel(sightings=tuple(seen)))
    assert "`Zorb 12` (12 sentences) and 2 others.\n" in many
    assert "vocabulary" not in report()


def test_a_finding_without_a_change_has_no_empty_heading() -> None:
    assert "**Change:**" not in report(with_(finding("a@b", QUOTE), change=""))


def test_what_was_not_read_is_said() -> None:
    document = DocumentCoverage(
        path="d.md", lines=1200, words=1, blocks=3, diagrams_read=2, skipped=("Cut there.",)
    )
    coverage = Coverage(documents=(document,), dropped_evidence=1, notes=("A note.",))
    text = report(coverage=coverage)
    assert "- `d.md`: 1,200 lines, 1 word, 2 diagrams\n  - Cut there.\n- A note.\n" in text
    assert "1 quote could not be verified" in text


def test_outcomes_without_findings() -> None:
    said = {
        "nothing_material": "nothing material found",
        "too_little_information": "too little information",
        "not_a_design": "not a design",
    }
    for outcome, words in said.items():
        text = report(outcome=outcome, questions=())
        assert f"**Outcome:** {words}" in text
        assert "## Findings" not in text
        assert "## Questions" not in text


def test_who_judged() -> None:
    made: Draft = draft()
    text = review_markdown(made)
    assert f"analyst {made.provenance.analyst}, catalogue" in text
    assert "no architect has approved" in text
