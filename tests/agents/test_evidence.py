"""Evidence: a quote is verbatim at exactly its lines, or it is not evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.evidence import Evidence, Label, locate, verified, verify
from agents.steps.checked import Sieve
from tests.agents.designs import PATH, document

TEXT = "# Title\n\nThe API checks tokens.\nThe API logs calls\nand keeps them.\nThe API checks tokens.\n"
DOCUMENT = document(TEXT)
DOCUMENTS = {PATH: DOCUMENT}


def at(start: int, end: int, quote: str, path: str = PATH) -> Evidence:
    return Evidence(path=path, line_start=start, line_end=end, quote=quote, label=Label.STATED)


def test_locate_takes_the_nearest_occurrence() -> None:
    near = [locate(DOCUMENT, "checks tokens", label=Label.STATED, near_line=n) for n in (1, 6)]
    assert [e.line_start for e in near if e is not None] == [3, 6]
    assert locate(DOCUMENT, "checks passwords", label=Label.STATED) is None
    assert locate(DOCUMENT, "  ", label=Label.STATED) is None


def test_a_quote_over_two_lines_has_both() -> None:
    found = locate(DOCUMENT, "logs calls\nand keeps", label=Label.STATED)
    assert found is not None
    assert (found.line_start, found.line_end) == (4, 5)
    assert verify(found, DOCUMENTS)


@pytest.mark.parametrize(
    "evidence",
    [
        at(3, 3, "checks passwords"),
        at(4, 4, "checks tokens"),
        at(3, 4, "checks tokens"),
        at(4, 4, "logs calls\nand keeps"),
        at(0, 0, "checks tokens"),
        at(3, 99, "checks tokens"),
        at(4, 3, "checks tokens"),
        at(3, 3, " "),
        at(3, 3, "checks tokens", "other.md"),
    ],
)
def test_anything_else_fails(evidence: Evidence) -> None:
    assert not verify(evidence, DOCUMENTS)
    sieve = Sieve(DOCUMENTS)
    assert sieve.keep((evidence,)) == ()
    assert sieve.dropped == 1


def test_verified_keeps_order_without_repetition() -> None:
    good, other = at(3, 3, "checks tokens"), at(4, 4, "logs calls")
    items = (good, at(9, 9, "x"), other, good)
    assert verified(items, DOCUMENTS) == (good, other)
    sieve = Sieve(DOCUMENTS)
    assert sieve.keep(items) == (good, other)
    assert sieve.dropped == 1


@given(st.text(alphabet="ab\n ü\r", max_size=60), st.data())
def test_what_is_located_verifies(text: str, data: st.DataObject) -> None:
    subject = document(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = locate(subject, text[start:end], label=Label.STATED)
    assert (found is None) == (not text[start:end].strip())
    assert found is None or verify(found, {PATH: subject})
