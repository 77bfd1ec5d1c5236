//! Forms as data: one function draws them all, so that a label, a hint and an error always stand at their field.
//!
//! A form works without script. What was typed and what was wrong with it comes back in a [`Draft`]. With script the same
//! form is sent by `fetch`; the answer is either a redirect, or problem details whose `errors` name the fields.

use crate::layout::Shell;
use maud::{Markup, PreEscaped, html};

/// What a person had typed into a form, and what was wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Id of the form it belongs to; other forms of the page ignore it.
    pub form: String,
    /// Name and value of each field.
    pub values: Vec<(String, String)>,
    /// What is wrong, field by field.
    pub problems: Vec<Problem>,
    /// What is wrong with the whole, such as "somebody else changed it since".
    pub summary: Option<String>,
}

/// One thing wrong, and what to do about it.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Name of the field.
    pub field: String,
    /// A sentence that says what to do.
    pub text: String,
}

impl Draft {
    pub(crate) fn value(&self, form: &str, field: &str) -> Option<&str> {
        (self.form == form).then(|| self.values.iter().find(|(name, _)| name == field).map(|(_, v)| v.as_str()))?
    }

    pub(crate) fn problem(&self, form: &str, field: &str) -> Option<&str> {
        (self.form == form).then(|| self.problems.iter().find(|p| p.field == field).map(|p| p.text.as_str()))?
    }
}

/// How a field is typed.
#[derive(Clone, Debug)]
pub enum Input {
    /// One line.
    Text,
    /// A mail address.
    Mail,
    /// A telephone number.
    Tel,
    /// A web address.
    Url,
    /// A password that exists.
    Password,
    /// A password to be made.
    NewPassword,
    /// A whole number between the two, inclusive.
    Number(i64, i64),
    /// A day.
    Date,
    /// Local date and time of the calendar's zone, to the second.
    Moment,
    /// Several lines; that many are shown.
    Area(u8),
    /// One of a list, as a menu.
    Menu(Vec<Choice>),
    /// One of a few, all visible.
    Radios(Vec<Choice>),
    /// A file; the form is then sent as `multipart/form-data`, and its answer is a page.
    File,
    /// Yes or absent; sends `yes`.
    Tick,
    /// Carried along.
    Hidden,
}

/// One choice of a list.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// The single key that chooses it.
    pub key: Option<&'static str>,
}

/// A choice without a key of its own.
pub fn choice(value: &str, label: impl Into<String>) -> Choice {
    Choice { value: value.to_owned(), label: label.into(), key: None }
}

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    name: String,
    label: String,
    input: Input,
    value: String,
    hint: String,
    required: bool,
    ahead: bool,
    wide: bool,
    autocomplete: Option<&'static str>,
    owner: Option<String>,
}

impl Field {
    /// A field by the name it is sent under and the label it is shown with.
    pub fn new(name: impl Into<String>, label: impl Into<String>, input: Input) -> Self {
        let wide = matches!(input, Input::Area(_) | Input::Radios(_));
        Self {
            name: name.into(),
            label: label.into(),
            input,
            value: String::new(),
            hint: String::new(),
            required: false,
            ahead: false,
            wide,
            autocomplete: None,
            owner: None,
        }
    }

    /// Filled in beforehand.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// A sentence below the field.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// May not be empty.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Lies ahead: no button fills in what the clock says now.
    #[must_use]
    pub const fn ahead(mut self) -> Self {
        self.ahead = true;
        self
    }

    /// Over the whole width of the form.
    #[must_use]
    pub const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// The browser's hint for password managers and address books.
    #[must_use]
    pub const fn autocomplete(mut self, token: &'static str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// Belongs to the form of that id, though it stands outside of it.
    #[must_use]
    pub fn of_form(mut self, id: impl Into<String>) -> Self {
        self.owner = Some(id.into());
        self
    }
}

/// A form with one button.
#[derive(Clone, Debug)]
pub struct Form {
    /// Element id, unique on the page.
    pub id: String,
    /// Where it is posted to.
    pub action: String,
    /// Version of the record that the person saw; sent as `version`.
    pub version: Option<i64>,
    /// Fields in the order of the page.
    pub fields: Vec<Field>,
    /// Text of the button.
    pub submit: String,
    /// Whether this is the page's one primary action.
    pub primary: bool,
    /// Whether the answer is a page of its own, such as one that shows a secret once; then script leaves the form alone.
    pub whole_page: bool,
}

impl Form {
    /// A form that is not the page's primary action.
    pub fn new(
        id: impl Into<String>,
        action: impl Into<String>,
        submit: impl Into<String>,
        fields: Vec<Field>,
    ) -> Self {
        Self {
            id: id.into(),
            action: action.into(),
            version: None,
            fields,
            submit: submit.into(),
            primary: false,
            whole_page: false,
        }
    }

