//! Templates: from the files below `templates/` to what can be rendered thousands of times a second.
//!
//! A letter is read as CommonMark once, at start-up, and written down as two handlebars templates, one for
//! the plain part and one for the HTML part. Rendering only fills in fields. See `document.rs` for why.

mod document;
mod html;
mod letter_file;
mod paper;
mod plain;
mod source;
mod tag;

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderError, RenderErrorReason};
use serde_json::Value;

pub use paper::PaperLetters;
pub use source::{LetterName, Overrides, Source};

use super::TemplateFault;
use crate::model::{Language, LetterKind};
use letter_file::Layout;
use tag::{Block, Tag, Tags};

/// A letter with its fields filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The display name of the Reply-To, saying who reads what is written there.
    pub reply_name: Option<String>,
    /// The plain part, lines ended by LF.
    pub plain: String,
    /// The HTML part.
    pub html: String,
}

/// Names of one letter's templates in the two registries.
#[derive(Debug)]
struct Names {
    subject: String,
    reply_name: Option<String>,
    body: String,
}

/// Every letter in every language, ready to be filled in.
#[derive(Debug)]
pub struct Letters {
    text: Handlebars<'static>,
    html: Handlebars<'static>,
    names: Vec<((Language, LetterKind), Names)>,
}

impl Letters {
    /// Reads all files. `facts` gives, per letter, facts in which every field that the letter may use is
    /// filled in at least once; a field that none of them knows is a fault.
    pub fn read(overrides: Option<&Overrides>, facts: &dyn Fn(LetterKind) -> Vec<Value>) -> Result<Self, Vec<TemplateFault>> {
        let mut faults = Vec::new();
        let layout = Layout::read(overrides, &mut faults);
        let mut letters = Self { text: Handlebars::new(), html: Handlebars::new(), names: Vec::new() };
        letters.text.set_strict_mode(true);
        letters.text.register_escape_fn(handlebars::no_escape);
        letters.text.register_helper(plain::QUOTED, Box::new(quoted));
        letters.html.set_strict_mode(true);
        letters.html.register_escape_fn(html::escape);
        for kind in LetterKind::ALL {
            let known = facts(kind);
            for language in Language::ALL {
                letters.read_one(language, kind, &layout, overrides, &known, &mut faults);
            }
        }
        if faults.is_empty() { Ok(letters) } else { Err(faults) }
    }

    fn read_one(
        &mut self,
        language: Language,
        kind: LetterKind,
        layout: &Layout,
        overrides: Option<&Overrides>,
        facts: &[Value],
        faults: &mut Vec<TemplateFault>,
    ) {
        let source = Source::letter(language, kind);
        let file = source.file_name();
        let before = faults.len();
        let Some(letter) = letter_file::LetterFile::read(&source, language, overrides, faults) else { return };
        let mut tags = Tags::default();
        let blocks = document::read(&file, &letter.body, &mut tags, faults);
        let heads = [Some(&letter.subject), letter.reply_name.as_ref()].into_iter().flatten().chain([&layout.page]);
        for head in heads {
            // Only to learn which fields they use: a head and the layout go to handlebars as they are.
            tags.extract(&file, head, faults);
        }
        check_fields(&file, &tags, facts, faults);
        let mut seen = std::collections::HashSet::new();
        let earlier = faults.split_off(before);
        faults.extend(earlier.into_iter().filter(|fault| seen.insert(fault.to_string())));
        if faults.len() > before {
            return;
        }
        let page = layout.around(language, &letter.subject, &html::write(&blocks, &layout.attributes));
        let names = Names {
            subject: format!("{file} subject"),
            reply_name: letter.reply_name.as_ref().map(|_| format!("{file} reply-name")),
            body: file.clone(),
        };
        let mut register = |registry: &mut Handlebars<'static>, name: &str, text: &str| {
            if let Err(error) = registry.register_template_string(name, text) {
                faults.push(TemplateFault::of_file(&file, error.reason().to_string(), "check the braces and the conditions"));
            }
        };
        register(&mut self.text, &names.subject, &letter.subject);
        if let (Some(name), Some(text)) = (&names.reply_name, &letter.reply_name) {
            register(&mut self.text, name, text);
        }
        register(&mut self.text, &names.body, &plain::write(&blocks));
        register(&mut self.html, &names.body, &page);
        self.names.push(((language, kind), names));
    }

    /// Fills in one letter. The error text names fields, never their values.
    pub fn render(&self, language: Language, kind: LetterKind, facts: &Context) -> Result<Rendered, String> {
        let names = self.names.iter().find(|(key, _)| *key == (language, kind)).map(|(_, names)| names);
        let names = names.ok_or_else(|| "there is no such letter".to_owned())?;
        let fill =
            |registry: &Handlebars<'_>, name: &str| registry.render_with_context(name, facts).map_err(|error| reason(&error));
        let subject = fill(&self.text, &names.subject)?;
        let reply_name = names.reply_name.as_ref().map(|name| fill(&self.text, name)).transpose()?;
        let body = fill(&self.text, &names.body)?;
        let mut plain = body.trim_matches(plain::BREAK).replace(plain::BREAK, "\n");
        plain.push('\n');
        Ok(Rendered { subject, reply_name, plain, html: fill(&self.html, &names.body)? })
    }
}

