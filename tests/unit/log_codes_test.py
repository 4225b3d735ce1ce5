"""Every warning says what the operator can do: codes in the sources, hints in log_hints.cc and rows of docs/log-codes.md
are the same set, and the hints read alike. Also proves that a forgotten hint would be seen."""
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Calls whose code is not written in the call, and where it is written then.
INDIRECT = {
    "outcome.code": "response_classifier.cc, bulk_response.cc, file_sink.cc",
    "held": "delivery_reporter.cc: codes that were told before",
    "code": "source_context.cc report_loss(); delivery: TargetedSink::trouble and ItemOutcome::code",
}
NO_FAILURE = {"created", "existed"}


def sources():
    for folder in ("agent", "sinks", "parsers"):
        for path in sorted((ROOT / folder).rglob("*.cc")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def codes_in(files):
    """{code: where}; complains about a call whose code cannot be found."""
    found, problems = {}, []
    for name, text in files:
        for call in re.finditer(r"\blog(?:ger)?_?\.(?:warn|error)\(\s*(\"([^\"]+)\"|[\w.]+)", text):
            if call[2]:
                found.setdefault(call[2], name)
            elif call[1] not in INDIRECT:
                problems.append(f"{name}: the code of a warning is {call[1]}: say in this test where it comes from")
        for pattern in (r"\breport_loss\(\s*\"([^\"]+)\"", r"\bnot_shipped\((?:event::)?Verdict::\w+, (?:full \? )?\"([^\"]+)\"", r"\"(file-[a-z-]+)\" : \"",
                        r"\bfull \? \"file-no-space\" : \"([^\"]+)\"", r"return \"(opensearch-[a-z-]+)\";",
                        r"trouble_ = \"([^\"]+)\"", r"code = why\.empty\(\) \? \"([^\"]+)\"", r"report_rejected\(\s*\"([^\"]+)\""):
            for match in re.finditer(pattern, text):
                found.setdefault(match[1], name)
        if name.endswith("response_classifier.cc"):  # the last word of each row
            for match in re.finditer(r"(?:\b(?:created|existed|retry|blocked|index_gone|rejected|split|recode)),\s*\"([a-z0-9-]+)\"\}", text):
                if match[1] not in NO_FAILURE:
                    found.setdefault("opensearch-" + match[1], name)
        if name.endswith("bulk_response.cc"):
            for match in re.finditer(r"malformed\(\"([a-z-]+)\"", text):
                found.setdefault("opensearch-" + match[1], name)
    return found, problems


def hints_in(text):
    """Of kHints; adjacent literals are one."""
    return {code: "".join(re.findall(r"\"((?:[^\"\\]|\\.)*)\"", hint))
            for code, hint in re.findall(r"\{\"([a-z0-9-]+)\",\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)\}", text)}


def rows_in(text):
    return {code: (meaning, hint) for code, meaning, hint in re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \| (.+?) \|$", text, re.M)}


def differences(found, hints, rows):
    problems = [f"{code} ({found[code]}): no hint in agent/logging/log_codes.cc" for code in sorted(set(found) - set(hints))]
    problems += [f"{code}: a hint, but nothing says this code" for code in sorted(set(hints) - set(found))]
    problems += [f"{code}: not in docs/log-codes.md" for code in sorted(set(hints) - set(rows))]
    problems += [f"{code}: in docs/log-codes.md only" for code in sorted(set(rows) - set(hints))]
    for code in sorted(set(rows) & set(hints)):
        hint = hints[code]
        if rows[code][1] != hint[0].upper() + hint[1:] + ".":
            problems.append(f"{code}: docs say \"{rows[code][1]}\", the log \"{hint}\"")
        if len(hint) < 10 or len(hint) > 200:
            problems.append(f"{code}: a hint of {len(hint)} characters")
    return problems


@pytest.fixture(scope="module")
def codes():
    files = list(sources())
    found, problems = codes_in(files)
    hints = hints_in((ROOT / "agent/logging/log_codes.cc").read_text())
    assert len(found) > 60 and len(hints) > 60, f"hardly any code is found: {len(found)}, {len(hints)}"
    return SimpleNamespace(files=files, found=found, problems=problems, hints=hints,
                           rows=rows_in((ROOT / "docs/log-codes.md").read_text()))


def test_each_code_can_be_found_in_the_sources(codes):
    assert codes.problems == []


def test_each_code_has_a_hint_and_a_row_in_the_documentation(codes):
    assert differences(codes.found, codes.hints, codes.rows) == []


def test_a_missing_hint_would_be_seen(codes):
    extra, _ = codes_in(codes.files + [("agent/logging/new.cc", 'log.warn("brand-new", "words");')])
    assert any("brand-new" in p for p in differences(extra, codes.hints, codes.rows))


def test_an_unknown_code_would_be_seen():
    assert codes_in([("agent/logging/new.cc", "log.error(made_up, text);")])[1]


def test_a_hint_without_a_code_would_be_seen(codes):
    assert differences(codes.found, {**codes.hints, "unused": "x" * 20}, codes.rows)
