//! Whole shows as transcripts: what came in, what moved, what was asked of the ports.

use insta::assert_snapshot;
use studio_wire::view::StateName::{Idle, Live, Ready};

use crate::script::play;

// S-222 S-249 S-300
#[test]
fn a_show_from_open_to_idle() {
    let script = "
        0 open Evening show
        40 obey
        # a guest comes, goes on stage and is joined by the host
        100 guest leo
        150 flowing 8
        200 add leo
        210 add host
        220 camera on
        # on air
        1000 go-live
        1100 obey
        2000 solo
        # and off
        5000 end
        5100 obey";
    assert_snapshot!(play(Idle, script), @r#"
         0 command Open: idle → initializing
             store session initializing e2
             store person host host Joined Backstage
             store figures host joins 1 stage 0 talk 0
             store scenes grid [] / grid []
        40 store persisted e2
             media open e1
             media check recorder e3
             rtc open e1
             media sources [0 pattern off, 1 tone off, 2 chord off]
             media scene tiles [] voices [] monitor [program]
             media mix []
        40 media opened e1
        40 media recorder ready e3
        40 rtc rooms ready e1
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch []
             rtc start crew e4 as host
             rtc want air [] watch []
             rtc start air e5 as host
        40 rtc crew e4 joined
             rtc stamp crew host host backstage [camera microphone screen screen-sound talkback]
        40 rtc air e5 joined: initializing → ready
             store session ready e6
             rtc stamp air host host backstage [camera microphone screen screen-sound talkback]
        40 store persisted e6
    -- a guest comes, goes on stage and is joined by the host
       100 rtc crew e4 leo came
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch []
             store person leo guest Joined Backstage
             store figures leo joins 1 stage 0 talk 0
             rtc stamp crew leo guest backstage [camera]
       100 rtc crew e4 leo Camera TR_1
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8]
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p]
       100 rtc crew e4 leo Microphone TR_2
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8, 17 lane 32]
             media scene tiles [] voices [] monitor [program 17]
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p, TR_2 in 32]
       150 rtc crew e4 flowing lane 8
       200 command AddToStage
             media scene tiles [16] voices [17] monitor [program]
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch [TR_1 in 8 720p, TR_2 in 32]
             store person leo guest Joined OnStage
             store figures leo joins 1 stage 0 talk 0
             store scenes grid [leo] / grid []
             rtc stamp crew leo guest on_stage [camera microphone screen screen-sound]
       210 command AddToStage
             media scene tiles [16 slate] voices [17] monitor [17]
             rtc want crew [camera muted, microphone muted, stage-media muted, talkback muted to []] watch [TR_1 in 8 720p, TR_2 in 32]
             store person host host Joined OnStage
             store figures host joins 1 stage 0 talk 0
             store scenes grid [leo host] / grid []
             rtc stamp crew host host on_stage [camera microphone screen screen-sound talkback]
             rtc stamp air host host on_stage [camera microphone screen screen-sound talkback]
       220 command Camera
             media sources [0 pattern, 1 tone off, 2 chord off, 16 lane 8, 17 lane 32]
             media scene tiles [16 0] voices [17] monitor [17]
             rtc want crew [camera, microphone muted, stage-media muted, talkback muted to []] watch [TR_1 in 8 720p, TR_2 in 32]
    -- on air
      1000 command GoLive: ready → starting
             store session starting e7
      1100 store persisted e7
             media record e8 "Evening show 2026-11-21 19-00-01Z"
             rtc want air [program, program-sound] watch []
      1100 media recording e8 segment 0
             store take 1
             store segment 0
      1100 rtc air e5 published lane 0
      1100 rtc air e5 published lane 1: starting → live
             store session live e9
             media mix [] on air
      1100 store persisted e9
      2000 command Layout
             store preferences
             media scene tiles [16] voices [17] monitor [17]
             store scenes solo [leo host] / grid []
    -- and off
      5000 command EndStream: live → stopping
             store session stopping e10
             media mix []
      5100 store persisted e10
             media finish e8
      5100 media recorded e8
             store take 1 done, 900 frames
             media close e1
             rtc close e1
             store scenes solo [leo host] / grid []
      5100 media closed e1
             store scenes solo [leo host] / grid []
      5100 rtc closed e1: stopping → idle
             store figures host joins 1 stage 4890 talk 0
             store figures leo joins 1 stage 4900 talk 0
             store person host host Left None
             store person leo guest Left None
             store session idle e11
      5100 store persisted e11
    "#);
}

