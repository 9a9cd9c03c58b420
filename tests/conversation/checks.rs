//! What a script expects of a step, held beside what the product did.

use wederhoor::model::CaseNumber;

use crate::script::{Step, Then};
use crate::stage::{Letter, Stage, indented};

impl Stage<'_> {
    /// M87: what an officer sends to a party left exactly as the receipt showed it.
    pub(crate) fn as_announced(&self, sent: &[Letter]) -> Result<(), String> {
        let announced =
            ["message", "hearing", "reaction", "clarification", "invitation", "appointment", "referral-legal", "advice"];
        // The question that goes on to the other after a yes was announced in words: its day is not known before.
        let goes_on = |letter: &&Letter| {
            let complainant = self.person("complainant").map(|person| person.address.as_str());
            self.script.complainant_first && letter.kind == "invitation" && complainant != Ok(letter.to.as_str())
        };
        for letter in sent.iter().filter(|letter| announced.contains(&letter.kind.as_str()) && !goes_on(letter)) {
            let quoted = indented(&letter.text).replace("  |", ">");
            let shown = |receipt: &&Letter| {
                receipt.kind == "officer-receipt"
                    && receipt.text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").contains(quoted.trim_end())
            };
            if !self.letters.iter().any(|receipt| shown(&receipt)) {
                return Err(format!("no receipt showed this letter as it left:\n{quoted}"));
            }
        }
        Ok(())
    }

    /// How case and file stand after the step.
    pub(crate) async fn states(&self, step: &Step) -> Result<(), String> {
        for then in &step.then {
            match then {
                Then::Receives { .. } | Then::Nobody | Then::Attached(_) => {}
                Then::CaseIs(state) => {
                    let case = self.case().await?;
                    if case.phase.code() != state {
                        return Err(format!("the case is {}, not {state}", case.phase.code()));
                    }
                }
                Then::FileIs { forgotten } => {
                    let case = self.case().await?;
                    let mails = self.setup.store.mails_of_case(Some(case.number)).await.map_err(|error| error.to_string())?;
                    let letters = self.setup.store.letters_of_case(case.number).await.map_err(|error| error.to_string())?;
                    let empty = case.complainant.address.is_none()
                        && letters.is_empty()
                        && mails.iter().all(|mail| mail.record.raw.is_empty());
                    if empty != *forgotten {
                        return Err(format!("the file holds {} letters and {} mails", letters.len(), mails.len()));
                    }
                }
                Then::WordsAre { gone } => {
                    let number = self.case().await?.number;
                    let journal = self.setup.store.journal(number).await.map_err(|error| error.to_string())?;
                    let kept = journal.iter().any(|line| {
                        matches!(&line.entry, wederhoor::mediation::Entry::FollowUpAnswered { words, .. } if !words.is_empty())
                    });
                    if kept == *gone {
                        return Err("the words of the answer are not as the script says".to_owned());
                    }
                }
                Then::NothingKept(words) => {
                    let number = self.case().await?.number;
                    let mut kept = Vec::new();
                    for place in [Some(number), None] {
                        let mails = self.setup.store.mails_of_case(place).await.map_err(|error| error.to_string())?;
                        kept.extend(mails.into_iter().map(|mail| mail.record.raw));
                    }
                    let letters = self.setup.store.letters_of_case(number).await.map_err(|error| error.to_string())?;
                    kept.extend(letters.into_iter().map(|letter| letter.letter.bytes));
                    let journal = self.setup.store.journal(number).await.map_err(|error| error.to_string())?;
                    kept.push(serde_json::to_vec(&journal).map_err(|error| error.to_string())?);
                    if kept.iter().any(|bytes| String::from_utf8_lossy(bytes).contains(words.as_str())) {
                        return Err(format!("{words} is kept"));
                    }
                }
                Then::FollowUpIs { state, grade } => {
                    let case = self.case().await?;
                    let found = match case.follow_up {
                        wederhoor::mediation::FollowUp::Answered { grade, .. } => grade,
                        _ => None,
                    };
                    if case.follow_up.code() != state || (grade.is_some() && found != *grade) {
                        return Err(format!(
                            "the follow-up is {} with {found:?}, not {state} with {grade:?}",
                            case.follow_up.code()
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// Exactly the letters of the step went out.
    pub(crate) fn compare(&self, step: &Step, sent: &[Letter]) -> Result<(), String> {
        let mut expected: Vec<(String, String, Option<String>)> = Vec::new();
        for then in &step.then {
            match then {
                Then::Receives { who, letter, language } => {
                    expected.push((self.person(who)?.address.clone(), letter.clone(), language.clone()));
                }
                Then::Attached(name) if !sent.iter().any(|letter| letter.attachments.contains(name)) => {
                    let got: Vec<_> = sent.iter().flat_map(|letter| &letter.attachments).collect();
                    return Err(format!("{name} is not attached; attached is {got:?}"));
                }
                _ => {}
            }
        }
        let mut surplus: Vec<&Letter> = sent.iter().collect();
        for (to, letter, language) in expected {
            let fits =
                |sent: &&Letter| sent.to == to && sent.kind == letter && language.as_ref().is_none_or(|l| *l == sent.language);
            let Some(index) = surplus.iter().position(fits) else {
                let got: Vec<String> = sent.iter().map(|l| format!("{} {} {}", l.to, l.kind, l.language)).collect();
                return Err(format!("{to} did not receive {letter}; sent was {got:?}"));
            };
            surplus.remove(index);
        }
        match surplus.first() {
            Some(letter) => {
                let who = self
                    .script
                    .people
                    .iter()
                    .find(|person| person.address == letter.to)
                    .map_or(letter.to.as_str(), |person| &person.role);
                Err(format!("{who} receives {}, which the script does not expect", letter.kind))
            }
            None => Ok(()),
        }
    }

    async fn case(&self) -> Result<wederhoor::mediation::Case, String> {
        let year = self.script.steps[0].at.format("%Y").to_string().parse().map_err(|_| "a year")?;
        let number = CaseNumber::new(year, 1).map_err(|error| error.to_string())?;
        let mut cases = self.setup.store.cases(&[number]).await.map_err(|error| error.to_string())?;
        cases.remove(&number).map(|versioned| versioned.case).ok_or_else(|| format!("there is no case {number}"))
    }
}
