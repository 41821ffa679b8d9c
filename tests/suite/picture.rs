//! Pictures: tested by what they must show.

use resvg::usvg::{Node, Rect};
use sacrum::corpus::{Corpus, Folder, Kind, Muscle, PartClass};
use sacrum::picture::{Drawing, Painter};

use crate::support::{root, sacrum};

fn corpus() -> Corpus {
    Corpus::open(&Folder::Disk(root("corpus"))).unwrap()
}

/// Every picture of a corpus: each muscle from each side, and each group.
fn drawings(corpus: &Corpus) -> Vec<(String, Drawing)> {
    let of_muscle = |muscle: &'_ Muscle| -> Vec<(String, Drawing)> {
        let views = muscle.views.iter();
        let draw = |view: &String| (muscle.id.clone(), Drawing::of_muscle(corpus, muscle, Some(view)).unwrap());
        views.map(draw).collect()
    };
    let groups =
        corpus.muscles.groups.iter().flat_map(|group| {
            Drawing::of_group(corpus, group).into_iter().map(move |drawing| (group.id.clone(), drawing))
        });
    corpus.muscles.list.iter().flat_map(of_muscle).chain(groups).collect()
}

/// The places of all elements that `wanted` picks.
fn boxes(parent: &resvg::usvg::Group, wanted: &impl Fn(&Node) -> bool, found: &mut Vec<Rect>) {
    for node in parent.children() {
        if wanted(node) {
            found.push(node.abs_bounding_box());
        } else if let Node::Group(group) = node {
            boxes(group, wanted, found);
        }
    }
}

/// Whether a pixel has the red of the first chosen muscle, or a fibre's shade of it.
fn is_red(pixel: resvg::tiny_skia::PremultipliedColorU8) -> bool {
    let (red, green, blue) = (i32::from(pixel.red()), i32::from(pixel.green()), i32::from(pixel.blue()));
    red > 130 && red - green > 70 && red - blue > 70
}

/// Whether a pixel has the colour of a sheet, which keeps its own.
fn is_pale(pixel: resvg::tiny_skia::PremultipliedColorU8) -> bool {
    [(pixel.red(), 228), (pixel.green(), 226), (pixel.blue(), 221)].iter().all(|(is, of)| is.abs_diff(*of) <= 4)
}

#[test]
fn the_chosen_muscle_is_painted_on_both_sides_of_the_body() {
    let (corpus, painter) = (corpus(), Painter::default());
    for muscle in &corpus.muscles.list {
        for view in &muscle.views {
            let drawing = Drawing::of_muscle(&corpus, muscle, Some(view)).unwrap();
            let pixels = painter.pixels(&drawing, 1.0).unwrap();
            let width = pixels.width();
            let mut sides = [0_u32; 2];
            let is_its = if muscle.kind == Kind::Sheet { is_pale } else { is_red };
            for (at, _) in (0_u32..).zip(pixels.pixels()).filter(|(_, pixel)| is_its(**pixel)) {
                let x = at % width;
                if (230..=770).contains(&x) {
                    sides[usize::from(x >= width / 2)] += 1;
                }
            }
            let [left, right] = sides;
            let name = format!("{} from the {view}: {left} and {right} pixels", muscle.id);
            if view == "side" {
                assert!(left + right > 500, "{name}");
            } else {
                assert!(left > 120 && right > 120 && left.abs_diff(right) * 8 < left + right, "{name}");
            }
        }
    }
}

#[test]
fn the_pictures_of_a_group_show_each_of_its_muscles_once() {
    let corpus = corpus();
    for group in &corpus.muscles.groups {
        let drawings = Drawing::of_group(&corpus, group);
        for muscle in corpus.muscles.of(&group.muscles) {
            let colours = |drawing: &&Drawing| drawing.svg.contains(&format!("#{} .belly,#{0}-behind", muscle.id));
            let count = drawings.iter().filter(colours).count();
            assert_eq!(count, 1, "{} of {} is coloured in {count} of {}", muscle.id, group.id, drawings.len());
            assert!(drawings.iter().any(|drawing| drawing.alt.contains(&muscle.name)), "{} in words", muscle.id);
        }
    }
}

