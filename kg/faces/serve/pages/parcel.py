"""A form that was sent with a file in it, taken apart in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.errors import BadInput, UsageError
from kg.faces.serve.exchange import Asked

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

#: The largest form that is read, in bytes, and how many fields it may have.
MOST: Final = 20_000_000
_FIELDS: Final = 60
#: The longest value of a field that is no file, in bytes.
_WORDS: Final = 20_000


@dataclass
class Parcel:
    """The fields of a form, each once, and the one file in it, if any."""

    fields: dict[str, str] = field(default_factory=dict)
    name: str = ""
    data: bytes = b""

    def one(self, name: str) -> str | None:
        """Give a field, None when it is not given or empty."""
        return self.fields.get(name, "").strip() or None


def unpacked(asked: Asked) -> Parcel:
    """Take a form of the type multipart/form-data apart.

    Raises:
        UsageError: it is another type, or has too many fields.
        BadInput: it is too large, cut short or otherwise not what it says.
    """
    if asked.media != "multipart/form-data":
        raise UsageError("A table is sent by the form of this page, as multipart/form-data. Use the form.")
    if len(asked.body) > MOST:
        raise BadInput(
            f"The file is too large: {len(asked.body) / 1e6:,.0f} MB, where {MOST / 1e6:.0f} MB are taken. Send only the columns that "
            "are needed, or use kg crosswalk on your own machine, which takes files of any size."
        )
    from python_multipart.exceptions import ParseError
    from python_multipart.multipart import MultipartParser, parse_options_header

    _, options = parse_options_header(asked.headers.get("content-type", ""))
    parcel, parts = Parcel(), _Parts()
    try:
        parser = MultipartParser(options.get(b"boundary", b""), parts.callbacks, max_size=MOST)
        parser.write(asked.body)
        parser.finalize()
    except ParseError:
        raise BadInput("The form cannot be read: it was cut short on the way, or is damaged. Send it again.") from None
    if not parts.ended:
        raise BadInput("The form cannot be read: it was cut short on the way. Send it again.")
    for header, data in parts.found:
        _, words = parse_options_header(header)
        name = words.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in words:
            if data or words[b"filename"]:
                parcel.name, parcel.data = _leaf(words[b"filename"].decode("utf-8", "replace")), data
        elif len(data) > _WORDS:
            raise UsageError(f'The field "{name[:40]}" is longer than any answer to it can be. Shorten it.')
        else:
            parcel.fields[name] = data.decode("utf-8", "replace")
    return parcel


def _leaf(name: str) -> str:
    """Give a name of a file without folders and without what no name holds."""
    leaf = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in leaf if letter.isprintable())[-120:]


class _Parts:
    """Gathers the parts of a form: the header that names each, and what it holds."""

    def __init__(self) -> None:
        self.found: list[tuple[bytes, bytes]] = []
        self.ended = False
        self._header, self._name, self._value, self._data = b"", b"", b"", bytearray()
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin, "on_part_data": self._more, "on_part_end": self._end, "on_header_field": self._field,
            "on_header_value": self._worth, "on_header_end": self._header_end, "on_end": self._over,
        }  # fmt: skip

    def _begin(self) -> None:
        if len(self.found) >= _FIELDS:
            raise UsageError(f"The form has more than {_FIELDS} fields. Use the form of this page.")
        self._header, self._data = b"", bytearray()

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _worth(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._header = self._value
        self._name = self._value = b""

    def _more(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _end(self) -> None:
        self.found.append((self._header, bytes(self._data)))

    def _over(self) -> None:
        self.ended = True
