"""Whatever goes wrong while files are read into a graph, one paragraph tells it and the old graph answers as before."""

from __future__ import annotations

import fcntl
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.errors import BadInput, StoreError
from kg.facts.ods.record import Record, Succession
from kg.graph import compiled
from kg.graph.store import OxigraphStore
from tests.conftest import Ran
from tests.publisher import writing
from tests.publisher.conftest import ingested
from tests.publisher.office import Office, counted, day, left_beside, opened, org, stated
from tests.publisher.test_faults import ENTITIES, EXTERNAL
from tests.publisher.test_reading import document, organisation

RECORDS = [
    *(org(f"A{number:04}", f"SURGERY {number}", "RO177", "1990-01-01") for number in range(300)),
    Record("C1", stub=True, successions=(Succession("C1", "A0001", day("2001-04-01")),)),
]


def release(path: Path, published: str = "2026-08-28") -> Path:
    return writing.write_trud(path, RECORDS, published=day(published))


@pytest.fixture(scope="module")
def ready(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph of one release, which one worker makes for all, to be copied."""
    return ingested(office, tmp_path_factory, "faults", lambda place: [release(place / "release.zip")])


@pytest.fixture
def folder(ready: Path, tmp_path: Path) -> Path:
    place = tmp_path / "made" / "graph"
    shutil.copytree(ready, place)
    return place


def holds(folder: Path, manifest: bytes) -> None:
    """See that a graph is as it was, that it answers, and that nothing is left beside it."""
    assert left_beside(folder) == []
    assert {path.name for path in folder.parent.iterdir()} <= {"graph", ".graph.lock", "lost+found"}
    assert (folder / "manifest.json").read_bytes() == manifest
    answers(folder)


def answers(folder: Path) -> None:
    became = opened(folder).became("C1")
    assert [(one.key, one.label) for one in became.results] == [("ods-a0001", "SURGERY 1")]
    assert stated(folder)["quads"] == counted(folder)


def refused(office: Office, folder: Path, *paths: Path, **options: object) -> str:
    """Ingest what cannot be; give the paragraph that says why."""
    manifest = (folder / "manifest.json").read_bytes()
    with pytest.raises(BadInput) as raised:
        office.ingest(folder, *paths, **options)
    assert raised.value.exit_code == 5
    assert "\n" not in str(raised.value)
    holds(folder, manifest)
    return str(raised.value)


def one_paragraph(ran: Ran) -> str:
    assert (ran.code, ran.out) == (5, "")
    told = ran.err.splitlines()
    assert "Traceback" not in ran.err
    return told[-1]


def whole() -> bytes:
    return document(*(organisation(f"B{number:05}") for number in range(3_000)), day="2026-09-25")


FAULTS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a zip cut short": ("a.zip", lambda: writing.zipped({"a.xml": whole()})[:-600], "cannot be read as a zip"),
    "a zip bomb": ("a.zip", lambda: writing.zipped({"a.xml": bytes(100 << 20)}), "unpacks to far more"),
    "entities in entities": ("a.xml", lambda: ENTITIES.encode() + whole().split(b"\n", 1)[1], "document type"),
    "an entity elsewhere": (
        "a.xml",
        lambda: EXTERNAL.format("file:///etc/hostname").encode() + whole().split(b"\n", 1)[1],
        "document type",
    ),
    "another namespace": ("a.xml", lambda: whole().replace(b"org/v2-0-0", b"org/v9-9-9"), "namespace"),
    "half a record at the end": ("a.xml", lambda: whole()[:-120], "end"),
    "no byte": ("a.xml", lambda: b"", "is empty"),
    "no day": ("report.csv", lambda: b'"A1","X"' + b',""' * 25 + b"\n", "Add --date"),
    "no record": ("empty.json", lambda: b"[]", "holds no record"),
    "no record in a list": ("empty_2026-10-01.json", lambda: b'{"Organisations": []}', "holds no record"),
    "no record on any line": ("empty.jsonl", lambda: b"\n \n", "holds no record"),
    "no known form": ("notes.txt", lambda: b"just words\n", "in no form that can be read"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_used_changes_nothing(office: Office, folder: Path, tmp_path: Path, fault: str) -> None:
    name, data, says = FAULTS[fault]
    (tmp_path / name).write_bytes(data())
    told = refused(office, folder, tmp_path / name)
    assert says in told
    assert name in told


def test_a_folder_of_answers_without_a_record_changes_nothing(office: Office, folder: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers_2026-10-01"
    answers.mkdir()
    (answers / "1.json").write_bytes(b"[]")
    assert "holds no record" in refused(office, folder, answers)
    (answers / "2.json").write_bytes(b"[7]")  # which cannot be read, but is one
    assert [one.quarantined for one in office.ingest(folder, answers).read] == [1]


def test_a_good_file_beside_a_bad_one_is_not_read_either(office: Office, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.xml").write_bytes(whole()[:-120])
    report = writing.write_report(tmp_path / "epraccur_2022-05.csv", RECORDS[:3])
    assert "cut.xml" in refused(office, folder, report, tmp_path / "cut.xml", beside=True)


def test_the_command_says_it_in_one_paragraph_and_exits_with_5(office: Office, folder: Path, tmp_path: Path) -> None:
    manifest = (folder / "manifest.json").read_bytes()
    (tmp_path / "cut.xml").write_bytes(whole()[:-120])
    assert "cut.xml" in one_paragraph(office.kg("ingest", tmp_path / "cut.xml", "--into", folder))
    holds(folder, manifest)


def test_a_folder_that_holds_something_else_is_left_alone(office: Office, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "mine.txt").write_text("mine", encoding="utf-8")
    one = release(tmp_path / "release.zip")
    for place in (tmp_path / "letters", tmp_path / "letters" / "mine.txt"):
        with pytest.raises(StoreError, match="is not a graph that kg ingest made"):
            office.ingest(place, one)
    assert (tmp_path / "letters" / "mine.txt").read_text(encoding="utf-8") == "mine"
    assert left_beside(tmp_path / "letters") == left_beside(tmp_path / "letters" / "mine.txt") == []


def test_a_graph_that_kg_build_made_is_left_alone(office: Office, tmp_path: Path) -> None:
    (built,) = office.cache.glob("graph-*")
    shutil.copytree(built, tmp_path / "built")
    with pytest.raises(StoreError, match="that kg build made"):
        office.ingest(tmp_path / "built", release(tmp_path / "release.zip"))
    assert (tmp_path / "built" / "graph.nq").is_file()


def test_a_second_ingest_waits_for_nobody_and_is_refused(office: Office, folder: Path, tmp_path: Path) -> None:
    manifest = (folder / "manifest.json").read_bytes()
    with (folder.parent / ".graph.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for paths in ([release(tmp_path / "later.zip", "2026-09-25")], []):
            with pytest.raises(StoreError, match="Another kg ingest is writing"):
                office.ingest(folder, *paths)
        holds(folder, manifest)
    assert office.ingest(folder, tmp_path / "later.zip").read


def test_who_puts_the_old_graph_back_in_the_instant_of_the_move_does_not_undo_it(
    office: Office, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap, put_back = compiled.swap, [True]

    def interrupted(made: Path, place: Path, *, replace: bool) -> None:
        if put_back and put_back.pop():
            return  # as when a reader renamed the old one back between the two renames
        swap(made, place, replace=replace)

    monkeypatch.setattr(compiled, "swap", interrupted)
    office.ingest(folder, release(tmp_path / "later.zip", "2026-09-25"))
    assert [one["day"] for one in stated(folder)["files"]] == ["2026-09-25"]


def test_a_file_that_grows_too_large_leaves_the_old_graph(office: Office, folder: Path, tmp_path: Path) -> None:
    """What a quota does: no file may be longer; of the index of names, of a table of the engine, of the kept file."""
    manifest = (folder / "manifest.json").read_bytes()
    later = release(tmp_path / "later.zip", "2026-09-25")
    largest = max(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    for most in (4_000, largest // 8, largest - 4096):

        def limited(most: int = most) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        ran = limits(office, folder, later, limited)
        assert "What was there is unchanged" in one_paragraph(ran), most
        holds(folder, manifest)


def limits(office: Office, folder: Path, path: Path, begin: Callable[[], None] | None = None) -> Ran:
    done = subprocess.run(
        office.command("ingest", path, "--into", folder),
        capture_output=True, text=True, env=office.environment(), preexec_fn=begin, timeout=60, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Gives a disk of so many bytes, mounted for the test; the same one again with another size."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = False

    def sized(size: int) -> Path:
        nonlocal mounted
        options = f"{'remount,' if mounted else ''}size={size}"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"no disk can be mounted here ({done.stderr.strip()}); the test of a quota stands for it")
        mounted = True
        return place

    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root mounts a disk; the test of a quota stands for it")
    yield sized
    if mounted:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_disk_that_is_full_leaves_the_old_graph(
    office: Office, ready: Path, tmp_path: Path, small_disk: Callable[[int], Path]
) -> None:
    taken = sum(path.stat().st_blocks * 512 for path in ready.rglob("*"))
    folder = small_disk(4 * taken) / "graph"
    shutil.copytree(ready, folder)
    manifest = (folder / "manifest.json").read_bytes()
    later = release(tmp_path / "later.zip", "2026-09-25")
    full = 0
    for part in range(1, 40, 3):  # in tenths of what the old one takes: with each, it is full at a later step
        small_disk(int(taken * (1 + part / 10)))
        ran = limits(office, folder, later)
        if ran.code == 0:
            break
        assert "the disk is full" in one_paragraph(ran), part
        holds(folder, manifest)
        full += 1
    assert full >= 2
    assert ran.code == 0


def test_killed_at_ten_moments_either_graph_answers_and_the_next_ingest_clears_up(
    office: Office, folder: Path, tmp_path: Path
) -> None:
    files = [release(tmp_path / f"{number}.zip", f"2026-09-{number + 1:02}") for number in range(12)]
    began = time.monotonic()
    assert limits(office, folder, files[0]).code == 0
    whole, chance, killed = time.monotonic() - began, random.Random(7), 0
    for number in range(1, 11):
        before = (folder / "manifest.json").read_bytes()
        child = subprocess.Popen(
            office.command("ingest", files[number], "--into", folder),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=office.environment(), start_new_session=True,
        )  # fmt: skip
        time.sleep(chance.uniform(0, whole))
        killed += child.poll() is None
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        answers(folder)
        days = [one["day"] for one in stated(folder)["files"]]
        assert (folder / "manifest.json").read_bytes() == before or days == [f"2026-09-{number + 1:02}"]
    assert killed >= 5
    ran = office.kg("became", "C1", "--store", folder)
    assert (ran.code, ran.err) == (0, "")
    assert "SURGERY 1" in ran.out
    assert limits(office, folder, files[11]).code == 0
    holds(folder, (folder / "manifest.json").read_bytes())
    assert [one["day"] for one in stated(folder)["files"]] == ["2026-09-12"]


@pytest.mark.parametrize("left", [".graph-abc.part", ".graph-abc.part-old"])
def test_what_a_killed_ingest_left_goes_with_the_next(office: Office, folder: Path, tmp_path: Path, left: str) -> None:
    shutil.copytree(folder, folder.parent / left)
    office.ingest(folder, release(tmp_path / "later.zip", "2026-09-25"))
    holds(folder, (folder / "manifest.json").read_bytes())


@pytest.mark.parametrize("fails", [True, False])
def test_who_opens_a_graph_while_another_is_moved_in_has_all_of_one_or_all_of_the_other(
    office: Office, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    office.ingest(tmp_path / "new", release(tmp_path / "later.zip", "2026-09-25"))
    new, really, moved = stated(tmp_path / "new"), OxigraphStore.open, list[str]()

    def opening(place: Path) -> OxigraphStore:
        if not moved:
            moved.append("then")
            folder.rename(tmp_path / "old")
            (tmp_path / "new").rename(folder)
            if fails:
                raise StoreError("Half of it is of another.")
        return really(place)

    monkeypatch.setattr(OxigraphStore, "open", opening)
    assert compiled.open_folder(folder).manifest == new


def test_killed_between_the_two_moves_the_old_graph_is_put_back_by_whoever_asks(folder: Path) -> None:
    manifest = (folder / "manifest.json").read_bytes()
    folder.rename(folder.parent / ".graph-abc.part-old")
    holds_after = opened(folder).became("C1")
    assert holds_after.results
    holds(folder, manifest)
