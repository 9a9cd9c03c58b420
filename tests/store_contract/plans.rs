//! What is asked every few seconds is read from an index, however many cases are closed (design.md section 7).

use wederhoor::store::{SqlStore, StoreOptions};

use super::Place;
use super::units::{desk, noon};

pub async fn clocks_and_queue_are_read_from_their_indexes(place: Place) {
    let store = place.open().await;
    store.close().await;
    // Thirty thousand closed cases, each with a letter that has gone; a few that are open.
    let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)";
    let id = if place.is_postgres() { "decode(lpad(to_hex(i), 32, '0'), 'hex')" } else { "CAST(printf('%016d', i) AS BLOB)" };
    let empty = if place.is_postgres() { "''::bytea" } else { "x''" };
    let desk = desk();
    let desk = desk.as_str();
    for sql in [
        format!(
            "INSERT INTO complaint_case (case_key, desk, state, is_open, version, journal_length, state_json, opened_at, received_at) \
             {numbers} SELECT i, '{desk}', 'CLOSED', CASE WHEN i % 1000 = 0 THEN 1 ELSE 0 END, 1, 0, '{{}}', i, i FROM n"
        ),
        format!(
            "INSERT INTO letter (letter_id, case_key, desk, template, envelope_to, message_id, guarantee, committed_at, \
             expires_at, bytes) {numbers} SELECT {id}, i, '{desk}', 'closing', 'a@b.example', \
             'aaaaaaaaaaaaaaaaaaaaa.' || i || '@b.example', 'at_least_once', i, i, {empty} FROM n"
        ),
        format!(
            "INSERT INTO outbox (letter_id, desk, guarantee, state, due_at) {numbers} \
             SELECT {id}, '{desk}', 'at_least_once', CASE WHEN i % 1000 = 0 THEN 'queued' ELSE 'sent' END, i FROM n"
        ),
        format!(
            "INSERT INTO timer (case_key, timer, desk, due_at) {numbers} SELECT i, 'decision', '{desk}', i FROM n WHERE i % 10 = 0"
        ),
        // Every one of them was followed up long ago.
        format!(
            "INSERT INTO journal (case_key, seq, at, actor, kind, reason, data) {numbers} SELECT i, 0, i, 'desk', \
             'follow_up_answered', 'follow-up-answered', '{{}}' FROM n"
        ),
        format!("INSERT INTO digest (desk, officer, day, at) {numbers} SELECT '{desk}', 'o' || i % 10, 'day ' || i, i FROM n"),
        "ANALYZE".to_owned(),
    ] {
        place.sql(&sql).await.unwrap();
    }

    let store = SqlStore::connect(&place.url, &StoreOptions::default()).await.unwrap();
    let (desk, now) = (format!("'{desk}'"), noon().timestamp_micros().to_string());
    let id = "'aaaaaaaaaaaaaaaaaaaaa.7@b.example'";
    let questions: &[(&str, &[&str], &str)] = &[
        ("NEXT_LETTER", &[&desk], "outbox_due"),
        ("COUNT_LETTERS", &[&now], "outbox_due"),
        ("CLAIM_LETTERS", &[&desk, &now, "10", "'one'", &now], "outbox_due"),
        ("DUE_TIMERS", &[&desk, "50", "10"], "timer_due"),
        ("NEXT_TIMER", &[&desk], "timer_due"),
        ("UNTOLD_FAILURES", &[&desk, "10"], "outbox_untold"),
        // What the officers' mornings ask.
        ("LAST_DIGESTS", &[&desk, "'o1'"], if place.is_postgres() { "digest_pkey" } else { "SEARCH d USING PRIMARY KEY" }),
        ("ANSWERED_SINCE", &[&now, &desk], "journal_answered"),
        ("CLOSED_WITH_CLOCKS", &[&desk, "50"], "timer_due"),
        ("LATE_LETTERS", &[&desk, "'acknowledgement'", &now, "10"], "outbox_due"),
        ("COUNT_OPEN_CASES", &[], "complaint_case_open"),
        ("LIST_OPEN_CASES_OF_DESK", &["0", &desk, "10"], "complaint_case_open"),
        ("LETTERS_WITH_IDS", &[id], "letter_message_id"),
        ("LETTERS_OF_CASE", &["7"], "letter_case"),
        ("WAITING_LETTERS", &["7"], "letter_case"),
    ];
    let explain = if place.is_postgres() { "EXPLAIN" } else { "EXPLAIN QUERY PLAN" };
    for (name, values, index) in questions {
        let question = filled(&store.statement(name).unwrap(), values);
        let plan = place.lines(&format!("{explain} {question}")).await.join("\n");
        assert!(plan.contains(index), "{name} does not use {index}:\n{plan}");
    }
    // Rows that change are looked up by their key, never by reading the table.
    let (number, text, bytes) = ("0", "''", empty);
    let changes: [(&str, &[&str]); 3] = [
        ("CHANGE_CASES", &[number, text, text, number, number, number, text, number, number, number, text]),
        ("SETTLE_LETTERS", &[bytes, text, text, number, number]),
        ("CLAIMED_LETTERS", &[bytes]),
    ];
    for (name, values) in changes {
        let question = filled(&store.statement(name).unwrap(), values);
        let plan = place.lines(&format!("{explain} {question}")).await.join("\n");
        assert!(!place.is_postgres() || !plan.contains("Seq Scan"), "{name} reads a whole table:\n{plan}");
        let scans = plan.lines().filter(|line| line.starts_with("SCAN") && !line.ends_with("CONSTANT ROW"));
        let tables: Vec<_> =
            scans.filter(|line| ["complaint_case", "letter", "outbox"].iter().any(|t| line.contains(t))).collect();
        assert!(tables.is_empty(), "{name} reads a whole table:\n{plan}");
    }
}

/// A statement with these values in the place of its marks.
fn filled(text: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['?', '$']) {
        out.push_str(&rest[..at]);
        out.push_str(values.next().expect("a value for each mark"));
        rest = rest[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    assert!(values.next().is_none(), "a mark for each value");
    out + rest
}
