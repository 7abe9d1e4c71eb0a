"""The rows of `data/`: one class a file, and the data dictionary.

Each field's description is the rule a curator follows; `data/README.md` is printed from them.
Cells are text; an empty cell means "not recorded". Lists inside a cell are parted by "; ".
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from kg.facts.dates import PartialDate
from kg.facts.vocabulary import (
    LINEAGE,
    Confidence,
    DateBasis,
    EventType,
    Family,
    Form,
    KindChangeType,
    Rank,
    Status,
)  # fmt: skip

Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _cells(value: Any) -> Any:
    return tuple(filter(None, map(str.strip, value.split(";")))) if isinstance(value, str) else value


def _day(value: Any) -> Any:
    return PartialDate.parse(value) if isinstance(value, str) else value


def _end(value: Any) -> Any:
    return value if value == "unknown" else _day(value)


Keys = Annotated[tuple[Key, ...], BeforeValidator(_cells)]
Day = Annotated[PartialDate, BeforeValidator(_day)]
End = Annotated[PartialDate | Literal["unknown"], BeforeValidator(_end)]


class Row(BaseModel):
    """Any row of `data/`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    FILE: ClassVar[str]
    #: The fields that tell one row from another; two rows alike in all of them are a fault.
    IDENTITY: ClassVar[tuple[str, ...]]
    #: Which fields hold keys of which table: source, kind, body, event, or thing (kind or body).
    REFERS: ClassVar[dict[str, str]] = {}


class Sourced(Row):
    """A row that states a fact, on somebody's word."""

    source: Annotated[Keys, Field(min_length=1, description="keys of `sources.csv`, best first")]
    locator: str = Field("", description="where in the source: section, table, row or page")
    confidence: Confidence = Field(
        description="verified: read in the source; derived: follows from sources by arithmetic or "
        "comparison; background: widely known, not read in a source; unconfirmed: one weak source, "
        "kept out of answers"
    )
    note: str = Field("", description="a caveat, or why this is recorded as it is; shown to readers")


class Dated(Sourced):
    """A fact that holds for a period, [from, until)."""

    from_: Day | None = Field(None, alias="from", description="first day; empty when not known")
    until: End | None = Field(
        None,
        description='first day without: 2022-07-01 for a body whose last day was 30 June 2022; empty when open; "unknown" when '
        "it is not recorded whether or when it ended",
    )
    date_basis: DateBasis = Field(
        "legal", description="whose dates these are: legal, operational, statistical (seen in a data set), announced"
    )


class Source(Row):
    """A document, page or data set that facts are taken from."""

    FILE = "sources.csv"
    IDENTITY = ("key",)

    key: Key = Field(description="publisher, subject and year: 'kingsfund-ics-explained-2022'")
    title: Text = Field(description="its title, or a plain description where it has none")
    publisher: Text = Field(description="who published it, as people know them")
    date: Day | None = Field(None, description="date of publication; empty when undated")
    url: str = Field("", description="address; empty for a seed file")
    file: str = Field("", description="file name, for the documents the project began from")
    note: str = Field("", description="what it is, and how far to trust it")


class Kind(Dated):
    """A kind of structure: a concept with its own validity, never a class of the ontology."""

    FILE = "kinds.csv"
    IDENTITY = ("key",)

    key: Key = Field(description="short and readable; what --sense takes: 'icp-provider'")
    acronym: str = Field("", description="the acronym alone, as people write it; other acronyms go in `names.csv`")
    name: Text = Field(description='singular, as in running text: "integrated care system"')
    plural: Text = Field(description='plural, as in running text: "integrated care systems"')
    qualifier: str = Field(
        "", description="tells senses of one acronym apart: contract, alliance, committee, statutory ..."
    )
    family: Family = Field(description="what it is mainly for; gives the colour in diagrams")
    form: Form = Field(description="what it is in law and practice")
    definition: Text = Field(description='in our own words, "a <wider thing> that ...", one sentence')
    legal_basis: str = Field("", description="act, order or contract; empty when none is recorded")
    background: str = Field(
        "", description="columns of this row that are background knowledge although the row is not, parted by spaces"
    )


