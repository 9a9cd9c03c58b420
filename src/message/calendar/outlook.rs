//! Answers inside `winmail.dat`: Outlook's own format (MS-OXTNEF), in which an answer to an invitation may travel when
//! a server or a setting says "rich text".
//!
//! Only what is needed is looked for: the message class says accepted, declined or maybe, and the event's identity
//! holds the UID that we issued. The rest of the format is not read, so that nothing in it can lead us astray.

use memchr::memmem;

use super::answer::{CalendarAnswer, CalendarMethod, CalendarProblem, Participation};
use super::{CalendarText, LONGEST_VALUE, kept};
use crate::model::MailAddress;

/// MS-OXTNEF section 2.1.3: the first bytes of every TNEF stream.
const SIGNATURE: [u8; 4] = [0x78, 0x9f, 0x3e, 0x22];

/// Message classes of meeting answers (MS-OXOCAL section 2.2.8; the older names in MS-OXTNEF section 2.1.3.3.1).
const CLASSES: [(&[u8], CalendarMethod, Option<Participation>); 6] = [
    (b"IPM.Schedule.Meeting.Resp.Pos", CalendarMethod::Reply, Some(Participation::Accepted)),
    (b"IPM.Microsoft Schedule.MtgRespP", CalendarMethod::Reply, Some(Participation::Accepted)),
    (b"IPM.Schedule.Meeting.Resp.Neg", CalendarMethod::Reply, Some(Participation::Declined)),
    (b"IPM.Microsoft Schedule.MtgRespN", CalendarMethod::Reply, Some(Participation::Declined)),
    (b"IPM.Schedule.Meeting.Resp.Tent", CalendarMethod::Reply, Some(Participation::Tentative)),
    (b"IPM.Microsoft Schedule.MtgRespA", CalendarMethod::Reply, Some(Participation::Tentative)),
];

/// What an answer in this format says; `None` where it holds none.
pub(in crate::message) fn of_winmail(bytes: &[u8], author: Option<&MailAddress>) -> Option<CalendarAnswer> {
    if !bytes.starts_with(&SIGNATURE) {
        return None;
    }
    if let Some(mut answer) = attached(bytes).and_then(|text| super::read(&[text], author)) {
        answer.problems.push(CalendarProblem::OutlookFormat);
        return Some(answer);
    }
    let (_, method, partstat) = CLASSES.into_iter().find(|(class, _, _)| memmem::find(bytes, class).is_some())?;
    let uid = foreign_uid(bytes);
    let mut problems = vec![CalendarProblem::OutlookFormat];
    if uid.is_none() {
        problems.push(CalendarProblem::NoUid);
    }
    Some(CalendarAnswer { method, uid, partstat, problems, ..CalendarAnswer::default() })
}

/// A calendar file that hangs on it as it is.
fn attached(bytes: &[u8]) -> Option<CalendarText> {
    let start = memmem::find(bytes, b"BEGIN:VCALENDAR")?;
    let end = memmem::find(bytes.get(start..)?, b"END:VCALENDAR")?;
    let text = String::from_utf8_lossy(bytes.get(start..start + end + b"END:VCALENDAR".len())?).into_owned();
    Some(CalendarText { text: format!("{text}\n"), method: None })
}

/// The UID of an event that Outlook did not make, in its global object id (MS-OXOCAL section 2.2.1.27): a marker, and
/// the text up to a NUL.
fn foreign_uid(bytes: &[u8]) -> Option<String> {
    const MARKER: &[u8] = b"vCal-Uid\x01\0\0\0";
    let behind = bytes.get(memmem::find(bytes, MARKER)? + MARKER.len()..)?;
    let uid: Vec<u8> = behind.iter().copied().take_while(|byte| *byte != 0).take(LONGEST_VALUE).collect();
    kept(&String::from_utf8_lossy(&uid), LONGEST_VALUE)
}
