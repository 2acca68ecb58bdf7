//! A whole show on the machine alone, printed as a transcript: every event, what it moved, what it asked of
//! the ports. The ports are values that answer at once.
//!
//! `cargo run -p studio-core --example rehearsal`, or with a file of lines `MS WORDS` as the tests use them on
//! standard input: `… --example rehearsal - < show.txt`.
#![allow(clippy::unwrap_used, missing_docs, dead_code)]

#[path = "../tests/machine/printed.rs"]
mod printed;
#[path = "../tests/machine/rig.rs"]
mod rig;
#[path = "../tests/machine/script.rs"]
mod script;

const SHOW: &str = "
    0 open Evening show
    800 obey
    # two guests come and go on stage with the host
    2000 guest leo
    2500 guest zoe
    3000 add host
    3100 add leo
    3200 add zoe
    3300 camera on
    3400 microphone on
    # on air
    5000 go-live
    5400 obey
    9000 solo
    12000 grid
    # the engine dies; everybody keeps their place
    15000 engine-lost crew
    15300 obey
    15310 came leo
    15311 tracks leo
    15320 came zoe
    15321 tracks zoe
    # zoe leaves and comes back: backstage
    20000 wait
    26000 left zoe
    28000 guest zoe
    # and off
    30000 end
    30500 obey";

fn main() {
    let piped = std::env::args().nth(1).is_some_and(|word| word == "-");
    let show = if piped { std::io::read_to_string(std::io::stdin()).unwrap() } else { SHOW.to_owned() };
    println!("{}", script::play(studio_wire::view::StateName::Idle, &show));
}
