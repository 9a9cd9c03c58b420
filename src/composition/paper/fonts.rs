//! The fonts in the program: what stands on paper looks the same on every machine, and no font of the system is used.

use std::borrow::Cow;
use std::sync::Arc;

use parley::fontique::{Blob, Collection, CollectionOptions, GenericFamily, SourceCache};
use parley::{FontContext, FontFamily, FontFamilyName};

/// File, and whether it is what emoji are written in. In the order in which they are asked for a sign.
const FILES: [(&[u8], &str, bool); 4] = [
    (include_bytes!("../../../config/fonts/NotoSans-Regular.ttf"), "Noto Sans", false),
    (include_bytes!("../../../config/fonts/NotoSans-Bold.ttf"), "Noto Sans", false),
    (include_bytes!("../../../config/fonts/DejaVuSans.ttf"), "DejaVu Sans", false),
    (include_bytes!("../../../config/fonts/NotoEmoji-Regular.ttf"), "Noto Emoji", true),
];

const FAMILIES: [FontFamilyName<'static>; 3] = [
    FontFamilyName::Named(Cow::Borrowed("Noto Sans")),
    FontFamilyName::Named(Cow::Borrowed("DejaVu Sans")),
    FontFamilyName::Named(Cow::Borrowed("Noto Emoji")),
];

/// Fonts as the two crates that need them know them.
#[derive(Clone)]
pub struct Fonts {
    collection: Collection,
    /// The bytes of a font, and the font as it is embedded.
    embedded: Vec<(&'static [u8], krilla::text::Font)>,
    /// An empty square: what stands for a sign that none of them has.
    square: Option<(krilla::text::Font, u32)>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").finish_non_exhaustive()
    }
}

impl Fonts {
    /// Reads the fonts; `None` where one is damaged.
    pub fn new() -> Option<Self> {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        let mut embedded = Vec::new();
        for (bytes, family, is_emoji) in FILES {
            let registered = collection.register_fonts(Blob::new(Arc::new(bytes)), None);
            let id = collection.family_id(family).filter(|_| !registered.is_empty())?;
            if is_emoji {
                collection.append_generic_families(GenericFamily::Emoji, std::iter::once(id));
            }
            embedded.push((bytes, krilla::text::Font::new(bytes.into(), 0)?));
        }
        let mut fonts = Self { collection, embedded, square: None };
        fonts.square = fonts.sign("\u{25a1}");
        Some(fonts)
    }

    /// A context for setting one letter.
    pub fn context(&self) -> FontContext {
        FontContext { collection: self.collection.clone(), source_cache: SourceCache::default() }
    }

    /// The picture of one sign, and the font that holds it.
    fn sign(&self, sign: &str) -> Option<(krilla::text::Font, u32)> {
        let line = super::PaperLine { text: sign.to_owned(), strong: Vec::new() };
        let set = super::setting::Setter::new(self).set(&line, super::setting::Style { size: 10.0, bold: false, width: 100.0 });
        let run = set.layout.get(0)?.runs().next()?;
        let glyph = run.clusters().next()?.glyphs().next()?;
        Some((self.embedded(run.font())?, glyph.id))
    }

    /// What stands for a sign that no font has.
    pub fn square(&self) -> Option<&(krilla::text::Font, u32)> {
        self.square.as_ref()
    }

    /// The families in which a sign is looked for.
    pub fn families() -> FontFamily<'static> {
        FontFamily::List(Cow::Borrowed(&FAMILIES))
    }

    /// The font that a run was set in, as it is embedded.
    pub fn embedded(&self, font: &parley::FontData) -> Option<krilla::text::Font> {
        let bytes: &[u8] = font.data.as_ref();
        self.embedded.iter().find(|(known, _)| std::ptr::eq(known.as_ptr(), bytes.as_ptr())).map(|(_, font)| font.clone())
    }
}
