"""PlantUML, Graphviz DOT and drawings in characters as people write them."""

import pytest

from tests.agents.test_diagrams import drawn, edges, labels


class TestPlantUml:
    TEXT = (
        "@startuml\n!include <C4/C4_Container>\nskinparam component {\n  Color red\n}\n/' A -> B\n'/\ntitle\n A -> C\n"
        'end title\nactor "End user" as U #blue\ncloud "AWS" as aws {\n  node "EKS" {\n    [Web App] as web <<svc>>\n'
        "    component api [\n      The API\n      of orders\n    ]\n  }\n  database Orders <<pg>> as db\n}\n"
        "note right of web\n  A -> D : not real\nend note\nnote left: one line\nU -> web ++ : HTTPS\n"
        "web -[#red,dashed]-> api #blue : REST\napi <-> db\nweb -left-> aws\nlegend\n X -> Y\nend legend\n@enduml"
    )

    def test_declarations_groups_and_arrows(self) -> None:
        drawing = drawn("plantuml", self.TEXT)
        assert labels(drawing) == {
            "U": "End user",
            "web": "Web App",
            "api": "The API",
            "db": "Orders",
            "aws": "AWS",
        }
        assert edges(drawing) == [
            ("U", "web", "HTTPS"), ("web", "api", "REST"), ("api", "db", ""), ("db", "api", ""), ("web", "aws", ""),
        ]  # fmt: skip
        assert [drawing.nodes[n].group for n in ("web", "api", "db", "U")] == [
            "EKS",
            "EKS",
            "aws",
            "",
        ]
        assert drawing.groups["EKS"].parent == "aws"
        assert [e.line for e in drawing.edges] == [29, 30, 31, 31, 32]

    def test_a_note_that_is_never_closed_hides_nothing(self) -> None:
        assert edges(drawn("puml", "@startuml\nnote right\nA -> B\n@enduml")) == [("A", "B", "")]

    def test_icons_of_a_cloud(self) -> None:
        drawing = drawn("puml", '@startuml\nEC2(vm, "Worker VM", "t3")\nvm --> db : SQL\n@enduml')
        assert labels(drawing) == {"vm": "Worker VM", "db": "db"}

    def test_boxes_of_a_sequence(self) -> None:
        drawing = drawn(
            "puml",
            '@startuml\nbox "Internal" #Blue\nparticipant "API" as A order 1\nend box\nU -> A: x\nA -->> Bus: e\n@enduml',
        )
        assert (drawing.nodes["A"].group, drawing.nodes["U"].group) == ("Internal", "")
        assert edges(drawing) == [("U", "A", "x"), ("A", "Bus", "e")]

    @pytest.mark.parametrize(
        "text",
        [
            "[*] --> Idle\nIdle --> Busy",
            "class A {\n +x\n}\nA --> B",
            "start\n:User calls;\nstop",
            "state Idle\nA --> B",
        ],
    )
    def test_states_classes_and_activities_are_no_parts(self, text: str) -> None:
        assert not drawn("puml", f"@startuml\n{text}\n@enduml").nodes


class TestDot:
    def test_ports_defaults_lists_and_directions(self) -> None:
        text = (
            "digraph {\n node [shape=cylinder]; db;\n node [shape=box]\n web:p1 -> api:p2:n [dir=both]\n"
            " {a1 a2 [label=x]} -> {b1; b2}\n { rank=same; x; y }\n api -> db [dir=back, xlabel=rows]\n# c -> d\n}"
        )
        drawing = drawn("dot", text)
        assert edges(drawing) == [
            ("web", "api", ""), ("api", "web", ""), ("a1", "b1", ""), ("a1", "b2", ""), ("a2", "b1", ""), ("a2", "b2", ""),
            ("db", "api", "rows"),
        ]  # fmt: skip
        assert (drawing.nodes["db"].shape, drawing.nodes["web"].shape) == ("store", "")
        assert {"x", "y"} < set(drawing.nodes)
        assert "c" not in drawing.nodes

    def test_labels_of_html_and_records(self) -> None:
        text = (
            'digraph {\n t [label=<<TABLE><TR><TD PORT="x">Token <B>service</B></TD></TR></TABLE>>]\n'
            ' r [shape=record, label="{User service|+login()|<p> x}"]\n q [label="say \\"hi\\"\\nthere"]\n t -> r\n}'
        )
        drawing = drawn("dot", text)
        assert labels(drawing) == {"t": "Token service", "r": "User service", "q": 'say "hi" there'}
        assert drawing.edges[0].line == 8

    def test_a_cluster_takes_its_label_from_either_place(self) -> None:
        drawing = drawn(
            "dot",
            'digraph { subgraph cluster_a { graph [label="Zone A"]; a } subgraph cluster_b { label="B"; b } }',
        )
        assert [g.label for g in drawing.groups.values()] == ["Zone A", "B"]
        assert [drawing.nodes[n].group for n in "ab"] == ["cluster_a", "cluster_b"]


class TestCharacters:
    def test_chains_of_names(self) -> None:
        assert edges(drawn("", "Browser -> Edge Proxy -> API\nAPI <-> Store\n")) == [
            ("Browser", "Edge Proxy", ""), ("Edge Proxy", "API", ""), ("API", "Store", ""), ("Store", "API", ""),
        ]  # fmt: skip

    def test_labels_between_brackets(self) -> None:
        drawing = drawn("text", "[Browser] --HTTPS--> [API] --> (DB)")
        assert [(a, b) for a, b, _ in edges(drawing)] == [("Browser", "API"), ("API", "DB")]

    def test_names_below_each_other(self) -> None:
        drawing = drawn("", "Browser\n  |\n  v  HTTPS\nAPI gateway\n  \u2193\n[Store]\n")
        assert [(a, b) for a, b, _ in edges(drawing)] == [
            ("Browser", "API gateway"), ("API gateway", "Store"),
        ]  # fmt: skip
        assert [e.line for e in drawing.edges] == [7, 9]

    def test_a_bar_without_a_head_is_no_arrow(self) -> None:
        assert not drawn("ascii", "Browser\n  |\nAPI\n").edges
