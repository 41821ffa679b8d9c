//! A figure with the chosen muscles in colour, what covers them made see-through, and names beside them.

use std::fmt::Write;

use super::labels::{Label, Side, WIDTH, place};
use crate::corpus::{Corpus, Figure, Group, Kind, Muscle, Part, PartClass};

/// A colour that can be told from the others with any kind of colour vision: after Okabe and Ito, made
/// calmer; its name, fill, outline, and a light tint for tendons.
struct Colour(&'static str, &'static str, &'static str, &'static str);

const COLOURS: [Colour; 8] = [
    Colour("red", "#c8442c", "#661c0e", "#ecc2b6"),
    Colour("blue", "#2f74b5", "#123a61", "#bdd3e8"),
    Colour("green", "#1e8f6e", "#0b4a37", "#b5dccf"),
    Colour("yellow", "#e3a72f", "#77500a", "#f3ddb0"),
    Colour("purple", "#73357c", "#3a1542", "#dcc6e0"),
    Colour("light blue", "#6bbbe3", "#1f5b7f", "#cfe8f5"),
    Colour("brown", "#8a6a4a", "#46331f", "#d8cbbb"),
    Colour("pink", "#f0b3c8", "#7e3350", "#f5d5e0"),
];

/// Discord takes no longer description of a picture.
const ALT_CHARS: usize = 1000;

/// A picture before it is painted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// A whole SVG.
    pub svg: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// The figure that it is made of.
    pub view: String,
}

impl Drawing {
    /// A muscle, in the view asked for or in its best one; `None` where it is not drawn.
    #[must_use]
    pub fn of_muscle(corpus: &Corpus, muscle: &Muscle, view: Option<&str>) -> Option<Self> {
        let view = muscle.views.iter().find(|of| view.is_none_or(|view| view == *of))?;
        let figure = corpus.figure(view)?;
        let svg = compose(corpus, figure, &muscle.name, &[muscle])?;
        let alt = shortened(&format!("{}. {}: {}", figure.title, muscle.name, muscle.alt_from(view)));
        Some(Self { svg, alt, view: view.clone() })
    }

    /// A group's muscles, in as few pictures as show them all.
    #[must_use]
    pub fn of_group(corpus: &Corpus, group: &Group) -> Vec<Self> {
        let muscles: Vec<&Muscle> = corpus.muscles.of(&group.muscles).collect();
        Self::of_several(corpus, &group.name, &muscles, group.view.as_ref().and_then(|view| corpus.figure(view)))
    }

    /// Muscles to be compared: in one picture where a figure shows them all, else in several.
    #[must_use]
    pub fn of_compared(corpus: &Corpus, muscles: &[&Muscle]) -> Vec<Self> {
        let title = muscles.iter().map(|muscle| muscle.name.as_str()).collect::<Vec<_>>().join(" and ");
        Self::of_several(corpus, &title, muscles, None)
    }

    /// Each muscle is drawn once, in the first figure where one is given, else in the one that shows most of
    /// those that are left.
    fn of_several<'a>(
        corpus: &'a Corpus,
        title: &str,
        muscles: &[&Muscle],
        mut first: Option<&'a Figure>,
    ) -> Vec<Self> {
        let mut left = muscles.to_vec();
        let mut drawings = Vec::new();
        while let Some(figure) = first.take().or_else(|| showing_most(corpus, &left)) {
            let mut shown: Vec<&Muscle> = Vec::new();
            left.retain(|muscle| {
                let fits = figure.shows(PartClass::Muscle, &muscle.id) && fit(figure, &shown, muscle);
                if fits {
                    shown.push(muscle);
                }
                !fits
            });
            drawings.extend(match shown.as_slice() {
                [only] => Self::of_muscle(corpus, only, Some(&figure.view)),
                several => Self::in_figure(corpus, figure, title, several),
            });
        }
        drawings
    }

    fn in_figure(corpus: &Corpus, figure: &Figure, title: &str, muscles: &[&Muscle]) -> Option<Self> {
        let svg = compose(corpus, figure, title, muscles)?;
        let told = |is_short: bool| {
            let mut alt = format!("{}. {title}.", figure.title);
            for (muscle, colour) in muscles.iter().zip(&COLOURS) {
                // A sheet keeps its own colour, whatever its outline has.
                let colour = if muscle.kind == Kind::Sheet { "white" } else { colour.0 };
                let words = if is_short { &muscle.what } else { muscle.alt_from(&figure.view) };
                let _ = write!(alt, " {} in {colour}: {words}", muscle.name);
            }
            alt
        };
        // How each of them runs; of so many that there is no room for that, what each is.
        let alt = Some(told(false)).filter(|alt| alt.chars().count() <= ALT_CHARS).unwrap_or_else(|| told(true));
        Some(Self { svg, alt: shortened(&alt), view: figure.view.clone() })
    }
}