#[test]
fn names_stand_inside_the_picture_and_none_on_another() {
    let (corpus, painter) = (corpus(), Painter::default());
    for (name, drawing) in drawings(&corpus) {
        let tree = painter.tree(&drawing).unwrap();
        let mut texts = Vec::new();
        boxes(tree.root(), &|node| matches!(node, Node::Text(_)), &mut texts);
        assert!(texts.len() >= 3, "{name} has {} texts", texts.len());
        for (at, text) in texts.iter().enumerate() {
            let inside = text.left() >= 8.0 && text.top() >= 4.0 && text.right() <= 992.0 && text.bottom() <= 746.0;
            assert!(inside, "{name} in {}: a text at {text:?}", drawing.view);
            for other in &texts[..at] {
                let apart = text.left() >= other.right()
                    || other.left() >= text.right()
                    || text.top() >= other.bottom()
                    || other.top() >= text.bottom();
                assert!(apart, "{name} in {}: {text:?} on {other:?}", drawing.view);
            }
        }
    }
}

#[test]
fn every_picture_is_small_and_says_in_words_what_it_shows() {
    let (corpus, painter) = (corpus(), Painter::default());
    let all = drawings(&corpus);
    for (name, drawing) in &all {
        let png = painter.png(drawing).unwrap();
        assert!(png.len() < 200_000, "{name} in {}: {} bytes", drawing.view, png.len());
        assert!((60..=1001).contains(&drawing.alt.chars().count()), "{name}: {}", drawing.alt);
    }
}

/// The lines and the fills of chosen muscles, as a name's dot has the one and what it points to the other.
const COLOURS: [(&str, [i32; 3]); 8] = [
    ("#661c0e", [200, 68, 44]),
    ("#123a61", [47, 116, 181]),
    ("#0b4a37", [30, 143, 110]),
    ("#77500a", [227, 167, 47]),
    ("#3a1542", [115, 53, 124]),
    ("#1f5b7f", [107, 187, 227]),
    ("#46331f", [138, 106, 74]),
    ("#7e3350", [240, 179, 200]),
];

