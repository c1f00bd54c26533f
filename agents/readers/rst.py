"""reStructuredText, line by line: titles, directives, tables, lists, literal blocks, paragraphs."""

import csv
import re

from agents.document import Block, BlockKind
from agents.readers.fences import classify
from agents.readers.page import Page, indent_of, walk
from agents.readers.tables import columns, grid

_LINE = re.compile(r"([!-/:-@\[-`{-~])\1*\s*$")
_BULLET = re.compile(r"\s*[-*+•‣⁃](?:\s+\S|\s*$)")
_ENUMERATOR = re.compile(r"\s*\(?(?:\d{1,4}|[a-zA-Z]|[ivxlcdmIVXLCDM]{2,7}|#)[.)]\s+\S")
_FIELD = re.compile(r"\s*:(?![: ])[^:\n]{1,80}:(?:\s+\S|\s*$)")
_LINE_BLOCK = re.compile(r"\s*\|(?:\s|$)")
_DOCTEST = re.compile(r"\s*>>>(?:\s|$)")
_DIRECTIVE = re.compile(r"(\s*\.\.\s+)(?:\|[^|]{1,80}\|\s+)?([\w:.+-]{1,60}?) ?::(?:\s+|$)")
_NOTE = re.compile(r"\s*\.\.\s+\[[^\]]{1,60}\]\s+")
_MARKUP = re.compile(r"\s*(?:\.\.|__)(?:\s|$)")
_OPTION = re.compile(r"\s+:[\w-]{1,40}:")
_HEADER = re.compile(r"\s+:header:\s+")
_ITEM = re.compile(r"(\s*)\*\s+-(?:\s|$)")
_CELL = re.compile(r"\s*(?:\*\s+)?-\s+")

_CODE = frozenset({"code", "code-block", "sourcecode", "parsed-literal", "highlight", "prompt"})
_NOT_SHOWN = frozenset(
    {"image", "include", "literalinclude", "raw", "toctree", "contents", "math", "meta", "index",
     "default-role", "role", "sectnum", "bibliography", "tabularcolumns"}
)  # fmt: skip
_SAYS = frozenset(
    {"note", "warning", "attention", "caution", "danger", "error", "hint", "important", "tip",
     "admonition", "topic", "sidebar", "rubric", "seealso", "versionadded", "versionchanged",
     "deprecated", "epigraph", "pull-quote", "todo", "question", "answer"}
)  # fmt: skip
_SHORTEST = 4
"""A line of marks that is at least this long is a title's, even where the title is longer."""


def blocks(text: str) -> list[Block]:
    """Blocks of a normalised text, in order. Linear in its length."""
    rules = (_title, _comment_or_directive, grid, columns, _fields, _code, _line_block)
    return walk(Page(text), rules, _prose)


def _title(page: Page) -> bool:
    line, below, third = (page.line(page.at + n).rstrip() for n in range(3))
    if _LINE.match(line):
        return _overlined(page, line, below, third)
    if line[:1].isspace() or not _LINE.match(below) or _BULLET.match(line):
        return False
    if _MARKUP.match(line) or _LINE_BLOCK.match(line) or len(below) < min(len(line), _SHORTEST):
        return False
    page.heading(line, page.level(below[0]), page.at + 2)
    return True


def _overlined(page: Page, line: str, title: str, below: str) -> bool:
    if line == below and title.strip() and len(line) >= min(len(title), _SHORTEST):
        page.heading(title, page.level(line[0] * 2), page.at + 3)
        return True
    if len(line) >= _SHORTEST and not title.strip():
        page.at += 1  # a transition
        return True
    return False


def _comment_or_directive(page: Page) -> bool:
    line = page.line(page.at)
    if not _MARKUP.match(line):
        return False
    directive = _DIRECTIVE.match(line)
    note = _NOTE.match(line)
    if directive:
        _directive(page, directive)
    elif note:
        page.add(BlockKind.PARAGRAPH, _text_end(page, indent_of(line)), skip=note.end())
    else:
        page.add(BlockKind.HTML, page.indented_end(page.at + 1, indent_of(line)))
    return True


def _directive(page: Page, match: re.Match[str]) -> None:
    name, line = match.group(2).lower(), page.line(page.at)
    indent = indent_of(line)
    argument = line[match.end() :].strip()
    kind, _ = classify(name.removeprefix("uml:"), "")
    if kind is BlockKind.DIAGRAM or name in _CODE or name in _NOT_SHOWN or name == "digraph":
        _verbatim(page, name, argument, indent)
    elif name in ("list-table", "csv-table", "flat-table"):
        _table_directive(page, name, indent)
    elif name in _SAYS and argument:
        page.add(BlockKind.PARAGRAPH, _text_end(page, indent), skip=match.end())
    else:
        page.add(BlockKind.HTML, _options_end(page, page.at + 1, indent))


def _verbatim(page: Page, name: str, argument: str, indent: int) -> None:
    end = page.indented_end(page.at + 1, indent)
    if name in _NOT_SHOWN:
        page.add(BlockKind.HTML, end)
        return
    language = "dot" if name == "digraph" else argument if name in _CODE else name
    page.code(language, range(_options_end(page, page.at + 1, indent), end), end)


def _options_end(page: Page, at: int, indent: int) -> int:
    """Where the options of a directive end, with the rest of its argument before them."""
    while not page.blank(at) and indent_of(page.lines[at]) > indent:
        if not _OPTION.match(page.lines[at]):
            break
        at += 1
    return at


