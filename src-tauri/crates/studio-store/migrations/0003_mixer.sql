-- The mixer: how somebody's sounds were mixed in a show. JSON, one entry for each sound whose strip was changed.
CREATE TABLE strips (
    session_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    strips     TEXT NOT NULL,
    PRIMARY KEY (session_id, user_id),
    FOREIGN KEY (session_id, user_id) REFERENCES live_participants (session_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