// S-301 S-302
#[test]
fn a_recording_that_fails_at_the_start_rolls_everything_back() {
    let script = "
        20 hang media.record
        30 go-live
        40 obey
        50 recording-fails
        60 obey
        # the fault stands until somebody has seen it
        9000 recover
        9010 obey";
    assert_snapshot!(play(Ready, script), @r#"
        30 command GoLive: ready → starting
             store session starting e7
        40 store persisted e7
             media record e8 "Evening show 2026-11-21 19-00-00Z"
             rtc want air [program, program-sound] watch []
        40 rtc air e5 published lane 0
        40 rtc air e5 published lane 1
        50 media recording failed e8 disk_full: starting → error
             notices [disk_full×1]
             media close e1
             rtc close e1
             store figures host joins 1 stage 0 talk 0
             store person host host Left None
             store session error e9
        60 media recorded e8
        60 media closed e1
        60 rtc closed e1
        60 store persisted e9
    -- the fault stands until somebody has seen it
      9000 command Recover: error → idle
             notices []
             store session idle e10
      9010 store persisted e10
    "#);
}

#[test]
fn a_show_opens_without_a_recorder_and_says_so() {
    let script = "
        0 hang media.check
        1 open Evening show
        2 obey
        3 recorder-missing
        4 heal media.check
        # another folder is looked at, and the notice goes
        5 folder /disk
        6 obey";
    assert_snapshot!(play(Idle, script), @r"
         1 command Open: idle → initializing
             store session initializing e2
             store person host host Joined Backstage
             store figures host joins 1 stage 0 talk 0
             store scenes grid [] / grid []
         2 store persisted e2
             media open e1
             media check recorder e3
             rtc open e1
             media sources [0 pattern off, 1 tone off, 2 chord off]
             media scene tiles [] voices [] monitor [program]
             media mix []
         2 media opened e1
         2 rtc rooms ready e1
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch []
             rtc start crew e4 as host
             rtc want air [] watch []
             rtc start air e5 as host
         2 rtc crew e4 joined
             rtc stamp crew host host backstage [camera microphone screen screen-sound talkback]
         2 rtc air e5 joined
             rtc stamp air host host backstage [camera microphone screen screen-sound talkback]
         3 media failed e3 encoder_missing: initializing → ready
             notices [encoder_missing×1]
             store session ready e6
    -- another folder is looked at, and the notice goes
         5 command RecordingFolder
             store preferences
             media check recorder e7
         6 store persisted e6
         6 media recorder ready e7
             notices []
    ");
}

// S-301
#[test]
fn an_opening_that_hangs_ends_after_fifteen_seconds() {
    let script = "
        0 hang rtc
        0 open Evening show
        1 obey
        15000 wait";
    assert_snapshot!(play(Idle, script), @r"
        0 command Open: idle → initializing
            store session initializing e2
            store person host host Joined Backstage
            store figures host joins 1 stage 0 talk 0
            store scenes grid [] / grid []
        1 store persisted e2
            media open e1
            media check recorder e3
            rtc open e1
            media sources [0 pattern off, 1 tone off, 2 chord off]
            media scene tiles [] voices [] monitor [program]
            media mix []
        1 media opened e1
        1 media recorder ready e3
    15000 wake: initializing → error
            notices [took_too_long×1]
            media close e1
            rtc close e1
            store figures host joins 1 stage 0 talk 0
            store person host host Left None
            store session error e4
    ");
}

#[test]
fn a_stop_that_hangs_ends_after_ten_seconds_and_the_file_is_still_reported_later() {
    let script = "
        4 hang media.finish
        5 end
        6 obey
        10005 wait
        10006 obey";
    assert_snapshot!(play(Live, script), @r"
        5 command EndStream: live → stopping
            store session stopping e10
            media mix []
        6 store persisted e10
            media finish e8
    10005 wake: stopping → error
            notices [took_too_long×1]
            media close e1
            rtc close e1
            store figures host joins 1 stage 0 talk 0
            store person host host Left None
            store session error e11
    10006 media recorded e8
            store take 1 done, 900 frames
    10006 media closed e1
    10006 rtc closed e1
    10006 store persisted e11
    ");
}

#[test]
fn an_engine_that_dies_on_air_costs_neither_the_show_nor_anybodys_place() {
    let script = "
        2 guest leo
        3 guest zoe
        4 add zoe
        5 add leo
        1000 engine-lost crew
        # the new engine finds them again, in another order, with new tracks; zoe never comes back
        1300 obey
        1400 came leo
        1401 tracks leo
        31300 wait";
    assert_snapshot!(play(Live, script), @r"
         2 rtc crew e4 leo came
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch []
             store person leo guest Joined Backstage
             store figures leo joins 1 stage 0 talk 0
             rtc stamp crew leo guest backstage [camera]
         2 rtc crew e4 leo Camera TR_1
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8]
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p]
         2 rtc crew e4 leo Microphone TR_2
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8, 17 lane 32]
             media scene tiles [] voices [] monitor [program 17]
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p, TR_2 in 32]
         3 rtc crew e4 zoe came
             rtc want crew [camera muted, microphone muted to [leo zoe], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p, TR_2 in 32]
             store person zoe guest Joined Backstage
             store figures zoe joins 1 stage 0 talk 0
             rtc stamp crew zoe guest backstage [camera]
         3 rtc crew e4 zoe Camera TR_3
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8, 17 lane 32, 18 lane 9]
             rtc want crew [camera muted, microphone muted to [leo zoe], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p, TR_2 in 32, TR_3 in 9 180p]
         3 rtc crew e4 zoe Microphone TR_4
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8, 17 lane 32, 18 lane 9, 19 lane 33]
             media scene tiles [] voices [] monitor [program 17 19]
             rtc want crew [camera muted, microphone muted to [leo zoe], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p, TR_2 in 32, TR_3 in 9 180p, TR_4 in 33]
         4 command AddToStage
             media scene tiles [18] voices [19] monitor [program 17]
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p, TR_2 in 32, TR_3 in 9 720p, TR_4 in 33]
             store person zoe guest Joined OnStage
             store figures zoe joins 1 stage 0 talk 0
             store scenes grid [zoe] / grid []
             rtc stamp crew zoe guest on_stage [camera microphone screen screen-sound]
         5 command AddToStage
             media scene tiles [18 16] voices [19 17] monitor [program]
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch [TR_1 in 8 720p, TR_2 in 32, TR_3 in 9 720p, TR_4 in 33]
             store person leo guest Joined OnStage
             store figures leo joins 1 stage 0 talk 0
             store scenes grid [zoe leo] / grid []
             rtc stamp crew leo guest on_stage [camera microphone screen screen-sound]
      1000 rtc crew engine lost e4
             lost [crew]
             notices [engine_lost×1]
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch []
             rtc start crew e10 as host
    -- the new engine finds them again, in another order, with new tracks; zoe never comes back
      1300 rtc crew e10 joined
             lost []
             notices []
             rtc stamp crew host host backstage [camera microphone screen screen-sound talkback]
      1400 rtc crew e10 leo came
             rtc stamp crew leo guest on_stage [camera microphone screen screen-sound]
      1401 rtc crew e10 leo Camera TR_5
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch [TR_5 in 8 720p]
      1401 rtc crew e10 leo Microphone TR_6
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch [TR_5 in 8 720p, TR_6 in 32]
      4300 wake
             rtc look crew
     31300 wake
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8, 17 lane 32]
             media scene tiles [16] voices [17] monitor [program]
             store person zoe guest Left None
             store figures zoe joins 1 stage 31296 talk 0
             store scenes grid [leo] / grid []
    ");
}

