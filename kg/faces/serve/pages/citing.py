"""How a page is cited, by people and by programs: as text, BibTeX, RIS and schema.org."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from markupsafe import Markup

from kg.answers import language as say
from kg.answers.answer import Subject
from kg.answers.record import Thing
from kg.faces.serve.exchange import Site
from kg.faces.serve.pages import links
from kg.graph.names import BASE

AUTHOR: Final = "The kg project"
WORK: Final = "nhs-kg: a knowledge graph of NHS England integration structures"
_BIBTEX: Final = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True)
class Citation:
    """What is cited: one thing as it stood on a day, in a release."""

    title: str
    key: str
    as_of: date
    release: str
    address: str

    @classmethod
    def of(cls, site: Site, path: str, title: str, iri: str, as_of: date) -> Citation:
        """Cite a page: at its address on the web where the site has said where it is, else by the lasting name of the thing."""
        release = site.graph.release
        address = links.cited(site, path, date=as_of, release=release) if site.home else iri
        return cls(title, iri.rsplit("/", 1)[-1], as_of, release, address)

    @property
    def year(self) -> str:
        return self.release.partition(".")[0]

    @property
    def text(self) -> str:
        """The citation as a sentence."""
        return f"{AUTHOR} ({self.year}). {self.title}, as of {say.day(self.as_of)}. In {WORK}, release {self.release}. {self.address}"

    @property
    def bibtex(self) -> str:
        """The citation as an entry of BibTeX."""
        fields = {
            "author": f"{{{AUTHOR}}}", "title": _braced(self.title), "booktitle": _braced(WORK), "year": self.year,
            "edition": f"Release {self.release}", "note": f"As of {say.day(self.as_of)}", "url": self.address,
        }  # fmt: skip
        name = re.sub(r"[^a-z0-9-]", "", self.key.lower())
        lines = "".join(f"  {field} = {{{value}}},\n" for field, value in fields.items())
        return f"@incollection{{nhs-kg-{name}-{self.as_of},\n{lines}}}\n"

    @property
    def ris(self) -> str:
        """The citation as a record of RIS."""
        rows = [
            ("TY", "CHAP"), ("AU", AUTHOR), ("TI", self.title), ("T2", WORK), ("PY", self.year),
            ("ET", f"Release {self.release}"), ("N1", f"As of {say.day(self.as_of)}"), ("UR", self.address), ("ER", ""),
        ]  # fmt: skip
        return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in rows)


def _braced(text: str) -> str:
    return "".join(_BIBTEX.get(char, char) for char in " ".join(text.split()))


def linked_data(thing: Thing, subject: Subject, names: list[str], sentence: str, address: str) -> Markup:
    """Give a kind or body in the words of schema.org, as a block of data for the head of its page.

    What could end the block is written as an escape, so that no label can.
    """
    told: dict[str, Any] = {
        "@context": "https://schema.org", "@id": thing.iri, "@type": "DefinedTerm" if thing.is_kind else "Organization",
        "name": thing.label, "alternateName": names or None, "description": sentence, "url": address,
        "sameAs": thing.iri,
    }  # fmt: skip
    if thing.is_kind:
        told |= {"termCode": thing.fact("acronym") or None, "inDefinedTermSet": BASE + "id/scheme/kinds"}
    else:
        told |= {
            "foundingDate": subject.from_,
            "dissolutionDate": _last(subject.until),
            "identifier": [
                {"@type": "PropertyValue", "propertyID": scheme, "value": code}
                for scheme, codes in subject.codes.items() for code in codes
            ] or None,
        }  # fmt: skip
    return data_block({name: value for name, value in told.items() if value is not None})


def _last(until: str | None) -> str | None:
    """Give the last day of what ended before a day; of an end that is known by its month or year, that."""
    if until is None or until == "unknown":
        return None
    return f"{date.fromisoformat(until) - timedelta(days=1)}" if len(until) == 10 else until


def data_block(told: dict[str, Any]) -> Markup:
    """Give plain values as JSON that may stand inside a script element."""
    escaped = (
        json.dumps(told, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    )
    return Markup(escaped)
