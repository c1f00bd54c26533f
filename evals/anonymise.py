"""Names out of texts, by rules: people, organisations, hosts, mail addresses, accounts, secrets.

The same name becomes the same word everywhere, so a text stays readable and a quote stays a quote;
lines stay lines. Rules do not know every name: somebody has to read a case before it is shown to
others.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(
    r"\b(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<host>[^\s/?#)>\]\"'`]+)(?P<rest>[^\s)>\]\"'`]*)"
)
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\w.])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4})+(?![\w:])", re.IGNORECASE)
_TOP = (
    "com|net|org|io|dev|app|cloud|internal|intern|local|corp|lan|example|test|invalid|eu|de|uk|fr|"
    "nl|ch|at|us|ca|au|in|jp|cn|br|es|it|se|no|dk|fi|pl|ie|be|co|gov|edu|bank|ai"
)
_HOST = re.compile(rf"(?<![\w@.-])(?:[a-z0-9][a-z0-9-]*\.)+(?:{_TOP})(?![\w-])", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<![\w@./])@([A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?)(?:/[\w.-]+)?")
_COMPANY = re.compile(
    r"\b((?:[A-Z][\w&-]*\s+){1,3})(?:Inc|Ltd|LLC|GmbH|AG|SE|Corp|Corporation|plc|PLC|Limited|B\.V|"
    r"S\.A|Oy|AB|KG|Group)\b\.?"
)
_NAMED = re.compile(
    r"(?im)^[\s>*|_-]*(?:authors?|owners?|reviewers?|approvers?|approved by|contacts?|lead|"
    r"written by|prepared by|signed(?: off)? by|dri|by)[*_]*\s*[:|]\s*(?P<names>.+)$"
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+((?:[A-Z][\w'-]+\s?){1,3})")
_PERSON = re.compile(
    r"\b[A-Z][\w'-]*\.?(?:\s+(?:(?:van|von|de|der|da|di|la)\s+)*[A-Z][\w'-]+){1,3}\b"
)
_SECRET = re.compile(
    r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|sk-[\w-]{16,}|xox[abprs]-[\w-]{10,}|"
    r"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|[0-9a-f]{40,}|[A-Za-z0-9+/]{48,}={0,2})(?![\w])"
)  # fmt: skip
_SHORTEST = 3
_ROLES = frozenset(
    """team teams platform security engineering architecture operations product design review board
    identity billing legal finance data infrastructure""".split()
)
"""A line of owners that names teams names no people."""


class Anonymiser:
    """Replaces names; what it has once seen it knows in every later text."""

    def __init__(self, people: Iterable[str] = (), organisations: Iterable[str] = ()) -> None:
        """Names that are known beforehand: accounts, repositories, a list of one's own."""
        self._words: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._exact: set[str] = set()
        """First and last names alone: `Mark` is replaced and `mark` is not."""
        for name in people:
            self._learn("person", name)
        for name in organisations:
            self._learn("organisation", name)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that is replaced, the longest first."""
        return tuple(sorted(self._words, key=lambda name: (-len(name), name)))

    def learn(self, text: str) -> None:
        """Look for names in a text; call it for every text before the first is rewritten."""
        for kind, name in _found(text):
            self._learn(kind, name)
            if kind == "person" and " " in name:
                for word in (name.split()[0], name.split()[-1]):
                    self._exact.add(word)
                    self._learn(kind, word)

    def text(self, text: str) -> str:
        """The text without the names; as many lines as before."""
        text = _SECRET.sub(lambda m: self._word("secret", m[0]), text)
        text = _URL.sub(self._url, text)
        text = _MAIL.sub(partial(self._matched, "mail"), text)
        for name in self.names:
            text = re.sub(
                rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])",
                self._words[name],
                text,
                flags=0 if name in self._exact else re.IGNORECASE,
            )
        for pattern, kind in ((_IPV4, "address"), (_IPV6, "address"), (_HOST, "host")):
            text = pattern.sub(partial(self._matched, kind), text)
        return _ACCOUNT.sub(lambda m: "@" + self._kept("person", m[1]), text)

    def left(self, text: str) -> tuple[str, ...]:
        """Known names that are still somewhere in a text, also as parts of words."""
        low = text.lower()
        return tuple(
            name
            for name in self.names
            if len(name) > _SHORTEST
            and (name in text if name in self._exact else name.lower() in low)
        )

    def _url(self, match: re.Match[str]) -> str:
        rest = "/path" if match["rest"].strip("/.,;:") else match["rest"]
        end = match["rest"][-1:] if match["rest"][-1:] in ".,;:" else ""
        return (
            match["scheme"]
            + self._kept("host", match["host"])
            + rest
            + (end if rest == "/path" else "")
        )

    def _matched(self, kind: str, match: re.Match[str]) -> str:
        return self._kept(kind, match[0])

    def _kept(self, kind: str, word: str) -> str:
        """A replacement that stands already is left alone."""
        return word if word in self._words.values() else self._word(kind, word)

    def _learn(self, kind: str, name: str) -> None:
        clean = name.strip(" .,;:*_|()[]")
        if len(clean) >= _SHORTEST and clean.lower() not in _ROLES:
            self._word(kind, clean)

    def _word(self, kind: str, name: str) -> str:
        known = self._words.get(name) or self._words.get(name.lower())
        if known:
            return known
        self._counts[kind] = number = self._counts.get(kind, 0) + 1
        self._words[name] = _SHAPES[kind].format(number)
        return self._words[name]


_SHAPES = {
    "person": "Person{}", "organisation": "Organisation{}", "host": "host{}.example",
    "mail": "person{}@mail.example", "address": "192.0.2.{}", "secret": "secret{}",
}  # fmt: skip


_PUBLIC = frozenset(
    """example gmail googlemail outlook hotmail mail company corp github githubusercontent gitlab
    bitbucket google googleapis amazon amazonaws aws microsoft azure windows anthropic openai
    kubernetes docker apache slack atlassian cloudflare python pypi npmjs golang wikipedia w3 ietf
    owasp nist local internal intern cloud org com net""".split()
)
"""Labels of hosts that name a product or nobody."""


def _owner(host: str) -> Iterator[tuple[str, str]]:
    """The organisation that a host is called after."""
    label = host.lower().split(".")[-2]
    if label not in _PUBLIC:
        yield "organisation", label


def _found(text: str) -> Iterator[tuple[str, str]]:
    for match in _MAIL.finditer(text):
        local, _, host = match[0].partition("@")
        parts = [p for p in re.split(r"[._+-]", local) if len(p) >= _SHORTEST and p.isalpha()]
        if len(parts) > 1:
            yield "person", " ".join(parts)
        yield from _owner(host)
    for match in _HOST.finditer(text):
        yield "host", match[0]
        yield from _owner(match[0])
    yield from (("organisation", m[1].strip()) for m in _COMPANY.finditer(text))
    yield from (("person", m[1].strip()) for m in _TITLED.finditer(text))
    for match in _NAMED.finditer(text):
        for found in _PERSON.finditer(match["names"]):
            words = {word.lower().strip(".") for word in found[0].split()}
            if not words & _ROLES:
                yield "person", found[0]
    yield from (("person", m[1]) for m in _ACCOUNT.finditer(text))
