//! figures/*.svg: drawings in which each muscle and each bone is a part with an id.

use resvg::usvg::roxmltree;
use serde::{Deserialize, Serialize};

use super::problem::Problem;

/// A drawing, from one side.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// Its id: the file's name without the ending.
    pub view: String,
    /// The file, inside the corpus folder.
    pub file: String,
    /// Its title: "Seen from behind".
    pub title: String,
    /// The figure that looks from the same side, of which it shows a part or more than it: its `data-like`.
    pub like: Option<String>,
    /// The drawing.
    pub svg: String,
    /// Its parts, from the deepest to the nearest.
    pub parts: Vec<Part>,
}

/// A part of a drawing that can be named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The id of a muscle or bone, or its own.
    pub id: String,
    /// What it is.
    pub class: PartClass,
    /// Where its name points to.
    pub at: (f32, f32),
    /// The id of the `<use>` that shows it on the other side of the body.
    pub mirrored: Option<String>,
    /// The muscles that it covers, in part or whole.
    pub covers: Vec<String>,
    /// Those of them of which nothing worth a look is left: not chosen together where that cannot be shown.
    pub hides: Vec<String>,
    /// The bone that it is a part of, and is named instead of with its muscles.
    pub instead: Option<String>,
    /// What it is called where it is neither a bone nor a muscle.
    pub name: Option<String>,
    /// The muscles that it is shown and named with: they are hard to place without it.
    pub with: Vec<String>,
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartClass {
    /// A muscle of muscles.toml.
    Muscle,
    /// A bone of muscles.toml.
    Bone,
    /// What lies nearby and helps to find one's way.
    Landmark,
}

impl Figure {
    /// Reads a drawing; `None`, and a problem, where it is no SVG.
    pub(super) fn read(file: &str, svg: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let document = match roxmltree::Document::parse(svg) {
            Ok(document) => document,
            Err(error) => {
                let line = error.pos().row as usize;
                problems.push(Problem::unread(file, line, format!("this is no SVG: {error}")));
                return None;
            }
        };
        let view = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".svg").to_owned();
        let title = document.descendants().find(|node| node.has_tag_name("title")).and_then(|node| node.text());
        let mut parts = Vec::new();
        let list = |text: Option<&str>| text.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        for node in document.descendants() {
            let class = match node.attribute("class") {
                Some("muscle") => PartClass::Muscle,
                Some("bone") => PartClass::Bone,
                Some("landmark") => PartClass::Landmark,
                _ => continue,
            };
            let at = node.attribute("data-at").and_then(point);
            match (node.attribute("id"), at) {
                (Some(id), Some(at)) => parts.push(Part {
                    id: id.to_owned(),
                    class,
                    at,
                    mirrored: node
                        .children()
                        .find(|child| child.has_tag_name("use"))
                        .and_then(|of| of.attribute("id"))
                        .map(str::to_owned),
                    name: node.attribute("data-name").map(str::to_owned),
                    covers: list(node.attribute("data-covers")),
                    hides: list(node.attribute("data-hides")),
                    instead: node.attribute("data-instead").map(str::to_owned),
                    with: list(node.attribute("data-with")),
                }),
                // More of a bone that has its name elsewhere: what lies behind and before a muscle.
                (None, None) if class == PartClass::Bone => {}
                _ => {
                    let line = document.text_pos_at(node.range().start).row as usize;
                    let message = "a part needs an `id` and `data-at=\"x y\"`, where its name points to";
                    problems.push(Problem::new(file, line, message));
                }
            }
        }
        let title = title.unwrap_or(&view).to_owned();
        let like = document.root_element().attribute("data-like").map(str::to_owned);
        Some(Self { view, file: file.to_owned(), title, like, svg: svg.to_owned(), parts })
    }

    /// Whether it is the figure with this id or looks from the same side.
    #[must_use]
    pub fn is_like(&self, view: &str) -> bool {
        self.view == view || self.like.as_deref() == Some(view)
    }

    /// The muscles of these that hide another one of them, each with the one that it hides.
    pub(crate) fn hidden<'a>(&'a self, ids: &'a [&str]) -> impl Iterator<Item = (&'a Part, &'a str)> {
        let chosen =
            self.parts.iter().filter(|part| part.class == PartClass::Muscle && ids.contains(&part.id.as_str()));
        chosen.flat_map(|over| {
            let hides = |id: &&&str| over.hides.iter().any(|of| of == **id);
            ids.iter().filter(hides).map(move |under| (over, *under))
        })
    }

    /// Whether a muscle or bone with this id is drawn.
    #[must_use]
    pub fn shows(&self, class: PartClass, id: &str) -> bool {
        self.parts.iter().any(|part| part.class == class && part.id == id)
    }
}

/// "x y".
fn point(text: &str) -> Option<(f32, f32)> {
    let (x, y) = text.split_once(' ')?;
    Some((x.parse().ok()?, y.parse().ok()?))
}
