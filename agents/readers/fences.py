"""What a code block is: program text, a diagram in a language, or a drawing in characters."""

import re

from agents.document import BlockKind
from agents.readers.chains import is_chains

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
_TWO_NODES = re.compile(
    r"(?<!\w)[\[(|│][^\[\](){}|│;\n]{2,40}[\])|│]\s{0,20}<?[-=─→←⇒⟶]{1,30}(?:[\w /]{1,40}[-=─]{1,30})?[>▶►]?"
    r"\s{0,20}[\[(|│][^\[\](){}|│;\n]{2,40}[\])|│]"
)
_SNIFFED = (
    (
        re.compile(r"\s*(?:(?:graph|flowchart)\s+(?:TD|TB|BT|LR|RL)|sequenceDiagram|C4[A-Z]\w+)\b"),
        "mermaid",
    ),
    (re.compile(r"\s*@startuml\b"), "plantuml"),
    (re.compile(r"\s*(?:strict\s+)?(?:di)?graph\s*[\w\"]*\s*\{"), "dot"),
)
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
    if ";" in body:
        return False
    return is_chains(body) or (
        _ARROW.search(body) is not None and _TWO_NODES.search(body) is not None
    )


def has_boxes(body: str) -> bool:
    """True for a picture of boxes on three lines or more."""
    return body.count("\n") >= 2 and len(_BOX.findall(body)) >= 4


def is_drawio(body: str) -> bool:
    """True for the XML of draw.io."""
    return _DRAWIO.search(body[:_LONGEST]) is not None
