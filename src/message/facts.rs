//! What is known about one mail once it has been read.

use serde::{Deserialize, Serialize};

pub use super::calendar::answer::{CalendarAnswer, CalendarMethod, CalendarProblem, CalendarTime, Participation, ProposedTime};

use crate::model::{
    CaseNumber, ComplaintKind, ContentKey, Flag, Instant, Intent, LetterId, MailAddress, Mailbox, MessageId, Purpose, Token,
};

/// M1: what a mail is, decided once, bounce first. Everything that sends asks this value, never the
/// headers again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailClass {
    /// A person wrote it, or may have (M34).
    Human,
    /// Nobody typed it: out of office, ticket systems, challenges.
    AutoReply,
    /// A letter could not be delivered (RFC 3464, action failed).
    Bounce,
    /// A letter is late; not a failure (M36).
    DelayNotice,
    /// A read receipt (RFC 8098, M46).
    Receipt,
    /// A complaint about our mail from a mail provider (RFC 5965, M48).
    AbuseReport,
    /// An answer to an invitation (RFC 5546 REPLY, COUNTER).
    CalendarReply,
    /// List or bulk mail with a machine's marker.
    List,
    /// Our own mail come back (M10, M11).
    Own,
    /// Nothing could be read.
    Unreadable,
}

impl MailClass {
    /// The word for it in the `inspect` contract and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::AutoReply => "auto_reply",
            Self::Bounce => "bounce",
            Self::DelayNotice => "delay_notice",
            Self::Receipt => "receipt",
            Self::AbuseReport => "abuse_report",
            Self::CalendarReply => "calendar_reply",
            Self::List => "list",
            Self::Own => "own",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Why no automatic answer may go to this mail, although a person may have written it (M2–M15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// M2, M3: `Return-Path: <>`.
    EmptyReturnPath,
    /// M7: `Precedence` or a `List-*` field.
    ListOrBulk,
    /// M8: `X-Auto-Response-Suppress`.
    SuppressRequested,
    /// M9: a system mailbox, or no address at all.
    SystemMailbox,
    /// M10: the author is one of our own addresses.
    OwnAddress,
    /// M14: more than 50 `Received` fields.
    TooManyHops,
    /// M15: none of our addresses among the recipients.
    NotAddressedToUs,
    /// M27: looks like an auto-reply, but answers no letter of ours.
    SuspectedMachine,
    /// There is no usable author address to answer.
    NoAuthor,
}

/// A sign of which case a mail belongs to, strongest kind first (M50).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clue {
    /// A capability address among the recipients, in any place servers leave it (M61).
    Capability(Token),
    /// The return address of a letter of ours among the recipients, or the envelope id that a report gives back (M40, M63).
    Returned(LetterId),
    /// The id in `In-Reply-To`.
    InReplyTo(MessageId),
    /// An id in `References`, given from last to first.
    Reference(MessageId),
    /// A capability address in the text, where a quoted letter of ours shows it (M50).
    Quoted(Token),
    /// A case number in the subject: a hint only (M52).
    SubjectNumber(CaseNumber),
}

/// Something about a mail that a person may have to know. Never a reason to lose it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Problem {
    /// Not a single byte.
    Empty,
    /// No header field could be read.
    NoHeaders,
    /// No usable `From`.
    NoAuthor,
    /// Several authors in `From` (M70).
    SeveralAuthors,
    /// No `Message-ID`.
    NoMessageId,
    /// `Date` absent or unreadable (M115).
    NoDate,
    /// `Date` lies in the future.
    DateInFuture,
    /// A transfer encoding or character set was broken; replacement marks stand in the text (M94).
    BrokenEncoding,
    /// NUL bytes were removed from what people read.
    NulBytes,
    /// Eight-bit bytes in header fields (RFC 6532 or worse).
    EightBitHeaders,
    /// Nested deeper, or in more parts, than is read (M110).
    TooManyParts,
    /// A header field longer than is read was cut (M110).
    HeaderTooLong,
    /// The mail is larger than is read; only its beginning was (M110).
    TooLarge,
    /// The display name holds another address than the real one (M80).
    MisleadingName,
    /// Encrypted: it cannot be read here (M107).
    Encrypted,
    /// A `winmail.dat` that could not be unpacked: words may be missing (M108).
    UnreadableWinmail,
    /// The reader itself failed on this mail; its bytes are kept.
    ReaderFailed,
}

/// One attachment, listed but not opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// A safe base name (M96).
    pub name: String,
    /// Media type as the mail claims it, lower case.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Size after decoding, in bytes.
    pub bytes: usize,
}

