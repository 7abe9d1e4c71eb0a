"""The description of the API in OpenAPI 3.1, made from what the API itself reads its parameters by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from kg.faces.serve import api, verbs
from kg.faces.serve.verbs import LONGEST, Parameter

_CONTRACT: Final = Path(__file__).parent.parent / "contract.schema.json"
#: A day of the calendar that the graph can be asked of.
_DAY: Final = {"type": "string", "format": "date", "pattern": "^(1[0-9]{3}|20[0-9]{2})-[0-9]{2}-[0-9]{2}$"}
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"\S"}
_FORM: Final = {
    "name": "format", "in": "query", "description": "The form of the reply; Accept chooses when it is not given.",
    "schema": {"type": "string", "enum": list(api.FORMS)},
}  # fmt: skip


def described(root: str, home: str, release: str, today: date) -> dict[str, Any]:
    """Describe the API of a server whose paths begin with `root`, at the address `home` where it is known."""
    contract = json.loads(_CONTRACT.read_text(encoding="utf-8"))
    schemas = {name: _moved(schema) for name, schema in contract["$defs"].items()}
    paths: dict[str, Any] = {
        f"/api/{verb.name}": {"get": _verb(verb)} for verb in verbs.VERBS.values()
    } | {
        "/api/queries": {"get": _operation("queries", "List the saved queries.", [], {"200": _json({"type": "object"})})},
        "/api/queries/{name}": {"get": _query()},
        "/api/concordance": {"get": _operation(
            "concordance", "Give the crosswalk table between the codes of two days and levels.",
            map(_parameter, api.CONCORDANCE), {"200": _as({"text/csv": {"schema": {"type": "string"}}}, "The table."), "422": _problem("The request cannot be met.")},
        )},
    }  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kg: the integration structures of the NHS in England", "version": release,
            "description": "The questions of the command line over HTTP. A research tool, not an NHS service. "
            f"Days are ISO 8601; without one, today is meant (it was {today} when this was written).",
            "license": {"name": "Data: Open Government Licence v3.0", "url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"},
        },
        "servers": [{"url": home.rstrip("/") or root or "/"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }  # fmt: skip


def _verb(verb: verbs.Verb) -> dict[str, Any]:
    forms = {
        kind.partition(";")[0]: {"schema": {"type": "string"}} for form, kind in api.FORMS.items() if form != "json"
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/answer"}}, **forms}
    told = {
        "200": _as(content, "The answer; status unknown when it is not recorded."),
        "300": _as(content, "The name means several things: the candidates, each with the sense that picks it."),
        "404": _as(content, "Nothing has that name: the candidates come near it."),
    }  # fmt: skip
    return _operation(verb.name, verb.summary, [*map(_parameter, verb.parameters), _FORM], told)


def _query() -> dict[str, Any]:
    name = {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "A saved query; /api/queries lists them.",
        "schema": _TEXT,
    }
    given = {
        "name": "params", "in": "query", "style": "form", "explode": True, "description": "The parameters of the query, and as_of.",
        "schema": {"type": "object", "additionalProperties": {"type": "string"}},
    }  # fmt: skip
    rows = _as(
        {"application/json": {"schema": {"$ref": "#/components/schemas/query"}}, "text/csv": {"schema": {"type": "string"}}},
        "The rows.",
    )  # fmt: skip
    return _operation(
        "query", "Run a saved query.", [name, given, _FORM],
        {"200": rows, "300": _problem("A parameter means several things."), "404": _problem("There is no such query, or nothing has that name.")},
    )  # fmt: skip


def _operation(key: str, summary: str, parameters: Iterable[Any], replies: Mapping[str, Any]) -> dict[str, Any]:
    always = {
        "304": {"description": "The reply is the one whose ETag was given in If-None-Match."},
        "400": _problem("The question is put wrongly; the detail says how."),
        "406": _problem("The reply has none of the forms that Accept names."),
        "503": _problem("Busy, or stopped at a limit; Retry-After says when to ask again."),
    }
    return {"operationId": key, "summary": summary, "parameters": list(parameters), "responses": dict(sorted({**always, **replies}.items()))}  # fmt: skip


def _parameter(parameter: Parameter) -> dict[str, Any]:
    sorts: dict[str, Any] = {"day": _DAY, "flag": {"type": "boolean"}, "text": _TEXT}
    schema = {"type": "string", "enum": list(parameter.choices)} if parameter.choices else sorts[parameter.sort]
    return {"name": parameter.name, "in": "query", "required": parameter.required, "description": parameter.help, "schema": schema}  # fmt: skip


def _as(content: Mapping[str, Any], words: str) -> dict[str, Any]:
    return {"description": words, "content": dict(content)}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return _as({"application/json": {"schema": schema}}, "The reply.")


def _problem(words: str) -> dict[str, Any]:
    schema = {
        "type": "object", "required": ["title", "status", "detail"],
        "properties": {"title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}},
    }  # fmt: skip
    return _as({"application/problem+json": {"schema": schema}}, words)


def _moved(schema: Any) -> Any:
    """Give a schema of the contract with its references where OpenAPI keeps schemas."""
    if isinstance(schema, dict):
        return {
            name: value.replace("#/$defs/", "#/components/schemas/") if name == "$ref" else _moved(value)
            for name, value in schema.items()
        }
    return [_moved(item) for item in schema] if isinstance(schema, list) else schema
