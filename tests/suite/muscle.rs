//! `sacrum muscle`: names, cards, lists.

use sacrum::corpus::{Corpus, Folder};
use sacrum::muscle::{Finder, Found};

use crate::support::{root, sacrum};

fn corpus() -> Corpus {
    Corpus::open(&Folder::Disk(root("corpus"))).unwrap()
}

/// What a name is taken for: the id of a muscle, a group or a thing.
fn meant(finder: &Finder, corpus: &Corpus, query: &str) -> Option<String> {
    match finder.find(corpus, query) {
        Found::Muscle(muscle) => Some(muscle.id.clone()),
        Found::Group(group) => Some(group.id.clone()),
        Found::Thing(thing) => Some(thing.id.clone()),
        Found::Nothing(_) => None,
    }
}

/// How many names of a file there are, how many are taken for what they mean, and how many for another
/// muscle, with those that are not right.
fn names(file: &str) -> (usize, usize, usize, Vec<String>) {
    let corpus = corpus();
    let finder = Finder::new(&corpus).unwrap();
    let lines = std::fs::read_to_string(root(file)).unwrap();
    let (mut all, mut right, mut wrong, mut failures) = (0, 0, 0, Vec::new());
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let query = line["query"].as_str().unwrap();
        let got = meant(&finder, &corpus, query);
        all += 1;
        if got.as_deref() == line["expect"].as_str() {
            right += 1;
        } else {
            wrong += usize::from(got.as_deref().is_some_and(|id| corpus.muscles.get(id).is_some()));
            failures.push(format!("{query}: {} and not {}", got.unwrap_or_default(), line["expect"]));
        }
    }
    (all, right, wrong, failures)
}

/// Of at least so many names of a file so many in a hundred are taken for what they mean, and none for another muscle.
fn assert_found(file: &str, least: usize, percent: usize) {
    let (all, right, wrong, failures) = names(file);
    assert!(all >= least && right * 100 >= all * percent, "{right} of {all}: {failures:#?}");
    assert!(wrong == 0, "{wrong} wrong cards: {failures:#?}");
}

#[test]
fn names_are_found_however_they_are_written() {
    assert_found("tests/questions/muscles.jsonl", 380, 99);
}

/// Nothing was tuned on these.
#[test]
fn unseen_names_are_found_and_give_no_wrong_card() {
    let (all, right, wrong, _) = names("tests/questions/held-muscles.jsonl");
    // Which ones fail is not told, so that nobody is led to tune on them.
    assert!(all >= 390 && right * 100 >= all * 95, "{right} of {all}");
    assert!(wrong == 0, "{wrong} wrong cards");
}

/// Names among other words, whole descriptions, and what a telephone heard.
#[test]
fn names_are_found_in_what_people_type_around_them() {
    assert_found("tests/questions/next-muscles.jsonl", 95, 97);
}

/// Names, misspellings and descriptions in lay words, as they were typed by somebody who had seen nothing else.
#[test]
fn muscles_are_found_by_what_people_say_of_them() {
    assert_found("tests/questions/fresh-muscles.jsonl", 230, 97);
}

/// What a reader had got wrong cards for, and neighbours of it: older Latin, parts of other muscles and of bones, nerves,
/// vessels and illnesses named after a muscle, and ordinary words that look like a name.
#[test]
fn what_only_looks_like_a_name_gives_no_card() {
    assert_found("tests/questions/further-muscles.jsonl", 290, 98);
}

/// Typed by somebody who had not seen the names in the corpus; of the first reading 144 of 155 were right. Neighbours
/// ("the little one under the glute med"), words turned round, parts of the body whose muscles have no card.
#[test]
fn muscles_are_found_by_what_they_lie_next_to_and_whatever_comes_first() {
    assert_found("tests/questions/newest-muscles.jsonl", 150, 97);
}

/// The same again, by the next reader: of the first reading 138 of 145 were right and two were wrong cards; a third of them
/// went to held-muscles.jsonl.
#[test]
fn names_are_found_slips_sides_and_gym_words_included() {
    assert_found("tests/questions/latest-muscles.jsonl", 95, 97);
}

/// Harder, half of them descriptions: at first reading 239 of 269, 141 of 156 and 64 of 80 were right, with eight, four
/// and three wrong cards. 146 more went to held-muscles.jsonl, of which 136 were right, and no card was wrong.
#[test]
fn muscles_are_found_by_place_and_deed_or_no_card_is_shown() {
    assert_found("tests/questions/closed-muscles.jsonl", 500, 96);
}

