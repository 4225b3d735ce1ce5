#!/usr/bin/env python3
"""Which messages of the programs that write auth.log does a form of parsers/auth_log/catalog know?

    catalogue.py unpack DIR SUITE...      downloads the packages of programs.json and unpacks them below DIR/SUITE
    catalogue.py report DIR               what is covered, program by program and version by version, as a table
    catalogue.py missing DIR              the strings that no form knows and that are not left out
    catalogue.py check                    the same for what is installed here; exit status 1 if there are any

The strings are taken out of the binaries (`strings`). One of examples.tsv counts, and one that has a word of `relevant`,
unless a rule of left_out.tsv, which gives the reason, leaves it out. A string is covered if a message made of it (its conversions
replaced by values, examples.tsv where guessing is not enough) gets an event.action from `auditship parse`, and not by
the general rule. AUDITSHIP: the program; build/dev/auditship if not set.
"""
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
AUDITSHIP = os.environ.get("AUDITSHIP", HERE.parents[1] / "build" / "dev" / "auditship")
CONVERSION = re.compile(r"%[-+ #0']*(?:\d+\$)?[\d*]*(?:\.[\d*]+)?(?:hh|ll|h|l|z|j)?([sdiuxXocmfc%])")
FINGERPRINT = "SHA256:b2zjnbRZT4ifVNEDIs/RIElUKir63CwqZtya6GTA4B4"
VALUES = ["ann", "192.0.2.7", "pts/1", "", "x", "(why)"]
# What stands before a conversion says what it is.
HINTS = [(r"(from|by|address|rhost=|ip=|with|ip|remote host|for connection from|to connection) <?\[?$", "192.0.2.7"),
         (r"(<|Client \"|\[)$", "192.0.2.7"), (r"(CA|key|revoked) $", "ED25519"), (r"(ED25519|CA ED25519) $", FINGERPRINT),
         (r"( on|TTY=|tty=) '?$", "pts/1"), (r"(uid=|UID=|euid=|GID=|UID |Session |session )$", "7")]


def load_table(name):
    rows = []
    for line in (HERE / name).read_text().splitlines():
        if line and not line.startswith("#"):
            rows.append(line.split("\t"))
    return rows


PROGRAMS = json.loads((HERE / "programs.json").read_text())
LEFT_OUT = [(re.compile(program), re.compile(pattern), reason) for program, pattern, reason in load_table("left_out.tsv")]
EXAMPLES = {(program, text): message for program, text, message in load_table("examples.tsv")}


def apt(state, *arguments, **options):
    return subprocess.run(["apt-get", *arguments], env={**os.environ, "APT_CONFIG": str(state / "apt.conf")}, **options)


def unpack(directory, suites):
    for suite in suites:
        state = Path(directory).resolve() / suite / "apt"
        for path in ("lists/partial", "cache/archives/partial", "etc"):
            (state / path).mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        (state / "etc/sources.list").write_text(
            "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian "
            f"{suite} main\n")
        (state / "apt.conf").write_text(
            f'Dir::State::lists "{state}/lists";\nDir::State::status "{state}/status";\nDir::Cache "{state}/cache";\n'
            f'Dir::Etc::sourcelist "{state}/etc/sources.list";\nDir::Etc::sourceparts "-";\n')
        apt(state, "update", check=True, stdout=subprocess.DEVNULL)
        for package in sorted({package for program in PROGRAMS.values() for package in program["packages"]}):
            got = apt(state, "download", package, cwd=state.parent, capture_output=True)
            if got.returncode != 0:
                print(f"{suite}: no {package}", file=sys.stderr)
        for archive in state.parent.glob("*.deb"):
            name, version = archive.name.split("_")[:2]
            target = state.parent / "root" / name
            target.mkdir(parents=True, exist_ok=True)
            subprocess.run(["dpkg-deb", "-x", archive, target], check=True)
            (target / "version").write_text(version.replace("%3a", ":"))


def binaries(root, program):
    """The binaries of a program below the root of a package or of the system."""
    return sorted({path for pattern in program["binaries"] for path in root.glob(pattern) if path.is_file()})


def texts_of(paths, shortest=5):
    found = set()
    for path in paths:
        out = subprocess.run(["strings", "-n", str(shortest), path], capture_output=True, check=True).stdout
        found.update(line.strip() for line in out.decode(errors="replace").splitlines())
    return found


def texts_of_program(name, root):
    """Also those of an event that is one short word, as cron's CMD, where the program says `shortest`."""
    return texts_of(binaries(root, PROGRAMS[name]), PROGRAMS[name].get("shortest", 5))


