//! Message: from raw bytes to facts and problems.
//!
//! Takes bytes, gives [`MailFacts`]. It never fails: an unreadable mail is an event too (M93). It is pure
//! and knows no case: it names clues to the case ([`Clue`]), the shell asks the store.
//!
//! [`understand()`] asks its questions in one order: the parts of the mail (`structure`, within limits), what a person
//! reads of it (`body`), who wrote it (`author`), what it is (`bounce` with `delivery_status` and `returned`, `calendar`, `automatic`), which case it may
//! belong to (`identification`), what the author newly said (`own_text`) and what that is about (`triage`). The words
//! it goes by are data under `config/words/` and `config/triage/`.

mod attachments;
mod authentication;
mod author;
mod automatic;
mod body;
mod bounce;
mod calendar;
mod charset;
mod content_key;
mod delivery_status;
mod facts;
mod fields;
mod flowed;
mod forwarded;
mod header;
mod html;
mod identification;
mod inspect;
mod language;
mod machine_words;
mod own_text;
mod returned;
mod sealed;
mod structure;
mod subject;
mod tnef;
pub mod triage;
mod understand;
mod words;

pub use authentication::{ServerWord, TrustedServer, has_detail, has_only_author, is_aligned, vouches, word_of_server};
pub use facts::{
    Attachment, Bounce, CalendarAnswer, CalendarMethod, CalendarProblem, CalendarTime, Clue, Cut, CutReason, Finding, MailClass,
    MailFacts, OwnAddresses, Participation, Problem, ProposedTime, Silence, Triage,
};
pub use fields::header_fields;
pub use forwarded::forwarded_author;
pub use inspect::inspect_json;
pub use subject::base_subject;
pub use understand::understand;
pub use words::{Words, WordsError};