/// In the proportions in which a community asks; most of them are names that other sets have too. At first reading 215
/// were right, of the 58 that stood in no set 53.
#[test]
fn muscles_are_found_as_a_community_asks_for_them() {
    assert_found("tests/questions/natural-muscles.jsonl", 220, 97);
}

/// The same by four others, who knew which muscles there are and none of their names here: at first reading 335 of 350
/// were right and no card was wrong; of the 163 that stood in no set 149, and six of the others were German, Spanish or
/// Italian.
#[test]
fn muscles_are_found_as_four_strangers_asked_for_them() {
    assert_found("tests/questions/community-muscles.jsonl", 350, 98);
}

#[test]
fn one_stands_for_a_muscle_and_alone_for_none() {
    let corpus = corpus();
    let finder = Finder::new(&corpus).unwrap();
    for (query, expected) in [
        ("the pear one", Some("piriformis")),
        ("the six pack one", Some("rectus-abdominis")),
        ("the middle one", None),
        ("the other ones", None),
    ] {
        assert_eq!(meant(&finder, &corpus, query).as_deref(), expected, "{query}");
    }
}

#[test]
fn a_neighbour_that_is_named_is_not_what_is_meant() {
    let corpus = corpus();
    let finder = Finder::new(&corpus).unwrap();
    for (query, expected) in [
        ("the muscle under the glute med", Some("gluteus-minimus")),
        ("which muscle covers the pear muscle", Some("gluteus-maximus")),
        ("muscle by my tailbone", Some("tailbone-muscles")),
        ("pain under my psoas", None),
        ("the", None),
    ] {
        assert_eq!(meant(&finder, &corpus, query).as_deref(), expected, "{query}");
    }
    let Found::Nothing(offers) = finder.find(&corpus, "pain under my psoas") else { panic!("a card") };
    assert!(offers.iter().any(|of| of.id == "psoas"), "it may be meant all the same");
    assert_ne!(meant(&finder, &corpus, "the glute hidden under the medius").as_deref(), Some("gluteus-medius"));
}

#[test]
fn an_illness_or_a_vessel_named_after_a_muscle_is_told_to_be_one() {
    let corpus = corpus();
    let finder = Finder::new(&corpus).unwrap();
    for (query, expected) in [
        ("psoas abscess", "abscess"),
        ("piriformis artery", "vessel"),
        ("artery of the piriformis", "vessel"),
        ("inferior gluteal artery", "vessel"),
        ("gluteus maximus tendinopathy", "illness"),
        ("sacroiliac joint", "sacroiliac-joint"),
    ] {
        assert_eq!(meant(&finder, &corpus, query).as_deref(), Some(expected), "{query}");
    }
    assert_eq!(meant(&finder, &corpus, "hip").as_deref(), Some("hip-joint"));
    assert_eq!(
        meant(&finder, &corpus, "hip muscles").as_deref(),
        Some("hip-muscles"),
        "a muscle is meant, and no joint"
    );
}

/// Each file of tests/cases/muscle is a command and what it prints. `UPDATE=1 cargo test` writes them anew;
/// read the difference before you keep it.
#[test]
fn cards_read_as_they_did() {
    let folder = root("tests/cases/muscle");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 8);
    for file in files {
        let case = std::fs::read_to_string(&file).unwrap();
        let (command, expected) = case.split_once('\n').unwrap();
        let arguments: Vec<&str> = command.strip_prefix("$ sacrum ").unwrap().split(' ').collect();
        let ran = sacrum(&arguments);
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, format!("{command}\n{}", ran.out)).unwrap();
        } else {
            assert_eq!(ran.out, expected, "{command}");
        }
    }
}

#[test]
fn every_muscle_and_every_group_has_its_card() {
    let corpus = corpus();
    let finder = Finder::new(&corpus).unwrap();
    assert_eq!(corpus.muscles.list.len(), 22);
    for muscle in &corpus.muscles.list {
        assert_eq!(meant(&finder, &corpus, &muscle.id).as_ref(), Some(&muscle.id));
        assert_eq!(meant(&finder, &corpus, &muscle.name).as_ref(), Some(&muscle.id));
        assert_eq!(meant(&finder, &corpus, &format!("my left {}", muscle.name)).as_ref(), Some(&muscle.id));
    }
    for group in &corpus.muscles.groups {
        assert!(!corpus.muscles.cited_with(&group.citations, &group.muscles).is_empty(), "{} cites nothing", group.id);
        assert_eq!(meant(&finder, &corpus, &group.name).as_ref(), Some(&group.id));
    }
}