#[test]
fn a_server_that_dies_on_air_is_started_again_and_the_show_stays_live() {
    let script = "
        2 guest leo
        3 add leo
        6 hang rtc.open
        1000 server-lost
        1001 lost crew
        1002 lost air
        # the first start fails, the second one works
        1100 server-fails
        1101 heal rtc.open
        2100 obey
        # the library makes the connections again and says meanwhile that everybody left
        2200 left leo
        2300 joined crew
        2301 joined air
        2400 came leo
        2401 tracks leo
        40000 wait";
    assert_snapshot!(play(Live, script), @r"
         2 rtc crew e4 leo came
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch []
             store person leo guest Joined Backstage
             store figures leo joins 1 stage 0 talk 0
             rtc stamp crew leo guest backstage [camera]
         2 rtc crew e4 leo Camera TR_1
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8]
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p]
         2 rtc crew e4 leo Microphone TR_2
             media sources [0 pattern off, 1 tone off, 2 chord off, 16 lane 8, 17 lane 32]
             media scene tiles [] voices [] monitor [program 17]
             rtc want crew [camera muted, microphone muted to [leo], stage-media muted, talkback muted to []] watch [TR_1 in 8 180p, TR_2 in 32]
         3 command AddToStage
             media scene tiles [16] voices [17] monitor [program]
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch [TR_1 in 8 720p, TR_2 in 32]
             store person leo guest Joined OnStage
             store figures leo joins 1 stage 0 talk 0
             store scenes grid [leo] / grid []
             rtc stamp crew leo guest on_stage [camera microphone screen screen-sound]
      1000 rtc server lost e1
             notices [server_lost×1]
             rtc open e1
      1001 rtc crew e4 lost
             lost [crew]
             notices [server_lost×1 room_lost×1]
      1002 rtc air e5 lost
             lost [crew air]
             notices [server_lost×1 room_lost×1 room_lost×1]
    -- the first start fails, the second one works
      1100 rtc failed e1 server_failed
             notices [server_lost×1 room_lost×1 room_lost×1 server_failed×1]
      2100 wake
             rtc open e1
      2100 rtc rooms ready e1
             notices [room_lost×1 room_lost×1 server_failed×1]
    -- the library makes the connections again and says meanwhile that everybody left
      2200 rtc crew e4 leo left
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch []
      2300 rtc crew e4 joined
             lost [air]
             notices [room_lost×1 server_failed×1]
             rtc stamp crew host host backstage [camera microphone screen screen-sound talkback]
      2301 rtc air e5 joined
             lost []
             notices [server_failed×1]
             rtc stamp air host host backstage [camera microphone screen screen-sound talkback]
      2400 rtc crew e4 leo came
             rtc stamp crew leo guest on_stage [camera microphone screen screen-sound]
      2401 rtc crew e4 leo Camera TR_3
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch [TR_3 in 8 720p]
      2401 rtc crew e4 leo Microphone TR_4
             rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch [TR_3 in 8 720p, TR_4 in 32]
      5300 wake
             rtc look crew
     32300 wake
     32301 wake
    ");
}

