"""What a document says without showing it, and what it says to its reviewer."""

from collections.abc import Iterator

from agents.document import Document
from agents.hidden import characters, encoded, markup
from agents.hidden.instructions import ADDRESSED, addressed
from agents.hidden.staging import staged


def hints(document: Document) -> Iterator[tuple[str, int, str]]:
    """Sort, character offset and description of every hidden text and instruction, unordered."""
    for offset, what in characters.hidden(document.text):
        yield "characters", offset, what
    places = markup.places(document)
    for place in places:
        if place.unseen:
            yield "markup", place.start, "text that is styled to be invisible"
    for offset, place in markup.instructions(document.text, places):
        yield "instruction", offset, f"{ADDRESSED} in {place.name}"
    for offset in addressed(document.text):
        if not any(place.start <= offset < place.end for place in markup.around(places, offset)):
            yield "instruction", offset, ADDRESSED
    for offset, words in encoded.instructions(document.text):
        yield "encoded", offset, f"encoded text that reads “{words}”"
    for offset, what in staged(document):
        yield "staging", offset, what
