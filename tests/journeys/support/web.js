// An independent client: LiveKit's own client for browsers, knowing nothing of Sidestage but a URL and a token.
//
// Orders come by long poll from /orders, what was seen goes to /seen, one JSON object a line. The first order
// holds url, token, and optionally camera, microphone, screen (true, or {"hz", "dbfs"} for a microphone with a
// tone of its own instead of the fake device's) and answers (the RPC methods that are answered with "ok").
"use strict";

const { Room, RoomEvent, ParticipantEvent, Track, DisconnectReason, ConnectionState } = LivekitClient;

// ---- telling ----------------------------------------------------------------------------------------------

let telling = Promise.resolve();

/** Tells what was seen; in order, and one after the other. */
function tell(what) {
  const line = JSON.stringify(what);
  telling = telling.then(() => fetch("/seen", { method: "POST", body: line })).catch(() => {});
  return telling;
}

const words = (error) => String(error?.message ?? error);
addEventListener("error", (event) => tell({ trouble: words(event.error ?? event.message) }));
addEventListener("unhandledrejection", (event) => tell({ trouble: words(event.reason) }));

// ---- the room ---------------------------------------------------------------------------------------------

const room = new Room({ adaptiveStream: false, dynacast: false, disconnectOnPageLeave: false });
const me = room.localParticipant;
const sound = new AudioContext({ sampleRate: 48000 });
const listening = new Map(); // "identity/name" -> AnalyserNode
const watching = new Map(); // "identity/name" -> RemoteVideoTrack
const names = { camera: Track.Source.Camera, microphone: Track.Source.Microphone, screen: Track.Source.ScreenShare };
// As the server numbers them in a permission.
const numbers = { camera: 1, microphone: 2, screen: 3 };

// Stock devices have no name.
const key = (publication, person) => `${person.identity}/${publication.trackName || publication.source}`;
const rights = (person) => {
  const may = person.permissions;
  if (!may) return null;
  const sources = (may.canPublishSources ?? []).map((number) => ["unknown", "camera", "microphone", "screen_share", "screen_share_audio"][number]);
  return { publish: may.canPublish, sources, data: may.canPublishData, subscribe: may.canSubscribe, own_metadata: may.canUpdateMetadata, hidden: may.hidden };
};
const about = (publication) => ({
  name: publication.trackName, source: publication.source, kind: publication.kind,
  muted: publication.isMuted, sid: publication.trackSid, subscribed: publication.isSubscribed,
});
const person = (who) => ({
  identity: who.identity, name: who.name, attributes: who.attributes, permissions: rights(who),
  tracks: [...who.trackPublications.values()].map(about),
});

function take(track, publication, from) {
  tell({ track: { from: from.identity, ...about(publication) } });
  // Without an element of its own a remote track is silent and not decoded.
  const element = track.attach();
  element.muted = true;
  document.documentElement.append(element);
  if (track.kind === "video") {
    watching.set(key(publication, from), track);
    return;
  }
  const analyser = new AnalyserNode(sound, { fftSize: 32768, smoothingTimeConstant: 0 });
  new MediaStreamAudioSourceNode(sound, { mediaStream: new MediaStream([track.mediaStreamTrack]) }).connect(analyser);
  listening.set(key(publication, from), analyser);
}

function lose(track, publication, from) {
  tell({ untrack: { from: from.identity, ...about(publication) } });
  track.detach().forEach((element) => element.remove());
  listening.delete(key(publication, from));
  watching.delete(key(publication, from));
}

