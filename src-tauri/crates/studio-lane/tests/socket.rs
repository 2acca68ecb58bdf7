//! The hello, and the talk after it.
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use studio_lane::hello::{self, HelloError};
use studio_lane::talk::{self, TalkError};
use studio_lane::{Bell, Block, Meta, Shape};

const SHAPES: [Shape; 2] = [Shape { slots: 3, slot_bytes: 64 }, Shape { slots: 4, slot_bytes: 8 }];

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Word {
    Number(u64),
    Text(String),
}

#[test]
fn a_hello_hands_over_lanes_that_work_and_bells_that_ring() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let block = Block::create(&SHAPES).unwrap();
    let bell = Bell::create().unwrap();
    hello::send(&ours, 7, &SHAPES, &block, &[(1, &bell)]).unwrap();
    let (mut say, _) = talk::split(ours).unwrap();
    say.send(&Word::Number(5)).unwrap();

    let welcome = hello::receive(&theirs).unwrap();
    assert_eq!((welcome.epoch, welcome.block.lanes()), (7, 2));
    let (lane, their_bell) = &welcome.bells[0];
    assert_eq!((welcome.bells.len(), *lane), (1, 1));
    let mut draft = block.writer(0).unwrap();
    draft.draft().unwrap().publish(Meta { len: 3, ..Meta::default() });
    bell.ring();
    assert!(their_bell.wait(Duration::from_secs(5)).unwrap());
    assert_eq!(welcome.block.reader(0).unwrap().newest().unwrap().bytes().len(), 3);

    let (_, mut hear) = talk::split(theirs).unwrap();
    assert_eq!(hear.receive::<Word>().unwrap(), Word::Number(5), "what follows the hello is untouched");
}

#[test]
fn a_hello_of_another_version_says_so() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let body = postcard::to_stdvec(&(99u32, "something from the future")).unwrap();
    ours.write_all(&u32::try_from(body.len()).unwrap().to_le_bytes()).unwrap();
    ours.write_all(&body).unwrap();
    assert!(matches!(hello::receive(&theirs).err().unwrap(), HelloError::Version { theirs: 99 }));
}

#[test]
fn noise_in_place_of_a_hello_is_refused() {
    let hellos: [&[u8]; 4] = [b"", b"\x02\0", b"\xff\xff\xff\xff", b"\x03\0\0\0\x01\xff\xff"];
    for bytes in hellos {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        ours.write_all(bytes).unwrap();
        drop(ours);
        assert!(hello::receive(&theirs).is_err(), "{bytes:?}");
    }
}

#[test]
fn a_hello_without_its_descriptors_is_refused() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let hello = hello::Hello { version: hello::VERSION, epoch: 1, shapes: SHAPES.to_vec(), bells: vec![0] };
    let body = postcard::to_stdvec(&hello).unwrap();
    ours.write_all(&u32::try_from(body.len()).unwrap().to_le_bytes()).unwrap();
    ours.write_all(&body).unwrap();
    assert!(matches!(hello::receive(&theirs).err().unwrap(), HelloError::Broken(_)));
}

#[test]
fn values_go_both_ways_in_order_and_the_end_is_noticed() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let (mut say, mut hear) = talk::split(ours).unwrap();
    let far = std::thread::spawn(move || {
        let (mut say, mut hear) = talk::split(theirs).unwrap();
        for k in 0..1000 {
            assert_eq!(hear.receive::<Word>().unwrap(), Word::Number(k));
            say.send(&Word::Text(format!("{k}"))).unwrap();
        }
    });
    // In portions: with both buffers full, two sides that only send would wait for each other for ever.
    for portion in 0..10 {
        for k in 0..100 {
            say.send(&Word::Number(portion * 100 + k)).unwrap();
        }
        for k in 0..100 {
            assert_eq!(hear.receive::<Word>().unwrap(), Word::Text(format!("{}", portion * 100 + k)));
        }
    }
    far.join().unwrap();
    assert!(matches!(hear.receive::<Word>(), Err(TalkError::Closed)));
    assert!(matches!(say.send(&Word::Number(0)), Err(TalkError::Closed)));
}

#[test]
fn a_receiver_that_ran_out_of_patience_goes_on_where_it_was() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let (_, mut hear) = talk::split(theirs).unwrap();
    hear.set_patience(Some(Duration::from_millis(5))).unwrap();
    let body = postcard::to_stdvec(&Word::Text("slowly".into())).unwrap();
    let message = [&u32::try_from(body.len()).unwrap().to_le_bytes()[..], &body].concat();
    for byte in &message[..message.len() - 1] {
        ours.write_all(&[*byte]).unwrap();
        assert!(matches!(hear.receive::<Word>(), Err(TalkError::Quiet)));
    }
    ours.write_all(&message[message.len() - 1..]).unwrap();
    assert_eq!(hear.receive::<Word>().unwrap(), Word::Text("slowly".into()));
}

#[test]
fn a_sender_whose_other_side_does_not_read_gives_up_when_told_to() {
    let (ours, _theirs) = UnixStream::pair().unwrap();
    let (mut say, _) = talk::split(ours).unwrap();
    say.set_patience(Some(Duration::from_millis(20))).unwrap();
    let long = Word::Text("x".repeat(100_000));
    let stuck = (0..1000).find_map(|_| say.send(&long).err()).expect("a socket's buffer is finite");
    assert!(matches!(stuck, TalkError::Stuck));
}

#[test]
fn a_value_too_long_is_refused_by_both_ends() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let (mut say, mut hear) = talk::split(theirs).unwrap();
    let long = Word::Text("x".repeat(talk::MAX_BYTES));
    assert!(matches!(say.send(&long), Err(TalkError::TooLong(_))));
    ours.write_all(&u32::MAX.to_le_bytes()).unwrap();
    assert!(matches!(hear.receive::<Word>(), Err(TalkError::TooLong(_))));
}

#[test]
fn bytes_that_are_no_value_are_an_error_and_the_next_value_is_still_read() {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    let (_, mut hear) = talk::split(theirs).unwrap();
    ours.write_all(b"\x01\0\0\0\x77").unwrap();
    talk::split(ours).unwrap().0.send(&Word::Number(1)).unwrap();
    assert!(matches!(hear.receive::<Word>(), Err(TalkError::Broken(_))));
    assert_eq!(hear.receive::<Word>().unwrap(), Word::Number(1));
}
