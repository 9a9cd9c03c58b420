//! What the operator sees.

use crate::house::House;

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
fn a_wrong_password_is_named_and_the_operator_is_told() {
    let house = House::new(|_| {});
    house.desk.set_password("een ander wachtwoord");
    let online = house.desk.command(&["check", "--online"]);
    assert_eq!(online.code, Some(78), "{}{}", online.output, online.log);
    assert!(online.output.contains("refuse"), "{}", online.output);

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
