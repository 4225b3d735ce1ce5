#!/usr/bin/env python3
"""Runs a command on a terminal and types one of the answers at each prompt for a name or a password.

    type.py "ANSWER ANSWER …" COMMAND...

Without an answer left it hangs up; a shell that starts is left again. expect cannot do this for login, which hangs up
its terminal itself before it opens it anew.
"""
import errno
import os
import re
import select
import signal
import sys
import time

PROMPT = re.compile(rb"(password|login|again)[^\n]*: ?$", re.I)
SHELL = re.compile(rb"[$#] (\x1b\S*)?$")
SECONDS = 25


def start(command):
    master, slave = os.openpty()
    child = os.fork()
    if child == 0:
        os.setsid()
        terminal = os.open(os.ttyname(slave), os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(terminal, number)
        os.closerange(3, 64)
        os.execvp(command[0], command)
    os.close(slave)
    return master, child


def received(master):
    if not select.select([master], [], [], 0.2)[0]:
        return b""
    try:
        return os.read(master, 4096)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        time.sleep(0.1)
        return b""


def end_child(child):
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
        for _ in range(20):
            try:
                if os.waitpid(child, os.WNOHANG)[0] != 0:
                    return
            except ChildProcessError:
                return
            time.sleep(0.1)
        os.kill(child, number)
    os.waitpid(child, 0)


def main():
    answers = sys.argv[1].split()
    master, child = start(sys.argv[2:])
    text = b""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and os.waitpid(child, os.WNOHANG)[0] == 0:
        text += received(master)
        prompt = PROMPT.search(text)
        if prompt and not answers:
            break
        if prompt or SHELL.search(text):
            time.sleep(0.2)
            os.write(master, answers.pop(0).encode() + b"\r" if prompt else b"exit\r")
            text = b""
    os.close(master)
    end_child(child)


if __name__ == "__main__":
    main()
