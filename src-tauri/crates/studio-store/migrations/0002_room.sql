-- The room: who came when and what they did, what was said, and on which server.

-- NULL is the studio's own. It may name a profile that is gone: the show's past does not change with it.
ALTER TABLE live_sessions ADD COLUMN server_id TEXT;

-- What a restarted app goes on with; each scene is JSON.
CREATE TABLE scenes (
    session_id TEXT PRIMARY KEY REFERENCES live_sessions (id) ON DELETE CASCADE,
    program    TEXT NOT NULL,
    preview    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row each time that somebody was there; without left_ms they still are.
CREATE TABLE visits (
    id         INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    came_ms    INTEGER NOT NULL,
    left_ms    INTEGER CHECK (left_ms >= came_ms),
    FOREIGN KEY (session_id, user_id) REFERENCES live_participants (session_id, user_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX visits_by_person ON visits (session_id, user_id);
CREATE UNIQUE INDEX visits_open ON visits (session_id, user_id) WHERE left_ms IS NULL;

-- What somebody did in a show so far.
CREATE TABLE figures (
    session_id  TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    joins       INTEGER NOT NULL,
    there_ms    INTEGER NOT NULL,
    on_stage_ms INTEGER NOT NULL,
    talk_ms     INTEGER NOT NULL,
    poor_ms     INTEGER NOT NULL,
    PRIMARY KEY (session_id, user_id),
    FOREIGN KEY (session_id, user_id) REFERENCES live_participants (session_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- seq is counted in each room; id is the sender's own. The sender need not have a record.
CREATE TABLE chat (
    session_id TEXT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    room       TEXT NOT NULL CHECK (room IN ('crew', 'air')),
    seq        INTEGER NOT NULL,
    id         TEXT NOT NULL,
    sender     TEXT NOT NULL,
    name       TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    text       TEXT NOT NULL,
    UNIQUE (session_id, room, seq),
    UNIQUE (session_id, sender, id)
) STRICT;

-- Servers of the user's own; urls is a JSON list. What belongs to key_name lies in the system's keychain.
CREATE TABLE servers (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    urls     TEXT NOT NULL,
    key_name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Records get the form of a UUID that they were meant to have.
UPDATE live_participants
SET id = substr(id, 1, 8) || '-' || substr(id, 9, 4) || '-' || substr(id, 13, 4) || '-' || substr(id, 17, 4)
         || '-' || substr(id, 21)
WHERE length(id) = 32;

-- Of earlier shows only the first coming and the last leaving are known: one visit.
INSERT INTO visits (session_id, user_id, came_ms, left_ms)
SELECT session_id, user_id, joined_ms, max(joined_ms, left_ms)
FROM live_participants
WHERE joined_ms IS NOT NULL AND (status = 'joined' OR left_ms IS NOT NULL);