#[test]
fn what_is_typed_is_completed_typos_included() {
    let corpus = corpus();
    let finder = Finder::new(&corpus).unwrap();
    for (typed, expected) in [
        ("", "piriformis"),
        ("piri", "piriformis"),
        ("perif", "piriformis"),
        ("so", "psoas"),
        ("glute m", "gluteus-maximus"),
        ("quad", "quadratus-lumborum"),
        ("QL", "quadratus-lumborum"),
        ("wallet", "piriformis"),
        ("hip fl", "hip-flexors"),
        ("erecter", "erector-spinae"),
    ] {
        let choices = finder.complete(&corpus, typed, 25);
        let ids: Vec<&str> = choices.iter().map(|choice| choice.id).collect();
        assert!(ids.iter().take(4).any(|id| *id == expected), "{typed}: {ids:?}");
        assert!(ids.len() <= 25);
    }
    assert!(finder.complete(&corpus, "zzzzzz", 25).is_empty());
}

#[test]
fn a_whole_story_gives_no_card() {
    let corpus = corpus();
    let finder = Finder::new(&corpus).unwrap();
    let story = "my neighbour came over and we talked about the garden ".repeat(2000);
    assert!(matches!(finder.find(&corpus, &story), Found::Nothing(_)));
    assert!(finder.complete(&corpus, &story, 25).len() <= 25);
}

#[test]
fn an_answer_tells_which_muscles_it_names() {
    let answers = crate::support::answers(&["where is the piriformis", "what is the weather like"]);
    assert_eq!(answers[0]["muscles"][0], "piriformis", "{}", answers[0]);
    assert_eq!(answers[1]["muscles"], serde_json::json!([]));
}

#[test]
fn json_has_the_stable_form() {
    let json = |arguments: &[&str]| -> serde_json::Value {
        let ran = sacrum(arguments);
        assert_eq!(ran.code, 0, "{}", ran.err);
        serde_json::from_str(&ran.out).unwrap()
    };
    let card = json(&["muscle", "--json", "pirifomis"]);
    assert_eq!(card["query"], "pirifomis");
    for key in [
        "id",
        "name",
        "latin",
        "aliases",
        "group",
        "origin",
        "insertion",
        "innervation",
        "action",
        "aggravated_by",
        "felt_in",
        "care",
        "citations",
    ] {
        assert!(!card["muscle"][key].is_null(), "{key}");
    }
    let choice = json(&["muscle", "--json", "hip flexor"]);
    assert_eq!((&choice["muscle"], &choice["suggestions"][0]), (&serde_json::Value::Null, &"psoas".into()));
    let nothing = json(&["muscle", "--json", "zzzzzz"]);
    assert_eq!((&nothing["muscle"], &nothing["suggestions"]), (&serde_json::Value::Null, &serde_json::json!([])));
    let list = json(&["muscle", "--json", "--nerve", "femoral nerve"]);
    assert_eq!(list.as_array().unwrap().iter().map(|of| &of["id"]).collect::<Vec<_>>(), ["iliacus"]);
    let attached = json(&["muscle", "--json", "--attaches", "sacrum", "--where", "low back"]);
    assert!(attached.as_array().unwrap().iter().any(|of| of["id"] == "multifidus"), "{attached}");
    let front = json(&["muscle", "--json", "--view", "front"]);
    let from_the_front = |id: &str| front.as_array().unwrap().iter().any(|of| of["id"] == id);
    assert!(from_the_front("psoas") && from_the_front("rectus-abdominis"), "{front}");
    assert!(!from_the_front("multifidus"), "{front}");
    let shown = sacrum(&["muscle", "--view", "front"]);
    assert!(shown.out.contains("clinician"), "a list without its disclaimer: {}", shown.out);
    let unknown = sacrum(&["muscle", "--nerve", "optic"]);
    assert!(unknown.code == 1 && unknown.err.contains("sciatic"), "{}", unknown.err);
}

