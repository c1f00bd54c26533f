"""The cells of a draw.io text, with their lines: every page of a file, packed or not.

The XML may declare entities and a page may be compressed: both are bombs in the wrong hands, so
declarations are refused, and a page that grows beyond a limit is left out.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from urllib.parse import unquote
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, InputSource, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

MAX_PAGE = 2_000_000
"""Bytes of a page once it is unpacked."""
MAX_UNPACKED = 6_000_000
"""Bytes of all unpacked pages of one text; the rest is left out."""
MAX_CELLS = 20_000
_BEGINS = re.compile(r"<(?:mxfile|mxGraphModel)\b")
_NAMED = re.compile(r"%(\w{1,40})%")


@dataclass
class Cell:
    """A box, a connector or a layer. Ids are those of the page, with its number before them."""

    id: str
    line: int
    value: str = ""
    style: str = ""
    parent: str = ""
    source: str = ""
    target: str = ""
    vertex: bool = False
    edge: bool = False


@dataclass
class _Budget:
    """What may still be read."""

    cells: int = MAX_CELLS
    unpacked: int = MAX_UNPACKED
    pages: int = 0


@dataclass
class _Wrapper:
    """An `object` around a cell: it has the id and the label."""

    id: str
    label: str
    given: dict[str, str] = field(default_factory=dict)


def cells(source: str, first_line: int) -> list[Cell]:
    """The cells in order; of broken XML those before the fault. A packed page is on one line."""
    begins = _BEGINS.search(source)
    if begins is None:
        return []
    first = first_line + source.count("\n", 0, begins.start())
    handler = _Handler(first, _Budget())
    _read(source[begins.start() :], handler)
    return handler.found


def _read(text: str, handler: "_Handler") -> None:
    parser = create_parser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(handler)
    stream = InputSource()
    stream.setByteStream(BytesIO(text.encode(errors="replace")))
    stream.setEncoding("utf-8")
    try:
        parser.parse(stream)
    except (SAXException, DefusedXmlException, ValueError):
        return


class _Handler(ContentHandler):
    """Collects cells as the parser meets them."""

    def __init__(self, first_line: int, budget: _Budget, *, fixed: bool = False) -> None:
        super().__init__()
        self.first, self.budget, self.fixed = first_line, budget, fixed
        self.found: list[Cell] = []
        self.wrapper: _Wrapper | None = None
        self.packed: list[str] | None = None
        self.page_line = first_line
        self.locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:
        """Whom to ask for the line."""
        self.locator = locator

    @property
    def line(self) -> int:
        """Line of the document on which the parser is; of a packed page always the first."""
        here = self.locator.getLineNumber() if self.locator else None
        return self.first if self.fixed or here is None else self.first + here - 1

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """A part of the XML begins."""
        given = {key: attrs.getValue(key) for key in attrs.getNames()}
        if name == "diagram":
            self.budget.pages += 1
            self.packed, self.page_line = [], self.line
        elif name == "mxGraphModel":
            self.packed = None
        elif name in ("object", "UserObject"):
            label = given.get("label") or given.get("c4Name", "")
            self.wrapper = _Wrapper(given.get("id", ""), label, given)
        elif name == "mxCell" and self.budget.cells > 0:
            self.budget.cells -= 1
            self.found.append(self._cell(given))

    def endElement(self, name: str) -> None:
        """A part of the XML ends."""
        if name in ("object", "UserObject"):
            self.wrapper = None
        elif name == "diagram" and self.packed is not None:
            self._unpack("".join(self.packed))
            self.packed = None

    def characters(self, content: str) -> None:
        """Text between tags: of a page, what is packed."""
        if self.packed is not None:
            self.packed.append(content)

    def _cell(self, given: dict[str, str]) -> Cell:
        outer = self.wrapper
        value = given.get("value", "")
        if outer is not None:
            value = _NAMED.sub(lambda m: outer.given.get(m.group(1), ""), outer.label) or value
        return Cell(
            id=self._id((outer.id if outer else "") or given.get("id", "")),
            line=self.line,
            value=value,
            style=given.get("style", ""),
            parent=self._id(given.get("parent", "")),
            source=self._id(given.get("source", "")),
            target=self._id(given.get("target", "")),
            vertex=given.get("vertex") == "1",
            edge=given.get("edge") == "1",
        )

    def _id(self, id_: str) -> str:
        return f"{self.budget.pages}/{id_}" if id_ else ""

    def _unpack(self, text: str) -> None:
        raw = _inflated(text, min(MAX_PAGE, self.budget.unpacked))
        if raw is None:
            return
        self.budget.unpacked -= len(raw)
        inner = _Handler(self.page_line, self.budget, fixed=True)
        _read(_unquoted(raw), inner)
        self.found += inner.found


def unpacked(text: str) -> str | None:
    """XML of a packed page: base64, raw deflate, percent signs. None where it is too large."""
    raw = _inflated(text, MAX_PAGE)
    return None if raw is None else _unquoted(raw)


def _inflated(text: str, limit: int) -> bytes | None:
    try:
        packed = base64.b64decode(text.strip(), validate=True)
        stream = zlib.decompressobj(-15)
        raw = stream.decompress(packed, max(1, limit))
    except (binascii.Error, ValueError, zlib.error):
        return None
    return None if stream.unconsumed_tail or not stream.eof else raw


def _unquoted(raw: bytes) -> str:
    return unquote(raw.decode(errors="replace"))