/// What is seen of linear red, green and blue without the cones for long, middle and short waves, and with all of them: by
/// Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (2009).
const VISIONS: [[[f64; 3]; 3]; 4] = [
    [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
];

/// The place of a colour in CIE Lab, in which equal distances look alike, as such a vision sees it.
fn lab(colour: [i32; 3], vision: &[[f64; 3]; 3]) -> [f64; 3] {
    let linear = colour.map(|of| (f64::from(of) / 255.0).powf(2.2));
    let dot = |row: &[f64; 3], of: &[f64; 3]| row.iter().zip(of).map(|(one, other)| one * other).sum::<f64>();
    let seen = [0, 1, 2].map(|at| dot(&vision[at], &linear).clamp(0.0, 1.0));
    let x = dot(&[0.4339, 0.3762, 0.1899], &seen).cbrt();
    let y = dot(&[0.2126, 0.7152, 0.0722], &seen).cbrt();
    let z = dot(&[0.0177, 0.1095, 0.8728], &seen).cbrt();
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn the_colours_of_a_picture_can_be_told_apart_with_any_kind_of_colour_vision() {
    for (kind, vision) in VISIONS.iter().enumerate() {
        let seen = COLOURS.map(|(_, fill)| lab(fill, vision));
        for (at, one) in seen.iter().enumerate() {
            for (before, other) in seen[..at].iter().enumerate() {
                let apart = one.iter().zip(other).map(|(one, other)| (one - other).powi(2)).sum::<f64>().sqrt();
                assert!(apart > 10.0, "colours {before} and {at} are {apart:.1} apart for vision {kind}");
            }
        }
    }
    // They are those of the pictures.
    let corpus = corpus();
    let group = corpus.muscles.groups.iter().find(|group| group.id == "sacrum-muscles").unwrap();
    let drawn = Drawing::of_group(&corpus, group).into_iter().next().unwrap().svg;
    for (_, [red, green, blue]) in &COLOURS[..6] {
        assert!(drawn.contains(&format!("fill:#{red:02x}{green:02x}{blue:02x}")), "{red} {green} {blue}");
    }
}

#[test]
fn a_locator_shows_where_on_the_body_it_is() {
    let (corpus, painter) = (corpus(), Painter::default());
    for (name, drawing) in drawings(&corpus) {
        let tree = painter.tree(&drawing).unwrap();
        let place = tree.node_by_id("locator").map(|node| node.abs_layer_bounding_box().unwrap());
        let place = place.unwrap_or_else(|| panic!("{name} in {} has no locator", drawing.view));
        assert!(place.left() > 800.0 && place.top() > 550.0 && place.right() < 1000.0, "{name}: {place:?}");
    }
}

#[test]
fn each_name_points_to_its_own_muscle() {
    let (corpus, painter) = (corpus(), Painter::default());
    // A sheet keeps its own colour; the coccygeus lies behind bones when seen from the front, and is a pale outline.
    let is_pale = |id: &str, view: &str| id == "thoracolumbar-fascia" || (id == "coccygeus" && view == "front");
    for (name, drawing) in drawings(&corpus).iter().filter(|(id, drawing)| !is_pale(id, &drawing.view)) {
        let pixels = painter.pixels(drawing, 1.0).unwrap();
        let mut dots = 0;
        for dot in drawing.svg.split("<circle cx=\"").skip(1).filter(|dot| dot.contains("r=\"4.5\"")) {
            let value = |key: &str| dot.split(key).nth(1).and_then(|rest| rest.split('"').next());
            let (x, y): (f32, f32) =
                (dot.split('"').next().unwrap().parse().unwrap(), value("cy=\"").unwrap().parse().unwrap());
            let Some((_, fill)) = COLOURS.iter().find(|(line, _)| Some(*line) == value("fill=\"")) else { continue };
            dots += 1;
            let is_its = |step: &u8| {
                let angle = f32::from(*step) / 16.0 * std::f32::consts::TAU;
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let (x, y) = ((x + 7.0 * angle.cos()) as u32, (y + 7.0 * angle.sin()) as u32);
                let of = pixels.pixel(x, y).unwrap();
                let seen = [of.red(), of.green(), of.blue()].map(i32::from);
                // Fibres are darker or lighter than the muscle, and nearer to it than to any other.
                let far = |of: &[i32; 3]| seen.iter().zip(of).map(|(seen, of)| (seen - of).pow(2)).sum::<i32>();
                let nearest = COLOURS.iter().min_by_key(|(_, of)| far(of)).is_some_and(|(_, of)| of == fill);
                nearest && seen.iter().zip(fill).all(|(seen, fill)| (seen - fill).abs() < 75)
            };
            let its = (0..16).filter(is_its).count();
            let is_behind = name == "front-of-sacrum" && fill == &COLOURS[1].1;
            assert!(its >= 4 || is_behind, "{name} in {}: the dot at {x}, {y} has {its} of 16 around it", drawing.view);
        }
        assert!(dots > 0, "{name} in {}", drawing.view);
    }
}

#[test]
fn what_a_muscle_is_hard_to_place_without_is_shown_and_named_with_it() {
    let corpus = corpus();
    let mut shown = 0;
    for figure in corpus.figures.iter() {
        for part in &figure.parts {
            for id in part.with.iter().filter(|id| figure.shows(PartClass::Muscle, id)) {
                let muscle = corpus.muscles.get(id).unwrap();
                let drawing = Drawing::of_muscle(&corpus, muscle, Some(&figure.view)).unwrap();
                let name = corpus.muscles.get(&part.id).map(|of| &of.name).or(part.name.as_ref()).unwrap();
                assert!(drawing.svg.contains(&format!(">{name}</text>")), "{id} in {} without {name}", figure.view);
                shown += 1;
            }
        }
    }
    assert!(shown >= 12, "{shown}");
}

/// Where a part of a drawing and what is shown with it have pixels, `reach` of them further on every side.
fn covered(tree: &resvg::usvg::Tree, ids: &[String], reach: u32) -> Vec<bool> {
    let size = tree.size().to_int_size();
    let mut pixels = resvg::tiny_skia::Pixmap::new(size.width(), size.height()).unwrap();
    for node in ids.iter().filter_map(|id| tree.node_by_id(id)) {
        let place = node.abs_layer_bounding_box().unwrap();
        let at = resvg::tiny_skia::Transform::from_translate(place.x(), place.y());
        resvg::render_node(node, at, &mut pixels.as_mut()).unwrap();
    }
    let (width, height) = (size.width(), size.height());
    let mut covered = vec![false; (width * height) as usize];
    for (at, _) in (0_u32..).zip(pixels.pixels()).filter(|(_, pixel)| pixel.alpha() > 40) {
        let (x, y) = (at % width, at / width);
        for y in y.saturating_sub(reach)..=(y + reach).min(height - 1) {
            for x in x.saturating_sub(reach)..=(x + reach).min(width - 1) {
                covered[(y * width + x) as usize] = true;
            }
        }
    }
    covered
}

#[test]
fn each_muscle_reaches_the_bones_that_it_attaches_to() {
    const REACH: u32 = 5;
    let (corpus, painter) = (corpus(), Painter::default());
    let mut away = Vec::new();
    for muscle in &corpus.muscles.list {
        let mut left = muscle.attaches.clone();
        for view in &muscle.views {
            let tree = painter.tree(&Drawing::of_muscle(&corpus, muscle, Some(view)).unwrap()).unwrap();
            let own = covered(&tree, &[muscle.id.clone(), format!("{}-behind", muscle.id)], REACH);
            left.retain(|bone| {
                let bone = covered(&tree, std::slice::from_ref(bone), 0);
                !own.iter().zip(&bone).any(|(own, bone)| *own && *bone)
            });
        }
        away.extend(left.iter().map(|bone| format!("{} from {bone}", muscle.id)));
    }
    // The iliotibial band, by which it does, leaves the picture above the knee; only by some accounts the other one does.
    assert_eq!(away, ["tensor-fasciae-latae from tibia", "levator-ani from sacrum"], "drawn away from the bone");
}

/// The rows of a drawing's parts: at each height, from where to where they have pixels on the right half.
fn rows(tree: &resvg::usvg::Tree, ids: &[&str]) -> Vec<Option<(usize, usize)>> {
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    let width = tree.size().to_int_size().width() as usize;
    let span = |row: &[bool]| {
        let right = width / 2..width;
        Some((right.clone().find(|x| row[*x])?, right.rev().find(|x| row[*x])?))
    };
    covered(tree, &ids, 0).chunks(width).map(span).collect()
}

#[test]
fn the_piriformis_leaves_the_pelvis_for_the_top_of_the_thigh_bone_and_the_nerve_comes_out_below_it() {
    let (corpus, painter) = (corpus(), Painter::default());
    let muscle = corpus.muscles.get("piriformis").unwrap();
    let tree = painter.tree(&Drawing::of_muscle(&corpus, muscle, Some("back")).unwrap()).unwrap();
    let rows = |ids: &[&str]| rows(&tree, ids);
    let (own, behind) = (rows(&["piriformis"]), rows(&["piriformis-behind"]));
    let (sacrum, femur, nerve) = (rows(&["sacrum"]), rows(&["femur"]), rows(&["sciatic-nerve"]));
    let first = |rows: &[Option<(usize, usize)>]| rows.iter().position(Option::is_some).unwrap();
    let last = |rows: &[Option<(usize, usize)>]| rows.iter().rposition(Option::is_some).unwrap();
    // Its beginning is hidden by the sacrum; what is seen begins at the sacrum's edge and goes outwards, away from it.
    let middle = usize::midpoint(first(&own), last(&own));
    let (from, to) = own[middle].unwrap();
    let edge = sacrum[middle].unwrap().1;
    assert!(behind[middle].unwrap().0 < edge && from.abs_diff(edge) < 25 && to > edge + 60, "{from} to {to}, {edge}");
    // It ends on the upper edge of the thigh bone's outer knob, the highest part of that bone.
    let outermost = own.iter().flatten().map(|(_, to)| *to).max().unwrap();
    let height = own.iter().position(|row| row.is_some_and(|(_, to)| to == outermost)).unwrap();
    assert!(femur[height].is_some_and(|(from, to)| (from..=to).contains(&outermost)), "{outermost}, {height}");
    assert!(height < first(&femur) + 40, "it ends at {height}, and the bone begins at {}", first(&femur));
    // The nerve comes out at its lower edge and runs on far below.
    assert!(first(&nerve).abs_diff(last(&own)) < 20, "{} and {}", first(&nerve), last(&own));
    assert!(last(&nerve) > last(&own) + 200);
}

#[test]
fn the_iliacus_fills_the_inside_of_the_hip_bone_and_joins_the_psoas_on_the_lesser_trochanter() {
    let (corpus, painter) = (corpus(), Painter::default());
    let both = ["iliacus", "psoas"].map(|id| corpus.muscles.get(id).unwrap());
    let tree = painter.tree(&Drawing::of_compared(&corpus, &both)[0]).unwrap();
    let [iliacus, psoas, ilium, femur] = ["iliacus", "psoas", "ilium", "femur"].map(|id| rows(&tree, &[id]));
    // The wing of the bone: its upper half.
    let wing: Vec<usize> = (0..ilium.len()).filter(|y| ilium[*y].is_some()).collect();
    let length = |rows: &[Option<(usize, usize)>], y: usize| rows[y].map_or(0, |(from, to)| to - from);
    let of = |rows| wing.iter().take(wing.len() / 2).map(|y| length(rows, *y)).sum::<usize>();
    assert!(of(&iliacus) * 10 >= of(&ilium) * 7, "{} of {}", of(&iliacus), of(&ilium));
    let end = |rows: &[Option<(usize, usize)>]| {
        let y = rows.iter().rposition(Option::is_some).unwrap();
        (rows[y].unwrap().0, y)
    };
    let (one, other) = (end(&iliacus), end(&psoas));
    assert!(one.0.abs_diff(other.0) < 20 && one.1.abs_diff(other.1) < 20, "they end at {one:?} and {other:?}");
    let (from, to) = femur[one.1].unwrap();
    assert!((from..from + 25).contains(&one.0) && one.0 < to, "not on the inner side of {from} to {to}: {one:?}");
}

#[test]
fn the_quadratus_lumborum_has_a_slip_to_each_of_the_four_side_spurs() {
    let (corpus, painter) = (corpus(), Painter::default());
    let muscle = corpus.muscles.get("quadratus-lumborum").unwrap();
    for view in ["back", "front"] {
        let tree = painter.tree(&Drawing::of_muscle(&corpus, muscle, Some(view)).unwrap()).unwrap();
        let edge: Vec<usize> =
            rows(&tree, &["quadratus-lumborum"]).into_iter().flatten().map(|(from, _)| from).collect();
        // A slip's tip is nearer to the spine than the edge a little above it and a little below.
        const AROUND: usize = 15;
        let is_tip = |at: &usize| {
            let around = &edge[at - AROUND..=at + AROUND];
            let is_first = around[..AROUND].iter().all(|of| *of > edge[*at]);
            is_first && around[AROUND..].iter().all(|of| *of >= edge[*at]) && around[2 * AROUND] > edge[*at] + 3
        };
        let tips = (AROUND..edge.len() - AROUND).filter(is_tip).count();
        assert_eq!(tips, 4, "from the {view}: {edge:?}");
    }
}

#[test]
fn a_picture_is_painted_once_and_kept() {
    let (corpus, painter) = (corpus(), Painter::default());
    let draw = |at: usize| Drawing::of_muscle(&corpus, &corpus.muscles.list[at], None).unwrap();
    let first = painter.png(&draw(0)).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &painter.png(&draw(0)).unwrap()), "the same drawing was painted twice");
    assert_ne!(first, painter.png(&draw(1)).unwrap());
}

