//! What we promise, held against every answer to the questions in tests/questions.

use std::collections::HashSet;
use std::path::Path;

use sacrum::corpus::{Corpus, Folder, Level};
use sacrum::language;

use crate::support::{root, sacrum, sacrum_with};

/// A note's own sentences: without headings, tables and folded white space.
fn plain(text: &str) -> String {
    let mut in_table = false;
    let lines = text.lines().filter(|line| {
        if line.starts_with("```") {
            in_table = !in_table;
            return false;
        }
        !in_table && !line.starts_with('#')
    });
    lines.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_excerpt_stands_in_its_document_and_every_correction_follows_its_claim() {
    let questions = std::fs::read_to_string(root("tests/questions/answerable.jsonl")).unwrap();
    let ran = sacrum_with(&["ask", "--batch", "-"], &questions);
    let mut seen = 0;
    for line in ran.out.lines() {
        let answer: serde_json::Value = serde_json::from_str(line).unwrap();
        let excerpts = answer["excerpts"].as_array().unwrap();
        assert!(excerpts.len() <= 3, "{answer}");
        for (at, excerpt) in excerpts.iter().enumerate() {
            seen += 1;
            let path = format!("corpus/notes/{}.md", excerpt["document"].as_str().unwrap());
            let note = plain(&std::fs::read_to_string(root(&path)).unwrap());
            let text = plain(excerpt["text"].as_str().unwrap());
            assert!(note.contains(&text), "not in {path}: {text}");
            assert!(!excerpt["url"].as_str().unwrap().is_empty(), "{excerpt}");
            if let Some(corrected) = excerpt["corrects"].as_u64() {
                assert!(usize::try_from(corrected).unwrap() < at, "{answer}");
            }
        }
    }
    assert!(seen > 100, "only {seen} excerpts were shown");
}

/// What `sacrum evaluate` says of a file.
fn figures(file: &str) -> serde_json::Value {
    let ran = sacrum(&["evaluate", "--json", root(file).to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

/// The sets that nothing is learnt from; each was unseen when it was written.
const SETS: [&str; 11] =
    ["final", "last", "next", "after", "late", "hidden", "closed", "unseen", "newer", "sealed", "fresh"];

/// A figure, and out of how many, over all sets.
fn over_all_sets(kind: &str, counted: &str, of: &str) -> (u64, u64) {
    SETS.iter().fold((0, 0), |(sum, all), set| {
        let figures = figures(&format!("tests/questions/{set}-{kind}.jsonl"));
        (sum + figures[counted].as_u64().unwrap(), all + figures[of].as_u64().unwrap())
    })
}

// What was reached; a change may lower what is bad and raise what is good, and never the other way round.
const WRONG_OR_NOTHING_PERCENT: u64 = 5;
const ANSWERED_IN_VAIN_PERCENT: u64 = 3;
const UNANSWERABLE_PERCENT: u64 = 4;
const MISSED_SIGNS_PERCENT: u64 = 2;
const FALSE_ALARMS_PERCENT: u64 = 3;
const EVERYDAY_ALARMS_PERCENT: u64 = 5;
/// The same for each of the first sets, which ask the plainest.
const MISSED_IN_A_SET_PERCENT: u64 = 4;
const FALSE_IN_A_SET_PERCENT: u64 = 8;

#[test]
fn what_must_not_be_answered_is_hardly_ever_answered() {
    let figures = figures("tests/questions/unanswerable.jsonl");
    let (answered, of) =
        (figures["answered_all_the_same"].as_u64().unwrap(), figures["unanswerable"].as_u64().unwrap());
    assert!(of >= 100 && answered * 100 <= of * UNANSWERABLE_PERCENT, "{answered} of {of}: {}", figures["failures"]);
}

#[test]
fn in_no_set_of_plain_messages_are_signs_often_missed_or_look_alikes_often_taken_for_one() {
    for file in SETS[..4].iter().map(|set| format!("{set}-triage")) {
        let figures = figures(&format!("tests/questions/{file}.jsonl"));
        let count = |name: &str| figures[name].as_u64().unwrap();
        let (missed, signs) = (count("missed_signs"), count("signs"));
        assert!(signs >= 190 && missed * 100 <= signs * MISSED_IN_A_SET_PERCENT, "{file}: {missed} of {signs} missed");
        let (false_alarms, look_alikes) = (count("false_alarms"), count("look_alikes"));
        assert!(
            look_alikes >= 190 && false_alarms * 100 <= look_alikes * FALSE_IN_A_SET_PERCENT,
            "{file}: {false_alarms} of {look_alikes} false"
        );
    }
}

#[test]
fn most_questions_that_are_covered_are_answered_right_and_few_that_are_not() {
    let (right, of) = over_all_sets("answerable", "right_in_3", "answerable");
    assert!(of >= 1_500 && (of - right) * 100 <= of * WRONG_OR_NOTHING_PERCENT, "{right} of {of} right");
    let (answered, of) = over_all_sets("unanswerable", "answered_all_the_same", "unanswerable");
    assert!(of >= 1_000 && answered * 100 <= of * ANSWERED_IN_VAIN_PERCENT, "{answered} of {of} answered");
}

/// What members of a community ask first of all, whether or not a section answers it; the near misses are on the very
/// subject of some section, those of `beside` in its very words. `follow` goes on from a question before, or only reacts;
/// `wrapped` stands among greetings, thanks, links and laughs.
#[test]
fn what_people_ask_without_knowing_the_notes_is_answered_too() {
    for (file, least_right_percent, least) in
        [("natural", 94, 1400), ("voices", 90, 500), ("follow", 84, 70), ("wrapped", 92, 140), ("introduced", 85, 130)]
    {
        let covered = figures(&format!("tests/questions/{file}-answerable.jsonl"));
        let (right, of) = (covered["right_in_3"].as_u64().unwrap(), covered["answerable"].as_u64().unwrap());
        assert!(of >= least && right * 100 >= of * least_right_percent, "{file}: {right} of {of} right");
    }
    for (file, most_answered_percent, least) in
        [("natural", 7, 900), ("voices", 10, 600), ("beside", 20, 700), ("follow", 25, 60), ("wrapped", 2, 110)]
    {
        let near = figures(&format!("tests/questions/{file}-unanswerable.jsonl"));
        let (answered, of) = (near["answered_all_the_same"].as_u64().unwrap(), near["unanswerable"].as_u64().unwrap());
        assert!(of >= least && answered * 100 <= of * most_answered_percent, "{file}: {answered} of {of} answered");
    }
}

/// The first file says it as the published lists of signs do, in everyday words; the second as plainly and shortly as can
/// be; of the third half is said sideways or in a story, and its look-alikes are dramatic. The fourth has the sign beside
/// something harmless in one sentence, in long messages without a full stop, or in the plainest opening lines; a third of
/// the fifth are stories. The sixth says it as matter-of-fact adults, nurses and letters of doctors do, `asked` puts it into
/// a question, `letters` into a long letter, `typed` as it is typed on a phone, a tenth of it half in another language, and
/// `spread` over several messages. `styles` is dictated, as short as can be, told of others, in slang, in a second language
/// and more; `checklist` says what somebody has among all that they have not; `wrapped` stands among greetings, thanks,
/// links and laughs; `posts` are long and chatty, and `introduced` says who asks: "34 year old male, ...". `other` is of signs that
/// are not the back's: shingles, sight, testicles, hands, a headache after a needle, tablets of somebody else; `each` and `fair`
/// have some of every flag.
#[test]
fn signs_that_are_told_as_people_tell_them_are_hardly_ever_missed() {
    for (file, missed_percent, false_percent, least) in [
        ("open", 2, 2, 1000),
        ("plainest", 3, 3, 200),
        ("plain", 1, 10, 750),
        ("mixed", 2, 10, 155),
        ("story", 2, 8, 190),
        ("clinical", 3, 2, 800),
        ("asked", 2, 2, 420),
        ("letters", 6, 6, 100),
        ("typed", 5, 1, 290),
        ("spread", 6, 5, 155),
        ("styles", 1, 4, 670),
        ("checklist", 2, 7, 60),
        ("wrapped", 2, 1, 190),
        ("posts", 3, 3, 200),
        ("introduced", 1, 1, 120),
        ("other", 8, 1, 149),
        ("each", 1, 1, 160),
        ("fair", 1, 2, 160),
    ] {
        let figures = figures(&format!("tests/questions/{file}-triage.jsonl"));
        let count = |name: &str| figures[name].as_u64().unwrap();
        let (missed, signs) = (count("missed_signs"), count("signs"));
        assert!(signs >= least && missed * 100 <= signs * missed_percent, "{file}: {missed} of {signs} missed");
        let (alarms, of) = (count("false_alarms"), count("look_alikes"));
        assert!(of >= least && alarms * 100 <= of * false_percent, "{file}: {alarms} of {of} false");
    }
}

/// Who is asked for the signs says of most that they have them not.
#[test]
fn what_is_denied_is_no_sign_and_what_is_said_beside_it_is_one() {
    let signs = "numbness between my legs|saddle numbness|trouble peeing|loss of bladder control|loss of bowel control|\
                 numbness in both legs|weakness in both legs|foot drop|blood in my urine|chest pain|\
                 calf swelling|thoughts of killing myself";
    let denied = "no {}, just a sore back|back pain, no fever and no {}|{}? no. just a sore back|\
                  {} - nope, only the usual back ache|{}: no. low back pain for two weeks|\
                  fever? no. {}? never. back pain? yes, when i sit|fever no, {} no, rash no, back pain yes";
    let shown = "{}? yes. and a sore back|{}: yes, since yesterday, with low back pain|fever? no. {}? yes|\
                 fever no, rash no, {} since sunday|{}? yes. fever? no.|no fever, no rash, but {} and my back hurts";
    let told = |frames: &str| -> Vec<String> {
        frames.split('|').flat_map(|frame| signs.split('|').map(|sign| frame.replace("{}", sign))).collect()
    };
    let are_urgent = |messages: Vec<String>, is_expected: bool| {
        let line = |message: &String| serde_json::json!({"id": message, "question": message}).to_string();
        let ran = sacrum_with(&["ask", "--batch", "-"], messages.iter().map(line).collect::<Vec<_>>().join("\n"));
        assert_eq!((ran.code, ran.out.lines().count()), (0, messages.len()), "{}", ran.err);
        let answers = ran.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let others = answers.filter(|answer| answer["urgent"].is_null() == is_expected);
        let others: Vec<String> = others.map(|answer| answer["id"].to_string()).collect();
        assert!(others.is_empty(), "urgent should be {is_expected}: {others:#?}");
    };
    are_urgent(told(denied), false);
    are_urgent(told(shown), true);
    let beside_a_no = [
        "is there feeling between my legs? no",
        "control over my bladder? none since yesterday",
        "feeling in the saddle area: none, back pain since sunday",
        "numb between my legs? no idea why but yes",
        "is numbness between my legs since yesterday normal? no? should i go to er",
        "do i need to worry that both my legs are numb? nope?",
        "is this normal, cant feel my crotch? no",
        "numb between my legs? no? please",
        "any feeling between the legs? no",
        "been able to pee today? nope. drank loads",
        "crotch numb is bad no? er is right no?",
        "thinking of waiting with the numb saddle till monday - no?",
        "took too many pills? no, the whole box, on purpose",
        "numb genitals: no pain at all, since the lift",
        "chest pain - no, not heartburn, crushing and my arm hurts",
        "both legs numb since this morning. is that sciatica? no",
    ];
    are_urgent(beside_a_no.map(str::to_owned).to_vec(), true);
}

/// "Loss of bladder control", "saddle anaesthesia", "suicidal thoughts": who has read a leaflet says it so.
#[test]
fn signs_in_the_words_of_leaflets_are_heard_in_every_plain_form() {
    let figures = figures("tests/questions/leaflet-triage.jsonl");
    let (missed, signs) = (figures["missed_signs"].as_u64().unwrap(), figures["signs"].as_u64().unwrap());
    assert!(signs >= 360 && missed * 100 <= signs, "{missed} of {signs} missed: {}", figures["failures"]);
}

/// Plain talk of ordinary backs and tablets, waiting and weather: what a community writes all day. And the worries of who
/// has nothing but an ordinary back, or a tingle in one foot.
#[test]
fn everyday_talk_of_backs_is_no_emergency() {
    for (file, most_percent, least) in [("everyday", EVERYDAY_ALARMS_PERCENT, 390), ("calm", 5, 100)] {
        let figures = figures(&format!("tests/questions/{file}-chat.jsonl"));
        let (alarms, of) = (figures["false_alarms"].as_u64().unwrap(), figures["look_alikes"].as_u64().unwrap());
        assert!(of >= least && alarms * 100 <= of * most_percent, "{file}: {alarms} of {of} false");
    }
}

/// What `sacrum evaluate` says of a file of questions to a corpus.
fn figures_of(corpus: &Path, file: &Path) -> serde_json::Value {
    let ran = sacrum(&["evaluate", "--json", "--corpus", corpus.to_str().unwrap(), file.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "every section that is named exists");
    serde_json::from_str(&ran.out).unwrap()
}

/// Corpora on other subjects, as a stranger would begin one: with a few questions a section, and with documents alone.
/// Half of what is asked is worded as oddly as people can; of the last a third.
#[test]
fn other_subjects_are_answered_where_it_is_sure_and_left_alone_where_it_is_not() {
    for (name, least_percent, most_in_vain_percent) in [("plants", 54, 8), ("coffee", 52, 8), ("knee", 44, 11)] {
        let corpus = root(&format!("tests/corpora/{name}"));
        let of = |kind: &str| figures_of(&corpus, &root(&format!("tests/questions/{name}-{kind}.jsonl")));
        let (covered, other) = (of("answerable"), of("unanswerable"));
        let (right, questions) = (covered["right_in_3"].as_u64().unwrap(), covered["answerable"].as_u64().unwrap());
        assert!(questions == 150 && right * 100 >= questions * least_percent, "{name}: {right} of {questions} right");
        let (answered, of) =
            (other["answered_all_the_same"].as_u64().unwrap(), other["unanswerable"].as_u64().unwrap());
        assert!(of == 120 && answered * 100 <= of * most_in_vain_percent, "{name}: {answered} of {of} answered");
    }
}

#[test]
fn signs_in_messages_that_it_never_saw_are_seldom_missed_and_look_alikes_seldom_fire() {
    let (missed, signs) = over_all_sets("triage", "missed_signs", "signs");
    assert!(signs >= 1_400 && missed * 100 <= signs * MISSED_SIGNS_PERCENT, "{missed} of {signs} missed");
    for kind in ["triage", "chat"] {
        let (alarms, of) = over_all_sets(kind, "false_alarms", "look_alikes");
        assert!(of >= 1_400 && alarms * 100 <= of * FALSE_ALARMS_PERCENT, "{kind}: {alarms} of {of} false");
    }
}

const BEFORE: &str = "Hi all, long time lurker here. So last week we finally moved into the new flat, which was a bit of a \
                      nightmare because the lift was broken and the van turned up two hours late. My brother carried \
                      most of the boxes and I did the kitchen. On the Sunday we had pizza on the floor.";
const AFTER: &str = "Anyway work starts again on Monday and I still have not found my good chair. The office is quite far \
                     so I take the train, and it is always packed. My boss is fine with me working from home twice a \
                     week. How long does sciatica last? Thanks for reading all this.";

/// What people write around what they have to say: before it, and behind it.
const AROUND: [(&str, &str); 22] = [
    ("", ", thanks in advance!"),
    ("Hi everyone, quick question: ", ""),
    ("sorry if this is the wrong channel but ", ""),
    ("update: ", ""),
    ("@sacrum ", " 😭😭😭"),
    ("", " https://example.org/watch?v=ouch-123456"),
    ("https://example.org/a/b\n", ""),
    ("", "\nsent from my iphone"),
    ("", ". Any help would be greatly appreciated. Many thanks"),
    ("", "... sorry for my english"),
    ("TL;DR: ", ""),
    ("Good morning all. ", ". Cheers!"),
    ("34 year old male, ", ""),
    ("I'm a 29 y/o nurse from Ohio. ", ""),
    ("as a woman of 50 and ", ""),
    ("Student here, M24. ", ""),
    ("", " (im in the UK)"),
    ("", "\nF 36, Leeds"),
    // These tell who asks and how, which counts a little where a message is judged.
    ("haha ", " lol"),
    ("", " lmao 😂"),
    ("does anyone know ", "?"),
    ("My wife wants to know, ", ""),
];
/// So many of them come first that count for nothing.
const COURTESIES: usize = 18;

/// A greeting, thanks, a laugh, a link or who somebody is brings no other answer, and takes no sign back.
#[test]
fn what_is_said_around_a_message_changes_nothing() {
    let of = |file: &str| {
        let lines = std::fs::read_to_string(root(&format!("tests/questions/{file}"))).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let alone = lines.filter(|line| line["previous"].is_null() && line["before"].is_null());
        alone.map(|line| line["question"].as_str().unwrap().to_owned()).take(100).collect::<Vec<_>>()
    };
    let messages = [of("natural-answerable.jsonl"), of("open-triage.jsonl")].concat();
    let ask = |texts: &[String]| {
        let line = |text: &String| serde_json::json!({"id": "a", "question": text}).to_string();
        let ran = sacrum_with(&["ask", "--batch", "-"], texts.iter().map(line).collect::<Vec<_>>().join("\n"));
        let said = |line: &str| {
            let answer: serde_json::Value = serde_json::from_str(line).unwrap();
            (answer["urgent"]["level"].clone(), answer["excerpts"][0]["id"].clone())
        };
        ran.out.lines().map(said).collect::<Vec<_>>()
    };
    let alone = ask(&messages);
    assert_eq!((alone.len(), messages.len()), (200, 200));
    for (at, (before, behind)) in AROUND.into_iter().enumerate() {
        let bare =
            |text: &String| if behind.is_empty() { text.clone() } else { text.trim_end_matches(['.', '!']).to_owned() };
        let around: Vec<String> = messages.iter().map(|text| format!("{before}{}{behind}", bare(text))).collect();
        let now = ask(&around);
        assert_eq!(now.len(), alone.len());
        let other = now.into_iter().zip(&alone).zip(&around).filter(|((now, then), _)| now != *then);
        let other: Vec<_> = other.collect();
        let judged = other.iter().filter(|(((now, _), (then, _)), _)| now != then).count();
        let most = if at < COURTESIES { 1 } else { messages.len() / 25 };
        assert!(judged <= most, "{before}…{behind}: {judged} are judged otherwise: {other:#?}");
        let answered = other.iter().filter(|(((_, now), (_, then)), _)| now != then).count();
        assert!(answered * 20 <= messages.len(), "{before}…{behind}: {answered} are answered otherwise: {other:#?}");
    }
}

/// By somebody who looked for what is missed only for what people say of themselves; neither words nor ages that stand in a
/// sign are taken for that.
#[test]
fn who_somebody_is_takes_no_sign_back() {
    let signs = [
        "I'm a 41 year old nurse from Leeds and I have chest pain",
        "I'm a 41 year old nurse from Leeds and I am suicidal",
        "i am 37 years old and better off dead",
        "peed myself im 34",
        "I am 61 years old and numb in the crotch, none of the meds help",
        "nurse, 24F, took the box of amitriptyline. not sorry",
        "as a 50 year old woman bladder ok? no. bowels ok? no",
        "able to urinate: no\nnumbness: yes\nfever: no (34M)",
        "Im on rivaroxaban and took my mates nurofen all week for my back, male 38",
        "my back has beaten me. i will not be here 34m",
        "truck driver, 51, Texas: back much worse since the spinal injection, feel ill",
        "retired builder here, 63. back pain all night, never lets up",
        "34m self harming because of the pain and my back hurts",
        "34F self harm thoughts because of my back",
        "i have 18/64 oxys lined up",
        "i am on 20 mg prednisone daily and my back suddenly hurts after a cough",
        "34m 39.4, teeth chattering, spine feels like somebody parked a truck on it",
        "groin is numb and i cant have sex 34M",
        "went numb down there, F34 🍑",
        "back pain wakes me at 4am, better walking, im 29",
    ];
    let line = |sign: &&str| serde_json::json!({"id": sign, "question": sign}).to_string();
    let ran = sacrum_with(&["ask", "--batch", "-"], signs.iter().map(line).collect::<Vec<_>>().join("\n"));
    let answers = ran.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let missed: Vec<_> =
        answers.filter(|answer| answer["urgent"].is_null()).map(|answer| answer["id"].clone()).collect();
    assert_eq!((ran.out.lines().count(), missed), (signs.len(), vec![]));
}

/// Of the red flags' own examples, told in several ways, no more than so many in a hundred are missed or taken for less.
fn assert_heard(told_in: &[&dyn Fn(&str) -> String], most_lost_percent: usize) {
    let corpus = Corpus::open(&Folder::Disk(root("corpus"))).unwrap();
    let signs = corpus.red_flags.flag.iter().flat_map(|flag| &flag.must);
    let signs: Vec<_> = signs.flat_map(|(level, told)| told.iter().map(move |told| (*level, told))).collect();
    assert!(signs.len() > 500);
    for tell in told_in {
        let line = |(_, told): &(Level, &String)| serde_json::json!({"id": "s", "question": tell(told)}).to_string();
        let ran = sacrum_with(&["ask", "--batch", "-"], signs.iter().map(line).collect::<Vec<_>>().join("\n"));
        let answers = ran.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let is_lost = |level: Level, answer: &serde_json::Value| {
            serde_json::from_value::<Level>(answer["urgent"]["level"].clone()).map_or(true, |told| told < level)
        };
        let lost: Vec<_> = signs.iter().zip(answers).filter(|((level, _), answer)| is_lost(*level, answer)).collect();
        let told = tell("...");
        assert!(lost.len() * 100 <= signs.len() * most_lost_percent, "{told}: {} lost: {lost:#?}", lost.len());
    }
}

/// At the beginning, in the middle and at the end of what people write besides.
#[test]
fn a_sign_in_a_story_counts_as_much_as_one_alone() {
    let told_in: [&dyn Fn(&str) -> String; 3] =
        [&|told| format!("{told}. {BEFORE} {AFTER}"), &|told| format!("{BEFORE} {told}. {AFTER}"), &|told| {
            format!("{BEFORE} {AFTER} {told}")
        }];
    assert_heard(&told_in, 1);
}

/// What was told, without what ends it.
fn bare(told: &str) -> &str {
    told.trim_end_matches(['.', '?', '!', ' '])
}

#[test]
fn a_sign_beside_something_harmless_counts_as_much_as_one_alone() {
    let told_in: [&dyn Fn(&str) -> String; 4] = [
        &|told| format!("{}, how long does sciatica last", bare(told)),
        &|told| format!("{} does massage help", bare(told)),
        &|told| format!("what mattress is best, {told}"),
        &|told| format!("{} and which stretch helps the piriformis", bare(told)),
    ];
    assert_heard(&told_in, 2);
}

/// Whoever writes so on a phone in pain is not to be missed; the bound is what was reached, not what is wanted.
#[test]
fn a_sign_in_a_story_without_a_full_stop_is_heard() {
    let commas = |text: &str| bare(text).replace(". ", ", ").replace("? ", ", ");
    let nothing = |text: &str| text.replace(['.', ',', '?', '!', ';', ':'], "").to_lowercase();
    let told_in: [&dyn Fn(&str) -> String; 2] =
        [&|told| format!("{}, {}, {}", commas(BEFORE), commas(told), commas(AFTER)), &|told| {
            nothing(&format!("{BEFORE} {told} {AFTER}"))
        }];
    assert_heard(&told_in, 1);
}

/// Without a mark before the question, behind a comma, and as a sentence of its own.
#[test]
fn a_question_behind_a_sign_takes_nothing_back() {
    let told_in: [&dyn Fn(&str) -> String; 6] = [
        &|told| format!("{} which mattress is best", bare(told)),
        &|told| format!("{} can i go to the gym", bare(told)),
        &|told| format!("{}, what can i do", bare(told)),
        &|told| format!("{}, is yoga good for backs?", bare(told)),
        &|told| format!("{}. where does the piriformis sit", bare(told)),
        &|told| format!("{}. how long will it last?", bare(told)),
    ];
    assert_heard(&told_in, 1);
}

/// What was at another time, or is over, and is another matter.
#[test]
fn what_was_before_takes_nothing_back() {
    let told_in: [&dyn Fn(&str) -> String; 6] = [
        &|told| format!("{}, i moved house last year", bare(told)),
        &|told| format!("{}, had a knee op in 2019", bare(told)),
        &|told| format!("{}, my knee has fully healed", bare(told)),
        &|told| format!("{}, the rash has cleared up", bare(told)),
        &|told| format!("{} and i was fine last year", bare(told)),
        &|told| format!("i had a baby last year, {told}"),
    ];
    assert_heard(&told_in, 7);
}

/// Without a mark behind the question, or with a word that turns from it.
#[test]
fn a_question_before_a_sign_takes_nothing_back() {
    let told_in: [&dyn Fn(&str) -> String; 4] = [
        &|told| format!("which pillow should i buy also {told}"),
        &|told| format!("is yoga good for backs btw {told}"),
        &|told| format!("is heat ok {told}"),
        &|told| format!("should i see a physio {told}"),
    ];
    assert_heard(&told_in, 1);
}

/// The words of a text: who learns it knows it in every case and with every comma.
fn worded(text: &str) -> String {
    language::words(&language::fold(text)).collect::<Vec<_>>().join(" ")
}

/// All texts that a corpus has something learnt from.
fn learnt(corpus: &Corpus) -> HashSet<String> {
    let messages = corpus.messages.iter().map(|message| &message.text);
    let headings = corpus.passages().map(|(_, _, section)| &section.heading);
    let flags = corpus.red_flags.flag.iter();
    let examples = flags.flat_map(|flag| flag.must.values().flatten().chain(&flag.must_not));
    let muscles = &corpus.muscles;
    let ids = muscles.list.iter().map(|muscle| &muscle.id);
    let ids = ids.chain(muscles.groups.iter().map(|group| &group.id)).chain(muscles.things.iter().map(|of| &of.id));
    let described = ids.flat_map(|id| corpus.descriptions_of(id));
    let all = messages.chain(&corpus.not_covered).chain(corpus.questions()).chain(headings).chain(examples);
    all.chain(described).map(|text| worded(text)).filter(|text| !text.is_empty()).collect()
}

#[test]
fn nothing_that_is_tested_on_is_learnt_from() {
    let learnt = learnt(&Corpus::open(&Folder::Disk(root("corpus"))).unwrap());
    let kinds = ["triage", "answerable", "unanswerable", "chat"];
    let sets = SETS.iter().flat_map(|set| kinds.map(|kind| format!("{set}-{kind}")));
    let others = [
        "natural-answerable",
        "natural-unanswerable",
        "voices-answerable",
        "voices-unanswerable",
        "beside-unanswerable",
        "follow-answerable",
        "follow-unanswerable",
        "asked-triage",
        "calm-chat",
        "checklist-triage",
        "clinical-triage",
        "each-triage",
        "everyday-chat",
        "fair-triage",
        "introduced-triage",
        "leaflet-triage",
        "letters-triage",
        "mixed-triage",
        "noes-triage",
        "open-triage",
        "other-triage",
        "plain-triage",
        "plainest-triage",
        "posts-triage",
        "sideways-triage",
        "spread-triage",
        "story-triage",
        "styles-triage",
        "typed-triage",
        "introduced-answerable",
        "wrapped-answerable",
        "wrapped-triage",
        "wrapped-unanswerable",
    ]
    .map(str::to_owned);
    let mut known = Vec::new();
    for file in sets.chain(others) {
        for line in std::fs::read_to_string(root(&format!("tests/questions/{file}.jsonl"))).unwrap().lines() {
            let asked: serde_json::Value = serde_json::from_str(line).unwrap();
            if learnt.contains(&worded(asked["question"].as_str().unwrap())) {
                known.push(format!("{file}: {asked}"));
            }
        }
    }
    assert!(known.is_empty(), "learnt from as well, if only in other case or punctuation:\n{}", known.join("\n"));
}
