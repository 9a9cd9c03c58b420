-- The officer's morning list, and what it asks of other tables.

-- One row for each officer and morning that was looked at, whether there was something to send or not: the key is
-- what keeps two daemons from sending the same list.
CREATE TABLE digest (
    desk      TEXT    NOT NULL, -- the desk
    officer   TEXT    NOT NULL, -- the officer's registered address, in comparable form
    day       TEXT    NOT NULL, -- the civil day of the desk, as 2026-11-16
    at        INTEGER NOT NULL, -- when it was committed
    letter_id TEXT,            -- the letter's id; NULL on a morning without news
    PRIMARY KEY (desk, officer, day) -- serves: last_digests, from the key alone
) STRICT, WITHOUT ROWID;

-- Serves: cases_for_digest, which asks for the follow-ups answered since yesterday.
CREATE INDEX journal_answered ON journal (at, case_key) WHERE kind = 'follow_up_answered';
