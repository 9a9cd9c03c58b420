//! The project's own labelled mails, as `cargo bench --bench understanding` measures them: each of these was once read
//! wrongly by somebody, and none may be again.

#[path = "../../benches/understanding/labelled.rs"]
#[expect(clippy::module_inception, reason = "the bench calls it so, and its other parts look for it there")]
mod labelled;
#[path = "../../benches/understanding/machines.rs"]
#[expect(dead_code, clippy::print_stdout, reason = "the bench prints it as well")]
mod machines;

use super::folder;

#[test]
fn no_person_is_taken_for_a_machine_and_no_machine_for_a_person() {
    let readings = labelled::read(&folder("labelled"), labelled::DESK);
    assert!(readings.len() >= 200, "the labelled mails are there: {}", readings.len());
    let measured = machines::measure(&readings);
    assert_eq!(measured.wrong, Vec::<String>::new());
    assert_eq!((measured.false_alarms, measured.delays_as_failures), (0, 0));
}

/// Line ends are no evidence.
#[test]
fn labelled_mails_are_read_the_same_as_they_come_from_the_wire() {
    for reading in labelled::read(&folder("labelled"), labelled::DESK) {
        let mail = std::fs::read_to_string(&reading.path).unwrap();
        let wired = super::read(&mail.replace('\n', "\r\n"));
        assert_eq!((wired.class, wired.bounce), (reading.facts.class, reading.facts.bounce), "{}", reading.path.display());
    }
}
