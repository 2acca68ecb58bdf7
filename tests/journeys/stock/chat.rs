//! The chat as stock clients speak it: kept once, numbered, in order, and only in its own room.

use serde_json::{Value, json};

use crate::support::python::Client;
use crate::support::seen::Seen;
use crate::support::show::{LIMIT, Show, rows};
use crate::support::web::Web;

// S-27 S-185
#[test]
fn what_stock_clients_and_the_host_write_reaches_all_of_their_room_and_is_kept_once_in_order() {
    let mut show = Show::open();
    let mut pia = Client::join(&show.guest("pia"), json!({}));
    let will = Web::join(&show.guest("will"), json!({}));
    let mut vera = Client::join(&show.viewer("vera"), json!({}));
    pia.joined();
    will.joined();
    vera.joined();
    show.joined("vera");

    pia.say("From Python ✨", "p-1");
    let first = kept(&show, "crew", "From Python ✨", 1);
    assert_eq!((&first["from"], &first["id"], &first["name"]), (&json!("pia"), &json!("p-1"), &json!("pia")));
    read(will.seen(), "pia", "From Python ✨", "p-1");
    will.say("  From a browser\u{202e}  ", "w-1");
    let second = kept(&show, "crew", "From a browser", 2);
    assert_eq!((&second["from"], &second["id"]), (&json!("will"), &json!("w-1")));

    show.here(json!({ "say": { "room": "crew", "text": "From the host" } }));
    let third = kept(&show, "crew", "From the host", 3);
    for seen in [pia.seen(), will.seen()] {
        read(seen, "host", "From the host", third["id"].as_str().unwrap());
    }
    let old = json!({ "type": "chat", "message": "From an older one", "timestamp": 1_700_000_000_000_u64 });
    pia.order(json!({ "packet": { "topic": "chat", "payload": old.to_string() } }));
    kept(&show, "crew", "From an older one", 4);

    // Sent again because no answer came: it is the same message, and its sender is told the same number.
    let (start, again) = (pia.seen().count(), told("chat", "p-1"));
    pia.say("From Python ✨", "p-1");
    let tale = pia.seen().wait("told once more", start, LIMIT, again);
    assert_eq!(tale["seq"], 1);
    // The same words of another message are another message.
    pia.say("From Python ✨", "p-2");
    pia.seen().wait("told of the second", start, LIMIT, told("chat", "p-2"));

    // Two rooms: neither hears the other.
    vera.say("From the audience", "v-1");
    kept(&show, "air", "From the audience", 1);
    show.here(json!({ "say": { "room": "air", "text": "Welcome" } }));
    let welcome = kept(&show, "air", "Welcome", 2);
    read(vera.seen(), "host", "Welcome", welcome["id"].as_str().unwrap());
    assert_eq!(texts(vera.seen()), ["Welcome"]);
    assert_eq!(show.host.chat("crew").len(), 5);

    // Whose word is taken is told so, and gets it back.
    show.ask(json!({ "silence": { "person": "pia", "on": true } }));
    pia.say("Against the rule", "p-3");
    let refused = pia.wait("told that it was not kept", told("unsaid", "p-3"));
    assert_eq!(refused["fault"], "silenced");
    show.ask(json!({ "silence": { "person": "pia", "on": false } }));
    pia.say("Thank you", "p-4");
    kept(&show, "crew", "Thank you", 6);
    read(will.seen(), "pia", "Thank you", "p-4");

    let place = show.close();
    let kept =
        rows(&place, "SELECT room || seq || ' ' || sender || ': ' || text FROM chat ORDER BY room, seq");
    let wanted = [
        "air1 vera: From the audience",
        "air2 host: Welcome",
        "crew1 pia: From Python ✨",
        "crew2 will: From a browser",
        "crew3 host: From the host",
        "crew4 pia: From an older one",
        "crew5 pia: From Python ✨",
        "crew6 pia: Thank you",
    ];
    assert_eq!(kept, wanted);
}

/// The host has kept a message under this number.
fn kept(show: &Show, room: &str, text: &str, seq: u64) -> Value {
    let told = show.host.told(room, text, LIMIT);
    let told = told.unwrap_or_else(|| panic!("{text}: not told; {:?}", show.host.chat(room)));
    assert_eq!(told.line["seq"], seq, "{:?}", show.host.chat(room));
    told.line
}

/// A client has read a message in the stream.
fn read(seen: &Seen, from: &str, text: &str, id: &str) {
    seen.wait(text, 0, LIMIT, |event| {
        let chat = event.get("chat")?;
        (chat["from"] == from && chat["text"] == text && chat["id"] == id).then_some(())
    });
}

fn texts(seen: &Seen) -> Vec<String> {
    seen.of("chat").iter().map(|chat| chat["text"].as_str().unwrap().to_owned()).collect()
}

/// The host tells the sender what became of a message.
fn told<'a>(what: &'a str, id: &'a str) -> impl Fn(&Value) -> Option<Value> + 'a {
    move |event| {
        let packet = event.get("packet").filter(|packet| packet["topic"] == "studio.tell")?;
        assert_eq!(packet["from"], "host");
        let tale: Value = serde_json::from_str(packet["text"].as_str()?).ok()?;
        tale.get(what).filter(|tale| tale["id"] == id).cloned()
    }
}
