//! Which language a message is in.

use whatlang::{Lang, Script};

use super::{Language, fold, words};

/// Short messages fool every detector, so a message counts as foreign only if it is in another script,
/// or if few of its words are known here and the detector is sure.
pub(super) fn foreign(language: &Language, text: &str, knows: impl Fn(&str) -> bool) -> Option<&'static str> {
    if language.code() != "en" {
        return None;
    }
    let folded = fold(text);
    let words = words(&folded).filter(|word| word.chars().all(char::is_alphabetic)).take(200).collect::<Vec<_>>();
    let (all, mut known) = (words.len(), 0);
    for word in words {
        known += usize::from(language.is_stop_word(word) || language.is_known(word) || knows(word));
        if known * 2 >= all {
            return None;
        }
    }
    let info = whatlang::detect(text)?;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if info.script() != Script::Latin && letters >= 2 {
        return Some(code(info.lang()));
    }
    let sure = info.is_reliable() || known * 4 < all;
    (all >= 3 && info.lang() != Lang::Eng && sure).then(|| code(info.lang()))
}

/// The language that a longer text is surely in, as ISO 639-1 has it; `None` where that is not sure.
#[must_use]
pub fn of_text(text: &str) -> Option<&'static str> {
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    Some(code(info.lang())).filter(|code| code.len() == 2)
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ita => "it",
        Lang::Rus => "ru",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Tur => "tr",
        Lang::Pol => "pl",
        Lang::Nld => "nl",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Urd => "ur",
        Lang::Dan => "da",
        Lang::Fin => "fi",
        Lang::Nob => "no",
        Lang::Swe => "sv",
        other => other.code(),
    }
}
