"""Changes by the publisher's sync interface, asked of a server on this machine that answers in the recorded form."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from kg import RELEASE
from kg.errors import BadInput, UsageError
from kg.facts.ods import updates, wire
from kg.facts.ods.interface import record_of
from kg.facts.ods.publication import open_file
from kg.facts.ods.record import Refused
from kg.facts.ods.updates import Fetched, fetch
from kg.facts.ods.wire import Pace

SINCE: Final = date(2026, 10, 1)
BASE: Final = "/ORD/2-0-0"
RECORDED: Final = Path(__file__).parents[3] / "shared" / "publisher" / "ods" / "ord_97T.json"


def record(code: str, name: str = "SOUTH EAST - H&J COMMISSIONING HUB") -> dict[str, Any]:
    """A record in the form of the interface."""
    dates = [{"Type": "Operational", "Start": "2019-10-25"}, {"Type": "Legal", "Start": "2020-04-01"}]
    identity = {"root": "2.16.840.1.113883.2.1.3.2.4.18.48", "assigningAuthorityName": "HSCIC"}
    target = {"OrgId": identity | {"extension": "Y59"}, "PrimaryRoleId": {"id": "RO209", "uniqueRoleId": 299360}}
    return {
        "Organisation": {
            "Name": name,
            "Date": dates,
            "OrgId": identity | {"extension": code},
            "Status": "Active",
            "LastChangeDate": "2026-10-02",
            "orgRecordClass": "RC1",
            "GeoLoc": {"Location": {"Town": "LEEDS", "PostCode": "LS2 7UA", "Country": "ENGLAND"}},
            "Roles": {
                "Role": [{"id": "RO98", "uniqueRoleId": 1, "primaryRole": True, "Date": dates, "Status": "Active"}]
            },
            "Rels": {
                "Rel": [{"Date": dates, "Status": "Active", "Target": target, "id": "RE5", "uniqueRelId": 619596}]
            },
        }
    }


@dataclass
class Answer:
    """What the server says once; `cut` bytes short of what it promised."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    now: float = 1000.0

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