#[test]
fn after_an_emergency_stop_the_next_show_waits_for_the_outputs_of_the_last() {
    let script = "
        1000 emergency
        1001 open Second show
        1002 obey";
    assert_snapshot!(play(Live, script), @r"
    1000 command EmergencyStop: live → idle
           media close e1
           rtc close e1
           store figures host joins 1 stage 0 talk 0
           store person host host Left None
           store session idle e10
    1001 command Open: idle → initializing
           store session initializing e12
           store person host host Joined Backstage
           store figures host joins 1 stage 0 talk 0
           store scenes grid [] / grid []
    1002 media recorded e8
           store take 1 done, 900 frames
           store scenes grid [] / grid []
    1002 media closed e1
           store scenes grid [] / grid []
    1002 rtc closed e1
           store scenes grid [] / grid []
    1002 store persisted e10
    1002 store persisted e12
           media open e11
           media check recorder e13
           rtc open e11
           media sources [0 pattern off, 1 tone off, 2 chord off]
           media scene tiles [] voices [] monitor [program]
           media mix []
    1002 media opened e11
    1002 media recorder ready e13
    1002 rtc rooms ready e11
           rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch []
           rtc start crew e14 as host
           rtc want air [] watch []
           rtc start air e15 as host
    1002 rtc crew e14 joined
           rtc stamp crew host host backstage [camera microphone screen screen-sound talkback]
    1002 rtc air e15 joined: initializing → ready
           store session ready e16
           rtc stamp air host host backstage [camera microphone screen screen-sound talkback]
    1002 store persisted e16
    ");
}

#[test]
fn a_window_closed_on_air_ends_the_stream_first() {
    let script = "
        1000 closing
        1001 open Another
        1002 obey";
    assert_snapshot!(play(Live, script), @r"
    1000 shell closing: live → stopping
           store session stopping e10
           media mix []
    1001 command Open
           refused NotNow { act: Open, state: Stopping }
    1002 store persisted e10
           media finish e8
    1002 media recorded e8
           store take 1 done, 900 frames
           media close e1
           rtc close e1
           store scenes grid [] / grid []
    1002 media closed e1
           store scenes grid [] / grid []
    1002 rtc closed e1: stopping → idle
           store figures host joins 1 stage 0 talk 0
           store person host host Left None
           store session idle e11
           shell Exit
    1002 store persisted e11
    ");
}

#[test]
fn a_window_closed_with_ports_that_hang_ends_after_ten_seconds() {
    let script = "
        2 hang media
        2 hang rtc
        1000 closing
        11000 wait";
    assert_snapshot!(play(Ready, script), @r"
     1000 shell closing: ready → idle
            media close e1
            rtc close e1
            store figures host joins 1 stage 0 talk 0
            store person host host Left None
            store session idle e7
    11000 wake
            shell Exit
    ");
}

// S-11
#[test]
fn a_store_that_fails_stops_nothing() {
    let script = "
        0 hang store
        0 open Evening show
        1 store-fails
        2 obey
        3 go-live
        4 store-fails
        5 obey
        6 end
        7 store-fails
        8 obey
        9 store-well";
    assert_snapshot!(play(Idle, script), @r#"
    0 command Open: idle → initializing
        store session initializing e2
        store person host host Joined Backstage
        store figures host joins 1 stage 0 talk 0
        store scenes grid [] / grid []
    1 store trouble store_failed
        notices [store_failed×1]
        media open e1
        media check recorder e3
        rtc open e1
        media sources [0 pattern off, 1 tone off, 2 chord off]
        media scene tiles [] voices [] monitor [program]
        media mix []
    2 media opened e1
    2 media recorder ready e3
    2 rtc rooms ready e1
        rtc want crew [camera muted, microphone muted to [], stage-media muted, talkback muted to []] watch []
        rtc start crew e4 as host
        rtc want air [] watch []
        rtc start air e5 as host
    2 rtc crew e4 joined
        rtc stamp crew host host backstage [camera microphone screen screen-sound talkback]
    2 rtc air e5 joined: initializing → ready
        store session ready e6
        rtc stamp air host host backstage [camera microphone screen screen-sound talkback]
    3 command GoLive: ready → starting
        store session starting e7
    4 store trouble store_failed
        notices [store_failed×2]
        media record e8 "Evening show 2026-11-21 19-00-00Z"
        rtc want air [program, program-sound] watch []
    5 media recording e8 segment 0
        store take 1
        store segment 0
    5 rtc air e5 published lane 0
    5 rtc air e5 published lane 1: starting → live
        store session live e9
        media mix [] on air
    6 command EndStream: live → stopping
        store session stopping e10
        media mix []
    7 store trouble store_failed
        notices [store_failed×3]
        media finish e8
    8 media recorded e8
        store take 1 done, 900 frames
        media close e1
        rtc close e1
        store scenes grid [] / grid []
    8 media closed e1
        store scenes grid [] / grid []
    8 rtc closed e1: stopping → idle
        store figures host joins 1 stage 0 talk 0
        store person host host Left None
        store session idle e11
    9 store well
        notices []
    "#);
}
