"""``python3 listener.py ADDRESS``: what a guest's peer notices; it runs in a dom0.

Asks for the guest's counter over one TCP connection, every few milliseconds until its input ends,
and prints as JSON how many answers came, the longest time between two in seconds, and whether the
counter only grew. The connection is never made again.
"""

import json
import select
import socket
import sys
import time

PORT, EVERY_S, SILENCE_MAX_S = 7, 0.02, 120.0


def main() -> None:
    connection = socket.create_connection((sys.argv[1], PORT), timeout=SILENCE_MAX_S)
    stream = connection.makefile("rwb")
    answers, gap, grew, last = 0, 0.0, True, -1
    before = None
    print("listening", flush=True)
    while not select.select([sys.stdin], [], [], EVERY_S)[0]:
        stream.write(b"count\n")
        stream.flush()
        said = int(stream.readline())
        now = time.monotonic()
        gap = gap if before is None else max(gap, now - before)
        grew = grew and said >= last
        answers, last, before = answers + 1, said, now
    print(json.dumps({"answers": answers, "gap_s": round(gap, 3), "grew": grew}), flush=True)


if __name__ == "__main__":
    main()