    /// With the version of the record that the person saw.
    #[must_use]
    pub const fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// Says that the answer is a page of its own.
    #[must_use]
    pub const fn whole_page(mut self) -> Self {
        self.whole_page = true;
        self
    }

    /// Makes it the page's one primary action, which Enter does.
    #[must_use]
    pub const fn primary(mut self, primary: bool) -> Self {
        self.primary = primary;
        self
    }
}

/// Draws a form.
pub fn form(shell: &Shell, draft: &Draft, form: &Form) -> Markup {
    let has_file = form.fields.iter().any(|field| matches!(field.input, Input::File));
    html! {
        form.sheet id=(form.id) action=(form.action) method="post" enctype=[has_file.then_some("multipart/form-data")] data-enhance[!form.whole_page] {
            (head(draft, &form.id, form.version))
            @for item in &form.fields { (field(shell, draft, &form.id, item)) }
            p.do { (button(&form.submit, form.primary)) }
        }
    }
}

/// The beginning of a form: what is wrong with the whole, and the version of the record that the person saw.
pub fn head(draft: &Draft, id: &str, version: Option<i64>) -> Markup {
    let summary = draft.summary.as_deref().filter(|_| draft.form == id);
    html! {
        p.wrong role="alert" data-summary hidden[summary.is_none()] { (summary.unwrap_or_default()) }
        @if let Some(version) = version { input type="hidden" name="version" value=(version); }
    }
}

/// The button of a form; the primary one shows the key that presses it.
pub fn button(text: &str, primary: bool) -> Markup {
    html! {
        @if primary { button.primary type="submit" data-primary { (text) " " kbd { "Enter" } } } @else { button type="submit" { (text) } }
    }
}

/// Draws one field of the form with that id.
pub fn field(shell: &Shell, draft: &Draft, form: &str, field: &Field) -> Markup {
    let value = draft.value(form, &field.name).unwrap_or(&field.value);
    if matches!(field.input, Input::Hidden) {
        return html! { input type="hidden" name=(field.name) value=(value) form=[&field.owner]; };
    }
    let id = format!("{form}-{}", field.name);
    let problem = draft.problem(form, &field.name);
    let about = format!("{id}-about");
    html! {
        div.field.wide[field.wide].bad[problem.is_some()].tick[matches!(field.input, Input::Tick)] data-field=(field.name) {
            @if let Input::Radios(choices) = &field.input {
                fieldset aria-describedby=(about) {
                    legend { (field.label) (must(shell, field)) }
                    div.radios { @for (i, choice) in choices.iter().enumerate() { (radio(&format!("{id}-{i}"), field, choice, value)) } }
                }
            } @else {
                label for=(id) { (field.label) (must(shell, field)) }
                (control(shell, &id, &about, field, value, problem.is_some()))
            }
            p.about id=(about) {
                span.problem data-problem { (problem.unwrap_or_default()) }
                @if !field.hint.is_empty() { span.hint { (field.hint) } }
            }
        }
    }
}

fn must(shell: &Shell, field: &Field) -> Markup {
    html! { @if !field.required { small.optional { (shell.t("任意", "optional")) } } }
}

fn radio(id: &str, field: &Field, choice: &Choice, value: &str) -> Markup {
    html! {
        label for=(id) {
            input id=(id) type="radio" name=(field.name) value=(choice.value) checked[choice.value == value] required[field.required] data-key=[choice.key] form=[&field.owner];
            span { (choice.label) @if let Some(key) = choice.key { " " kbd { (key) } } }
        }
    }
}

fn control(shell: &Shell, id: &str, about: &str, field: &Field, value: &str, bad: bool) -> Markup {
    let invalid = bad.then_some("true");
    match &field.input {
        Input::Area(rows) => html! {
            textarea id=(id) name=(field.name) rows=(rows) required[field.required] aria-describedby=(about) aria-invalid=[invalid] form=[&field.owner] data-keep {
                // A leading newline is dropped by the parser; ours keeps the person's own.
                (PreEscaped("\n")) (value)
            }
        },
        Input::Menu(choices) => html! {
            select id=(id) name=(field.name) required[field.required] aria-describedby=(about) aria-invalid=[invalid] form=[&field.owner] {
                @for choice in choices { option value=(choice.value) selected[choice.value == value] { (choice.label) } }
            }
        },
        Input::Tick => html! {
            input id=(id) type="checkbox" name=(field.name) value="yes" checked[value == "yes"] aria-describedby=(about) aria-invalid=[invalid] form=[&field.owner];
        },
        // What was chosen never comes back: a browser would not let it.
        Input::File => html! {
            input id=(id) type="file" name=(field.name) required[field.required] aria-describedby=(about) aria-invalid=[invalid] form=[&field.owner];
        },
        // A moment that must be told is told by a press; script shows the button.
        Input::Moment => html! {
            span.moment {
                input id=(id) type="datetime-local" name=(field.name) value=(value) step="1" required[field.required] autocomplete="off" aria-describedby=(about) aria-invalid=[invalid] form=[&field.owner];
                @if field.required && !field.ahead { button type="button" data-stamp hidden { (shell.t("いま", "Now")) } }
            }
        },
        other => {
            let (kind, min, max) = kind_of(other);
            let secret = matches!(other, Input::Password | Input::NewPassword);
            html! {
                input id=(id) type=(kind) name=(field.name) value=[(!secret).then_some(value)] min=[min] max=[max] required[field.required]
                    minlength=[matches!(other, Input::NewPassword).then_some("8")] autocomplete=[field.autocomplete.or(default_token(other))]
                    aria-describedby=(about) aria-invalid=[invalid] form=[&field.owner];
            }
        }
    }
}

const fn kind_of(input: &Input) -> (&'static str, Option<i64>, Option<i64>) {
    match input {
        Input::Mail => ("email", None, None),
        Input::Tel => ("tel", None, None),
        Input::Url => ("url", None, None),
        Input::Password | Input::NewPassword => ("password", None, None),
        Input::Number(min, max) => ("number", Some(*min), Some(*max)),
        Input::Date => ("date", None, None),
        _ => ("text", None, None),
    }
}

const fn default_token(input: &Input) -> Option<&'static str> {
    match input {
        Input::Password => Some("current-password"),
        Input::NewPassword => Some("new-password"),
        _ => Some("off"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::words::Lang;

    fn draw(draft: &Draft) -> String {
        let fields = vec![
            Field::new("name", "名前", Input::Text).value("古い"),
            Field::new("secret", "合言葉", Input::Password),
        ];
        form(&sample::staff(Lang::Ja), draft, &Form::new("f", "/f", "保存", fields).version(7)).into_string()
    }

    #[test]
    fn what_was_typed_and_what_was_wrong_come_back_at_the_field() {
        let draft = Draft {
            form: "f".into(),
            values: vec![("name".into(), "新しい\"><script>".into()), ("secret".into(), "hunter2".into())],
            problems: vec![Problem { field: "name".into(), text: "30文字までにしてください".into() }],
            summary: None,
        };
        let html = draw(&draft);
        assert!(html.contains("新しい&quot;&gt;&lt;script&gt;") && html.contains("30文字までにしてください"));
        assert!(html.contains("aria-invalid=\"true\"") && !html.contains("hunter2"), "a password never comes back");
    }

    #[test]
    fn a_draft_of_another_form_is_ignored_and_the_version_is_sent() {
        let html = draw(&Draft { form: "g".into(), values: vec![("name".into(), "x".into())], ..Draft::default() });
        assert!(html.contains("value=\"古い\"") && html.contains("name=\"version\" value=\"7\""));
    }
}
