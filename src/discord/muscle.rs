//! Muscles: /muscle, /muscles, /where, and the cards that buttons open.

use std::sync::Arc;

use super::bot::Bot;
use super::card;
use super::reply::{Picture, Reply};
use super::text::quoted;
use crate::answer::Answerer;
use crate::corpus::Corpus;
use crate::muscle::{Filter, Found, Unknown, list, named, named_like};
use crate::picture::Drawing;

/// Whether these words are a name and nothing else: then they tell of nobody.
pub(super) fn is_name(answerer: &Answerer, words: &str) -> bool {
    let corpus = answerer.corpus();
    let muscles = &corpus.muscles;
    [&muscles.places, &muscles.nerves, &muscles.bones].into_iter().any(|all| named(all, words).is_some())
        || corpus.figure(words).is_some()
        || answerer.finder().is_name(words)
}

/// Whether something is found by a name, and by the other one where there is one.
pub(super) fn is_known(answerer: &Answerer, name: &str, other: Option<&str>) -> bool {
    let find = |name| answerer.finder().find(answerer.corpus(), name);
    [Some(name), other].into_iter().flatten().all(|name| !matches!(find(name), Found::Nothing(_)))
}

/// What a name means; with another one, both side by side.
pub(super) async fn look_up(bot: &Bot, name: &str, other: Option<&str>) -> Reply {
    let answerer = bot.answerer().await;
    let find = |name: &str| answerer.finder().find(answerer.corpus(), name);
    let found = find(name);
    let Some(other) = other else { return meant(bot, &answerer, name, found).await };
    match (found, find(other)) {
        (Found::Muscle(one), Found::Muscle(two)) if one.id != two.id => {
            let ids = [one.id.clone(), two.id.clone()];
            let draw = move |corpus: &Corpus| {
                let muscles: Vec<_> = corpus.muscles.of(&ids).collect();
                Drawing::of_compared(corpus, &muscles)
            };
            card::compared(&answerer, [one, two], painted(bot, &answerer, draw).await)
        }
        (Found::Muscle(one), Found::Muscle(_)) => meant(bot, &answerer, name, Found::Muscle(one)).await,
        (Found::Muscle(_), found) => not_compared(meant(bot, &answerer, other, found).await, other),
        (found, _) => not_compared(meant(bot, &answerer, name, found).await, name),
    }
}

/// What a name means that is not one muscle, and so stands beside none.
fn not_compared(meant: Reply, name: &str) -> Reply {
    let note = format!("I can put only single muscles side by side, and \"{}\" is not one.", quoted(name, 100));
    Reply { content: format!("{note} {}", meant.content), ..meant }
}

async fn meant(bot: &Bot, answerer: &Arc<Answerer>, name: &str, found: Found<'_>) -> Reply {
    match found {
        Found::Muscle(muscle) => open(bot, &muscle.id, None).await.unwrap_or_default(),
        Found::Group(group) => {
            let id = group.id.clone();
            let draw = move |corpus: &Corpus| {
                let group = corpus.muscles.groups.iter().find(|group| group.id == id);
                group.map(|group| Drawing::of_group(corpus, group)).unwrap_or_default()
            };
            card::group(answerer, group, painted(bot, answerer, draw).await)
        }
        Found::Thing(thing) => card::thing(answerer, thing),
        Found::Nothing(nearest) => card::nothing(name, &nearest),
    }
}

/// The card of a muscle by its id, seen from the side asked for; `None` where there is none of this id.
pub(super) async fn open(bot: &Bot, id: &str, view: Option<&str>) -> Option<Reply> {
    let answerer = bot.answerer().await;
    let muscle = answerer.corpus().muscles.get(id)?;
    let (id, seen) = (id.to_owned(), view.map(str::to_owned));
    let draw = move |corpus: &Corpus| {
        let muscle = corpus.muscles.get(&id);
        muscle.and_then(|muscle| Drawing::of_muscle(corpus, muscle, seen.as_deref())).into_iter().collect()
    };
    Some(card::card(&answerer, muscle, view, painted(bot, &answerer, draw).await))
}

/// Paints pictures away from the threads on which everybody waits. A card goes without one that fails.
async fn painted(
    bot: &Bot,
    answerer: &Arc<Answerer>,
    draw: impl FnOnce(&Corpus) -> Vec<Drawing> + Send + 'static,
) -> Vec<Picture> {
    let (painter, answerer) = (Arc::clone(&bot.painter), Arc::clone(answerer));
    let paint = move || {
        let paint = |drawing: Drawing| match painter.png(&drawing) {
            Ok(png) => Some(Picture { png, alt: drawing.alt }),
            Err(error) => {
                tracing::warn!("a card goes without its picture: {error}");
                None
            }
        };
        draw(answerer.corpus()).into_iter().filter_map(paint).collect()
    };
    tokio::task::spawn_blocking(paint).await.unwrap_or_default()
}

/// /muscles: all, or those that fit.
pub(super) fn listed(answerer: &Answerer, words: &Filter<String>) -> Reply {
    match words.ids(answerer.corpus()) {
        Ok(filter) => card::list(answerer, &list(answerer.corpus(), &filter)),
        Err(Unknown { word, kind, known }) => Reply::whisper(format!(
            "I know no {kind} called \"{}\". There are: {}.",
            quoted(&word, 100),
            super::text::plain(&known.join(", "))
        )),
    }
}

/// /where: what lies at a place; the places to choose from where none is named.
pub(super) fn region(answerer: &Answerer, region: Option<&str>) -> Reply {
    let corpus = answerer.corpus();
    let Some(place) = region.and_then(|word| named_like(corpus, &corpus.muscles.places, word)) else {
        return card::which_place(answerer, region);
    };
    let id = Some(place.id.as_str());
    let lies = list(corpus, &Filter { at: id, ..Filter::default() });
    let mut felt = list(corpus, &Filter { felt: id, ..Filter::default() });
    felt.retain(|muscle| !lies.iter().any(|of| of.id == muscle.id));
    card::place(answerer, place, &lies, &felt)
}
