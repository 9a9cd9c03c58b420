//! What goes wrong in the world, and the test or the conversation that shows what the desk makes of it: a maintainer finds
//! each here, and a test that is renamed or lost is missed.

#![expect(clippy::unwrap_used, reason = "a test that can not read its sources stops")]

use std::path::Path;

/// What comes, and where it is shown: names of tests, of conversations or of files with a mail.
const SHOWN: [(&str, &[&str]); 36] = [
    // Mails.
    ("an empty file", &["empty.eml", "an_empty_file_is_a_mail_too"]),
    ("no headers", &["no-headers.eml", "everything_broken_is_kept_and_nothing_blocks_the_next"]),
    ("broken base64", &["broken-base64.eml", "damaged-base64.eml"]),
    ("a broken charset", &["broken-charset.eml", "false-utf8.eml", "words_survive_every_damage"]),
    ("NUL bytes", &["nul-bytes.eml"]),
    ("8-bit headers", &["eight-bit-headers.eml"]),
    ("200 nested parts, a subject of 10 MB, a mail of 30 MB", &["monsters_are_read_in_part_and_kept_whole"]),
    (
        "a Message-ID used twice, with another body",
        &["a_mail_that_comes_again_has_no_second_effect_and_an_id_that_is_used_twice_is_two_mails"],
    ),
    ("no Message-ID", &["no-message-id.eml"]),
    ("a date in 2099", &["date-in-2099.eml"]),
    ("a sender without an address", &["from-without-address.eml"]),
    (
        "an answer to a case that does not exist",
        &["reply-to-unknown-case.eml", "an_answer_to_an_unknown_case_still_carries_its_clues"],
    ),
    // The machine and its neighbours.
    ("a wrong password", &["a_wrong_password_is_named_and_the_operator_is_told"]),
    (
        "a mail server gone in the middle of a mail",
        &[
            "a_server_killed_in_the_middle_of_a_fetch_costs_nothing",
            "a_mail_server_that_falls_silent_in_the_middle_of_a_mail_is_asked_again",
            "a_mail_server_that_is_gone_and_comes_back_is_found_again",
        ],
    ),
    ("a full disk", &["a_full_disk_is_named_and_the_mails_stay_in_the_mailbox_until_there_is_room"]),
    ("a database that can only be read", &["a_read_only_database_is_named_and_nothing_is_taken_from_the_mailbox"]),
    ("an unknown key in the configuration", &["ten_mistakes_are_ten_faults_with_file_key_and_hint"]),
    ("a letter with an unknown field", &["every_fault_of_a_desks_own_letters_is_reported_at_once"]),
    // People, and who claims to be one of them.
    ("a forged officer", &["03-nobody-commands-but-the-officer", "51-an-address-is-a-claim", "59-a-registration-without-proof"]),
    ("the right token from a wrong sender", &["the_token_from_a_wrong_address_does_nothing_and_tells_the_officer"]),
    ("an officer who writes from another address", &["63-a-day-on-which-much-goes-wrong"]),
    ("a command in quoted text", &["a_quoted_command_commands_nothing"]),
    ("the same command delivered twice", &["a_command_that_is_delivered_twice_acts_once"]),
    (
        "two officers who command at once",
        &["of_two_officers_who_command_at_once_the_first_is_obeyed_and_the_second_hears_why_not"],
    ),
    ("an appointment in the past", &["nothing_is_planned_in_the_past_and_nothing_has_happened_in_the_future"]),
    ("an appointment on a holiday", &["63-a-day-on-which-much-goes-wrong"]),
    ("a respondent who is the complainant or the officer", &["20-nobody-on-two-sides"]),
    (
        "consent from a bounce or a machine",
        &["a_yes_from_a_machine_a_stranger_or_an_old_question_never_counts", "12-hesitation-is-no-yes"],
    ),
    ("\"ja, maar …\"", &["hesitation_condition_and_question_go_to_the_officer", "12-hesitation-is-no-yes"]),
    (
        "a calendar CANCEL from a stranger",
        &[
            "a_strangers_cancellation_and_a_partys_own_invitation_are_shown_and_named_for_what_they_are",
            "63-a-day-on-which-much-goes-wrong",
        ],
    ),
    ("a command on a closed case", &["63-a-day-on-which-much-goes-wrong", "60-three-months-later"]),
    ("a command on a merged case", &["71-a-command-on-a-case-that-goes-on-elsewhere"]),
    ("a command on an erased case", &["67-a-file-is-erased"]),
    ("a program attached", &["63-a-day-on-which-much-goes-wrong"]),
    ("300 KB of pasted text", &["three_hundred_kilobytes_of_pasted_text_are_a_complaint_and_never_half_a_letter"]),
    (
        "emoji and text from right to left",
        &["63-a-day-on-which-much-goes-wrong", "what_a_person_wrote_never_becomes_markup_or_a_header_field"],
    ),
];

/// The names of all tests, conversations and broken mails.
fn names(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match path.extension().and_then(|ending| ending.to_str()) {
            _ if path.is_dir() => names(&path, found),
            Some("rs") if name != "bad_input.rs" => {
                let text = std::fs::read_to_string(&path).unwrap();
                let tests = text.lines().filter_map(|line| line.trim_start().trim_start_matches("async ").strip_prefix("fn "));
                found.extend(tests.filter_map(|line| line.split_once("()")).map(|(name, _)| name.to_owned()));
            }
            Some("txt") => found.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned())),
            Some("eml") => found.push(name),
            _ => {}
        }
    }
}

#[test]
fn whatever_goes_wrong_has_a_test_that_shows_what_becomes_of_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    names(&root.join("tests"), &mut found);
    names(&root.join("src"), &mut found);
    for (what, shown) in SHOWN {
        for shown in shown {
            assert!(found.iter().any(|name| name == shown), "{what}: there is no {shown}");
        }
    }
}
