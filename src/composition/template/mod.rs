//! Templates: from the files below `templates/` to what can be rendered thousands of times a second.
//!
//! A letter is read as CommonMark once and written down as two handlebars templates, one for the plain part and one for
//! the HTML part. Rendering only fills in fields. See `document.rs` for why.

mod document;
mod fields;
mod html;
mod letter_file;
mod paper;
mod plain;
mod source;
mod tag;

use std::sync::OnceLock;

use handlebars::{
    Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderError, RenderErrorReason, Renderable, StringOutput,
    Template,
};
use serde_json::Value;

pub use paper::PaperLetters;
pub use source::{LetterName, Overrides, Source};

use super::TemplateFault;
use crate::model::{Language, LetterKind};
use fields::check_fields;
use letter_file::{Layout, LetterFile};
use tag::Tags;

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

/// One letter in one language, compiled.
#[derive(Debug)]
struct Compiled {
    subject: Template,
    reply_name: Option<Template>,
    plain: Template,
    html: Template,
}

/// A letter when it is first needed, or what is wrong with it.
type Place = OnceLock<Result<Compiled, Vec<TemplateFault>>>;

/// Every letter in every language, ready to be filled in.
///
/// A letter is compiled when it is first written: what ships is proven by the tests of the program, so a daemon starts
/// without reading eighty letters of which it may never send most.
#[derive(Debug)]
pub struct Letters {
    text: Handlebars<'static>,
    html: Handlebars<'static>,
    overrides: Overrides,
    layout: Layout,
    page: OnceLock<Result<Template, String>>,
    places: Vec<((Language, LetterKind), Place)>,
}

impl Letters {
    /// Reads the layout, and takes a desk's own files; no letter is read yet.
    pub fn open(overrides: Option<&Overrides>, faults: &mut Vec<TemplateFault>) -> Self {
        let mut text = Handlebars::new();
        text.set_strict_mode(true);
        text.register_escape_fn(handlebars::no_escape);
        text.register_helper(plain::QUOTED, Box::new(quoted));
        let mut html = Handlebars::new();
        html.set_strict_mode(true);
        html.register_escape_fn(html::escape);
        let places = LetterKind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|language| ((language, kind), Place::new())));
        Self {
            text,
            html,
            overrides: overrides.cloned().unwrap_or_default(),
            layout: Layout::read(overrides, faults),
            page: OnceLock::new(),
            places: places.collect(),
        }
    }

    /// Whether any file that this letter is made of is the desk's own.
    pub fn is_own(&self, language: Language, kind: LetterKind) -> bool {
        let source = Source::letter(language, kind);
        let parts = || source.text(Some(&self.overrides)).map(|text| letter_file::parts_of(language, text)).unwrap_or_default();
        let own = |source: &Source| self.overrides.contains_key(source);
        own(&Source::Layout) || own(&source) || parts().iter().any(own)
    }

    /// Reads one letter and compares the fields it names with `facts`, in which every field that it may use is filled
    /// in at least once; a field that none of them knows is a fault.
    pub fn prove(&self, language: Language, kind: LetterKind, facts: &[Value], faults: &mut Vec<TemplateFault>) {
        let mut found = Vec::new();
        let mut tags = Tags::default();
        if self.read(language, kind, &mut tags, &mut found).is_some() {
            check_fields(&Source::letter(language, kind).file_name(), &tags, facts, &mut found);
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|fault| seen.insert(fault.to_string()));
        if found.is_empty()
            && let Err(more) = self.compiled(language, kind)
        {
            found.extend(more.iter().cloned());
        }
        faults.append(&mut found);
    }

    fn read(
        &self,
        language: Language,
        kind: LetterKind,
        tags: &mut Tags,
        faults: &mut Vec<TemplateFault>,
    ) -> Option<(LetterFile, Vec<document::Block>)> {
        let source = Source::letter(language, kind);
        let file = source.file_name();
        let letter = LetterFile::read(&source, language, Some(&self.overrides), faults)?;
        let blocks = document::read(&file, &letter.body, tags, faults);
        let heads = [Some(&letter.subject), letter.reply_name.as_ref()].into_iter().flatten().chain([&self.layout.page]);
        for head in heads {
            // Only to learn which fields they use: a head and the layout go to handlebars as they are.
            tags.extract(&file, head, faults);
        }
        Some((letter, blocks))
    }

    fn compiled(&self, language: Language, kind: LetterKind) -> Result<&Compiled, &[TemplateFault]> {
        let place = self.places.iter().find(|(key, _)| *key == (language, kind)).map(|(_, place)| place);
        let place = place.ok_or(&[][..])?;
        place.get_or_init(|| self.compile(language, kind)).as_ref().map_err(Vec::as_slice)
    }

    fn compile(&self, language: Language, kind: LetterKind) -> Result<Compiled, Vec<TemplateFault>> {
        let mut faults = Vec::new();
        let read = self.read(language, kind, &mut Tags::default(), &mut faults);
        let Some((letter, blocks)) = read.filter(|_| faults.is_empty()) else { return Err(faults) };
        let template = |text: &str| {
            Template::compile(text).map_err(|error| {
                let file = Source::letter(language, kind).file_name();
                vec![TemplateFault::of_file(&file, error.reason().to_string(), "check the braces and the conditions")]
            })
        };
        Ok(Compiled {
            subject: template(&letter.subject)?,
            reply_name: letter.reply_name.as_deref().map(template).transpose()?,
            plain: template(&plain::write(&blocks))?,
            html: template(&html::write(&blocks, &self.layout.attributes))?,
        })
    }

    /// Fills in one letter. The error text names fields, never their values.
    pub fn render(&self, language: Language, kind: LetterKind, facts: &Context) -> Result<Rendered, String> {
        let letter = self.compiled(language, kind).map_err(|faults| match faults {
            [] => "there is no such letter".to_owned(),
            [fault, ..] => fault.to_string(),
        })?;
        let page = self.page.get_or_init(|| Template::compile(&self.layout.page).map_err(|error| error.reason().to_string()));
        let page = page.as_ref().map_err(|reason| format!("{}: {reason}", Source::Layout.file_name()))?;
        let subject = fill(&self.text, &letter.subject, facts)?;
        let reply_name = letter.reply_name.as_ref().map(|name| fill(&self.text, name, facts)).transpose()?;
        let body = fill(&self.text, &letter.plain, facts)?;
        let mut plain = body.trim_matches(plain::BREAK).replace(plain::BREAK, "\n");
        plain.push('\n');
        // The same words as the title of the page, where people's words in it are escaped.
        let title = fill(&self.html, &letter.subject, facts)?;
        let html =
            letter_file::around(&fill(&self.html, page, facts)?, language, &title, &fill(&self.html, &letter.html, facts)?);
        Ok(Rendered { subject, reply_name, plain, html })
    }
}

fn fill(registry: &Handlebars<'_>, template: &Template, facts: &Context) -> Result<String, String> {
    let mut out = StringOutput::new();
    let filled = template.render(registry, facts, &mut RenderContext::new(None), &mut out);
    filled.map_err(|error| reason(&error))?;
    out.into_string().map_err(|error| error.to_string())
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
