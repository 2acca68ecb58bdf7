//! Whether everything is there again after the room was lost.

use super::*;

/// Brings the crew room back after the library made its connection again.
fn back(rig: &mut Rig) {
    rig.news(RoomKind::Crew, RoomNews::Lost { gone: None });
    play_on(rig, "1000 joined\n1100 guest leo");
    rig.lines.clear();
    rig.pass(3_000);
    assert!(ordered(rig, "rtc look crew"), "{:#?}", rig.lines);
}

fn standing(rig: &mut Rig, sids: &[&str]) {
    let tracks = sids.iter().map(|sid| (Identity::from("leo"), (*sid).into())).collect();
    rig.feed(Event::Rtc(RtcReport::Standing { room: RoomKind::Crew, tracks }));
}

#[test]
fn a_track_that_the_server_has_and_nobody_offers_is_fetched_by_a_fresh_connection() {
    let mut rig = rig();
    back(&mut rig);
    rig.lines.clear();
    standing(&mut rig, &["TR_3", "TR_lost"]);
    assert!(!rig.lines.iter().any(|line| line.contains("rtc start")), "it may be on its way");
    rig.pass(2_000);
    assert!(ordered(&rig, "rtc look crew"));
    standing(&mut rig, &["TR_3", "TR_lost"]);
    assert!(rig.lines.iter().any(|line| line.contains("rtc start crew")), "{:#?}", rig.lines);
}

#[test]
fn a_room_that_is_back_whole_is_left_alone() {
    let mut rig = rig();
    back(&mut rig);
    rig.lines.clear();
    standing(&mut rig, &["TR_3", "TR_4"]);
    rig.pass(60_000);
    assert!(!rig.lines.iter().any(|line| line.contains("rtc start") || line.contains("rtc look")));
}
