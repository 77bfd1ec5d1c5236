//! The prose of a process file: its sections, and the blocks between them.

use super::Flaw;
use super::block::Block;
use crate::words::Words;

/// A section of the procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its id: the heading is written `## 見出し {#id}`.
    pub id: String,
    /// 1 for the title of the file, 2 and 3 below it.
    pub level: u8,
    /// Its heading.
    pub heading: Words,
    /// Its text in Markdown, without the blocks.
    pub text: Words,
    /// Codes of the verbs whose blocks stand in it.
    pub verbs: Vec<String>,
    /// Whether the header's block stands in it, and with it the states.
    pub states: bool,
}

/// A file, cut into sections and blocks.
pub(super) struct Page {
    pub sections: Vec<Section>,
    /// Each block with the line it begins on and its text.
    pub blocks: Vec<(usize, String, Block)>,
}

impl Page {
    pub(super) fn read(file: &str, text: &str) -> Result<Self, Flaw> {
        let mut page = Self { sections: vec![], blocks: vec![] };
        let mut lines = text.lines().enumerate();
        while let Some((at, line)) = lines.next() {
            let number = at + 1;
            if line.trim_end() == "```toml" {
                let mut block = String::new();
                loop {
                    match lines.next() {
                        Some((_, line)) if line.trim_end() == "```" => break,
                        Some((_, line)) => block = block + line + "\n",
                        None => {
                            return Err(Flaw::new(
                                file,
                                number,
                                "ブロックが閉じていません。``` の行で閉じてください。",
                                "The block is not closed. Close it with a line of ```.",
                            ));
                        }
                    }
                }
                page.add(file, number + 1, block)?;
            } else if line.starts_with('#') {
                page.sections.push(heading(file, number, line)?);
            } else if let Some(section) = page.sections.last_mut() {
                section.text.ja = format!("{}{line}\n", section.text.ja);
            } else if !line.trim().is_empty() {
                return Err(Flaw::new(
                    file,
                    number,
                    "最初の行は見出し「# 名称 {#id}」にしてください。",
                    "Begin with a heading: # Name {#id}.",
                ));
            }
        }
        for section in &mut page.sections {
            section.text.ja = section.text.ja.trim().to_owned();
        }
        Ok(page)
    }

    fn add(&mut self, file: &str, line: usize, text: String) -> Result<(), Flaw> {
        let block: Block = toml::from_str(&text).map_err(|error| {
            let before = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count());
            let said = error.message();
            Flaw::new(
                file,
                line + before,
                format!("ブロックを読めません: {said}"),
                format!("the block cannot be read: {said}"),
            )
        })?;
        let Some(section) = self.sections.last_mut() else {
            return Err(Flaw::new(
                file,
                line,
                "ブロックは見出しの下に書いてください。",
                "A block stands under a heading.",
            ));
        };
        section.verbs.extend(block.verb.clone());
        section.states |= block.process.is_some();
        self.blocks.push((line, text, block));
        Ok(())
    }
}

fn heading(file: &str, line: usize, text: &str) -> Result<Section, Flaw> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    let id = text[level..].trim().strip_suffix('}').and_then(|rest| rest.rsplit_once("{#"));
    match id {
        Some((name, id)) if !id.is_empty() && (1..=3).contains(&level) => Ok(Section {
            id: id.to_owned(),
            level: u8::try_from(level).unwrap_or(3),
            heading: Words { ja: name.trim().to_owned(), en: String::new() },
            text: Words::default(),
            verbs: vec![],
            states: false,
        }),
        _ => Err(Flaw::new(
            file,
            line,
            "見出しは # から ### までで、末尾に {#id} を付けてください。",
            "A heading has one to three # and ends with its {#id}.",
        )),
    }
}

/// Puts the English beside the Japanese: the same headings in the same order, and no blocks.
pub(super) fn with_english(
    file: &str,
    mut sections: Vec<Section>,
    name: &str,
    text: &str,
) -> Result<Vec<Section>, Flaw> {
    let english = Page::read(name, text)?;
    if let Some((line, ..)) = english.blocks.first() {
        return Err(Flaw::new(
            name,
            *line,
            format!("ブロックは {file} だけに書きます。"),
            format!("Blocks stand in {file} only."),
        ));
    }
    let ids = |sections: &[Section]| sections.iter().map(|it| (it.level, it.id.clone())).collect::<Vec<_>>();
    let (here, there) = (ids(&sections), ids(&english.sections));
    if let Some(place) = (0..here.len().max(there.len())).find(|at| here.get(*at) != there.get(*at)) {
        let id = here.get(place).or(there.get(place)).map_or("", |(_, id)| id.as_str()).to_owned();
        return Err(Flaw::new(
            name,
            1,
            format!("見出し {{#{id}}} が {file} と揃っていません。同じ id を同じ順に書いてください。"),
            format!("The heading {{#{id}}} is not in step with {file}: write the same ids in the same order."),
        ));
    }
    for (section, english) in sections.iter_mut().zip(english.sections) {
        section.heading.en = english.heading.ja;
        section.text.en = english.text.ja;
    }
    Ok(sections)
}
