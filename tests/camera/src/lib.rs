//! Cameras made of files: preloaded into a program (`LD_PRELOAD`), this library shows it V4L2 cameras that are not
//! there. **What the program does with them goes through its own code and the libraries it uses, unchanged.**
//!
//! The folder that `SIDESTAGE_TEST_CAMERAS` names is the bus. Its file `video0` is the camera `/dev/video0`: creating
//! it plugs the camera in, deleting it unplugs it, also while it is open. Its first line is the camera's name; each
//! further line says something about it, and is read again for every frame:
//!
//! | line | the camera |
//! | --- | --- |
//! | `YUYV 1280x720@30 640x360@15` | offers these sizes and rates in this format (also `MJPG`, `NV12`); without such a line, three sizes at 30 in all three |
//! | `pace 1` | gives this many frames a second, whatever was agreed |
//! | `stall` | gives no frames |
//! | `end 30` | fails when it has given so many frames |
//! | `busy` | is in another program's hands |
//! | `denied` | cannot be opened by this user |
//! | `half` | gives frames of half the agreed width and height |
//! | `cut` | gives the first third of each frame, and nothing behind it |
//!
//! A frame is the moving pattern of `studio_media::synthetic`, with its running number and the time it was painted at,
//! and a square in a colour of the camera's own. Brightness is a control that shows in the square.
//! What the program opens, streams from and closes is written to the folder's file `log`.
//!
//! The numbers in `answer.rs` are those of `linux/videodev2.h` on 64-bit machines.

mod answer;
mod folder;
mod interpose;
mod picture;
mod session;
