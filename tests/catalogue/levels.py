#!/usr/bin/env python3
"""Which of sshd's texts that left_out.tsv leaves out does its source log at VERBOSE or above?

    levels.py DIR SOURCE [TAG...]      DIR: what catalogue.py unpacked; SOURCE: a git repository of OpenSSH; TAG: HEAD if none

Prints each such text with the reason of its rule, and those that the words of programs.json do not find. Exit status 1
if a rule whose reason is the debug level leaves out a text that is logged: `git tag` of SOURCE has V_8_4_P1 and so on.
"""
import re
import subprocess
import sys
from pathlib import Path

import catalogue

LOGGED = {"verbose", "logit", "error", "fatal", "logdie", "sigdie", "do_log2", "sshlog", "logdirect"}
CALL = re.compile(r"\b(debug[123]?|" + "|".join(sorted(LOGGED)) + r")(?:_fr|_f|_r)?\s*\(")
# What is in no binary of the server.
CLIENTS = re.compile(r"^(regress|contrib)/|^(ssh|sshconnect2?|ssh-[a-z]+|readconf|clientloop|sftp[-a-z]*|scp|mux|sshtty)\.c$")


def git(source, *arguments):
    return subprocess.run(["git", "-C", source, *arguments], capture_output=True, check=True).stdout.decode(errors="replace")


def first_text(code, at):
    """The first string among the arguments of the call whose parenthesis opens before `at`."""
    depth, text, found = 1, "", False
    for token in re.finditer(r'"((?:[^"\\]|\\.)*)"|\'(?:[^\'\\]|\\.)+\'|[(),]', code[at:]):
        if token.group(1) is not None:
            text, found = text + token.group(1), True
        elif token.group() == "(":
            depth += 1
        elif token.group() == ")":
            depth -= 1
        if depth == 0 or (depth == 1 and token.group() == "," and found):
            break
    return text.replace('\\"', '"').replace("\\\\", "\\").strip()


def levels_of(source, tags):
    """{text: names of the functions that log it}"""
    levels = {}
    for tag in tags:
        for path in git(source, "ls-tree", "-r", "--name-only", tag).splitlines():
            if not path.endswith((".c", ".h")) or CLIENTS.search(path):
                continue
            code = re.sub(r"/\*.*?\*/|^[ \t]*#[^\n]*", "", git(source, "show", f"{tag}:{path}"), flags=re.S | re.M)
            for call in CALL.finditer(code):
                text = first_text(code, call.end())
                if text:
                    levels.setdefault(text, set()).add(call.group(1))
    return levels


def main():
    directory, source, tags = sys.argv[1], sys.argv[2], sys.argv[3:] or ["HEAD"]
    levels = levels_of(source, tags)
    texts, out, kept = set(), {}, set()
    for _, _, root in catalogue.versions(Path(directory), "sshd"):
        found = catalogue.texts_of(catalogue.binaries(root, catalogue.PROGRAMS["sshd"]))
        counted, left = catalogue.relevant("sshd", found)
        texts, kept, out = texts | found, kept | counted, {**out, **left}
    wrong = 0
    for text in sorted(texts - kept):
        if levels.get(text, set()) & LOGGED:
            reason = out.get(text, "no word of programs.json")
            print(f"{reason}\t{text}")
            wrong += reason.startswith("debug level")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
