//! Every clock of domain.md section 3 where the clock goes forward, where it goes back, and at the turn of the year.
//!
//! The scripts in `tests/conversations/` tell each clock's whole story once. Here each has its end behind those nights,
//! and what must be heard is heard at that moment: not before, and at its moment however the night was. The days are
//! worked out by hand: 29 March and 25 October 2026 are Sundays, 1 January 2027 is a Friday.

use chrono::TimeDelta;

use wederhoor::model::CaseNumber;

use crate::script;
use crate::stage::{Stage, instant};

/// Words of one letter, and when they are heard for the first time, in each season.
struct Heard {
    words: &'static [&'static str],
    first: [&'static str; 3],
}

struct Clock {
    name: &'static str,
    regime: &'static str,
    /// A script; `{0}`, `{1}` are the days of the season.
    acts: &'static [&'static str],
    days: [&'static [&'static str]; 3],
    heard: &'static [Heard],
}

const PEOPLE: &str = "complainant is Anna de Boer <anna.deboer@post.example>\nofficer is Marieke Smit <m.smit@voorbeeldzorg.example>\n\
                      deputy is Joost Bakker <j.bakker@voorbeeldzorg.example>\nrespondent is Bert Visser <b.visser@poli.example>\n";
const COMPLAINT: &str = "{0} 09:00 complainant writes \"Wachttijd\"\n  | Ik heb twee uur gewacht en niemand zei waarom.\n";
const ON_BEHALF: &str = "{0} 09:00 complainant writes \"Mijn buurvrouw\"\n  | Ik schrijf namens mijn buurvrouw. Zij kan zelf niet mailen. De thuiszorg kwam niet.\n";
const A_DEATH: &str =
    "{0} 09:00 complainant writes \"Mijn man\"\n  | Na de operatie is mijn man overleden door een fout. Hoe kon dat gebeuren?\n";
const CONTACTED: &str =
    "{0} 10:00 officer answers officer-new-case\n  | #gesproken\n  | #beklaagde Bert Visser <b.visser@poli.example>\n";
const HEARING: &str =
    "{0} 11:00 officer answers officer-new-case\n  | #wederhoor\n  | Wat is er gebeurd?\n{0} 11:02 time passes\n";
const SILENCE: &str = "Zwijgen is geen ja";

