"""Extraction without a model: the system model from words, headings, tables, lists and diagrams."""

from functools import lru_cache

from agents.analysts.base import Reading
from agents.analysts.lexical.assembly import Assembly
from agents.analysts.lexical.declared import Introduced, introduced
from agents.analysts.lexical.lexicon import Term, lexicon
from agents.analysts.lexical.phrases import Names, name_key
from agents.analysts.lexical.register import Register
from agents.analysts.lexical.thinking import learns
from agents.analysts.lexical.walk import meet, walk
from agents.document import Document
from agents.system import SystemModel


def extract(reading: Reading) -> SystemModel:
    """Components, flows, boundaries, data, attributes, controls and assumptions of the documents.

    Deterministic. Every quote is verbatim in its document; nothing is taken from text that is
    negated, out of scope, or about attackers.
    """
    return _model(tuple(reading.documents.values()))


@lru_cache(maxsize=4)
def _model(documents: tuple[Document, ...]) -> SystemModel:
    # Triage and extraction read the same documents one after the other.
    words = lexicon()
    found = {document.path: introduced(document, words) for document in documents}
    terms: dict[tuple[str, ...], Term] = {}
    for one in found.values():
        for phrase, term in one.terms().items():
            terms.setdefault(phrase, term)
    names = Names(words, terms, learns=any(learns(document.text) for document in documents))
    register = Register()
    for one in found.values():
        _declare(one, register)
    read = [item for document in documents for item in walk(document, names, words)]
    for item in read:
        meet(item, register)
    register.settle()
    by_path = {document.path: document for document in documents}
    return Assembly(by_path, register, words).model(read, list(found.values()))


def _declare(one: Introduced, register: Register) -> None:
    for part in one.parts:
        register.declare(part.key, part.name, part.kind, part.evidence)
        if part.alias:
            register.same(name_key(part.alias, named=True), part.key)
