//! The few styles that change what a reader of a mail sees. All are given in lower case and without blanks.

/// Whether a style hides its element.
pub(super) fn hides(style: &str) -> bool {
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || style.contains("mso-hide:all")
        || (style.contains("max-height:0") && style.contains("overflow:hidden"))
        || style.split(';').any(|one| one == "opacity:0")
}

/// Whether a paragraph has no space around it.
pub(super) fn is_tight(style: &str) -> bool {
    let mut parts = style.split(';').filter_map(|part| part.split_once(':'));
    let is_zero = |value: &str| value.starts_with('0') && !value.starts_with("0.");
    parts.any(|(name, value)| match name {
        "margin" => is_zero(value),
        "margin-bottom" => is_zero(value) && style.contains("margin-top:0"),
        _ => false,
    })
}

/// The line that Outlook draws above the header lines of the mail that is answered.
pub(super) fn is_outlook_border(style: &str) -> bool {
    style.contains("border-top:solid") && style.contains("padding:3.0pt0")
}

/// Whether a style sheet takes the space away between all paragraphs.
pub(super) fn makes_paragraphs_tight(sheet: &str) -> bool {
    // Such a rule stands at the beginning of the one sheet of Outlook on the web.
    let head: String = sheet.chars().take(400).filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    head.starts_with("p{margin-top:0;margin-bottom:0") || head.contains("}p{margin-top:0;margin-bottom:0")
}
