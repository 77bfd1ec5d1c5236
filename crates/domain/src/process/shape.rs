//! From blocks to a process: what can be wrong with a file is found here, before anybody works by it.

use super::block::Block;
use super::prose::Page;
use super::{Check, Effect, Flaw, Need, Process, State, Type, Verb, Way, Who, example};
use crate::words::Words;

/// The state before a record is there: a way from it opens one.
pub(super) const NOWHERE: &str = "";

/// Where a block stands, for what is said of it.
struct At<'a> {
    file: &'a str,
    line: usize,
    text: &'a str,
}

impl At<'_> {
    /// What is wrong at a key of the block.
    fn flaw(&self, key: &str, ja: impl Into<String>, en: impl Into<String>) -> Flaw {
        let is_key = |line: &&str| line.split('=').next().is_some_and(|word| word.trim() == key);
        let below = self.text.lines().position(|line| is_key(&line)).unwrap_or(0);
        Flaw::new(self.file, self.line + below, ja, en)
    }

    fn missing(&self, key: &str) -> Flaw {
        self.flaw(key, format!("{key} がありません。書き足してください。"), format!("{key} is missing: add it."))
    }
}

pub(super) fn process(file: &str, page: &Page) -> Result<Process, Flaw> {
    let mut process: Option<Process> = None;
    let mut examples = vec![];
    for (line, text, block) in &page.blocks {
        let at = At { file, line: *line, text };
        let kinds = [block.process.is_some(), block.verb.is_some(), block.example.is_some()];
        if kinds.iter().filter(|is| **is).count() != 1 {
            return Err(at.flaw(
                "",
                "ブロックには process、verb、example のどれか一つを書いてください。",
                "A block has exactly one of process, verb and example.",
            ));
        }
        match &mut process {
            None => process = Some(header(&at, block)?),
            Some(_) if kinds[0] => {
                return Err(at.flaw("process", "process は一つだけです。", "There is one header only."));
            }
            Some(process) if kinds[1] => {
                let verb = verb(&at, block, process)?;
                process.verbs.push(verb);
            }
            Some(_) => examples.push((at, block.example.clone().unwrap_or_default())),
        }
    }
    let Some(process) = process else {
        return Err(Flaw::new(
            file,
            1,
            "process のブロックがありません。",
            "There is no block with process: the header is missing.",
        ));
    };
    whole(file, &process)?;
    for (at, steps) in examples {
        example::walk(&process, &steps).map_err(|(ja, en)| at.flaw("example", ja, en))?;
    }
    Ok(process)
}

/// A key that a block of this kind does not have.
fn stray(at: &At<'_>, keys: &[(&str, bool)]) -> Result<(), Flaw> {
    match keys.iter().find(|(_, is_there)| *is_there) {
        Some((key, _)) => Err(at.flaw(
            key,
            format!("{key} はこのブロックには書けません。"),
            format!("{key} does not belong in this block."),
        )),
        None => Ok(()),
    }
}

fn header(at: &At<'_>, block: &Block) -> Result<Process, Flaw> {
    let Some(code) = block.process.clone() else {
        return Err(at.flaw(
            "",
            "最初のブロックは process にしてください。",
            "The first block is the header with process.",
        ));
    };
    stray(
        at,
        &[
            ("noun", block.noun.is_some()),
            ("ways", block.ways.is_some()),
            ("who", block.who.is_some()),
            ("needs", block.needs.is_some()),
            ("checks", block.checks.is_some()),
            ("effects", block.effects.is_some()),
        ],
    )?;
    if !is_code(&code) {
        return Err(at.flaw("process", BAD_CODE.0, BAD_CODE.1));
    }
    let label = words(block.label.clone().ok_or_else(|| at.missing("label"))?);
    let mut states: Vec<State> = vec![];
    for [code, ja, en] in block.states.clone().ok_or_else(|| at.missing("states"))? {
        let inner = code.strip_prefix('[').and_then(|code| code.strip_suffix(']'));
        let state = State { done: inner.is_some(), code: inner.unwrap_or(&code).to_owned(), label: words([ja, en]) };
        if !is_code(&state.code) || states.iter().any(|other| other.code == state.code) {
            return Err(at.flaw(
                "states",
                format!("状態 {code} は英小文字で始め、英小文字・数字・_ だけで、一度だけ書いてください。"),
                format!("State {code}: lower-case letters, digits and _, each once."),
            ));
        }
        states.push(state);
    }
    if states.first().is_none_or(|first| first.done) {
        return Err(at.flaw(
            "states",
            "最初の状態は終わりの状態にできません。",
            "The first state is where a record begins; it cannot be an end.",
        ));
    }
    Ok(Process { code, label, states, verbs: vec![], sections: vec![] })
}

const BAD_CODE: (&str, &str) =
    ("コードは英小文字で始め、英小文字・数字・_ だけで書いてください。", "A code is lower-case letters, digits and _.");

