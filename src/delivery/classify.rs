//! What an answer of a submission server means for a letter and for the queue (M151, M152, M161). Pure.

/// How far a letter had come when the server answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Greeting and EHLO.
    Greeting,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, before the first byte of the letter.
    Data,
    /// The final dot.
    FinalDot,
}

/// Why a letter was not tried, or its try counts for nothing: the fault is not the letter's (M152).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HoldCause {
    /// No line to the server, or it broke before the letter.
    Unreachable,
    /// The server asks to come back later.
    Busy,
    /// Name or password refused, or a login is demanded and there is none.
    LoginRefused,
    /// The server takes no passwords (any more): OAuth would be needed (M158).
    PasswordLoginDisabled,
    /// We may not write as this sender.
    SenderRefused,
    /// No line that a letter may travel on: certificate, STARTTLS, or a plain line to another machine (M150).
    NotSecure,
    /// The numbers that the operator set for the provider are used up (M156, M157).
    ProviderLimit,
    /// The folder or the program that takes the letters can not be used.
    LocalFault,
    /// The daemon stops; the letter was only claimed.
    Stopping,
}

impl HoldCause {
    /// Whether it lasts until a person does something, so that the operator has to be told (M152).
    pub fn needs_operator(self) -> bool {
        match self {
            Self::LoginRefused | Self::PasswordLoginDisabled | Self::SenderRefused | Self::NotSecure | Self::LocalFault => true,
            Self::Unreachable | Self::Busy | Self::ProviderLimit | Self::Stopping => false,
        }
    }

    /// Whether the next letter would meet the same, so that the queue has to rest.
    pub fn concerns_the_queue(self) -> bool {
        !matches!(self, Self::ProviderLimit | Self::Stopping)
    }

    /// A stable word for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Busy => "busy",
            Self::LoginRefused => "login_refused",
            Self::PasswordLoginDisabled => "password_login_disabled",
            Self::SenderRefused => "sender_refused",
            Self::NotSecure => "not_secure",
            Self::ProviderLimit => "provider_limit",
            Self::LocalFault => "local_fault",
            Self::Stopping => "stopping",
        }
    }
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// The server has taken the letter.
    Accepted,
    /// Not taken now.
    Deferred,
    /// Not taken, ever.
    Failed,
    /// Nobody knows: the line broke where the letter may have been taken (M153).
    Unclear,
    /// Not taken, and not the letter's fault.
    Held(HoldCause),
}

/// The meaning of a reply `code` (200–599; anything else is unknown, and unknown is temporary), with the
/// enhanced status code of RFC 3463 if there was one, at this stage.
///
/// A refusal of the recipient or of the letter fails this letter alone; a refusal of ourselves holds the
/// queue and fails nobody (M152).
pub fn judge(stage: Stage, code: u16, enhanced: Option<&str>) -> Judgement {
    let permanent = (500..600).contains(&code);
    if (200..300).contains(&code) {
        // A positive answer before the final dot is no acceptance; nobody should ask, and it harms nobody.
        return if stage == Stage::FinalDot { Judgement::Accepted } else { Judgement::Deferred };
    }
    match (code, enhanced) {
        // M158: what Exchange Online and others say when passwords are switched off.
        (550, Some("5.7.30")) | (535, Some("5.7.139")) => return Judgement::Held(HoldCause::PasswordLoginDisabled),
        // RFC 4954 section 6: 530 authentication required, 534 mechanism too weak, 535 credentials invalid,
        // 538 encryption required. None of them is about a letter, at whatever stage they come.
        (530 | 534 | 535 | 538, _) => return Judgement::Held(HoldCause::LoginRefused),
        // Exchange says only after the final dot that we may not send as this sender (M152).
        (550, Some("5.7.60")) => return Judgement::Held(HoldCause::SenderRefused),
        // M156: Exchange's limit for a sender in a hurry wears a permanent code.
        (554, Some("5.2.0")) if stage == Stage::FinalDot => return Judgement::Deferred,
        // RFC 1870 section 6: this letter is too big, whatever the stage.
        (552, None | Some("5.3.4" | "5.2.3")) | (500..600, Some("5.3.4")) => return Judgement::Failed,
        _ => {}
    }
    match stage {
        Stage::Greeting => Judgement::Held(HoldCause::Busy),
        // RFC 4954 section 6: 454 is a temporary fault of theirs.
        Stage::Login => Judgement::Held(if permanent { HoldCause::LoginRefused } else { HoldCause::Busy }),
        Stage::Sender => Judgement::Held(if permanent { HoldCause::SenderRefused } else { HoldCause::Busy }),
        Stage::Recipient | Stage::Data | Stage::FinalDot => {
            if permanent {
                Judgement::Failed
            } else {
                Judgement::Deferred
            }
        }
    }
}

