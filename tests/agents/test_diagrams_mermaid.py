"""Mermaid as people write it: labels, groups, boxes, answers, macros, and what draws no system."""

import pytest

from agents.change import Change, SourceText
from agents.diagrams import draw
from agents.document import read
from agents.steps.read import coverage, read_documents
from agents.system import SystemModel
from tests.agents.test_diagrams import drawn, edges, labels


def pairs(text: str) -> list[tuple[str, str]]:
    return [(source, target) for source, target, _ in edges(drawn("mermaid", text))]


class TestFlowchart:
    def test_settings_and_comments_draw_nothing(self) -> None:
        text = (
            "---\nconfig:\n  flowchart:\n    curve: basis\n---\n%%{init: {}}%%\nflowchart TB\n"
            "%% A --> Z\nA --> B\nclassDef hot fill:red\nclass A hot\nstyle A fill:red\nlinkStyle 0 x"
        )
        drawing = drawn("mermaid", text)
        assert set(drawing.nodes) == {"A", "B"}
        assert drawing.nodes["A"].line == 12

    def test_labels_with_marks_and_over_lines(self) -> None:
        text = 'graph LR\nA["Gate; way (v2)"]:::hot --> B{{"Two\n  lines"}}\nB --> C[/in/]\nC --> D(((ring)))'
        drawing = drawn("mermaid", text)
        assert labels(drawing) == {"A": "Gate; way (v2)", "B": "Two lines", "C": "in", "D": "ring"}
        assert [e.line for e in drawing.edges] == [5, 7, 8]

    def test_a_label_that_is_never_closed_does_not_eat_the_diagram(self) -> None:
        assert pairs('graph LR\nA["x --> B\nC --> D\nD --> E')[-2:] == [("C", "D"), ("D", "E")]

    def test_lists_chains_and_labels_on_links(self) -> None:
        text = 'graph LR\nA & B -- "sends -> x" --> C -->|"reads, all"| D & E\nx e1@--> y\nX o--o Y\nP ~~~ Q'
        assert edges(drawn("mermaid", text)) == [
            ("A", "C", "sends -> x"), ("B", "C", "sends -> x"), ("C", "D", "reads, all"), ("C", "E", "reads, all"),
            ("x", "y", ""), ("X", "Y", ""),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "id_", ["click-service", "style-guide", "ext/partner", "end-user", "v1.2"]
    )
    def test_ids_that_look_like_something_else(self, id_: str) -> None:
        assert pairs(f"graph LR\n{id_} --> B") == [(id_, "B")]

    def test_shapes_by_name(self) -> None:
        drawing = drawn(
            "mermaid", 'graph LR\nQ@{ shape: cyl, label: "Events" } --> R@{\n  shape: rect\n}'
        )
        assert (drawing.nodes["Q"].label, drawing.nodes["Q"].shape) == ("Events", "store")
        assert drawing.nodes["R"].shape == ""

    def test_nested_groups_and_arrows_to_them(self) -> None:
        text = (
            'graph TD\nU --> cloud\nsubgraph cloud["Cloud (EU)"]\n  direction LR\n  subgraph Private Net\n    A\n  end\n'
            "end\nB --> cloud"
        )
        drawing = drawn("mermaid", text)
        assert drawing.groups["Private Net"].parent == "cloud"
        assert drawing.nodes["A"].group == "Private Net"
        assert drawing.nodes["cloud"].label == "Cloud (EU)"
        assert pairs(text) == [("U", "cloud"), ("B", "cloud")]


class TestSequence:
    def test_boxes_blocks_and_kinds_of_participants(self) -> None:
        text = (
            "sequenceDiagram\nbox Aqua Internal zone\nparticipant W as Web App\n"
            'participant D@{ "type" : "database" }\nend\nactor U\nalt ok\nU->>+W: go\nelse bad\nW->>D: read\nend\n'
            "participant X"
        )
        drawing = drawn("mermaid", text)
        assert [drawing.nodes[n].group for n in "WDUX"] == [
            "Internal zone",
            "Internal zone",
            "",
            "",
        ]
        assert [drawing.nodes[n].shape for n in "WDU"] == ["", "store", "actor"]
        assert [e.line for e in drawing.edges] == [11, 13]

    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("Web-App->>API: POST: x", [("Web-App", "API", "POST: x")]),
            ("A-)B: event", [("A", "B", "event")]),
            ("A-->>Bus: event", [("A", "Bus", "event")]),
            ("A->>B: ask\nB-->>A: answer", [("A", "B", "ask")]),
            ("A->>B: ask\nB->>C: ask\nC-->>A: answer", [("A", "B", "ask"), ("B", "C", "ask")]),
            ("A<<->>B: both", [("A", "B", "both"), ("B", "A", "both")]),
            ("A-xB: lost", [("A", "B", "lost")]),
            ("Note over A,B: x->>y", []),
            ("A->>A: think", []),
        ],
    )
    def test_messages(self, text: str, wanted: list[tuple[str, str, str]]) -> None:
        assert edges(drawn("mermaid", f"sequenceDiagram\n{text}")) == wanted


