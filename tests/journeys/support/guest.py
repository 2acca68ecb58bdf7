"""An independent client: LiveKit's own Python SDK, knowing nothing of Sidestage but a URL and a token.

One JSON object on standard input says what to do, one JSON object a line on standard output says what was
seen; the last one is the whole report. Keys of the order: url, token, seconds, and optionally
  picture  {"width", "height", "fps", "luma", "chroma": [u, v]}  a flat picture that the far end can recognise
  sizes    [[w, h], ...]  change the picture's size each second, in this order
  tone     {"hz", "dbfs"}  a continuous tone
"""

import asyncio
import json
import math
import sys
import time

import numpy as np
from livekit import rtc

RATE = 48_000
BLOCK = RATE // 100


def say(**what):
    print(json.dumps(what), flush=True)


def read_tick(luma):
    """The program's tick number along the bottom edge, or None where there is none to read."""
    height, width = luma.shape
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


class Seen:
    """What arrives from everybody else."""

    def __init__(self):
        self.tracks = []
        self.ticks = []
        self.frames = 0
        self.sound = []
        self.size = None
        self.tasks = []

    def take(self, track, publication, participant):
        kind = "video" if track.kind == rtc.TrackKind.KIND_VIDEO else "audio"
        self.tracks.append({"from": participant.identity, "name": publication.name, "kind": kind})
        take = self.pictures(track) if kind == "video" else self.sounds(track)
        self.tasks.append(asyncio.ensure_future(take))

    async def pictures(self, track):
        async for event in rtc.VideoStream(track, format=rtc.VideoBufferType.I420):
            frame = event.frame
            self.frames += 1
            self.size = [frame.width, frame.height]
            luma = np.frombuffer(frame.data, dtype=np.uint8, count=frame.width * frame.height)
            tick = read_tick(luma.reshape(frame.height, frame.width))
            if tick is not None:
                self.ticks.append(tick)

    async def sounds(self, track):
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            self.sound.append(np.frombuffer(event.frame.data, dtype=np.int16).astype(np.float64) / 32768)

    def report(self, hz):
        sound = np.concatenate(self.sound) if self.sound else np.zeros(0)
        last = sound[-2 * RATE :]
        return {
            "tracks": self.tracks,
            "frames": self.frames,
            "size": self.size,
            "ticks": self.ticks,
            "sound_s": len(sound) / RATE,
            "peak_dbfs": 20 * math.log10(max(float(np.max(np.abs(sound), initial=0.0)), 1e-6)),
            "levels": {str(f): level(last, f) for f in hz},
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


def options():
    # With the library's default, one join in thirty or so never delivers a picture.
    return rtc.RoomOptions(auto_subscribe=True, single_peer_connection=False)


async def run(order):
    seen = Seen()
    room = rtc.Room()
    room.on("track_subscribed", seen.take)
    began = time.monotonic()
    await room.connect(order["url"], order["token"], options())
    say(joined_ms=(time.monotonic() - began) * 1000)
    work = []
    me = room.local_participant
    if picture := order.get("picture"):
        source = rtc.VideoSource(picture["width"], picture["height"])
        track = rtc.LocalVideoTrack.create_video_track("camera", source)
        await me.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False))
        work.append(asyncio.ensure_future(show(source, picture, order.get("sizes"))))
    if tone := order.get("tone"):
        source = rtc.AudioSource(RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        how = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        await me.publish_track(track, how)
        work.append(asyncio.ensure_future(sound(source, tone)))
    if work:
        say(published=True)
    await asyncio.sleep(order["seconds"])
    say(report=seen.report(order.get("listen", [])))
    for task in work + seen.tasks:
        task.cancel()
    await room.disconnect()


asyncio.run(run(json.loads(sys.stdin.readline())))