room
  .on(RoomEvent.TrackSubscribed, take)
  .on(RoomEvent.TrackUnsubscribed, lose)
  .on(RoomEvent.ParticipantConnected, (who) => tell({ came: who.identity }))
  .on(RoomEvent.ParticipantDisconnected, (who) => tell({ left: who.identity }))
  .on(RoomEvent.ParticipantAttributesChanged, (changed, who) => tell({ attributes: { of: who.identity, changed, all: who.attributes } }))
  .on(RoomEvent.ParticipantPermissionsChanged, (_, who) => {
    tell({ permissions: { of: who.identity, ...rights(who) } });
    if (who === me) publish();
  })
  .on(RoomEvent.TrackMuted, (publication, who) => tell({ muted: { of: who.identity, muted: true, ...about(publication) } }))
  .on(RoomEvent.TrackUnmuted, (publication, who) => tell({ muted: { of: who.identity, ...about(publication), muted: false } }))
  .on(RoomEvent.LocalTrackPublished, (publication) => tell({ published: publication.source, sid: publication.trackSid }))
  .on(RoomEvent.LocalTrackUnpublished, (publication) => {
    tell({ unpublished: publication.source, sid: publication.trackSid });
    publish();
  })
  .on(RoomEvent.DataReceived, (bytes, who, _, topic) => {
    tell({ packet: { topic: topic ?? "", from: who?.identity ?? null, text: new TextDecoder().decode(bytes) } });
  })
  .on(RoomEvent.SignalReconnecting, () => tell({ signal_reconnecting: true }))
  .on(RoomEvent.Reconnecting, () => tell({ reconnecting: true }))
  .on(RoomEvent.Reconnected, () => tell({ reconnected: true }))
  .on(RoomEvent.Disconnected, (reason) => tell({ disconnected: DisconnectReason[reason] ?? "UNKNOWN_REASON" }));

room.registerTextStreamHandler("lk.chat", async (reader, from) => {
  try {
    const text = await reader.readAll();
    const attributes = reader.info.attributes ?? {};
    tell({ chat: { from: from.identity, text, id: attributes.id ?? null, attributes, stream: reader.info.id } });
  } catch (error) {
    tell({ trouble: `a text from ${from.identity}: ${words(error)}` });
  }
});

// ---- publishing -------------------------------------------------------------------------------------------

let wanted = {};
let muted = false;
let publishing = Promise.resolve();

function allowed(source) {
  const may = me.permissions;
  const sources = may?.canPublishSources ?? [];
  return Boolean(may?.canPublish) && (sources.length === 0 || sources.includes(numbers[source]));
}

/** Publishes what is wanted, allowed and not out yet. Called again whenever that may have changed. */
function publish() {
  publishing = publishing.then(async () => {
    for (const source of ["camera", "microphone", "screen"]) {
      const free = room.state === ConnectionState.Connected && !me.getTrackPublication(names[source]);
      if (!wanted[source] || !free || !allowed(source)) continue;
      try {
        await publishOne(source);
      } catch (error) {
        tell({ failed: source, why: words(error) });
      }
    }
  });
  return publishing;
}

async function publishOne(source) {
  if (source === "camera") return me.setCameraEnabled(true);
  if (source === "screen") return screen();
  if (wanted.microphone === true) await me.setMicrophoneEnabled(true);
  else await me.publishTrack(tone(wanted.microphone), { source: names.microphone, name: "microphone", dtx: false, red: false });
  if (muted) await me.getTrackPublication(names.microphone)?.mute();
}

function tone({ hz, dbfs }) {
  const gain = new GainNode(sound, { gain: 10 ** (dbfs / 20) });
  const oscillator = new OscillatorNode(sound, { frequency: hz });
  const out = new MediaStreamAudioDestinationNode(sound, { channelCount: 1 });
  oscillator.connect(gain).connect(out);
  oscillator.start();
  return out.stream.getAudioTracks()[0];
}

/** A picture that moves, sent as a screen: a headless browser has none to share. */
function screen() {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
  const pen = canvas.getContext("2d");
  let number = 0;
  setInterval(() => {
    pen.fillStyle = `hsl(${number++ % 360} 60% 40%)`;
    pen.fillRect(0, 0, 1280, 720);
  }, 66);
  const track = canvas.captureStream(15).getVideoTracks()[0];
  return me.publishTrack(track, { source: names.screen, name: "screen", simulcast: false });
}

