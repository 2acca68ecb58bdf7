// Live pictures: a loopback socket that sends one picture for each credit, drawn in the page's own rhythm.
// A credit leaves only after its picture was drawn, so a hidden window, which has no animation frames,
// asks for nothing, and a slow one never falls behind.

const [HEADER, CELL] = [32, [160, 90]]; // bytes before a picture; size of a small one
const [PROGRAM, ATLAS] = [0, 1]; // kinds of picture

let link = null;
let screen = null; // the program's canvas and how it is drawn
let sheet = null; // draws the atlas of small pictures, which is never seen as a whole
const tiles = new Map(); // canvas → cell
const [newest, asked] = [[null, null], [false, false]]; // by kind
let due = false;

export function open(url, token, gpu) {
  link = { url, token, gpu, socket: null };
  connect();
}

export function program(canvas) {
  screen = { canvas, draw: null };
  ask();
}

export function tile(canvas, cell) {
  tiles.set(canvas, cell);
  ask();
}

export const forget = (canvas) => tiles.delete(canvas);

function connect() {
  const socket = new WebSocket(link.url);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    link.socket = socket;
    asked.fill(false);
    socket.send(link.token);
    ask();
  };
  socket.onmessage = ({ data }) => {
    const head = new DataView(data);
    newest[head.getUint32(0, true)] = { head, bytes: new Uint8Array(data, HEADER) };
    if (!due) requestAnimationFrame(draw);
    due = true;
  };
  socket.onclose = () => {
    link.socket = null;
    setTimeout(connect, 1000);
  };
}

function ask() {
  const credit = (kind, text) => {
    if (link?.socket && !asked[kind]) link.socket.send(text);
    asked[kind] = true;
  };
  if (screen) credit(PROGRAM, `p ${size().join(" ")}`);
  if (tiles.size) credit(ATLAS, "a");
}

function size() {
  if (!link?.gpu) return [640, 360];
  const wide = Math.ceil((screen.canvas.clientWidth * devicePixelRatio) / 32) * 32;
  return [1, 9 / 16].map((part) => part * Math.min(1280, Math.max(320, wide)));
}

function draw() {
  due = false;
  newest.forEach((picture, kind) => {
    if (!picture) return;
    [newest[kind], asked[kind]] = [null, false];
    const [seq, width, height, , , columns] = [4, 8, 12, 16, 20, 24].map((at) => picture.head.getUint32(at, true));
    if (kind === PROGRAM && screen) {
      screen.draw ??= (link.gpu && gl(screen.canvas)) || plain(screen.canvas);
      screen.draw(picture.bytes, width, height);
      screen.canvas.dataset.seq = seq;
    } else if (kind === ATLAS) {
      sheet ??= plain(document.createElement("canvas"));
      const whole = sheet(picture.bytes, width, height);
      for (const [canvas, cell] of tiles) {
        const corner = [(cell % columns) * CELL[0], Math.floor(cell / columns) * CELL[1]];
        canvas.getContext("2d").drawImage(whole, ...corner, ...CELL, 0, 0, ...CELL);
        canvas.dataset.seq = seq;
      }
    }
  });
  ask();
}

// Without a GPU: BT.709 limited range to RGB here; the canvas clamps and rounds.
function plain(canvas) {
  const context = canvas.getContext("2d", { alpha: false });
  let image = null;
  return (yuv, width, height) => {
    if (image?.width !== width || image.height !== height) {
      [canvas.width, canvas.height] = [width, height];
      image = context.createImageData(width, height);
    }
    const [out, half, uAt] = [image.data, (width + 1) >> 1, width * height];
    const vAt = uAt + half * ((height + 1) >> 1);
    for (let row = 0, y = 0, at = 0; row < height; row++) {
      for (let column = 0; column < width; column++, y++, at += 4) {
        const chroma = (row >> 1) * half + (column >> 1);
        const luma = 1.1644 * (yuv[y] - 16);
        const u = yuv[uAt + chroma] - 128;
        const v = yuv[vAt + chroma] - 128;
        out[at] = luma + 1.7927 * v;
        out[at + 1] = luma - 0.2132 * u - 0.5329 * v;
        out[at + 2] = luma + 2.1124 * u;
        out[at + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
    return canvas;
  };
}

const VERTEX = `out vec2 p; void main() { p = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0;
  gl_Position = vec4(p * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0); }`;
const FRAGMENT = `in vec2 p; out vec4 o; uniform sampler2D s0, s1, s2; void main() {
  float y = 1.1644 * (texture(s0, p).r - 0.0627), u = texture(s1, p).r - 0.502, v = texture(s2, p).r - 0.502;
  o = vec4(y + 1.7927 * v, y - 0.2132 * u - 0.5329 * v, y + 2.1124 * u, 1.0); }`;

// With one: three planes as textures, the same sum in a shader. `null` where WebGL2 is not to be had.
function gl(canvas) {
  const g = canvas.getContext("webgl2", { alpha: false, antialias: false });
  if (!g) return null;
  const code = g.createProgram();
  for (const [kind, text] of [[g.VERTEX_SHADER, VERTEX], [g.FRAGMENT_SHADER, FRAGMENT]]) {
    const part = g.createShader(kind);
    g.shaderSource(part, `#version 300 es\nprecision mediump float;${text}`);
    g.compileShader(part);
    g.attachShader(code, part);
  }
  g.linkProgram(code);
  g.useProgram(code);
  g.pixelStorei(g.UNPACK_ALIGNMENT, 1);
  for (const unit of [0, 1, 2]) {
    g.activeTexture(g.TEXTURE0 + unit);
    g.bindTexture(g.TEXTURE_2D, g.createTexture());
    for (const wrap of [g.TEXTURE_WRAP_S, g.TEXTURE_WRAP_T]) g.texParameteri(g.TEXTURE_2D, wrap, g.CLAMP_TO_EDGE);
    g.texParameteri(g.TEXTURE_2D, g.TEXTURE_MIN_FILTER, g.LINEAR);
    g.uniform1i(g.getUniformLocation(code, `s${unit}`), unit);
  }
  return (yuv, width, height) => {
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    g.viewport(0, 0, width, height);
    for (let unit = 0, at = 0; unit < 3; unit++) {
      const [w, h] = unit ? [(width + 1) >> 1, (height + 1) >> 1] : [width, height];
      g.activeTexture(g.TEXTURE0 + unit);
      g.texImage2D(g.TEXTURE_2D, 0, g.R8, w, h, 0, g.RED, g.UNSIGNED_BYTE, yuv.subarray(at, at + w * h));
      at += w * h;
    }
    g.drawArrays(g.TRIANGLES, 0, 3);
  };
}
