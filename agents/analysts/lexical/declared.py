"""Parts that a document introduces by name: in diagrams, tables, headings, lists, abbreviations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agents.analysts.lexical.lexicon import Lexicon, Term, words
from agents.analysts.lexical.phrases import Mention, Names, name_key, tokens
from agents.analysts.lexical.sentences import plain, section_standing, tells_why
from agents.diagrams import draw
from agents.diagrams.drawing import Node
from agents.document import Block, BlockKind, Document
from agents.evidence import Evidence, Label, locate
from agents.system import Standing

PART_SECTION = re.compile(
    r"\b(components?|architecture|services|modules|building blocks|actors|system overview"
    r"|subsystems"
    r"|containers|infrastructure|tech(nology)? stack|assets|entities|data stores?|integrations)\b",
    re.I,
)
_PART_COLUMN = re.compile(
    r"^(components?|services?|assets?|systems?|modules?|actors?|elements?|parts?|resources?"
    r"|data ?stores?"
    r"|subsystems?|application|container|technology|name|integration|external system)$",
    re.I,
)
_NAME_NEEDS = re.compile(
    r"responsib|technolog|purpose|role|kind|owner|runs on|host|function|trust", re.I
)
_SOURCE_COLUMN = re.compile(r"^(source|from|origin|caller|producer|initiator|sender)\b", re.I)
_TARGET_COLUMN = re.compile(r"^(target|to|destination|dest|callee|consumer|receiver|sink)\b", re.I)
_BOLD = re.compile(
    r"\s*(?:[-*+•]|\d{1,3}[.)])?\s*(?:\*\*|__)([^*_\n]{2,60}?):?(?:\*\*|__)\s*[:—–-]?\s*(.*)", re.S
)
_LEAD = re.compile(
    r"\s*(?:[-*+•]|\d{1,3}[.)])\s+([A-Z][\w /-]{2,40}?)\s*(?::|—|–| - )\s+(.*)", re.S
)
_ABBREVIATION = re.compile(r"((?:[A-Z][\w-]*\s+){1,5}[A-Z][\w-]*)\s+\(([A-Z][A-Z0-9]{1,6})\)")
_NUMBER = re.compile(r"^\s*(?:\d+[.)]|[A-Z][.)]|\d+(?:\.\d+)+\.?|#\d+|step \d+:?)\s*", re.I)
_LABELS = frozenset(
    "examples example role function technical details isolation storage note notes purpose owner "
    "inputs outputs "
    "input output primary secondary tertiary status type pros cons goal goals description".split()
)
_ACTIVITY = re.compile(r"\w(?:tion|ment|ing|ism|ity|sis|ance)s?$", re.I)
_CELL = re.compile(r"(?<!\\)\|")
_SHAPES = {"store": "database", "queue": "queue", "actor": "external_user"}


@dataclass(frozen=True)
class Declared:
    """A part introduced by name."""

    name: str
    key: str
    kind: str
    evidence: Evidence
    alias: str = ""


@dataclass(frozen=True)
class DrawnFlow:
    """A flow between declared names, from a diagram or a table."""

    source: str
    target: str
    label: str
    evidence: Evidence


@dataclass(frozen=True)
class DrawnGroup:
    """A box around parts in a diagram."""

    label: str
    keys: tuple[str, ...]
    evidence: Evidence


@dataclass
class Introduced:
    """Everything that one document introduces."""

    parts: list[Declared]
    flows: list[DrawnFlow]
    groups: list[DrawnGroup]

    def terms(self) -> dict[tuple[str, ...], Term]:
        """Look-up entries by which the names are found again in sentences."""
        found: dict[tuple[str, ...], Term] = {}
        for part in self.parts:
            term = Term(part.kind, "declared", part.name, part.key)
            for form in (part.name, part.alias):
                phrase = words(form)
                if phrase and (len(phrase) > 1 or len(phrase[0]) > 2):
                    found.setdefault(phrase, term)
        return found


def introduced(document: Document, lexicon: Lexicon) -> Introduced:
    """Names that diagrams, tables, headings and lists introduce where they tell the design."""
    reader = _Reader(document, Names(lexicon))
    result = Introduced([], [], [])
    head: list[str] = []
    for block in document.blocks:
        if not in_force(block.section):
            continue
        if block.kind is BlockKind.TABLE_HEAD:
            head = _cells(block)
        elif block.kind is BlockKind.TABLE_ROW:
            reader.row(head, block, result)
        elif block.kind is BlockKind.DIAGRAM:
            reader.diagram(block, result)
        elif block.kind is BlockKind.HEADING:
            result.parts += reader.heading(block)
        elif block.kind is BlockKind.LIST_ITEM:
            result.parts += reader.item(block)
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING):
            result.parts += reader.abbreviations(block)
    return result


def in_force(section: tuple[str, ...]) -> bool:
    """True where the text describes the design itself."""
    return section_standing(section) is Standing.IN_FORCE and not tells_why(section)


class _Reader:
    """Turns blocks into declared names."""

    def __init__(self, document: Document, names: Names):
        self.document, self.names = document, names

    def mention(self, text: str) -> Mention | None:
        """The mention that is the head of a name: it ends where the name ends."""
        flat = plain(text).strip()
        line = tokens(flat)
        found = self.names.find(flat, line)
        return found[-1] if found and line and found[-1].last == len(line) else None

    def named(
        self, text: str, line: int, label: Label, quote: str, default: str = ""
    ) -> Declared | None:
        """A declared part for this name, or None when nothing says what it is."""
        name = re.sub(r"\s+", " ", re.sub(r"\([^)]*\)", " ", plain(text))).strip(" :.-")
        if not 1 < len(name) <= 60 or len(name.split()) > 6:
            return None
        head = self.mention(name)
        if " of " in name or (head is None and _ACTIVITY.search(name)):
            return None
        kind = head.kind if head else self._kind_of(name) or default
        if head is None and not default:
            return None
        if head is not None and head.sort not in ("named", "exact") and head.bare and not default:
            return None
        evidence = locate(self.document, quote[:300].strip(), label=label, near_line=line)
        if not kind or evidence is None:
            return None
        product = head is not None and head.sort in ("named", "exact") and head.first == 0
        key = name_key(name, named=product)
        return Declared(head.name if product and head else name, key, kind, evidence)

    def heading(self, block: Block) -> list[Declared]:
        title = _NUMBER.sub("", block.text.split("\n")[0].strip("#= ")).strip()
        if not any(PART_SECTION.search(above) for above in block.section):
            return []
        found = self.named(title, block.line_start, Label.STATED, block.text.split("\n")[0])
        return [found] if found else []

    def item(self, block: Block) -> list[Declared]:
        bold = _BOLD.match(block.text)
        in_parts = any(PART_SECTION.search(title) for title in block.section[-2:])
        match = bold or (_LEAD.match(block.text) if in_parts else None)
        if match is None:
            return []
        name, rest = match.group(1), match.group(2)
        default = ""
        if in_parts and bold and name.lower() not in _LABELS:
            flat = plain(rest)
            said = self.names.find(flat, tokens(flat))
            default = said[0].kind if said and said[0].first <= 6 else ""
        found = self.named(name, block.line_start, Label.STATED, block.text.strip(), default)
        return [found] if found else []

    def abbreviations(self, block: Block) -> Iterator[Declared]:
        for match in _ABBREVIATION.finditer(block.text[:5000]):
            name, short = match.groups()
            parts = name.split()
            for start in range(len(parts)):
                tail = parts[start:]
                if "".join(p[0] for p in tail).upper() != short.upper():
                    continue
                full = " ".join(tail)
                quote = match.group(0)
                found = self.named(full, block.line_start, Label.STATED, quote)
                if found:
                    yield Declared(full, found.key, found.kind, found.evidence, alias=short)
                break

    def row(self, head: list[str], block: Block, into: Introduced) -> None:
        cells = _cells(block)
        if not head or len(cells) < 2:
            return
        quote = block.text.strip()
        source, target = _column(head, _SOURCE_COLUMN), _column(head, _TARGET_COLUMN)
        if source is not None and target is not None and max(source, target) < len(cells):
            ends = [
                self.named(cells[at], block.line_start, Label.STATED, quote, "service")
                for at in (source, target)
            ]
            if ends[0] and ends[1]:
                into.parts += [end for end in ends if end]
                rest = " ".join(c for n, c in enumerate(cells) if n not in (source, target))
                into.flows.append(DrawnFlow(ends[0].key, ends[1].key, rest[:80], ends[0].evidence))
            return
        if _PART_COLUMN.match(head[0]) and (
            head[0].lower() != "name" or any(_NAME_NEEDS.search(h) for h in head[1:])
        ):
            default = self._kind_of(" ".join(cells[1:]))
            found = self.named(
                cells[0], block.line_start, Label.STATED, quote, default or "service"
            )
            into.parts += [found] if found else []

    def _kind_of(self, text: str) -> str:
        flat = plain(text)
        found = self.names.find(flat, tokens(flat))
        return found[0].kind if found else ""

    def diagram(self, block: Block, into: Introduced) -> None:
        drawing = draw(block)
        if len(drawing.nodes) < 2:
            return
        keys: dict[str, str] = {}
        for node in drawing.nodes.values():
            part = self._node(node)
            if part is not None:
                keys[node.id] = part.key
                into.parts.append(part)
        for edge in drawing.edges:
            evidence = self._line(edge.line)
            if edge.source in keys and edge.target in keys and evidence is not None:
                flow = DrawnFlow(keys[edge.source], keys[edge.target], edge.label, evidence)
                into.flows.append(flow)
        for group in drawing.groups.values():
            inside = tuple(
                keys[n.id] for n in drawing.nodes.values() if n.group == group.id and n.id in keys
            )
            evidence = self._line(group.line)
            if inside and evidence is not None:
                into.groups.append(DrawnGroup(group.label, inside, evidence))

    def _node(self, node: Node) -> Declared | None:
        evidence = self._line(node.line)
        if evidence is None or not re.search(r"\w", node.label):
            return None
        found = self._kind_by_label(node.label)
        kind = found or _SHAPES.get(node.shape, "service")
        name = re.sub(r"\s*\([^)]*\)", "", node.label).strip() or node.label
        head = self.mention(name)
        product = head is not None and head.sort in ("named", "exact")
        return Declared(name, name_key(name, named=product), kind, evidence)

    def _kind_by_label(self, label: str) -> str:
        head = self.mention(re.sub(r"\([^)]*\)", " ", label))
        if head is not None:
            return head.kind
        return self._kind_of(label)

    def _line(self, line: int) -> Evidence | None:
        if not 1 <= line <= self.document.line_count:
            return None
        text = self.document.lines(line, line).strip()[:300].strip()
        return locate(self.document, text, label=Label.DIAGRAM, near_line=line)


def _cells(block: Block) -> list[str]:
    return [
        plain(cell).strip() for cell in block.cells or _CELL.split(block.text.strip().strip("|"))
    ]


def _column(head: list[str], pattern: re.Pattern[str]) -> int | None:
    return next((n for n, cell in enumerate(head) if pattern.match(cell)), None)
