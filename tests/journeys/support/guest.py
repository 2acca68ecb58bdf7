"""An independent client: LiveKit's own Python SDK, knowing nothing of Sidestage but a URL and a token.

The first line of standard input says what to do, as a JSON object; standard output is what was seen, one JSON
object a line, one key saying what it is. Keys of the first line: url, token, and optionally
  seconds  ends by itself after this long, with the whole report as the last line; otherwise it stays
  listen   [hz, ...]  frequencies of the report's levels
  picture  {"width", "height", "fps", "luma", "chroma": [u, v]}  a flat picture that the far end can recognise
  sizes    [[w, h], ...]  change the picture's size each second, in this order
  tone     {"hz", "dbfs"}  a continuous tone
  answers  [method, ...]  RPC methods that are answered with "ok"
Picture and tone are published as soon as the right is there, and again, as a new track, when it was taken away
and is back.

Each further line is an order, a JSON object with one of these keys:
  say {"text", "id", "attributes", "to"} · call {"to", "method", "payload", "timeout_s", "id"} ·
  packet {"topic", "payload", "reliable", "to"} · levels [hz, ...] · frames true · attributes {...} · name "..." ·
  mute bool · again "identity/source" (asks for that track anew) · people true · report [hz, ...] · leave true
"""

import asyncio
import json
import math
import os
import sys
import time
from collections import deque
from contextlib import aclosing, contextmanager

import numpy as np
from livekit import rtc

RATE = 48_000
BLOCK = RATE // 100


def say(**what):
    print(json.dumps(what), flush=True)


def read_tick(luma):
    """The program's tick number along the bottom edge, or None where there is none to read."""
    height, width = luma.shape
    if height < 90 or width < 160:
        return None
    cells = []
    for cell in range(40):
        left = (480 + (cell + 0.25) * 24) * width / 1920
        right = (480 + (cell + 0.75) * 24) * width / 1920
        top, bottom = (1064 + 4) * height / 1080, (1064 + 12) * height / 1080
        cells.append(luma[round(top) : max(round(bottom), round(top) + 1), round(left) : max(round(right), round(left) + 1)].mean())
    dark, bright = min(cells), max(cells)
    if bright - dark < 40:
        return None
    value = 0
    for cell in cells:
        value = value << 1 | int(cell > (dark + bright) / 2)
    tick = value >> 8
    crc = 0x5A
    for byte in tick.to_bytes(7, "big"):
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1) & 0xFF if crc < 0x80 else ((crc << 1) & 0xFF) ^ 0x07
    return tick if crc == value & 0xFF else None


def level(samples, hz):
    """Level of one frequency in dBFS (a full-scale sine is 0)."""
    if len(samples) < RATE // 10:
        return -120.0
    window = np.hanning(len(samples))
    phase = np.exp(-2j * np.pi * hz * np.arange(len(samples)) / RATE)
    amplitude = 2 * abs(np.sum(samples * window * phase)) / np.sum(window)
    return 20 * math.log10(max(amplitude, 1e-6))


