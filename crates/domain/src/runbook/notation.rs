//! Runbooks as text: what staff write in one field, and what is read out of it.
//!
//! ```text
//! ■ web-restart Webサーバの応答なし
//! 対象: web*
//! ラベル: alertname=InstanceDown
//! アラート: *応答なし*
//! 1. 監視画面で到達性を確認する
//!    期待: 応答がない
//! 2. [中断] nginx を再起動する
//!    制限: 数秒のあいだ応答しません
//! 3. [データ喪失] [回復時点 5分] データベースを戻す
//! ```
//!
//! Empty lines, indents and the numbers themselves mean nothing. English words stand for the Japanese ones. What is written
//! again is in Japanese words, numbered from 1: `parse(&render(x)) == x` for all that is valid.

use super::{Effect, LabelPattern, Runbook, Step};
use crate::refusal::Refusal;

/// A line that cannot be read, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which line of the text, from 1.
    pub line: usize,
    /// 日本語
    pub ja: String,
    /// English
    pub en: String,
}

/// Faults told at once.
const FAULTS_TOLD: usize = 5;

impl Fault {
    /// The first faults of a text, at the field it was written in.
    pub fn refusal(field: &'static str, faults: &[Self]) -> Refusal {
        let told = &faults[..faults.len().min(FAULTS_TOLD)];
        let ja: Vec<String> = told.iter().map(|fault| format!("{}行目: {}", fault.line, fault.ja)).collect();
        let en: Vec<String> = told.iter().map(|fault| format!("Line {}: {}", fault.line, fault.en)).collect();
        Refusal::invalid(field, ja.join(" "), en.join(" "))
    }
}

/// Reads runbooks. What the lines say is not checked here, but by the paper itself.
///
/// # Errors
/// Every line that cannot be read.
pub fn parse(text: &str) -> Result<Vec<Runbook>, Vec<Fault>> {
    let mut runbooks: Vec<Runbook> = vec![];
    let mut faults = vec![];
    for (line, text) in
        (1..).zip(text.lines()).map(|(line, text)| (line, text.trim())).filter(|(_, text)| !text.is_empty())
    {
        if let Err((ja, en)) = read(&mut runbooks, text) {
            faults.push(Fault { line, ja, en });
        }
    }
    if faults.is_empty() { Ok(runbooks) } else { Err(faults) }
}

type Line = Result<(), (String, String)>;