const CLOCKS: &[Clock] = &[
    Clock {
        name: "first contact: five working days",
        regime: "wkkgz",
        acts: &[COMPLAINT],
        days: [&["2026-03-23"], &["2026-10-19"], &["2026-12-28"]],
        heard: &[
            Heard {
                words: &["Het eerste contact moet nog", "Dat is vandaag"],
                first: ["2026-03-30 08:00", "2026-10-26 08:00", "2027-01-05 08:00"],
            },
            Heard {
                words: &["Het eerste contact is te laat"],
                first: ["2026-03-31 08:00", "2026-10-27 08:00", "2027-01-06 08:00"],
            },
        ],
    },
    Clock {
        name: "decision: six weeks, then on from a free day",
        regime: "wkkgz",
        acts: &[COMPLAINT, CONTACTED],
        days: [&["2026-02-15"], &["2026-09-13"], &["2026-11-20"]],
        heard: &[
            Heard {
                words: &["Het schriftelijke oordeel moet nog", "Dat is vandaag"],
                first: ["2026-03-30 08:00", "2026-10-26 08:00", "2027-01-04 08:00"],
            },
            Heard {
                words: &["Het schriftelijke oordeel is te laat"],
                first: ["2026-03-31 08:00", "2026-10-27 08:00", "2027-01-05 08:00"],
            },
        ],
    },
    Clock {
        name: "extended decision: ten weeks from the first day",
        regime: "awb",
        acts: &[
            COMPLAINT,
            CONTACTED,
            "{1} 10:00 officer answers officer-new-case\n  | #verdaging Er moet nog iemand worden gehoord.\n",
        ],
        days: [&["2026-01-18", "2026-02-27"], &["2026-08-16", "2026-09-25"], &["2026-10-23", "2026-12-02"]],
        heard: &[
            Heard {
                words: &["Het schriftelijke oordeel moet nog", "Dat is vandaag"],
                first: ["2026-03-30 08:00", "2026-10-26 08:00", "2027-01-04 08:00"],
            },
            Heard {
                words: &["Het schriftelijke oordeel is te laat"],
                first: ["2026-03-31 08:00", "2026-10-27 08:00", "2027-01-05 08:00"],
            },
        ],
    },
    Clock {
        name: "refusal notice: four weeks",
        regime: "awb",
        acts: &[COMPLAINT, "{0} 10:00 time passes\n"],
        days: [&["2026-03-01"], &["2026-09-27"], &["2026-12-04"]],
        heard: &[Heard {
            words: &["bericht dat de klacht niet wordt behandeld", "Dat is vandaag"],
            first: ["2026-03-30 08:00", "2026-10-26 08:00", "2027-01-04 08:00"],
        }],
    },
    Clock {
        name: "provider's measures: one month",
        regime: "jeugdwet",
        acts: &[COMPLAINT, CONTACTED, "{0} 11:00 officer answers officer-new-case\n  | #oordeel\n"],
        days: [&["2026-02-28"], &["2026-09-25"], &["2026-12-01"]],
        heard: &[
            Heard {
                words: &["Nog te doen: bericht wat er met het oordeel gebeurt", "Dat is vandaag"],
                first: ["2026-03-30 08:00", "2026-10-26 08:00", "2027-01-04 08:00"],
            },
            Heard {
                words: &["Te laat: bericht wat er met het oordeel gebeurt"],
                first: ["2026-03-31 08:00", "2026-10-27 08:00", "2027-01-05 08:00"],
            },
        ],
    },
    Clock {
        name: "calamity report: three working days",
        regime: "wkkgz",
        acts: &[A_DEATH, CONTACTED, "{0} 11:00 officer answers officer-new-case\n  | #bevestig calamiteit\n"],
        days: [&["2026-03-25"], &["2026-10-21"], &["2026-12-29"]],
        heard: &[Heard {
            words: &["melding van de calamiteit", "Dat is vandaag"],
            first: ["2026-03-30 08:00", "2026-10-26 08:00", "2027-01-04 08:00"],
        }],
    },
    Clock {
        name: "calamity in doubt: six weeks",
        regime: "wkkgz",
        acts: &[A_DEATH, CONTACTED],
        days: [&["2026-02-16"], &["2026-09-14"], &["2026-11-23"]],
        heard: &[Heard {
            words: &["vaststellen of het een calamiteit is", "Dat is vandaag"],
            first: ["2026-03-30 08:00", "2026-10-26 08:00", "2027-01-04 08:00"],
        }],
    },
    Clock {
        name: "clarification: fourteen days",
        regime: "wkkgz",
        acts: &[
            COMPLAINT,
            CONTACTED,
            "{0} 11:00 officer answers officer-new-case\n  | #verduidelijking\n  | Op welke dag was dit?\n",
        ],
        days: [&["2026-03-15"], &["2026-10-11"], &["2026-12-18"]],
        heard: &[
            Heard {
                words: &["Vorige week stelden wij u een vraag"],
                first: ["2026-03-23 09:00", "2026-10-19 09:00", "2026-12-28 09:00"],
            },
            Heard {
                words: &["wacht op verduidelijking van de klager", SILENCE],
                first: ["2026-03-30 09:00", "2026-10-26 09:00", "2027-01-04 09:00"],
            },
        ],
    },
    Clock {
        name: "authorisation: twenty-one days",
        regime: "wkkgz",
        acts: &[ON_BEHALF, CONTACTED, "{0} 11:00 officer answers officer-new-case\n  | #machtiging vragen\n"],
        days: [&["2026-03-08"], &["2026-10-04"], &["2026-12-11"]],
        heard: &[Heard {
            words: &["wacht op een machtiging", SILENCE],
            first: ["2026-03-30 09:00", "2026-10-26 09:00", "2027-01-04 09:00"],
        }],
    },
    Clock {
        name: "satisfaction answer: fourteen days",
        regime: "wkkgz",
        acts: &[
            COMPLAINT,
            CONTACTED,
            HEARING,
            "{0} 12:00 respondent answers hearing\n  | Er was een spoedgeval.\n",
            "{0} 13:00 officer answers officer-further-mail\n  | #doorgeven\n  | Er was een spoedgeval.\n",
        ],
        days: [&["2026-03-15"], &["2026-10-11"], &["2026-12-18"]],
        heard: &[Heard {
            words: &["wacht op de klager na de reactie", SILENCE],
            first: ["2026-03-30 09:00", "2026-10-26 09:00", "2027-01-04 09:00"],
        }],
    },
    Clock {
        name: "respondent's reaction: ten working days, a reminder, ten more",
        regime: "wkkgz",
        acts: &[COMPLAINT, CONTACTED, HEARING],
        days: [&["2026-03-13"], &["2026-10-09"], &["2026-12-16"]],
        heard: &[
            Heard {
                words: &["Wij vroegen u hoe u iets heeft gezien"],
                first: ["2026-03-30 09:00", "2026-10-26 09:00", "2027-01-04 09:00"],
            },
            Heard { words: &[SILENCE], first: ["2026-04-16 09:00", "2026-11-10 09:00", "2027-01-19 09:00"] },
        ],
    },
    Clock {
        name: "consent: ten working days",
        regime: "wkkgz",
        acts: &[COMPLAINT, CONTACTED, "{0} 11:00 officer answers officer-new-case\n  | #bemiddeling\n"],
        days: [&["2026-03-13"], &["2026-10-09"], &["2026-12-16"]],
        heard: &[Heard {
            words: &["wacht op ja of nee voor een gesprek", SILENCE],
            first: ["2026-03-30 09:00", "2026-10-26 09:00", "2027-01-04 09:00"],
        }],
    },
    Clock {
        name: "progress news: fourteen days",
        regime: "general",
        acts: &[COMPLAINT, CONTACTED],
        days: [&["2026-03-15"], &["2026-10-11"], &["2026-12-18"]],
        heard: &[Heard { words: &["dagen niets"], first: ["2026-03-30 08:00", "2026-10-26 08:00", "2027-01-04 08:00"] }],
    },
    Clock {
        name: "follow-up: twenty-eight days, then a working day",
        regime: "wkkgz",
        acts: &[COMPLAINT, CONTACTED, "{0} 11:00 officer answers officer-new-case\n  | #sluiten tevreden\n"],
        days: [&["2026-03-01"], &["2026-09-27"], &["2026-12-04"]],
        heard: &[Heard { words: &["cijfer"], first: ["2026-03-30 09:00", "2026-10-26 09:00", "2027-01-04 09:00"] }],
    },
    Clock {
        name: "access request: one month",
        regime: "wkkgz",
        acts: &[COMPLAINT, CONTACTED, "{0} 11:00 officer answers officer-new-case\n  | #inzage Anna de Boer {0}\n"],
        days: [&["2026-02-28"], &["2026-09-26"], &["2026-12-01"]],
        heard: &[Heard {
            words: &["Te laat: antwoord op een verzoek om inzage"],
            first: ["2026-03-30 08:00", "2026-10-27 08:00", "2027-01-04 08:00"],
        }],
    },
    Clock {
        name: "retention: two years",
        regime: "wkkgz",
        acts: &[
            COMPLAINT,
            CONTACTED,
            "{0} 11:00 officer answers officer-new-case\n  | #sluiten tevreden\n",
            "{1} 23:59 time passes\nthen the file is kept\n{2} 12:00 time passes\nthen the file is forgotten\n",
        ],
        days: [
            &["2024-03-29", "2026-03-28", "2026-03-31"],
            &["2024-10-25", "2026-10-24", "2026-10-27"],
            &["2024-12-31", "2026-12-30", "2027-01-04"],
        ],
        heard: &[],
    },
    Clock {
        name: "words of the answer to the follow-up: one year",
        regime: "wkkgz",
        acts: &[
            COMPLAINT,
            CONTACTED,
            "{0} 11:00 officer answers officer-new-case\n  | #sluiten tevreden\n",
            "{1} 20:00 complainant answers follow-up\n  | 8, er werd geluisterd\n",
            "{2} 23:59 time passes\nthen the words of the answer are kept\n{3} 12:00 time passes\nthen the words of the answer are gone\n",
        ],
        days: [
            &["2025-02-01", "2025-03-29", "2026-03-28", "2026-03-30"],
            &["2025-09-01", "2025-10-25", "2026-10-24", "2026-10-26"],
            &["2025-11-20", "2025-12-31", "2026-12-30", "2027-01-04"],
        ],
        heard: &[],
    },
];

