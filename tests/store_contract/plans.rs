//! What is asked every few seconds is read from an index, however many cases are closed (design.md section 7).

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
        "ANALYZE".to_owned(),
    ] {
        place.sql(&sql).await.unwrap();
    }

    let now = noon().timestamp_micros();
    let questions = [
        ("claim_letters", format!("SELECT letter_id FROM outbox WHERE desk = '{desk}' AND state = 'queued' AND due_at <= {now} ORDER BY due_at, letter_id LIMIT 10"), "outbox_due"),
        ("next_letter_at", format!("SELECT min(due_at) FROM outbox WHERE desk = '{desk}' AND state = 'queued'"), "outbox_due"),
        ("backlog", format!("SELECT count(CASE WHEN due_at <= {now} THEN 1 END), count(*) FROM outbox WHERE state = 'queued'"), "outbox_due"),
        ("due_timers", format!("WITH desks (desk) AS (VALUES ('{desk}')) SELECT t.case_key, t.timer, t.due_at FROM desks d CROSS JOIN timer t WHERE t.desk = d.desk AND t.due_at <= 50 ORDER BY t.due_at, t.case_key, t.timer LIMIT 10"), "timer_due"),
        ("next_timer_at", format!("WITH desks (desk) AS (VALUES ('{desk}')) SELECT (SELECT min(t.due_at) FROM timer t WHERE t.desk = d.desk) FROM desks d"), "timer_due"),
        ("backlog", "SELECT count(*) FROM complaint_case WHERE is_open = 1".to_owned(), "complaint_case_open"),
        ("list_cases", "SELECT state_json FROM complaint_case WHERE case_key > 0 AND is_open = 1 ORDER BY case_key LIMIT 10".to_owned(), "complaint_case_open"),
        ("letters_with_ids", "WITH wanted (message_id) AS (VALUES ('aaaaaaaaaaaaaaaaaaaaa.7@b.example')) SELECT l.letter_id FROM wanted w CROSS JOIN letter l WHERE substr(l.message_id, 23) = substr(w.message_id, 23) AND l.message_id = w.message_id".to_owned(), "letter_message_id"),
        ("letters_of_case", "SELECT l.letter_id FROM letter l JOIN outbox o ON o.letter_id = l.letter_id WHERE l.case_key = 7".to_owned(), "letter_case"),
    ];
    let explain = if place.is_postgres() { "EXPLAIN" } else { "EXPLAIN QUERY PLAN" };
    for (asked_by, question, index) in questions {
        let plan = place.lines(&format!("{explain} {question}")).await.join("\n");
        assert!(plan.contains(index), "{asked_by} does not use {index}:\n{plan}");
    }
}
