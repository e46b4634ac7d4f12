"""Lets a test move this program's clock: `forward 600` on its standard input. It ends when nobody is there to say it."""

import os
import sys
import threading


def listen():
    for line in sys.stdin:
        # Not before: while the program starts, it is the main thread that imports.
        import time

        import time_machine

        time_machine.travel(time.time() + float(line.split()[1]), tick=True).start()
        print("moved", line.split()[1], flush=True)
    os._exit(0)


if os.environ.get("HALLPASS_CLOCK"):
    threading.Thread(target=listen, daemon=True).start()
