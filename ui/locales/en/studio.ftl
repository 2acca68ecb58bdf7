# The studio screen.

waiting-title = Opening the studio
waiting-body = Waiting for the first picture of its state.
unreachable-title = The studio does not answer
unreachable-body = Close this window and start Sidestage again. What was recorded is kept.

region-top = Show and broadcast
region-stage = Stage
region-layouts = Layouts
region-strip = People
region-own = You
region-notices = Notices
region-people = People
region-chat = Chat
region-rail = Panels

title-label = Show title
title-new = New show

open-show = Open show
close-show = Close show
go-live = Go live
end-stream = End stream
cancel-start = Cancel
recover = Recover

state-idle = Off air
state-initializing = Opening
state-ready = Off air
state-starting = Starting
state-live = LIVE
state-stopping = Ending
state-error = Error
ready = Ready
reconnecting = Reconnecting
rec = REC
group-sign = ,
viewers =
    { $count ->
        [one] { $count } viewer
       *[other] { $count } viewers
    }
waiting-for = Waiting for { $steps }

step-persist = the database
step-program = the program
step-recorder = the recorder
step-rooms = the server
step-crew = the crew room
step-air = the audience room
step-recording = the recording
step-publish = the stream
step-finish = the end of the file
step-close = the rooms to close

nothing-title = No program yet
nothing-body = Name the show at the top and open it. Nobody sees or hears you until you go live.
ended-title = The program stopped
ended-body = What was recorded is kept. Recover, then open the show again.

nothing-over-title = Not connected
nothing-over-body = Nobody sees or hears you from here.
nothing-seat-title = The show is not open
nothing-seat-body = You see the program here as soon as the host opens it.

caption-program = PROGRAM
caption-air = ON AIR
caption-off = off air, nobody is watching
caption-over = not connected
caption-closed = no show is open
caption-format = { $height }p · { $fps } fps
caption-saved = Recorded to { $path }
stage-picture = Program picture

layout-solo = Solo
layout-grid = Grid

on-stage = On stage
backstage = Backstage
nobody-on-stage = Nobody is on stage
nobody-backstage = Nobody is backstage
add-to-stage = Add to stage
add-to-stage-name = Add { $name } to stage
remove = Remove
remove-from-stage = Remove from stage
remove-name = Remove { $name } from stage
you = { $name } (you)
muted = Microphone off
tile-reconnecting = Reconnecting…

mute = Mute
unmute = Unmute
stop-camera = Stop camera
start-camera = Start camera
devices-microphone = Choose a microphone
devices-camera = Choose a camera
devices-speaker = Choose where you hear the show
device-first = System default
device-pattern = Test pattern
device-bars = Colour bars
device-tone = Test tone
device-nowhere = Nowhere
device-away = { $name } (not connected)
device-missing = It is used as soon as it is connected
place-air = You are on air
place-stage = On stage
place-backstage = Backstage
place-none = Off air
place-watching = Watching
no-microphone = The host has not opened the microphone for you
no-camera = The host has not opened the camera for you
level-monitor = What you hear
me-nobody = You
level-word = Program
level-value = { $value } dBFS
level-silent = −∞

with-key = { $label } ({ $key })
with-news = { $label }, { $count } new
dismiss = Dismiss
times = { $title } ({ $count } times)

end-title =
    { $viewers ->
        [0] End the stream?
        [one] End the stream for { $viewers } viewer?
       *[other] End the stream for { $viewers } viewers?
    }
end-body = The recording is finished, and everybody leaves the studio.
end-key = Emergency stop, without this question: { $key }
keep-going = Keep going

people-count = { $online } online, { $total } total
people-empty = Nobody is here yet
section-requests = Asking to come in
section-audience = Audience
section-away = Not here
role-host = Host
role-cohost = Co-host
role-producer = Producer
role-guest = Guest
role-viewer = Viewer
row-air = On air
row-stage = On stage
row-backstage = Backstage
row-requested = Asks to come in
row-audience = Watching
row-speaking = Speaking
row-reconnecting = Reconnecting…
row-weak = Weak connection
row-asked-microphone = Asked to unmute
row-asked-camera = Asked to turn on the camera
row-invited = Invited
row-left = Left
row-removed = Kicked
quality-unknown = Connection not measured yet
quality-lost = Connection lost
quality-poor = Weak connection
quality-good = Good connection
quality-excellent = Very good connection
microphone-on = Microphone on
microphone-off = Microphone off
microphone-barred = Microphone not allowed
camera-on = Camera on
camera-off = Camera off
camera-barred = Camera not allowed
contested = Somebody else claims this seat
settle-first = Give it back
settle-newcomer = Let them in
menu-name = Actions for { $name }
menu-microphone-off = Mute
menu-microphone-ask = Ask to unmute
menu-camera-off = Turn camera off
menu-camera-ask = Ask to turn camera on
menu-cohost = Make co-host
menu-producer = Make producer
menu-guest = Make guest
menu-kick = Kick from studio
menu-ban = Ban
menu-readmit = Let back in

chat-tabs = Who reads it
chat-crew = Backstage
chat-air = Audience
chat-crew-empty = Nothing was said backstage
chat-crew-hint = What is written here stays with the crew and the guests.
chat-air-empty = The audience has said nothing yet
chat-air-hint = Everybody who watches can read and write here.
chat-crew-field = Write to the backstage
chat-air-field = Write to everybody
chat-send = Send
chat-newest = Newest messages

ask-microphone = The host asks you to turn on your microphone
ask-camera = The host asks you to turn on your camera
ask-on = Turn on
ask-later = Not now

seat-coming = Joining…
seat-coming-body = You are backstage first. Nobody sees or hears you on air until the host adds you.
seat-host-away = The host is back in a moment
seat-host-away-body = The connection stands. What you ask for now is not sent.
seat-resuming = Reconnecting…
seat-resuming-body = The connection was interrupted and is being made again.
seat-duplicate = Somebody else has joined with your seat
seat-duplicate-body = This window was disconnected. Try again if the seat is yours.
seat-removed = The host has put you out
seat-removed-body = This window was disconnected. Ask the host before you try again.
seat-refused = This seat is not let in
seat-refused-body = It was taken back, or its time is over. Ask the host for a new invitation.
seat-away = The server cannot be reached
seat-away-body = Check the network.
seat-again = Try again