class TestArchitecture:
    TEXT = (
        "architecture-beta\n  group api(cloud)[API zone]\n  group priv(cloud)[Private] in api\n"
        "  service db(database)[Orders] in priv\n  service web(server)[Web] in api\n  junction j in api\n"
        "  db:L -- R:web\n  web:R <--> L:gw\n  web:B --> T:j\n  j:B --> T:cache\n  db{group}:B --> T:web{group}"
    )

    def test_services_groups_and_lines(self) -> None:
        drawing = drawn("mermaid", self.TEXT)
        assert drawing.groups["priv"].parent == "api"
        assert (drawing.nodes["db"].label, drawing.nodes["db"].shape) == ("Orders", "store")
        assert drawing.nodes["web"].group == "api"
        assert pairs(self.TEXT) == [
            ("db", "web"), ("web", "gw"), ("gw", "web"), ("web", "cache"), ("db", "web"),
        ]  # fmt: skip

    def test_a_junction_is_no_part(self) -> None:
        assert "j" not in drawn("mermaid", self.TEXT).nodes


def test_c4_with_deployment_both_ways_and_back() -> None:
    text = (
        'C4Deployment\nDeployment_Node(n, "EKS", "k8s") {\n  Container(api, "API", "Java")\n}\n'
        'ContainerQueue(q, "Events")\nRel(api, q, "sends", "AMQP")\nBiRel(api, q, "syncs")\nRel_Back(api, q, "x")\n'
        'RelIndex(1, q, api, "first")\nUpdateRelStyle(api, q, $x="1")'
    )
    drawing = drawn("mermaid", text)
    assert drawing.nodes["api"].group == "n"
    assert edges(drawing) == [
        ("api", "q", "sends (AMQP)"), ("api", "q", "syncs"), ("q", "api", "syncs"), ("q", "api", "x"), ("q", "api", "first"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("mermaid", "stateDiagram-v2\n[*] --> Pending\nPending --> Done", "the states of one part"),
        ("mermaid", "---\ntitle: x\n---\nclassDiagram\nA --> B", "code"),
        ("mermaid", "erDiagram\nA ||--o{ B : has", "the shape of data"),
        ("mermaid", "journey\n  title x\n  A: 5: B", "the steps of a person"),
        ("plantuml", "@startuml\n[*] --> Pending\n@enduml", "the states of one part"),
        ("plantuml", "@startuml\nclass Order {\n}\n@enduml", "code"),
        ("plantuml", "@startuml\nstart\n:read;\n@enduml", "the steps of one activity"),
        ("mermaid", "graph LR\n", ""),
    ],
)
def test_states_and_classes_are_no_parts_and_coverage_says_so(
    language: str, text: str, shown: str
) -> None:
    assert not drawn(language, text).nodes
    lines = 2 + text.count("\n") + 1
    source = SourceText(path="d.md", text=f"```{language}\n{text}\n```\n")
    change = Change(repository="r", documents=(source,))
    (covered,) = coverage(change, read_documents(change), SystemModel(), 0).documents
    why = f"was not read: it shows {shown}, not components and flows."
    assert covered.skipped == (
        f"Diagram on lines 1-{lines} {why if shown else 'gave no component or flow.'}",
    )


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.rst", ".. mermaid::\n   :caption: c\n\n   graph LR\n   A --> B\n", 5),
        ("a.adoc", "[mermaid]\n----\ngraph LR\nA --> B\n----\n", 4),
        ("a.adoc", "[graphviz]\n--\ndigraph {\nA -> B }\n--\n", 4),
        ("a.rst", ".. graphviz::\n\n   digraph {\n   A -> B }\n", 4),
        ("a.md", "> ```mermaid\n> graph LR\n> A --> B\n> ```\n", 3),
        ("a.md", '<pre class="mermaid">\ngraph LR\nA --&gt; B\n</pre>\n', 3),
        ("a.md", "::: mermaid\ngraph LR\nA --> B\n:::\n", 3),
        ("a.mmd", "graph LR\nA --> B\n", 2),
    ],
)
def test_what_is_around_a_diagram_is_no_part_of_it(path: str, text: str, line: int) -> None:
    drawing = draw(read(path, text).blocks[0])
    assert set(drawing.nodes) == {"A", "B"}
    assert [(e.source, e.target, e.line) for e in drawing.edges] == [("A", "B", line)]
