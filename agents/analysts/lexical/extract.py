"""Extraction without a model: the system model from words, headings, tables, lists and diagrams."""

from agents.analysts.base import Reading
from agents.analysts.lexical.assembly import Assembly
from agents.analysts.lexical.declared import Introduced, introduced
from agents.analysts.lexical.lexicon import Term, lexicon
from agents.analysts.lexical.phrases import Names, name_key
from agents.analysts.lexical.register import Register
from agents.analysts.lexical.walk import meet, walk
from agents.system import SystemModel


def extract(reading: Reading) -> SystemModel:
    """Components, flows, boundaries, data, attributes, controls and assumptions of the documents.

    Deterministic. Every quote is verbatim in its document; nothing is taken from text that is
    negated, out of scope, or about attackers.
    """
    words = lexicon()
    found = {path: introduced(document, words) for path, document in reading.documents.items()}
    terms: dict[tuple[str, ...], Term] = {}
    for one in found.values():
        for phrase, term in one.terms().items():
            terms.setdefault(phrase, term)
    names = Names(words, terms)
    register = Register()
    for one in found.values():
        _declare(one, register)
    read = [
        item for document in reading.documents.values() for item in walk(document, names, words)
    ]
    for item in read:
        meet(item, register)
    register.settle()
    return Assembly(reading.documents, register, words).model(read, list(found.values()))


def _declare(one: Introduced, register: Register) -> None:
    for part in one.parts:
        register.declare(part.key, part.name, part.kind, part.evidence)
        if part.alias:
            register.same(name_key(part.alias, named=True), part.key)