/// What a bounce or delay notice says (RFC 3464).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    /// The address that could not be reached.
    pub recipient: Option<String>,
    /// Enhanced status code, RFC 3463; `None` where none could be read (M37).
    pub status: Option<String>,
    /// failed, delayed, relayed, expanded, delivered.
    pub action: Option<String>,
    /// The Message-ID in the returned part (M40).
    pub original_message_id: Option<MessageId>,
    /// Further recipients that the same report calls failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_failed: Vec<String>,
    /// Every id in the returned part that may be ours: a submission server that replaces the Message-ID leaves ours in
    /// References or in a field of its own (M53).
    #[serde(skip)]
    pub returned_ids: Vec<MessageId>,
    /// The letter of ours that the report names by the envelope id which we gave with it (RFC 3464 section 2.2.1, M40).
    #[serde(skip)]
    pub envelope: Option<LetterId>,
}

impl Bounce {
    /// The ids that may name the letter that came back, the likeliest first.
    pub fn ids(&self) -> impl Iterator<Item = &MessageId> {
        self.original_message_id.iter().chain(&self.returned_ids)
    }
}

/// Words of a mail that are not its author's new ones, and why they were taken for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// By what they were known.
    pub why: CutReason,
    /// The first of their lines in the text of the mail, counted from 1.
    pub first_line: usize,
    /// The last of their lines.
    pub last_line: usize,
    /// How many lines they are.
    pub lines: usize,
    /// How they begin.
    pub begins: String,
}

/// By what words that are not the author's were known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutReason {
    /// Lines with `>` before them (M100).
    Quotation,
    /// "Op … schreef …:" and, where no marks follow, all below it (M100).
    Attribution,
    /// "Van: … Verzonden: …" or "-----Oorspronkelijk bericht-----", and all below it (M100).
    HeaderBlock,
    /// "Typ uw antwoord boven deze regel", and all below it (M104).
    ReplyMarker,
    /// `-- ` and what follows (M105).
    Signature,
    /// What a phone or a program adds (M105).
    PhoneLine,
    /// The legal text, or the seal of a virus scanner (M106).
    Disclaimer,
    /// What a mail server puts above mail from outside (M106).
    Banner,
}

/// One thing triage found, and the words that led to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The label, in the words of the `inspect` contract.
    pub label: String,
    /// The words of the mail.
    pub words: String,
}

/// What a mail is about (domain.md section 6). Suspicions only; an officer corrects them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triage {
    /// What the mail does; `None` where nothing was judged.
    pub intent: Option<Intent>,
    /// Kinds, the main one first.
    pub kinds: Vec<ComplaintKind>,
    /// Whether a person is blamed.
    pub against_person: bool,
    /// The person blamed, in the words of the mail.
    pub respondent: Option<String>,
    /// Suspected flags.
    pub flags: Vec<Flag>,
    /// What is asked for.
    pub purposes: Vec<Purpose>,
    /// The words behind each of these.
    pub evidence: Vec<Finding>,
}

/// Everything the stages behind need to know about one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFacts {
    /// What makes it the same mail when it is fetched again (I2).
    pub key: ContentKey,
    /// Its class and a stable reason code with the rule, for instance `auto-submitted (M5)`.
    pub class: MailClass,
    /// Why it has this class.
    pub class_reason: String,
    /// Why it may not be answered by a machine, if so.
    pub silence: Option<Silence>,
    /// Who wrote it, as claimed (M70, M71). For a web form: the person in Reply-To or in the body (R4).
    pub author: Option<Mailbox>,
    /// The claimed transmitter, when the author was taken from elsewhere than `From`.
    pub from: Option<Mailbox>,
    /// Its own id.
    pub message_id: Option<MessageId>,
    /// In-Reply-To and References as written, oldest first, for the headers of an answer (M133).
    pub references: Vec<MessageId>,
    /// Subject, decoded, one line, at most a few hundred characters.
    pub subject: String,
    /// The date in its header: a claim (M115).
    pub claimed_date: Option<Instant>,
    /// BCP 47 tag of the language it is written in; `und` where that cannot be told.
    pub language: String,
    /// The author's own new text: no quotation, signature or disclaimer.
    pub reply_text: String,
    /// All text of the mail as a person reads it.
    pub full_text: String,
    /// Whether the author said anything: a signature or a quotation alone says nothing.
    pub says_something: bool,
    /// What of the text is not in `reply_text`, and why.
    pub cuts: Vec<Cut>,
    /// Attachments, listed.
    pub attachments: Vec<Attachment>,
    /// Signs of the case, strongest first (M50).
    pub clues: Vec<Clue>,
    /// What a bounce says.
    pub bounce: Option<Bounce>,
    /// What a calendar object says: an answer to an invitation, or what a stranger's calendar wants (M128).
    pub calendar: Option<CalendarAnswer>,
    /// What it is about.
    pub triage: Triage,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Size in bytes.
    pub size: usize,
}

/// The addresses and marks by which a mail is known to be to us, or from us.
#[derive(Clone, Debug)]
pub struct OwnAddresses {
    /// The desk's address and its aliases.
    pub addresses: Vec<MailAddress>,
    /// The sign between local part and token, `+` unless the server wants another (M60).
    pub separator: char,
    /// The private value of our trace header (M11), unguessable, one per installation.
    pub trace: String,
}
