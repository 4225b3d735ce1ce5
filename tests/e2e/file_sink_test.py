"""The file sink holds exactly the documents of parse, in order; kill -9 neither loses nor doubles one."""
import random
import shutil

from harness import (DATA, LONG, as_parsed, check, documents, equal, file_sink, generate, is_derived, kill, main, parse,
                     run_once, start_agent, wait_until, write_config)


def without_agent(document):
    return {k: v for k, v in document.items() if k != "agent.id"}


def equals_parse(work):
    for stream, name in (("kubeaudit", "kube-audit/failures-bodies.log"), ("authlog", "authlog/debian13-rfc3339.log")):
        copy = work / (stream + ".log")
        shutil.copy(DATA / name, copy)
        config = write_config(work, {stream: [copy]}, file_sink(work / "plain"), f"plain-{stream}")
        run_once(config)
        shipped = [as_parsed(without_agent(d)) for _, d in documents(work / "plain", stream) if not is_derived(d)]
        parsed = [without_agent(d) for d in parse(stream, [copy], config)]
        check(len(parsed) > 50, f"{name}: only {len(parsed)} documents")
        equal(len(shipped), len(parsed), f"{name}: documents")
        for number, (ours, theirs) in enumerate(zip(shipped, parsed)):
            equal(ours, theirs, f"{name}: document {number + 1}")


def written_bytes(directory):
    return sum(f.stat().st_size for f in directory.rglob("*.ndjson*")) if directory.exists() else 0


def survives_kills(work):
    log = work / "audit.log"
    lines = generate("audit", 200_000_000 if LONG else 60_000_000, log)
    streams = {"kubeaudit": [log]}
    whole = work / "whole"
    run_once(write_config(work, streams, file_sink(whole), "reference"))
    wanted = [without_agent(d) for _, d in documents(whole, "kubeaudit")]
    equal(len(wanted), lines, "documents of a run without crashes")
    broken = work / "broken"
    config = write_config(work, streams, file_sink(broken), "crashing")
    chance = random.Random(11)
    size = written_bytes(whole)
    for point in sorted(chance.randrange(1, int(size * 0.8)) for _ in range(10 if LONG else 4)):
        agent = start_agent(config)
        try:
            wait_until(lambda: written_bytes(broken) >= point or agent.poll() is not None, f"{point} bytes")
            check(agent.poll() is None, "the agent ended by itself")
        finally:
            kill(agent)
        check(written_bytes(broken) < size, "everything was written before the kill: nothing was tested")
    run_once(config)
    got = [without_agent(d) for _, d in documents(broken, "kubeaudit")]
    equal(len(got), lines, "documents after the crashes")
    check(got == wanted, "documents after the crashes differ from those without")


def test(work):
    equals_parse(work)
    survives_kills(work)


main(test)
