"""SARIF rules: the catalogue, grades, tags and taxonomies."""

from agents.evidence import Label
from agents.findings import Severity
from service.exports.sarif_rules import ADDED, OPEN_QUESTION, message, score
from tests.exports.drafts import TENANTS, added, demo, only, small
from tests.exports.support import catalogue, run_of


def test_security_severity_stays_in_the_band_of_code_scanning() -> None:
    vocabulary = catalogue().vocabulary
    bands = {"critical": (9.1, 10), "high": (7, 8.9), "medium": (4, 6.9), "low": (0.1, 3.9)}
    scores = [float(score(vocabulary.severity(product), product)) for product in range(1, 26)]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (0.1, 10.0)
    for product, value in enumerate(scores, 1):
        low, high = bands[vocabulary.severity(product)]
        assert low <= value <= high
    # An architect may set a severity that the product does not have.
    assert float(score(Severity.CRITICAL, 4)) == 9.1
    assert float(score(Severity.LOW, 25)) == 3.9


def test_a_rule_takes_the_gravest_of_its_findings() -> None:
    one = added(1, severity=Severity.LOW, likelihood=1, impact=2)
    two = added(2, "added-b-1", severity=Severity.CRITICAL, likelihood=5, impact=5)
    (rule,) = run_of(only(one, two))["tool"]["driver"]["rules"]
    assert rule["id"] == ADDED
    assert rule["properties"]["security-severity"] == "10.0"


def test_rules_carry_the_catalogue() -> None:
    draft = demo()
    id_ = next(f.threat_id for f in draft.findings if f.threat_id is not None)
    rule = next(r for r in run_of(draft)["tool"]["driver"]["rules"] if r["id"] == id_)
    threat = catalogue().threats[id_]
    assert rule["name"].lower() == id_.replace("-", "")
    assert rule["shortDescription"]["text"].removesuffix(".") == threat.title
    assert rule["fullDescription"]["text"] == threat.description
    for control in threat.recommended_controls:
        assert control in rule["help"]["text"]
        assert f"- {control}" in rule["help"]["markdown"]
    properties = rule["properties"]
    assert properties["stride"] == list(threat.stride)
    assert properties["category"] == threat.category
    assert set(threat.references) <= set(properties["references"])
    assert "security" in properties["tags"]
    for weakness in threat.cwe:
        assert f"external/cwe/{weakness.lower()}" in properties["tags"]
    assert len(properties["tags"]) <= 20


def test_silence_is_less_precise_than_a_statement() -> None:
    silent = TENANTS.model_copy(update={"label": Label.ABSENT})
    for evidence, precision in ((TENANTS, "medium"), (silent, "low")):
        (rule,) = run_of(only(added(1, evidence=(evidence,))))["tool"]["driver"]["rules"]
        assert rule["properties"]["precision"] == precision


def test_findings_without_a_threat_have_a_rule() -> None:
    fields = {"component_id": None, "title": "Its own"}
    own = (
        added(1, "wide-account@crm", **fields),
        added(2, "deviates-PR-01", **fields),
        added(3, "added-x-1", **fields),
    )
    unknown = added(4, "gone@crm", threat_id="gone-from-catalogue", **fields)
    rules = {r["id"]: r for r in run_of(only(*own, unknown))["tool"]["driver"]["rules"]}
    assert list(rules) == ["wide-account", "deviates-PR-01", ADDED, "gone-from-catalogue"]
    assert rules["wide-account"]["shortDescription"]["text"] == "Its own."
    assert rules[ADDED]["shortDescription"]["text"] != "Its own."
    assert all(r["help"]["text"] and r["fullDescription"]["text"] for r in rules.values())


def test_a_question_without_a_threat_has_a_rule() -> None:
    question = small().questions[0].model_copy(update={"threat_ids": ()})
    (result,) = run_of(only(questions=(question,)))["results"]
    assert result["ruleId"] == OPEN_QUESTION


def test_taxonomies_hold_what_resolves_and_nothing_else() -> None:
    finding = added(1, references=("cwe/CWE-79", "cwe/CWE-0", "capec/CAPEC-63"), stride=("I", "X"))
    run = run_of(only(finding))
    taxa = {c["name"]: [t["id"] for t in c["taxa"]] for c in run["taxonomies"]}
    assert taxa == {"CWE": ["CWE-79"], "STRIDE": ["I"]}
    supported = run["tool"]["driver"]["supportedTaxonomies"]
    assert [s["name"] for s in supported] == ["CWE", "STRIDE"]
    assert {t["id"] for t in run["results"][0]["taxa"]} == {"CWE-79", "I"}


def test_a_message_is_cut_without_halving_a_brace() -> None:
    assert message("a {b}") == "a {{b}}"
    assert message("{" * 9, 10) == "…"
    assert message("ab{{{{{{{", 9) == "ab…"
    assert message(" ") == "(no text)"
