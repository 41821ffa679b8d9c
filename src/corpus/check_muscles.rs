//! What ties muscles.toml together: names that mean one thing, ids that exist, parts that are drawn.

use std::collections::{HashMap, HashSet};

use super::check::did_you_mean;
use super::problem::{Problem, Unread};
use super::{Corpus, Figure, Named, PartClass};
use crate::language::words_of;

const FILE: &str = "muscles.toml";

pub(super) fn muscles(corpus: &Corpus, unread: &Unread, problems: &mut Vec<Problem>) {
    let mut fault = |line: usize, message: String| problems.push(Problem::new(FILE, line, message));
    let muscles = &corpus.muscles;
    for muscle in &muscles.list {
        let id = &muscle.id;
        if muscle.citations.is_empty() {
            fault(muscle.line, format!("\"{id}\" cites nothing; add `citations = [\"source-id\"]`"));
        }
        for (key, ids, table, known) in [
            ("attaches", &muscle.attaches, "bone", &muscles.bones),
            ("nerves", &muscle.nerves, "nerve", &muscles.nerves),
            ("lies_at", &muscle.lies_at, "place", &muscles.places),
            ("felt_at", &muscle.felt_at, "place", &muscles.places),
        ] {
            for unknown in unknown(ids, known) {
                fault(
                    muscle.line,
                    format!("\"{id}\": {key} names \"{unknown}\", and there is no [[{table}]] of that id"),
                );
            }
        }
        for view in &muscle.views {
            match corpus.figure(view) {
                None if unread.is_file(&format!("figures/{view}.svg")) => {}
                None => fault(muscle.line, format!("\"{id}\": there is no figures/{view}.svg")),
                Some(figure) if !figure.shows(PartClass::Muscle, id) => {
                    fault(
                        muscle.line,
                        format!("\"{id}\" is not drawn in {}; take it out of `views`, or draw it", figure.file),
                    );
                }
                Some(_) => {}
            }
        }
        // A corpus may do without drawings, but not with half of them.
        if muscle.views.is_empty() && !corpus.figures.is_empty() {
            fault(muscle.line, format!("\"{id}\" has no picture; name a drawing in `views`"));
        }
    }
    let cited = muscles.list.iter().map(|of| (of.line, &of.id, &of.citations));
    let cited = cited.chain(muscles.groups.iter().map(|of| (of.line, &of.id, &of.citations)));
    for (line, id, sources) in cited.chain(muscles.things.iter().map(|of| (of.line, &of.id, &of.citations))) {
        let is_unknown = |source: &&String| corpus.source(source).is_none() && !unread.is_entry("sources.toml", source);
        for source in sources.iter().filter(is_unknown) {
            let meant = did_you_mean(corpus, source);
            fault(line, format!("\"{id}\": source \"{source}\" is not in sources.toml{meant}"));
        }
    }
    let lists = muscles.list.iter().map(|of| (of.line, &of.id, &of.related));
    let lists = lists.chain(muscles.groups.iter().map(|of| (of.line, &of.id, &of.muscles)));
    for (line, id, list) in lists.chain(muscles.things.iter().map(|of| (of.line, &of.id, &of.muscles))) {
        for unknown in list.iter().filter(|muscle| muscles.get(muscle).is_none() && !unread.is_entry(FILE, muscle)) {
            fault(line, format!("\"{id}\" names the muscle \"{unknown}\", and there is no [[muscle]] of that id"));
        }
    }
    for bone in &muscles.bones {
        for part in unknown(&bone.parts, &muscles.bones) {
            fault(0, format!("the bone \"{}\" is made of \"{part}\", and there is no [[bone]] of that id", bone.id));
        }
    }
    for group in &muscles.groups {
        let absent = |view: &&String| corpus.figure(view).is_none() && !unread.is_file(&format!("figures/{view}.svg"));
        if let Some(view) = group.view.as_ref().filter(absent) {
            fault(group.line, format!("\"{}\": there is no figures/{view}.svg", group.id));
        }
    }
    names(corpus, problems);
    if !unread.is_file(FILE) {
        figures(corpus, unread, problems);
    }
}

fn unknown<'a>(ids: &'a [String], known: &'a [Named]) -> impl Iterator<Item = &'a String> {
    ids.iter().filter(|id| !known.iter().any(|of| of.id == **id))
}

/// A name means one entry; what means several belongs into a group.
fn names(corpus: &Corpus, problems: &mut Vec<Problem>) {
    let muscles = &corpus.muscles;
    let of_muscles = muscles.list.iter().map(|of| (of.line, &of.id, &of.name, &of.aliases));
    let of_groups = muscles.groups.iter().map(|of| (of.line, &of.id, &of.name, &of.terms));
    let of_things = muscles.things.iter().map(|of| (of.line, &of.id, &of.name, &of.terms));
    let mut owner: HashMap<String, &str> = HashMap::new();
    let mut ids: HashSet<&str> = HashSet::new();
    for (line, id, name, others) in of_muscles.chain(of_groups).chain(of_things) {
        if !ids.insert(id) {
            problems.push(Problem::new(FILE, line, format!("the id \"{id}\" stands twice; rename one")));
        }
        for name in std::iter::once(name).chain(others) {
            let folded = words_of(name).join(" ");
            if let Some(other) = owner.insert(folded, id).filter(|other| other != id) {
                let message = format!("\"{name}\" names both \"{other}\" and \"{id}\"; move it to a [[group]] of both");
                problems.push(Problem::new(FILE, line, message));
            }
        }
    }
}

/// Each bone is drawn somewhere, and each part that is drawn is known.
fn figures(corpus: &Corpus, unread: &Unread, problems: &mut Vec<Problem>) {
    if corpus.figures.is_empty() {
        return;
    }
    let muscles = &corpus.muscles;
    let drawn = |bone: &Named| corpus.figures.iter().any(|figure| figure.shows(PartClass::Bone, &bone.id));
    for bone in muscles.bones.iter().filter(|bone| bone.parts.is_empty() && !drawn(bone)) {
        problems.push(Problem::new(FILE, 0, format!("the bone \"{}\" is drawn in no figure", bone.id)));
    }
    let is_known = |figure: &Figure| {
        let known = |class: PartClass, id: &str| match class {
            PartClass::Muscle => muscles.get(id).is_some() || unread.is_entry(FILE, id),
            PartClass::Bone => muscles.bones.iter().any(|bone| bone.id == id),
            PartClass::Landmark => true,
        };
        figure.parts.iter().filter(|part| !known(part.class, &part.id)).map(|part| part.id.clone()).collect::<Vec<_>>()
    };
    for figure in corpus.figures.iter() {
        if let Some(like) = figure.like.as_ref().filter(|like| corpus.figure(like).is_none()) {
            problems.push(Problem::new(&figure.file, 1, format!("data-like: there is no figures/{like}.svg")));
        }
        for part in &figure.parts {
            for hidden in part.hides.iter().filter(|hidden| !part.covers.contains(hidden)) {
                let message =
                    format!("\"{}\" hides \"{hidden}\" and does not cover it; add it to data-covers", part.id);
                problems.push(Problem::new(&figure.file, 0, message));
            }
        }
        for id in is_known(figure) {
            problems.push(Problem::new(
                &figure.file,
                0,
                format!("the part \"{id}\" is neither a muscle nor a bone of {FILE}"),
            ));
        }
    }
}
