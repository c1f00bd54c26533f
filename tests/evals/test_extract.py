"""Decided reviews as cases: what becomes gold, what does not, and no name left."""

import asyncio
import re
from pathlib import Path

import pytest
import yaml

from agents.change import Change, SourceText
from agents.evidence import Evidence, Label
from agents.findings import Dismissal, Draft, Finding, Severity
from evals.anonymise import Anonymiser
from evals.cases import read_case
from evals.extract import Decided, chosen, extracted, write
from tests.support import offline_draft

DESIGN = """# Refunds at Norvik Bank

Owner: Ines Vestergaard, Platform Team
Reviewers: Tom van Dam, @okeefe

Ines Vestergaard runs the refund service at https://refunds.norvik.com/api/v2?x=1.
The refund service at 10.20.30.40 pays back with the key AKIAABCDEFGHIJKLMNOP.
Customers write to help@norvik.com. The norvik_ledger keeps every payment.
Anybody at Norvik Bank AG may call the refund service without a login.
"""
NAMES = {
    "vestergaard", "ines", "tom", "dam", "okeefe", "norvik", "norvik.com", "refunds.norvik.com",
    "10.20.30.40", "akiaabcdefghijklmnop", "ada", "octo",
}  # fmt: skip


def quote(line: int, words: str, path: str = "docs/a.md") -> Evidence:
    return Evidence(path=path, line_start=line, line_end=line, quote=words, label=Label.STATED)


def finding(id_: str, title: str, *evidence: Evidence, why: str = "") -> Finding:
    return Finding(
        id=id_, threat_id="missing-endpoint-authentication", title=title, component_id=None,
        component_name="refund service", severity=Severity.HIGH, likelihood=3, impact=5, why=why,
        change="Ask for a login.", evidence=evidence, stride=("S",), category="ai",
    )  # fmt: skip


def dismissed(found: Finding, reason: str, text: str) -> Finding:
    said = Dismissal.model_validate({"by": "ada", "reason": reason, "text": text})
    return found.model_copy(update={"dismissed": said})


def decided(*findings: Finding, review_id: str = "r1", second: str = "") -> Decided:
    documents = [SourceText(path="docs/a.md", text=DESIGN)]
    documents += [SourceText(path="docs/b.md", text=second)] if second else []
    change = Change(repository="octo-team/refunds", author="okeefe", documents=tuple(documents))
    draft: Draft = asyncio.run(offline_draft(change))
    approved = draft.model_copy(update={"findings": findings, "questions": ()})
    return Decided(review_id=review_id, change=change, approved=approved, people=("ada", "ada"))


LOGIN = quote(9, "Anybody at Norvik Bank AG may call the refund service without a login.")
KEPT = finding("a@b", "Anybody may refund", LOGIN, why="At Norvik Bank AG nobody logs in.")


def test_what_was_approved_is_gold_and_what_was_dismissed_is_not(tmp_path: Path) -> None:
    settled = dismissed(
        finding("b@b", "Payments are lost", quote(8, "keeps every payment")),
        "mitigated",
        "Ines says that the norvik_ledger keeps them.",
    )
    risk = dismissed(finding("c@b", "Key never changes", quote(7, "the key")), "accepted_risk", "")
    twice = dismissed(finding("d@b", "Anybody refunds", LOGIN), "duplicate", "")
    mine = finding("added-x-1", "One person pays alone", quote(7, "pays back"))
    case = extracted(decided(KEPT, settled, risk, twice, mine))
    assert case is not None
    write(case, tmp_path)
    read = read_case(tmp_path / case.slug)
    assert [item.title for item in read.gold] == [
        "Anybody may refund", "Key never changes", "One person pays alone",
    ]  # fmt: skip
    assert [(n.title, n.line) for n in read.not_gold] == [("Payments are lost", 8)]
    assert read.gold[0].threat_ids == ("missing-endpoint-authentication",)
    assert (case.gold, case.added, read.clean, read.domain) == (3, 1, False, "ai")
    gold = yaml.safe_load((tmp_path / case.slug / "gold.yaml").read_text())
    assert [item["added_by_architect"] for item in gold["items"]] == [False, False, True]