// ---- orders -----------------------------------------------------------------------------------------------

/** Level of one frequency in dBFS (a full-scale sine is 0) over the last two thirds of a second. */
function level(samples, hz) {
  let [re, im, weight] = [0, 0, 0];
  for (let n = 0; n < samples.length; n++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples.length);
    const phase = (2 * Math.PI * hz * n) / sound.sampleRate;
    re += samples[n] * window * Math.cos(phase);
    im += samples[n] * window * Math.sin(phase);
    weight += window;
  }
  return 20 * Math.log10(Math.max((2 * Math.hypot(re, im)) / weight, 1e-6));
}

const does = {
  async join(order) {
    wanted = { camera: order.camera, microphone: order.microphone, screen: order.screen };
    for (const method of order.answers ?? []) {
      room.registerRpcMethod(method, async (call) => {
        tell({ called: { from: call.callerIdentity, method, payload: call.payload } });
        return "ok";
      });
    }
    const began = performance.now();
    await room.connect(order.url, order.token);
    await sound.resume();
    tell({ joined_ms: performance.now() - began, me: person(me) });
    await publish();
  },
  async say({ text, id, attributes, to }) {
    const all = { ...(attributes ?? {}), ...(id === undefined ? {} : { id: String(id) }) };
    await me.sendText(text, { topic: "lk.chat", attributes: all, destinationIdentities: to });
    tell({ sent: { id: id ?? null } });
  },
  async call({ to, method, payload, timeout_s, id }) {
    const began = performance.now();
    const answered = { id: id ?? null, to, method };
    try {
      answered.answer = await me.performRpc({
        destinationIdentity: to, method, payload: payload ?? "", responseTimeout: (timeout_s ?? 10) * 1000,
      });
    } catch (error) {
      answered.error = { code: error.code ?? null, message: words(error) };
    }
    tell({ answered: { ...answered, ms: performance.now() - began } });
  },
  async packet({ topic, payload, reliable, to }) {
    await me.publishData(new TextEncoder().encode(payload), { topic, reliable: reliable ?? true, destinationIdentities: to });
  },
  async attributes(all) {
    await me.setAttributes(all);
    tell({ set: "attributes" });
  },
  async name(name) {
    await me.setName(name);
    tell({ set: "name" });
  },
  async mute(on) {
    muted = on;
    const publication = me.getTrackPublication(names.microphone);
    if (publication) await (on ? publication.mute() : publication.unmute());
  },
  async publish(what) {
    wanted = { ...wanted, ...what };
    await publish();
  },
  levels(frequencies) {
    const levels = {};
    for (const [from, analyser] of listening) {
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      levels[from] = Object.fromEntries(frequencies.map((hz) => [hz, level(samples, hz)]));
    }
    tell({ levels });
  },
  async frames() {
    const frames = {};
    for (const [from, track] of watching) {
      const stats = await track.getReceiverStats();
      frames[from] = { decoded: stats?.framesDecoded ?? 0, size: [stats?.frameWidth ?? 0, stats?.frameHeight ?? 0] };
    }
    tell({ frames });
  },
  people() {
    tell({ people: [...room.remoteParticipants.values()].map(person), me: person(me) });
  },
  async leave() {
    await room.disconnect();
  },
};

async function obey(order) {
  for (const [name, what] of Object.entries(order)) {
    try {
      if (!does[name]) throw new Error(`no such order: ${name}`);
      await does[name](what);
    } catch (error) {
      tell({ failed: name, why: words(error) });
    }
  }
}

async function listen() {
  for (let after = 0; ; ) {
    const orders = await (await fetch(`/orders?after=${after}`)).json();
    after += orders.length;
    // Not awaited: an order that takes its time holds up no other.
    for (const order of orders) obey(order);
  }
}

listen();