/// Whether one more muscle can be seen in a picture with others: there are colours for all, and of one that hides
/// another there is a second one on the other side of the body, which is left out for it; so of three layers, two.
fn fit(figure: &Figure, others: &[&Muscle], muscle: &Muscle) -> bool {
    let ids: Vec<&str> = others.iter().map(|of| of.id.as_str()).chain([muscle.id.as_str()]).collect();
    let is_under = |id: &str| figure.hidden(&ids).any(|(_, under)| under == id);
    ids.len() <= COLOURS.len() && figure.hidden(&ids).all(|(over, _)| over.mirrored.is_some() && !is_under(&over.id))
}

/// The figure that shows most of these muscles, the earliest of equals as the muscles list them; `None` where
/// none shows any.
fn showing_most<'a>(corpus: &'a Corpus, muscles: &[&Muscle]) -> Option<&'a Figure> {
    let figures = muscles.iter().flat_map(|muscle| &muscle.views).filter_map(|view| corpus.figure(view));
    let shown = |figure: &Figure| muscles.iter().filter(|of| figure.shows(PartClass::Muscle, &of.id)).count();
    // `max_by_key` takes the last of equals.
    let figures: Vec<&Figure> = figures.collect();
    figures.into_iter().rev().max_by_key(|figure| shown(figure)).filter(|figure| shown(figure) > 0)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(ALT_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn compose(corpus: &Corpus, figure: &Figure, title: &str, chosen: &[&Muscle]) -> Option<String> {
    if chosen.is_empty() {
        return None;
    }
    let open = figure.svg.find("<svg").and_then(|at| figure.svg[at..].find('>').map(|end| at + end + 1))?;
    let close = figure.svg.rfind("</svg>")?;
    let colour_of = |id: &str| chosen.iter().zip(&COLOURS).find(|(of, _)| of.id == id).map(|(_, colour)| colour);
    let labels = names(corpus, figure, chosen).map(|(text, part)| label(figure, text, part, &colour_of));
    let labels = place(title, &figure.title, labels);
    let style = style(figure, colour_of);
    let (before, inside, after) = (&figure.svg[..open], &figure.svg[open..close], &figure.svg[close..]);
    Some(format!(
        "{before}\n<rect width=\"100%\" height=\"100%\" fill=\"#f8f6f1\"/>{inside}<style>\n{style}</style>\n{labels}{after}"
    ))
}

/// Bones, landmarks and neighbours are named on the left, chosen muscles on the right; one under another chosen one
/// on the left as well, as that is where it can be seen.
fn label<'a>(
    figure: &Figure,
    text: &'a str,
    part: &Part,
    colour_of: &impl Fn(&str) -> Option<&'a Colour>,
) -> Label<'a> {
    let colour = if part.class == PartClass::Muscle { colour_of(&part.id) } else { None };
    let is_hidden = figure.parts.iter().any(|over| over.hides.contains(&part.id) && colour_of(&over.id).is_some());
    let is_neighbour = part.class == PartClass::Muscle && colour.is_none();
    let (side, at) = match (colour, &part.mirrored) {
        (_, Some(_)) if is_hidden || is_neighbour => (Side::Left, (WIDTH - part.at.0, part.at.1)),
        (None, _) => (Side::Left, part.at),
        (Some(_), _) => (Side::Right, part.at),
    };
    Label { text, at, side, colour: colour.map(|colour| colour.2) }
}

