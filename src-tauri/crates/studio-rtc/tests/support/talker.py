"""A foreign client that talks: does what each line of standard input says, and tells what it is told.

The first line is {"url", "token"}; each other one is one act. It leaves when standard input ends.
"""

import asyncio
import json
import sys

from livekit import rtc


def tell(**words):
    print(json.dumps(words), flush=True)


async def call(person, act):
    try:
        answer = await person.perform_rpc(
            destination_identity=act["to"], method=act["call"], payload=act["payload"], response_timeout=10
        )
        tell(answer=answer, n=act.get("n"))
    except rtc.RpcError as error:
        tell(refused=error.code, n=act.get("n"))


async def do(person, act):
    if "say" in act:
        await person.send_text(act["say"], topic=act.get("topic", "lk.chat"), attributes=act.get("attributes", {}))
    elif "packet" in act:
        await person.publish_data(
            act["packet"],
            reliable=act.get("reliable", True),
            topic=act["topic"],
            destination_identities=act.get("only", []),
        )
    elif "call" in act:
        await call(person, act)
    elif "flood" in act:
        pause = act["seconds"] / act["flood"]
        for n in range(act["flood"]):
            await person.publish_data(
                json.dumps({"type": "chat", "message": f"flood {n}", "timestamp": n}), topic="chat"
            )
            await asyncio.sleep(pause)
        tell(flooded=act["flood"])


async def main():
    loop = asyncio.get_running_loop()
    wish = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    room, tasks = rtc.Room(), set()

    def spawn(task):
        task = asyncio.ensure_future(task)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def read(reader, identity):
        text = await reader.read_all()
        tell(text=text, whose=identity, attributes=dict(reader.info.attributes or {}))

    @room.on("data_received")
    def got(packet):
        tell(got=packet.topic, whose=packet.participant and packet.participant.identity, bytes=packet.data.decode())

    room.register_text_stream_handler("lk.chat", lambda reader, identity: spawn(read(reader, identity)))
    await room.connect(wish["url"], wish["token"], rtc.RoomOptions(single_peer_connection=False))
    tell(joined=room.name)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        act = json.loads(line)
        # Calls wait for an answer and may overtake each other; everything else is done in order.
        if "call" in act:
            spawn(do(room.local_participant, act))
        else:
            await do(room.local_participant, act)
    await room.disconnect()


asyncio.run(main())
