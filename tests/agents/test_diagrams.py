"""Diagrams as text: nodes, edges, groups and lines for each language."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.diagrams import Drawing, draw
from agents.document import Block, BlockKind, read


def drawn(language: str, text: str) -> Drawing:
    document = read("a.md", f"# Title\n\n```{language}\n{text}\n```\n")
    return draw(next(b for b in document.blocks if b.kind is BlockKind.DIAGRAM))


def edges(drawing: Drawing) -> list[tuple[str, str, str]]:
    return [(e.source, e.target, e.label) for e in drawing.edges]


def labels(drawing: Drawing) -> dict[str, str]:
    return {node.id: node.label for node in drawing.nodes.values()}


class TestMermaid:
    def test_shapes_labels_and_lines(self) -> None:
        drawing = drawn(
            "mermaid", 'flowchart LR\n  U((User)) --> W["Web app<br/>(React)"]\n  W --> D[(DB)]'
        )
        assert labels(drawing) == {"U": "User", "W": "Web app (React)", "D": "DB"}
        assert drawing.nodes["D"].shape == "store"
        assert [e.line for e in drawing.edges] == [5, 6]

    @pytest.mark.parametrize(
        ("link", "label"),
        [("-->", ""), ("-->|sends|", "sends"), ("-- sends -->", "sends"), ("-.->", ""), ("==>", ""),
         ("---", ""), ("--sends-->", "sends"), ("-. sends .->", "sends"), ("== sends ==>", "sends")],
    )  # fmt: skip
    def test_links(self, link: str, label: str) -> None:
        assert edges(drawn("mermaid", f"graph TD\nA {link} B")) == [("A", "B", label)]

    def test_chains_groups_of_nodes_and_both_ways(self) -> None:
        drawing = drawn("mermaid", "graph TD; A --> B --> C\nA --> D & E\nX <--> Y")
        assert [(a, b) for a, b, _ in edges(drawing)] == [
            ("A", "B"), ("B", "C"), ("A", "D"), ("A", "E"), ("X", "Y"), ("Y", "X"),
        ]  # fmt: skip

    def test_subgraphs(self) -> None:
        drawing = drawn("mermaid", "graph TD\nsubgraph vpc [Private VPC]\n  A --> B\nend\nC --> A")
        assert drawing.groups["vpc"].label == "Private VPC"
        assert [drawing.nodes[n].group for n in "ABC"] == ["vpc", "vpc", ""]

    def test_styles_are_no_nodes(self) -> None:
        drawing = drawn(
            "mermaid", "graph TD\nA:::hot --> B\nclassDef hot fill:#f00\nclass B hot\n%% C --> D"
        )
        assert set(drawing.nodes) == {"A", "B"}

    def test_sequence_leaves_answers_out(self) -> None:
        text = "sequenceDiagram\nactor U as User\nparticipant A as API\nU->>A: login\nA-->>U: ok\nA->>+Model: prompt"
        drawing = drawn("mermaid", text)
        assert edges(drawing) == [("U", "A", "login"), ("A", "Model", "prompt")]
        assert drawing.nodes["U"].shape == "actor"

    def test_c4(self) -> None:
        text = 'C4Context\nPerson(u, "User")\nSystem_Boundary(b, "Bank") {\nContainerDb(d, "Store")\n}\nRel(u, d, "reads")'
        drawing = drawn("mermaid", text)
        assert edges(drawing) == [("u", "d", "reads")]
        assert (drawing.nodes["u"].shape, drawing.nodes["d"].shape) == ("actor", "store")
        assert drawing.nodes["d"].group == "b"

    def test_other_types_draw_nothing(self) -> None:
        assert not drawn("mermaid", "pie\n  title Pets\n  A --> B").nodes


class TestPlantUml:
    def test_components_and_arrows(self) -> None:
        text = (
            '@startuml\nactor User\npackage "Cloud" {\n [Web App] as web\n database "Postgres" as db\n}\n'
            "User -> web : HTTPS\nweb -[#red]-> db\ndb <-- Worker\n!include "
            "http://example.org/x\n@enduml"
        )
        drawing = drawn("plantuml", text)
        assert edges(drawing) == [("User", "web", "HTTPS"), ("web", "db", ""), ("Worker", "db", "")]
        assert labels(drawing)["db"] == "Postgres"
        assert drawing.nodes["web"].group == "Cloud"
        assert drawing.nodes["db"].shape == "store"

    def test_a_dashed_arrow_back_is_an_answer(self) -> None:
        assert edges(drawn("puml", "A -> B : ask\nB --> A : answer")) == [("A", "B", "ask")]


class TestDot:
    def test_chain_attributes_and_cluster(self) -> None:
        text = (
            'digraph G { rankdir=LR; node [shape=box];\n subgraph cluster_0 { label="Private";\n'
            '  a [label="API server" shape=cylinder]; b }\n u -> a [label="calls"]; a -> b -> c;\n // x -> y\n}'
        )
        drawing = drawn("dot", text)
        assert edges(drawing) == [("u", "a", "calls"), ("a", "b", ""), ("b", "c", "")]
        assert labels(drawing)["a"] == "API server"
        assert drawing.nodes["a"].shape == "store"
        assert drawing.groups["cluster_0"].label == "Private"
        assert drawing.nodes["b"].group == "cluster_0"
        assert [e.line for e in drawing.edges] == [7, 7, 7]


class TestCharacters:
    BOXES = (
        "┌────────┐     ┌─────────┐\n│ Client │────▶│ Gateway │\n└────────┘     └─────────┘\n"
        "                    │\n                    ▼\n               ┌─────────┐\n               "
        "│   DB    │\n"
        "               └─────────┘"
    )

    def test_boxes_with_arrows_across_and_down(self) -> None:
        drawing = drawn("", self.BOXES)
        assert set(drawing.nodes) == {"Client", "Gateway", "DB"}
        assert [(a, b) for a, b, _ in edges(drawing)] == [("Client", "Gateway"), ("Gateway", "DB")]
        assert drawing.nodes["DB"].line == 10

    def test_brackets_on_one_line(self) -> None:
        drawing = drawn("", "[Browser] --> [API] <-- [Worker]")
        assert [(a, b) for a, b, _ in edges(drawing)] == [("Browser", "API"), ("Worker", "API")]


class TestAnyInput:
    PARTS = st.sampled_from(
        ["A", "-->", "->", "[", "]", "(", ")", "{", "}", '"', "\n", " ", "subgraph x", "end", "|", "&", ";", "graph LR\n",
         "sequenceDiagram\n", "digraph {", "=", "┌──┐", "│", "└──┘", "@startuml\n", ":", "package", "..", "C4Context\n"]
    )  # fmt: skip

    @given(
        st.one_of(st.lists(PARTS).map("".join), st.text(max_size=100)),
        st.sampled_from(["mermaid", "plantuml", "dot", "ascii", "drawio"]),
    )
    @settings(max_examples=300, deadline=None)
    def test_never_raises(self, text: str, info: str) -> None:
        block = Block(
            kind=BlockKind.DIAGRAM,
            text=text,
            line_start=1,
            line_end=1 + text.count("\n"),
            info=info,
        )
        drawing = draw(block)
        assert all(e.source in drawing.nodes and e.target in drawing.nodes for e in drawing.edges)
        assert all(1 <= n.line <= block.line_end for n in drawing.nodes.values())

    @pytest.mark.parametrize("info", ["mermaid", "plantuml", "dot", "ascii"])
    @pytest.mark.parametrize(
        "text",
        ["graph LR\n" + "A-->B\n" * 10_000, "graph LR\nA" + "-->B" * 10_000, "graph LR\nA" + "[" * 30_000,
         "A " + "-" * 30_000, "digraph{" + "{" * 30_000, "@startuml\n" + "A -> B\nB --> A\n" * 5_000,
         ("+---" * 80 + "+\n") * 300],
        ids=["edges", "chain", "brackets", "shaft", "braces", "answers", "grid"],
    )  # fmt: skip
    def test_hostile_input_takes_linear_time(self, text: str, info: str) -> None:
        block = Block(
            kind=BlockKind.DIAGRAM,
            text=text,
            line_start=1,
            line_end=1 + text.count("\n"),
            info=info,
        )
        begin = time.process_time()
        draw(block)
        assert time.process_time() - begin < 2
