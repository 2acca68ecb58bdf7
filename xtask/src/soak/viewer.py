"""A viewer of the program: LiveKit's own Python SDK, saying when a track shows its first picture.

The first line of standard input: {"url", "token"}. Standard output, a line for each picture track: {"first": at, "track":
sid}, in seconds of the machine's monotonic clock. It ends with its input.
"""

import asyncio
import json
import os
import sys
import time
from contextlib import aclosing

from livekit import rtc


class Viewer:
    def __init__(self, order):
        self.order = order
        self.tasks = {}

    async def watch(self, track, sid):
        seen = False
        # Left open, a stream keeps what it is sent: 23 GB after thirty of them.
        async with aclosing(rtc.VideoStream(track)) as stream:
            async for _ in stream:
                if not seen:
                    seen = True
                    print(json.dumps({"first": time.monotonic(), "track": sid}), flush=True)

    def take(self, track, publication, _participant):
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            self.tasks[publication.sid] = asyncio.ensure_future(self.watch(track, publication.sid))

    def lose(self, _track, publication, _participant):
        if task := self.tasks.pop(publication.sid, None):
            task.cancel()

    async def run(self, lines):
        room = rtc.Room()
        room.on("track_subscribed", self.take)
        room.on("track_unsubscribed", self.lose)
        # With the library's default, one join in thirty or so never delivers a picture.
        options = rtc.RoomOptions(auto_subscribe=True, single_peer_connection=False)
        await room.connect(self.order["url"], self.order["token"], options)
        while await lines.readline():
            pass


async def main():
    lines = asyncio.StreamReader()
    protocol = lambda: asyncio.StreamReaderProtocol(lines)
    await asyncio.get_running_loop().connect_read_pipe(protocol, sys.stdin)
    await Viewer(json.loads(await lines.readline())).run(lines)


asyncio.run(main())
# Without the interpreter's own ending: the library's threads may still call into it, and end in a panic.
os._exit(0)