/// What is named: the chosen muscles, the bones that they attach to, and landmarks and muscles that show the way.
fn names<'a>(
    corpus: &'a Corpus,
    figure: &'a Figure,
    chosen: &'a [&Muscle],
) -> impl Iterator<Item = (&'a str, &'a Part)> {
    figure.parts.iter().filter_map(move |part| {
        let name = match part.class {
            PartClass::Muscle => {
                let muscle = corpus.muscles.get(&part.id)?;
                let is_chosen = chosen.iter().any(|of| of.id == muscle.id);
                Some(&muscle.name).filter(|_| is_chosen || is_near(part, chosen))?
            }
            PartClass::Bone if chosen.iter().any(|muscle| is_named(figure, muscle, part)) => {
                &corpus.muscles.bones.iter().find(|bone| bone.id == part.id)?.name
            }
            PartClass::Landmark if is_near(part, chosen) => part.name.as_ref()?,
            _ => return None,
        };
        Some((name.as_str(), part))
    })
}

/// Whether a muscle attaches to a bone, and not to a part of it that has a name of its own.
fn is_named(figure: &Figure, muscle: &Muscle, bone: &Part) -> bool {
    let is_part = |part: &Part| part.instead.as_ref() == Some(&bone.id) && part.with.contains(&muscle.id);
    muscle.attaches.contains(&bone.id) && !figure.parts.iter().any(is_part)
}

fn is_near(part: &Part, chosen: &[&Muscle]) -> bool {
    chosen.iter().any(|muscle| part.with.contains(&muscle.id))
}

/// Chosen muscles in colour; those that show the way in their own, what covers them as an outline, all others pale. A chosen muscle that hides another is
/// left out on one side of the body: a tint of two colours would be a third, and mean neither.
fn style<'a>(figure: &Figure, colour_of: impl Fn(&str) -> Option<&'a Colour>) -> String {
    let mut css = String::new();
    for part in &figure.parts {
        let id = &part.id;
        let covers = part.covers.iter().any(|id| colour_of(id).is_some());
        let is_near = part.with.iter().any(|id| colour_of(id).is_some());
        let _ = match (part.class, colour_of(id)) {
            (PartClass::Muscle, Some(Colour(_, fill, line, tint))) => {
                let hides = part.hides.iter().any(|id| colour_of(id).is_some());
                if let Some(shown) = part.mirrored.as_ref().filter(|_| hides) {
                    let _ = writeln!(css, "#{shown}{{display:none}}");
                }
                writeln!(
                    css,
                    "#{id} .belly,#{id}-behind .belly{{fill:{fill};stroke:{line}}}#{id}-behind{{display:inline}}\
                     #{id} .tendon{{fill:{tint};stroke:{line}}}#{id} .fibre{{stroke:{line}}}#{id} .light{{stroke:#fff}}"
                )
            }
            (PartClass::Muscle, None) if is_near => writeln!(css, "#{id} .belly,#{id} .tendon{{fill-opacity:.85}}"),
            (PartClass::Muscle, None) if covers => writeln!(
                css,
                "#{id} .belly,#{id} .tendon{{fill-opacity:0;stroke-opacity:.15}}#{id} .fibre{{display:none}}"
            ),
            (PartClass::Muscle, None) => writeln!(
                css,
                "#{id} .belly,#{id} .tendon{{fill-opacity:.25;stroke-opacity:.35}}#{id} .fibre{{display:none}}"
            ),
            (PartClass::Landmark, _) if !is_near => writeln!(css, "#{id}{{display:none}}"),
            _ => Ok(()),
        };
    }
    css
}
