"""No two lines share an id, whatever they begin with; a log that was rotated keeps the ids that it had."""
from harness import DATA, documents, file_sink, is_derived, run_once, write_config

LINES = (DATA / "authlog" / "debian13-rfc3339.log").read_bytes().splitlines(keepends=True)[:2]


def ids_of(directory):
    return [d["_id"] for _, d in documents(directory, "authlog") if not is_derived(d)]


def test_two_files_with_equal_lines_give_all_their_documents(work):
    logs = [work / "a.log", work / "b.log"]
    for log in logs:
        log.write_bytes(b"".join(LINES))
    summary = run_once(write_config(work, {"authlog": logs}, file_sink(work / "out")))
    ids = ids_of(work / "out")
    assert len(ids) == 4, "documents"
    assert len(set(ids)) == 4, "two lines share an id"
    assert summary["authlog"]["documents"] == 4, summary


def test_a_rotated_log_keeps_its_ids(work):
    log = work / "auth.log"
    log.write_bytes(b"".join(LINES))
    run_once(write_config(work, {"authlog": [log]}, file_sink(work / "before"), "first"))
    log.rename(work / "auth.log.1")
    run_once(write_config(work, {"authlog": [log]}, file_sink(work / "after"), "second"))
    assert ids_of(work / "before") == ids_of(work / "after")
