"""What a code block is: program text, a diagram in a language, or a drawing in characters."""

import re

from agents.document import BlockKind

DIAGRAM_LANGUAGES = {
    "mermaid": "mermaid",
    "mmd": "mermaid",
    "plantuml": "plantuml",
    "puml": "plantuml",
    "uml": "plantuml",
    "c4plantuml": "plantuml",
    "dot": "dot",
    "graphviz": "dot",
    "gv": "dot",
    "drawio": "drawio",
    "mxfile": "drawio",
    "ascii": "ascii",
    "ditaa": "ascii",
}
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "ascii-art", "none"})
_BOX = re.compile(r"[┌┐└┘├┤┬┴╔╗╚╝│║]|\+-{2,}|-{2,}\+")
_ARROW = re.compile(r"[-=─][>▶►]|[<◀◄][-=─]|[→←⇒⟶▼▲]")
_NODE = re.compile(r"[\[(|│][^\[\](){}|│;]{2,40}[\])|│]")
_SNIFFED = (
    (
        re.compile(r"\s*(?:(?:graph|flowchart)\s+(?:TD|TB|BT|LR|RL)|sequenceDiagram|C4[A-Z]\w+)\b"),
        "mermaid",
    ),
    (re.compile(r"\s*@startuml\b"), "plantuml"),
    (re.compile(r"\s*(?:strict\s+)?(?:di)?graph\s*[\w\"]*\s*\{"), "dot"),
)
_LINK = re.compile(r"\s+(<?[-=─]{1,20}[>▶►]|<[-=─]{1,20}|[→←⇒⟶])\s+")
_NAME = re.compile(r"[A-Z][\w.'’/&+()-]*(?: [\w.'’/&+()-]+){0,4}")
_LONGEST_LINE = 500
_DRAWIO = re.compile(r"<(?:mxfile|mxGraphModel)\b")
_LONGEST = 20_000


def classify(language: str, body: str) -> tuple[BlockKind, str]:
    """Kind and info of a code block with this language word and body."""
    words = language.strip().lower().strip("{}.").split()
    word = words[0].strip("{}.,:").removeprefix("kroki-") if words else ""
    if word in DIAGRAM_LANGUAGES:
        return BlockKind.DIAGRAM, DIAGRAM_LANGUAGES[word]
    if word in ("xml", "html", *_PLAIN) and is_drawio(body):
        return BlockKind.DIAGRAM, "drawio"
    if word in _PLAIN:
        sniffed = next((info for begins, info in _SNIFFED if begins.match(body)), "")
        if sniffed or is_drawing(body[:_LONGEST]):
            return BlockKind.DIAGRAM, sniffed or "ascii"
    return BlockKind.CODE, word


def is_drawing(body: str) -> bool:
    """True for boxes or arrows between names, drawn with characters."""
    if has_boxes(body):
        return True
    if ";" in body or _ARROW.search(body) is None:
        return False
    return len(_NODE.findall(body)) >= 2 or _is_chains(body)


def chain(line: str) -> list[tuple[str, str]]:
    """The names of a line `Client -> API --> Store` with the arrow behind each; else nothing."""
    pieces = _LINK.split(line[:_LONGEST_LINE].strip())
    names = [name.strip() for name in pieces[::2]]
    if len(names) < 2 or not all(_NAME.fullmatch(name) for name in names):
        return []
    return list(zip(names, [*pieces[1::2], ""], strict=True))


def _is_chains(body: str) -> bool:
    """True where most lines are names with arrows between them, and two arrows or more are drawn."""
    lines = [line for line in body.split("\n") if line.strip()]
    found = [chain(line) for line in lines]
    chains = [names for names in found if names]
    arrows = sum(len(names) - 1 for names in chains)
    return arrows >= 2 and 2 * len(chains) > len(lines)


def has_boxes(body: str) -> bool:
    """True for a picture of boxes on three lines or more."""
    return body.count("\n") >= 2 and len(_BOX.findall(body)) >= 4


def is_drawio(body: str) -> bool:
    """True for the XML of draw.io."""
    return _DRAWIO.search(body[:_LONGEST]) is not None
