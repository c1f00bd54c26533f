"""Small words around verbs: what may stand between a subject, its verb and its object."""

import re

AUX = frozenset("is are was were be been being gets get got".split())
BETWEEN = frozenset(
    "will would shall can could may might must should does do did has have to also then then only now which "
    "that who and either first directly simply just automatically subsequently periodically securely it both "
    "record records object objects data itself in turn optionally asynchronously synchronously".split()
)
DETERMINERS = frozenset(
    "a an the this that these those its their our your each every any some no of in on at by with for from per "
    "all via through new other same api external internal".split()
)
MODAL = frozenset(
    "to can will may must should shall could would might then and or not we they also".split()
)
INTO = frozenset("to into in with on onto against at".split())
STORING = frozenset(
    "write store save persist log index record archive append copy commit replicate inject insert upsert load "
    "export register publish upload delete".split()
)
ON_A_STORE = frozenset("query update modify search access".split())
TALKING = frozenset(
    "talk communicate interact integrate authenticate connect share register sync".split()
)
CLAUSE_END = re.compile(r"[;.!?](?:\s|$)|\bso that\b|\bbecause\b|\bwhile\b|\bwhereas\b")
COORDINATION = re.compile(
    r"\s*(?::|,|and|or|&|/|,\s*and|,\s*or)\s*(?:the|a|an|our|its|their|to|from|in|into)?\s*", re.I
)
ASIDE = re.compile(r"\([^()]*\)|,\s+(?:acting|running|deployed|hosted|which|who)\b[^,]*,")
REACH = 16
NOUN_BEFORE = frozenset("is are was were of will must should".split())
"""A verb form before one of these is a noun: `queries of the user`, `calls are logged`."""
ARTICLES = frozenset("the a an its their our".split())
LEADS_AWAY = frozenset("to from with via in for of through".split())
"""A mention behind one of these is no subject."""
