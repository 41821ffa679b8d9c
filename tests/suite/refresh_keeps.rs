//! What a moderator gave or decided lasts, and what a page says is not turned round.

use crate::support::garden::Garden;
use crate::support::site::Reply;

fn text(garden: &Garden, question: &str) -> String {
    garden.ask(question)["text"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_a_list_warns_of_is_never_quoted_as_advice() {
    let garden = Garden::new("inverted");
    let site = &garden.site;
    let items = "<ul><li>Water asters at noon in the sun.<li>Cut asters down in April.</ul>";
    let why = "<p>Asters are hardy plants that flower late, and wet leaves in the sun are scorched within an hour.";
    let html = |page: String| Reply::html(&page);
    let markdown = |page: &str| Reply::new(200, page.as_bytes()).header("content-type", "text/markdown");
    for (path, reply) in [
        ("/never", html(format!("<h1>Asters</h1><h2>Care</h2>{why}<p>Never do any of these with asters:</p>{items}"))),
        ("/myth", html(format!("<h1>Asters</h1><h2>Care</h2>{why}<p>It is a myth that:</p><p>Water asters at noon."))),
        (
            "/nested",
            html(format!("<h1>Asters</h1><h2>Care</h2>{why}<ul><li>Asters are hardy.<li>Never do this:{items}</ul>")),
        ),
        (
            "/table",
            html(format!(
                "<h1>Asters</h1><h2>Care</h2>{why}<table><tr><th>Myth<th>Fact<tr><td>Water asters at noon.<td>At dusk.</table>"
            )),
        ),
        (
            "/never.md",
            markdown(
                "# Asters\n\n## Care\n\nAsters are hardy plants that flower late.\n\nNever do any of these with asters:\n\n\
                 - Water asters at noon in the sun.\n- Cut asters down in April.\n",
            ),
        ),
    ] {
        site.says(path, reply);
        let added = garden.json(&["corpus", "add", &site.url(path)]);
        let sentences = added["change"]["added"].as_array().unwrap();
        assert!(!sentences.is_empty(), "{path}");
        for sentence in sentences {
            let sentence = sentence.as_str().unwrap();
            assert!(!sentence.starts_with("Water asters") && !sentence.starts_with("Cut asters"), "{path}: {sentence}");
        }
        let excerpt = text(&garden, "should i water asters at noon?");
        assert!(!excerpt.starts_with("Water asters"), "{path}: {excerpt}");
        garden.json(&["corpus", "remove", added["source"]["id"].as_str().unwrap()]);
    }
}