class Change(Sourced):
    """What happened, when, to whom: the columns that kinds and organisations share."""

    key: Key = Field(description="says what happened: 'acs-renamed-ics'")
    type: EventType | KindChangeType = Field(description="what sort of change")
    date: Day = Field(description="when it took effect, to the precision known")
    date_basis: DateBasis = Field("legal", description="whose date this is")
    status: Status = Field("in-effect", description="planned and unconfirmed changes stay out of default answers")
    before: Annotated[Keys, Field(description="keys of what there was, parted by '; '")] = ()
    after: Annotated[Keys, Field(description="keys of what there was afterwards, parted by '; '")] = ()
    summary: Text = Field(
        description="one phrase that completes the step, with no full stop: 'renamed; the named sites carried over'"
    )
    group: Key | None = Field(None, description="rows that disagree share a group")
    rank: Rank = Field("preferred", description="an alternative is shown as a claim and never walked as lineage")
    claimed_by: str = Field("", description="who says so, when that matters")

    @property
    def carries_lineage(self) -> bool:
        """Whether it is walked as lineage: in effect, preferred, confirmed, and of a type that moves something."""
        in_effect = self.status == "in-effect" and self.rank == "preferred"
        return in_effect and self.confidence != "unconfirmed" and self.type in LINEAGE


class KindChange(Change):
    """How one kind of structure became another: policy, not the story of a single body."""

    FILE = "kind_changes.csv"
    IDENTITY = ("key",)
    REFERS = {"before": "kind", "after": "kind"}

    type: KindChangeType = Field(description="what sort of change; see ontology/README.md")


class Event(Change):
    """Something that happened to organisations or partnerships."""

    FILE = "events.csv"
    IDENTITY = ("key",)
    REFERS = {"before": "body", "after": "body"}

    type: EventType = Field(description="what sort of event; fixes how many things stand before and after")
    wave: int | None = Field(None, ge=1, description="for a designation in waves, which wave")


class KindPart(Dated):
    """Which kind sits inside which: the tiers."""

    FILE = "kind_parts.csv"
    IDENTITY = ("part", "whole", "from_")
    REFERS = {"part": "kind", "whole": "kind"}

    part: Key = Field(description="the kind inside")
    whole: Key = Field(description="the kind it sits in")


class Distinction(Sourced):
    """Two things that are confused and must not be."""

    FILE = "distinctions.csv"
    IDENTITY = ("one", "other")
    REFERS = {"one": "thing", "other": "thing"}

    one: Key = Field(description="what a reader asks about first")
    other: Key = Field(description="what it is taken for")
    text: Text = Field(description="one sentence that tells the two apart, naming both")


class Body(Dated):
    """An organisation, partnership or named area: new only when created in law or formed of other partners or another area."""

    FILE = "bodies.csv"
    IDENTITY = ("key",)

    key: Key = Field(description="kind and area, or kind and code: 'ics-frimley', 'ccg-15d'")
    name: Text = Field(description="the name it is best known by; dated names go in `names.csv`")
    legal: Literal["formal", "collaboration"] = Field(
        description="formal: a legal person; collaboration: a partnership of others"
    )
    fate: Literal["", "unknown"] = Field("", description='"unknown" when it ended and no event says what followed')
    identity: str = Field("", description="for a hard case, why this is one record, or why it is its own")


class Naming(Dated):
    """A name that something bore, or is called by."""

    FILE = "names.csv"
    IDENTITY = ("thing", "name", "from_")
    REFERS = {"thing": "thing"}

    thing: Key = Field(description="what bore the name")
    name: Text = Field(description="the name, as written")
    type: Literal["official", "short", "alias", "acronym"] = Field(
        description="official: as its owner wrote it; short: without NHS, CCG and the like; alias: what others call it"
    )


class Classification(Dated):
    """What kind a body was, for a period: one footprint may be an STP, then an ACS, then an ICS."""

    FILE = "classifications.csv"
    IDENTITY = ("body", "kind", "from_")
    REFERS = {"body": "body", "kind": "kind"}

    body: Key = Field(description="what was of the kind")
    kind: Key = Field(description="the kind it was")
    wave: int | None = Field(None, ge=1, description="for kinds named in waves, which one")


class CodeAssignment(Dated):
    """A code of a scheme, given to one thing for a period; at most one thing per code and day."""

    FILE = "codes.csv"
    IDENTITY = ("thing", "scheme", "code", "from_")
    REFERS = {"thing": "body"}

    thing: Key = Field(description="what held the code")
    scheme: Literal["ods", "gss", "la"] = Field(
        description="ods: Organisation Data Service; gss: ONS nine-character; la: council code as ODS lists it"
    )
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,12}$")] = Field(
        description="capitals and digits, no blanks"
    )


