"""No two lines share an id, whatever they begin with; a log that was rotated keeps the ids that it had."""
from harness import DATA, documents, file_sink, is_derived, run_once, write_config

RECORDED = (DATA / "authlog" / "debian13-rfc3339.log").read_bytes().splitlines(keepends=True)
LINES = RECORDED[:3]


def ids_of(directory):
    return [d["_id"] for _, d in documents(directory, "authlog") if not is_derived(d)]


def test_two_files_with_equal_lines_give_all_their_documents(work):
    logs = [work / "a.log", work / "b.log"]
    for log in logs:
        log.write_bytes(b"".join(LINES))
    summary = run_once(write_config(work, {"authlog": logs}, file_sink(work / "out")))
    ids = ids_of(work / "out")
    assert len(ids) == 6, "documents"
    assert len(set(ids)) == 6, "two lines share an id"
    assert summary["authlog"]["documents"] == 6, summary


def test_a_rotated_log_keeps_its_ids(work):
    log = work / "auth.log"
    log.write_bytes(b"".join(LINES))
    run_once(write_config(work, {"authlog": [log]}, file_sink(work / "before"), "first"))
    log.rename(work / "auth.log.1")
    run_once(write_config(work, {"authlog": [log]}, file_sink(work / "after"), "second"))
    assert ids_of(work / "before") == ids_of(work / "after")


def other_line(line):
    """As long, and nearly the same."""
    assert line.endswith(b"\n")
    return line[:-2] + (b"x" if line[-2:-1] != b"x" else b"y") + b"\n"


def test_a_file_that_was_written_anew_behind_an_equal_first_line_has_ids_of_its_own(work):
    # By an agent that knows nothing of the first: only the bytes of the lines tell them apart.
    log = work / "auth.log"
    log.write_bytes(b"".join(LINES))
    run_once(write_config(work, {"authlog": [log]}, file_sink(work / "before"), "first"))
    log.write_bytes(LINES[0] + other_line(LINES[1]) + LINES[2])
    run_once(write_config(work, {"authlog": [log]}, file_sink(work / "after"), "second"))
    before, after = ids_of(work / "before"), ids_of(work / "after")
    assert [a == b for a, b in zip(before, after)] == [True, False, True]


def test_a_restored_copy_that_goes_on_otherwise_loses_no_line(work):
    log = work / "auth.log"
    config = write_config(work, {"authlog": [log]}, file_sink(work / "out"))
    log.write_bytes(b"".join(RECORDED[:40]))
    run_once(config)
    log.unlink()
    log.write_bytes(b"".join(RECORDED[:30]))  # an older copy
    run_once(config)
    with log.open("ab") as again:
        again.write(other_line(RECORDED[30]))
    run_once(config)
    shipped = [d for _, d in documents(work / "out", "authlog") if not is_derived(d)]
    by_id = {d["_id"]: d["message"] for d in shipped}
    assert len(by_id) == 41, "the lines of the copy have the ids that they had, and the other line has one of its own"
    messages = list(by_id.values())
    assert all(any(line.decode().rstrip("\n").endswith(m) for m in messages) for line in (RECORDED[30], other_line(RECORDED[30])))