const SEASONS: [&str; 3] = ["where the clock goes forward", "where the clock goes back", "at the turn of the year"];

async fn plays(clock: &Clock, season: usize) -> Result<(), String> {
    let mut text = format!("{}\nRegime {}\n{PEOPLE}{}", clock.name, clock.regime, clock.acts.concat());
    for (place, day) in clock.days[season].iter().enumerate() {
        text = text.replace(&format!("{{{place}}}"), day);
    }
    let script = script::read(&text)?;
    let mut stage = Stage::open(&script).await?;
    let mut heard: Vec<(String, String)> = Vec::new();
    let last = clock.heard.iter().map(|heard| heard.first[season]).max();
    let end = last.map(|last| script::moment(last).map(|last| instant(last + TimeDelta::days(3)))).transpose()?;
    for step in script.steps.iter().map(Some).chain([None]) {
        let Some(until) = step.map(|step| instant(step.at)).or(end) else { break };
        let mut sent = Vec::new();
        while let Some((_, letters)) = stage.next_strike(until).await? {
            sent.extend(letters.into_iter().map(|letter| (stage.civil_now(), letter)));
        }
        if let Some(step) = step {
            let letters = stage.act(step).await?;
            sent.extend(letters.into_iter().map(|letter| (stage.civil_now(), letter)));
            stage.states(step).await.map_err(|why| format!("on {}: {why}", step.at))?;
        }
        heard.extend(sent.into_iter().map(|(at, letter)| (at, format!("{} {}\n{}", letter.to, letter.kind, letter.text))));
    }
    for expected in clock.heard {
        let first = heard.iter().find(|(_, text)| expected.words.iter().all(|words| text.contains(words)));
        let got = first.map_or("never", |(at, _)| at.as_str());
        if got != expected.first[season] {
            let all: Vec<String> =
                heard.iter().map(|(at, text)| format!("{at} {}", text.lines().take(5).collect::<Vec<_>>().join(" "))).collect();
            return Err(format!("{:?} was heard {got}, not {}\n  {}", expected.words, expected.first[season], all.join("\n  ")));
        }
        // What is late is said again each morning; all else once to each who is to hear it.
        let mut told: Vec<&str> = heard
            .iter()
            .filter(|(_, text)| expected.words.iter().all(|words| text.contains(words)))
            .filter_map(|(_, text)| text.split(' ').next())
            .collect();
        let times = told.len();
        told.sort_unstable();
        told.dedup();
        if times != told.len() && !expected.words[0].to_lowercase().contains("te laat") {
            return Err(format!("{:?} was heard {times} times by {told:?}", expected.words));
        }
    }
    Ok(())
}