/// What is in the docs is what is painted now, by this machine as by the one that painted it.
#[test]
fn the_pictures_in_the_docs_are_those_that_are_painted() {
    let folder = std::env::temp_dir().join(format!("sacrum-docs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (card, sheet) = (file("piriformis.png"), file("figures.png"));
    assert_eq!(sacrum(&["muscle", "piriformis", "--picture", &card]).code, 0);
    let painted = sacrum(&["corpus", "figures", "--sheet", &sheet]);
    assert_eq!(painted.code, 0, "{}", painted.err);
    for (painted, name) in [(card, "docs/piriformis.png"), (sheet, "docs/figures.png")] {
        let same = std::fs::read(&painted).unwrap() == std::fs::read(root(name)).unwrap();
        assert!(same, "{name} is older than the figures; paint it anew, and look at it");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn two_that_hide_each_other_are_compared_in_two_pictures() {
    let folder = std::env::temp_dir().join(format!("sacrum-compared-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("p.png");
    let compared = |one: &str, other: &str| {
        let ran = sacrum(&["muscle", one, "--compare", other, "--picture", file.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let written = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();
        written.iter().for_each(|file| std::fs::remove_file(file).unwrap());
        written.len()
    };
    assert_eq!(compared("transversus abdominis", "internal oblique"), 2);
    assert_eq!(compared("psoas", "iliacus"), 1);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_is_packed_looks_like_what_was_painted() {
    let (corpus, painter) = (corpus(), Painter::default());
    let drawing = Drawing::of_muscle(&corpus, &corpus.muscles.list[0], None).unwrap();
    let red = |pixels: &resvg::tiny_skia::Pixmap| pixels.pixels().iter().filter(|pixel| is_red(**pixel)).count();
    let painted = red(&painter.pixels(&drawing, 1.0).unwrap());
    let packed = red(&resvg::tiny_skia::Pixmap::decode_png(&painter.png(&drawing).unwrap()).unwrap());
    assert!(painted > 5000 && painted.abs_diff(packed) * 20 < painted, "{painted} {packed}");
}

#[test]
fn a_picture_can_be_written_to_a_file() {
    let folder = std::env::temp_dir().join(format!("sacrum-picture-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let png = sacrum(&["muscle", "pirifomis", "--picture", &file("p.png")]);
    assert_eq!(png.code, 0, "{}", png.err);
    assert!(png.err.contains("greater sciatic opening"), "the alt text: {}", png.err);
    assert!(std::fs::read(file("p.png")).unwrap().starts_with(b"\x89PNG"));
    assert_eq!(sacrum(&["muscle", "hip", "flexors", "--picture", &file("p.svg")]).code, 0);
    assert!(std::fs::read_to_string(file("p.svg")).unwrap().contains("<svg"));
    let wrong = sacrum(&["muscle", "psoas", "--picture", &file("p.bmp")]);
    assert!(wrong.code == 1 && wrong.err.contains(".png or .svg"), "{}", wrong.err);
    std::fs::remove_dir_all(folder).unwrap();
}
