-- Everything the desk keeps. The same tables, columns and indexes as migrations/sqlite/0001_desk.sql.
--
-- All moments are microseconds since 1970-01-01 00:00 UTC (M180). All ids are 16 bytes, UUID version 7,
-- so that new rows lie at the end of their index. Who sets a column is named where it is not the commit
-- of a unit of work.

-- One case: what the core needs to decide, and what lists ask for. The journal is the truth; the state
-- here is its cached fold (I11).
CREATE TABLE complaint_case (
    case_key            BIGINT  NOT NULL PRIMARY KEY, -- year times 100,000,000 plus serial: CaseNumber::database_key
    desk                TEXT    NOT NULL,             -- address of the desk, lower case
    state               TEXT    NOT NULL,             -- phase in the words of `cases --json`: NEW, INTAKE, OPEN, CLOSED …
    is_open             BIGINT  NOT NULL CHECK (is_open IN (0, 1)), -- 1 while somebody still has to do something (I10)
    version             BIGINT  NOT NULL CHECK (version > 0),       -- units committed on the case; the next one must name it
    journal_length      BIGINT  NOT NULL CHECK (journal_length >= 0), -- rows in journal; the next entry gets this as its seq
    state_json          TEXT    NOT NULL,             -- the fold of the journal, as JSON
    opened_at           BIGINT  NOT NULL,             -- when the case was registered
    received_at         BIGINT  NOT NULL,             -- when the complaint reached the organisation (M179)
    closed_at           BIGINT,                       -- when it ended; NULL while it is open
    complainant_address TEXT                          -- lower case, for comparing (M81); NULL without an address
);
-- Serves: list_cases of open cases, and the count of open cases in backlog, without a look at closed ones.
CREATE INDEX complaint_case_open ON complaint_case (desk, case_key) WHERE is_open = 1;

-- What happened and what was decided; only ever appended to (I11).
CREATE TABLE journal (
    case_key BIGINT  NOT NULL REFERENCES complaint_case (case_key), -- the case
    seq      BIGINT  NOT NULL, -- place in the order of the case, from 0
    at       BIGINT  NOT NULL, -- when it was decided
    actor    TEXT    NOT NULL, -- who made it happen: complainant, respondent, officer, stranger, desk, mail_system
    kind     TEXT    NOT NULL, -- which entry: the tag inside data, here for people and reports
    reason   TEXT    NOT NULL, -- why: the stable code of the decision
    data     TEXT    NOT NULL, -- the entry as JSON; kinds are never renamed
    PRIMARY KEY (case_key, seq) -- serves: journal of a case, in order
);

-- The clocks that run: exactly those in the case's state, written in the same transaction.
CREATE TABLE timer (
    case_key BIGINT  NOT NULL REFERENCES complaint_case (case_key), -- the case
    timer    TEXT    NOT NULL, -- which clock: first_contact, decision, follow_up, follow_up_silence
    desk     TEXT    NOT NULL, -- the desk of the case, so that a daemon finds its own
    due_at   BIGINT  NOT NULL, -- when it is due
    PRIMARY KEY (case_key, timer) -- serves: the comparison with the case's state at each commit
);
-- Serves: due_timers and next_timer_at, from the index alone.
CREATE INDEX timer_due ON timer (desk, due_at, case_key, timer);

-- What the token in a capability address stands for (M57).
CREATE TABLE capability (
    token      TEXT    NOT NULL PRIMARY KEY, -- its 21 characters, lower case; serves: capabilities
    case_key   BIGINT  NOT NULL REFERENCES complaint_case (case_key), -- the case it opens
    holder     TEXT    NOT NULL, -- who may use it, as JSON
    audience   TEXT    NOT NULL, -- who reads what is written to it, as JSON
    revoked_at BIGINT            -- when it stopped to work; NULL while it works
);
-- Serves: the comparison with the case's state at each commit.
CREATE INDEX capability_case ON capability (case_key);

-- Every mail that was fetched, whole (I1). Never updated.
CREATE TABLE mail (
    mail_id      BYTEA   NOT NULL PRIMARY KEY, -- id; serves: nothing but its own uniqueness
    desk         TEXT    NOT NULL, -- the desk whose mailbox it came to
    content_key  BYTEA   NOT NULL, -- SHA-256 that makes it the same mail again (I2, M68, M69)
    message_id   TEXT,             -- its Message-ID without brackets; NULL when it has none
    received_at  BIGINT  NOT NULL, -- when it reached the organisation (M179)
    stored_at    BIGINT  NOT NULL, -- when it was stored
    class        TEXT    NOT NULL, -- what it is: human, auto_reply, bounce … (M1)
    class_reason TEXT    NOT NULL, -- why it is that
    sender       TEXT,             -- who wrote it in the eyes of its case, as JSON; NULL for a mail on no case
    case_key     BIGINT  REFERENCES complaint_case (case_key), -- the case it is filed on; NULL for none
    evidence     TEXT    NOT NULL, -- the sign that led to the case: capability, in-reply-to, new …
    size         BIGINT  NOT NULL, -- bytes of the original
    raw          BYTEA   NOT NULL  -- the original, zstd
);
-- What is compressed already is not compressed again.
ALTER TABLE mail ALTER COLUMN raw SET STORAGE EXTERNAL;
-- Serves: known_content; forbids that one mail has two effects (I2).
CREATE UNIQUE INDEX mail_content ON mail (content_key);
-- Serves: mails_of_case, also for the mails on no case.
CREATE INDEX mail_case ON mail (case_key, received_at, mail_id);