fn reason(error: &RenderError) -> String {
    match error.reason() {
        RenderErrorReason::MissingVariable(Some(path)) => format!("{path} is not filled in"),
        other => other.to_string(),
    }
}

/// Puts `> ` before every further line of people's words; the first has it already.
fn quoted(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let words = helper.param(0).and_then(|param| param.value().as_str());
    let words =
        words.ok_or_else(|| RenderErrorReason::MissingVariable(helper.param(0).and_then(|p| p.relative_path().cloned())))?;
    for (index, line) in words.split('\n').enumerate() {
        if index > 0 {
            out.write("\n>")?;
            if !line.is_empty() {
                out.write(" ")?;
            }
        }
        out.write(line)?;
    }
    Ok(())
}

/// Every field in every branch exists in at least one of the sample facts. Strict rendering alone would
/// not see a wrong name in a branch that no sample takes, or in a condition.
fn check_fields(file: &str, tags: &Tags, facts: &[Value], faults: &mut Vec<TemplateFault>) {
    let mut scopes: Vec<Vec<&Value>> = vec![facts.iter().collect()];
    for tag in tags.iter() {
        let (Tag::Field(path) | Tag::Open(_, path)) = tag else {
            if let Tag::Close(Block::Each) = tag {
                scopes.pop();
            }
            continue;
        };
        let scope = scopes.last().map_or(&[][..], Vec::as_slice);
        let found: Vec<&Value> = scope.iter().filter_map(|value| at(value, path)).collect();
        if found.is_empty() {
            let hint = format!("known here: {}", known_fields(scope, path).join(", "));
            faults.push(TemplateFault::of_field(file, path, format!("unknown field {{{{{path}}}}}"), hint));
        }
        if let Tag::Open(Block::Each, _) = tag {
            scopes.push(found.into_iter().filter_map(Value::as_array).flatten().collect());
        }
    }
}

fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if path == "this" {
        return Some(value);
    }
    path.split('.').try_fold(value, |value, step| value.get(step))
}

/// The fields beside the one that is missing.
fn known_fields(scope: &[&Value], path: &str) -> Vec<String> {
    let parent = path.rsplit_once('.').map(|(parent, _)| parent).filter(|parent| scope.iter().any(|v| at(v, parent).is_some()));
    let objects = scope.iter().filter_map(|value| parent.map_or(Some(*value), |parent| at(value, parent)));
    let mut names: Vec<String> = objects.filter_map(Value::as_object).flat_map(|object| object.keys().cloned()).collect();
    names.sort();
    names.dedup();
    match parent {
        Some(parent) => names.into_iter().map(|name| format!("{parent}.{name}")).collect(),
        None => names,
    }
}
