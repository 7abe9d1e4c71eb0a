"""Pictures at an address of their own: drawn when they are asked for, in the format that the ending names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, get_args
from urllib.parse import parse_qsl

from kg.errors import NotFound, UsageError
from kg.faces.serve.exchange import Asked, Reply, Site

if TYPE_CHECKING:
    from kg.faces.diagrams.drawing import Drawing

#: What each ending is served as.
MEDIA: Final[Mapping[str, str]] = {
    "html": "text/html; charset=utf-8", "svg": "image/svg+xml", "png": "image/png", "mmd": "text/plain; charset=utf-8",
    "dot": "text/vnd.graphviz; charset=utf-8", "graphml": "application/graphml+xml", "csv": "text/csv; charset=utf-8",
}  # fmt: skip

#: What each picture can be told: the parameter of the address, and the wish of `Graph.draw`.
_WISHES: Final[Mapping[str, Mapping[str, str]]] = {
    "lineage": {"sense": "sense", "direction": "direction", "only": "only", "depth": "depth", "basis": "share_basis"},
    "structure": {"sense": "sense", "depth": "depth"},
    "kinds": {"form": "form"},
    "england": {},
    "compare": {"kind": "kind"},
}
#: What each picture must be told.
_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "lineage": ("name",), "structure": ("name",), "kinds": (), "england": ("from", "to"), "compare": ("from", "to"),
}  # fmt: skip
#: What any address of a picture may say beside that.
_ALWAYS: Final = ("date", "download")
#: Parameters of a saved query go by their own names; one that is named as ours is written "param.name".
_PREFIX: Final = "param."
#: The ties that a picture of a query may have; placing twice as many takes ten seconds.
_MOST: Final = 5000
_FORM: Final = "application/x-www-form-urlencoded"
#: An SVG that is opened by itself has its style and its fonts within, and runs nothing.
_PICTURE: Final = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; frame-ancestors 'none'"


def draw(site: Site, asked: Asked) -> Reply:
    """Draw a picture: /draw/lineage.svg?name=ACS&date=2026-04-01; with `download`, to be saved as a file.

    The pictures are those of `kg draw`. "query" takes the `name` of a saved query with its parameters, or the text of
    one as `query`, which a form may send too.

    Raises:
        UsageError: a parameter is wrong, missing, or one that the picture does not take.
        Ambiguous, NotFound: a name means several things, or none; there is no such picture or format.
    """
    preset, ending = asked.parts["preset"], asked.parts["ending"]
    if ending not in MEDIA:
        raise NotFound(f'There is no picture in the format "{ending}". The formats: {", ".join(MEDIA)}.')
    if preset not in (*_NAMED, "query"):
        raise NotFound(f'There is no picture called "{preset}". The pictures: {", ".join((*_NAMED, "query"))}.')
    asked = _with_form(asked)
    drawing = _query(site, asked) if preset == "query" else _preset(site, asked, preset)
    return _reply(drawing, preset, ending, asked)


def _with_form(asked: Asked) -> Asked:
    """Give what was asked with the fields of a form that was sent as parameters."""
    if asked.method != "POST":
        return asked
    if asked.media != _FORM:
        raise UsageError(f"A picture is asked for by its address, or by a form sent as {_FORM}. Send one of these.")
    try:
        fields = parse_qsl(asked.body.decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise UsageError("The form cannot be read: it is not UTF-8 text, or has more than 100 fields.") from None
    return Asked(asked.path, "GET", asked.parts, (*asked.query, *fields), asked.headers)


def _preset(site: Site, asked: Asked, preset: str) -> Drawing:
    from kg.answers.ends import Only
    from kg.answers.portions import BASES

    wishes, named = _WISHES[preset], _NAMED[preset]
    taken = (*named, *wishes, *(() if preset in ("england", "compare") else ("date",)), "download")
    if unknown := sorted({name for name, _ in asked.query} - set(taken)):
        raise UsageError(f'The picture "{preset}" takes no parameter "{unknown[0]}". It takes: {", ".join(taken)}.')
    given: list[str] = []
    for name in named:
        value = asked.one(name)
        if value is None:
            raise UsageError(f'The picture "{preset}" needs the parameter "{name}". Give it, as {_example(preset)}')
        given.append(value)
    told: dict[str, Any] = {wish: asked.one(name) for name, wish in wishes.items()}
    if told.get("only") not in (None, *get_args(Only)):
        raise UsageError(f'"{told["only"]}" is no lineage to keep to. Give legal or codes, or neither for both.')
    if told.get("share_basis") not in (None, *BASES):
        raise UsageError(
            f'"{told["share_basis"]}" is nothing that shares are counted by. Give one of: {", ".join(BASES)}.'
        )
    if told.get("depth") is not None:
        told["depth"] = _depth(told["depth"])
    return site.graph.draw(preset, *given, as_of=asked.one("date"), **told)


def _query(site: Site, asked: Asked) -> Drawing:
    name, text = asked.one("name"), asked.one("query")
    params = {
        key.removeprefix(_PREFIX): value for key, value in asked.query
        if key not in ("name", "query", *_ALWAYS) and value.strip()
    }  # fmt: skip
    if (name is None) == (text is None):
        raise UsageError(
            "A query is drawn by the name of a saved one, as /draw/query.svg?name=before&thing=icb-frimley, or by its text "
            "as query. Give one of the two."
        )
    if text is not None:
        if params:
            raise UsageError(
                f"Parameters are for saved queries: {', '.join(params)}. Write the values into the query, or leave them out."
            )
        return _bounded(site, asked, text=text)
    site.graph.graph.queries.get(
        str(name)
    )  # a name only: on the command line a file may be named, and here none is read
    return _bounded(site, asked, name, params=params)


def _bounded(site: Site, asked: Asked, *names: Any, **wishes: Any) -> Drawing:
    """Draw what a query finds, unless nobody could see anything in so much of it."""
    from kg.faces.diagrams.drawing import Drawing
    from kg.faces.diagrams.layout import placed
    from kg.faces.diagrams.pictures import On, stated
    from kg.faces.recoding import day

    as_of = asked.one("date")
    scene = stated(site.graph.graph, "query", *names, on=On(day(as_of), as_of is not None), **wishes)
    if len(scene.edges) > _MOST:
        raise UsageError(
            f"The query finds {len(scene.edges):,} ties, and a picture shows at most {_MOST:,}. Ask for fewer: add LIMIT, or take the rows as CSV."
        )
    return Drawing(placed(scene))


def _depth(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f'"{text}" is no depth. Give a whole number from 1.') from None


def _example(preset: str) -> str:
    days = preset in ("england", "compare")
    return f"/draw/{preset}.svg?{'from=2013-04-01&to=2022-07-01' if days else 'name=icb-frimley'}"


def _reply(drawing: Drawing, preset: str, ending: str, asked: Asked) -> Reply:
    from kg.faces.diagrams.renderers import page, rendered

    body = rendered(drawing.scene, f".{ending}")
    headers = []
    if ending == "html":
        headers.append(("Content-Security-Policy", f"{page.policy()}; frame-ancestors 'none'"))
    elif ending == "svg":
        headers.append(("Content-Security-Policy", _PICTURE))
    if asked.one("download"):
        headers.append(("Content-Disposition", f'attachment; filename="{_file_name(preset, asked)}.{ending}"'))
    return Reply(body, MEDIA[ending], headers=tuple(headers))


def _file_name(preset: str, asked: Asked) -> str:
    """Give a name for the file in plain letters: "lineage-icb-frimley-2026-04-01"."""
    words = [preset, *(asked.one(name) or "" for name in ("name", "from", "to", "date"))]
    return "-".join(filter(None, (re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")[:60] for word in words)))
