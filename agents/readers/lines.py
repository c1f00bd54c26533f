"""Line reader for reStructuredText, AsciiDoc and plain text: one scanner, rules per format."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from agents.document import Block, BlockKind
from agents.readers.fences import classify

_UNDERLINE = re.compile(r"([=\-~^\"'`#*+:.<>_])\1{2,}\s*$")
_BULLET = re.compile(r"\s{0,40}(?:[-*+•]|\(?(?:\d{1,4}|[a-zA-Z#])[.)])\s+\S")
_ASCIIDOC_BULLET = re.compile(r"\s{0,40}(?:\*{1,5}|\.{1,5}|-|\d{1,4}\.)\s+\S")
_HASH = re.compile(r"(#{1,6})\s+(\S.*)")
_EQUALS = re.compile(r"(={1,6})\s+(\S.*)")
_GRID = re.compile(r"\s*\+[-=+]{2,}\+\s*$")
_SIMPLE_TABLE = re.compile(r"\s*={2,}(?:\s+={2,})+\s*$")
_DIRECTIVE = re.compile(r"(\s*)\.\.\s+(?:([\w:-]+)::\s*(.*)|.*)$")
_ATTRIBUTE = re.compile(r"\[([\w,%.=\"# -]*)\]\s*$")
_DELIMITER = re.compile(r"(-{4,}|\.{4,}|\+{4,}|/{4,})\s*$")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})\s*([\w+-]*)")
_CODE_DIRECTIVES = frozenset({"code", "code-block", "sourcecode", "parsed-literal", "highlight"})
_SKIPPED_DIRECTIVES = frozenset(
    {
        "image",
        "figure",
        "include",
        "literalinclude",
        "raw",
        "toctree",
        "contents",
        "math",
        "csv-table",
    }
)


@dataclass(frozen=True)
class Format:
    """What differs between the formats."""

    name: str
    bullet: re.Pattern[str]
    title: re.Pattern[str] | None
    underlined: bool


RST = Format("rst", _BULLET, None, underlined=True)
ASCIIDOC = Format("asciidoc", _ASCIIDOC_BULLET, _EQUALS, underlined=False)
PLAIN = Format("plain", _BULLET, _HASH, underlined=True)


def blocks(text: str, form: Format) -> list[Block]:
    """Blocks of a normalised text, in order. Linear in its length."""
    return _Scanner(text, form).run()


class _Scanner:
    """Walks over the lines; every rule takes lines from `at` on, or leaves them."""

    def __init__(self, text: str, form: Format) -> None:
        self.lines = text.split("\n")
        if self.lines and not self.lines[-1]:
            self.lines.pop()
        self.form = form
        self.at = 0
        self.info = ""
        self.result: list[Block] = []
        self.section: list[tuple[int, str]] = []
        self.above: tuple[str, ...] = ()
        self.levels: list[str] = []

    def run(self) -> list[Block]:
        rules: list[Callable[[], bool]] = [self._heading, self._fence, self._table]
        if self.form is RST:
            rules.insert(1, self._directive)
        if self.form is ASCIIDOC:
            rules.insert(1, self._delimited)
        while self.at < len(self.lines):
            if not self.lines[self.at].strip():
                self.at += 1
            elif not any(rule() for rule in rules):
                self._prose()
        return self.result

    def _line(self, at: int) -> str:
        return self.lines[at] if at < len(self.lines) else ""

    def _add(self, kind: BlockKind, end: int, *, level: int = 0, info: str = "") -> None:
        """Make a block of the lines `at` up to, not including, `end`, and go on behind it."""
        start, self.at = self.at, max(end, self.at + 1)
        while end - 1 > start and not self.lines[end - 1].strip():
            end -= 1
        body = "\n".join(self.lines[start:end]).rstrip()
        self.result.append(
            Block(
                kind=kind,
                text=body,
                line_start=start + 1,
                line_end=start + 1 + body.count("\n"),
                section=self.above,
                level=level,
                info=info,
            )
        )

    def _title(self, title: str, level: int, end: int) -> None:
        while self.section and self.section[-1][0] >= level:
            self.section.pop()
        self.above = tuple(name for _, name in self.section)
        self._add(BlockKind.HEADING, end, level=min(level, 6))
        self.section.append((level, title.strip()))
        self.above = (*self.above, title.strip())

    def _heading(self) -> bool:
        line = self._line(self.at)
        match = self.form.title.match(line) if self.form.title else None
        if match:
            self._title(match.group(2).rstrip("#= \r"), len(match.group(1)), self.at + 1)
            return True
        return self.form.underlined and (self._overlined(line) or self._underlined(line))

    def _overlined(self, line: str) -> bool:
        title, below = self._line(self.at + 1).strip(), self._line(self.at + 2).rstrip()
        if not _UNDERLINE.match(line) or not title or line.rstrip() != below:
            return False
        self._title(title, self._level(line[0] * 2), self.at + 3)
        return True

    def _underlined(self, line: str) -> bool:
        below = self._line(self.at + 1).rstrip()
        if line[:1].isspace() or not _UNDERLINE.match(below) or _UNDERLINE.match(line):
            return False
        if len(below) < min(len(line.strip()), 60):
            return False
        self._title(line, self._level(below[0]), self.at + 2)
        return True

    def _level(self, style: str) -> int:
        """Levels by order of first use, as reStructuredText defines them."""
        if style not in self.levels:
            self.levels.append(style)
        return self.levels.index(style) + 1

    def _fence(self) -> bool:
        match = _FENCE.match(self._line(self.at))
        if not match:
            return False
        return self._until(match.group(1), match.group(2))

    def _until(self, closing: str, language: str) -> bool:
        end = self.at + 1
        while end < len(self.lines) and not self.lines[end].strip().startswith(closing):
            end += 1
        kind, info = classify(language, "\n".join(self.lines[self.at + 1 : end]))
        self._add(kind, min(end + 1, len(self.lines)), info=info)
        return True

    def _delimited(self) -> bool:
        line = self._line(self.at)
        attribute = _ATTRIBUTE.match(line)
        if attribute:
            words = attribute.group(1).replace('"', "").split(",")
            self.info = words[1] if words[0].strip() == "source" and len(words) > 1 else words[0]
            self.at += 1
            return True
        match = _DELIMITER.match(line)
        if match:
            language, self.info = self.info.strip(), ""
            return self._until(match.group(1), language)
        return False

    def _directive(self) -> bool:
        match = _DIRECTIVE.match(self._line(self.at))
        if not match:
            return False
        name, argument = match.group(2) or "", match.group(3) or ""
        if name and name not in _CODE_DIRECTIVES | _SKIPPED_DIRECTIVES:
            kind, info = classify(name, "")
            if kind is not BlockKind.DIAGRAM:
                self._add(BlockKind.HTML, self.at + 1)  # an admonition: its body is prose
                return True
        end = self._indented_end(self.at + 1, len(match.group(1)))
        body = "\n".join(self.lines[self.at + 1 : end])
        kind, info = classify(argument if name in _CODE_DIRECTIVES else name, body)
        known = kind is BlockKind.DIAGRAM or name in _CODE_DIRECTIVES
        self._add(kind if known else BlockKind.HTML, end, info=info if known else "")
        return True

    def _indented_end(self, at: int, indent: int) -> int:
        end = at
        while at < len(self.lines):
            line = self.lines[at]
            if line.strip():
                if len(line) - len(line.lstrip()) <= indent:
                    break
                end = at + 1
            at += 1
        return end

    def _table(self) -> bool:
        line = self._line(self.at)
        if _SIMPLE_TABLE.match(line) or _GRID.match(line):
            return self._rows(_SIMPLE_TABLE if _SIMPLE_TABLE.match(line) else _GRID)
        if line.lstrip().startswith("|") and (self.form is not RST):
            return self._pipes(line)
        return False

    def _rows(self, rule: re.Pattern[str]) -> bool:
        self.at += 1
        first = True
        while self.at < len(self.lines) and self.lines[self.at].strip():
            if rule.match(self.lines[self.at]):
                self.at += 1
                continue
            self._add(BlockKind.TABLE_HEAD if first else BlockKind.TABLE_ROW, self.at + 1)
            first = False
        return True

    def _pipes(self, line: str) -> bool:
        if line.strip() == "|===" or set(line.strip()) <= set("|-: "):
            self.at += 1
            return True
        above = self.result[-1] if self.result else None
        inside = above is not None and above.kind in (BlockKind.TABLE_HEAD, BlockKind.TABLE_ROW)
        near = inside and above is not None and self.at - above.line_end <= 1
        self._add(BlockKind.TABLE_ROW if near else BlockKind.TABLE_HEAD, self.at + 1)
        return True

    def _prose(self) -> None:
        self.info = ""
        first = self.lines[self.at]
        item = self.form.bullet.match(first) is not None
        end = self.at + 1
        while end < len(self.lines) and self._continues(end):
            end += 1
        literal = self.form is RST and self.lines[end - 1].rstrip().endswith("::")
        self._add(BlockKind.LIST_ITEM if item else BlockKind.PARAGRAPH, end)
        if literal:
            self._literal(len(first) - len(first.lstrip()))

    def _continues(self, at: int) -> bool:
        line = self.lines[at]
        if not line.strip() or self.form.bullet.match(line) or _FENCE.match(line):
            return False
        if self.form.title and self.form.title.match(line):
            return False
        if self.form.underlined and not line[:1].isspace() and _UNDERLINE.match(self._line(at + 1)):
            return False
        return not (self.form is ASCIIDOC and (_DELIMITER.match(line) or _ATTRIBUTE.match(line)))

    def _literal(self, indent: int) -> None:
        start = self.at
        while start < len(self.lines) and not self.lines[start].strip():
            start += 1
        end = self._indented_end(start, indent)
        if end > start:
            self.at = start
            kind, info = classify("", "\n".join(self.lines[start:end]))
            self._add(kind, end, info=info)
