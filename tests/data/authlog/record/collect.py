#!/usr/bin/env python3
"""Listens on a /dev/log and writes what programs send there as rsyslog's RSYSLOG_FileFormat does.

    collect.py SOCKET OUTPUT HOST

Stamps count up from a fixed instant, one second a line, so that a recording made again differs only where the
programs do. Control bytes become #ooo, as rsyslog writes them.
"""
import datetime
import os
import re
import socket
import sys

START = datetime.datetime(2026, 11, 28, 18, 0, 0, tzinfo=datetime.timezone.utc)
HEADER = re.compile(rb"^<\d+>(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |\d{4}-\S+ )?")


def escaped(text):
    return re.sub(rb"[\x00-\x1f\x7f]", lambda found: b"#%03o" % found.group()[0], text)


def main():
    path, output, host = sys.argv[1:4]
    if os.path.exists(path):
        os.remove(path)
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(path)
    os.chmod(path, 0o666)
    with open(output, "wb", buffering=0) as out:
        number = 0
        while True:
            text = HEADER.sub(b"", log.recv(65536), count=1).rstrip(b"\n\0")
            if text == b"collect: end":
                return
            stamp = (START + datetime.timedelta(seconds=number)).isoformat(timespec="microseconds")
            out.write(stamp.encode() + b" " + host.encode() + b" " + escaped(text) + b"\n")
            number += 1


if __name__ == "__main__":
    main()
