-- A show and what became of it. Times in *_ms are wall clock, in *_ns show time.
CREATE TABLE live_sessions (
    id              TEXT PRIMARY KEY,
    title           TEXT NOT NULL,
    broadcast_state TEXT NOT NULL CHECK (broadcast_state IN
                        ('idle', 'initializing', 'ready', 'starting', 'live', 'stopping', 'error')),
    created_ms      INTEGER NOT NULL,
    started_ms      INTEGER,
    ended_ms        INTEGER,
    -- The app died in it.
    crashed         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX live_sessions_by_state ON live_sessions (broadcast_state);

-- One record per session and user.
CREATE TABLE live_participants (
    id         TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    user_id    TEXT NOT NULL,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL DEFAULT 'viewer' CHECK (role IN ('host', 'cohost', 'producer', 'guest', 'viewer')),
    status     TEXT NOT NULL DEFAULT 'invited' CHECK (status IN ('invited', 'joined', 'left', 'removed')),
    position   TEXT NOT NULL DEFAULT 'none' CHECK (position IN ('none', 'requested', 'backstage', 'on_stage')),
    joined_ms  INTEGER,
    left_ms    INTEGER,
    can_speak  INTEGER NOT NULL DEFAULT 0,
    can_video  INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session_id, user_id)
) STRICT;

-- One row a field; the value is JSON.
CREATE TABLE preferences (
    field TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- take → track → segment: a recording, what it holds, the files it lies in.
CREATE TABLE takes (
    session_id TEXT NOT NULL REFERENCES live_sessions (id) ON DELETE CASCADE,
    take       INTEGER NOT NULL,
    at_ns      INTEGER NOT NULL,
    started_ms INTEGER NOT NULL,
    ended_ms   INTEGER,
    path       TEXT,
    frames     INTEGER,
    PRIMARY KEY (session_id, take)
) STRICT, WITHOUT ROWID;

CREATE TABLE tracks (
    session_id TEXT NOT NULL,
    take       INTEGER NOT NULL,
    track      INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    PRIMARY KEY (session_id, take, track),
    FOREIGN KEY (session_id, take) REFERENCES takes (session_id, take) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE segments (
    session_id TEXT NOT NULL,
    take       INTEGER NOT NULL,
    track      INTEGER NOT NULL,
    segment    INTEGER NOT NULL,
    path       TEXT NOT NULL,
    at_ns      INTEGER NOT NULL,
    PRIMARY KEY (session_id, take, track, segment),
    FOREIGN KEY (session_id, take, track) REFERENCES tracks (session_id, take, track) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The journal: append only.
CREATE TABLE events (
    id         INTEGER PRIMARY KEY,
    session_id TEXT,
    seq        INTEGER NOT NULL,
    at_ns      INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    payload    TEXT NOT NULL,
    schema     INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX events_by_session ON events (session_id, seq);
