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

caption-program = PROGRAM
caption-air = ON AIR
caption-off = off air, nobody is watching
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
remove-name = Remove { $name } from stage
you = { $name } (you)
muted = Microphone off
no-picture = Picture stopped

mute = Mute
unmute = Unmute
stop-camera = Stop camera
start-camera = Start camera
place-air = You are on air
place-stage = On stage
place-backstage = Backstage
place-none = Off air
me-nobody = You
level-word = Program
level-value = { $value } dBFS
level-silent = −∞

with-key = { $label } ({ $key })
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