def relevant(name, texts):
    """(counted, left out with reasons)"""
    words = re.compile(PROGRAMS[name]["relevant"])
    kept, out = set(), {}
    if PROGRAMS[name].get("pieces"):
        # Rust joins the texts of a program without ends: what is looked for stands anywhere in them.
        texts = {piece for text in texts for piece in words.findall(text)}
    for text in texts:
        if (name, text) in EXAMPLES:
            kept.add(text)
            continue
        if not words.search(text):
            continue
        reason = next((why for program, pattern, why in LEFT_OUT if program.fullmatch(name) and pattern.search(text)), None)
        if reason is None:
            kept.add(text)
        else:
            out[text] = reason
    return kept, out


def messages_of(name, text):
    """Messages that may have been made of a format."""
    if (name, text) in EXAMPLES:
        return [EXAMPLES[name, text]]
    pieces, kinds, at = [], [], 0
    for found in CONVERSION.finditer(text):
        pieces.append(text[at:found.start()])
        kinds.append(found.group(1))
        at = found.end()
    rest = text[at:]
    strings = [i for i, kind in enumerate(kinds) if kind == "s"]
    free = strings[:4]

    def made(choice):
        out = ""
        for i, piece in enumerate(pieces):
            out += piece
            if kinds[i] == "s":
                guess = next((value for pattern, value in HINTS if re.search(pattern, out)), "ann")
                out += choice.get(i, guess)
            else:
                out += {"%": "%", "m": "Permission denied", "f": "1.5", "c": "x"}.get(kinds[i], "22")
        return out + rest

    made_of = [made({})]
    for values in itertools.product(VALUES, repeat=len(free)):
        made_of.append(made(dict(zip(free, values))))
    return list(dict.fromkeys(made_of))


def covered(name, texts):
    """Those of texts that a form knows."""
    program = PROGRAMS[name]
    lines, owners = [], []
    for text in sorted(texts):
        for message in messages_of(name, text):
            lines.append(f"2026-11-28T19:00:00Z h {program['ident']}: {program.get('prefix', '')}{message}")
            owners.append(text)
    done = subprocess.run([AUDITSHIP, "parse", "--stream", "authlog", "--reference-time", "2026-11-28T20:00:00Z"],
                          input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    known = set()
    for text, line in zip(owners, done.stdout.splitlines()):
        document = json.loads(line)
        # sudo's words in front of its fields are always a reason; a known one has an outcome.
        vague = document.get("event.form") == "general" or (name == "sudo" and document.get("event.outcome") == "unknown")
        if "event.action" in document and not vague:
            known.add(text)
    return known


def judged(name, root):
    kept, out = relevant(name, texts_of_program(name, root))
    return kept, covered(name, kept) if kept else set(), out


def versions(directory, name):
    """(suite, version, root) of each package that has the program."""
    for suite in sorted(Path(directory).iterdir()):
        for package in PROGRAMS[name]["packages"]:
            root = suite / "root" / package
            if (root / "version").exists() and binaries(root, PROGRAMS[name]):
                yield suite.name, (root / "version").read_text(), root


def report(directory):
    print("| program | version | strings that count | covered | left out |\n|---|---|---|---|---|")
    for name in PROGRAMS:
        for suite, version, root in versions(directory, name):
            kept, known, out = judged(name, root)
            share = 100 * len(known) / len(kept) if kept else 100
            print(f"| {name} | {version} ({suite}) | {len(kept)} | {len(known)} ({share:.0f} %) | {len(out)} |")


def missing(directory, only):
    for name in PROGRAMS:
        if only and name not in only:
            continue
        texts = set()
        for _, _, root in versions(directory, name):
            kept, known, _ = judged(name, root)
            texts |= kept - known
        for text in sorted(texts):
            print(f"{name}\t{text}")


def check():
    new = []
    for name in PROGRAMS:
        kept, _ = relevant(name, texts_of_program(name, Path("/")))
        new += [(name, text) for text in sorted(kept - (covered(name, kept) if kept else set()))]
    for name, text in new:
        print(f"{name}: no form knows {text!r}")
    return 1 if new else 0


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "unpack":
        unpack(arguments[0], arguments[1:])
    elif command == "report":
        report(arguments[0])
    elif command == "missing":
        missing(arguments[0], arguments[1:])
    elif command == "check":
        sys.exit(check())


if __name__ == "__main__":
    main()
