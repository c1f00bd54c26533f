"""draw.io: boxes, connectors, containers and lines; packed pages; bombs are left out."""

import base64
import zlib
from urllib.parse import quote

import pytest

from agents.diagrams import Drawing, draw, drawio_xml
from agents.diagrams.drawio_xml import MAX_PAGE, unpacked
from agents.document import BlockKind, read
from tests.agents.test_diagrams import drawn, edges, labels

MODEL = """<mxGraphModel><root><mxCell id="0"/><mxCell id="1" parent="0"/>
<mxCell id="v" value="Private VPC" style="swimlane;container=1" vertex="1" parent="1"><mxGeometry/></mxCell>
<mxCell id="a" value="&lt;b&gt;API&lt;/b&gt;&lt;br&gt;gateway &amp;amp; more" style="rounded=1" vertex="1" parent="v"/>
<mxCell id="d" value="Orders" style="shape=cylinder3" vertex="1" parent="v"/>
<object label="%c4Name%" c4Name="Customer" id="u"><mxCell style="shape=umlActor" vertex="1" parent="1"/></object>
<mxCell id="i" value="" style="shape=image" vertex="1" parent="a"/>
<mxCell id="n" value="Draft only" style="text;html=1" vertex="1" parent="1"/>
<mxCell id="e1" value="calls" edge="1" parent="1" source="u" target="i"/>
<mxCell id="e2" style="startArrow=classic" edge="1" parent="1" source="a" target="d"/>
<mxCell id="l" value="SQL" style="edgeLabel;html=1" vertex="1" parent="e2"/>
<mxCell id="e3" style="endArrow=none;startArrow=block" edge="1" parent="1" source="u" target="v"/>
<mxCell id="e4" edge="1" parent="1" source="u"/>
</root></mxGraphModel>"""


def pack(xml: str) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(packer.compress(quote(xml).encode()) + packer.flush()).decode()


def names(drawing: Drawing) -> list[tuple[str, str, str]]:
    by_id = labels(drawing)
    return [(by_id[source], by_id[target], label) for source, target, label in edges(drawing)]


WANTED = [
    ("Customer", "API gateway & more", "calls"),
    ("API gateway & more", "Orders", "SQL"),
    ("Orders", "API gateway & more", "SQL"),
    ("Private VPC", "Customer", ""),
]


class TestPlain:
    @pytest.mark.parametrize("language", ["xml", "drawio", ""])
    def test_boxes_connectors_and_containers(self, language: str) -> None:
        drawing = drawn(language, f"<mxfile>\n<diagram name='Page'>\n{MODEL}\n</diagram></mxfile>")
        assert names(drawing) == WANTED
        by_label = {node.label: node for node in drawing.nodes.values()}
        assert [by_label[n].shape for n in ("API gateway & more", "Orders", "Customer")] == [
            "",
            "store",
            "actor",
        ]
        (group,) = drawing.groups.values()
        assert (group.label, group.line) == ("Private VPC", 7)
        assert [n.label for n in drawing.nodes.values() if n.group == group.id] == [
            "API gateway & more",
            "Orders",
        ]
        assert [by_label[n].line for n in ("API gateway & more", "Orders", "Customer")] == [
            8,
            9,
            10,
        ]
        assert [e.line for e in drawing.edges] == [13, 14, 14, 16]

    def test_free_text_is_no_part(self) -> None:
        assert "Draft only" not in labels(drawn("xml", MODEL)).values()

    def test_broken_xml_gives_what_stands_before_the_fault(self) -> None:
        drawing = drawn("xml", MODEL[: MODEL.index('<mxCell id="e2"')] + "<mxCell <")
        assert names(drawing) == WANTED[:1]

    def test_a_knot_of_parents_ends(self) -> None:
        text = '<mxGraphModel><mxCell id="a" value="A" vertex="1" parent="b"/><mxCell id="b" value="B" vertex="1" parent="a"/></mxGraphModel>'
        assert len(drawn("xml", text).groups) == 2


class TestPacked:
    def test_every_page_has_the_line_of_its_element(self) -> None:
        text = f"<mxfile>\n<diagram>{pack(MODEL)}</diagram>\n<diagram>{pack(MODEL.replace('API', 'Web'))}</diagram>\n</mxfile>"
        drawing = drawn("xml", text)
        assert names(drawing)[:4] == WANTED
        assert {node.line for node in drawing.nodes.values()} == {5, 6}
        assert len(drawing.edges) == 8

    def test_a_packed_file_is_read_whole(self) -> None:
        big = "".join(f'<mxCell id="p{n}" value="" vertex="1" parent="1"/>' for n in range(9000))
        text = f"<mxfile><diagram>\n{pack(MODEL.replace('</root>', big + '</root>'))}\n</diagram></mxfile>\n"
        (block,) = read("flow.drawio", text).blocks
        assert names(draw(block)) == WANTED


BILLION = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><mxfile><diagram>&b;</diagram></mxfile>'
)
INSIDE = '<mxfile><diagram name="&#x41;">&b;</diagram></mxfile>'
OUTSIDE = '<mxGraphModel><!DOCTYPE x SYSTEM "file:///etc/passwd"></mxGraphModel>'


class TestBombs:
    @pytest.mark.parametrize("text", [BILLION, INSIDE, OUTSIDE, "<mxfile>" + "<a>" * 100_000])
    def test_declarations_and_depth_draw_nothing(self, text: str) -> None:
        block = read("flow.drawio", text).blocks[0]
        assert block.kind is BlockKind.DIAGRAM
        assert not draw(block).nodes

    def test_a_page_that_grows_too_large_is_left_out_and_the_others_stay(self) -> None:
        bomb = pack("a" * 30_000_000)
        assert len(bomb) < 100_000
        pages = f"<diagram>{bomb}</diagram><diagram>{pack(MODEL)}</diagram>"
        assert names(drawn("xml", f"<mxfile>{pages}</mxfile>")) == WANTED

    def test_many_pages_share_one_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        read_bytes: list[int] = []

        def unquoted(raw: bytes) -> str:
            read_bytes.append(len(raw))
            return ""

        monkeypatch.setattr(drawio_xml, "_unquoted", unquoted)
        page = pack("<mxGraphModel>" + " " * 200_000 + "</mxGraphModel>")
        drawn("xml", "<mxfile>" + f"<diagram>{page}</diagram>" * 500 + "</mxfile>")
        assert 0 < sum(read_bytes) <= drawio_xml.MAX_UNPACKED < 500 * read_bytes[0]

    @pytest.mark.parametrize(
        ("packed", "wanted"),
        [
            (pack("<a/>"), "<a/>"),
            (pack("x" * (MAX_PAGE + 1)), None),
            (pack("<a/>")[:-8], None),
            ("no base64!", None),
            (base64.b64encode(b"no deflate").decode(), None),
            ("", None),
        ],
    )
    def test_unpacking(self, packed: str, wanted: str | None) -> None:
        assert unpacked(packed) == wanted
