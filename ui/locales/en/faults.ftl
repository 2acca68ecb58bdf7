# What went wrong, a message for each code of studio-wire: what happened, what it means, what to do.

act =
    { $act ->
        [microphone] The microphone
        [camera] The camera
        [share] Sharing a screen
        [stop_sharing] Stopping to share
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
        [say] Writing in the chat
        [react] Cheering
        [keep_server] Keeping a server
        [forget_server] Forgetting a server
        [test_server] Testing a server
        [choose_server] Choosing a server
        [come_back] Coming back
        [expect] Giving a seat
        [set_role] Changing a role
        [permit] Changing what somebody may send
        [mute] Muting
        [ask_on] Asking somebody to switch on
        [decline] Declining
        [look_at_devices] Looking at somebody’s devices
        [ask_device] Asking for another device
        [decline_device] Declining a device
        [remove] Kicking somebody
        [readmit] Letting somebody back in
        [settle] Deciding whose seat it is
        [request] Asking to come on stage
        [set_up_camera] Setting up a camera
        [test_speaker] Testing a speaker
        [monitor] Changing what you hear
        [talk] Talking beside the show
        [push_to_talk] Setting push to talk
        [press] Holding the microphone open
        [heed_muted] Noticing that you talk while muted
        [strip] Changing a strip of the mixer
        [program_bus] Changing the level of the program
        [choose_device] Choosing a device
        [host_device] Choosing the host’s device
        [stage_media] Playing to the stage
        [silence] Taking somebody’s word in the chat
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

kind =
    { $kind ->
        [camera] camera
        [microphone] microphone
        [screen] screen
        [screen_sound] screen sound
        [talkback] talkback
       *[other] music
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
fault-not_welcome = { $person } was banned from this show
    .body = They cannot come in while that stands.
    .todo = Let them back in from the list of people.
fault-not_contested = Nobody else claims the seat of { $person }
    .body = It was settled before the request arrived.
    .todo = No action is needed.
fault-not_asked = Nobody asked for that
    .body = The request was taken back before the answer arrived.
    .todo = No action is needed.
fault-no_device_list = { $person } has not told which devices there are
    .body = Only Sidestage tells that, and only of who may be on stage.
    .todo = Ask them in the chat.
fault-nothing_to_mute = { $person } sends nothing of that kind
    .body = It was off before the request arrived.
    .todo = No action is needed.
fault-too_fast = Too much in a short time
    .body = This one was not taken.
    .todo = Wait a moment, then try again.
fault-silenced = The host has taken your word in the chat
    .body = The message was not kept.
    .todo = Ask the host.
fault-not_understood = The studio did not understand the request
    .body = Nothing was changed.
    .todo = Look whether both sides run the same version of Sidestage.
fault-other_version = The other side runs another Sidestage
    .body = It speaks version { $found }, this one speaks { $known }.
    .todo = Update the older one, then come back.
fault-no_such_server = That server is no longer in the list
    .body = Nothing was changed.
    .todo = Choose another one.
fault-bad_address = This is not the address of a server
    .body = “{ $url }” cannot be used. Outside the local network it has to begin with wss://.
    .todo = Change the address and try again.
fault-host_away = The host cannot be reached
    .body = The request was not sent.
    .todo = Try again when the host is back.

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

fault-no_device =
    { $kind ->
        [microphone] No microphone was found
        [camera] No camera was found
       *[speaker] No speaker was found
    }
    .body = None is connected, or the one you chose is not.
    .todo = Connect one, or choose another in the menu beside the button.
fault-device_lost =
    { $kind ->
        [microphone] The microphone { $name } gives no sound
        [camera] The camera { $name } gives no picture
       *[speaker] The speaker { $name } plays nothing
    }
    .body =
    { $why ->
        [gone] It is not connected any more. Nothing takes its place.
        [busy] Another program uses it.
        [denied] The system does not allow it.
        [stalled] It is there and sends nothing.
        [unreadable] What it sends cannot be read.
        [no_server] The system’s sound does not answer.
        [no_format] It has no format that can be read.
        [unsupported] This system has no such thing.
       *[broken] It failed; the log says how.
    }
    .todo =
    { $why ->
        [denied] Give your account the right to it in the system’s settings: it opens by itself then. Or choose another one in the menu beside the button.
       *[other] It comes back by itself when it can; or choose another one in the menu beside the button.
    }
fault-screens_full = { $most } screens are shared already
    .body = More than that are not read at the same time.
    .todo = Stop one of them first.
fault-screen_lost = No longer shared: { $title }
    .body =
    { $why ->
        [gone] It was closed, or is not there any more. Nothing takes its place.
        [stalled] It cannot be seen now.
        [no_server] The window server does not answer.
        [no_format] Its colours cannot be read.
        [unsupported] Screens cannot be shared on this system.
       *[other] It failed; the log says how.
    }
    .todo = Share it again, or something else, with the button below.

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

fault-update_failed = Failed to update { $person }: { $said }
    .body = What was changed here is not yet true for the others. It is tried again.
    .todo = Check the network if this stays.
fault-seat_contested = Two people claim the seat of { $person }
    .body = The second one waits without picture and sound.
    .todo = Open People and decide whose seat it is.
fault-room_looping = The { room } is lost again and again
    .body = It is tried more slowly now. The recording goes on.
    .todo = Check the network and the server.
fault-flooding = { $person } sends too much
    .body =
        { $dropped ->
            [one] { $dropped } message was dropped unread.
           *[other] { $dropped } messages were dropped unread.
        }
    .todo = Take their word in the chat, or kick them from the studio.
fault-muted_by_host = The host switched off your { kind }
    .body = Nobody { $kind ->
        [camera] sees it
        [screen] sees it
       *[other] hears it
    } now.
    .todo = Switch it on again when it is your turn.
fault-muted_speech = You are muted
    .body = You seem to speak, and nobody hears it. What your muted microphone picks up stays on this computer.
    .todo = Unmute, or switch this reminder off in the microphone’s menu.
fault-keychain_missing = This system has no keychain
    .body = Secrets of servers are kept in memory until Sidestage is closed, and nowhere else.
    .todo = Type the secret again in the next session.
fault-seat_taken = Somebody else has joined with your seat
    .body = This window was disconnected.
    .todo = Try again if the seat is yours.
fault-seat_revoked = The host has put you out
    .body = This window was disconnected.
    .todo = Ask the host before you try again.
fault-seat_refused = This seat is not let in
    .body = It was taken back, or its time is over.
    .todo = Ask the host for a new invitation.
fault-server_unreachable = The server does not answer
    .body = Nothing came from { $url }: “{ $said }”.
    .todo = Check the address and the network.
fault-server_not_live_kit = That is not a LiveKit server
    .body = Something else answers at { $url }.
    .todo = Check the address.
fault-server_key_refused = The server refused the key
    .body = { $url } does not know it, or the secret is another.
    .todo = Compare key and secret with the server’s settings.
fault-server_clock_wrong = The clocks differ
    .body = { $url } refuses what this machine signs, because its time is another.
    .todo = Set the clock of this machine, then try again.
fault-server_slow = The server answers too late
    .body = A show on { $url } would stutter.
    .todo = Choose a server that is nearer, or check the network.
fault-secret_missing = The secret of { $server } is not known
    .body = It is kept for one session where there is no keychain.
    .todo = Type it in the server’s settings.