class Sound:
    """The last of what was heard, and what has to be known of all of it."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.parts = deque()
        self.total = 0
        self.peak = 0.0

    def add(self, samples):
        self.total += len(samples)
        self.peak = max(self.peak, float(np.max(np.abs(samples), initial=0.0)))
        self.parts.append((time.monotonic(), samples))
        # A second more than is asked for: what comes in bursts is still there.
        while self.parts[0][0] < time.monotonic() - self.seconds - 1:
            self.parts.popleft()

    def last(self, seconds, since=0.0):
        """The newest samples, at most so many seconds of them, that came after `since`."""
        parts = [samples for at, samples in self.parts if at >= since]
        return np.concatenate(parts)[-round(seconds * RATE) :] if parts else np.zeros(0)


class Seen:
    """What arrives from everybody else."""

    def __init__(self):
        self.tracks = []
        self.ticks = []
        self.frames = 0
        self.sound = Sound(2)
        self.size = None
        self.tasks = {}
        self.heard = {}
        self.watched = {}

    def take(self, track, publication, participant):
        kind = "video" if track.kind == rtc.TrackKind.KIND_VIDEO else "audio"
        self.tracks.append({"from": participant.identity, "name": publication.name, "kind": kind})
        say(track={"from": participant.identity, **about(publication)})
        key = key_of(publication, participant)
        take = self.pictures(track, key) if kind == "video" else self.sounds(track, key)
        self.tasks[publication.sid] = asyncio.ensure_future(take)

    def lose(self, _track, publication, participant):
        say(untrack={"from": participant.identity, **about(publication)})
        if task := self.tasks.pop(publication.sid, None):
            task.cancel()

    @contextmanager
    def kept(self, there, key, mine):
        """Until it is lost: its successor of the same name may have come before."""
        there[key] = mine
        try:
            yield mine
        finally:
            if there.get(key) is mine:
                del there[key]

    async def pictures(self, track, key):
        video = rtc.VideoStream(track, format=rtc.VideoBufferType.I420)
        # Left open, a stream keeps what it is sent: 23 GB after thirty of them.
        async with aclosing(video) as stream:
            with self.kept(self.watched, key, {"decoded": 0, "size": None}) as mine:
                async for event in stream:
                    self.picture(event.frame, mine)

    def picture(self, frame, mine):
        self.frames += 1
        mine["decoded"] += 1
        mine["size"] = self.size = [frame.width, frame.height]
        luma = np.frombuffer(frame.data, dtype=np.uint8, count=frame.width * frame.height)
        tick = read_tick(luma.reshape(frame.height, frame.width))
        if tick is not None:
            self.ticks.append(tick)

    async def sounds(self, track, key):
        async with aclosing(rtc.AudioStream(track, sample_rate=RATE, num_channels=1)) as stream:
            with self.kept(self.heard, key, Sound(1)) as mine:
                async for event in stream:
                    samples = np.frombuffer(event.frame.data, dtype=np.int16).astype(np.float64) / 32768
                    self.sound.add(samples)
                    mine.add(samples)

    def levels(self, hz):
        """Of each track, in the last second; a track that was silent altogether has no level to speak of."""
        since = time.monotonic() - 1
        return {
            key: {str(f): level(sound.last(1, since), f) for f in hz} for key, sound in self.heard.items()
        }

    def report(self, hz):
        last = self.sound.last(2)
        return {
            "tracks": self.tracks,
            "frames": self.frames,
            "size": self.size,
            "ticks": self.ticks,
            "sound_s": self.sound.total / RATE,
            "peak_dbfs": 20 * math.log10(max(self.sound.peak, 1e-6)),
            "levels": {str(f): level(last, f) for f in hz},
        }


SOURCES = {
    rtc.TrackSource.SOURCE_CAMERA: "camera",
    rtc.TrackSource.SOURCE_MICROPHONE: "microphone",
    rtc.TrackSource.SOURCE_SCREENSHARE: "screen_share",
    rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO: "screen_share_audio",
}


def about(publication):
    return {
        "name": publication.name,
        "source": SOURCES.get(publication.source, "unknown"),
        "kind": "video" if publication.kind == rtc.TrackKind.KIND_VIDEO else "audio",
        "muted": publication.muted,
        "sid": publication.sid,
    }


def key_of(publication, participant):
    # Stock devices of a browser have no name.
    return f"{participant.identity}/{publication.name or about(publication)['source']}"


def rights(who):
    may = who.permissions
    return {
        "publish": may.can_publish,
        "sources": [SOURCES.get(source, "unknown") for source in may.can_publish_sources],
        "data": may.can_publish_data,
        "subscribe": may.can_subscribe,
        "own_metadata": may.can_update_metadata,
        "hidden": may.hidden,
    }


def person(who):
    tracks = [
        {**about(publication), "subscribed": getattr(publication, "subscribed", True)}
        for publication in who.track_publications.values()
    ]
    return {
        "identity": who.identity,
        "name": who.name,
        "attributes": who.attributes,
        "permissions": rights(who),
        "tracks": tracks,
    }


async def show(source, picture, sizes):
    began = time.monotonic()
    number = 0
    while True:
        width, height = picture["width"], picture["height"]
        if sizes:
            width, height = sizes[int(time.monotonic() - began) % len(sizes)]
        half = ((width + 1) // 2) * ((height + 1) // 2)
        u, v = picture["chroma"]
        data = bytes([picture["luma"]]) * (width * height) + bytes([u]) * half + bytes([v]) * half
        try:
            source.capture_frame(rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data))
        except Exception as error:  # the SDK itself refuses some sizes: that is worth knowing, not a failure
            say(refused=[width, height], why=str(error))
        number += 1
        await asyncio.sleep(max(0.0, began + number / picture["fps"] - time.monotonic()))


async def sound(source, tone):
    amplitude = 10 ** (tone["dbfs"] / 20) * 32767
    at = 0
    while True:
        wave = amplitude * np.sin(2 * np.pi * tone["hz"] * np.arange(at, at + BLOCK) / RATE)
        at += BLOCK
        data = np.round(wave).astype(np.int16).tobytes()
        await source.capture_frame(rtc.AudioFrame(data, RATE, 1, BLOCK))


class Output:
    """One thing that is published whenever the right is there: each time a new track of a new source."""

    def __init__(self, me, source, make):
        self.me = me
        self.source = source
        self.make = make
        self.track = None
        self.publication = None
        self.work = None
        self.muted = False
        self.look = asyncio.Event()
        self.task = asyncio.ensure_future(self.run())

    def allowed(self):
        may = self.me.permissions
        return may.can_publish and (not may.can_publish_sources or self.source in may.can_publish_sources)

    async def run(self):
        while True:
            self.look.clear()
            try:
                if self.allowed() and self.publication is None:
                    await self.publish()
                elif not self.allowed() and self.publication is not None:
                    await self.unpublish()
            except Exception as error:
                say(failed=SOURCES[self.source], why=str(error))
            await self.look.wait()

    async def publish(self):
        track, how, work = self.make()
        how.source = self.source
        # Muted from its first moment on: nobody is heard who did not want to be.
        if self.muted:
            track.mute()
        publication = await self.me.publish_track(track, how)
        self.track, self.publication, self.work = track, publication, asyncio.ensure_future(work)
        self.mute(self.muted)
        say(published=SOURCES[self.source], sid=publication.sid)

    async def unpublish(self):
        # The server has taken it off already, but the library keeps it, and ends the process when the same
        # track is published again.
        self.work.cancel()
        publication, self.track, self.publication = self.publication, None, None
        await self.me.unpublish_track(publication.sid)
        say(unpublished=SOURCES[self.source], sid=publication.sid)

    def mute(self, on):
        self.muted = on
        if self.track is not None:
            self.track.mute() if on else self.track.unmute()

    def end(self):
        self.task.cancel()
        if self.work is not None:
            self.work.cancel()


def camera(order):
    picture = order["picture"]
    source = rtc.VideoSource(picture["width"], picture["height"])
    track = rtc.LocalVideoTrack.create_video_track("camera", source)
    return track, rtc.TrackPublishOptions(simulcast=False), show(source, picture, order.get("sizes"))


def microphone(order):
    source = rtc.AudioSource(RATE, 1)
    track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
    return track, rtc.TrackPublishOptions(dtx=False), sound(source, order["tone"])


def options():
    # With the library's default, one join in thirty or so never delivers a picture.
    return rtc.RoomOptions(auto_subscribe=True, single_peer_connection=False)


class Guest:
    """A client in a room, with its orders."""

    def __init__(self, order):
        self.order = order
        self.room = rtc.Room()
        self.seen = Seen()
        self.outputs = {}
        self.over = asyncio.Event()
        self.working = set()

    def listen(self):
        room = self.room
        room.on("track_subscribed", self.seen.take)
        room.on("track_unsubscribed", self.seen.lose)
        room.on("participant_connected", lambda who: say(came=who.identity))
        room.on("participant_disconnected", lambda who: say(left=who.identity))
        room.on("participant_attributes_changed", self.attributes_changed)
        room.on("participant_permissions_changed", self.permissions_changed)
        room.on("track_muted", lambda who, it: say(muted={"of": who.identity, **about(it), "muted": True}))
        room.on("track_unmuted", lambda who, it: say(muted={"of": who.identity, **about(it), "muted": False}))
        room.on("data_received", self.packet_received)
        room.on("reconnecting", lambda: say(reconnecting=True))
        room.on("reconnected", self.reconnected)
        room.on("disconnected", lambda why: say(disconnected=rtc.DisconnectReason.Name(why)))
        room.register_text_stream_handler("lk.chat", self.text_opened)

    def attributes_changed(self, changed, who):
        say(attributes={"of": who.identity, "changed": changed, "all": who.attributes})

    def permissions_changed(self, who, _permissions):
        say(permissions={"of": who.identity, **rights(who)})
        self.look()

    def reconnected(self):
        say(reconnected=True)
        self.look()

    def look(self):
        for output in self.outputs.values():
            output.look.set()

    def packet_received(self, packet):
        sender = packet.participant.identity if packet.participant else None
        say(packet={"topic": packet.topic, "from": sender, "text": packet.data.decode(errors="replace")})

    def text_opened(self, reader, sender):
        self.keep(self.read_text(reader, sender))

    async def read_text(self, reader, sender):
        try:
            text = await reader.read_all()
        except Exception as error:
            say(trouble=f"a text from {sender}: {error}")
            return
        attributes = reader.info.attributes or {}
        stream = reader.info.stream_id
        say(chat={"from": sender, "text": text, "id": attributes.get("id"), "attributes": attributes, "stream": stream})

    def answer(self, method):
        def handle(call):
            say(called={"from": call.caller_identity, "method": method, "payload": call.payload})
            return "ok"

        self.room.local_participant.register_rpc_method(method, handle)

    async def join(self):
        self.listen()
        began = time.monotonic()
        await self.room.connect(self.order["url"], self.order["token"], options())
        me = self.room.local_participant
        say(joined_ms=(time.monotonic() - began) * 1000, me=person(me))
        for method in self.order.get("answers", []):
            self.answer(method)
        if self.order.get("picture"):
            make = lambda: camera(self.order)
            self.outputs["camera"] = Output(me, rtc.TrackSource.SOURCE_CAMERA, make)
        if self.order.get("tone"):
            make = lambda: microphone(self.order)
            self.outputs["microphone"] = Output(me, rtc.TrackSource.SOURCE_MICROPHONE, make)

    async def obey(self, order):
        for name, what in order.items():
            try:
                await getattr(self, f"do_{name}")(what)
            except Exception as error:
                say(failed=name, why=str(error) or type(error).__name__)

    async def do_say(self, what):
        attributes = dict(what.get("attributes") or {})
        if what.get("id") is not None:
            attributes["id"] = str(what["id"])
        me = self.room.local_participant
        await me.send_text(what["text"], topic="lk.chat", attributes=attributes, destination_identities=what.get("to"))
        say(sent={"id": what.get("id")})

    async def do_call(self, what):
        began = time.monotonic()
        answered = {"id": what.get("id"), "to": what["to"], "method": what["method"]}
        try:
            answered["answer"] = await self.room.local_participant.perform_rpc(
                destination_identity=what["to"],
                method=what["method"],
                payload=what.get("payload", ""),
                response_timeout=what.get("timeout_s", 10),
            )
        except rtc.RpcError as error:
            answered["error"] = {"code": error.code, "message": error.message}
        say(answered={**answered, "ms": (time.monotonic() - began) * 1000})

    async def do_packet(self, what):
        me = self.room.local_participant
        to = what.get("to") or []
        await me.publish_data(what["payload"], reliable=what.get("reliable", True), topic=what["topic"], destination_identities=to)

    async def do_attributes(self, what):
        await self.room.local_participant.set_attributes(what)
        say(set="attributes")

    async def do_name(self, what):
        await self.room.local_participant.set_name(what)
        say(set="name")

    async def do_mute(self, on):
        if output := self.outputs.get("microphone"):
            output.mute(on)

    async def do_again(self, key):
        for who in self.room.remote_participants.values():
            for publication in who.track_publications.values():
                if key_of(publication, who) == key:
                    publication.set_subscribed(False)
                    await asyncio.sleep(0.2)
                    publication.set_subscribed(True)

    async def do_levels(self, hz):
        say(levels=self.seen.levels(hz))

    async def do_frames(self, _what):
        say(frames=self.seen.watched)

    async def do_people(self, _what):
        others = [person(who) for who in self.room.remote_participants.values()]
        say(people=others, me=person(self.room.local_participant))

    async def do_report(self, hz):
        say(report=self.seen.report(hz))

    async def do_leave(self, _what):
        self.over.set()

    async def read_orders(self, lines):
        # They may end while the client stays: its seconds, or whoever started it, end it then.
        while line := await lines.readline():
            # Not awaited: an order that takes its time holds up no other.
            self.keep(self.obey(json.loads(line)))

    def keep(self, work):
        task = asyncio.ensure_future(work)
        self.working.add(task)
        task.add_done_callback(self.working.discard)

    async def run(self, lines):
        await self.join()
        self.keep(self.read_orders(lines))
        try:
            await asyncio.wait_for(self.over.wait(), self.order.get("seconds"))
        except asyncio.TimeoutError:
            pass
        if "seconds" in self.order:
            say(report=self.seen.report(self.order.get("listen", [])))
        for output in self.outputs.values():
            output.end()
        for task in [*self.seen.tasks.values(), *self.working]:
            task.cancel()
        await self.room.disconnect()


async def main():
    lines = asyncio.StreamReader(limit=1 << 20)
    protocol = lambda: asyncio.StreamReaderProtocol(lines)
    await asyncio.get_running_loop().connect_read_pipe(protocol, sys.stdin)
    await Guest(json.loads(await lines.readline())).run(lines)


asyncio.run(main())
# Without the interpreter's own ending: the library's threads may still call into it, and end in a panic.
sys.stdout.flush()
os._exit(0)
