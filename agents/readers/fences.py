"""What a code block is: program text, a diagram in a language, or a drawing in characters."""

import re

from agents.document import BlockKind

DIAGRAM_LANGUAGES = {
    "mermaid": "mermaid",
    "mmd": "mermaid",
    "plantuml": "plantuml",
    "puml": "plantuml",
    "uml": "plantuml",
    "dot": "dot",
    "graphviz": "dot",
    "gv": "dot",
    "drawio": "drawio",
    "ascii": "ascii",
}
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "ascii-art", "none"})
_BOX = re.compile(r"[┌┐└┘├┤┬┴╔╗╚╝│║]|\+-{2,}|-{2,}\+")
_ARROW = re.compile(r"[-=─]{1,}[>▶►]|[<◀◄][-=─]{1,}|[→←⇒⟶▼▲]")
_NODE = re.compile(r"[\[(|│][^\[\](){}|│;]{2,40}[\])|│]")
_LONGEST = 20_000


def classify(language: str, body: str) -> tuple[BlockKind, str]:
    """Kind and info of a code block with this language word and body."""
    words = language.strip().lower().strip("{}.").split()
    word = words[0].strip("{}.,") if words else ""
    if word in DIAGRAM_LANGUAGES:
        return BlockKind.DIAGRAM, DIAGRAM_LANGUAGES[word]
    if word in _PLAIN and is_drawing(body[:_LONGEST]):
        return BlockKind.DIAGRAM, "ascii"
    return BlockKind.CODE, word


def is_drawing(body: str) -> bool:
    """True for boxes or arrows between names, drawn with characters."""
    boxes = len(_BOX.findall(body))
    arrows = len(_ARROW.findall(body))
    if boxes >= 4 and body.count("\n") >= 2:
        return True
    return arrows >= 1 and len(_NODE.findall(body)) >= 2 and ";" not in body