@dataclass
class Publisher:
    """The publisher: what has changed, what it says out of turn and at what cost in seconds, and what it was asked."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: list[str] | None = None
    page: int | None = None
    first: int = 1
    said: dict[str, list[Answer]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: {"Date": "Sat, 21 Nov 2026 10:00:00 GMT"})
    clock: Clock = field(default_factory=Clock)
    costs: dict[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    hold: tuple[str, threading.Event, threading.Event] | None = None
    base: str = ""

    def say(self, place: str, *answers: Answer) -> None:
        """Answer the next requests for a place in this way."""
        self.said.setdefault(place, []).extend(answers)

    def answer(self, path: str) -> Answer:
        place, query = urlsplit(path).path.removeprefix(f"{BASE}/"), parse_qs(urlsplit(path).query)
        self.asked.append(path.removeprefix(f"{BASE}/"))
        self.times.append(self.clock.now)
        self.clock.now += self.costs.get(place, 0)
        if self.hold and place == self.hold[0]:
            self.hold[1].set()
            self.hold[2].wait(60)
        if said := self.said.get(place):
            return said.pop(0)
        if place == "sync":
            return self.listed(query)
        body = self.records.get(place.removeprefix("organisations/"))
        return Answer(404, b'{"errorCode": 404}') if body is None else Answer(200, json.dumps(body).encode())

    def listed(self, query: dict[str, list[str]]) -> Answer:
        assert query["LastChangeDate"] == [str(SINCE)]
        links = self.links or [f"{self.base}/organisations/{code}" for code in self.records]
        at = max(0, int(query["Offset"][0]) - self.first) if "Offset" in query else 0
        shown = links[at : at + self.page] if self.page else links[at:]
        body = {"Organisations": [{"OrgLink": link} for link in shown]}
        return Answer(200, json.dumps(body).encode(), {"X-Total-Count": str(len(links))})

    @property
    def counts(self) -> Counter[str]:
        """How often each record was asked for."""
        return Counter(place.removeprefix("organisations/") for place in self.asked if place.startswith("org"))

    @property
    def pace(self) -> Pace:
        return Pace(tries=4, clock=lambda: self.clock.now, sleep=self.clock.sleep, jitter=lambda: 1.0)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    told = Publisher()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body go out together

        def do_GET(self) -> None:
            told.agents.add(self.headers["User-Agent"])
            answer = told.answer(self.path)
            self.send_response_only(answer.status)
            headers = told.headers | {"Content-Length": str(len(answer.body))} | answer.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) - answer.cut])
            self.close_connection = answer.cut > 0

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.base = f"http://127.0.0.1:{server.server_port}{BASE}"
    runs = threading.Thread(target=server.serve_forever, args=(0.02,))
    runs.start()
    yield told
    server.shutdown()
    server.server_close()
    runs.join()


def fetched(publisher: Publisher, folder: Path, progress: Callable[[str], None] = lambda _: None) -> Fetched:
    return fetch(publisher.base, SINCE, folder, progress, pace=publisher.pace)


def lines(found: Fetched) -> list[Any]:
    assert found.path is not None
    return [json.loads(line) for line in found.path.read_bytes().splitlines()]


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob(".*"))


def test_a_whole_fetch_writes_what_was_served_in_order_of_code(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {code: record(code, f"NAME OF {code} \u2013 ŵ\u2028") for code in ("Y59", "97T", "A81001")}
    heard = list[str]()
    found = fetched(publisher, tmp_path / "new", heard.append)
    assert lines(found) == [publisher.records[code] for code in ("97T", "A81001", "Y59")]
    assert (found.records, found.refused, found.day) == (3, (), date(2026, 11, 21))
    assert found.path == tmp_path / "new" / "ods-api_2026-11-21_since_2026-10-01.jsonl"
    assert list((tmp_path / "new").iterdir()) == [found.path]
    assert publisher.asked[0] == "sync?LastChangeDate=2026-10-01"
    assert publisher.agents == {f"nhs-kg/{RELEASE}"}
    assert heard == ["3 organisations have changed since 2026-10-01."]


def test_the_file_is_a_publication_of_its_day_with_the_records_that_were_served(
    publisher: Publisher, tmp_path: Path
) -> None:
    publisher.records = {code: record(code, f"NAME OF {code}") for code in ("Y59", "97T", "A81001")}
    publisher.records["B1"] = record("B1")
    publisher.records["B1"]["Organisation"]["Date"] = [{"Type": "Legal", "Start": "2020-04-01", "End": "2019-04-01"}]
    path = fetched(publisher, tmp_path).path
    assert path is not None
    publication = open_file(path)
    assert (publication.release.series, publication.release.day) == ("ods-api", date(2026, 11, 21))
    assert publication.release.precision == "day"
    *read, refused = sorted(publication, key=lambda each: isinstance(each, Refused))
    assert read == [record_of(publisher.records[code]) for code in ("97T", "A81001", "Y59")]
    assert isinstance(refused, Refused)
    assert refused.place == "line 3"


def test_the_publishers_own_record_comes_back_as_it_was(publisher: Publisher, tmp_path: Path) -> None:
    if not RECORDED.is_file():
        pytest.skip("the publisher's files are not beside this checkout")
    publisher.records = {"97T": json.loads(RECORDED.read_bytes())}
    found = fetched(publisher, tmp_path)
    assert lines(found) == [publisher.records["97T"]]
    assert found.path is not None
    (read,) = open_file(found.path)
    assert [read] == list(open_file(RECORDED))


@pytest.mark.parametrize("first", [0, 1], ids=["offsets from 0", "offsets from 1"])
def test_a_list_in_pages_is_read_to_its_end(publisher: Publisher, tmp_path: Path, first: int) -> None:
    publisher.records = {f"A{number:05}": record(f"A{number:05}") for number in range(10)}
    publisher.page, publisher.first = 4, first
    found = fetched(publisher, tmp_path)
    assert found.records == 10
    assert set(publisher.counts.values()) == {1}
    pages = [place for place in publisher.asked if place.startswith("sync")]
    assert pages[1] == "sync?LastChangeDate=2026-10-01&Limit=1000&Offset=4"


def test_the_link_to_the_next_page_is_followed(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {code: record(code) for code in ("97T", "Y59", "Y60")}

    def page(code: str, **headers: str) -> Answer:
        link = {"Organisations": [{"OrgLink": f"{publisher.base}/organisations/{code}?_format=json"}]}
        return Answer(200, json.dumps(link).encode(), headers)

    publisher.say(
        "sync",
        page("97T", **{"Next-Page": f"{publisher.base}/sync?LastChangeDate=2026-10-01&Offset=2"}),
        page("Y59", Link=f"<{publisher.base}/sync?LastChangeDate=2026-10-01&Offset=3>; rel=next"),
        page("Y60"),
    )
    assert fetched(publisher, tmp_path).records == 3
    assert [place[-8:] for place in publisher.asked[:3]] == ["26-10-01", "Offset=2", "Offset=3"]


def test_a_list_that_gives_fewer_than_it_says_is_not_taken_for_all(publisher: Publisher, tmp_path: Path) -> None:
    whole = json.dumps({"Organisations": [{"OrgLink": f"{publisher.base}/organisations/97T"}]}).encode()
    publisher.say("sync", *[Answer(200, whole, {"X-Total-Count": "8377"})] * 2)
    with pytest.raises(
        BadInput, match=r"says that 8,377 organisations have changed, and lists 1\. Nothing was fetched"
    ):
        fetched(publisher, tmp_path)


def test_nothing_changed_is_no_file_and_no_fault(publisher: Publisher, tmp_path: Path) -> None:
    found = fetched(publisher, tmp_path)
    assert (found.path, found.records, found.refused) == (None, 0, ())
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_asks_for_time_is_given_it(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T")}
    publisher.say("organisations/97T", Answer(429, headers={"Retry-After": "37"}))
    publisher.say("organisations/97T", Answer(503, headers={"Retry-After": "Sat, 21 Nov 2026 10:01:30 GMT"}))
    heard = list[str]()
    assert fetched(publisher, tmp_path, heard.append).records == 1
    waits = [after - before for before, after in pairwise(publisher.times)]
    assert waits == pytest.approx([0.25, 37, 90])
    assert heard[1].endswith("answers 429. Trying again in 37 s (1 of 4 tries made).")


def test_a_server_that_asks_for_an_hour_is_left_alone(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T"), "Y59": record("Y59")}
    publisher.say("organisations/Y59", Answer(429, headers={"Retry-After": "3600"}))
    with pytest.raises(BadInput, match=r"left alone for 60 minutes\. 1 of 2 records are fetched and kept in \S+\. Run"):
        fetched(publisher, tmp_path)
    assert publisher.counts["Y59"] == 1


def test_a_busy_server_is_asked_again_after_ever_longer_waits(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T")}
    publisher.say("organisations/97T", Answer(500), Answer(502, b"<html>"), Answer(504))
    assert fetched(publisher, tmp_path).records == 1
    waits = [after - before for before, after in pairwise(publisher.times[1:])]
    assert waits == pytest.approx([1, 2, 4])


def test_waits_are_not_the_same_for_everyone(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T")}
    publisher.say("organisations/97T", Answer(500))
    pace = Pace(clock=lambda: publisher.clock.now, sleep=publisher.clock.sleep, jitter=lambda: 0.2)
    fetch(publisher.base, SINCE, tmp_path, pace=pace)
    assert publisher.times[2] - publisher.times[1] == pytest.approx(0.6)


def test_a_server_that_stays_busy_ends_the_run_and_the_next_one_goes_on(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {code: record(code) for code in ("97T", "A81001", "Y59")}
    publisher.say("organisations/A81001", *[Answer(503)] * 4)
    with pytest.raises(BadInput, match=r"answers 503, after 4 tries\. 1 of 3 records .* it goes on from there") as told:
        fetched(publisher, tmp_path)
    (part,) = parts(tmp_path)
    assert str(part) in str(told.value)
    assert fetched(publisher, tmp_path).records == 3
    assert publisher.counts == {"97T": 1, "A81001": 5, "Y59": 1}
    assert parts(tmp_path) == []


def test_a_connection_cut_midway_is_made_again(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T")}
    publisher.say("organisations/97T", Answer(200, json.dumps(record("97T")).encode(), cut=300))
    publisher.say("sync", Answer(200, b'{"Organisations": []}', cut=5))
    heard = list[str]()
    assert lines(fetched(publisher, tmp_path, heard.append)) == [publisher.records["97T"]]
    assert publisher.counts["97T"] == 2
    assert heard[1] == "1 organisation has changed since 2026-10-01."


def test_where_no_server_is_nobody_waits(publisher: Publisher, tmp_path: Path) -> None:
    taken = wire.Interface("http://127.0.0.1:9/ORD", publisher.pace, lambda _: None)
    with taken, pytest.raises(BadInput, match="cannot be reached"):
        taken.ask("sync", 10)
    assert publisher.clock.now == 1000
    with pytest.raises(BadInput, match=r"cannot be reached .*\. Nothing was fetched\."):
        fetch("http://127.0.0.1:9/ORD", SINCE, tmp_path)


def test_a_killed_run_is_taken_up_and_asks_for_nothing_twice(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {f"A{number:05}": record(f"A{number:05}") for number in range(8)}
    reached, release = threading.Event(), threading.Event()
    publisher.hold = ("organisations/A00005", reached, release)
    code = (
        "import sys; from datetime import date; from pathlib import Path; from kg.facts.ods.wire import Pace; "
        "from kg.facts.ods.updates import fetch; "
        f"fetch(sys.argv[1], date({SINCE.year}, {SINCE.month}, {SINCE.day}), Path(sys.argv[2]), pace=Pace(per_second=1000))"
    )
    child = subprocess.Popen([sys.executable, "-c", code, publisher.base, str(tmp_path)])
    try:
        assert reached.wait(60)
    finally:
        child.kill()
        assert child.wait(60) == -signal.SIGKILL
        publisher.hold = None
        release.set()
    (part,) = parts(tmp_path)
    with part.open("ab") as file:
        file.write(b'{"Organisation":{"Name":"HALF A LI')
    publisher.headers = {"Date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    publisher.records["A00009"] = record("A00009")
    heard = list[str]()
    found = fetched(publisher, tmp_path, heard.append)
    assert heard == [
        "9 organisations have changed since 2026-10-01; 5 are here already, from the run begun on 2026-11-21."
    ]
    assert lines(found) == [publisher.records[code] for code in sorted(publisher.records)]
    assert found.day == date(2026, 11, 21), "what was fetched on the first day may have changed since"
    assert publisher.counts == {f"A{number:05}": 2 if number == 5 else 1 for number in (*range(8), 9)}
    assert list(tmp_path.iterdir()) == [found.path]


@pytest.mark.parametrize(
    ("cut", "again"),
    [(0, []), (1, []), (40, ["A81001"]), (10_000, ["97T", "A81001"])],
    ids=["nothing", "its last line's end", "its last line", "its first line"],
)
def test_a_part_cut_anywhere_costs_only_what_was_cut(
    publisher: Publisher, tmp_path: Path, cut: int, again: list[str]
) -> None:
    publisher.records = {code: record(code) for code in ("97T", "A81001", "Y59")}
    publisher.say("organisations/Y59", *[Answer(503)] * 4)
    with pytest.raises(BadInput):
        fetched(publisher, tmp_path)
    (part,) = parts(tmp_path)
    os.truncate(part, max(20, part.stat().st_size - cut))
    assert lines(fetched(publisher, tmp_path)) == [publisher.records[code] for code in ("97T", "A81001", "Y59")]
    assert publisher.counts == {"97T": 1, "A81001": 1, "Y59": 5} | dict.fromkeys(again, 2)


def test_the_part_of_another_address_or_day_is_left_alone(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T"), "Y59": record("Y59")}
    publisher.say("organisations/Y59", *[Answer(503)] * 4)
    with pytest.raises(BadInput):
        fetched(publisher, tmp_path)
    (part,) = parts(tmp_path)
    before = part.read_bytes()
    found = fetch(publisher.base.replace("127.0.0.1", "localhost"), SINCE, tmp_path, pace=publisher.pace)
    assert found.records == 0, "its links lead to 127.0.0.1, another host by name"
    assert part.read_bytes() == before


def test_what_is_no_record_goes_to_quarantine_and_the_others_come(publisher: Publisher, tmp_path: Path) -> None:
    bad = {
        "A1": Answer(200, b"<html>Sorry, we are busy</html>"),
        "A2": Answer(200, json.dumps(record("97T")).encode()),
        "A3": Answer(200, b'{"Organisation": {"OrgId": {"extension": "A3"}, "Name": "\\ud800"}}'),
        "A4": Answer(200, b'{"Organisation": {"OrgId": {"extension": "A4"}, "Rank": NaN}}'),
        "A5": Answer(200, b"[" * 100_000),
        "A6": Answer(200, b'{"Organisation": []}'),
        "A7": Answer(404, b'{"errorCode": 404, "errorText": "No record found for supplied ODS code"}'),
        "A8": Answer(200, b" " * (updates.LARGEST_RECORD + 1)),
        "A9": Answer(302, headers={"Location": "https://example.org/organisations/A9"}),
        "B1": Answer(200, b""),
        "B3": Answer(302, headers={"Location": "http://[/organisations/B3"}),
        "B4": Answer(200, b'{"Organisation": {"OrgId": {"extension": "B4"}, "Name": "\xe9"}}'),
    }
    publisher.records = {code: record(code) for code in [*bad, "97T"]}
    for code, answer in bad.items():
        publisher.say(f"organisations/{code}", answer)
    heard = list[str]()
    found = fetched(publisher, tmp_path, heard.append)
    assert lines(found) == [publisher.records["97T"]]
    assert [each.place.rpartition("/")[2] for each in found.refused] == list(bad)
    reasons = {each.place.rpartition("/")[2]: each.reason for each in found.refused}
    assert reasons["A1"] == reasons["A5"] == reasons["B1"] == "it is no record in JSON."
    assert reasons["A2"] == "it is not the record of A2."
    assert reasons["A3"] == "its text has half a character."
    assert reasons["A7"] == "the server answers 404."
    assert "sends more than 8 MB" in reasons["A8"]
    assert "sends the request on to https://example.org/organisations/A9, which is not followed" in reasons["A9"]
    assert max(len(each.text) for each in found.refused) == 500
    assert f"{publisher.base}/organisations/A7 goes to quarantine: the server answers 404." in heard
    assert len(heard) == 1 + len(bad)


def test_a_link_elsewhere_is_refused_and_never_asked(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T")}
    port = urlsplit(publisher.base).port
    publisher.links = [
        f"{publisher.base}/organisations/97T?_format=xml",
        f"https://127.0.0.1:{port}{BASE}/organisations/A1",
        f"http://127.0.0.1:{(port or 0) ^ 1}{BASE}/organisations/A2",
        f"http://localhost:{port}{BASE}/organisations/A3",
        f"//example.org{BASE}/organisations/A4",
        f"{publisher.base}/organisations/../../../A5",
        f"{publisher.base}/organisations/%2e%2e",
        f"http://127.0.0.1:{port}/organisations/A6",
        f"http://127.0.0.1:{port}@example.org{BASE}/organisations/A7",
        f"http://[{BASE}/organisations/A8",
        f"{publisher.base}/roles/A9",
        "",
    ]
    found = fetched(publisher, tmp_path)
    assert publisher.asked == ["sync?LastChangeDate=2026-10-01", "organisations/97T"]
    assert found.records + len(found.refused) == len(publisher.links)
    assert found.refused[0].place.endswith("sync?LastChangeDate=2026-10-01, entry 2")
    assert found.refused[0].reason == f"it does not link to a record below {publisher.base}."
    assert "/organisations/A1" in found.refused[0].text


def test_links_may_be_relative_and_moves_below_the_address_are_followed(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T"), "Y59": record("Y59")}
    publisher.links = ["organisations/97T", f"{BASE}/organisations/Y59"]
    publisher.say("organisations/97T", Answer(301, headers={"Location": f"{BASE}/organisations/97T?_format=json"}))
    assert fetched(publisher, tmp_path).records == 2


def test_moves_without_an_end_are_not_followed_for_ever(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T")}
    there = Answer(302, headers={"Location": "97T"})
    publisher.say("organisations/97T", *[there] * 50)
    (refused,) = fetched(publisher, tmp_path).refused
    assert "without an end" in refused.reason
    assert publisher.counts["97T"] == 3


def test_the_rate_holds_and_lost_time_is_not_made_up_for(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {f"A{number:05}": record(f"A{number:05}") for number in range(40)}
    publisher.costs = {"organisations/A00019": 10}
    pace = Pace(per_second=5, clock=lambda: publisher.clock.now, sleep=publisher.clock.sleep)
    fetch(publisher.base, SINCE, tmp_path, pace=pace)
    times = publisher.times
    assert len(times) == 41
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) == pytest.approx(10)
    assert sorted(gaps)[:-1] == pytest.approx([0.2] * 39)


def test_tries_keep_to_the_rate_too(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T")}
    publisher.say("organisations/97T", *[Answer(503, headers={"Retry-After": "0"})] * 3)
    fetched(publisher, tmp_path)
    assert publisher.times == pytest.approx([1000, 1000.25, 1000.5, 1000.75, 1001])


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(406), r"looks at most 185 days back, and 2026-10-01 is earlier\. Ingest a full release of a later day"),
        (Answer(404), r"is not there \(404\)\. Give the address above /sync"),
        (Answer(410), r"no longer offered"),
        (Answer(400, b'{"errorText": "No"}'), r'answers 400 \(\{"errorText": "No"\}\)'),
        (Answer(403), r"is refused \(403\)"),
        (Answer(200, b"<html>"), r'list named "Organisations" \(<html>\)'),
        (Answer(200, b'{"Organisations": {}}'), r'list named "Organisations"'),
        (Answer(200, b" " * (updates.LARGEST_LIST + 1)), r"sends more than 64 MB"),
        (Answer(301, headers={"Location": "https://example.org/ORD/2-0-0/sync"}), r"on to https://example.org/.* not followed"),
        (Answer(200, b'{"Organisations": [{}]}', {"Next-Page": "https://example.org/"}), r"another place, which is not asked"),
        (Answer(200, b'{"Organisations": []}', {"Date": "yesterday"}), r"which day it is\. Say it with --date"),
    ],
    ids=lambda value: re.sub(r"\W+", " ", value) if isinstance(value, str) else "",
)  # fmt: skip
def test_a_list_that_does_not_come_is_told_in_a_sentence(
    publisher: Publisher, tmp_path: Path, answer: Answer, told: str
) -> None:
    publisher.say("sync", answer)
    with pytest.raises(BadInput, match=told) as fault:
        fetched(publisher, tmp_path)
    assert str(fault.value).endswith("Nothing was fetched.")
    assert "\n" not in str(fault.value)
    assert list(tmp_path.iterdir()) == []


def test_the_day_is_given_where_the_server_has_no_clock(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records, publisher.headers = {"97T": record("97T")}, {}
    found = fetch(publisher.base, SINCE, tmp_path, day=date(2026, 11, 20), pace=publisher.pace)
    assert found.day == date(2026, 11, 20)


def test_a_day_yet_to_come_is_refused(publisher: Publisher, tmp_path: Path) -> None:
    publisher.headers = {"Date": "Wed, 30 Sep 2026 23:30:00 GMT"}
    with pytest.raises(UsageError, match=r"2026-10-01 is yet to come: for \S+ it is 2026-09-30\."):
        fetched(publisher, tmp_path)


@pytest.mark.parametrize("written", ["{}/", "{}/sync", "{}"])
def test_the_address_may_end_in_a_stroke_or_the_endpoint(publisher: Publisher, tmp_path: Path, written: str) -> None:
    fetch(written.format(publisher.base), SINCE, tmp_path, pace=publisher.pace)
    assert publisher.asked == ["sync?LastChangeDate=2026-10-01"]


@pytest.mark.parametrize(
    "address", ["ftp://example.org/ORD", "example.org", "https://", "https://[", "https://a:b@example.org/", "https://a/?b"]
)  # fmt: skip
def test_what_is_no_address_is_refused_before_anything_is_asked(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError):
        fetch(address, SINCE, tmp_path)


def test_a_folder_that_cannot_be_written_is_told(publisher: Publisher, tmp_path: Path) -> None:
    publisher.records = {"97T": record("97T")}
    (tmp_path / "file").touch()
    with pytest.raises(
        BadInput, match=r"file cannot be written \(.+\)\. Make room, or give another folder\. Nothing was"
    ):
        fetched(publisher, tmp_path / "file")
