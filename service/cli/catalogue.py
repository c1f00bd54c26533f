"""`lintel catalogue`: check, list and show what the product knows."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.catalogue_coverage import coverage
from service.cli.catalogue_new import new
from service.cli.failures import FOUND
from service.cli.overlays import Directories, unknown
from service.cli.overlays import directories as directories
from service.cli.printing import emit

if TYPE_CHECKING:
    from agents.catalogue.loader import Catalogue, Pattern, Threat

app = typer.Typer(
    help="The catalogue of threats and patterns.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def check(
    catalogue: Directories = None,
    examples: Annotated[
        bool,
        typer.Option(
            "--examples", help="Also review each threat's examples with the offline analyst."
        ),
    ] = False,
) -> None:
    """Validate the catalogue; exit with 1 when it has errors."""
    from agents.catalogue.loader import check as problems
    from agents.catalogue.loader import load

    overlays = directories(catalogue or [])
    found = problems(overlays)
    errors = sum(problem.level == "error" for problem in found)
    lines = [f"{problem.level}: {problem}" for problem in found]
    if errors:
        emit("\n".join([*lines, f"{errors} problem{'' if errors == 1 else 's'}", ""]))
        raise typer.Exit(FOUND)
    known = load(overlays)
    counts = f"{len(known.threats)} threats, {len(known.patterns)} patterns"
    off = f", {len(known.disabled)} switched off" if known.disabled else ""
    wrong, tried = _tried(known) if examples else ([], "")
    state = "not ok" if wrong else "ok"
    emit("\n".join([*lines, *wrong, f"{state}: {counts}{off}{tried}, {_version(known)}", ""]))
    if wrong:
        raise typer.Exit(FOUND)


def _tried(known: "Catalogue") -> tuple[list[str], str]:
    """What the examples did that they should not, and how many were tried."""
    from agents.analysts.lexical import LexicalAnalyst
    from agents.examples import WANTED, try_out

    analyst = LexicalAnalyst()
    done = [row for threat in known.threats.values() for row in try_out(threat, known, analyst)]
    wrong = [
        f"example: {row.threat_id}, {row.shape} {row.number + 1}: {row.outcome}, expected "
        f"{' or '.join(WANTED[row.shape])}"
        for row in done
        if not row.passed
    ]
    return wrong, f", {len(done) - len(wrong)} of {len(done)} examples as they should be"


@app.command("list")
def list_(
    domain: Annotated[str | None, typer.Option(help="Only the threats of this domain.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    catalogue: Directories = None,
) -> None:
    """List threats by domain, and the patterns."""
    from agents.catalogue.loader import load

    known = load(directories(catalogue or []))
    if domain is not None and domain not in known.vocabulary.domains:
        raise unknown(domain, known.vocabulary.domains, "--domain")
    threats = [t for t in known.threats.values() if domain in (None, t.domain)]
    patterns = [] if domain else list(known.patterns.values())
    emit(_as_json(known, threats, patterns) if as_json else _as_text(known, threats, patterns))


@app.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A threat's or a pattern's id.")],
    catalogue: Directories = None,
) -> None:
    """Show one threat or pattern."""
    from agents.catalogue.loader import load

    known = load(directories(catalogue or []))
    if id_ in known.threats:
        lines = _threat(known.threats[id_], known)
    elif id_ in known.patterns:
        lines = _pattern(known.patterns[id_], known)
    elif id_ in known.disabled:
        off = known.disabled[id_]
        until = f" until {off.expires}" if off.expires else ""
        lines = iter((f"{id_} is switched off{until}: {off.reason}",))
    else:
        raise unknown(id_, (*known.threats, *known.patterns), "ID")
    emit("\n".join(lines) + "\n")


app.command()(new)
app.command()(coverage)


def _version(known: "Catalogue") -> str:
    return f"version {known.version}, hash {known.hash[:12]}"


def _as_json(known: "Catalogue", threats: Sequence["Threat"], patterns: Sequence["Pattern"]) -> str:
    body = {
        "schema_version": "1.0",
        "kind": "lintel.catalogue",
        "version": known.version,
        "hash": known.hash,
        "threats": [t.model_dump(mode="json") for t in threats],
        "patterns": [p.model_dump(mode="json") for p in patterns],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _as_text(known: "Catalogue", threats: Sequence["Threat"], patterns: Sequence["Pattern"]) -> str:
    lines = []
    for domain in known.vocabulary.domains:
        inside = sorted((t for t in threats if t.domain == domain), key=lambda t: t.id)
        if inside:
            lines += [f"{domain}:", *(f"  {t.id:<38} {t.title}" for t in inside)]
    if patterns:
        lines.append("patterns:")
        lines += [f"  {p.id:<8} {p.status:<9} {p.name}" for p in sorted(patterns, key=_by_id)]
    return "\n".join([*lines, ""])


def _by_id(pattern: "Pattern") -> str:
    return pattern.id


def _threat(threat: "Threat", known: "Catalogue") -> Iterator[str]:
    from agents.catalogue.loader import ordered_references, reference_title
    from agents.catalogue.schema import Examples

    rating = threat.default_rating
    severity = known.vocabulary.severity(rating.likelihood * rating.impact)
    letters = ", ".join(known.vocabulary.stride.get(letter, letter) for letter in threat.stride)
    yield f"{threat.id}: {threat.title}"
    yield f"{threat.domain}, {threat.category}; {letters}"
    yield from ("", threat.description, "")
    start = f"likelihood {rating.likelihood} x impact {rating.impact}, {severity}"
    yield f"Unmitigated: {start}. {rating.reasoning}"
    yield from ("", f"When: {threat.preconditions.in_words}")
    yield f"Ask: {threat.review_question}"
    yield from _listed("Controls", threat.recommended_controls)
    yield from _listed("Mitigated when the document shows", threat.mitigated_when_document_shows)
    roads = [f"{id_} {known.patterns[id_].name}" for id_ in threat.paved_road_patterns]
    yield from _listed("Paved roads", roads)
    if threat.examples != Examples():
        yield from _listed("Examples", [*_examples(threat)])
    references = (f"{r} {reference_title(known, r) or ''}" for r in ordered_references(threat))
    yield from _listed("References", [r.rstrip() for r in references])


def _examples(threat: "Threat") -> Iterator[str]:
    """How many there are of each kind, and the first one."""
    for kind, texts in threat.examples:
        first = f": {' '.join(texts[0].split())}" if texts else ""
        yield f"{kind} ({len(texts)}){first}"


def _pattern(pattern: "Pattern", known: "Catalogue") -> Iterator[str]:
    yield f"{pattern.id}: {pattern.name}"
    review_by = f", reviewed again by {pattern.review_by}" if pattern.review_by else ""
    yield f"{pattern.status}, owner {pattern.owner}{review_by}"
    yield from ("", f"Problem: {pattern.problem}", f"Applies when: {pattern.applies_when}")
    controls = [f"{control.id} {control.text}" for control in pattern.required_controls]
    yield from _listed("Required controls", controls)
    yield from _listed("Adopted when the document shows", pattern.adopted_when_document_shows)
    yield from _listed("Verify", pattern.verification_steps)
    yield from _listed("Trade-offs", pattern.trade_offs)
    covered = [f"{id_}: {known.threats[id_].title}" for id_ in pattern.covers_threats]
    yield from _listed("Covers", covered)


def _listed(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield from ("", f"{title}:", *(f"  - {item}" for item in items))
