"""Names in a sentence: which words stand for a part of the system, and what it is called there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agents.analysts.lexical.grammar import (
    CLASS_WORDS,
    DETERMINERS,
    NOT_IN_NAME,
    QUALIFIED,
    STOP,
    VENDORS,
)
from agents.analysts.lexical.lexicon import Lexicon, Term, singular, words
from agents.analysts.lexical.thinking import THINKING

_TOKEN = re.compile(r"\w+")
_AS_EXAMPLE = re.compile(
    r"(?:\b(?:unlike|like|such as|e\.?g\.?|for example|for instance|similar to|examples?|instead of"
    r"|rather than"
    r"|compared (?:to|with)|inspired by|as in|including|alternatives? to"
    r"|competitors?)[\s,:(]+)[^.;]*$",
    re.I,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:attackers?|adversar(?:y|ies)|malicious|compromised?|hackers?|threat actors?|phish\w*"
    r"|intruders?"
    r"|exploit(?:s|ed)?|imagine|suppose|hypothetical\w*)\b",
    re.I,
)
_QUOTED = re.compile(r"[\"“][^\"“”\n]{1,60}[\"”]")
_EDITIONS = frozenset("instruct large latest lite medium mini preview small turbo".split())
_BEFORE_INFINITIVE = frozenset("to can will may must should would could shall".split())
_BEFORE_VERB = _BEFORE_INFINITIVE | frozenset("and not we".split())
_OTHER_MODELS = frozenset(
    "data threat object domain security trust action permission pricing business operating deployment "
    "execution programming mental resource consistency memory actor role event response tenancy "
    "concurrency access component delivery failure support service subscription sharing system "
    "interaction authorization authorisation content ownership state".split()
)
"""A `data model` has learnt nothing."""


@dataclass(frozen=True)
class Token:
    """A word with its place in the plain text."""

    low: str
    start: int
    end: int


@dataclass(frozen=True)
class Mention:
    """A name for a part, at tokens `first` to `last` (exclusive)."""

    name: str
    key: str
    """Words in lower case and singular, without vendor and class words: equal keys, one part."""
    kind: str
    sort: str
    first: int
    last: int
    bare: bool
    """A common noun alone (`the gateway`): what it refers to must be found out."""
    example: bool
    """Named as an example or by way of comparison."""
    term: str = ""
    """The entry of the lexicon that was found in it."""


def tokens(plain: str) -> list[Token]:
    """Words of a plain sentence."""
    return [Token(m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(plain)]


def hypothetical(plain: str) -> bool:
    """True for sentences about attackers and their like: they describe no part of the design."""
    return _HYPOTHETICAL.search(plain) is not None


class Names:
    """Finds mentions with the lexicon and with the names that the document itself declares."""

    def __init__(
        self,
        lexicon: Lexicon,
        declared: Mapping[tuple[str, ...], Term] | None = None,
        *,
        learns: bool = True,
    ):
        """`learns` is False for a design without AI: an `agent` or a `model` is no part there."""
        self._lexicon = lexicon
        self._declared = declared or {}
        self._none = frozenset() if learns else THINKING
        self._longest = dict(lexicon.longest)
        for phrase in self._declared:
            self._longest[phrase[0]] = max(self._longest.get(phrase[0], 0), len(phrase))

    def find(self, plain: str, line: list[Token]) -> list[Mention]:
        """Mentions in order, not overlapping; `line` are the tokens of `plain`."""
        found: list[Mention] = []
        quoted = [match.span() for match in _QUOTED.finditer(plain)]
        at = 0
        while at < len(line):
            hit = self._match(plain, line, at)
            if hit is None:
                at += 1
                continue
            term, end = hit
            mention = self._mention(plain, line, term, at, end, found[-1].last if found else 0)
            if mention is not None and not _only_quoted(mention, quoted, line):
                if found and mention.first < found[-1].last:
                    found.pop()
                found.append(mention)
            at = end
        return found

    def _match(self, plain: str, line: list[Token], at: int) -> tuple[Term, int] | None:
        longest = min(self._longest.get(line[at].low, 0), len(line) - at)
        for length in range(longest, 0, -1):
            if not _adjacent(plain, line, at, at + length):
                continue
            phrase = tuple(token.low for token in line[at : at + length])
            term = self._declared.get(phrase) or self._term(plain, line, phrase, at, at + length)
            if term is not None:
                return term, at + length
        return None

    def _term(
        self, plain: str, line: list[Token], phrase: tuple[str, ...], at: int, end: int
    ) -> Term | None:
        if phrase in self._none:
            return None
        for term in self._lexicon.terms.get(phrase, ()):
            if term.sort != "exact" or plain[line[at].start : line[end - 1].end] == term.written:
                return term
        return None

    def _mention(
        self, plain: str, line: list[Token], term: Term, at: int, end: int, floor: int
    ) -> Mention | None:
        named = term.sort in ("named", "exact", "declared")
        first, last = at, end
        if named:
            while last < len(line) and line[last].low in CLASS_WORDS and _near(plain, line, last):
                last += 1
        if not self._ends_here(plain, line, last, named):
            return None
        if not named:
            first = self._first_word(plain, line, at, floor)
        name = plain[line[first].start : line[(end if named else last) - 1].end]
        # A declared alias (`ESO`) carries the name that the document gives in full.
        name = term.written if term.sort == "declared" else re.sub(r"\s+", " ", name)
        lead = [token.low for token in line[max(0, first - 2) : first]]
        # `acting as a client` tells a role; `etcd, a key-value store` tells what etcd is.
        single = not named or (term.sort == "declared" and end - at == 1)
        if single and ("as" in lead[-1:] or lead in (["as", "a"], ["as", "an"], ["as", "oauth"])):
            return None
        if (
            not named
            and floor
            and lead[-1:] in (["a"], ["an"])
            and _apposed(plain, line, first - 1)
        ):
            return None
        if term.written == "model" and at > first and line[at - 1].low in _OTHER_MODELS:
            return None
        bare = not named and first == at and end - at == 1
        # `bring it into service` and `all APIs` name no part.
        if bare and term.kind == "service" and self._says_nothing(line, at):
            if ":" not in plain[line[at - 1].end : line[at].start]:
                return None
        return Mention(
            name=name,
            key=term.key or name_key(name, named=named),
            kind=term.kind,
            sort=term.sort,
            first=first,
            last=last,
            bare=bare,
            example=_AS_EXAMPLE.search(plain[: line[at].start]) is not None,
            term=term.written,
        )

    def _says_nothing(self, line: list[Token], at: int) -> bool:
        before = line[at - 1].low if at else ""
        if not at:
            return False
        return singular(line[at].low) != line[at].low or before in (
            "into",
            "in",
            "of",
            "as",
            "per",
            "by",
        )

    def _ends_here(self, plain: str, line: list[Token], last: int, named: bool) -> bool:
        """False when the noun only qualifies the next one: `user token`, `database schema`."""
        if last >= len(line) or line[last].low == "s":
            return True
        gap = plain[line[last - 1].end : line[last].start]
        if gap.strip() and gap != "-":
            return True
        following = line[last].low
        if gap == "-":
            # `gemini-flash-latest` is the model itself, `Redis-backed` is something else.
            return named and (following in _EDITIONS or following.isdigit())
        if following not in QUALIFIED or following in self._lexicon.verbs:
            return True
        # A product name may qualify a common noun; it still is a part: `Redis connection`.
        return named and following not in (
            "client",
            "clients",
            "sdk",
            "library",
            "plugin",
            "consumer",
        )

    def _first_word(self, plain: str, line: list[Token], at: int, floor: int) -> int:
        first = at
        while first - 1 >= floor and at - first < 3 and _near(plain, line, first):
            word = line[first - 1].low
            if plain[line[first - 1].end : line[first].start] == "-" and word not in STOP:
                first -= 1
                continue
            if word in NOT_IN_NAME or word.endswith("ly") or self._is_verb(plain, line, first - 1):
                break
            if len(word) == 1 and not plain[line[first - 1].start].isupper():
                break
            first -= 1
        return first

    def _is_verb(self, plain: str, line: list[Token], at: int) -> bool:
        before = line[at - 1].low if at else ""
        after_verb = before in _BEFORE_VERB
        verb = self._lexicon.verbs.get(line[at].low)
        if verb is not None:
            return verb.form != "base" or before.endswith("s") or after_verb or before == "or"
        # `the orders table` has a noun before the table, `: Checks application data` a verb.
        many = singular(line[at].low) != line[at].low
        led = before in DETERMINERS and plain[line[at - 1].end : line[at].start].strip() == ""
        return (many and not led) or before in _BEFORE_INFINITIVE


def name_key(name: str, *, named: bool) -> str:
    """The key under which names of one part meet."""
    parts = [singular(word) for word in words(name)]
    while len(parts) > 1 and parts[0] in ("the", "a", "an", "our"):
        parts = parts[1:]
    if named:
        while len(parts) > 1 and parts[0] in VENDORS:
            parts = parts[1:]
        while len(parts) > 1 and parts[-1] in CLASS_WORDS and parts[-2:] != ["key", "vault"]:
            parts = parts[:-1]
    elif (
        len(parts) == 2
        and parts[0] in ("lambda", "s3", "kafka", "kubernetes", "k8s")
        and parts[1] in CLASS_WORDS
    ):
        parts = parts[:1]
    return " ".join(parts)


def _only_quoted(
    mention: Mention, quoted: Sequence[tuple[int, int]], line: Sequence[Token]
) -> bool:
    """True for a common noun among other words in quotation marks: `"Partner fares"`."""
    if mention.sort != "generic":
        return False
    start, end = line[mention.first].start, line[mention.last - 1].end
    return any(a < start and end < b and b - a - 2 > end - start for a, b in quoted)


def _near(plain: str, line: list[Token], at: int) -> bool:
    """True when only white space or one hyphen stands before token `at`."""
    if at == 0:
        return False
    gap = plain[line[at - 1].end : line[at].start]
    return gap in (" ", "-") or (not gap.strip() and len(gap) <= 3)


def _apposed(plain: str, line: list[Token], article: int) -> bool:
    """True when the article follows a name and a comma."""
    return article > 0 and plain[line[article - 1].end : line[article].start].strip() == ","


def _adjacent(plain: str, line: list[Token], at: int, end: int) -> bool:
    for position in range(at + 1, end):
        gap = plain[line[position - 1].end : line[position].start]
        if gap not in (" ", "-", "/", ".") and (gap.strip() or len(gap) > 3):
            return False
    return True
