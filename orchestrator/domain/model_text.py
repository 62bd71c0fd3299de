"""Model files as text: XML in whatever encoding it declares, and then declaring the one that it is kept in."""

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_DECLARED = re.compile(r"""^(<\?xml\b[^>]*?\sencoding\s*=\s*)(["'])([\w.:-]+)\2""")
_HEAD = 200


def text_of(content: bytes) -> str:
    """Return a file's text; ``ValueError`` where it is not in the encoding that it declares."""
    encoding = next((name for mark, name in (*_MARKS, *_UNMARKED) if content.startswith(mark)), None)
    if encoding is None:
        declared = _DECLARED.match(content[:_HEAD].decode("latin-1"))
        encoding = "utf-8" if declared is None else declared[3]
    try:
        text = content.decode(encoding)
    except LookupError:
        message = f"the encoding {encoding} is unknown"
        raise ValueError(message) from None
    return _DECLARED.sub(r"\1\2UTF-8\2", text, count=1)
