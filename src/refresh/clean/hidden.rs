//! What on a page nobody sees: hidden by an attribute, by its style, or by a style sheet that stands on the page.

use std::collections::{HashMap, HashSet};

use scraper::{ElementRef, Html, Selector};
use simplecss::StyleSheet;

/// What is moved so far aside lies outside of every screen.
const OFF_THE_PAGE: f32 = -900.0;

/// Takes what nobody sees out of a page, as the readability crate knows few of the ways to hide it.
pub(super) fn take_out(page: &mut Html) {
    let Some(body) = all(page, "body").next() else { return };
    let sheets = sheets(page);
    let mut sheet = StyleSheet::new();
    sheets.iter().for_each(|text| sheet.parse_more(text));
    // Whether a property hides an element, and whether that is important. What is told later counts, as rules are sorted.
    let mut told = HashMap::new();
    let mut tell = |element: ElementRef<'_>, property: &str, hides: bool, is_important: bool| {
        let of = told.entry((element.id(), property.to_ascii_lowercase())).or_insert((hides, is_important));
        if is_important || !of.1 {
            *of = (hides, is_important);
        }
    };
    for rule in &sheet.rules {
        // What moves may come into view.
        let moves = rule.declarations.iter().any(|of| of.name.contains("animation") || of.name.contains("transition"));
        let says = rule.declarations.iter().filter_map(|of| Some((of.name, hides(of.name, of.value)?, of.important)));
        let says: Vec<_> = says.filter(|_| !moves).collect();
        if !says.is_empty() {
            for element in all(page, &rule.selector.to_string()) {
                says.iter().for_each(|(property, hides, is_important)| tell(element, property, *hides, *is_important));
            }
        }
    }
    for element in body.descendent_elements() {
        let style = element.attr("style").unwrap_or_default();
        for (property, value) in style.split(';').filter_map(|one| one.split_once(':')) {
            let (value, is_important) = match value.rsplit_once('!') {
                Some((value, _)) => (value, true),
                None => (value, false),
            };
            if let Some(hides) = hides(property.trim(), value) {
                tell(element, property.trim(), hides, is_important);
            }
        }
    }
    let unseen: HashSet<_> = told.into_iter().filter(|(_, (hides, _))| *hides).map(|((id, _), _)| id).collect();
    let is_marked =
        |of: ElementRef<'_>| of.attr("hidden").is_some() || of.attr("aria-hidden").is_some_and(|said| said == "true");
    // The body itself is hidden until a script has begun, and the text is there.
    let hidden = body.descendent_elements().filter(|of| *of != body && (is_marked(*of) || unseen.contains(&of.id())));
    let hidden: Vec<_> = hidden.map(|of| of.id()).collect();
    for id in hidden {
        if let Some(mut of) = page.tree.get_mut(id) {
            of.detach();
        }
    }
}

/// The elements that a selector means; none where it is not understood.
fn all<'a>(page: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(selector).ok();
    let found = selector.map(|selector| page.select(&selector).collect::<Vec<_>>());
    found.unwrap_or_default().into_iter()
}

/// The style sheets of a page that hold for screens.
fn sheets(page: &Html) -> Vec<String> {
    let holds = |sheet: &ElementRef<'_>| {
        let media = sheet.attr("media").unwrap_or_default().trim().to_ascii_lowercase();
        matches!(media.as_str(), "" | "all" | "screen")
    };
    // Some hide what stands in them from browsers of long ago.
    let text = |sheet: ElementRef<'_>| sheet.text().collect::<String>().replace("<!--", "").replace("-->", "");
    all(page, "style").filter(holds).map(text).collect()
}

/// Whether an element with this in its style cannot be seen; `None` where that is about something else.
fn hides(property: &str, value: &str) -> Option<bool> {
    let value = value.trim().to_ascii_lowercase();
    // Of a length the number is enough.
    let number: Option<f32> = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%').parse().ok();
    match property.to_ascii_lowercase().as_str() {
        "display" => Some(value == "none"),
        "visibility" => Some(matches!(value.as_str(), "hidden" | "collapse")),
        "opacity" | "font-size" => Some(number == Some(0.0)),
        "left" | "right" | "top" | "text-indent" => Some(number.is_some_and(|number| number <= OFF_THE_PAGE)),
        _ => None,
    }
}