def _text_end(page: Page, indent: int) -> int:
    """Where a text ends that goes on in deeper lines, before the options of a directive."""
    at = page.at + 1
    while not page.blank(at) and indent_of(page.lines[at]) > indent:
        if _OPTION.match(page.lines[at]):
            break
        at += 1
    return at


def _table_directive(page: Page, name: str, indent: int) -> None:
    body = _options_end(page, page.at + 1, indent)
    options = "\n".join(page.lines[page.at + 1 : body])
    found = re.search(r":header-rows:\s*(\d{1,2})", options)
    heads = int(found.group(1)) if found else 0
    end = page.indented_end(body, indent)
    named = [at for at in range(page.at + 1, body) if _HEADER.match(page.lines[at])]
    page.add(BlockKind.HTML, named[0] if named else body)
    if named:
        option = _HEADER.match(page.line(page.at))
        skip = option.end() if option else 0
        page.add(BlockKind.TABLE_HEAD, body, skip=skip, cells=_values(page.line(page.at)[skip:]))
    while page.at < end:
        if page.blank(page.at):
            page.at += 1
            continue
        kind = BlockKind.TABLE_HEAD if heads > 0 else BlockKind.TABLE_ROW
        heads -= 1
        if name == "csv-table":
            page.add(kind, page.at + 1, cells=_values(page.line(page.at)))
        else:
            _list_row(page, kind, end)


def _values(line: str) -> list[str]:
    try:
        return [value.strip() for value in next(csv.reader([line.strip()], strict=True), [])]
    except csv.Error:
        return [value.strip() for value in line.split(",")]


def _list_row(page: Page, kind: BlockKind, limit: int) -> None:
    begin = _ITEM.match(page.line(page.at))
    if begin is None:
        page.add(BlockKind.PARAGRAPH, page.at + 1)
        return
    end = page.at + 1
    while end < limit and not (
        (item := _ITEM.match(page.lines[end])) and item.group(1) == begin.group(1)
    ):
        end += 1
    cells: list[list[str]] = []
    for line in page.lines[page.at : end]:
        mark = _CELL.match(line + " ")
        if mark:
            cells.append([line[mark.end() :]])
        elif cells:
            cells[-1].append(line)
    page.add(kind, end, cells=[" ".join(" ".join(cell).split()) for cell in cells])


def _fields(page: Page) -> bool:
    """A field list: settings at the top of the document, items elsewhere."""
    if not _FIELD.match(page.line(page.at)):
        return False
    indent = indent_of(page.line(page.at))
    if any(b.kind not in (BlockKind.HEADING, BlockKind.HTML) for b in page.result) or indent:
        page.add(BlockKind.LIST_ITEM, _text_end_of_item(page, indent))
        return True
    end = page.at + 1
    while not page.blank(end) and (_FIELD.match(page.lines[end]) or indent_of(page.lines[end])):
        end += 1
    page.add(BlockKind.FRONT_MATTER, end)
    return True


def _code(page: Page) -> bool:
    if not _DOCTEST.match(page.line(page.at)):
        return False
    end = page.at + 1
    while not page.blank(end):
        end += 1
    page.add(BlockKind.CODE, end)
    return True


def _line_block(page: Page) -> bool:
    if not _LINE_BLOCK.match(page.line(page.at)):
        return False
    end = page.at + 1
    while not page.blank(end) and (_LINE_BLOCK.match(page.lines[end]) or page.lines[end][0] == " "):
        end += 1
    page.add(BlockKind.PARAGRAPH, end)
    return True


def _is_item(page: Page, at: int) -> bool:
    """True where an item of a list begins; an initial at the start of a sentence begins none."""
    line = page.line(at)
    if _BULLET.match(line):
        return True
    if not _ENUMERATOR.match(line):
        return False
    below = page.line(at + 1)
    return not below.strip() or indent_of(below) > indent_of(line) or _is_enumerated(below)


def _is_enumerated(line: str) -> bool:
    return _ENUMERATOR.match(line) is not None


def _text_end_of_item(page: Page, indent: int) -> int:
    """Where an item ends: at a blank line, a line that is not deeper, or an item inside it."""
    end = page.at + 1
    while not page.blank(end) and indent_of(page.lines[end]) > indent and not _is_item(page, end):
        end += 1
    return end


def _prose(page: Page) -> None:
    line = page.line(page.at)
    indent = indent_of(line)
    if _is_item(page, page.at):
        kind, end = BlockKind.LIST_ITEM, _text_end_of_item(page, indent)
    elif not page.blank(page.at + 1) and indent_of(page.line(page.at + 1)) > indent:
        # A term and its definition.
        kind, end = BlockKind.LIST_ITEM, _text_end_of_item(page, indent)
    else:
        kind, end = BlockKind.PARAGRAPH, page.at + 1
        while not page.blank(end) and indent_of(page.lines[end]) == indent:
            end += 1
    literal = page.lines[end - 1].rstrip().endswith("::")
    page.add(kind, end)
    if literal:
        _literal(page, indent)


def _literal(page: Page, indent: int) -> None:
    start = page.at
    while start < len(page.lines) and page.blank(start):
        start += 1
    end = page.indented_end(start, indent)
    if end > start:
        page.at = start
        page.code("", range(start, end), end)