class Transfer(Sourced):
    """In an event, what part of whom went to whom; needed where not everything went everywhere."""

    FILE = "transfers.csv"
    IDENTITY = ("event", "giver", "receiver", "basis")
    REFERS = {"event": "event", "giver": "body", "receiver": "body"}

    event: Key = Field(description="the event in which it moved; one that carries lineage")
    giver: Key = Field(description="the body that gave")
    receiver: Key = Field(description="the body that received")
    part: str = Field("", description='what moved, in words: "west Essex", "whole"')
    basis: Literal["", "population", "practices", "budget", "area", "postcodes"] = Field(
        "", description="what was counted; empty when the share is unknown"
    )
    share: float | None = Field(
        None, gt=0, le=1, description="part of `giver`, by `basis`; all parts of a divided giver sum to 1"
    )
    reference: str = Field("", description="the date or edition the count refers to")
    method: str = Field("", description="how it was derived")


class Input(Row):
    """A file that a publisher printed and that shares are computed from; the file itself is not kept here."""

    FILE = "inputs.csv"
    IDENTITY = ("key",)
    REFERS = {"source": "source"}

    key: Key = Field(description="what it is and its edition: 'lsoa11-sicbl22-icb22'")
    file: Text = Field(description="its name in the folder that is given to `kg shares --inputs`")
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="SHA-256 of the file as it lies there; another file is refused"
    )
    date: Day = Field(description="the day it is true of, not that of its printing")
    what: Text = Field(description="what it says, of what, and how many lines it has")
    source: Annotated[Keys, Field(min_length=1, description="keys of `sources.csv`, best first")]
    note: str = Field("", description="what to know before using it")


class Comparison(Row):
    """Which files make one computation: of who went where, or, without `after`, of how many live in each body."""

    FILE = "comparisons.csv"
    IDENTITY = ("key",)
    REFERS = {"before": "input", "after": "input", "weights": "input", "bridge": "input", "after_as": "kind"}

    key: Key = Field(description="says what is compared: 'ccg-icb-2022-population'")
    basis: Literal["population", "practices", "area"] = Field(description="what is counted")
    before: Key = Field(description="the earlier file")
    before_column: str = Field("", description="its column of codes; empty for a file of practices")
    before_on: Day | None = Field(None, description="the day its codes are read by; that of the file when empty")
    after: Key | None = Field(None, description="the later file; empty to count one file")
    after_column: str = Field("", description="its column of codes")
    after_on: Day | None = Field(
        None, description="the day its codes are read by, where a code has passed to another body by then"
    )
    after_as: Key | None = Field(
        None, description="a kind: meant is the body of that kind of which the one with the code was part on `after_on`"
    )
    givers: str = Field("", description="codes of the only givers to look at, parted by '; '; all when empty")
    weights: Key | None = Field(None, description="the file of people by area; empty when areas or practices count")
    bridge: Key | None = Field(None, description="the file that joins areas of two censuses, where editions differ")
    reference: Text = Field(description="the edition, as a reader is told it: 'ONS mid-2020'")
    method: Text = Field(description="how it is counted, in words")


class Share(Sourced):
    """What part of whom went where, as computed; written whole by `kg shares` and never by hand."""

    FILE = "shares.csv"
    IDENTITY = ("event", "giver", "receiver", "basis")
    REFERS = {"event": "event", "giver": "body", "receiver": "body", "inputs": "input"}

    event: Key = Field(description="the event in which it moved")
    giver: Key = Field(description="the body that gave")
    receiver: Key = Field(description="the body that received")
    basis: Literal["population", "practices", "area"] = Field(description="what was counted")
    amount: int = Field(gt=0, description="how many moved")
    total: int = Field(gt=0, description="how many `giver` had, those that stayed included")
    share: float = Field(gt=0, le=1, description="`amount` divided by `total`, to ten decimals")
    reference: Text = Field(description="the edition of what was counted")
    method: Text = Field(description="how it was counted")
    inputs: Annotated[Keys, Field(min_length=1, description="keys of `inputs.csv`: the files it was computed from")]


class Membership(Dated):
    """Who belonged to what, from when to when, in which role."""

    FILE = "memberships.csv"
    IDENTITY = ("group", "member", "role", "from_")
    REFERS = {"group": "body", "member": "body"}

    group: Key = Field(description="what was belonged to")
    member: Key = Field(description="who belonged")
    role: Literal["commissioner", "provider", "council", "partner", "part", "reporting"] = Field(
        description="part: a body inside a larger one, as an ICB in its ICS; reporting: figures are reported for it there, and it is no part"
    )
    observed: Day | None = Field(
        None, description="the date of the list that shows it, where start and end are not recorded"
    )


