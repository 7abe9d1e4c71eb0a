"""Names, streets and towns that look real and are not."""

from __future__ import annotations

from datetime import date

from benchmarks.release import text
from benchmarks.release.dates import DAYS, LAST, mixed
from benchmarks.release.kinds import Kind

#: The end of primary care trusts, of the payments for vaccination, and the start of reporting entities.
ABOLISHED, VACCINATED, ENTITIES = date(2013, 3, 31), date(2022, 3, 31), date(2024, 4, 1)
FIRST = (
    "ABBEY ACORN ALBION ALDER ASH ASHFIELD AVENUE BEECH BELMONT BIRCH BRIDGE BROADWAY BROOK CASTLE CEDAR CHAPEL CHERRY CHESTNUT CHURCH "
    "CLIFTON COPPICE CROFT CROWN DALE DENE EASTGATE ELM ELMFIELD FAIRFIELD FERN FOREST FOUNTAIN GARDEN GLEBE GRANGE GREEN GROVE HALL "
    "HARBOUR HAVEN HAWTHORN HAZEL HEATH HIGHFIELD HILL HOLLY KINGSWAY LAKE LANGLEY LARCH LAUREL LIME LINDEN LONGFIELD MANOR MAPLE MARKET "
    "MARSH MEADOW MILL MOOR NORTHGATE OAK OAKFIELD OLD ORCHARD PARK PINE POPLAR PRIORY QUEENS RECTORY RIVER ROSE ROWAN ST ANDREWS ST JAMES "
    "ST JOHNS ST MARYS ST PETERS SILVER SPRING STATION STONE SYCAMORE THORN TOWER VALE VICARAGE VICTORIA WATER WELL WEST WESTGATE WILLOW "
    "WINDMILL WOOD WOODLANDS YEW"
).replace("ST ", "ST_").split()  # fmt: skip
SECOND = (
    "", "", "LANE", "ROAD", "STREET", "HOUSE", "VIEW", "GREEN", "PARK", "CLOSE", "GATE", "SIDE", "FIELDS", "COTTAGE", "& PARTNERS", "CROSS",
)  # fmt: skip
TOWNS = (
    ("LEEDS", "WEST YORKSHIRE", "LS"), ("BRISTOL", "AVON", "BS"), ("NORWICH", "NORFOLK", "NR"), ("EXETER", "DEVON", "EX"), ("DERBY", "DERBYSHIRE", "DE"),
    ("LONDON", "", "SE"), ("LONDON", "", "N"), ("LONDON", "", "W"), ("BIRMINGHAM", "WEST MIDLANDS", "B"), ("MANCHESTER", "LANCASHIRE", "M"),
    ("LIVERPOOL", "MERSEYSIDE", "L"), ("SHEFFIELD", "SOUTH YORKSHIRE", "S"), ("NEWCASTLE UPON TYNE", "TYNE AND WEAR", "NE"), ("STOCKTON-ON-TEES", "CLEVELAND", "TS"),
    ("READING", "BERKSHIRE", "RG"), ("OXFORD", "OXFORDSHIRE", "OX"), ("SOUTHAMPTON", "HAMPSHIRE", "SO"), ("CANTERBURY", "KENT", "CT"), ("BRIGHTON", "EAST SUSSEX", "BN"),
    ("IPSWICH", "SUFFOLK", "IP"), ("TRURO", "CORNWALL", "TR"), ("CARLISLE", "CUMBRIA", "CA"), ("LINCOLN", "LINCOLNSHIRE", "LN"), ("YORK", "NORTH YORKSHIRE", "YO"),
)  # fmt: skip
STREETS = (
    "HIGH STREET",
    "STATION ROAD",
    "CHURCH LANE",
    "QUEENSWAY",
    "LONDON ROAD",
    "VICTORIA ROAD",
    "MARKET PLACE",
    "LAWSON STREET",
    "PARK ROAD",
)


def name(kind: Kind, serial: int) -> str:
    """What an organisation is called."""
    first = FIRST[mixed(serial, 11) % len(FIRST)].replace("_", " ")
    second = SECOND[mixed(serial, 12) % len(SECOND)]
    town = TOWNS[mixed(serial, 15) % len(TOWNS)][0] if mixed(serial, 13) % 3 == 0 else ""
    last = kind.words[mixed(serial, 14) % len(kind.words)]
    return " ".join(word for word in (first, second, town, last) if word)


def changed(serial: int, end: int | None) -> str:
    """The day of the last change."""
    return DAYS[min(LAST, (end or LAST - mixed(serial, 16) % 4_000) + serial % 30)]


def place(serial: int) -> str:
    """Where it is: one to three lines, most with a number of its property."""
    town, county, area = TOWNS[mixed(serial, 15) % len(TOWNS)]
    number = mixed(serial, 17)
    lines = [f"{1 + number % 240} {STREETS[number % len(STREETS)]}"]
    if number % 2:
        lines.append(
            f"{FIRST[number // 2 % len(FIRST)].replace('_', ' ')} {STREETS[number // 5 % len(STREETS)].split()[-1]}"
        )
    if number % 9 == 0:
        lines.append(FIRST[number // 9 % len(FIRST)].replace("_", " "))
    postcode = f"{area}{1 + number % 28} {number // 7 % 10}{'ABDEFGHJ'[number % 8]}{'LNPQRSTU'[number // 8 % 8]}"
    uprn = 10_000_000 + number if number % 10 < 8 else 0
    telephone = f"0{1000 + number % 900:04d} {100_000 + number // 3 % 900_000}" if number % 5 < 2 else ""
    return text.place(tuple(lines), town, county if number % 5 else "", postcode, uprn, telephone)
