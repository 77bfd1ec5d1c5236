//! What a process file may say, and where it is told that it says something else (design §4).

use super::block::KEYS;
use super::check::Rule;
use super::{Check, Flaw, Process, Who, shipped};
use crate::words::Lang;

const HEAD: &str = r#"# 見本 {#sample}
```toml
process = "sample"
label = ["見本", "Sample"]
states = [["open", "受付", "Open"], ["[done]", "終了", "Done"]]
```
"#;

fn verb(lines: &str) -> String {
    format!("{HEAD}```toml\nverb = \"end\"\nnoun = \"ending\"\nlabel = [\"終える\", \"End\"]\n{lines}\n```\n")
}

fn flaw(text: &str) -> Flaw {
    Process::read("sample.md", text, None).unwrap_err()
}

#[test]
fn every_file_that_ships_is_read_and_its_examples_hold() {
    for file in shipped::FILES {
        let process = file.process();
        assert_eq!(process.code, file.code);
        assert!(process.sections.iter().all(|section| !section.heading.in_lang(Lang::En).is_empty()));
    }
}

#[test]
fn the_vocabulary_has_at_most_twelve_keys_and_every_key_is_used() {
    assert!(KEYS.len() <= 12);
    for (key, _) in KEYS {
        let used = |file: shipped::File| file.ja.lines().any(|line| line.starts_with(&format!("{key} = ")));
        assert!(shipped::FILES.into_iter().any(used), "{key} stands in no file");
    }
}

#[test]
fn every_rule_that_is_registered_is_used_by_a_file() {
    let named: Vec<Check> =
        shipped::FILES.iter().flat_map(|file| file.process().verbs).flat_map(|verb| verb.checks).collect();
    for rule in Rule::ALL {
        assert!(named.contains(&Check::Rule(*rule)), "{} is used by no file", rule.name());
    }
}

#[test]
fn a_flaw_names_file_and_line() {
    let whole = |lines: &str| verb(&format!("{lines}\nwho = [\"operate\"]"));
    let cases = [
        // What is written, the line, and a word of what is said.
        (format!("{HEAD}```toml\nverbs = 1\n```\n"), 8, "unknown field"),
        (format!("{HEAD}```toml\nverb = \"a\"\n"), 7, "not closed"),
        ("text\n".to_owned(), 1, "Begin with a heading"),
        ("# Sample\n".to_owned(), 1, "{#id}"),
        ("# Sample {#s}\n".to_owned(), 1, "header is missing"),
        (format!("{HEAD}```toml\nprocess = \"other\"\n```\n"), 8, "one header"),
        (format!("{HEAD}```toml\nverb = \"a\"\nexample = []\n```\n"), 8, "exactly one"),
        (verb("ways = [\"open > done\"]"), 8, "who is missing"),
        (verb("who = [\"operate\"]"), 8, "ways is missing"),
        (whole("ways = [\"open > nowhere\"]"), 11, "no state nowhere"),
        (whole("ways = [\"done > open\"]"), 11, "is an end"),
        (whole("ways = [\"> done\"]"), 11, "first state"),
        (whole("ways = [\"open\"]"), 1, "State open can never end"),
        (
            whole("ways = [\"open > done\"]").replace("[\"[done]", "[\"[lost]\", \"あ\", \"A\"], [\"[done]"),
            1,
            "No way leads to state lost",
        ),
        (verb("ways = [\"open > done\"]\nwho = [\"everybody\"]"), 12, "no right or role everybody"),
        (whole("ways = [\"open > done\"]\nneeds = [[\"a\", \"colour\", \"あ\", \"A\"]]"), 12, "no type colour"),
        (whole("ways = [\"open > done\"]\nchecks = [\"weather\"]"), 12, "no rule weather"),
        // A rule of requests looks at no other record.
        (whole("ways = [\"open > done\"]\nchecks = [\"not_urgent\"]"), 12, "no rule not_urgent"),
        (whole("ways = [\"open > done\"]\nchecks = [\"another_than start\"]"), 1, "no verb start"),
        (whole("ways = [\"open > done\"]\neffects = [\"after 0\"]"), 12, "no effect after 0"),
        (whole("ways = [\"open > done\"]\neffects = [\"after 3\"]"), 13, "system"),
        (
            whole("ways = [\"open > done\"]") + "```toml\nexample = [\"a end > open\"]\n```\n",
            15,
            "from open it is done, not open",
        ),
        (whole("ways = [\"open > done\"]") + "```toml\nexample = [\"end\"]\n```\n", 15, "person verb > state"),
        (whole("ways = [\"open > done\"]") + "```toml\nexample = [\"a fly > done\"]\n```\n", 15, "no verb fly"),
    ];
    for (text, line, word) in cases {
        let found = flaw(&text);
        assert_eq!((found.file.as_str(), found.line), ("sample.md", line), "{found}\n{text}");
        assert!(found.en.contains(word), "{found}\n{text}");
    }
}

#[test]
fn the_english_is_kept_in_step() {
    let ja = format!("{}## 終わり {{#end}}\n", verb("ways = [\"open > done\"]\nwho = [\"operate\"]"));
    let read = |en: &str| Process::read("sample.md", &ja, Some(("sample.en.md", en)));
    let fine = read("# Sample {#sample}\nText.\n## The end {#end}\n").unwrap();
    assert_eq!(fine.sections[0].text.in_lang(Lang::En), "Text.");
    assert!(read("# Sample {#sample}\n").unwrap_err().en.contains("{#end}"));
    assert!(read("# Sample {#other}\n## The end {#end}\n").unwrap_err().en.contains("in step"));
    let block = read("# Sample {#sample}\n```toml\nverb = \"a\"\n```\n## The end {#end}\n").unwrap_err();
    assert_eq!((block.file.as_str(), block.line), ("sample.en.md", 3));
}

#[test]
fn who_names_rights_and_roles() {
    let codes = ["operate", "speak-as-customer", "rm", "system"];
    let who: Vec<Who> = codes.into_iter().map(|code| Who::from_code(code).unwrap()).collect();
    assert_eq!(who.iter().map(|who| who.code()).collect::<Vec<_>>(), codes);
    assert_eq!(Who::from_code("root"), None);
}
