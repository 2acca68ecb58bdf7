# What went wrong, a message for each code of studio-wire: what happened, what it means, what to do.

act =
    { $act ->
        [microphone] The microphone
        [camera] The camera
        [recording_folder] The recording folder
        [dismiss] The notice
        [open] Opening the show
        [release] Closing the show
        [go_live] Going live
        [end_stream] Ending the stream
        [recover] Recovering
        [emergency_stop] The emergency stop
        [add_to_stage] Adding to the stage
        [remove_from_stage] Removing from the stage
        [layout] The layout
        [take] The take
       *[other] That
    }

state =
    { $state ->
        [idle] no show is open
        [initializing] the show is opening
        [ready] the show is off air
        [starting] the stream is starting
        [live] the show is live
        [stopping] the stream is ending
        [error] the show stopped with an error
       *[other] the show is changing
    }

role =
    { $role ->
        [host] the host
        [cohost] a co-host
        [producer] a producer
        [guest] a guest
       *[viewer] a viewer
    }

room =
    { $room ->
        [air] audience room
       *[crew] crew room
    }

fault-not_now = Not possible now
    .body = { act } has to wait: { state }.
    .todo =
        { $state ->
            [idle] Open the show first.
            [error] Recover first.
            [live] End the stream first.
           *[other] Wait for this step to end.
        }
fault-not_allowed = Not yours to do
    .body = { act } is not open to { role }.
    .todo = Ask the host.
fault-nobody_there = { $person } is not here
    .body = The connection ended before the request arrived.
    .todo = Wait until they are back, then try again.
fault-already_on_stage = { $person } is already on stage
    .body = Nothing was changed.
    .todo = No action is needed.
fault-not_on_stage = { $person } is not on stage
    .body = Nothing was changed.
    .todo = No action is needed.
fault-stage_full = The stage is full
    .body = It holds { $most } people.
    .todo = Remove somebody first.
fault-bad_text = This text does not fit
    .body = It has to have between 1 and { $most } characters.
    .todo = Change it and try again.
fault-busy = One thing at a time
    .body = The same request is still being carried out.
    .todo = Try again in a moment.

fault-library_missing = The LiveKit library was not found
    .body = Looked for in { $looked }.
    .todo = Run the set-up again, or name the file in SIDESTAGE_LIVEKIT_LIB.
fault-library_wrong = This LiveKit library is another version
    .body = { $path } is { $found }, needed is { $wanted }.
    .todo = Run the set-up again to fetch the right one.
fault-server_missing = The LiveKit server was not found
    .body = Looked for in { $looked }.
    .todo = Run the set-up again, or name the program in SIDESTAGE_LIVEKIT_SERVER.
fault-server_wrong = This LiveKit server is another version
    .body = { $path } is { $found }, needed is { $wanted }.
    .todo = Run the set-up again to build the right one.
fault-server_failed = The local server did not start
    .body = Its last words were “{ $said }”.
    .todo = Recover and open the show again. Its log has the rest.
fault-server_lost = The local server stopped
    .body = It is being started again. The recording goes on.
    .todo = Guests come back by themselves.
fault-room_refused = The { room } could not be made
    .body = The server said “{ $said }”.
    .todo = Recover and open the show again.
fault-program_missing = A part of Sidestage is missing
    .body = { $path } is not there.
    .todo = Install Sidestage again.
fault-engine_lost = The connection to the { room } is being rebuilt
    .body = Its engine stopped and is being started again. The recording goes on.
    .todo = No action is needed.
fault-room_lost = The { room } is out of reach
    .body = Reconnecting. The recording goes on.
    .todo = Check the network if this stays.

fault-encoder_missing = ffmpeg was not found
    .body = Nothing can be recorded. Looked for in { $looked }.
    .todo = Install ffmpeg, or name the program in SIDESTAGE_FFMPEG.
fault-encoder_lost = The recorder stopped and was started again
    .body = What was recorded is kept. The recording goes on in file { $segments }.
    .todo = No action is needed.
fault-remux_failed = The recording stays a Matroska file
    .body = It is whole, but could not be turned into MP4: { $path }.
    .todo = Play it as it is, or convert it later.
fault-folder_missing = The recording folder does not exist
    .body = { $path } was not found.
    .todo = Create it, then try again.
fault-folder_read_only = The recording folder cannot be written to
    .body = { $path } is read-only.
    .todo = Allow writing there, then try again.
fault-folder_changed = The recording went on in another folder
    .body = It now goes to { $path }.
    .todo = Look at the first folder after the show.
fault-disk_full = The disk is full
    .body = Recording to { $path } stopped. The stream goes on.
    .todo = Make room before the next recording.
fault-disk_low = Disk almost full
    .body =
        { $seconds ->
            [one] { $seconds } second of recording is left in { $path }.
           *[other] { $seconds } seconds of recording are left in { $path }.
        }
    .todo = Make room now. What is recorded is kept.
fault-media_failed = Picture and sound stopped
    .body = The program could not be made any more.
    .todo = Recover and open the show again.

fault-picture_too_large = The picture of { $person } is too large
    .body = { $width } × { $height } cannot be taken in.
    .todo = Ask them for 1080p or less.
fault-picture_stalled = The picture of { $person } stopped
    .body = The stage shows a slate in its place. The sound goes on.
    .todo = Ask them to look at their network, or remove them from stage.

fault-store_corrupt = The database could not be read
    .body = A copy was kept at { $kept }. The show runs in memory.
    .todo = Go on. This show will not be in the list afterwards.
fault-store_locked = Another program holds the database
    .body = The show runs in memory until it is free.
    .todo = Close the other program.
fault-store_newer = The database belongs to a newer Sidestage
    .body = It has version { $found }, this program knows { $known }. It was left untouched.
    .todo = Update Sidestage. Until then shows run in memory.
fault-store_failed = The database could not be written
    .body = The show goes on in memory.
    .todo = Check the disk. The recording is not affected.
fault-preference_broken = A setting was reset
    .body = { $group } could not be read and has its default again.
    .todo = Set it again if you had changed it.

fault-took_too_long = { act } took too long
    .body = It was given up, and what it had started was ended.
    .todo = Recover and try again.
fault-core_restarted = The studio recovered from a fault of its own
    .body = The show goes on as it was stored.
    .todo = Look over stage and layout.
fault-inbox_full = Too much at once
    .body = Some requests were not taken.
    .todo = Try again in a moment.
