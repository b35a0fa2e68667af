"""Reads a calendar on standard input with the package `ical`, which accepts RFC 5545 alone, and prints how many events it has."""
import sys

from ical.calendar_stream import IcsCalendarStream
from ical.exceptions import CalendarParseError

try:
    calendar = IcsCalendarStream.calendar_from_ics(sys.stdin.read())
    print(len(calendar.events), "events")
except CalendarParseError as error:
    print("not valid:", error)
