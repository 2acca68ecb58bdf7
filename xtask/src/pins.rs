//! Every version that set-up fetches, in one place.

/// The toolchain of `rust-toolchain.toml`, written out in full.
pub const RUST: &str = "1.95.0";

/// The target the window's interface is built for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The oldest Go that can fetch, as a module, the Go which the server asks for.
pub const GO_AT_LEAST: (u32, u32) = (1, 21);

/// The oldest Python for which `python-sdk.txt` lists wheels, and the newest.
pub const PYTHON: ((u32, u32), (u32, u32)) = ((3, 11), (3, 13));

/// The LiveKit Python package; the library inside it calls itself 0.13.2.
pub const LIVEKIT: &str = "1.2.0";

/// The library's own sha256 per system and processor, as `std::env::consts` names them.
pub const LIVEKIT_LIBRARY: &[(&str, &str, &str, &str)] = &[
    (
        "linux",
        "x86_64",
        "liblivekit_ffi.so",
        "b0e3b91dcf42b486045b6acca4863b132e3c4d114d5701b5759c7661c04ea1eb",
    ),
    (
        "linux",
        "aarch64",
        "liblivekit_ffi.so",
        "1851e0a2b740be6041e5a8bf66f419f78f0a424348b4d44d52bf2ece231ab740",
    ),
    (
        "macos",
        "aarch64",
        "liblivekit_ffi.dylib",
        "f7ef1bb6803a43559382dc72a5447fb6743dcacdad194edd065140af85078eb4",
    ),
    (
        "macos",
        "x86_64",
        "liblivekit_ffi.dylib",
        "659767038036c1a6c6e33ffff6be08f10dec03b957a27d8a103fda713ec040c9",
    ),
    (
        "windows",
        "x86_64",
        "livekit_ffi.dll",
        "f3456b002f2157b9cbacad5296433d71b2ba1228c1bc26c5a89c8e559e05c103",
    ),
];

/// `livekit-server`; 1.13.11 carries `replace` lines, which `go install` refuses.
pub const LIVEKIT_SERVER: &str = "1.13.5";

/// The Go module that holds the server's `main`.
pub const LIVEKIT_SERVER_MODULE: &str = "github.com/livekit/livekit-server/cmd/server";

/// LiveKit's own client for browsers, a package of npm: the tests' stock web guest.
pub const LIVEKIT_CLIENT: &str = "2.23.0";

/// The sha512 of that package as npm hands it out.
pub const LIVEKIT_CLIENT_PACKAGE: &str = "8fd2a0f3a9c98c18cd1540feba4a768f030219ad24f980f9814fff47300cf996\
                                          37a5b1badf5402b5eedf423c2a58c9ad07384324bf67298b8e2ccbfff486c0c6";

/// The one file of it that a page needs.
pub const LIVEKIT_CLIENT_BUNDLE: &str = "livekit-client.umd.js";

/// cargo-deny, for `cargo xtask check`.
pub const CARGO_DENY: &str = "0.20.2";

/// What the tree is linked against. `libclang-dev` is for the bindings of libyuv and of V4L2, `cmake` and `nasm` for
/// libjpeg-turbo.
pub const BUILD_PACKAGES: &[&str] = &[
    "pkg-config",
    "libclang-dev",
    "cmake",
    "nasm",
    "libasound2-dev",
    "libwebkit2gtk-4.1-dev",
    "libgtk-3-dev",
    "libdbus-1-dev",
];

/// What running and testing need: a display, a session bus, a browser and its driver, an encoder, Redis.
///
/// Redis comes as `redis-tools`: the package `redis-server` adds a link and a daemon that starts by itself.
pub const RUN_PACKAGES: &[&str] = &[
    "xvfb",
    "openbox",
    "webkit2gtk-driver",
    "imagemagick",
    "x11-utils",
    "dbus",
    "dbus-x11",
    "libgl1-mesa-dri",
    "libegl1",
    "ffmpeg",
    "fonts-dejavu-core",
    "procps",
    "chromium",
    "redis-tools",
    "gnome-keyring",
    "pulseaudio",
    "pulseaudio-utils",
    "dbus-daemon",
];

/// The peers that `cargo xtask bench` measures beside us.
pub const BENCH_PACKAGES: &[&str] =
    &["gstreamer1.0-tools", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-good"];