fn is_code(code: &str) -> bool {
    code.starts_with(|first: char| first.is_ascii_lowercase())
        && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn words([ja, en]: [String; 2]) -> Words {
    Words { ja, en }
}

fn verb(at: &At<'_>, block: &Block, process: &Process) -> Result<Verb, Flaw> {
    stray(at, &[("states", block.states.is_some())])?;
    let code = block.verb.clone().unwrap_or_default();
    let noun = block.noun.clone().ok_or_else(|| at.missing("noun"))?;
    if !is_code(&code) || process.verb(&code).is_some() {
        return Err(at.flaw("verb", format!("{}（一度だけ）", BAD_CODE.0), format!("{} Each verb once.", BAD_CODE.1)));
    }
    let is_noun = noun.starts_with(|first: char| first.is_ascii_lowercase())
        && noun.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if !is_noun || process.verb_of(&noun).is_some() {
        return Err(at.flaw(
            "noun",
            "名詞は英小文字と - だけで、一度だけ書いてください。",
            "A noun is lower-case letters and -, each once.",
        ));
    }
    let mut ways = vec![];
    for way in block.ways.clone().ok_or_else(|| at.missing("ways"))? {
        ways.extend(ways_of(at, process, &way)?);
    }
    let mut who = vec![];
    for name in block.who.clone().ok_or_else(|| at.missing("who"))? {
        who.push(Who::from_code(&name).ok_or_else(|| {
            at.flaw(
                "who",
                format!("{name} という権限も役割もありません。"),
                format!("There is no right or role {name}."),
            )
        })?);
    }
    let mut needs: Vec<Need> = vec![];
    for [field, takes, ja, en] in block.needs.clone().unwrap_or_default() {
        let (name, optional) = takes.strip_suffix('?').map_or((takes.as_str(), false), |name| (name, true));
        let takes = Type::ALL.into_iter().find(|it| it.code() == name).ok_or_else(|| {
            let known = Type::ALL.map(Type::code).join(", ");
            at.flaw(
                "needs",
                format!("型 {name} はありません（{known}）。"),
                format!("There is no type {name} ({known})."),
            )
        })?;
        if !is_code(&field) || needs.iter().any(|other| other.field == field) {
            return Err(at.flaw("needs", BAD_CODE.0, BAD_CODE.1));
        }
        needs.push(Need { field, takes, optional, label: words([ja, en]) });
    }
    let mut checks = vec![];
    for name in block.checks.clone().unwrap_or_default() {
        let known = |check: &Check| match check {
            Check::Rule(rule) => rule.process() == process.code,
            Check::AnotherThan(_) => true,
        };
        checks.push(Check::from_name(&name).filter(known).ok_or_else(|| {
            at.flaw("checks", format!("規則 {name} はありません。"), format!("There is no rule {name}."))
        })?);
    }
    let mut effects = vec![];
    for name in block.effects.clone().unwrap_or_default() {
        effects.push(Effect::from_name(&name).ok_or_else(|| {
            at.flaw("effects", format!("効果 {name} はありません。"), format!("There is no effect {name}."))
        })?);
    }
    let label = words(block.label.clone().ok_or_else(|| at.missing("label"))?);
    let verb = Verb { code, noun, label, ways, who, needs, checks, effects };
    if verb.after().is_some() && !verb.who.contains(&Who::System) {
        return Err(at.flaw(
            "who",
            "自動で行うもの (after) には system を加えてください。",
            "What happens by itself (after) is done by system: add it.",
        ));
    }
    Ok(verb)
}

fn ways_of(at: &At<'_>, process: &Process, way: &str) -> Result<Vec<Way>, Flaw> {
    let (from, to) = match way.split_once('>') {
        Some((from, to)) => (from.trim(), Some(to.trim())),
        None => (way.trim(), None),
    };
    let unknown =
        |code: &str| at.flaw("ways", format!("状態 {code} はありません。"), format!("There is no state {code}."));
    if let Some(to) = to {
        process.state(to).ok_or_else(|| unknown(to))?;
    }
    let lead = |from: &str| Way { from: from.to_owned(), to: to.unwrap_or(from).to_owned() };
    match from {
        NOWHERE if to == Some(&process.start().code) => Ok(vec![lead(NOWHERE)]),
        NOWHERE => {
            Err(at.flaw("ways", "新しい記録は最初の状態から始まります。", "A record begins in the first state."))
        }
        "*" => Ok(process.states.iter().filter(|state| !state.done).map(|state| lead(&state.code)).collect()),
        code => {
            let state = process.state(code).ok_or_else(|| unknown(code))?;
            if state.done && to.is_some_and(|to| to != code) {
                return Err(at.flaw(
                    "ways",
                    format!("{code} は終わりの状態です。終わった記録は動かず、新しい記録から参照します。"),
                    format!("{code} is an end: what ended stays; a new record refers to it."),
                ));
            }
            Ok(vec![lead(code)])
        }
    }
}

/// Every state is reachable and can end; every rule about another verb names one that is there.
fn whole(file: &str, process: &Process) -> Result<(), Flaw> {
    let flaw = |ja: String, en: String| Err(Flaw::new(file, 1, ja, en));
    let ways = || process.verbs.iter().flat_map(|verb| &verb.ways);
    let mut reached = vec![process.start().code.as_str()];
    let mut ending: Vec<&str> = process.states.iter().filter(|it| it.done).map(|it| it.code.as_str()).collect();
    for _ in &process.states {
        for way in ways() {
            if reached.contains(&way.from.as_str()) && !reached.contains(&way.to.as_str()) {
                reached.push(&way.to);
            }
            if ending.contains(&way.to.as_str()) && !ending.contains(&way.from.as_str()) {
                ending.push(&way.from);
            }
        }
    }
    for state in &process.states {
        let code = state.code.as_str();
        if !reached.contains(&code) {
            return flaw(format!("状態 {code} に至る道がありません。"), format!("No way leads to state {code}."));
        }
        if !ending.contains(&code) {
            return flaw(format!("状態 {code} から終われません。"), format!("State {code} can never end."));
        }
    }
    for verb in &process.verbs {
        for check in &verb.checks {
            if let Check::AnotherThan(other) = check
                && process.verb(other).is_none()
            {
                return flaw(
                    format!("{} の規則が名指す {other} はありません。", verb.code),
                    format!("{}: there is no verb {other} to be another person than.", verb.code),
                );
            }
        }
    }
    Ok(())
}