-- A letter as it was born: the envelope and the final bytes. Never updated (I3, M131).
CREATE TABLE letter (
    letter_id     BYTEA   NOT NULL PRIMARY KEY, -- id, part of its Message-ID; serves: the reading of claimed letters
    case_key      BIGINT  REFERENCES complaint_case (case_key), -- its case; NULL for mail to the operator
    desk          TEXT    NOT NULL, -- the desk whose submission server carries it
    template      TEXT    NOT NULL, -- which letter
    envelope_from TEXT,             -- envelope sender; NULL is <> (M136)
    envelope_to   TEXT    NOT NULL, -- the one recipient, as written (M58)
    message_id    TEXT    NOT NULL, -- fixed before the first try, without brackets (M131)
    guarantee     TEXT    NOT NULL CHECK (guarantee IN ('at_least_once', 'at_most_once')), -- how often it may reach the wire
    committed_at  BIGINT  NOT NULL, -- when it was committed
    expires_at    BIGINT  NOT NULL, -- after this moment it is not sent any more (M151)
    bytes         BYTEA   NOT NULL  -- everything between DATA and the final dot, zstd
);
-- What is compressed already is not compressed again.
ALTER TABLE letter ALTER COLUMN bytes SET STORAGE EXTERNAL;
-- Serves: letters_of_case and the taking back of letters.
CREATE INDEX letter_case ON letter (case_key, letter_id);
-- Serves: letters_with_ids. Our ids are `<token>.<letter>@<domain>`; behind the 22 random characters they
-- sort by time, so that the index grows at its end however many letters there are.
CREATE INDEX letter_message_id ON letter (substr(message_id, 23));
-- I4: a case has one letter that may never go out twice, and the database refuses a second.
CREATE UNIQUE INDEX letter_one_follow_up ON letter (case_key) WHERE guarantee = 'at_most_once';

-- What becomes of a letter: small rows, changed often, apart from the bytes.
CREATE TABLE outbox (
    letter_id    BYTEA   NOT NULL PRIMARY KEY REFERENCES letter (letter_id), -- the letter
    desk         TEXT    NOT NULL, -- as in letter
    guarantee    TEXT    NOT NULL, -- as in letter
    state        TEXT    NOT NULL CHECK (state IN
        ('queued', 'handing_over', 'sent', 'failed', 'expired', 'withdrawn', 'unclear')), -- delivery sets it
    due_at       BIGINT  NOT NULL, -- the moment at which it may be claimed: the desk's hold, the next try, or the end of a lease
    lease_holder TEXT,             -- the daemon that holds it until due_at, set by a claim; NULL while nobody does
    attempts     BIGINT  NOT NULL DEFAULT 0 -- tries so far; a try that our own fault prevented is not counted (M152)
);
-- Serves: claim_letters, next_letter_at and backlog, from the index alone; what has gone is not in it.
CREATE INDEX outbox_due ON outbox (desk, due_at, letter_id) WHERE state = 'queued';

-- Each attempt to deliver, kept as evidence. Set by delivery, never updated.
CREATE TABLE attempt (
    attempt_id BIGINT  NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- rises with each row
    letter_id  BYTEA   NOT NULL REFERENCES letter (letter_id), -- the letter
    started_at BIGINT  NOT NULL, -- when it began
    ended_at   BIGINT  NOT NULL, -- when it ended
    outcome    TEXT    NOT NULL, -- accepted, deferred, failed, unclear, expired, held
    next_at    BIGINT,           -- when it will be tried again; NULL for an outcome that is final
    code       BIGINT,           -- SMTP reply code; NULL when the server gave none
    enhanced   TEXT,             -- enhanced status code (RFC 3463); NULL when there was none
    words      TEXT    NOT NULL  -- the server's words or ours, addresses masked (M161, M185)
);
-- Serves: the attempts in letters_of_case, oldest first.
CREATE INDEX attempt_letter ON attempt (letter_id, attempt_id);

-- The follow-up of a case counts as sent from the moment this row exists (I4, M17).
CREATE TABLE follow_up (
    case_key     BIGINT  NOT NULL PRIMARY KEY REFERENCES complaint_case (case_key), -- one row a case, ever
    letter_id    BYTEA   NOT NULL, -- the letter
    committed_at BIGINT  NOT NULL  -- when it was committed
);

-- Automatic answers, for the ceilings (M12, M13).
CREATE TABLE automatic_answer (
    address_key TEXT    NOT NULL, -- the key under which answers are counted: an address in comparable form
    at          BIGINT  NOT NULL, -- when the answer was committed
    letter_id   BYTEA   NOT NULL REFERENCES letter (letter_id), -- the answer
    PRIMARY KEY (address_key, at, letter_id) -- serves: automatic_answers, from the key alone
);

-- The next free serial of each year.
CREATE TABLE number_sequence (
    year BIGINT  NOT NULL PRIMARY KEY, -- year of registration
    next BIGINT  NOT NULL              -- the serial that the next case gets; set by reserve_case_numbers
);

-- Which daemon reads which mailbox.
CREATE TABLE mailbox_lease (
    desk   TEXT    NOT NULL PRIMARY KEY, -- the desk
    holder TEXT    NOT NULL,             -- the daemon; set by hold_mailbox
    until  BIGINT  NOT NULL              -- when its right ends unless it is renewed
);

-- Values that are made once and are the same for every daemon on this database.
CREATE TABLE installation (
    name  TEXT NOT NULL PRIMARY KEY, -- which value: trace (M11)
    value TEXT NOT NULL              -- the value
);
