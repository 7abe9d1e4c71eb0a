"""The kinds of organisation that fill a release, how many, what they are called and coded, and what they point at."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS = "ABCDEFGHJKLMNPQRTVWXY"
#: Area prefixes of practice codes.
AREAS = [f"{letter}{number}" for number in range(81, 94) for letter in "ABCDEFGHJKLMNP"]


class Kind(NamedTuple):
    """One kind of organisation.

    `fixed` is what each has: extra roles, relationships by their code. `spread` is the weight with which it takes part
    in what is left of a quota. `pointed` orders kinds by how soon their records get a stub in the other file.
    """

    name: str
    role: str
    live: int
    archived: int
    site: bool = False
    extras: tuple[str, ...] = ()
    fixed: Mapping[str, int] = MappingProxyType({})
    spread: Mapping[str, int] = MappingProxyType({})
    operator: str = ""
    code: str = "ANANA"
    words: tuple[str, ...] = ()
    pointed: int = 0
    least: int = 1


CENTRES = (
    "RO72", "RO80", "RO82", "RO87", "RO246", "RO247", "RO248", "RO249", "RO250", "RO251", "RO252", "RO253", "RO255", "RO256",
    "RO257", "RO258", "RO259", "RO260", "RO321", "RO323", "RO266",
)  # fmt: skip
SCHOOLS = tuple(f"RO{number}" for number in (*range(281, 295), *range(296, 315), 325))
#: Given as primary roles to what is left over, one after the other.
ODDMENTS = (
    "RO90", "RO91", "RO89", "RO92", "RO93", "RO94", "RO99", "RO102", "RO103", "RO105", "RO106", "RO107", "RO108", "RO109", "RO111",
    "RO114", "RO116", "RO117", "RO119", "RO122", "RO123", "RO126", "RO128", "RO131", "RO132", "RO134", "RO136", "RO137", "RO138",
    "RO140", "RO142", "RO144", "RO146", "RO147", "RO148", "RO149", "RO150", "RO153", "RO154", "RO155", "RO158", "RO159", "RO161",
    "RO162", "RO168", "RO169", "RO171", "RO173", "RO175", "RO185", "RO189", "RO190", "RO191", "RO195", "RO200", "RO203", "RO204",
    "RO20", "RO211", "RO212", "RO213", "RO214", "RO215", "RO216", "RO217", "RO228", "RO229", "RO230", "RO231", "RO232", "RO233", "RO234",
    "RO235", "RO236", "RO267", "RO268", "RO273", "RO274", "RO279", "RO280", "RO316", "RO317", "RO320", "RO322", "RO326", "RO328",
    "RO329", "RO330",
)  # fmt: skip
#: Given as extra roles of trust sites.
HOSPITAL = (
    "RO31",
    "RO24",
    "RO29",
    "RO7",
    "RO30",
    "RO317",
    "RO320",
    "RO279",
    "RO275",
    "RO276",
    "RO277",
    "RO324",
    "RO59",
    "RO60",
    "RO88",
)
COUNCILS = ("RO33", "RO34", "RO35", "RO36", "RO37", "RO38", "RO39", "RO40", "RO223", "RO11", "RO12")

KINDS = (
    Kind("authority", "RO141", 350, 100, False, COUNCILS, {"role": 1}, {"RE5": 1}, "", "NNN", ("COUNCIL",), 9, 8),
    Kind("practice", "RO177", 9_800, 4_200, False, ("RO76", "RO31", "RO266"), {"role": 1, "RE4": 1},
         {"RE4": 30, "RE5": 20, "RE6": 5, "RE8": 10, "RE9": 10, "RE10": 10, "RE11": 10, "closed": 1}, "", "practice",
         ("SURGERY", "MEDICAL CENTRE", "HEALTH CENTRE", "MEDICAL PRACTICE", "GROUP PRACTICE"), 8),
    Kind("centre", "RO177", 12_000, 3_500, False, CENTRES, {"role": 1, "RE4": 1}, {"RE3": 1, "RE4": 10, "RE6": 10, "closed": 1}, "",
         "Y5", ("OUT OF HOURS", "COMMUNITY SERVICE", "URGENT CARE", "WALK IN CENTRE", "DIABETES SERVICE")),
    Kind("branch", "RO96", 7_500, 4_000, True, (), {"RE6": 1}, {"closed": 1}, "practice", "3", ("BRANCH SURGERY", "SURGERY")),
    Kind("trust site", "RO198", 52_000, 14_000, True, HOSPITAL, {"RE6": 1, "RE5": 1}, {"legal": 1, "role": 2, "RE5": 3, "closed": 1},
         "nhs-trust", "2", ("HOSPITAL", "CLINIC", "COMMUNITY HOSPITAL", "HEALTH CENTRE", "OUTPATIENTS", "DAY UNIT")),
    Kind("pct site", "RO180", 5_000, 9_000, True, ("RO25", "RO21", "RO22", "RO67"), {"RE6": 1, "legal": 1}, {"late": 1, "role": 2}, "pct", "2",
         ("HEALTH CENTRE", "CLINIC", "CHILDREN'S CENTRE")),
    Kind("pharmacy hq", "RO181", 8_500, 3_000, False, (), {}, {"closed": 1}, "", "ANANA", ("PHARMACY LIMITED", "CHEMISTS LTD"), 7),
    Kind("pharmacy", "RO182", 15_000, 5_500, False, ("RO71", "RO280"), {"RE4": 1, "RE5": 1, "RE6": 1},
         {"RE4": 10, "RE5": 10, "RE6": 10, "closed": 1, "role": 1}, "pharmacy hq", "pharmacy", ("PHARMACY", "CHEMIST", "LATE NIGHT PHARMACY")),
    Kind("dental", "RO110", 13_500, 3_000, False, ("RO65",), {"RE4": 1, "RE5": 1}, {"RE4": 10, "RE5": 10, "dental": 1, "closed": 1, "role": 2},
         "", "V5", ("DENTAL PRACTICE", "DENTAL CARE", "DENTAL CENTRE", "ORTHODONTICS")),
    Kind("optical hq", "RO166", 5_000, 1_000, False, (), {}, {"closed": 1}, "", "ANANA", ("OPTICIANS LTD", "EYECARE LIMITED"), 6),
    Kind("optical site", "RO167", 10_500, 2_500, True, (), {"RE4": 1, "RE6": 1}, {"RE5": 5, "closed": 1}, "optical hq", "TP3", ("OPTICIANS", "EYECARE")),
    Kind("care provider", "RO104", 27_000, 4_000, False, ("RO15",), {}, {"role": 5, "filler": 1, "closed": 1}, "", "ANANA",
         ("CARE LIMITED", "HOMECARE LTD", "SUPPORT SERVICES"), 5),
    Kind("care site", "RO101", 44_000, 6_000, True, ("RO269", "RO270", "RO83", "RO15"), {"RE6": 1, "RE5": 1},
         {"RE5": 10, "RE6": 5, "role": 10, "filler": 1, "closed": 1}, "care provider", "VL3", ("HOUSE", "CARE HOME", "NURSING HOME", "LODGE", "COURT")),
    Kind("school", "RO221", 36_000, 1_500, False, SCHOOLS, {"role": 1, "RE5": 1}, {"RE5": 3, "closed": 1}, "", "EE6",
         ("PRIMARY SCHOOL", "ACADEMY", "C OF E SCHOOL", "HIGH SCHOOL", "INFANT SCHOOL")),
    Kind("independent", "RO172", 6_500, 1_000, False, ("RO7",), {}, {"future": 1, "RE5": 2, "role": 1}, "", "N3", ("HEALTHCARE LTD", "CLINIC", "HOSPICE"), 4),
    Kind("independent site", "RO176", 19_000, 3_000, True, (), {"RE6": 1}, {"RE5": 4, "closed": 1}, "independent", "2", ("CLINIC", "HOSPITAL")),
    Kind("outside", "RO157", 9_500, 3_000, False, ("RO71",), {}, {"closed": 1, "role": 1, "RE5": 3}, "", "84", ("LTD", "ASSOCIATES", "CHARITY", "TRUST")),
    Kind("authority site", "RO222", 4_000, 300, True, (), {"RE6": 1}, {"closed": 1, "RE5": 5}, "authority", "3A", ("CENTRE", "OFFICES", "DAY CENTRE")),
    Kind("scottish practice", "RO227", 1_200, 200, False, (), {"RE5": 1}, {}, "", "S5", ("SURGERY", "MEDICAL PRACTICE")),
    Kind("irish practice", "RO315", 350, 50, False, (), {"RE5": 1}, {}, "", "Z5", ("SURGERY", "HEALTH CENTRE")),
    Kind("other", "", 6_900, 5_600, False, (), {}, {"RE2": 1, "closed": 1, "RE5": 4}, "", "ANANA", ("UNIT", "SERVICE", "CENTRE", "OFFICE")),
)  # fmt: skip


def code_of(kind: Kind, archived: bool, number: int, over: list[tuple[str, str, int]]) -> str:
    """A code of the form that the publisher gives to its kind; of a site, its operator's with something after it."""
    form = kind.code
    if form == "practice":
        return f"{AREAS[number % len(AREAS)]}{1 + number // len(AREAS):03d}"
    if form == "pharmacy":
        return f"F{LETTERS[number % 21]}{LETTERS[number // 21 % 21]}{number // 441:02d}"
    if form in ("2", "3", "3A"):
        parent = over[number % len(over)][0]
        turn = number // len(over)
        if form == "3":
            return f"{parent}{999 - turn if archived else turn + 1:03d}"
        turn = 1295 - turn if archived else turn
        return parent + ("A" if form == "3A" else "") + DIGITS[turn // 36] + DIGITS[turn % 36]
    if form == "NNN":
        return f"{101 + number}"
    if form == "ANANA":
        return _scattered(number)
    letters, width = form[:-1], int(form[-1])
    if letters == "VL":
        return "V" + "LMN"[number // 46_656] + _digits(number, 3)
    if letters in ("TP", "8", "N"):
        return letters + _digits(number, width)
    return f"{letters}{number + 1:0{width}d}"


def _digits(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def _scattered(number: int) -> str:
    """A letter, a digit, a letter, a digit, a letter: 926,100 of them, in no order that one sees."""
    number = number * 524_287 % 926_100
    number, last = divmod(number, 21)
    number, second = divmod(number, 10)
    number, middle = divmod(number, 21)
    number, first = divmod(number, 10)
    return f"{LETTERS[number]}{first}{LETTERS[middle]}{second}{LETTERS[last]}"
