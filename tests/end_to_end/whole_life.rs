//! The whole life of a complaint, on both databases.

use std::io::{Read, Write};
use std::net::TcpStream;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::house::{COMPLAINANT, House};
use crate::postfix::free_ports;
use crate::postgres::Postgres;
use crate::program::{DESK, OFFICER, Process, wait_for};

const COMPLAINT: &str = "Goedemorgen,\r\n\r\nIk heb vrijdag twee uur gewacht op de oogpoli en niemand zei waarom.\r\n\
                         Ik wil graag weten hoe dat kon.\r\n\r\nAnna de Boer";

/// Asks the daemon's own pages.
fn page(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The only case there is, once it is in this state.
fn case_in_state(house: &House, state: &str, log: impl Fn() -> String) -> Value {
    let only = || house.desk.cases().into_iter().find(|case| case["state"] == state);
    wait_for(&format!("a case in state {state}"), only, log)
}

/// From the complaint to the closing letter; gives the moment at which the follow-up is due.
fn until_closed(house: &House, daemons: &[&Process]) -> DateTime<Utc> {
    let logs = || daemons.iter().map(|daemon| daemon.log()).collect::<Vec<_>>().join("\n");
    house.send(COMPLAINANT, DESK, "Wachttijd oogpoli", "", COMPLAINT);
    let acknowledgement = house.nth_letter("klager", 1, logs);
    let notice = house.nth_letter("officier", 1, logs);
    let case = case_in_state(house, "INTAKE", logs);
    let number = case["number"].as_str().unwrap();
    assert!(acknowledgement.subject.contains(number), "{acknowledgement:?}");
    assert!(acknowledgement.text.contains("010-0000000"), "a human being can be called (R28): {acknowledgement:?}");
    assert!(notice.text.contains("twee uur gewacht"), "{notice:?}");
    assert!(notice.reply_to.starts_with("klachten+"), "the file address is a sub-address: {notice:?}");
    assert_eq!(case["complainant"]["address"], COMPLAINANT);

    // The officer's answer comes back through Postfix by the sub-address, and the case is found by it.
    house.answer(OFFICER, &notice, "#gesproken\r\n#sluiten tevreden");
    let closing = house.nth_letter("klager", 2, logs);
    assert!(closing.subject.contains(number), "{closing:?}");
    let case = case_in_state(house, "CLOSED", logs);
    assert_eq!((&case["outcome"], &case["follow_up"]["state"]), (&Value::from("satisfied"), &Value::from("planned")), "{case:#}");
    let due: DateTime<Utc> = case["follow_up"]["due_at"].as_str().unwrap().parse().unwrap();
    let closed: DateTime<Utc> = case["closed_at"].as_str().unwrap().parse().unwrap();
    assert!(due - closed > TimeDelta::days(27) && due - closed < TimeDelta::days(40), "{due} after {closed}");

    // Whatever was sent is recorded with its attempts.
    let whole = house.desk.case(number);
    for letter in whole["letters"].as_array().unwrap() {
        assert_eq!(letter["state"], "sent", "{letter:#}");
        assert_eq!(letter["attempts"][0]["outcome"], "accepted", "{letter:#}");
    }
    wait_for("an empty mailbox", || (house.dovecot.folder_count("klachten", "INBOX") == 0).then_some(()), logs);
    assert_eq!(house.dovecot.folder_count("klachten", "Verwerkt"), 2);
    due
}

/// The follow-up, by every way in which it might go out twice, and its answer.
fn followed_up_once(house: &House, due: DateTime<Utc>) {
    let at = (due + TimeDelta::minutes(5)).to_rfc3339();
    let before = house.letters_of("klager").len();
    // Two at once, then once more, then a week later.
    let [one, other] = [(); 2].map(|()| house.desk.begin(&["run", "--once", "--at", &at])).map(Process::end);
    assert_eq!((one.code, other.code), (Some(0), Some(0)), "{}\n{}", one.log, other.log);
    let letter = house.nth_letter("klager", before + 1, String::new);
    let later = (due + TimeDelta::days(7)).to_rfc3339();
    for moment in [&at, &later] {
        let again = house.desk.command(&["run", "--once", "--at", moment]);
        assert_eq!(again.code, Some(0), "{}", again.log);
    }
    assert_eq!(house.letters_of("klager").len(), before + 1, "a follow-up goes out once, ever (I4)");
    let case = house.desk.cases().remove(0);
    assert_eq!(case["follow_up"]["state"], "sent", "{case:#}");

    let told = house.letters_of("officier").len();
    house.answer(COMPLAINANT, &letter, "8, goed geholpen maar het duurde lang");
    let answered = || {
        let ended = house.desk.command(&["run", "--once", "--at", &later]);
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        let case = house.desk.cases().remove(0);
        (case["follow_up"]["state"] == "answered").then_some(case)
    };
    let case = wait_for("the answer to the follow-up", answered, || house.postfix.log());
    assert_eq!(case["follow_up"]["grade"], 8, "{case:#}");
    let notice = house.nth_letter("officier", told + 1, String::new);
    assert!(notice.text.contains("goed geholpen"), "{notice:?}");
    assert_eq!(house.letters_of("klager").len(), before + 1, "an answer to the follow-up is not answered");
}

#[test]
fn a_complaint_is_confirmed_closed_and_followed_up_once() {
    let [port] = free_ports();
    let house = House::new(|wiring| wiring.listen = Some(port));
    let daemon = house.desk.daemon();
    let listens = || page(port, "/metrics").contains("mailbox_last_contact_timestamp_seconds{").then_some(());
    wait_for("the daemon to listen to its mailbox", listens, || daemon.log());
    let due = until_closed(&house, &[&daemon]);

    let well = page(port, "/healthz");
    assert!(well.starts_with("HTTP/1.1 200") && well.ends_with("well\n"), "{well}");
    let metrics = page(port, "/metrics");
    for line in [
        "wederhoor_cases_opened_total{desk=\"klachten@voorbeeldzorg.example\"} 1",
        "wederhoor_letters_total{letter=\"acknowledgement\",outcome=\"accepted\"} 1",
        "wederhoor_notice_to_accepted_seconds_count 1",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }

    let ended = daemon.terminate();
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    followed_up_once(&house, due);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_on_one_postgresql_do_everything_once() {
    let server = Postgres::start();
    let database = server.database().await;
    let house = House::new(|wiring| wiring.database = Some(database));
    let daemons = [house.desk.daemon(), house.desk.daemon()];
    let due = until_closed(&house, &[&daemons[0], &daemons[1]]);
    for user in ["klager", "officier"] {
        let mut ids: Vec<String> = house.letters_of(user).into_iter().map(|letter| letter.message_id).collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all, "{user} has a letter twice");
    }
    for ended in daemons.map(Process::terminate) {
        assert_eq!(ended.code, Some(0), "{}", ended.log);
    }
    followed_up_once(&house, due);
}
