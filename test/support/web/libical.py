"""Reads a calendar on standard input, and prints what libical's restriction check (RFC 5545, RFC 5546) finds in it: nothing, if it is right."""
import sys

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402

calendar = ICalGLib.Component.new_from_string(sys.stdin.read())
if calendar is None:
    print("libical cannot parse it")
    sys.exit(0)
calendar.check_restrictions()
if calendar.count_errors():
    lines = calendar.as_ical_string().replace("\r\n ", "").splitlines()
    print("\n".join(line for line in lines if line.startswith("X-LIC-ERROR")))
