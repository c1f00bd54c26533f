"""Technology that the vocabulary does not know: names that the text treats as a product."""

import re
from collections.abc import Iterable, Sequence

from agents.analysts.lexical.lexicon import Lexicon, words
from agents.analysts.lexical.sentences import section_standing
from agents.analysts.lexical.walk import ReadSentence
from agents.evidence import Evidence
from agents.system import Component, Sighting, Standing

_NAME = (
    r"[A-Z][A-Za-z0-9]*(?:[.+#-][A-Za-z0-9]+)*(?: (?!The\b|A\b|It\b|We\b)[A-Z][A-Za-z0-9+#]*){0,2}"
)
_USED = re.compile(
    r"\b(?:us(?:es|ed|e|ing)|via|through|on top of|based on|built (?:on|with|in)|written in|"
    r"powered by|runs? on|running on|hosted (?:on|by|at)|deployed (?:to|on|with)|stored in|backed by|"
    r"managed (?:by|with)|provided by|integrat\w+ with|connects? to|indexed in|orchestrated (?:by|with)|"
    r"adopt\w*|migrat\w+ to|replac\w+ (?:by|with)|serve[sd]? (?:by|with|from)|scheduled (?:by|in|with)|"
    rf"called|named|library|framework|plug-?in|SDK|database|broker|engine|platform) (?:an? |the )?(?P<name>{_NAME})"
)
_CLASSED = re.compile(
    rf"(?P<name>{_NAME}) (?:\d[\d.]*\d )?(?:library|framework|database|broker|queue|SDK|server|plug-?in|proxy|"
    r"cluster|client|driver|engine|runtime|gateway|vector store|index|crawler|connector|operator|"
    r"extension|cache|workflow engine|scheduler|registry|toolkit)\b"
)
_VERSION = re.compile(rf"(?P<name>{_NAME}) (?:v\d+(?:\.\d+)*|\d+\.\d+(?:\.\d+)*)\b")
_PATTERNS = (_USED, _CLASSED, _VERSION)
_NOT_A_PRODUCT = frozenset(
    "the a an this that these those it we you they he she i our your their each every all any some "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june "
    "july august september october november december phase step version section figure table "
    "appendix chapter part level tier stage option english german french british european uk us eu "
    "usa api apis url urls http https json xml yaml csv pdf html sql tls ssl ssh vpn sla slo gdpr "
    "pii id ids ui ux qa ci cd it hr ceo cto ciso pull request requests issue note new only if when "
    "since for in on at by of and or not no yes as from to with after before once during until "
    "oauth oidc saml mcp gpu gpus iam vpc sftp ftp ide ocr lru jwt jwts mtls http2 grpc rest soap dns cdn "
    "above below four two three text mode default options overview summary background "
    "python java javascript typescript go rust ruby php kotlin swift scala linux windows macos "
    "internet web cloud data test tests production staging".split()
)
_PLACES = frozenset(
    "north south east west northern southern eastern western central africa america americas asia europe "
    "australia austria bahrain belgium brazil canada chile china denmark finland france germany india "
    "indonesia ireland israel italy japan korea malaysia mexico netherlands norway poland portugal qatar "
    "singapore spain sweden switzerland taiwan thailand england scotland wales amsterdam berlin bogota "
    "brussels calgary dallas delhi doha dubai dublin frankfurt geneva helsinki hyderabad iowa jakarta "
    "johannesburg lisbon london madrid manchester melbourne milan montreal mumbai munich ohio oregon osaka "
    "oslo paris prague santiago seoul stockholm sydney texas tokyo toronto vienna virginia warsaw zurich".split()
)
"""Words of countries, of cities and of the regions that clouds have: where a part runs, not on what."""
MOST = 20
"""Sightings of one review."""


def sightings(
    read: Sequence[ReadSentence], lexicon: Lexicon, components: Iterable[Component]
) -> tuple[Sighting, ...]:
    """Unknown technology in the order of first use, with the first sentence that names it."""
    own = {words(name) for c in components for name in (c.name, *c.aliases)}
    first: dict[str, Evidence] = {}
    for item in read:
        if section_standing(item.sentence.section) is not Standing.IN_FORCE:
            continue
        for name in _names(item.sentence.plain):
            if name not in first and len(first) < MOST and not _known(name, lexicon, own):
                evidence = item.sentence.evidence(item.document)
                if evidence is not None:
                    first[name] = evidence
    counts = {name: sum(name in item.sentence.plain for item in read) for name in first}
    return tuple(Sighting(name=n, count=counts[n], evidence=e) for n, e in first.items())


def _names(plain: str) -> list[str]:
    found = (m.group("name") for pattern in _PATTERNS for m in pattern.finditer(plain))
    return list(dict.fromkeys(_trimmed(name) for name in found))


def _trimmed(name: str) -> str:
    """The name without common words at its ends, as `New Foo Server` has."""
    parts = name.split()
    while parts and parts[0].lower() in _NOT_A_PRODUCT:
        parts = parts[1:]
    while parts and parts[-1].lower() in _NOT_A_PRODUCT:
        parts = parts[:-1]
    return " ".join(parts)


def _known(name: str, lexicon: Lexicon, own: set[tuple[str, ...]]) -> bool:
    """True for what is no new product: too short, a common noun, or a part known by this name."""
    parts = words(name)
    if len(name) < 3 or not parts or parts in own or not _PLACES.isdisjoint(parts):
        return True
    return any(
        parts[start:end] in lexicon.terms
        for start in range(len(parts))
        for end in range(start + 1, len(parts) + 1)
    )
