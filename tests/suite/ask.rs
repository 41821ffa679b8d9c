//! `sacrum ask`.

use serde_json::Value;

use crate::support::{answers, root, sacrum, sacrum_with};

#[test]
fn a_question_is_answered_with_citation_and_disclaimer() {
    let ran = sacrum(&["ask", "how", "long", "does", "siatica", "last?"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("four to six weeks"), "{}", ran.out);
    assert!(ran.out.contains("[1] summarised from"), "{}", ran.out);
    assert!(ran.out.contains("https://"), "{}", ran.out);
    assert!(ran.out.trim_end().ends_with("clinician."), "{}", ran.out);
    assert!(!ran.out.contains('\x1b'), "no colour where there is no terminal");
}

#[test]
fn what_is_not_covered_is_said_plainly() {
    let others = [
        "what is the best pizza topping?",
        "how do i change the oil of my car?",
        // What is dangerous stands before it.
        "sugar is 240 fasting, is dangerous?",
    ];
    for answer in answers(&others) {
        assert_eq!(answer["outcome"], "not_covered", "{answer}");
        assert_eq!(answer["excerpts"].as_array().unwrap().len(), 0);
        assert!(!answer["disclaimer"].as_str().unwrap().is_empty());
    }
}

#[test]
fn small_talk_and_commands_are_no_questions() {
    for answer in answers(&["hi there", "thanks a lot!", "!play despacito", "😀"]) {
        assert_eq!(answer["outcome"], "not_a_question", "{answer}");
    }
}

#[test]
fn of_several_questions_the_first_two_are_answered_and_the_others_named() {
    let all = answers(&[
        "What is sciatica? How long does it last? Is bed rest good for it?",
        "Does heat help back pain? Who won the world cup? Is bed rest good for back pain?",
        "how long does sciatica last?",
    ]);
    let text = all[0]["excerpts"].to_string();
    assert!(text.contains("down the back of the leg") && text.contains("four to six weeks"), "{}", all[0]);
    assert!(all[0]["notice"].as_str().unwrap().contains("first two"), "{}", all[0]);
    assert!(all[1]["notice"].as_str().unwrap().contains("only some"), "{}", all[1]);
    assert!(all[2]["notice"].is_null(), "{}", all[2]);
}

#[test]
fn questions_joined_in_a_sentence_are_answered_each() {
    let joined = [
        ("is sitting bad for my back and is bed rest ok", ["sitting-and-posture", "bed-rest"]),
        ("how long does sciatica last and should i use heat or ice", ["sciatica", "heat-and-ice"]),
        ("hi, does yoga help, also what is the psoas", ["exercise", "hip-muscles"]),
    ];
    for (answer, (question, from)) in answers(&joined.map(|(question, _)| question)).iter().zip(joined) {
        let documents: Vec<&str> =
            answer["excerpts"].as_array().unwrap().iter().map(|one| one["document"].as_str().unwrap()).collect();
        assert!(from.iter().all(|wanted| documents.contains(wanted)), "{question}: {documents:?}");
        assert!(answer["notice"].is_null(), "{question}: {answer}");
    }
}

#[test]
fn of_joined_questions_it_is_said_which_are_left_out() {
    let all = answers(&[
        "is walking good? and what about swimming? also which mattress should i buy",
        "whats the capital of france and is bed rest good for back pain",
    ]);
    assert!(all[0]["notice"].as_str().unwrap_or_default().contains("first two"), "{}", all[0]);
    assert!(all[1]["notice"].as_str().unwrap_or_default().contains("only some"), "{}", all[1]);
    assert_eq!(all[1]["excerpts"][0]["document"], "bed-rest", "{}", all[1]);
}

#[test]
fn one_question_with_an_and_in_it_stays_one() {
    let one = [
        "is sitting and standing bad for my back",
        "why do i have back and leg pain",
        "does back pain get worse when i sit and when i bend",
        "why does my back hurt and is getting worse",
        "should i use heat or should i use ice",
    ];
    for answer in answers(&one) {
        assert!(answer["notice"].is_null(), "{answer}");
    }
}

#[test]
fn another_language_is_told_so_with_an_emergency_line() {
    let all = answers(&["me duele mucho la espalda cuando me siento, qué puedo hacer?"]);
    assert_eq!(all[0]["outcome"], "not_covered", "{}", all[0]);
    let notice = all[0]["notice"].as_str().unwrap();
    let lines: Vec<&str> = notice.lines().collect();
    assert!(lines.len() >= 13 && lines[1].contains("emergencia"), "{notice}");
    for line in ["urgence", "Notrufnummer", "緊急", "आपातकाल"] {
        assert!(notice.contains(line), "whatever was guessed, {line} stands there: {notice}");
    }
}

#[test]
fn a_few_words_of_another_language_are_enough_and_its_own_line_comes_first() {
    let foreign = [
        ("quiero morir", "emergencia"),
        ("no siento mis genitales y no puedo orinar", "emergencia"),
        ("me duele la espalda", "emergencia"),
        ("tengo ciática", "emergencia"),
        ("hola", "emergencia"),
        ("ich will sterben", "Notfall"),
        ("rückenschmerzen", "Notfall"),
        ("non riesco a urinare e ho le gambe intorpidite", "emergenza"),
        ("mal au dos", "urgence"),
        ("je veux mourir", "urgence"),
        ("Pourquoi j'ai mal au dos", "urgence"),
        ("estou com dor nas costas", "emergência"),
        ("belim çok ağrıyor", "Acil"),
        ("mujhe kamar dard hai", "आपातकालीन"),
        ("спина болит", "экстренн"),
        ("ظهري يؤلمني", "الطوارئ"),
    ];
    for (answer, (message, line)) in answers(&foreign.map(|(message, _)| message)).iter().zip(foreign) {
        assert_eq!(
            (&answer["outcome"], &answer["urgent"]),
            (&"not_covered".into(), &Value::Null),
            "{message}: {answer}"
        );
        let own = answer["notice"].as_str().unwrap_or_default().lines().nth(1).unwrap_or_default();
        assert!(own.contains(line), "{message}: {own}");
    }
}

#[test]
fn who_falls_into_their_own_language_gets_its_emergency_line() {
    let mixed = [
        ("Meine Mutter had Brustkrebs before 4 years, now has she new strong pain in the Wirbelsäule", "Notfall"),
        ("Me duele el pecho, like pressing, and goes to the back and brazo izquierdo", "emergencia"),
        ("J'ai pris quinze Doliprane today for my back, is it too many?", "urgence"),
        ("mera left foot upar nahi uthta, drags on floor jab chalta hoon", "आपातकालीन"),
    ];
    for (answer, (message, line)) in answers(&mixed.map(|(message, _)| message)).iter().zip(mixed) {
        let own = answer["notice"].as_str().unwrap_or_default().lines().nth(1).unwrap_or_default();
        assert!(answer["urgent"].is_object() || own.contains(line), "{message}: {answer}");
    }
}

#[test]
fn english_with_a_foreign_word_misspelt_or_in_latin_is_english() {
    let english = [
        "wat is siatica",
        "quadratus lumborum",
        "musculus gluteus maximus origin",
        "sacrum wat is it",
        "hola, how long does sciatica last",
        "wich musles r in teh bak",
        "is dr Schäfer or dr Köhler at Böblingen any good for a back",
        "need a wee every 5 mins cos its the third coffee, back still sore from hoovering",
        "glute med vs glute min",
    ];
    for answer in answers(&english) {
        assert!(!answer["notice"].as_str().unwrap_or_default().contains("English"), "{answer}");
    }
}

#[test]
fn who_only_talks_is_told_how_to_ask_and_kindly() {
    let talk = ["hi can you help me", "is this a bot", "you suck", "i love this", "thanks so much"];
    let complaints = ["my lower back aches after mowing the lawn", "my back hurts more in the evening"];
    for answer in answers(&[&talk[..], &complaints[..]].concat()) {
        assert_eq!(answer["outcome"], "not_a_question", "{answer}");
        assert_eq!(answer["nearest"].as_array().unwrap().len(), 0, "{answer}");
    }
    let said = sacrum(&["ask", complaints[0]]).out;
    assert!(said.contains("sorry") && said.contains("Ask me"), "{said}");
}

#[test]
fn a_question_that_a_section_lists_is_answered_as_soon_as_it_is_the_same() {
    for answer in answers(&["what is meralgia paresthetica", "where the pirformis at"]) {
        assert_eq!(answer["outcome"], "answered", "{answer}");
    }
}

#[test]
fn what_nobody_speaks_of_is_not_shown_beside_an_answer() {
    let headings = |answer: &Value| {
        let excerpts = answer["excerpts"].as_array().unwrap().iter();
        excerpts.map(|one| format!("{}: {}", one["document"], one["section"])).collect::<Vec<_>>().join("; ")
    };
    let apart = [
        ("how long does sciatica last", "Epidural"),
        ("is yoga good for bad backs", "pregnancy"),
        ("ouch my back hurtz wat do i do", "pregnancy"),
        ("my back hurts when i bend forward", "teenager"),
        ("my back hurts", "999"),
        ("this back pain is killing me", "999"),
        ("my right leg tingles", "emergency"),
        ("kidding, my back is fine", "child"),
        ("NOT numb, NOT weak, pee fine. which muscle is sore beside my spine?", "emergency"),
    ];
    for (answer, (message, matter)) in answers(&apart.map(|(message, _)| message)).iter().zip(apart) {
        let shown = headings(answer);
        assert!(!shown.contains(matter), "{message}: {shown}");
    }
    let named = [
        ("do epidural injections help sciatica", "Epidural"),
        ("is yoga good for my back while pregnant", "pregnancy"),
        ("when is back pain an emergency", "emergency"),
    ];
    for (answer, (message, matter)) in answers(&named.map(|(message, _)| message)).iter().zip(named) {
        let shown = headings(answer);
        assert!(shown.contains(matter), "{message}: {shown}");
    }
}

#[test]
fn beside_a_sign_that_can_wait_no_other_questions_are_offered() {
    for answer in answers(&["everything is pointless and i feel worthless, which football team is best"]) {
        assert_eq!(
            (&answer["urgent"]["level"], &answer["excerpts"]),
            (&"soon".into(), &Value::Array(vec![])),
            "{answer}"
        );
        assert_eq!(answer["nearest"].as_array().unwrap().len(), 0, "{answer}");
    }
    let told = sacrum(&["ask", "eight months of this and nothing works, i feel worthless"]);
    assert!(told.out.contains("988") && !told.out.contains("Ask me in your own words"), "{}", told.out);
}

#[test]
fn with_an_urgent_sign_nothing_else_is_shown() {
    let all = answers(&["which stretch for my piriformis? also i cant feel when i wipe"]);
    assert_eq!(all[0]["outcome"], "withheld", "{}", all[0]);
    assert_eq!(all[0]["urgent"]["level"], "emergency");
    assert_eq!(all[0]["excerpts"].as_array().unwrap().len(), 0);
}

#[test]
fn where_several_signs_come_together_the_advice_names_what_each_changes() {
    for (message, flag, says) in [
        ("fell off a ladder this morning, back agony and cant feel my legs", "injury-or-fracture", "between the legs"),
        ("collapsed and not breathing, had back pain", "general-emergency", "loudspeaker"),
        ("30 weeks pregnant and my left calf is swollen and hot", "pregnancy", "do not massage it"),
        ("lung cancer in his bones, both legs numb", "cauda-equina", "which cancer"),
        ("pregnant and burning when i pee back hurts", "kidney-or-urine", "maternity unit"),
        ("my back is in agony, im numb down there, i want to die", "cauda-equina", "findahelpline.com"),
    ] {
        let urgent = &answers(&[message])[0]["urgent"];
        assert_eq!(urgent["flag"], flag, "{message}");
        assert!(urgent["advice"].as_str().unwrap().contains(says), "{message}: {urgent}");
    }
}

#[test]
fn a_follow_up_carries_the_topic_over() {
    let line = r#"{"id":"f","previous":"what is sciatica","question":"and how long does it last?"}"#;
    let ran = sacrum_with(&["ask", "--batch", "-"], line);
    assert!(ran.out.contains("four to six weeks"), "{}", ran.out);
}

/// "What can I do?" says nothing by itself, and "driving" not whose.
#[test]
fn a_closing_question_is_about_what_stands_before_it() {
    let messages = [
        (
            "I am 28 weeks pregnant and my lower back and pelvis hurt when I walk or turn in bed. What can I do?",
            "pregnancy#",
        ),
        (
            "I was told I have spinal stenosis and my legs get heavy when I walk, sitting down helps. What can I do?",
            "stenosis",
        ),
        ("I have sciatica and it is worst when I sit or drive. How can I make driving more comfortable?", "driving"),
    ];
    let asked: Vec<&str> = messages.iter().map(|(message, _)| *message).collect();
    for (answer, (message, about)) in crate::support::answers(&asked).iter().zip(messages) {
        let place = |excerpt: &serde_json::Value| {
            format!("{}#{}", excerpt["document"].as_str().unwrap(), excerpt["section"].as_str().unwrap().to_lowercase())
        };
        let first = answer["excerpts"].get(0).map(place).unwrap_or_default();
        assert!(first.contains(about), "{message}: {answer}");
    }
}

/// "Who is right?" asks about what stands before it.
#[test]
fn a_question_that_finds_nothing_alone_is_read_with_all_around_it() {
    for (message, section) in [
        (
            "My gran swears by a hot water bottle and my aunt by frozen peas for a fresh strain. Who is right?",
            "Heat or ice for back pain",
        ),
        (
            "My mate reckons that lying down for two weeks did it for his slipped disc, the nurse told me to keep moving. \
             Who is right?",
            "Do not stay in bed for long",
        ),
    ] {
        let answer = &answers(&[message])[0];
        assert_eq!(answer["excerpts"][0]["section"], section, "{answer}");
    }
}

/// Without a space behind a stop, behind a comma, and with its matter in the sentence before.
#[test]
fn a_question_is_found_wherever_it_stands_in_a_short_message() {
    for (message, section) in [
        ("i live up in the hills, the doctor is 6 hours away.How long does sciatica last?", "How long sciatica takes"),
        ("how long does sciatica last, i promised my boys a camping trip in the dales", "How long sciatica takes"),
        (
            "back spasms!! what are they exactly? had my first one on sunday, felt like a cartoon grandpa",
            "Spasm and guarding",
        ),
        (
            "thanks for adding me! does heat help? my flatmate sits by the radiator all day and giggles",
            "How well heat works",
        ),
    ] {
        let answer = &answers(&[message])[0];
        let shown = answer["excerpts"].as_array().unwrap().iter().map(|excerpt| &excerpt["section"]);
        assert!(shown.clone().any(|shown| shown == section), "{message}: {:?}", shown.collect::<Vec<_>>());
    }
}

#[test]
fn a_sign_counts_whatever_was_asked_before() {
    for previous in ["what are the signs of cauda equina syndrome?", "heat or ice for my back?"] {
        let line = serde_json::json!({"id": "p", "previous": previous, "question": "cant feel when i wipe"});
        let ran = sacrum_with(&["ask", "--batch", "-"], line.to_string());
        assert!(ran.out.contains(r#""level":"emergency""#), "{previous}: {}", ran.out);
    }
}

#[test]
fn who_only_thanks_or_reacts_does_not_hear_the_answer_again() {
    for reaction in ["thanks a lot!", "wow", "makes sense", "ty!!", "oh god", "my doctor said the same"] {
        let line = serde_json::json!({"id": "t", "previous": "is bed rest bad", "question": reaction});
        let ran = sacrum_with(&["ask", "--batch", "-"], line.to_string());
        assert!(ran.out.contains(r#""outcome":"not_a_question""#), "{reaction}: {}", ran.out);
    }
}

#[test]
fn a_follow_up_may_tell_and_point_back() {
    for (previous, question) in [
        ("what is the piriformis", "i just want to know how to stretch it"),
        ("what is sciatica", "i was only wondering how long it lasts"),
    ] {
        let line = serde_json::json!({"id": "t", "previous": previous, "question": question});
        let ran = sacrum_with(&["ask", "--batch", "-"], line.to_string());
        assert!(ran.out.contains(r#""outcome":"answered""#), "{question}: {}", ran.out);
    }
}

/// What was asked about before a reaction is still the topic behind it.
#[test]
fn a_reaction_is_no_topic() {
    let said = "what is sciatica\nwow\nand how long does it last?\n";
    let ran = sacrum_with(&["chat", "--json"], said);
    let last = ran.out.lines().last().unwrap_or_default();
    assert!(last.contains("four to six weeks"), "{}", ran.out);
}

#[test]
fn the_half_of_a_message_that_is_covered_is_answered_though_the_other_points_at_it() {
    let message = "what is spinal stenosis and why does it feel better when i lean on the shopping trolley";
    let [answer] = &answers(&[message])[..] else { panic!("one answer") };
    assert_eq!(answer["excerpts"][0]["section"], "What spinal stenosis is", "{answer}");
    assert!(answer["notice"].as_str().is_some_and(|notice| notice.contains("only some")), "{answer}");
}

#[test]
fn a_thing_that_is_only_named_is_no_emergency() {
    for name in ["slipped disc", "bladder", "peroneus longus", "slipped disc L5"] {
        let ran = sacrum(&["ask", "--json", name]);
        assert!(ran.out.contains(r#""urgent":null"#), "{}", ran.out);
    }
}

#[test]
fn a_line_that_cannot_be_read_does_not_stop_a_batch() {
    let lines = "{\"id\":\"a\",\"question\":\"what is the sacrum\"}\nnonsense\n\n{\"id\":\"b\",\"question\":\"what is sciatica\"}";
    let ran = sacrum_with(&["ask", "--batch", "-"], lines);
    assert_eq!(ran.code, 1);
    let lines: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["id"], &lines[2]["id"]), (&"a".into(), &"b".into()));
    assert_eq!(lines[1]["id"], Value::Null);
    assert_eq!(lines[1]["line"], 2);
    assert!(lines[1]["error"].is_string());
    let lines = "{\"id\":\"a\",\"question\":\"sacrum\"}\nnonsense\n{\"id\":\"b\",\"question\":\"sciatica\"}";
    let run = sacrum_with(&["search", "--batch", "-", "--top", "1"], lines);
    assert_eq!(run.code, 1);
    assert!(run.out.starts_with("a Q0 ") && run.out.contains("\nb Q0 "), "{}", run.out);
    assert!(run.err.contains("-:2: this line is no JSON"), "{}", run.err);
}

#[test]
fn wrong_arguments_end_with_two_and_an_empty_question_with_one() {
    assert_eq!(sacrum(&["ask"]).code, 2);
    assert_eq!(sacrum(&["frobnicate"]).code, 2);
    let empty = sacrum(&["ask", "  "]);
    assert_eq!(empty.code, 1);
    assert!(empty.err.contains("empty"), "{}", empty.err);
}

#[test]
fn an_excerpt_can_be_looked_up_by_its_id() {
    let all = answers(&["how long does sciatica last"]);
    let excerpt = &all[0]["excerpts"][0];
    let ran = sacrum(&["cite", excerpt["id"].as_str().unwrap(), "--json"]);
    let cited: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(cited["text"], excerpt["text"]);
    assert_eq!(cited["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(sacrum(&["cite", "zzzzzzzz"]).code, 1);
}

#[test]
fn a_huge_message_is_answered() {
    let story = "my neighbour came over and we talked about the garden and the weather. ".repeat(1500);
    let message = format!("{story} how long does sciatica last? {story}");
    assert_eq!(answers(&[&message]).len(), 1);
    let message = format!("{story} My back is bad, and I cannot feel it when I wipe.");
    assert_eq!(answers(&[&message])[0]["urgent"]["level"], "emergency");
}

#[test]
fn words_are_found_whether_they_are_typed_as_one_or_apart() {
    let corpus = root("tests/corpora/coffee");
    let best = |query: &str| {
        let ran = sacrum_with(&["--corpus", corpus.to_str().unwrap(), "--json", "search", "--top", "1", query], []);
        let best: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{query}: {error}: {}", ran.out));
        format!("{}#{}", best["document"].as_str().unwrap(), best["section"].as_str().unwrap())
    };
    for (typed, section) in [
        ("lactosefree", "milk#lactose-free-milk"),
        ("tealike", "beans#typical-taste-of-african-coffees"),
        ("tea spoon", "drinks-and-leftovers#flavoured-coffee-and-spices"),
        ("grindersetting", "grinding#burr-grinders-and-blade-grinders"),
    ] {
        assert_eq!(best(typed), section, "{typed}");
    }
}

#[test]
fn a_listed_misspelling_is_read_as_listed_though_another_word_is_nearer() {
    assert_eq!(answers(&["chils and back pain"])[0]["urgent"]["level"], "same_day");
}