fn read(runbooks: &mut Vec<Runbook>, line: &str) -> Line {
    if let Some(head) = line.strip_prefix(['■', '#']) {
        let (id, title) = head.trim().split_once(char::is_whitespace).ok_or_else(|| {
            wrong(
                "「■ web-restart Webサーバの再起動」のように、id と名前を書いてください。",
                "Write an id and a name: “■ web-restart Restart the web server”.",
            )
        })?;
        runbooks.push(Runbook { id: id.to_owned(), title: title.trim().to_owned(), ..Runbook::default() });
        return Ok(());
    }
    let Some(runbook) = runbooks.last_mut() else {
        return Err(wrong("最初に「■ id 名前」の行を書いてください。", "Begin with a line “■ id name”."));
    };
    if let Some(text) = numbered(line) {
        runbook.steps.push(step(text)?);
        return Ok(());
    }
    let (word, value) =
        line.split_once([':', '：']).map(|(word, value)| (word.trim(), value.trim())).ok_or_else(unknown)?;
    if value.is_empty() {
        return Err(wrong(
            format!("「{word}:」の後に内容を書いてください。"),
            format!("Write something after “{word}:”."),
        ));
    }
    match word {
        "対象" | "host" => runbook.hosts.push(value.to_owned()),
        "アラート" | "alert" => runbook.alerts.push(value.to_owned()),
        "ラベル" | "label" => {
            let (name, value) = value.split_once('=').ok_or_else(|| {
                wrong(
                    "ラベルは「ラベル: alertname=InstanceDown」のように書いてください。",
                    "Write a label as “label: alertname=InstanceDown”.",
                )
            })?;
            runbook.labels.push(LabelPattern { name: name.trim().to_owned(), value: value.trim().to_owned() });
        }
        "制限" | "limit" => last_step(runbook)?.limits.push(value.to_owned()),
        "期待" | "expect" => {
            let step = last_step(runbook)?;
            if !step.expected.is_empty() {
                return Err(wrong("期待はステップごとに一行です。", "One expected result a step."));
            }
            value.clone_into(&mut step.expected);
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

fn unknown() -> (String, String) {
    wrong(
        "この行は読めません。■・対象:・ラベル:・アラート:・「1. 」・制限:・期待: のどれかで始めてください。",
        "This line cannot be read. Begin it with ■, host:, label:, alert:, “1. ”, limit: or expect:.",
    )
}

fn wrong(ja: impl Into<String>, en: impl Into<String>) -> (String, String) {
    (ja.into(), en.into())
}

fn last_step(runbook: &mut Runbook) -> Result<&mut Step, (String, String)> {
    runbook.steps.last_mut().ok_or_else(|| {
        wrong(
            "制限と期待は「1. 」で始まるステップの下に書いてください。",
            "Limits and expected results stand below a step, a line that begins with “1. ”.",
        )
    })
}

/// What follows the number of a step.
fn numbered(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == line.len() { None } else { rest.strip_prefix(['.', '．', ')']).map(str::trim_start) }
}

fn step(text: &str) -> Result<Step, (String, String)> {
    let mut step = Step::default();
    let mut rest = text;
    while let Some(marked) = rest.strip_prefix('[') {
        let (mark, after) = marked.split_once(']').ok_or_else(|| wrong("「]」がありません。", "A “]” is missing."))?;
        set(&mut step, mark.trim())?;
        rest = after.trim_start();
    }
    if rest.is_empty() {
        return Err(wrong("ステップの内容を書いてください。", "Write what the step does."));
    }
    rest.trim_end().clone_into(&mut step.text);
    Ok(step)
}

fn set(step: &mut Step, mark: &str) -> Line {
    let effect = match mark {
        "中断" | "interrupts" => Some(Effect::Interrupts),
        "データ喪失" | "loses data" => Some(Effect::LosesData),
        _ => None,
    };
    if let Some(effect) = effect {
        if step.effect != Effect::None {
            return Err(wrong(
                "影響の印は一つだけ書いてください（データ喪失は中断を含みます）。",
                "One mark of an effect only; losing data includes interrupting.",
            ));
        }
        step.effect = effect;
        return Ok(());
    }
    let minutes = mark.strip_prefix("回復時点").or_else(|| mark.strip_prefix("recovery point")).map(str::trim).ok_or_else(|| {
        wrong(
            format!("[{mark}] という印はありません。[中断]・[データ喪失]・[回復時点]・[回復時点 5分] が使えます。"),
            format!("There is no mark [{mark}]. Use [interrupts], [loses data], [recovery point] or [recovery point 5 min]."),
        )
    })?;
    step.needs_recovery_point = true;
    if !minutes.is_empty() {
        let number = minutes.strip_suffix('分').or_else(|| minutes.strip_suffix("min")).map(str::trim);
        let number = number.and_then(|number| number.parse().ok());
        step.recovery_point_minutes = Some(number.ok_or_else(|| {
            wrong(
                "[回復時点 5分] のように、分を数字で書いてください。",
                "Write the minutes as in [recovery point 5 min].",
            )
        })?);
    }
    Ok(())
}

/// Writes runbooks as they are read.
pub fn render(runbooks: &[Runbook]) -> String {
    let mut out = String::new();
    for (place, runbook) in runbooks.iter().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        write_one(&mut out, runbook);
    }
    out
}

fn write_one(out: &mut String, runbook: &Runbook) {
    let mut line = |text: std::fmt::Arguments<'_>| {
        out.push_str(&text.to_string());
        out.push('\n');
    };
    line(format_args!("■ {} {}", runbook.id, runbook.title));
    runbook.hosts.iter().for_each(|host| line(format_args!("対象: {host}")));
    runbook.labels.iter().for_each(|label| line(format_args!("ラベル: {}={}", label.name, label.value)));
    runbook.alerts.iter().for_each(|alert| line(format_args!("アラート: {alert}")));
    for (number, step) in (1..).zip(&runbook.steps) {
        let effect = match step.effect {
            Effect::None => "",
            Effect::Interrupts => "[中断] ",
            Effect::LosesData => "[データ喪失] ",
        };
        let point = match (step.needs_recovery_point, step.recovery_point_minutes) {
            (false, _) => String::new(),
            (true, None) => "[回復時点] ".to_owned(),
            (true, Some(minutes)) => format!("[回復時点 {minutes}分] "),
        };
        line(format_args!("{number}. {effect}{point}{}", step.text));
        step.limits.iter().for_each(|limit| line(format_args!("   制限: {limit}")));
        if !step.expected.is_empty() {
            line(format_args!("   期待: {}", step.expected));
        }
    }
}
