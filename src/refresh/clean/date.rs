//! When a page was published, as it says itself.

use scraper::{Html, Selector};
use serde_json::Value;
use time::{Date, Month};

use crate::refresh::clock;
use crate::store::now;

/// What pages call it in `meta`, the surest first.
const PUBLISHED: [&str; 13] = [
    "article:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "pubdate",
    "publish-date",
    "parsely-pub-date",
    "date",
];
/// What they call the day when they were changed, which tells less.
const CHANGED: [&str; 4] = ["article:modified_time", "datemodified", "dcterms.modified", "og:updated_time"];

/// The day, month or year of a page: from its `meta` elements, its JSON-LD or its `time` elements.
pub(super) fn of(page: &Html) -> Option<String> {
    in_meta(page, &PUBLISHED)
        .or_else(|| in_json(page, "datePublished"))
        .or_else(|| in_time(page))
        .or_else(|| in_meta(page, &CHANGED))
        .or_else(|| in_json(page, "dateModified"))
}

/// Reads `2024-03-05T07:00Z`, `2024/3/5`, `2024-03` and `2024`; a day that is yet to come is none.
pub(super) fn read(text: &str) -> Option<String> {
    let day = text.trim().split(['T', ' ']).next()?;
    let parts: Vec<&str> = day.split(['-', '/']).collect();
    let (year, month, day, length) = match parts[..] {
        [year] => (year, "1", "1", "YYYY".len()),
        [year, month] => (year, month, "1", "YYYY-MM".len()),
        [year, month, day] => (year, month, day, "YYYY-MM-DD".len()),
        _ => return None,
    };
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let year = year.parse().ok().filter(|&of| year.len() == 4 && of > 0)?;
    let mut read = Date::from_calendar_date(year, month, day.parse().ok()?).ok()?.to_string();
    // As much of it as the page says.
    read.truncate(length);
    // Somewhere it is tomorrow already.
    (read <= clock::day(now() + 86_400)).then_some(read)
}

/// The date under the first of these names that has one.
fn in_meta(page: &Html, names: &[&str]) -> Option<String> {
    let selector = Selector::parse("meta[content]").ok()?;
    let said: Vec<_> = page.select(&selector).map(|of| of.value()).collect();
    names.iter().find_map(|name| {
        let is_it = |value: Option<&str>| value.is_some_and(|value| value.trim().eq_ignore_ascii_case(name));
        let named = said.iter().filter(|of| ["property", "name", "itemprop"].iter().any(|key| is_it(of.attr(key))));
        named.filter_map(|of| read(of.attr("content")?)).next()
    })
}

fn in_time(page: &Html) -> Option<String> {
    let selector = Selector::parse("time[itemprop=datePublished][datetime], time[pubdate][datetime]").ok()?;
    page.select(&selector).find_map(|of| read(of.value().attr("datetime")?))
}

/// What the JSON-LD of a page says of the page: what stands deepest in it is about something else, a comment perhaps.
fn in_json(page: &Html, name: &str) -> Option<String> {
    let selector = Selector::parse("script[type=\"application/ld+json\"]").ok()?;
    let said = page.select(&selector).filter_map(|of| serde_json::from_str(&of.text().collect::<String>()).ok());
    let mut level: Vec<Value> = said.collect();
    while !level.is_empty() {
        if let Some(date) = level.iter().find_map(|of| read(of.get(name)?.as_str()?)) {
            return Some(date);
        }
        let within = |of: Value| match of {
            Value::Array(items) => items,
            Value::Object(fields) => fields.into_iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        };
        level = level.into_iter().flat_map(within).collect();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_says_of_its_date_is_read() {
        for (html, date) in [
            ("<meta property=article:published_time content=2021-04-05T09:30:00+01:00>", Some("2021-04-05")),
            ("<meta name=citation_publication_date content=2019/7/3>", Some("2019-07-03")),
            ("<meta name=DC.date content='2018-11'>", Some("2018-11")),
            ("<meta name=dcterms.modified content=2022><meta name=date content=2020-01-02>", Some("2020-01-02")),
            ("<meta itemprop=datePublished content='5 April 2021'>", None),
            ("<meta name=date content=2021-13-05>", None),
            ("<meta name=date content=2021-02-31>", None),
            ("<meta name=date content=2024-02-29>", Some("2024-02-29")),
            ("<meta name=date content=0000-02-29>", None),
            ("<meta name=date content=2021-02-03-04>", None),
            ("<meta name=date content=9999-12-31>", None),
            ("<time datetime=2021-04-05>5 April</time>", None),
            ("<time itemprop=datePublished datetime=2021-04-05>5 April</time>", Some("2021-04-05")),
            (
                r#"<script type="application/ld+json">{"@graph": [{"comment": {"datePublished": "2024-01-01"},
                "@type": "MedicalWebPage", "datePublished": "2017-06-05"}]}</script>"#,
                Some("2017-06-05"),
            ),
            (r#"<script type="application/ld+json">{"dateModified": "2017-06-05"}</script>"#, Some("2017-06-05")),
            (r#"<script type="application/ld+json">{"datePublished": {"x"</script>"#, None),
        ] {
            assert_eq!(of(&Html::parse_document(html)).as_deref(), date, "{html}");
        }
    }
}
