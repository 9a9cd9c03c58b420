//! What the operator sees.

use crate::house::House;

/// `check --online` finds a fault, and says all of this about it.
fn check_online_says(house: &House, words: &[&str]) {
    let online = house.desk.command(&["check", "--online"]);
    assert_eq!(online.code, Some(78), "{}{}", online.output, online.log);
    for words in words {
        assert!(online.output.contains(words), "{words}: {}", online.output);
    }
}

#[test]
fn a_sound_installation_is_found_sound_also_online() {
    let house = House::new(|_| {});
    for arguments in [&["check"][..], &["check", "--online"]] {
        let ended = house.desk.command(arguments);
        assert_eq!(ended.code, Some(0), "{}{}", ended.output, ended.log);
        assert!(ended.output.contains("all is well"), "{}", ended.output);
    }
}

#[test]
fn a_mail_of_the_desk_to_itself_shows_what_the_mail_server_does_and_leaves_no_trace() {
    let house = House::new(|_| {});
    let online = house.desk.command(&["check", "--online"]);
    assert_eq!(online.code, Some(0), "{}{}", online.output, online.log);
    assert!(online.output.contains("mail to itself: came back"), "{}", online.output);
    assert!(online.output.contains("note: DKIM: no signature"), "{}", online.output);
    // The daemon knows the mail as its own: it becomes no case, and nobody is answered (M11).
    let once = house.desk.command(&["run", "--once"]);
    assert_eq!(once.code, Some(0), "{}", once.log);
    let cases = house.desk.command(&["cases", "--json"]);
    assert_eq!((cases.code, cases.output.trim()), (Some(0), ""), "{}", cases.output);
    assert_eq!(house.dovecot.mails("klachten", "INBOX").len(), 0);
    assert_eq!(house.dovecot.mails("klachten", "Verwerkt").len(), 1);
    assert!(house.letters_of("officier").is_empty() && house.letters_of("beheer").is_empty());
}

#[test]
fn a_mail_server_whose_word_can_be_forged_is_told_to_be_not_safe() {
    // This Postfix writes no Authentication-Results and lets those of others through.
    let house = House::new(|wiring| {
        wiring.submission.push_str("\n[desk.authentication]\nauthserv_id = \"mx.voorbeeldzorg.example\"");
    });
    check_online_says(&house, &["authentication: not safe", "dkim = true"]);
}

#[test]
fn a_mail_server_without_sub_addressing_is_named() {
    let house = House::new(|wiring| wiring.separator = Some('='));
    check_online_says(&house, &["does not take mail for an address such as the cases", "separator"]);
}

#[test]
fn a_wrong_password_is_named_and_the_operator_is_told() {
    let house = House::new(|_| {});
    house.desk.set_password("een ander wachtwoord");
    check_online_says(&house, &["refuse"]);

    let once = house.desk.command(&["run", "--once"]);
    assert_eq!(once.code, Some(78), "{}", once.log);
    assert!(once.log.contains("password"), "{}", once.log);
    let alarm = house.nth_letter("beheer", 1, || once.log.clone());
    assert!(alarm.text.contains("klachten@voorbeeldzorg.example"), "{alarm:?}");

    // The daemon goes on trying, says it is not well, and does not write again for the same trouble (M178).
    let daemon = house.desk.daemon();
    daemon.wait_for_log("the mailbox is tried again later");
    house.desk.set_password(crate::dovecot::PASSWORD);
    let ended = daemon.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    assert_eq!(house.letters_of("beheer").len(), 1);

    let once = house.desk.command(&["run", "--once"]);
    assert_eq!(once.code, Some(0), "{}", once.log);
}
