"""Documents in the encodings of the world: what the bytes say, what is guessed, what is no text."""

import gzip

import pytest

from agents.encoding import NotText, decode

TEXT = "# Zahlungen\r\n\r\nDie Schlüssel der Kunden – „geheim“ – liegen im Café.\r\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("cp1252"), "Windows-1252"),
    ],
)
def test_one_text_in_every_encoding(raw: bytes, encoding: str) -> None:
    found = decode(raw)
    assert (found.text, found.encoding) == (TEXT, encoding)
    assert bool(found.guess) is (encoding == "Windows-1252")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"# A\n\x00\x01", "a NUL byte at offset 4"),
        (gzip.compress(b"design", mtime=1), "NUL byte"),
        ("x".encode("utf-32"), "NUL characters"),
        (b"\xff\xfea", "not valid UTF-16"),
        (b"\x89PNG\r\n\x1a\n", "not valid UTF-8: byte 0x89 at offset 0"),
        (b"caf\x81", "nor Windows-1252"),
        ("Ключи клиентов хранятся в базе".encode("koi8-r"), "no readable text"),
    ],
)
def test_what_is_no_text_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(NotText, match=why):
        decode(raw)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_character_cut_off_at_the_end_is_left_out(codec: str) -> None:
    raw = "Größe 🙂".encode(codec)[:-1]
    assert decode(raw, whole=False).text == "Größe "