#[test]
fn every_clock_strikes_at_its_moment_over_both_nights_of_the_clock_and_the_turn_of_the_year() {
    let of = |clock: &Clock, season: usize| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(plays(clock, season));
        outcome.err().map(|why| format!("{}, {}: {why}", clock.name, SEASONS[season]))
    };
    let mut failures = Vec::new();
    for clock in CLOCKS {
        // The three seasons beside each other: each has a desk, a database and a clock of its own.
        failures.extend(std::thread::scope(|scope| {
            let handles = [0, 1, 2].map(|season| scope.spawn(move || of(clock, season)));
            handles.into_iter().filter_map(|handle| handle.join().unwrap()).collect::<Vec<_>>()
        }));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

/// An hour is an hour, also in the night that has one too few or one too many, and over midnight. On a free day, which
/// these are, what answers a sign of danger is watched alone.
#[test]
fn an_unsent_confirmation_is_told_after_an_hour_on_every_night() {
    for (arrives, before, after) in [
        ("2026-03-29 01:45", "2026-03-29 03:44", "2026-03-29 03:46"),
        ("2026-10-25 01:45", "2026-10-25 02:44", "2026-10-25 02:46"),
        ("2026-12-31 23:45", "2027-01-01 00:44", "2027-01-01 00:46"),
    ] {
        let text = format!(
            "a confirmation that does not leave\n{PEOPLE}{} 00:10 the mail server takes nothing\n\
             {}{before} time passes\n{after} time passes\n",
            &arrives[..10],
            A_DEATH.replace("{0} 09:00", arrives)
        );
        let script = script::read(&text).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut stage = Stage::open(&script).await.unwrap();
            let mut alarms = Vec::new();
            for step in &script.steps {
                stage.act(step).await.unwrap();
                let number = CaseNumber::new(2026, 1).unwrap();
                let letters = stage.setup.store.letters_of_case(number).await.unwrap();
                alarms.push(letters.iter().filter(|letter| letter.letter.kind.template() == "officer-alarm").count());
            }
            assert_eq!(alarms, [0, 0, 0, 2], "officer and deputy hear of it, arrived at {arrives}");
        });
    }
}
