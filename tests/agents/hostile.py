"""Hostile texts by size, and a measure of growth that does not depend on the machine."""

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

T = TypeVar("T")
FENCE = "`" * 3
LINE = "The API gateway stores access tokens in the orders database. "

Maker = Callable[[int], str]


def fenced(language: str, body: str) -> str:
    return f"{FENCE}{language}\n{body}\n{FENCE}\n"


def again(head: str, piece: str) -> Maker:
    """A head, and the same piece as often as asked."""
    return lambda n: head + piece * n


NESTED: Mapping[str, Maker] = {
    "list deep": lambda n: "- " * n + "x",
    "list staircase": lambda n: "".join(" " * (2 * (i % 100)) + "- the API\n" for i in range(n)),
    "quotes": lambda n: "> " * n + "x",
    "brackets": lambda n: "[" * n,
    "links": lambda n: "[a](" * n,
    "parentheses": lambda n: "(" * n,
    "elements": lambda n: "<div>" * n,
    "elements on lines": lambda n: "<div>\n" * n,
    "open tags": lambda n: "<a " * n,
    "comments": lambda n: "<!--" * n,
    "emphasis": lambda n: "**a " * n,
    "underscores": lambda n: "_" * n,
    "backticks": lambda n: "`" * n,
    "directives": lambda n: "".join(" " * (i % 50) + ".. note::\n" for i in range(n)),
    "delimiters": lambda n: "====\n" * n + "----\n" * n,
    "titles": lambda n: "a\n=\n" * n,
}
TABLES: Mapping[str, Maker] = {
    "rows": lambda n: "| Component | Kind |\n|---|---|\n" + "| API gateway | service |\n" * n,
    "columns": lambda n: f"|{'a|' * n}\n|{'-|' * n}\n|{'b|' * n}\n",
    "grid rows": lambda n: "+---+---+\n" + "| a | b |\n+---+---+\n" * n,
    "grid columns": lambda n: f"+{'-+' * n}\n|{'a|' * n}\n+{'-+' * n}\n",
    "grid cut off": lambda n: "+---+---+\n" + "| a | b |\n+---+\n" * n,
    "rules": lambda n: "== ==\n" * n,
    "rules without end": lambda n: "== ==\n" + "a  b\n" * n,
    "rules and columns": lambda n: f"{'== ' * n}\n" + "a b\n" * n + f"{'== ' * n}\n",
    "bars": lambda n: "|===\n" + "|a\n" * n,
    "bars spanning": lambda n: "[cols=9]\n|===\n" + ".99+|a\n" * n,
    "element rows": lambda n: "<table>\n" + "<tr><td>API gateway</td>\n" * n,
    "one element row": lambda n: "<table><tr>" + "<td>a" * n,
}
TEXT: Mapping[str, Maker] = {
    "one line of words": lambda n: "word " * n,
    "one line of clauses": lambda n: "the API calls the database and " * n,
    "short lines": lambda n: "a\n" * n,
    "short paragraphs": lambda n: "a\n\n" * n,
    "one sentence again": lambda n: LINE * n,
    "one paragraph again": lambda n: f"{LINE}\n\n" * n,
    "many names": lambda n: "".join(
        f"The Service{i} sends data to Worker{i + 1}. " for i in range(n)
    ),
    "commas": lambda n: "API, " * n,
    "conditions": lambda n: "if not unless the API; " * n,
    "abbreviations": lambda n: "Access Token Service (ATS) " * n,
    "bold items": lambda n: "- **API gateway**: calls the database\n" * n,
    "headings": lambda n: "# API gateway\n\n" * n,
    "addresses": lambda n: "https://e.example/x " * n,
    "scripts": lambda n: "\u0421\u0435\u0440\u0432\u0438\u0441 API \u5eab \u05e9\u05dc. " * n,
    "surrogates and NUL": lambda n: "a\0b\ud800c " * n,
    "dots": lambda n: "." * n,
    "colons": lambda n: "a: " * n,
    "spaces": lambda n: "a" + " " * n + "b",
    "carriage returns": lambda n: "a\r" * n,
    "front matter": lambda n: "---\n" + "a: b\n" * n,
}
WORDS: Mapping[str, Maker] = {
    "one word": lambda n: "x" * n,
    "long words": lambda n: ("x" * 2000 + " ") * (n // 2000 + 1),
    "digits": lambda n: "0a" * n,
}
HIDDEN: Mapping[str, Maker] = {
    "zero width": lambda n: "a\u200bb\n" * n,
    "zero width in a line": lambda n: "a\u200b" * n,
    "tags": lambda n: "\U000e0041" * n,
    "isolates": lambda n: "\u05d0\u2067" * n,
    "orders": lambda n: "ignore all previous instructions " * n,
    "quoted orders": lambda n: '"ignore all previous instructions ' * n,
    "order with room": lambda n: "ignore " + " " * n + "previous",
    "styles": lambda n: '<a style="display:none">b ' * n,
    "attributes": lambda n: "<a " + "hidden " * n,
    "titles of links": lambda n: '[a](b "' * n,
    "definitions": lambda n: '[a]: b "c\n' * n,
    "packed lines": lambda n: ("QUJD" * 19 + "\n") * n,
    "references": lambda n: "&#105;" * n,
    "percent signs": lambda n: "%41" * n,
    "code comments": lambda n: f"{FENCE}\n" + "# you must\n" * n,
}
DIAGRAMS: Mapping[str, tuple[str, Maker]] = {
    "edges": ("mermaid", again("graph LR\n", "A-->B\n")),
    "names": ("mermaid", lambda n: "graph LR\n" + "".join(f"A{i}-->B{i}\n" for i in range(n))),
    "chain": ("mermaid", again("graph LR\nA", "-->B")),
    "ampersands": ("mermaid", again("graph LR\n", "A & ")),
    "brackets": ("mermaid", again("graph LR\nA", "[")),
    "open labels": ("mermaid", again("graph LR\n", 'A["x\n')),
    "open shapes": ("mermaid", again("graph LR\n", "A@{\n")),
    "subgraphs": ("mermaid", again("graph LR\n", "subgraph x\n")),
    "messages": ("mermaid", again("sequenceDiagram\n", "A->>B: x\nB-->>A: y\n")),
    "shafts": ("mermaid", again("sequenceDiagram\n", "-")),
    "junctions": ("mermaid", again("architecture-beta\njunction j\n", "a --> j\nj --> b\n")),
    "boundaries": ("mermaid", again("C4Context\n", 'Boundary(a, "b") {\n')),
    "notes": ("plantuml", again("@startuml\n", "note left\nA -> B\n")),
    "answers": ("plantuml", again("@startuml\n", "A -> B\nB --> A\n")),
    "descriptions": ("plantuml", again("@startuml\n", "component a [\n")),
    "packages": ("plantuml", again("@startuml\n", 'package "x" {\n')),
    "braces": ("dot", again("digraph {", "{")),
    "lists": ("dot", again("digraph {", "{a b} -> ")),
    "open html": ("dot", again("digraph {", "a [label=<<b>")),
    "quotes": ("dot", again("digraph {", '"a ')),
    "attributes": ("dot", again("digraph { a [", "b=c ")),
    "cells": (
        "drawio",
        again("<mxGraphModel>", '<mxCell id="a" vertex="1" value="b" parent="a"/>'),
    ),
    "open cells": ("drawio", again("<mxGraphModel>", "<mxCell>")),
    "pages": ("drawio", again("<mxfile>", "<diagram>QUJD</diagram>")),
    "boxes": ("ascii", again("", "+---+ +---+\n")),
    "wide boxes": ("ascii", lambda n: ("+---" * n + "+\n") * 3),
    "arrows": ("ascii", again("", "A -> B\n")),
    "long arrow": ("ascii", lambda n: "[ab] " + "-" * n + " [cd]"),
}


def grows(
    make: Maker, prepare: Callable[[str, int], T], run: Callable[[T], object], size: int
) -> None:
    """Fails when four times the input takes more than eight times as long, best of three.

    What takes less than 50 ms in the larger size is not measured. `prepare` makes the input from
    the text and the number of the attempt, and its time does not count.
    """
    best = [float("inf"), float("inf")]
    for attempt in range(3):
        for which, n in enumerate((size, 4 * size)):
            ready = prepare(make(n), attempt)
            begin = time.process_time()
            run(ready)
            best[which] = min(best[which], time.process_time() - begin)
        if best[1] <= max(0.05, 8 * best[0]):
            return
    raise AssertionError(f"{size} took {best[0]:.3f} s, four times as much {best[1]:.3f} s")