def test_no_name_is_left_and_quotes_are_still_quotes(tmp_path: Path) -> None:
    case = extracted(decided(KEPT))
    assert case is not None
    everything = "\n".join(case.files.values())
    words = set(re.findall(r"[a-z0-9.]+", everything.lower().replace("_", " ")))
    assert words.isdisjoint(NAMES)
    assert case.left == ()
    write(case, tmp_path)
    read = read_case(tmp_path / case.slug)  # verifies the quotes
    assert read.text.count("\n") == DESIGN.count("\n")
    (anchor,) = read.gold[0].evidence
    assert "may call the refund service without a login." in anchor.quote
    assert anchor.span == (9, 9)
    assert "The refund service" in read.text
    assert ((tmp_path / case.slug).stat().st_mode & 0o777) == 0o700
    assert ((tmp_path / case.slug / "design.md").stat().st_mode & 0o777) == 0o600


def test_several_documents_become_one_and_lines_follow(tmp_path: Path) -> None:
    second = "# Ledger\n\nThe ledger is open to everybody.\n"
    there = quote(3, "open to everybody", "docs/b.md")
    case = extracted(decided(finding("a@b", "Open ledger", there), second=second))
    assert case is not None
    write(case, tmp_path)
    (item,) = read_case(tmp_path / case.slug).gold
    assert item.evidence[0].quote == "open to everybody"
    assert item.evidence[0].span == (13, 13)


def test_a_review_without_findings_is_a_clean_case(tmp_path: Path) -> None:
    case = extracted(decided())
    assert case is not None
    write(case, tmp_path)
    assert read_case(tmp_path / case.slug).clean


def test_reviews_with_misses_are_taken_more_often() -> None:
    plain = [decided(KEPT, review_id=f"p{n}") for n in range(2)]
    change, approved = plain[0].change, plain[0].approved
    missed = approved.model_copy(
        update={"findings": tuple(finding(f"added-{n}", "Missed", LOGIN) for n in range(3))}
    )
    reviews = [
        Decided(
            review_id=f"r{n}", change=change, approved=missed if n < 10 else approved, people=()
        )
        for n in range(40)
    ]
    drawn = [r for seed in range(30) for r in chosen(reviews, 8, seed)]
    share = sum(r.added > 0 for r in drawn) / len(drawn)
    # A quarter of the reviews have misses; each of them weighs 13 times as much.
    assert 0.6 < share < 0.95
    assert chosen(reviews, 8, 3) == chosen(list(reversed(reviews)), 8, 3)
    assert chosen(reviews, None) == tuple(reviews)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mail jane.doe@acme.io now", "Mail person1@mail.example now"),
        ("see https://wiki.acme.io/x/y).", "see https://host1.example/path)."),
        ("db.prod.internal and db.prod.internal", "host1.example and host1.example"),
        ("from 192.168.1.7 to 10.0.0.0/8", "from 192.0.2.1 to 192.0.2.2"),
        ("token ghp_abcdefghijklmnopqrstuvwx1", "token secret1"),
        ("ask @octocat or @octocat/team", "ask @Person1 or @Person1"),
        ("Run by Acme Widgets GmbH. Acme Widgets says", "Run by Organisation1 GmbH. Organisation1 says"),
        ("Dr. Ada Lovelace. ada lovelace", "Dr. Person1. Person1"),
        ("Author: Bo Lund\nbo lund and Lund", "Author: Person1\nPerson1 and Person2"),
        ("Author: Mark Hill\nMark says: mark it", "Author: Person1\nPerson2 says: mark it"),
        ("README.md calls self.run() in v1.2.3", "README.md calls self.run() in v1.2.3"),
        ("Reviewers: Security Team", "Reviewers: Security Team"),
    ],
)  # fmt: skip
def test_names_become_words_that_stay_the_same(text: str, expected: str) -> None:
    hider = Anonymiser()
    hider.learn(text)
    assert hider.text(text) == expected
    assert hider.text(hider.text(text)) == expected


def test_a_name_in_a_part_of_a_word_is_said() -> None:
    hider = Anonymiser(organisations=["acme"], people=["Al"])
    assert hider.text("acme_api and AcmeGateway") == "Organisation1_api and AcmeGateway"
    assert hider.left("AcmeGateway") == ("acme",)
    assert hider.left(hider.text("acme_api")) == ()
