//! Every SQL text, by name, with the types of its values: those of one row, and those of the others, a
//! letter each (`i` whole number, `t` text, `b` bytes). `statement.rs` explains the marks in the texts.
//!
//! `CROSS JOIN` in a query tells SQLite to begin with the few values and to look each up in the index;
//! PostgreSQL decides that by itself.

use super::statement::Statement;

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident($rows:literal, $others:literal) = $text:literal;)*) => {
        $($(#[$doc])* pub(super) const $name: Statement =
            Statement { name: stringify!($name), rows: $rows, others: $others, text: $text };)*

        /// All of them, so that each can be prepared on a database before it is needed.
        pub(super) const ALL: &[Statement] = &[$($name),*];
    };
}

statements! {
    // --- what is known before a window is committed ---

    /// Which content keys are stored already (I2).
    KNOWN_CONTENT("b", "") = "WITH wanted (content_key) AS (VALUES {rows}) \
        SELECT m.content_key FROM wanted w CROSS JOIN mail m WHERE m.content_key = w.content_key";
    /// The versions of cases that are about to change, locked until the transaction ends. In the order of
    /// their keys, so that two daemons lock in the same order.
    LOCK_CASES("i", "") = "SELECT case_key, version, journal_length FROM complaint_case \
        WHERE case_key IN (VALUES {rows}) ORDER BY case_key{postgres: FOR UPDATE}";
    /// Which of these cases have had their follow-up (I4).
    KNOWN_FOLLOW_UPS("i", "") = "SELECT case_key FROM follow_up WHERE case_key IN (VALUES {rows})";

    /// Which of these mornings have been looked at.
    KNOWN_DIGESTS("ttt", "") = "SELECT desk, officer, day FROM digest WHERE (desk, officer, day) IN (VALUES {rows})";

    // --- what a window writes ---

    /// New cases.
    ADD_CASES("ittiiitiiit", "") = "INSERT INTO complaint_case (case_key, desk, state, is_open, version, journal_length, state_json, \
        opened_at, received_at, closed_at, complainant_address) VALUES {rows}";
    /// Changed cases.
    CHANGE_CASES("ittiiitiiit", "") = "WITH changed (case_key, desk, state, is_open, version, journal_length, state_json, \
        opened_at, received_at, closed_at, complainant_address) AS (VALUES {rows}) \
        UPDATE complaint_case SET desk = changed.desk, state = changed.state, is_open = changed.is_open, \
        version = changed.version, journal_length = changed.journal_length, state_json = changed.state_json, \
        opened_at = changed.opened_at, received_at = changed.received_at, closed_at = changed.closed_at, \
        complainant_address = changed.complainant_address FROM changed WHERE complaint_case.case_key = changed.case_key";
    /// Journal entries.
    ADD_ENTRIES("iiitttt", "") = "INSERT INTO journal (case_key, seq, at, actor, kind, reason, data) VALUES {rows}";
    /// The clocks that run on cases that are about to change.
    RUNNING_TIMERS("i", "") = "SELECT case_key, timer, due_at FROM timer WHERE case_key IN (VALUES {rows})";
    /// Clocks that started or moved.
    SET_TIMERS("itti", "") = "INSERT INTO timer (case_key, timer, desk, due_at) VALUES {rows} \
        ON CONFLICT (case_key, timer) DO UPDATE SET due_at = excluded.due_at";
    /// Clocks that stopped.
    STOP_TIMERS("it", "") = "DELETE FROM timer WHERE (case_key, timer) IN (VALUES {rows})";
    /// The tokens of cases that are about to change, with the moment they were revoked.
    ISSUED_TOKENS("i", "") = "SELECT token, revoked_at FROM capability WHERE case_key IN (VALUES {rows})";
    /// New tokens.
    ADD_TOKENS("titt", "") = "INSERT INTO capability (token, case_key, holder, audience) VALUES {rows}";
    /// Tokens that stop to work, or work again.
    REVOKE_TOKENS("ti", "") = "WITH changed (token, revoked_at) AS (VALUES {rows}) \
        UPDATE capability SET revoked_at = changed.revoked_at FROM changed WHERE capability.token = changed.token";
    /// Mails.
    ADD_MAILS("btbtiitttitib", "") = "INSERT INTO mail (mail_id, desk, content_key, message_id, received_at, stored_at, class, class_reason, \
        sender, case_key, evidence, size, raw) VALUES {rows}";
    /// Letters with their final bytes.
    ADD_LETTERS("bittttttiib", "") = "INSERT INTO letter (letter_id, case_key, desk, template, envelope_from, envelope_to, message_id, \
        guarantee, committed_at, expires_at, bytes) VALUES {rows}";
    /// Their place in the queue.
    QUEUE_LETTERS("bttti", "") = "INSERT INTO outbox (letter_id, desk, guarantee, state, due_at) VALUES {rows}";
    /// The record of the one follow-up (I4).
    ADD_FOLLOW_UPS("ibi", "") = "INSERT INTO follow_up (case_key, letter_id, committed_at) VALUES {rows}";
    /// Automatic answers (M12).
    ADD_ANSWERS("tib", "") = "INSERT INTO automatic_answer (address_key, at, letter_id) VALUES {rows}";
    /// Mornings that were looked at.
    ADD_DIGESTS("tttitt", "") = "INSERT INTO digest (desk, officer, day, at, letter_id, calendar) VALUES {rows}";
    /// Letters of a case that still wait.
    WAITING_LETTERS("", "i") = "SELECT l.letter_id, l.envelope_to FROM letter l JOIN outbox o ON o.letter_id = l.letter_id \
        WHERE l.case_key = ? AND o.state = 'queued'";
    /// Letters taken back. What is being handed over or has gone stays as it is.
    WITHDRAW_LETTERS("b", "") = "UPDATE outbox SET state = 'withdrawn' WHERE state = 'queued' AND letter_id IN (VALUES {rows})";

    // --- what is forgotten (row 45) ---

    /// The journal of a case with the place of each entry.
    JOURNAL_PLACES("", "i") = "SELECT seq, data FROM journal WHERE case_key = ? ORDER BY seq";
    /// Entries without what they said of people.
    REWRITE_ENTRIES("iit", "") = "WITH changed (case_key, seq, data) AS (VALUES {rows}) UPDATE journal SET data = changed.data \
        FROM changed WHERE journal.case_key = changed.case_key AND journal.seq = changed.seq";
    /// Mails of a case without their bytes. The key stays, so that the same mail has no second effect (I2).
    EMPTY_MAILS_OF_CASE("", "bi") = "UPDATE mail SET raw = ?, message_id = NULL, size = 0 WHERE case_key = ?";
    /// One mail without its bytes.
    EMPTY_MAIL("", "bb") = "UPDATE mail SET raw = ?, message_id = NULL, size = 0 WHERE mail_id = ?";
    /// Attempts of letters of a case.
    FORGET_ATTEMPTS("", "itt") = "DELETE FROM attempt WHERE letter_id IN \
        (SELECT letter_id FROM letter WHERE case_key = ? AND (? = '' OR template = ?))";
    /// What counts them as automatic answers.
    FORGET_ANSWERS("", "itt") = "DELETE FROM automatic_answer WHERE letter_id IN \
        (SELECT letter_id FROM letter WHERE case_key = ? AND (? = '' OR template = ?))";
    /// Their places in the queue.
    FORGET_QUEUE("", "itt") = "DELETE FROM outbox WHERE letter_id IN \
        (SELECT letter_id FROM letter WHERE case_key = ? AND (? = '' OR template = ?))";
    /// The letters. The record of the follow-up is no letter and stays (I4).
    FORGET_LETTERS("", "itt") = "DELETE FROM letter WHERE case_key = ? AND (? = '' OR template = ?)";

    // --- what the daemon asks before it decides ---

    /// What tokens stand for.
    CAPABILITIES("t", "") = "SELECT token, case_key, holder, audience FROM capability \
        WHERE token IN (VALUES {rows}) AND revoked_at IS NULL";
    /// Letters by Message-ID; the first comparison is the one the index serves.
    LETTERS_WITH_IDS("t", "") = "WITH wanted (message_id) AS (VALUES {rows}) \
        SELECT l.message_id, l.letter_id, l.template, l.case_key, l.envelope_to FROM wanted w CROSS JOIN letter l \
        WHERE substr(l.message_id, 23) = substr(w.message_id, 23) AND l.message_id = w.message_id";
    /// Letters by their own key.
    LETTERS_NAMED("b", "") = "SELECT letter_id, template, case_key, envelope_to FROM letter WHERE letter_id IN (VALUES {rows})";
    /// Cases with their version.
    CASES("i", "") = "SELECT version, state_json FROM complaint_case WHERE case_key IN (VALUES {rows})";
    /// The next serials of a year; gives the first behind them.
    RESERVE_NUMBERS("", "ii") = "INSERT INTO number_sequence (year, next) VALUES (?, 1 + ?) \
        ON CONFLICT (year) DO UPDATE SET next = number_sequence.next + excluded.next - 1 RETURNING next";
    /// Automatic answers to these keys since a moment.
    COUNT_ANSWERS("t", "i") = "WITH wanted (address_key) AS (VALUES {rows}) \
        SELECT a.address_key, count(*) FROM wanted w CROSS JOIN automatic_answer a \
        WHERE a.address_key = w.address_key AND a.at >= ? GROUP BY a.address_key";

    // --- the outbox ---

    /// Leases letters. Rows that another daemon is just claiming are passed by.
    CLAIM_LETTERS("", "tiiti") = "WITH picked AS MATERIALIZED (SELECT letter_id FROM outbox \
        WHERE desk = ? AND state = 'queued' AND due_at <= ? ORDER BY due_at, letter_id LIMIT ?{postgres: FOR UPDATE SKIP LOCKED}) \
        UPDATE outbox SET lease_holder = ?, due_at = ? FROM picked WHERE outbox.letter_id = picked.letter_id \
        RETURNING outbox.letter_id";
    /// The letters that were leased.
    CLAIMED_LETTERS("b", "") = "WITH claimed (letter_id) AS (VALUES {rows}) \
        SELECT l.letter_id, l.case_key, l.desk, l.template, l.envelope_from, l.envelope_to, l.message_id, l.guarantee, \
        l.committed_at, l.expires_at, l.bytes, o.state, o.attempts \
        FROM claimed c CROSS JOIN letter l CROSS JOIN outbox o \
        WHERE l.letter_id = c.letter_id AND o.letter_id = c.letter_id";
    /// Whether a letter is still leased to this daemon, and how often it may reach the wire.
    STILL_LEASED("", "bti") = "SELECT guarantee FROM outbox WHERE letter_id = ? AND lease_holder = ? AND due_at > ? AND state = 'queued'";
    /// From here on a letter that may go once is never claimed again (I4).
    HAND_OVER("", "bti") = "UPDATE outbox SET state = 'handing_over' \
        WHERE letter_id = ? AND lease_holder = ? AND due_at > ? AND state = 'queued' AND guarantee = 'at_most_once'";
    /// Attempts.
    ADD_ATTEMPTS("biitiitt", "") = "INSERT INTO attempt (letter_id, started_at, ended_at, outcome, next_at, code, enhanced, words) \
        VALUES {rows}";
    /// What attempts mean for their letters. That a server took it is true whoever says so; everything
    /// else is said only by the daemon that still holds the letter. An unclear end counts as sent for the
    /// letter that may go once, and as not sent for all others (M153). Whoever was told that a letter is late has
    /// yet to hear that it failed or expired.
    SETTLE_LETTERS("bttii", "") = "WITH settled (letter_id, holder, state, due_at, tries) AS (VALUES {rows}) \
        UPDATE outbox SET \
        state = CASE WHEN settled.state = 'unclear' AND outbox.guarantee = 'at_least_once' THEN 'queued' ELSE settled.state END, \
        due_at = coalesce(settled.due_at, outbox.due_at), lease_holder = NULL, attempts = outbox.attempts + settled.tries, \
        told = CASE WHEN settled.state IN ('failed', 'expired') THEN 0 ELSE outbox.told END \
        FROM settled WHERE outbox.letter_id = settled.letter_id AND (settled.state = 'sent' \
        OR (outbox.lease_holder = settled.holder AND outbox.state IN ('queued', 'handing_over')))";
    /// When the next letter of a desk may go.
    NEXT_LETTER("", "t") = "SELECT min(due_at) FROM outbox WHERE desk = ? AND state = 'queued'";

    /// Letters that failed or expired and of which nobody has been told (M44), with the code of the last attempt.
    UNTOLD_FAILURES("t", "i") = "WITH desks (desk) AS (VALUES {rows}) \
        SELECT l.letter_id, l.template, l.case_key, l.envelope_to, \
        (SELECT a.enhanced FROM attempt a WHERE a.letter_id = l.letter_id ORDER BY a.attempt_id DESC LIMIT 1) \
        FROM desks d CROSS JOIN outbox o CROSS JOIN letter l \
        WHERE o.desk = d.desk AND o.state IN ('failed', 'expired') AND o.told = 0 AND l.letter_id = o.letter_id ORDER BY l.letter_id LIMIT ?";
    /// Letters of some kinds that still wait although they were born before a moment, and of which nobody has been
    /// told. Reads what is queued, and nothing else.
    LATE_LETTERS("tti", "i") = "WITH wanted (desk, template, born_by) AS (VALUES {rows}) \
        SELECT l.letter_id, l.template, l.case_key, l.envelope_to FROM wanted w CROSS JOIN outbox o CROSS JOIN letter l \
        WHERE o.desk = w.desk AND o.state = 'queued' AND o.told = 0 AND l.letter_id = o.letter_id \
        AND l.template = w.template AND l.committed_at <= w.born_by ORDER BY l.letter_id LIMIT ?";
    /// Failures of which somebody has been told.
    TELL_FAILURES("b", "") = "UPDATE outbox SET told = 1 WHERE letter_id IN (VALUES {rows})";

    // --- clocks, leases, lists ---

    /// Clocks that are due, oldest first.
    DUE_TIMERS("t", "ii") = "WITH desks (desk) AS (VALUES {rows}) \
        SELECT t.case_key, t.timer, t.due_at FROM desks d CROSS JOIN timer t \
        WHERE t.desk = d.desk AND t.due_at <= ? ORDER BY t.due_at, t.case_key, t.timer LIMIT ?";
    /// When the next clock comes due, for each desk.
    NEXT_TIMER("t", "") = "WITH desks (desk) AS (VALUES {rows}) \
        SELECT (SELECT min(t.due_at) FROM timer t WHERE t.desk = d.desk) FROM desks d";
    /// The last morning that was looked at, for each officer of a desk.
    LAST_DIGESTS("tt", "") = "WITH wanted (desk, officer) AS (VALUES {rows}) SELECT w.officer, d.day, d.calendar FROM wanted w \
        JOIN digest d ON d.desk = w.desk AND d.officer = w.officer \
        AND d.day = (SELECT max(l.day) FROM digest l WHERE l.desk = w.desk AND l.officer = w.officer)";
    /// Cases of a desk whose follow-up was answered since a moment.
    ANSWERED_SINCE("", "it") = "SELECT c.state_json FROM journal j CROSS JOIN complaint_case c \
        WHERE j.kind = 'follow_up_answered' AND j.at > ? AND c.case_key = j.case_key AND c.desk = ? AND c.is_open = 0";
    /// Closed cases of a desk with a clock that somebody has to heed, looked at before a moment.
    CLOSED_WITH_CLOCKS("", "ti") = "SELECT c.state_json FROM timer t CROSS JOIN complaint_case c \
        WHERE t.desk = ? AND t.due_at <= ? AND t.timer NOT IN ('follow_up', 'follow_up_silence', 'follow_up_words') \
        AND c.case_key = t.case_key AND c.is_open = 0";
    /// Takes or renews a mailbox, unless another daemon has it.
    HOLD_MAILBOX("", "ttii") = "INSERT INTO mailbox_lease (desk, holder, until) VALUES (?, ?, ?) \
        ON CONFLICT (desk) DO UPDATE SET holder = excluded.holder, until = excluded.until \
        WHERE mailbox_lease.holder = excluded.holder OR mailbox_lease.until <= ?";
    /// Gives a mailbox back.
    RELEASE_MAILBOX("", "tt") = "DELETE FROM mailbox_lease WHERE desk = ? AND holder = ?";
    /// Every daemon that holds something.
    LEASE_HOLDERS("", "") = "SELECT holder FROM mailbox_lease \
        UNION SELECT lease_holder FROM outbox WHERE state = 'queued' AND lease_holder IS NOT NULL";
    /// Gives back the mailboxes of a daemon that is gone.
    RELEASE_MAILBOXES_OF("", "t") = "DELETE FROM mailbox_lease WHERE holder = ?";
    /// Gives back its letters.
    RELEASE_LETTERS_OF("", "it") = "UPDATE outbox SET lease_holder = NULL, due_at = ? WHERE state = 'queued' AND lease_holder = ?";
    /// A value that is made once.
    MAKE_VALUE("", "tt") = "INSERT INTO installation (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";
    /// That value.
    READ_VALUE("", "t") = "SELECT value FROM installation WHERE name = ?";
    /// All cases, after a number.
    LIST_CASES("", "ii") = "SELECT state_json FROM complaint_case WHERE case_key > ? ORDER BY case_key LIMIT ?";
    /// Those of a desk.
    LIST_CASES_OF_DESK("", "iti") = "SELECT state_json FROM complaint_case WHERE case_key > ? AND desk = ? ORDER BY case_key LIMIT ?";
    /// Open ones.
    LIST_OPEN_CASES("", "ii") = "SELECT state_json FROM complaint_case WHERE case_key > ? AND is_open = 1 ORDER BY case_key LIMIT ?";
    /// Open ones of a desk.
    LIST_OPEN_CASES_OF_DESK("", "iti") =
        "SELECT state_json FROM complaint_case WHERE case_key > ? AND desk = ? AND is_open = 1 ORDER BY case_key LIMIT ?";
    /// The journal of a case.
    JOURNAL("", "i") = "SELECT at, actor, reason, data FROM journal WHERE case_key = ? ORDER BY seq";
    /// The journals of these cases: those of a page of the report in one query.
    JOURNALS("i", "") = "SELECT at, actor, reason, data, case_key FROM journal WHERE case_key IN (VALUES {rows}) \
        ORDER BY case_key, seq";
    /// The letters of a case.
    LETTERS_OF_CASE("", "i") =
        "SELECT l.letter_id, l.case_key, l.desk, l.template, l.envelope_from, l.envelope_to, l.message_id, l.guarantee, \
        l.committed_at, l.expires_at, l.bytes, o.state, o.attempts FROM letter l JOIN outbox o ON o.letter_id = l.letter_id \
        WHERE l.case_key = ? ORDER BY l.committed_at, l.letter_id";
    /// Their attempts.
    ATTEMPTS_OF_CASE("", "i") =
        "SELECT a.letter_id, a.started_at, a.ended_at, a.outcome, a.next_at, a.code, a.enhanced, a.words \
        FROM letter l JOIN attempt a ON a.letter_id = l.letter_id WHERE l.case_key = ? ORDER BY a.attempt_id";
    /// The mails of a case.
    MAILS_OF_CASE("", "i") = "SELECT mail_id, desk, content_key, message_id, received_at, stored_at, class, class_reason, sender, \
        case_key, evidence, size, raw FROM mail WHERE case_key = ? ORDER BY received_at, mail_id";
    /// The same, with the bytes of those that fit in a sum; one that is larger than a part of it never does, so that it
    /// does not push the others out.
    FILE_OF_CASE("", "iiibi") = "SELECT mail_id, desk, content_key, message_id, received_at, stored_at, class, class_reason, sender, \
        case_key, evidence, size, CASE WHEN size <= ? AND CAST(sum(CASE WHEN size <= ? THEN size ELSE 0 END) \
        OVER (ORDER BY received_at, mail_id) AS BIGINT) <= ? THEN raw ELSE ? END \
        FROM mail WHERE case_key = ? ORDER BY received_at, mail_id";
    /// The letters of a case that are no officer's.
    PARTY_LETTERS_OF_CASE("", "i") =
        "SELECT l.letter_id, l.case_key, l.desk, l.template, l.envelope_from, l.envelope_to, l.message_id, l.guarantee, \
        l.committed_at, l.expires_at, l.bytes, o.state, o.attempts FROM letter l JOIN outbox o ON o.letter_id = l.letter_id \
        WHERE l.case_key = ? AND l.template NOT LIKE 'officer-%' ORDER BY l.committed_at, l.letter_id";
    /// The mails on no case.
    MAILS_OF_NO_CASE("", "") = "SELECT mail_id, desk, content_key, message_id, received_at, stored_at, class, class_reason, sender, \
        case_key, evidence, size, raw FROM mail WHERE case_key IS NULL ORDER BY received_at, mail_id";
    /// Letters due, and all that wait.
    COUNT_LETTERS("", "i") = "SELECT count(CASE WHEN due_at <= ? THEN 1 END), count(*) FROM outbox WHERE state = 'queued'";
    /// Clocks due.
    COUNT_TIMERS("", "i") = "SELECT count(*) FROM timer WHERE due_at <= ?";
    /// Open cases.
    COUNT_OPEN_CASES("", "") = "SELECT count(*) FROM complaint_case WHERE is_open = 1";
}
