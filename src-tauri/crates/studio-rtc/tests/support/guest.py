"""A foreign client: joins, publishes a picture and a tone, and says what it sees and hears.

The first line of standard input is {"url", "token", "publish"}; it leaves when standard input ends.
"""

import asyncio
import json
import math
import sys
from array import array

from livekit import rtc

WIDTH, HEIGHT = 640, 360


def say(**words):
    print(json.dumps(words), flush=True)


async def look(track, identity):
    frames = 0
    async for event in rtc.VideoStream(track):
        frames += 1
        if frames % 10 == 0:
            say(saw=identity, width=event.frame.width, height=event.frame.height)


async def listen(track, identity):
    blocks = 0
    async for event in rtc.AudioStream(track):
        loudest = max(event.frame.data, default=0)
        blocks += 1
        if blocks % 50 == 0:
            say(heard=identity, loudest=loudest)


async def publish(room):
    video, sound = rtc.VideoSource(WIDTH, HEIGHT), rtc.AudioSource(48000, 1)
    camera = rtc.LocalVideoTrack.create_video_track("camera", video)
    voice = rtc.LocalAudioTrack.create_audio_track("microphone", sound)
    for track, source in ((camera, rtc.TrackSource.SOURCE_CAMERA), (voice, rtc.TrackSource.SOURCE_MICROPHONE)):
        await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=source))

    async def pictures():
        shade = 0
        while True:
            shade = (shade + 3) % 200
            data = bytes([16 + shade]) * (WIDTH * HEIGHT) + bytes([128]) * (WIDTH * HEIGHT // 2)
            video.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.I420, data))
            await asyncio.sleep(1 / 30)

    async def tone():
        block = array("h", [int(3000 * math.sin(2 * math.pi * 440 * n / 48000)) for n in range(4800)])
        while True:
            await sound.capture_frame(rtc.AudioFrame(block.tobytes(), 48000, 1, 4800))

    return [asyncio.ensure_future(pictures()), asyncio.ensure_future(tone())]


async def main():
    loop = asyncio.get_running_loop()
    wish = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    room, tasks = rtc.Room(), []

    @room.on("track_subscribed")
    def subscribed(track, _publication, participant):
        say(subscribed=track.sid)
        follow = look if track.kind == rtc.TrackKind.KIND_VIDEO else listen
        tasks.append(asyncio.ensure_future(follow(track, participant.identity)))

    @room.on("track_unsubscribed")
    def unsubscribed(track, _publication, _participant):
        say(unsubscribed=track.sid)

    @room.on("reconnecting")
    def reconnecting():
        say(reconnecting=True)

    @room.on("disconnected")
    def disconnected(reason):
        say(disconnected=reason)

    @room.on("reconnected")
    def reconnected():
        say(reconnected=True)

    # With one peer connection a few joins in a hundred never deliver a picture.
    await room.connect(wish["url"], wish["token"], rtc.RoomOptions(single_peer_connection=False))
    say(joined=room.name)
    if wish["publish"]:
        tasks += await publish(room)
    await loop.run_in_executor(None, sys.stdin.read)
    await room.disconnect()


asyncio.run(main())
