"""Addresses: one base, composed in one place; and names as people write them, folded."""

from __future__ import annotations

import ast
import re
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kg.graph import names
from kg.graph.folding import fold, loosen
from kg.graph.graph import Graph
from kg.graph.likeness import is_code, likest, slips

ROOT = Path(__file__).parent.parent
HOME = ROOT / "kg" / "graph" / "names.py"
KEYS = some.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True)
CATEGORIES = ("kind", "body", "event", "source", "list", "scheme", "role")


def strings(path: Path) -> list[str]:
    """Every string of a module that runs, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def test_one_base_composed_in_one_place() -> None:
    host = names.BASE.split("//")[1].rstrip("/")
    prefix = re.compile(r"PREFIX\s+(\w+):\s*<([^>]*)>", re.IGNORECASE)
    modules = sorted((ROOT / "kg").rglob("*.py"))
    assert HOME in modules
    for path in modules:
        if path == HOME:
            continue
        for text in strings(path):
            assert host not in prefix.sub("", text), f"{path} composes an address: {text[:80]!r}"
            for name, base in prefix.findall(text):
                assert names.PREFIXES[name] == base, f"{path} has another base for {name}"
    assert sum(host in text for text in strings(HOME)) == 1


@pytest.mark.parametrize("path", sorted((ROOT / "queries").rglob("*.rq")), ids=lambda path: path.stem)
def test_every_query_has_the_same_bases(path: Path) -> None:
    found = re.findall(r"^PREFIX\s+(\w+):\s*<([^>]*)>", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert {name: names.PREFIXES.get(name) for name, _ in found} == dict(found)


def test_the_ontology_has_the_same_bases() -> None:
    pages = sorted((ROOT / "ontology").glob("*.ttl"))
    assert pages
    for path in pages:
        found = dict(re.findall(r"^@prefix\s+(\w+):\s*<([^>]*)>", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert found["nis"] == names.TERMS
        assert {
            name: base for name, base in found.items() if name in names.PREFIXES
        }.items() <= names.PREFIXES.items(), path
        unknown = {base for name, base in found.items() if name not in names.PREFIXES and base.startswith(names.BASE)}
        assert unknown <= {names.BASE + "shapes#"}, path


def test_no_base_but_the_vocabularies_is_outside_our_own() -> None:
    assert names.TERMS.startswith(names.BASE)
    assert names.THINGS.startswith(names.BASE)
    assert all(graph.startswith(names.BASE) for graph in names.GRAPHS.values())
    assert len(set(names.PREFIXES.values())) == len(names.PREFIXES)


@given(category=some.sampled_from(CATEGORIES), key=KEYS)
def test_key_iri_and_curie_are_one_thing(category: str, key: str) -> None:
    iri = names.thing(category, key)
    assert (names.key_of(iri), names.category_of(iri)) == (key, category)
    assert names.curie(iri) == f"{category}:{key}"
    assert names.expand(names.curie(iri)) == iri
    assert names.expand(iri) == iri


@pytest.mark.parametrize(
    "text",
    [
        "acs",
        "",
        "kind:",
        ":acs",
        "nothing:acs",
        "kind:a b",
        "kind:<x>",
        "http://x y",
        "https://e.org/<x>",
        "https://e.org/\n",
        "mailto:someone",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address_is_not_expanded(text: str) -> None:
    assert names.expand(text) is None


def test_a_term_is_a_hash_iri_and_a_thing_a_slash_iri() -> None:
    assert names.term("Merger") == "https://w3id.org/nhs-integration/ontology#Merger"
    assert names.thing("kind", "acs") == "https://w3id.org/nhs-integration/id/kind/acs"
    assert names.local_name(names.term("Merger")) == "Merger"
    assert names.key_of("http://www.w3.org/ns/org#Role") == "http://www.w3.org/ns/org#Role"
    assert names.category_of("http://www.w3.org/ns/org#Role") == ""
    assert names.curie("http://example.org/x") == "http://example.org/x"


def test_a_statement_has_the_same_address_in_every_build() -> None:
    one = names.statement("claim", "acs", "successor", None)
    assert one == names.statement("claim", "acs", "successor", None)
    assert (
        len(
            {
                one,
                names.statement("claim", "acs", "successor"),
                names.statement("claim", "acssuccessor", None),
                names.statement("naming", "acs", "successor", None),
            }
        )
        == 4
    )
    assert names.category_of(one) == "claim"


@pytest.mark.parametrize(
    "text",
    [
        "NHS Frimley ICB",
        "nhs frimley icb",
        "Frimley ICB",
        "The Frimley ICB",
        "NHS Frimley Integrated Care Board",
        "  FRIMLEY   icb. ",
        "frimley-icb",
    ],
)
def test_one_name_in_many_spellings(graph: Graph, text: str) -> None:
    assert [named.key for named in graph.names.exact(text)] == ["icb-frimley"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ACS", ["acs"]), ("acs", ["acs"]), ("accountable care systems", ["acs"]), ("15A", ["ccg-15a", "subicb-15a"]), ("15a", ["ccg-15a", "subicb-15a"]),
        ("QNQ", ["ics-frimley", "icb-frimley"]), ("Frimley", ["ics-frimley", "icb-frimley"]), ("kind:acs", []), ("Frimle", []), ("", []), ("NHS", []),
        ("Bedfordshire, Luton & Milton Keynes ICS", ["ics-bedfordshire-luton-and-milton-keynes"]), ("icp-provider", ["icp-provider"]),
        ("ICP contract", ["icp-provider"]), ("Berkshire West ACS", ["ics-berkshire-west"]), ("Berkshire West CCG", ["ccg-15a"]),
        ("ICP", ["integrated-care-pilot", "icp-alliance", "icp-provider", "icp-committee"]),
    ],
)  # fmt: skip
def test_names_codes_keys_and_former_names(graph: Graph, text: str, keys: list[str]) -> None:
    assert [named.key for named in graph.names.exact(text)] == keys


@pytest.mark.parametrize(
    "text",
    ["accountable care sytem", "Frimly ICB", "Berkshire Wset ICS", "intergrated care system", "Glouchestershire"],
)
def test_a_near_name_is_only_suggested(graph: Graph, text: str) -> None:
    assert graph.names.exact(text) == []
    assert graph.names.holding(text)


@pytest.mark.parametrize(
    ("text", "folded", "loose"),
    [
        ("NHS England", "england", "england"), ("NHS", "nhs", "nhs"), ("The NHS", "nhs", "nhs"), ("NHS Dorset CCG", "dorset ccg", "dorset"),
        ("Dorset Clinical Commissioning Group", "dorset clinical commissioning group", "dorset"), ("CCG", "ccg", "ccg"), ("King\u2019s College", "kings college", "kings college"),
        ("Café & Co.", "cafe and co", "cafe and co"), ("", "", ""), ("***", "", ""),
    ],
)  # fmt: skip
def test_folding(text: str, folded: str, loose: str) -> None:
    assert fold(text) == folded
    assert loosen(text) == loose


@given(some.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text) == fold(f"  {text} ")


@pytest.mark.parametrize("text", ["z99999", "16c", "rxx01", "x2c4y", "e54000050", "ro999"])
def test_codes_are_told_from_words(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize("text", ["frimley", "acs", "covid19", "wave 2", "a", "16", "a81001 practice", "2019-04-01"])
def test_words_are_told_from_codes(text: str) -> None:
    assert not is_code(text)


def test_every_slip_of_a_code_is_one_step_from_it() -> None:
    found = slips("a81001")
    assert len(found) == len(set(found))
    assert "a81001" not in found
    assert {"a18001", "a81010", "b81001", "a8101", "a881001", "a81001x"} <= set(found)
    assert not {"a81110", "a18010", "a810", "b81002", "10081a"} & set(found)
    assert found.index("a18001") < found.index("b81001") < found.index("a8101") < found.index("a881001")


@given(
    some.text("abc ", min_size=1, max_size=6),
    some.lists(some.tuples(some.text("abc ", min_size=1, max_size=12), some.sampled_from("pqrstu")), max_size=30),
    some.integers(min_value=1, max_value=4),
    some.sampled_from([-1.0, 0.5, 0.6]),
)
def test_the_likest_are_those_that_comparing_every_name_gives(
    text: str, rows: list[tuple[str, str]], limit: int, above: float
) -> None:
    def alike(name: str) -> float:
        ratio = SequenceMatcher(None, text, name).ratio()
        return max(ratio, 0.6 + ratio / 3) if len(text) > 2 and text in name else ratio

    every = sorted((-alike(name), name, iri) for name, iri in rows if alike(name) > above)
    found = [(-score, name, iri) for score, name, iri in likest(text, rows, limit, above)]
    assert _first(found, limit) == _first(every, limit)


def _first(scored: list[tuple[float, str, str]], limit: int) -> list[tuple[float, str, str]]:
    """The best name of each thing, of so many things."""
    best: dict[str, tuple[float, str, str]] = {}
    for row in scored:
        best.setdefault(row[-1], row)
    return list(best.values())[:limit]


def test_near_a_code_are_only_those_that_one_slip_makes_of_it(graph: Graph) -> None:
    assert graph.names.holding("Z99999") == []
    near = [named.key.rsplit("-", 1)[-1] for named in graph.names.holding("16Z")]
    assert near
    assert set(near) <= set(slips("16z"))