class Observation(Sourced):
    """How many, on a date, by a method: people covered, or bodies of a kind."""

    FILE = "observations.csv"
    IDENTITY = ("thing", "measure", "statistic", "date", "method", "source", "value", "low", "high")
    REFERS = {"thing": "thing"}

    thing: Key = Field(description="what was counted, or covers the people")
    measure: Literal["population", "registered-population", "practices", "count"] = Field(
        description="population: people covered; registered-population: on GP lists; practices: open general practices; count: bodies of this kind"
    )
    statistic: Literal["total", "about", "mean", "range", "over", "under", "almost"] = Field(
        "total", description="what the number is"
    )
    value: float | None = Field(None, ge=0, description="the number; empty for a range")
    low: float | None = Field(None, ge=0, description="lower end of a range")
    high: float | None = Field(None, ge=0, description="upper end of a range")
    date: Day | None = Field(None, description="the date it is true of; empty when not stated")
    method: Literal["policy", "measured", "stated", "derived"] = Field(
        description="policy: what was intended; measured: counted in data; stated: a source says so; derived: worked out"
    )
    group: Key | None = Field(None, description="observations that disagree share a group")
    rank: Rank = Field("preferred", description="of numbers that disagree, the one to be told first")


class Claim(Sourced):
    """What one source says of a thing, kept as said, where sources or readings differ or no other table fits."""

    FILE = "claims.csv"
    IDENTITY = ("key",)
    REFERS = {"about": "thing"}

    key: Key = Field(
        description="says what is claimed; a seed fact begins with its number: 'sf039-aco-previous-name-for-icps'"
    )
    about: Key = Field(description="what it is said of")
    topic: Literal[
        "definition", "name", "predecessor", "successor", "count", "population", "coverage", "members",
        "role", "date", "area", "status", "legal",
    ] = Field(description="what it is a statement of")  # fmt: skip
    text: Text = Field(description="one sentence in our own words")
    date: Day | None = Field(None, description="the date it is said of")
    group: Key | None = Field(None, description="claims that disagree share a group")
    rank: Rank = Field("preferred", description="of claims that disagree, which is better founded")
    claimed_by: str = Field("", description="who says so, when that is not the publisher")


class Listing(Sourced):
    """One line of a list that a source prints, in the source's own order."""

    FILE = "listings.csv"
    IDENTITY = ("list", "position")
    REFERS = {"thing": "thing"}

    list: Key = Field(description="key of the list: the source and what it lists")
    title: Text = Field(description="what the source calls the list")
    position: int = Field(ge=1, description="place in the source's order, from 1")
    thing: Key = Field(description="what the line means")
    printed: Text = Field(description="the words the source prints")
    mark: str = Field("", description="what the source adds in that line")


class PublisherCode(Sourced):
    """A role or relationship code of the Organisation Data Service, and its words in running text."""

    FILE = "publisher_codes.csv"
    IDENTITY = ("code",)
    REFERS = {"kind": "kind"}

    code: Annotated[str, StringConstraints(pattern=r"^R[OE][0-9]{1,4}$")] = Field(
        description="as the publisher writes it: RO76 is a role, RE4 a relationship"
    )
    sort: Literal["role", "relationship"] = Field(
        description="role: what an organisation is or does; relationship: what it is to another"
    )
    printed: Text = Field(description="the publisher's own words")
    name: Text = Field(description='in running text: "GP practice"; of a relationship "is commissioned by"')
    plural: Text = Field(description='plural of the name, and of a relationship that of the member: "GP practices"')
    kind: Key | None = Field(None, description="the kind that has this role and shares it with no other; else empty")
    telling: Literal["", "yes"] = Field(
        "", description="whether it says what the organisation is, better than the primary role that it comes with"
    )
    member: str = Field(
        "", description='for a relationship, what one is to the other: "commissioned organisation"; empty for a role'
    )


#: Every file of `data/`, in the order a reader meets them.
ROWS: tuple[type[Row], ...] = (
    Source, Kind, KindChange, KindPart, Distinction, Body, Naming, Classification, CodeAssignment,
    Event, Transfer, Input, Comparison, Share, Membership, Observation, Claim, Listing,
    PublisherCode,
)  # fmt: skip


def choices(row: type[Row], field: str) -> tuple[str, ...]:
    """Give the words that a field of closed choice allows, empty when it is open."""
    words = get_args(row.model_fields[field].annotation)
    return tuple(word for word in words if isinstance(word, str))
