"""Words of English technical prose as stems, and how much each of them tells."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z][a-z0-9]*")
_STOP = frozenset(
    # Words without content, then those that every review comment is framed with.
    """a about after again all also an and any are as at be because been before being between both
    but by can cannot could did do does each either else every for from had has have how if in into
    is it its itself may might more most must no nobody not nothing of off on once one only or other
    others our out own per same shall should so some somebody somebodys such than that the their
    them then there these they this those through to too two under until up upon was way we well
    were what when where whether which while who whoever whole whom whose why will with within
    without would you your document says say said line lines text design states state stated named
    name names takes take handles handle part parts thing things person people""".split()
)
_IRREGULAR: Mapping[str, str] = {
    "stole": "steal", "stolen": "steal", "written": "write", "wrote": "write", "sent": "send",
    "kept": "keep", "lost": "lose", "lose": "lose", "broke": "break", "broken": "break",
    "hidden": "hide", "given": "give", "taken": "take", "made": "make", "held": "hold",
    "revocation": "revoke", "impersonation": "impersonate", "analyses": "analysis",
    "policies": "policy", "proxies": "proxy", "identities": "identity", "keys": "key",
    "authn": "authenticate", "authz": "authorise", "repudiation": "repudiate",
    "explanation": "explain", "explanations": "explain", "explainability": "explain",
    "vulnerability": "vulnerable", "vulnerabilities": "vulnerable", "storage": "store",
    "denial": "deny", "denied": "deny", "denies": "deny", "proof": "prove", "proofs": "prove",
}  # fmt: skip
_SUFFIXES = (
    "isations", "isation", "ations", "ation", "ating", "ments", "ment", "ities", "ity", "ators",
    "ator", "ates", "ated", "ate", "ions", "ion", "ings", "ing", "ances", "ance", "ences", "ence",
    "ants", "ant", "ents", "ives", "ive", "ables", "able", "ibles", "ible", "ers", "er", "ors",
    "or", "ises", "ised", "ise", "ies", "ied", "als", "al", "ly", "es", "ed", "s", "e", "y",
)  # fmt: skip
_SHORTEST = 3


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text in order, without words that carry no content."""
    return tuple(stem(word) for word in words(text) if word not in _STOP)


def words(text: str) -> tuple[str, ...]:
    """The lower-case words of a text in order; `camelCase`, `kebab-case`, `snake_case` are split."""
    return tuple(_WORD.findall(_CAMEL.sub(" ", text).lower()))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending, so that forms of one word meet; not always a word itself."""
    word = _IRREGULAR.get(word, word)
    word = re.sub(r"(?<=\w\w)iz(?=e|ing|ation)", "is", word)
    for suffix in _SUFFIXES:
        if suffix == "s" and word.endswith("ss"):
            continue
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST:
            word = word.removesuffix(suffix)
            break
    doubled = len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeiouls"
    return word[:-1] if doubled else word


class Weights:
    """Inverse document frequency over a fixed set of texts: what stands everywhere tells little."""

    def __init__(self, texts: Iterable[str]) -> None:
        sets = [set(stems(text)) for text in texts]
        self._count = len(sets)
        self._frequency = Counter(stem for found in sets for stem in found)
        self._most = math.log(self._count + 1)

    def of(self, stem: str) -> float:
        """0 for a stem that is in every text, 1 for one that is in none."""
        seen = self._frequency.get(stem, 0)
        return math.log((self._count + 1) / (seen + 1)) / self._most if self._count else 1.0


def cosine(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Cosine of two weighted bags, 0 to 1; 0 where one is empty."""
    product = sum(first[key] * second[key] for key in sorted(first.keys() & second.keys()))
    length = math.sqrt(_square(first) * _square(second))
    return min(1.0, product / length) if length else 0.0


def overlap(first: Iterable[str], second: Iterable[str]) -> float:
    """Share of the smaller set that is in the other, 0 to 1; 0 where one is empty."""
    one, other = set(first), set(second)
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _square(bag: Mapping[str, float]) -> float:
    return sum(bag[key] ** 2 for key in sorted(bag))