/// The enhanced status code at the head of a reply's text (RFC 2034 section 4), if it agrees with the code.
pub fn enhanced_code(code: u16, text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let class = parts.next()?;
    let mut numbers = 0;
    for part in parts {
        if part.is_empty() || part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        numbers += 1;
    }
    let agrees = matches!((class, code / 100), ("2", 2) | ("4", 4) | ("5", 5));
    (numbers == 2 && agrees).then_some(word)
}

/// Whether a failure says that the address itself is bad (M43): RFC 3463 section 3.2, and Exchange's own
/// 5.1.10. 5.1.7 and 5.1.8 are about the sender.
pub fn address_is_bad(enhanced: Option<&str>) -> bool {
    matches!(enhanced, Some("5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.4" | "5.1.6" | "5.1.10"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stage: Stage, reply: &str, expected: Judgement) {
        let (code, text) = reply.split_at(3);
        let code = code.parse().unwrap();
        assert_eq!(judge(stage, code, enhanced_code(code, text)), expected, "{stage:?}: {reply}");
    }

    #[test]
    fn a_refused_recipient_fails_one_letter_and_a_later_answer_only_puts_it_off() {
        check(Stage::Recipient, "550 5.1.1 user unknown", Judgement::Failed);
        check(Stage::Recipient, "554 5.7.1 relay access denied", Judgement::Failed);
        check(Stage::Recipient, "450 4.7.1 greylisted", Judgement::Deferred);
        check(Stage::Recipient, "452 4.5.3 too many recipients", Judgement::Deferred);
        check(Stage::Recipient, "421 shutting down", Judgement::Deferred);
        check(Stage::Data, "554 no valid recipients", Judgement::Failed);
        check(Stage::FinalDot, "451 4.3.0 queue file write error", Judgement::Deferred);
        check(Stage::FinalDot, "554 5.7.1 spam", Judgement::Failed);
        check(Stage::FinalDot, "250 2.0.0 queued", Judgement::Accepted);
    }

    #[test]
    fn a_fault_of_ours_holds_the_queue_and_burns_no_letter() {
        for stage in [Stage::Login, Stage::Sender, Stage::Recipient, Stage::FinalDot] {
            check(stage, "530 5.7.0 authentication required", Judgement::Held(HoldCause::LoginRefused));
            check(stage, "535 5.7.8 bad credentials", Judgement::Held(HoldCause::LoginRefused));
            check(stage, "550 5.7.60 may not send as", Judgement::Held(HoldCause::SenderRefused));
            check(stage, "550 5.7.30 basic authentication is off", Judgement::Held(HoldCause::PasswordLoginDisabled));
        }
        check(Stage::Login, "454 4.7.0 try later", Judgement::Held(HoldCause::Busy));
        check(Stage::Sender, "550 5.7.1 sender denied", Judgement::Held(HoldCause::SenderRefused));
        check(Stage::Sender, "451 4.7.1 later", Judgement::Held(HoldCause::Busy));
        check(Stage::Greeting, "421 4.3.2 no system", Judgement::Held(HoldCause::Busy));
        check(Stage::Greeting, "554 5.7.1 go away", Judgement::Held(HoldCause::Busy));
    }

    #[test]
    fn a_letter_too_big_fails_alone_even_at_the_sender() {
        check(Stage::Sender, "552 5.3.4 message size exceeds limit", Judgement::Failed);
        check(Stage::FinalDot, "552 too big", Judgement::Failed);
        // RFC 3463 section 3.3: a full mailbox at the other end is this letter's failure too.
        check(Stage::Recipient, "552 5.2.2 mailbox full", Judgement::Failed);
    }

    #[test]
    fn what_no_standard_knows_is_temporary() {
        check(Stage::FinalDot, "999 what", Judgement::Deferred);
        check(Stage::Recipient, "354 go on", Judgement::Deferred);
        check(Stage::FinalDot, "554 5.2.0 submission quota", Judgement::Deferred);
    }

    #[test]
    fn an_enhanced_code_counts_only_when_it_agrees_with_the_reply() {
        assert_eq!(enhanced_code(550, "5.1.1 no"), Some("5.1.1"));
        assert_eq!(enhanced_code(550, "4.1.1 no"), None);
        assert_eq!(enhanced_code(550, "192.0.2.1 no"), None);
        assert_eq!(enhanced_code(250, "ok"), None);
        assert!(address_is_bad(Some("5.1.1")) && !address_is_bad(Some("5.1.8")) && !address_is_bad(None));
    }
}