#[test]
fn places_and_bones_are_found_as_people_write_them() {
    let listed = |flag: &str, word: &str| -> Vec<String> {
        let ran = sacrum(&["muscle", "--json", flag, word]);
        assert_eq!(ran.code, 0, "{word}: {}", ran.err);
        let list: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        list.as_array().unwrap().iter().map(|of| of["id"].as_str().unwrap().to_owned()).collect()
    };
    for (typed, place) in [
        ("buttok", "buttock"),
        ("lower bakc", "low back"),
        ("upper butt", "buttock"),
        ("my left butt cheek", "buttock"),
    ] {
        assert_eq!(listed("--where", typed), listed("--where", place), "{typed}");
    }
    let whole = listed("--attaches", "hip bone");
    for id in ["iliacus", "coccygeus", "hamstrings", "deep-hip-rotators", "levator-ani", "rectus-abdominis"] {
        assert!(whole.iter().any(|of| of == id), "{id} attaches to the hip bone: {whole:?}");
    }
    // A part of a bone is not told apart from the rest, so nothing is claimed of it.
    assert_eq!(sacrum(&["muscle", "--attaches", "lesser trochanter"]).code, 1);
    let shown = sacrum(&["muscle", "--where", "buttock"]).out;
    let (lies, felt) = shown.split_once("-- said to be felt there").unwrap();
    assert!(lies.contains("Piriformis") && felt.contains("Quadratus lumborum"), "{shown}");
}

#[test]
fn two_names_are_compared_however_that_is_said() {
    let compared = sacrum(&["muscle", "piriformis", "--compare", "gluteus maximus"]).out;
    for words in ["compare piriformis gluteus maximus", "piriformis vs gluteus maximus", "Piriformis versus glute max"]
    {
        let ran = sacrum(&["muscle", words]);
        assert_eq!((ran.code, ran.out.as_str()), (0, compared.as_str()), "{words}");
    }
    let (claims, corrections) =
        (compared.matches("The article\n").count(), compared.matches("Better sources\n").count());
    assert_eq!((claims, corrections), (2, 2), "a claim without its correction: {compared}");
}

/// It stands in the sources of the card.
#[test]
fn what_people_do_for_a_muscle_is_cited() {
    for muscle in &corpus().muscles.list {
        assert!(!muscle.care.contains("commonly"), "{}: {}", muscle.id, muscle.care);
    }
}

/// What no source was read for is marked as commonly taught, and what that means stands with it.
#[test]
fn what_is_general_teaching_is_told_from_what_the_sources_say() {
    let note = corpus().muscles.card_note.clone();
    assert!(note.contains("commonly") && note.contains("need not stand in the sources"), "{note}");
    let unwrapped = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for arguments in [&["muscle", "psoas"][..], &["muscle", "psoas", "--compare", "iliacus"]] {
        let shown = unwrapped(&sacrum(arguments).out);
        assert_eq!(shown.matches(&note).count(), 1, "{arguments:?}: {shown}");
    }
    let json: serde_json::Value = serde_json::from_str(&sacrum(&["muscle", "--json", "psoas"]).out).unwrap();
    assert_eq!(json["note"], note);
}

#[test]
fn what_was_found_is_shown_where_there_is_no_picture_of_it() {
    for (name, shown) in [("deltoid", "elsewhere"), ("sacrum", "bone"), ("zzz", "no muscle called")] {
        let ran = sacrum(&["muscle", name, "--picture", "never-written.png"]);
        assert!(ran.code == 1 && ran.out.contains(shown), "{name}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains("no picture of") && !ran.err.contains("side"), "{}", ran.err);
    }
    let ran = sacrum(&["muscle", "psoas", "--view", "nonsense"]);
    assert!(ran.code == 1 && ran.err.contains("there are: front"), "{}", ran.err);
}

#[test]
fn a_corpus_without_muscles_or_figures_works() {
    let folder = root("tests/corpora/plain");
    let folder = folder.to_str().unwrap();
    let ran = sacrum(&["muscle", "rose", "--corpus", folder]);
    assert!(ran.code == 0 && ran.out.contains("no muscle called \"rose\""), "{} {}", ran.out, ran.err);
    assert_eq!(sacrum(&["muscle", "--json", "--corpus", folder]).out, "[]\n");
    assert_eq!(sacrum(&["muscle", "rose", "--picture", "rose.png", "--corpus", folder]).code, 1);
}
