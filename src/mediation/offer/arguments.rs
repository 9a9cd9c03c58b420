//! What stands behind each command, found around its cue.

use super::CaseFacts;
use super::compose::Hit;
use super::cues::Offers;
use super::parties::Target;
use super::reading::{Mark, Note, Sentence};
use super::{outcome, place, reason, times};

/// Writes the lines of a hit.
pub(super) struct Writer<'a> {
    pub note: &'a Note<'a>,
    pub facts: &'a CaseFacts,
    pub offers: &'a Offers,
    pub hits: &'a [Hit],
}

impl Writer<'_> {
    /// The command lines of a hit; none where what the command needs is not there.
    pub fn lines(&self, hit: &Hit) -> Vec<String> {
        let one = |line: Option<String>| line.into_iter().collect::<Vec<_>>();
        match hit.offer.as_str() {
            "contacted" => one(self.contacted(hit)),
            "held" => one(Some(self.held(hit))),
            "not_held" => {
                let day = times::past_day(self.note, hit, self.facts, self.offers).unwrap_or(self.facts.today);
                one(Some(format!("#niet-gehouden {day} {}", outcome::not_held(self.note, hit, self.offers))))
            }
            "decision" => {
                let day = times::past_day(self.note, hit, self.facts, self.offers);
                one(Some(joined("#oordeel", day.map(|day| day.to_string()).into_iter().collect())))
            }
            "withdrawn" => one(Some("#ingetrokken".to_owned())),
            "respondent_record" => self.record(hit),
            "hear" => self.with_respondents("#wederhoor", hit),
            "mediation" => self.with_respondents("#bemiddeling", hit),
            "release" => one(Some("#doorgeven".to_owned())),
            "appointment" => one(self.appointment(hit)),
            "appointment_again" => one(self.appointment_again(hit)),
            "move" => one(self.moved(hit)),
            "cancel" => one(Some("#annuleer".to_owned())),
            "agreements" => one(Some("#afspraken".to_owned())),
            "close" => one(Some(format!("#sluiten {}", outcome::closing(self.note, hit, self.offers)))),
            "reopen" => one(Some("#heropenen".to_owned())),
            "merge" => one(self.number(hit).map(|number| format!("#samenvoegen {number}"))),
            "split" => one(Some("#splitsen".to_owned())),
            "assign" => one(self.colleague(hit).map(|name| format!("#overdragen {name}"))),
            "no_follow_up" => one(Some(joined("#geen-nameting", self.reason(hit).into_iter().collect()))),
            "stop" => one(Some("#stop".to_owned())),
            "status" => one(Some("#status".to_owned())),
            "file" => one(Some("#dossier".to_owned())),
            "access" => one(Some("#inzage".to_owned())),
            "erase" => one(Some("#wissen".to_owned())),
            "list" => one(Some("#lijst".to_owned())),
            "help" => one(Some("#help".to_owned())),
            "report" => one(Some(joined("#rapport", self.period(hit).into_iter().collect()))),
            "register" => one(Some(self.registration(hit))),
            "kinds" => one(self.corrected("#soort", "kind.", hit)),
            "purposes" => one(self.corrected("#doel", "purpose.", hit)),
            "language" => one(self.language(hit)),
            "flag" | "flag_fact" => self.flag("#markeer", hit),
            "confirm" => self.flag(if self.facts.state == "HOLD" { "#bevestig" } else { "#markeer" }, hit),
            "clear" => self.cleared(hit),
            "authorisation" => one(self.authorisation(hit)),
            "clarify" => one(self.clarify(hit)),
            "advice" => self.advice(hit),
            "refer" => self.refer(hit),
            "extend" => one(Some(joined("#verdaging", self.reason_for_more_time(hit).into_iter().collect()))),
            "tell" => self.tell(hit),
            _ => Vec::new(),
        }
    }

    pub(super) fn sentence(&self, hit: &Hit) -> Option<&Sentence> {
        self.note.sentences.get(hit.sentence)
    }

    pub(super) fn marked(&self, hit: &Hit) -> &str {
        self.sentence(hit).map(|sentence| sentence.marked.as_str()).unwrap_or_default()
    }

    pub(super) fn cue(&self, hit: &Hit) -> &str {
        self.marked(hit).get(hit.at.clone()).unwrap_or_default()
    }

    /// A reason behind the cue, or in the next sentence where that asks for nothing itself.
    pub(super) fn reason(&self, hit: &Hit) -> Option<String> {
        let next_is_free = !self.hits.iter().any(|other| other.sentence == hit.sentence + 1);
        reason::of(self.note, hit, next_is_free, self.offers)
    }

    /// "Six weeks is too short, the doctor is away. Please extend.": the reason may stand before the request, where that
    /// sentence speaks of the term.
    fn reason_for_more_time(&self, hit: &Hit) -> Option<String> {
        let before = hit.sentence.checked_sub(1).and_then(|at| self.note.sentences.get(at));
        let speaks_of_term = before.is_some_and(|sentence| self.offers.says("extend.term", &sentence.marked));
        self.reason(hit).or_else(|| if speaks_of_term { reason::before(self.note, hit, self.offers) } else { None })
    }

    fn contacted(&self, hit: &Hit) -> Option<String> {
        // "de teamleider gesproken": somebody else.
        if self.offers.says("spoken.else", self.cue(hit)) && !self.cue(hit).contains(" @k ") {
            return None;
        }
        let day = times::past_day(self.note, hit, self.facts, self.offers);
        Some(joined("#gesproken", day.map(|day| day.to_string()).into_iter().collect()))
    }

    fn held(&self, hit: &Hit) -> String {
        // Without a day in its own sentence: a recent one beside it; days of agreements lie elsewhere.
        let beside = || {
            let near = [hit.sentence + 1, hit.sentence.wrapping_sub(1)].into_iter();
            near.filter_map(|at| Some((at, self.note.sentences.get(at)?)))
                .filter(|(_, sentence)| !sentence.in_list)
                .map(|(at, sentence)| Hit { sentence: at, at: 0..sentence.marked.len(), offer: hit.offer.clone() })
                .find_map(|hit| times::past_day(self.note, &hit, self.facts, self.offers))
                .filter(|day| (self.facts.today - *day).num_days() < 32)
        };
        let day = times::past_day(self.note, hit, self.facts, self.offers).or_else(beside);
        let result = outcome::outcome(self.note, hit, self.offers).unwrap_or("onbekend");
        format!("#gehouden {} {result}", day.unwrap_or(self.facts.today))
    }

    fn appointment(&self, hit: &Hit) -> Option<String> {
        let sentences = self.neighbours(hit);
        let (moment, used) = times::moment(self.note, &sentences, self.facts, self.offers);
        moment.date?;
        let place = place::place(self.note, &sentences, &used, self.offers);
        moment.time.is_some().then_some(()).or_else(|| place.as_ref().map(|_| ()))?;
        Some(joined("#afspraak", moment.words().into_iter().chain(place).collect()))
    }

    fn appointment_again(&self, hit: &Hit) -> Option<String> {
        if !self.hits.iter().any(|other| other.offer == "not_held") {
            return None;
        }
        let start = self.hits.iter().find(|other| other.offer == "not_held").map_or(0, |other| other.sentence + 1);
        let sentences: Vec<usize> = (start.min(hit.sentence)..self.note.sentences.len()).collect();
        let (moment, used) = times::moment(self.note, &sentences, self.facts, self.offers);
        moment.date?;
        let place = place::place(self.note, &sentences, &used, self.offers);
        Some(joined("#afspraak", moment.words().into_iter().chain(place).collect()))
    }

    fn moved(&self, hit: &Hit) -> Option<String> {
        let sentences = self.neighbours(hit);
        let (moment, used) = times::moment(self.note, &sentences, self.facts, self.offers);
        let place = place::place(self.note, &[hit.sentence], &used, self.offers)
            .or_else(|| place::place(self.note, &sentences, &used, self.offers));
        let words: Vec<String> = moment.words().into_iter().chain(place).collect();
        (!words.is_empty()).then(|| joined("#verzet", words))
    }

    /// The sentence of a hit, those behind it, and then those before it.
    fn neighbours(&self, hit: &Hit) -> Vec<usize> {
        let behind = hit.sentence..self.note.sentences.len().min(hit.sentence + 3);
        let before = (hit.sentence.saturating_sub(2)..hit.sentence).rev();
        behind.chain(before).collect()
    }

    fn number(&self, hit: &Hit) -> Option<String> {
        let in_note = |sentence: &Sentence| {
            sentence
                .pieces
                .iter()
                .find(|piece| piece.mark == Mark::Number)
                .map(|piece| self.note.written(piece.tokens.clone()).to_owned())
        };
        self.sentence(hit).and_then(in_note).or_else(|| self.note.sentences.iter().find_map(in_note))
    }

    fn clarify(&self, hit: &Hit) -> Option<String> {
        // A question to a respondent is a message to that respondent.
        let to_respondent = matches!(self.target(hit), Some(Target::Respondent(_)));
        (!to_respondent).then(|| "#verduidelijking".to_owned())
    }
}

/// A command and what stands behind it.
pub(super) fn joined(command: &str, words: Vec<String>) -> String {
    std::iter::once(command.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
